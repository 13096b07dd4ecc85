"""The link relations that are ours, each with a page that explains it.

Registered relations (RFC 8288) go under their own names.  Ours are written as
``c:documents``; the curie ``c`` expands to the page of the relation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CURIE: Final = "c"

ASSETS: Final = "assets"
CATEGORY: Final = "category"
COLLECTIONS: Final = "collections"
DID_YOU_MEAN: Final = "did-you-mean"
DOCUMENT: Final = "document"
DOCUMENTS: Final = "documents"
FACETS: Final = "facets"
FOLDER: Final = "folder"
FOLDERS: Final = "folders"
LOCALE: Final = "locale"
LOCALES: Final = "locales"
PAGE: Final = "page"
REFERENCES: Final = "references"
REFERRERS: Final = "referrers"
REFINE: Final = "refine"
REMOVE: Final = "remove"
RESOURCE_BUNDLE: Final = "resourcebundle"
RESOURCE_BUNDLES: Final = "resourcebundles"
ROOT: Final = "root"
SITEMAP: Final = "sitemap"
SOURCE: Final = "source"
SUGGEST: Final = "suggest"
SUGGESTIONS: Final = "suggestions"
TARGET: Final = "target"
TAXONOMIES: Final = "taxonomies"
TAXONOMY: Final = "taxonomy"
TREE: Final = "tree"
TYPES: Final = "types"
VALUES: Final = "values"

#: What stands at the other end, in a sentence or two.
RELATIONS: Final[Mapping[str, str]] = {
    ASSETS: "The images and other files of this mount, a page at a time.",
    CATEGORY: "One category of a taxonomy with the categories below it; a template that takes "
    "the category's key.",
    COLLECTIONS: "The documents of one type, a page at a time: one link for each type, whose "
    "name property is the type's short name. Documents of types that extend it are among them.",
    DID_YOU_MEAN: "The same list for another text, which is the link's title: a word that nothing "
    "holds is one like it there.",
    DOCUMENT: "One document; where it is a template, it takes its id, or its path from the "
    "mount's root.",
    DOCUMENTS: "Documents, a page at a time. On a folder: those below it, at any depth. On a "
    "category: those that carry its key or one below it.",
    FACETS: "The facets that a list was asked for: what values its items have in a field, counted "
    "over all pages. How many values are left out, being the rarest, is the property omitted.",
    FOLDER: "One folder with what is directly in it; a template that takes its id, or its path "
    "from the mount's root.",
    FOLDERS: "Folders, a page at a time, as a flat list. On a folder: those below it.",
    LOCALE: "A resource bundle in one locale; a template that takes the locale. Messages that "
    "the locale lacks are borrowed from its parents and, at last, the default.",
    LOCALES: "A resource bundle in one of the locales that it has messages in: one link for "
    "each, whose hreflang property is the locale.",
    PAGE: "The document that is a folder's own page.",
    REFERENCES: "What the links and images in a document's rich texts lead to, one link for each "
    "of them, in their order. Its type says whether that is here (internal), elsewhere (external), "
    "a file of ours (binary) or nowhere that can be seen (broken); its name is the address as the "
    "author wrote it, its title the text of the link, or what an image shows in its stead.",
    REFERRERS: "The documents that point at this one, by a field or by a link in their texts; "
    "a page at a time.",
    REFINE: "The same list from its first item, of only those items that have this value of a "
    "facet as well.",
    REMOVE: "The same list from its first item, without the filter for this value of a facet, "
    "which is active.",
    RESOURCE_BUNDLE: "One resource bundle with its messages in all locales; a template that "
    "takes its basename.",
    RESOURCE_BUNDLES: "All resource bundles, a page at a time, without their messages.",
    ROOT: "The folder that all paths of this mount start from.",
    SITEMAP: "The addresses at which the site shows the documents, as search engines read them "
    "(sitemaps.org), with when each changed and its translations.",
    SOURCE: "The file that a document was imported from, byte for byte.",
    SUGGEST: "Titles of documents that a text may become, as a reader writes it; a template that "
    "takes the text.",
    SUGGESTIONS: "Titles that a text may become, the likeliest first, each with a document that is "
    "called so and a search for its words.",
    TARGET: "The node that a value of a facet stands for, where the facet is of a reference.",
    TAXONOMIES: "All taxonomies, a page at a time, without their categories.",
    TAXONOMY: "A taxonomy with all its categories; where it is a template, it takes its name.",
    TREE: "Folders and documents as a tree, several levels in one answer: what a navigation "
    "is made from.",
    TYPES: "The document types with their fields.",
    VALUES: "The values of a facet, the most frequent first: each with how many items have it, "
    "whether there is a filter for it by now, and a link that adds or removes one.",
}


def curied(relation: str) -> str:
    """The relation as links name it.

    >>> curied("documents")
    'c:documents'
    """
    return f"{CURIE}:{relation}"

"""The shapes of this surface, as the OpenAPI description states them.

They describe; what is sent is made by the serializers.  Fields of content have
names that only the document types know, so every shape is open; and where
``_fields`` chooses among the fields of a shape, none of them is required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import marshmallow as ma

from content_repo.doctypes import FieldKind
from hal_delivery.web.operations import LinkSchema, MistakeSchema

#: A resource bundle in one locale, for loaders of message files.
MESSAGES: Final[dict[str, Any]] = {
    "type": "object",
    "description": "The messages by key.",
    "additionalProperties": {"type": "string"},
}

#: A collection as a stream.
LINES: Final[dict[str, Any]] = {
    "type": "string",
    "description": "All resources of the collection as JSON, one on each line, by id. Where more "
    "is to come, the last line has nothing but a link next; where that cannot be told now, it is "
    "a problem with one.",
}

#: What the variable parts of addresses mean, by the route's first segment and the part's
#: name; an example of each.
PARTS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("documents", "address"): (
        "The document's id, or its path from the mount's root with plain slashes.",
        "c580ac64-3874-4717-a6d9-e5ad72080abe",
    ),
    ("documents", "id"): ("The document's id.", "c580ac64-3874-4717-a6d9-e5ad72080abe"),
    ("folders", "address"): (
        "The folder's id, or its path from the mount's root with plain slashes.",
        "e39779ae-586c-438b-a6ce-685a21581b48",
    ),
    ("resourcebundles", "basename"): ("The bundle's basename, or its id.", "essentials.pagination"),
    ("resourcebundles", "locale"): ("A locale, as written or by its BCP 47 form.", "nl-BE"),
    ("taxonomies", "name"): ("The taxonomy's name, or its id.", "seashore"),
    ("taxonomies", "key"): ("The category's key.", "snails"),
    ("assets", "address"): (
        "The asset's id, or its path in the repository or the mount, with plain slashes.",
        "9f32434e-84e3-4150-a6f2-d89a67be2fb1",
    ),
    ("assets", "id"): ("The asset's id.", "9f32434e-84e3-4150-a6f2-d89a67be2fb1"),
    ("assets", "digest"): (
        "The SHA-256 digest of the bytes, in hexadecimal digits.",
        "ae59cc2eca8113b8e1be567f6dacd653f4f220c93f0ea80ed0bbd484c97fa8fe",
    ),
    ("assets", "name"): ("What the file is called; any name will do.", "blue-199261_150.jpg"),
    ("types", "name"): ("The type's full name.", "hippoaddoncontenthalapidemo:newsdocument"),
    ("rels", "name"): ("The relation's name, without its curie.", "documents"),
    ("problems", "code"): ("The problem's code.", "invalid_parameter"),
    ("<collection:collection>", "collection"): (
        "The short or the full name of a document type.",
        "newsdocument",
    ),
    ("<collection:collection>", "address"): (
        "The document's id, or its path from the mount's root with plain slashes.",
        "c580ac64-3874-4717-a6d9-e5ad72080abe",
    ),
}


def parts(rule: str) -> list[dict[str, Any]]:
    """The variable parts of a route, described."""
    first = rule.split("/")[1]
    return [
        {"in": "path", "name": name, "description": description, "example": example}
        for (segment, name), (description, example) in PARTS.items()
        if segment == first and (f"<{name}>" in rule or f":{name}>" in rule)
    ]


class OpenSchema(ma.Schema):
    """Base: there may always be more than is described."""

    class Meta:
        unknown = ma.INCLUDE


class DateField(ma.fields.Raw):
    """Epoch milliseconds or an RFC 3339 text, as ``_dates`` says."""

    def __init__(self) -> None:
        super().__init__(
            metadata={"anyOf": [{"type": "integer"}, {"type": "string", "format": "date-time"}]}
        )


class LinksSchema(OpenSchema):
    """Links by relation: one object, or an array of them."""

    self = ma.fields.Nested(LinkSchema, required=True)
    curies = ma.fields.List(ma.fields.Nested(LinkSchema))
    canonical = ma.fields.Nested(LinkSchema)
    collection = ma.fields.Nested(LinkSchema)
    up = ma.fields.Nested(LinkSchema)
    alternate = ma.fields.List(ma.fields.Nested(LinkSchema))


class PageLinksSchema(LinksSchema):
    """A page's links; ``prev`` and ``next`` where such pages are, ``last`` where it is told."""

    first = ma.fields.Nested(LinkSchema, required=True)
    prev = ma.fields.Nested(LinkSchema)
    next = ma.fields.Nested(LinkSchema)
    last = ma.fields.Nested(LinkSchema)
    search = ma.fields.Nested(LinkSchema, required=True)


class MetaSchema(OpenSchema):
    """What is told of an answer: ``ignored`` where a lenient request had names passed over."""

    ignored = ma.fields.List(ma.fields.Nested(MistakeSchema))


class ResourceSchema(OpenSchema):
    """A HAL resource."""

    links = ma.fields.Nested(LinksSchema, data_key="_links", required=True)
    meta = ma.fields.Nested(MetaSchema, data_key="_meta")


class HomeMetaSchema(MetaSchema):
    """What the mount shows."""

    title = ma.fields.String(required=True)
    side = ma.fields.String(required=True, validate=ma.validate.OneOf(("published", "draft")))
    defaultLocale = ma.fields.String(required=True)


class HomeSchema(ResourceSchema):
    """The entry point."""

    meta = ma.fields.Nested(HomeMetaSchema, data_key="_meta", required=True)


class NodeMetaSchema(MetaSchema):
    """Where a node is, and since when."""

    id = ma.fields.UUID(required=True)
    locale = ma.fields.String()
    borrowed = ma.fields.Dict(
        values=ma.fields.String(),
        metadata={"description": "Fields that a translation lacks, and whose locale lent each."},
    )
    name = ma.fields.String(required=True)
    path = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    displayName = ma.fields.String(required=True)
    revision = ma.fields.Integer(required=True, metadata={"minimum": 1})
    createdAt = DateField()
    modifiedAt = DateField()
    publishedAt = DateField()
    highlights = ma.fields.Dict(values=ma.fields.List(ma.fields.String()))


def _count(*, required: bool = True, least: int = 0) -> ma.fields.Integer:
    return ma.fields.Integer(required=required, metadata={"minimum": least})


class PageMetaSchema(MetaSchema):
    """Where a page stands in its list.

    ``position`` is that of the last change which the list takes into account;
    ``capped`` says which number was more than the mount gives, and what it was;
    ``totalSize`` is there where it is told.
    """

    limit = _count(least=1)
    offset = _count()
    size = _count()
    totalSize = _count(required=False)
    position = _count(required=False)
    capped = ma.fields.Dict(values=ma.fields.Integer())


class FolderMetaSchema(NodeMetaSchema):
    """Where a folder is, and which of its documents are shown."""

    limit = _count(least=1)
    offset = _count()
    size = _count()
    totalSize = _count()
    capped = ma.fields.Dict(values=ma.fields.Integer())


class NodeSchema(ResourceSchema):
    """A node with its own fields beside ``_links`` and ``_meta``."""

    meta = ma.fields.Nested(NodeMetaSchema, data_key="_meta", required=True)


class DocumentSchema(NodeSchema):
    """A document; which fields it has, its type says."""


class BranchesSchema(OpenSchema):
    """What is in a folder, as much of it as was asked for."""

    documents = ma.fields.List(ma.fields.Nested(DocumentSchema), required=True)
    folders = ma.fields.List(
        ma.fields.Nested(lambda: FolderWithinSchema()),
        required=True,
    )


class FolderWithinSchema(NodeSchema):
    """A folder within another; opened, with what is in it."""

    embedded = ma.fields.Nested(BranchesSchema, data_key="_embedded")


class TreeSchema(NodeSchema):
    """The root with what is below it."""

    embedded = ma.fields.Nested(BranchesSchema, data_key="_embedded", required=True)


class FolderSchema(TreeSchema):
    """A folder with its folders and one page of its documents."""

    meta = ma.fields.Nested(FolderMetaSchema, data_key="_meta", required=True)


class BundleItemSchema(NodeSchema):
    """A resource bundle without its messages."""

    basename = ma.fields.String()
    locales = ma.fields.List(ma.fields.String())


class BundleSchema(BundleItemSchema):
    """A resource bundle with its messages by locale."""

    bundles = ma.fields.Dict(values=ma.fields.Dict(values=ma.fields.String()))


class BundleInLocaleSchema(NodeSchema):
    """A resource bundle in one locale; ``borrowed`` says for a key which locale lent its text."""

    basename = ma.fields.String(required=True)
    locale = ma.fields.String(required=True)
    messages = ma.fields.Dict(values=ma.fields.String(), required=True)
    borrowed = ma.fields.Dict(values=ma.fields.String(), required=True)


class CategoryTextsSchema(OpenSchema):
    """A category in one locale."""

    name = ma.fields.String(allow_none=True)
    description = ma.fields.String(allow_none=True)
    synonyms = ma.fields.List(ma.fields.String())
    properties = ma.fields.Dict()


class CutSchema(OpenSchema):
    """How many categories are left out below this one."""

    cut = _count(least=1)


class CategoryWithinSchema(OpenSchema):
    """A category within a taxonomy; all of it, unless ``_fields`` reaches into it."""

    links = ma.fields.Nested(LinksSchema, data_key="_links")
    key = ma.fields.String()
    name = ma.fields.String()
    path = ma.fields.String()
    infos = ma.fields.Dict(values=ma.fields.Nested(CategoryTextsSchema))
    categories = ma.fields.List(ma.fields.Nested(lambda: CategoryWithinSchema()))
    meta = ma.fields.Nested(CutSchema, data_key="_meta")


class CategoryMetaSchema(MetaSchema):
    """How many categories are left out below this one, if any are."""

    cut = _count(required=False, least=1)


class CategorySchema(ResourceSchema):
    """A category with those below it, or how many of them are not shown."""

    key = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    path = ma.fields.String(required=True)
    infos = ma.fields.Dict(values=ma.fields.Nested(CategoryTextsSchema), required=True)
    categories = ma.fields.List(ma.fields.Nested(lambda: CategorySchema()))
    meta = ma.fields.Nested(CategoryMetaSchema, data_key="_meta")


class TaxonomyItemSchema(NodeSchema):
    """A taxonomy without its categories."""

    name = ma.fields.String()
    locales = ma.fields.List(ma.fields.String())


class TaxonomySchema(TaxonomyItemSchema):
    """A taxonomy with its categories."""

    categories = ma.fields.List(ma.fields.Nested(CategoryWithinSchema))


class AssetLinksSchema(LinksSchema):
    """An asset's links; ``enclosure`` is to the bytes."""

    enclosure = ma.fields.Nested(LinkSchema)


class AssetSchema(NodeSchema):
    """An image or another file; its bytes are at the link ``enclosure``."""

    links = ma.fields.Nested(AssetLinksSchema, data_key="_links", required=True)
    fileName = ma.fields.String()
    mediaType = ma.fields.String()
    size = _count(required=False)


class FieldSchema(OpenSchema):
    """What documents of a type hold under one name."""

    name = ma.fields.String(required=True)
    kind = ma.fields.String(
        required=True, validate=ma.validate.OneOf([kind.value for kind in FieldKind])
    )
    multiple = ma.fields.Boolean(required=True)
    label = ma.fields.String()
    description = ma.fields.String()
    required = ma.fields.Boolean()
    type = ma.fields.String()
    taxonomy = ma.fields.String()
    targets = ma.fields.List(ma.fields.String())


class TypeSchema(ResourceSchema):
    """A document type with all its fields, the inherited ones too."""

    name = ma.fields.String(required=True)
    shortName = ma.fields.String(required=True)
    fields_ = ma.fields.List(ma.fields.Nested(FieldSchema), data_key="fields", required=True)


class ListSchema(ResourceSchema):
    """One page of a list."""

    links = ma.fields.Nested(PageLinksSchema, data_key="_links", required=True)
    meta = ma.fields.Nested(PageMetaSchema, data_key="_meta", required=True)


def _embedding(relation: str, item: type[ma.Schema]) -> ma.fields.Nested:
    """Resources embedded as *relation*."""
    name = f"{item.__name__.removesuffix('Schema')}s"
    many = ma.fields.List(ma.fields.Nested(item), required=True)
    embedded = OpenSchema.from_dict({relation: many}, name=f"{name}Schema")
    return ma.fields.Nested(embedded, data_key="_embedded", required=True)


class DocumentListSchema(ListSchema):
    """Documents."""

    embedded = _embedding("documents", DocumentSchema)


class BundleListSchema(ListSchema):
    """Resource bundles; as ``documents``, for so they have always been embedded."""

    embedded = _embedding("documents", BundleItemSchema)


class FolderListSchema(ListSchema):
    """Folders, not opened."""

    embedded = _embedding("folders", NodeSchema)


class TaxonomyListSchema(ListSchema):
    """Taxonomies."""

    embedded = _embedding("taxonomies", TaxonomyItemSchema)


class AssetListSchema(ListSchema):
    """Assets."""

    embedded = _embedding("assets", AssetSchema)


class SuggestionMetaSchema(OpenSchema):
    """Which document it is that a suggestion names."""

    id = ma.fields.UUID(required=True)
    path = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    locale = ma.fields.String()


_TO_GO_ON = LinksSchema.from_dict(
    {one: ma.fields.Nested(LinkSchema, required=True) for one in ("c:document", "search")},
    name="SuggestionLinksSchema",
)


class SuggestionSchema(OpenSchema):
    """A title that the text may become; its own address is a place in that of the answer."""

    links = ma.fields.Nested(_TO_GO_ON, data_key="_links", required=True)
    meta = ma.fields.Nested(SuggestionMetaSchema, data_key="_meta", required=True)
    text = ma.fields.String(required=True)


class SuggestionsMetaSchema(MetaSchema):
    """How many suggestions there are, and as of which position."""

    limit = _count(least=1)
    size = _count()
    position = _count(required=False)
    capped = ma.fields.Dict(values=ma.fields.Integer())


class SuggestionListSchema(ResourceSchema):
    """Suggestions."""

    meta = ma.fields.Nested(SuggestionsMetaSchema, data_key="_meta", required=True)
    embedded = _embedding("c:suggestions", SuggestionSchema)


class CountSchema(MetaSchema):
    """How many there are."""

    size = _count()
    totalSize = _count()


class TypeListSchema(ResourceSchema):
    """Document types, all on one page."""

    meta = ma.fields.Nested(CountSchema, data_key="_meta", required=True)
    embedded = _embedding("types", TypeSchema)

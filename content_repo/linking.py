"""Links inside rich text: to which node each one leads.

An author writes ``../guide.md``, ``/docs/guide/`` or ``guide#start``; the files
that were imported have become nodes under other names, and a site's addresses
are none of the repository's.  So each ``href`` stands for several places to
look at, tried in order.  What is found is kept as an id when the text is
written: nothing that is moved or renamed afterwards breaks the link.

The places are made from strings alone; whoever asks says how they are looked
up, many of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol
from urllib.parse import unquote_to_bytes

import orjson

from content_repo import locales, names, richtext
from content_repo.doctypes import COMPOUND_TYPE, FieldKind, Types, escaped
from content_repo.model import ROOT_ID, Kind
from content_repo.references import references
from content_repo.richtext import Written

#: In characters; a longer path leads nowhere, and no longer ``href`` is kept whole.
LONGEST_HREF: Final = 2048

#: How many places one ``href`` may stand for.
MOST_CANDIDATES: Final = 40

#: Documents whose links are looked up together.
_AT_ONCE: Final = 500

#: Suffixes that documents lose when they become nodes.
DOCUMENT_SUFFIXES: Final = (
    ".md", ".mdx", ".markdown", ".html", ".htm", ".yml", ".yaml", ".json",
)  # fmt: skip

#: How a folder's page is commonly called.  It has a suffix where something else has the name.
_SPELLINGS: Final = ("_index", "index", "readme", "README", "Readme", "index.md", "README.md")

#: Places that are unlikely anyway are looked at for no more than these.
_FEW_SPELLINGS: Final = ("_index", "index", "README")

#: How many places are looked at for all spellings.
_NEAR: Final = 2

# How likely a candidate is, where there are more than may be looked at.
_LIKELY, _SERVED, _SELDOM, _UNLIKELY = range(4)

#: Folders of generators whose files are served from the site's root, as they are.
_SERVED_AS_ROOT: Final = {
    "static": _SERVED,
    "public": _SERVED,
    ".vuepress/public": _SERVED,
    # Docusaurus, whose pages lie beside the folder of the site.
    "website/static": _SELDOM,
}

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_SUFFIX: Final = re.compile(r"[^.]\.[a-zA-Z][a-zA-Z0-9]{1,9}$")
_ENCODED: Final = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_BLANKS: Final = " \t\n\r\f"
_LINE_ENDS: Final = str.maketrans(dict.fromkeys("\t\n\r"))

Target = tuple[str, Kind]
Find = Callable[[Collection[str]], Mapping[str, Target]]


@dataclass(frozen=True, slots=True)
class Site:
    """From where a page's absolute site paths may start, as paths of folders.

    ``locale_root`` is the folder of the page's locale (``…/content/ja``),
    ``default_root`` that of the default locale beside it, ``roots`` are others,
    the likeliest first.
    """

    locale_root: str | None = None
    default_root: str | None = None
    roots: tuple[str, ...] = ()


SiteOf = Callable[[str, str | None], Site]


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image in rich text, and what it leads to.

    ``target`` is the id of a node: of an asset where the type is ``binary``, of
    any other where it is ``internal``.  ``href`` is cut if it is very long.
    """

    kind: richtext.Sort
    href: str
    text: str
    type: Literal["internal", "external", "binary", "broken"]
    target: str | None = None


# -- how an href is read ------------------------------------------------------


def classify(href: str) -> Literal["external", "fragment", "path"]:
    """What sort of address *href* is; nothing at all is the document itself.

    >>> classify("mailto:a@b.c"), classify("//cdn.org/x"), classify("#top"), classify("x/a:b")
    ('external', 'external', 'fragment', 'path')
    """
    href = _trimmed(href)
    if _SCHEME.match(href) or href.startswith("//"):
        return "external"
    return "fragment" if not href or href.startswith("#") else "path"


def candidates(href: str, at: str, site: Site) -> tuple[str, ...]:
    """The paths of nodes that *href* may mean in the document at *at*, likeliest first.

    >>> candidates("../b.md#top", "docs/x/a", Site())
    ('docs/b.md', 'docs/b', 'docs/x/b.md', 'docs/x/b')
    >>> candidates("#top", "docs/a", Site())
    ('docs/a',)
    """
    if classify(href) == "external" or len(href) > LONGEST_HREF:
        return ()
    path = _trimmed(href).partition("#")[0].partition("?")[0]
    if not path:
        return (at,)
    steps = [_decoded(step) for step in path.split("/") if step]
    if any("/" in step or not names.is_storable(step) for step in steps):
        return ()
    is_file = path[-1] != "/" and _SUFFIX.search(steps[-1]) is not None
    if not path.startswith("/"):
        places = _translated(list(_relative(steps, at, is_file=is_file)), site)
        return _likeliest(_spelled(places, is_file=is_file))
    below = _followed("", steps)
    if below is None:
        return ()
    bases = _bases(below, site)
    found = _spelled([_joined(base, below) for base in bases], is_file=is_file)
    if is_file:
        for place, likelihood in _served(below, bases):
            found.setdefault(place, likelihood)
    return _likeliest(found)


def _spelled(places: Iterable[str], *, is_file: bool) -> dict[str, int]:
    """The nodes that may stand for what is at any of *places*, and how likely each is."""
    found: dict[str, int] = {}
    for index, place in enumerate(dict.fromkeys(places)):
        if len(place) <= names.LONGEST_PATH:
            near = index < _NEAR
            for spelling in _spellings(place, is_file=is_file, near=near):
                # What is called like a file hardly ever is a folder.
                is_page = is_file and not near and len(spelling) > len(place)
                found.setdefault(spelling, _UNLIKELY if is_page else _LIKELY)
    return found


def _likeliest(found: Mapping[str, int]) -> tuple[str, ...]:
    """As many of *found* as may be looked at, in their order."""
    if len(found) <= MOST_CANDIDATES:
        return tuple(found)
    kept = set(sorted(found, key=found.__getitem__)[:MOST_CANDIDATES])
    return tuple(path for path in found if path in kept)


def _trimmed(href: str) -> str:
    """*href* without the blanks that browsers drop."""
    href = href.strip(_BLANKS)
    return href if href.isprintable() else href.translate(_LINE_ENDS)


def _decoded(step: str) -> str:
    """One step of a path as nodes are named; what is not UTF-8 stays as it is.

    What is imported under the form of a UUID, which no node's name has, is numbered.
    """
    name = names.normalise(_ENCODED.sub(_character, step) if "%" in step else step)
    return names.numbered(name, 1) if names.is_id(name) else name


def _character(encoded: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(encoded[0]).decode()
    except UnicodeDecodeError:
        return encoded[0]


def _relative(steps: Sequence[str], at: str, *, is_file: bool) -> Iterator[str]:
    """The places that a relative path may mean.

    A site serves the file ``docs/a.md`` as ``docs/a/``, so authors write links
    as seen from either: to files from the file, to pages from the page.
    """
    folder, _, name = at.rpartition("/")
    own = folder if names.is_folder_page(name) else at.removesuffix(_document_suffix(at))
    for base in (folder, own) if is_file else (own, folder):
        place = _followed(base, steps)
        if place is not None:
            yield place


def _translated(places: Sequence[str], site: Site) -> Iterator[str]:
    """*places*, then the same in the default locale: not every page is translated."""
    yield from places
    root, default = site.locale_root, site.default_root
    if root is not None and default is not None:
        for place in places:
            if names.is_within(place, root):
                yield f"{default}/{names.relative(place, root)}".strip("/")


def _bases(below: str, site: Site) -> list[str]:
    """The folders from which the absolute site path *below* may start."""
    bases = [site.locale_root, site.default_root]
    if site.locale_root is not None and below and locales.is_tag(below.partition("/")[0]):
        bases.append(site.locale_root.rpartition("/")[0])
    # At last as a path of the repository's, as mirrors have them.
    return list(dict.fromkeys(base for base in (*bases, *site.roots, "") if base is not None))


def _served(below: str, bases: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The places of a file that a site serves at *below* unbuilt, and how likely each is."""
    for base in bases:
        for folder, likelihood in _SERVED_AS_ROOT.items():
            place = _joined(base, f"{folder}/{below}")
            if len(place) <= names.LONGEST_PATH:
                yield place, likelihood
                yield place.removesuffix(_document_suffix(place)), likelihood


def _joined(base: str, below: str) -> str:
    return f"{base}/{below}".strip("/")


def _followed(base: str, steps: Iterable[str]) -> str | None:
    """Where *steps* lead from *base*; ``None`` above the root."""
    reached = base.split("/") if base else []
    for step in steps:
        if step == "..":
            if not reached:
                return None
            reached.pop()
        elif step != ".":
            reached.append(step)
    return "/".join(reached)


def _spellings(place: str, *, is_file: bool, near: bool) -> Iterator[str]:
    """The nodes that may stand for what is at *place*: a folder's page before the folder."""
    suffix = _document_suffix(place)
    if is_file and suffix:
        yield place
        yield place.removesuffix(suffix)
        return
    prefix = f"{place}/" if place else ""
    for spelling in _SPELLINGS if near and not is_file else _FEW_SPELLINGS:
        yield f"{prefix}{spelling}"
    if near and not is_file and place:
        # A document beside a folder of the same name has kept its suffix.
        yield f"{place}.md"
    yield place


def _document_suffix(path: str) -> str:
    dot = path.rfind(".")
    return path[dot:] if dot >= 0 and path[dot:].lower() in DOCUMENT_SUFFIXES else ""


# -- to which node it leads ---------------------------------------------------


def resolve(written: Sequence[Written], at: str, site: Site, find: Find) -> tuple[Link, ...]:
    """The links of one document; *find* is asked once, for all of them."""
    return resolve_many([(written, at, site)], find)[0]


def resolve_many(
    documents: Sequence[tuple[Sequence[Written], str, Site]], find: Find
) -> list[tuple[Link, ...]]:
    """The links of each of many documents; *find* is asked once for some hundreds of them."""
    found: list[tuple[Link, ...]] = []
    for start in range(0, len(documents), _AT_ONCE):
        wanted = [
            [(one, candidates(one.href, at, site)) for one in written]
            for written, at, site in documents[start : start + _AT_ONCE]
        ]
        every = {path for links in wanted for _, paths in links for path in paths}
        nodes = find(every) if every else {}
        found.extend(tuple(_link(one, paths, nodes) for one, paths in links) for links in wanted)
    return found


def _link(one: Written, paths: Sequence[str], nodes: Mapping[str, Target]) -> Link:
    href = one.href if len(one.href) <= LONGEST_HREF else f"{one.href[:LONGEST_HREF]}…"
    for path in paths:
        if path in nodes:
            target, kind = nodes[path]
            return Link(
                one.kind, href, one.text, "binary" if kind is Kind.ASSET else "internal", target
            )
    is_external = classify(one.href) == "external"
    return Link(one.kind, href, one.text, "external" if is_external else "broken")


def inherited(
    fresh: Sequence[Link], earlier: Iterable[Link], reachable: Mapping[str, bool]
) -> tuple[Link, ...]:
    """*fresh* links, where an *earlier* one of the same ``href`` led somewhere to that target.

    What an author did not touch goes on meaning what it meant, though its target
    or the document was moved since.  *reachable* says of each target that exists
    whether it does so outside the trash; one in the trash gives way to another.
    """
    known = {(one.kind, one.href): one for one in earlier if one.target in reachable}
    return tuple(_inherited(one, known.get((one.kind, one.href)), reachable) for one in fresh)


def _inherited(fresh: Link, known: Link | None, reachable: Mapping[str, bool]) -> Link:
    if known is None or known.target is None:
        return fresh
    if reachable[known.target] or fresh.type == "broken":
        return replace(fresh, type=known.type, target=known.target)
    return fresh


# -- what of a document is rich text ------------------------------------------


def rich_texts(
    types: Types, type_name: str, fields: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, str]]:
    """Every rich text in *fields* with its JSON Pointer, in the order of the type's fields."""
    for name, one in types.holding_text(type_name).items():
        value = fields.get(name)
        here = f"{above}/{escaped(name)}"
        placed = (
            [(f"{here}/{index}", item) for index, item in enumerate(value)]
            if isinstance(value, list)
            else [(here, value)]
        )
        for pointer, item in placed:
            if one.kind is FieldKind.RICH_TEXT and isinstance(item, str):
                yield pointer, item
            elif one.kind is FieldKind.COMPOUND and isinstance(item, Mapping):
                yield from rich_texts(types, str(item.get(COMPOUND_TYPE)), item, pointer)


def written_in(types: Types, type_name: str, fields: Mapping[str, Any]) -> tuple[Written, ...]:
    """The links and images of all rich texts in *fields*, in that order."""
    texts = rich_texts(types, type_name, fields)
    return tuple(one for _, html in texts for one in richtext.written(html))


def resolved_batch(
    types: Types,
    items: Sequence[tuple[str, str | None, str, Mapping[str, Any]]],
    find: Find,
    site_of: SiteOf,
) -> list[tuple[Link, ...]]:
    """The links of many documents: of each its path, locale, type and fields in stored form."""
    documents = []
    for path, locale, type_name, fields in items:
        written = written_in(types, type_name, fields)
        documents.append((written, path, site_of(path, locale) if written else Site()))
    return resolve_many(documents, find)


def targets(
    types: Types, type_name: str, fields: Mapping[str, Any], links: Iterable[Link], *, but: str
) -> set[str]:
    """The ids of all nodes, *but* itself, that a document's *fields* and *links* point at."""
    found = {one.target for one in references(types, type_name, fields)}
    found.update(one.target for one in links if one.target is not None)
    return found - {ROOT_ID, but}


# -- the site of a page -------------------------------------------------------


class Folders(Protocol):
    """Tells the locales of folders by their paths.

    Of those of *paths* that are folders, and of the folders directly in one of
    them whose locale's tag is *beside*.
    """

    def __call__(self, paths: Collection[str], beside: str) -> Mapping[str, str | None]: ...


class Sites:
    """The site of each page; those in one folder share it, and it is asked for once."""

    def __init__(self, folders: Folders, default_locale: str) -> None:
        self._folders = folders
        self._default = locales.tag(default_locale)
        self._known: dict[tuple[str, str | None], Site] = {}

    def of(self, at: str, locale: str | None) -> Site:
        """The site of the page of that *locale* at the path *at*."""
        folder = at.rpartition("/")[0]
        key = (folder, locale)
        if key not in self._known:
            above = ["", *names.ancestors(at)]
            found = self._folders(above, self._default)
            self._known[key] = site(above, locale, found, self._default)
        return self._known[key]

    def forget(self) -> None:
        """Ask again: folders are not what they were."""
        self._known.clear()


def site(
    above: Sequence[str], locale: str | None, folders: Mapping[str, str | None], default: str
) -> Site:
    """The site of a page of *locale* below the folders *above*, outermost first.

    *folders* are the locales of folders by path.  A page without a locale has
    that of the nearest folder which has one.

    >>> folders = {"": None, "docs": None, "docs/en": "en", "docs/nl": "nl", "docs/nl/x": "nl"}
    >>> site(["", "docs", "docs/nl", "docs/nl/x"], "nl", folders, "en")
    Site(locale_root='docs/nl', default_root='docs/en', roots=('docs', 'docs/nl/x'))
    """
    inner = [path for path in above if path]
    tags = {path: locales.tag(named) for path, named in folders.items() if named}
    tag = locales.tag(locale) if locale else next((tags[p] for p in inner[::-1] if p in tags), None)
    root = tag and locales.root([path for path in inner if tags.get(path) == tag], tag)
    if root is None:
        return Site(roots=tuple(inner))
    count = inner.index(root)
    beside = root.rpartition("/")[0]
    default_root = min(
        (path for path in tags if path.rpartition("/")[0] == beside and tags[path] == default),
        default=None,
    )
    return Site(root, default_root, (*inner[:count][::-1], *inner[count + 1 :]))


# -- links as text ------------------------------------------------------------


def dumped(links: Sequence[Link]) -> str:
    """*links* as they are stored; :func:`loaded` reads it."""
    if not links:
        return "[]"
    rows = [(one.kind, one.href, one.text, one.type, one.target) for one in links]
    return orjson.dumps(rows).decode()


def loaded(text: str) -> tuple[Link, ...]:
    return tuple(Link(*row) for row in orjson.loads(text)) if text != "[]" else ()

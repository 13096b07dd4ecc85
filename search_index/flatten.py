"""Node to entry: the only place that decides what can be searched.

Full text finds titles and the words of declared text: strings, texts, rich
texts without their tags.  Of undeclared fields it finds those by whose names
everybody describes a page.  It never finds names, paths, ids, or where a node
was imported from.  Of folders and assets it finds the title
and the description, of bundles the messages, of taxonomies what their
categories are called.

Whatever a type says by now, its documents may hold what an older form of it
allowed: here nothing about the shape of a value is taken for granted.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final, TypeVar

import nh3

from content_repo import ROOT_ID, Field, FieldKind, Kind, Node, Types, bundles, names, taxonomy
from content_repo.doctypes import COMPOUND_TYPE, REFERRING, TEXTUAL, dated, to_millis
from content_repo.translations import present
from search_index import stemming
from search_index.analysis import place
from search_index.entry import Entry, Order, Typed

T = TypeVar("T")

#: Raise it whenever :func:`flatten` answers differently: indexes are then rebuilt.
VERSION: Final = 4

#: Strings are compared by so many characters, and texts ordered by so many.
LONGEST_VALUE: Final = 4096
LONGEST_TEXT: Final = 256

#: Between two texts, so that no phrase reaches from one into the next; even.
_GAP: Final = 4

#: The field that entries are called by, and that counts most in a search.
TITLE: Final = "title"

#: Strings that say where something came from.
NEVER_SEARCHED: Final = frozenset({"source", "sourcePath"})

#: Textual fields of the kinds whose fields nobody declares.
DESCRIBING: Final = ("description", "alt", "caption")

#: Fields of documents that hold text where no type declares them, as site generators have them.
DESCRIBING_PAGES: Final = frozenset(
    {"description", "summary", "excerpt", "subtitle", "linkTitle", "keywords"}
)

#: Elements whose edges part words: those that a browser sets on lines of their own, and those
#: that it shows as a box or a picture.  All others may stand within a word.
# fmt: off
_PARTING: Final = {
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "legend", "li", "main", "menu",
    "nav", "ol", "optgroup", "option", "p", "pre", "search", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    "audio", "button", "canvas", "embed", "iframe", "img", "input", "meter", "object", "progress",
    "select", "svg", "textarea", "video",
}
# fmt: on
_TAG: Final = re.compile("<[^>]*>")


#: Where each term is.
Places = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Flat:
    """A node as the index takes it in: an entry, and the terms to find it by.

    Those of the title, and those of all other texts, with their places; ``forms``
    are what :func:`search_index.stemming.forms` says of both.
    """

    entry: Entry
    title: Places
    text: Places
    forms: Collection[str]


@dataclass(slots=True)
class _Found:
    """What a walk over fields has come by so far."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, list[Typed]] = field(default_factory=dict)
    refs: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str, text: str) -> None:
        self.texts.append((name, text))

    def value(self, name: str, value: Any, kind: FieldKind = FieldKind.JSON) -> None:
        one = typed(value, kind)
        if one is not None:
            self.values.setdefault(name, []).append(one)


def flatten(node: Node, types: Types, language: str | None = None) -> Flat:
    """The entry of *node*, with its terms; *language* is the locale of nodes that have none."""
    found = _walked(node, types)
    title = _title(node)
    spoken = stemming.language(node.locale or language)
    title_places, count, _ = _placed([title])
    text_places, counts, spans = _placed([text for _, text in found.texts])
    by_field: dict[str, list[int]] = {}
    for (name, _), span in zip(found.texts, spans, strict=True):
        by_field.setdefault(name, []).extend(span)
    entry = _entry(node, types, found, title)
    entry = replace(entry, language=spoken, units=(count, counts), spans=_tuples(by_field))
    forms = stemming.forms({**title_places, **text_places}, spoken)
    return Flat(entry, title_places, text_places, forms)


def texts(node: Node, types: Types) -> list[tuple[str, str]]:
    """All texts that *node* is found by, each with the name of its field; the title first."""
    return [(TITLE, _title(node)), *_walked(node, types).texts]


def _title(node: Node) -> str:
    given = node.fields.get(TITLE)
    return given if isinstance(given, str) else ""


def _walked(node: Node, types: Types) -> _Found:
    """What all fields of *node* hold."""
    found = _Found()
    match node.kind:
        case Kind.DOCUMENT:
            _take_fields(found, types, node.type, dated(node.fields), "")
        case Kind.BUNDLE:
            _take_json(found, "basename", node.key)
            _take_json(found, "locales", bundles.other_locales(node))
            for messages in bundles.messages(node).values():
                for text in messages.values():
                    if isinstance(text, str):
                        found.text("messages", text)
        case Kind.TAXONOMY:
            _take_json(found, "name", node.name)
            _take_json(found, "locales", node.fields.get("locales"))
            for top in taxonomy.categories(node):
                for category in top.walk():
                    for text in _names(category):
                        found.text("categories", text)
        case _:
            for name, value in node.fields.items():
                _take_json(found, name, value)
            for name in DESCRIBING:
                if isinstance(said := node.fields.get(name), str):
                    found.text(name, said)
    if node.kind in (Kind.BUNDLE, Kind.TAXONOMY):
        found.value(TITLE, node.fields.get(TITLE))
    return found


def _placed(texts: Iterable[str]) -> tuple[dict[str, list[int]], int, list[tuple[int, int]]]:
    """The terms of *texts* by place, the number of units, and each text's first and last place."""
    places: dict[str, list[int]] = {}
    spans, start, units = [], 0, 0
    for text in texts:
        end, count = place(text, start, places)
        # A sign behind the last unit stands at the end.
        spans.append((start, end + 1))
        units += count
        start = end + _GAP
    return places, units, spans


def _tuples(lists: Mapping[str, list[T]]) -> dict[str, tuple[T, ...]]:
    return {name: tuple(some) for name, some in lists.items()}


def _entry(node: Node, types: Types, found: _Found, title: str) -> Entry:
    lineage = tuple(one.name for one in types.lineage(node.type)) or (node.type,)
    told = "\0".join((title, *chain.from_iterable(found.texts)))
    return Entry(
        id=node.id,
        number=node.number,
        kind=node.kind,
        types=lineage,
        path=node.path,
        locale=node.locale,
        rank=node.rank,
        title=names.normalise(node.title),
        revision=node.revision,
        created_at=node.created_at,
        modified_at=node.modified_at,
        published_at=node.published_at,
        values=_tuples(found.values),
        refs={name: tuple(dict.fromkeys(ids)) for name, ids in found.refs.items()},
        keys={name: tuple(dict.fromkeys(keys)) for name, keys in found.keys.items()},
        group=node.group,
        present=tuple(sorted(present(node.fields))),
        language=None,
        spans={},
        units=(0, 0),
        digest=hashlib.blake2b(told.encode(), digest_size=9).hexdigest(),
    )


def _take_fields(
    found: _Found, types: Types, type_name: str, fields: Mapping[str, Any], above: str
) -> None:
    declared = types.fields(type_name)
    for name, value in fields.items():
        if name == COMPOUND_TYPE and above:
            continue
        one = declared.get(name)
        if one is None or one.kind is FieldKind.JSON:
            _take_json(found, above + name, value)
            if one is None and not above and name in DESCRIBING_PAGES:
                _take_description(found, name, value)
        else:
            for item in value if isinstance(value, list) else (value,):
                _take_value(found, types, one, item, above + name)


def _take_description(found: _Found, name: str, value: Any) -> None:
    for text in value if isinstance(value, list) else (value,):
        if isinstance(text, str):
            found.text(name, text)


def _take_value(found: _Found, types: Types, one: Field, value: Any, name: str) -> None:
    if one.kind is FieldKind.COMPOUND:
        if isinstance(value, Mapping):
            compound = value.get(COMPOUND_TYPE) or one.type or ""
            _take_fields(found, types, compound, value, f"{name}.")
    elif one.kind in REFERRING:
        # What it points at may not be the reader's to see: no order tells of it.
        if isinstance(value, str) and value != ROOT_ID:
            found.refs.setdefault(name, []).append(value)
    elif one.kind in TEXTUAL and isinstance(value, str):
        text = plain(value) if one.kind is FieldKind.RICH_TEXT else value
        if name != TITLE and one.name not in NEVER_SEARCHED:
            found.text(name, text)
        found.value(name, text if one.kind is FieldKind.STRING else text[:LONGEST_TEXT])
    else:
        if one.kind is FieldKind.TAXONOMY_KEYS and isinstance(value, str):
            found.keys.setdefault(one.taxonomy or "", []).append(value)
        found.value(name, value, one.kind)


def _take_json(found: _Found, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _take_json(found, f"{name}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            _take_json(found, name, inner)
    else:
        found.value(name, value)


def typed(value: Any, kind: FieldKind = FieldKind.JSON) -> Typed | None:
    """A scalar with its type; ``None`` where there is nothing to compare."""
    if isinstance(value, bool):
        return Order.BOOLEAN.value, value
    if isinstance(value, int | float):
        return (Order.DATE if kind is FieldKind.DATE else Order.NUMBER).value, value
    if isinstance(value, str):
        return Order.STRING.value, shortened(value)
    millis = to_millis(value) if isinstance(value, datetime) else None
    return None if millis is None else (Order.DATE.value, millis)


def shortened(value: str) -> str:
    """A string as it is compared, in the composed form (NFC) that names have as well.

    Of a very long one, its beginning and a digest of all of it.

    >>> shortened("cafe\u0301") == shortened("caf\u00e9")
    True
    """
    value = names.normalise(value)
    if len(value) <= LONGEST_VALUE:
        return value
    return f"{value[:LONGEST_VALUE]}\0{hashlib.blake2b(value.encode(), digest_size=9).hexdigest()}"


def plain(rich: str) -> str:
    """Rich text without tags, its entities decoded; scripts and styles say nothing.

    >>> plain("<p>un<em>believ</em>able</p><p>fish &amp; chips</p>").split()
    ['unbelievable', 'fish', '&', 'chips']
    >>> plain('data<wbr>base data<img src="a.png">base').split()
    ['database', 'data', 'base']
    """
    if "<" not in rich and "&" not in rich:
        return rich
    # What comes back has known tags only, without attributes, and escapes the rest.
    return html.unescape(_TAG.sub(" ", nh3.clean(rich, tags=_PARTING, attributes={}))).strip()


def _names(category: taxonomy.Category) -> Iterator[str]:
    yield category.name
    for said in category.infos.values():
        if isinstance(said, Mapping):
            yield from (text for key in ("name", "description") if (text := said.get(key)))
            yield from said.get("synonyms") or ()

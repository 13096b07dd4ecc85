"""Node to entry: the only place that decides what can be searched.

Full text finds titles and the words of declared text: strings, texts, rich
texts without their tags.  It never finds names, paths, ids, where a node was
imported from, or undeclared fields.  Of folders and assets it finds the title
and the description, of bundles the messages, of taxonomies what their
categories are called.

Whatever a type says by now, its documents may hold what an older form of it
allowed: here nothing about the shape of a value is taken for granted.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import nh3

from content_repo import Field, FieldKind, Kind, Node, Types, bundles, taxonomy
from content_repo.doctypes import COMPOUND_TYPE, REFERRING, TEXTUAL, dated, to_millis
from search_index.entry import Entry, Order, Typed

#: Raise it whenever :func:`flatten` answers differently: indexes are then rebuilt.
VERSION: Final = 2

#: Strings are ordered and compared by so many characters.
LONGEST_VALUE: Final = 256

#: The field that entries are called by, and that counts most in a search.
TITLE: Final = "title"

#: Strings that say where something came from.
NEVER_SEARCHED: Final = frozenset({"source", "sourcePath"})

#: Textual fields of the kinds whose fields nobody declares.
DESCRIBING: Final = ("description", "alt", "caption")

#: Elements whose edges part words; all others may stand within one.
# fmt: off
_BLOCKS: Final = {
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}
# fmt: on
_TAG: Final = re.compile("<[^>]*>")


@dataclass(frozen=True, slots=True)
class Flat:
    """A node as the index takes it in: an entry, and texts to be found by."""

    entry: Entry
    title: str
    texts: tuple[str, ...]


@dataclass(slots=True)
class _Found:
    """What a walk over fields has come by so far."""

    texts: list[str] = field(default_factory=list)
    values: dict[str, list[Typed]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)

    def value(self, name: str, value: Any, kind: FieldKind = FieldKind.JSON) -> None:
        one = typed(value, kind)
        if one is not None:
            self.values.setdefault(name, []).append(one)


def flatten(node: Node, types: Types) -> Flat:
    """The entry of *node*, with its texts."""
    found = _Found()
    given = node.fields.get(TITLE)
    title = given if isinstance(given, str) else ""
    match node.kind:
        case Kind.DOCUMENT:
            _take_fields(found, types, node.type, dated(node.fields), "")
        case Kind.BUNDLE:
            for messages in bundles.messages(node).values():
                found.texts.extend(text for text in messages.values() if isinstance(text, str))
        case Kind.TAXONOMY:
            for top in taxonomy.categories(node):
                for category in top.walk():
                    found.texts.extend(_names(category))
        case _:
            for name, value in node.fields.items():
                _take_json(found, name, value)
            described = (node.fields.get(name) for name in DESCRIBING)
            found.texts.extend(text for text in described if isinstance(text, str))
    if node.kind in (Kind.BUNDLE, Kind.TAXONOMY):
        found.value(TITLE, given)
    return Flat(_entry(node, types, found, title), title, tuple(found.texts))


def _entry(node: Node, types: Types, found: _Found, title: str) -> Entry:
    lineage = tuple(one.name for one in types.lineage(node.type)) or (node.type,)
    digest = hashlib.blake2b("\0".join((title, *found.texts)).encode(), digest_size=9)
    return Entry(
        id=node.id,
        kind=node.kind,
        types=lineage,
        path=node.path,
        locale=node.locale,
        rank=node.rank,
        title=node.title,
        created_at=node.created_at,
        modified_at=node.modified_at,
        published_at=node.published_at,
        values={name: tuple(values) for name, values in found.values.items()},
        keys={name: tuple(dict.fromkeys(keys)) for name, keys in found.keys.items()},
        digest=digest.hexdigest(),
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
        else:
            for item in value if isinstance(value, list) else (value,):
                _take_value(found, types, one, item, above + name)


def _take_value(found: _Found, types: Types, one: Field, value: Any, name: str) -> None:
    if one.kind is FieldKind.COMPOUND:
        if isinstance(value, Mapping):
            compound = value.get(COMPOUND_TYPE) or one.type or ""
            _take_fields(found, types, compound, value, f"{name}.")
    elif one.kind in REFERRING:
        # What it points at may not be the reader's to see: no order tells of it.
        pass
    elif one.kind in TEXTUAL and isinstance(value, str):
        text = plain(value) if one.kind is FieldKind.RICH_TEXT else value
        if name != TITLE and one.name not in NEVER_SEARCHED:
            found.texts.append(text)
        found.value(name, text)
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
        return Order.STRING.value, value[:LONGEST_VALUE]
    millis = to_millis(value) if isinstance(value, datetime) else None
    return None if millis is None else (Order.DATE.value, millis)


def plain(rich: str) -> str:
    """Rich text without tags, its entities decoded; scripts and styles say nothing.

    >>> plain("<p>un<em>believ</em>able</p><p>fish &amp; chips</p>").split()
    ['unbelievable', 'fish', '&', 'chips']
    """
    if "<" not in rich and "&" not in rich:
        return rich
    # What comes back has known tags only, without attributes, and escapes the rest.
    return html.unescape(_TAG.sub(" ", nh3.clean(rich, tags=_BLOCKS, attributes={}))).strip()


def _names(category: taxonomy.Category) -> Iterator[str]:
    yield category.name
    for said in category.infos.values():
        if isinstance(said, Mapping):
            yield from (text for key in ("name", "description") if (text := said.get(key)))
            yield from said.get("synonyms") or ()

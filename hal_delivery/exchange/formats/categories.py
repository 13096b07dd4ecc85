"""Categories as records: one list in JSON, YAML or CSV, nested or with the ids of parents.

A record's id is its category's key, always as text: a code such as ``001`` or
``1.10`` keeps its zeros, in YAML too.  What a record says besides its labels
becomes a property in the locale that its name is taken from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

import yaml

from hal_delivery.exchange.formats import json_values, yaml_values
from hal_delivery.exchange.formats.bounds import decoded
from hal_delivery.exchange.formats.texts import Note
from hal_delivery.exchange.formats.trees import DEFAULT_LOCALE, Labels, Record, Tree, grown
from hal_delivery.exchange.formats.unreadable import Unreadable

#: What the names of such files end in.
SUFFIXES: Final = frozenset((".csv", ".json", ".yaml", ".yml"))

_IDS: Final = ("id", "key", "code", "slug", "identifier")
_PARENTS: Final = ("parent", "parent_id", "parentId", "parent_key", "parentKey")
_CHILDREN: Final = ("categories", "children")
_NAMES: Final = ("name", "label", "title")
_DESCRIPTIONS: Final = ("description",)
_SYNONYMS: Final = ("synonyms", "altLabels")

#: What stands for no parent, where no record has that id.
_NOWHERE: Final = frozenset(("0", "null", "NULL"))

_DELIMITERS: Final = ",;\t"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: A record with the number of its line, where that is known.
_Line: TypeAlias = tuple[Mapping[str, Any], int | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A record with the id of the one that it is nested in."""

    id: str
    said: Mapping[str, Any]
    holder: str | None
    line: int | None


def is_categories(value: Any) -> bool:
    """Whether *value* is one list of categories, or a map with one such list in it.

    >>> is_categories([{"id": 1, "name": "Sea", "parent": None}])
    True
    >>> is_categories([{"id": 1, "name": "Sea"}])
    False
    """
    return sum(_are_categories(one) for one in _lists(value)) == 1


def load(content: bytes, suffix: str) -> Any:
    """The value that a file holds, whether or not it is categories; of CSV, a list of maps."""
    value, _ = _loaded(content, suffix)
    return [row for row, _ in value] if suffix.lower() == ".csv" else value


def read(content: bytes, suffix: str) -> Tree:
    """The tree of all records in a file; those without an id are noted and left out."""
    value, notes = _loaded(content, suffix)
    lines: list[_Line] = value if suffix.lower() == ".csv" else _records(value)
    found = list(_walk(lines, None, notes))
    if not found:
        raise Unreadable(f"holds no record with an id, which is one of: {', '.join(_IDS)}")
    first: dict[str, _Found] = {}
    for one in found:
        if first.setdefault(one.id, one) is not one:
            notes.append((one.line, f"the id {one.id!r} is there already; the first one counts"))
    others = _other_names(first.values())
    left_out: set[str] = set()
    records = [
        Record(
            id=one.id,
            key=one.id,
            labels=_labels(one, left_out),
            parents=list(_parents(one, first, others)),
            line=one.line,
        )
        for one in first.values()
    ]
    if left_out:
        names = ", ".join(sorted(left_out))
        notes.append((None, f"left out, since they are lists or maps: {names}"))
    return grown(records, notes)


def _loaded(content: bytes, suffix: str) -> tuple[Any, list[Note]]:
    text, note = decoded(content)
    notes: list[Note] = [(None, note)] if note else []
    match suffix.lower():
        case ".csv":
            return list(_rows(text, notes)), notes
        case ".json":
            return json_values.load(text), notes
        case ".yaml" | ".yml":
            value = yaml_values.load(text)
            _write_ids(value, yaml.compose(text, Loader=_LOADER))
            return value, notes
    known = ", ".join(sorted(SUFFIXES))
    raise Unreadable(f"{suffix!r} is no file of categories; those are {known}")


def _rows(text: str, notes: list[Note]) -> Iterator[_Line]:
    header, _, _ = text.partition("\n")
    reader = csv.reader(
        io.StringIO(text), delimiter=max(_DELIMITERS, key=header.count), strict=True
    )
    columns: list[str] | None = None
    try:
        for row in reader:
            if columns is None:
                columns = [column.strip() for column in row]
                continue
            if len(row) > len(columns):
                reason = f"has {len(row)} values for {len(columns)} columns; the rest is left out"
                notes.append((reader.line_num, reason))
            if any(row):
                said = {column: value for column, value in zip(columns, row, strict=False) if value}
                yield said, reader.line_num
    except csv.Error as failure:
        raise Unreadable(f"is no valid CSV: {failure}", reader.line_num) from None


def _write_ids(value: Any, node: Any) -> None:
    """Put ids, and those of parents, into *value* as they are written: ``1.10`` is no number.

    Whatever *node* is, *value* was made of the same text, and keeps its bounds.
    """
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode):
        for item, below in zip(value, node.value, strict=True):
            _write_ids(item, below)
    elif isinstance(value, dict) and isinstance(node, yaml.MappingNode):
        # Of a key that is there twice, the last value counts.
        for key, below in {key_node.value: below for key_node, below in node.value}.items():
            if key in value and key in (*_IDS, *_PARENTS):
                value[key] = _as_written(value[key], below)
            elif key in value:
                _write_ids(value[key], below)


def _as_written(value: Any, node: Any) -> Any:
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode):
        return [_as_written(*pair) for pair in zip(value, node.value, strict=True)]
    if isinstance(node, yaml.ScalarNode) and value is not None:
        return node.value
    _write_ids(value, node)
    return value


def _records(value: Any) -> list[_Line]:
    """The one list of records in *value*; what no rule would recognise is read where it can be."""
    lists = list(_lists(value))
    found = [one for one in lists if _are_categories(one)] or lists
    if len(found) != 1:
        raise Unreadable(f"holds {len(found)} lists of records, not one")
    return [(said, None) for said in found[0]]


def _lists(value: Any) -> Iterator[list[Any]]:
    """The lists that could be categories: *value*, or those in it, with an id in one record."""
    for one in value.values() if isinstance(value, Mapping) else [value]:
        if isinstance(one, list) and any(isinstance(said, Mapping) and _id(said) for said in one):
            yield one


def _are_categories(records: list[Any]) -> bool:
    return (
        all(isinstance(said, Mapping) and _id(said) for said in records)
        and any(name in said for said in records for name in _NAMES)
        and any(_has_place(said) for said in records)
    )


def _has_place(said: Mapping[str, Any]) -> bool:
    """Whether a record says what it lies below, or what below it."""
    if any(name in said for name in _PARENTS):
        return True
    return any(isinstance(child, Mapping) and _id(child) for child in _children(said))


def _children(said: Mapping[str, Any]) -> list[Any]:
    return [
        child
        for name in _CHILDREN
        if isinstance(children := said.get(name), list)
        for child in children
    ]


def _walk(lines: Iterable[_Line], holder: str | None, notes: list[Note]) -> Iterator[_Found]:
    """All records, each before those nested in it."""
    for said, line in lines:
        own = _id(said) if isinstance(said, Mapping) else None
        if own is None:
            within = f" within {holder!r}" if holder else ""
            notes.append((line, f"a record{within} is left out: it has no id"))
            continue
        yield _Found(own, said, holder, line)
        yield from _walk([(child, None) for child in _children(said)], own, notes)


def _id(said: Mapping[str, Any]) -> str | None:
    return next((word for name in _IDS if (word := _word(said.get(name)))), None)


def _word(value: Any) -> str | None:
    """An id as text, or ``None`` where *value* is none."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _other_names(found: Iterable[_Found]) -> dict[str, str]:
    """Ids by what else a record could be called as a parent: a slug beside a number."""
    others: dict[str, str] = {}
    for one in found:
        for name in _IDS:
            if word := _word(one.said.get(name)):
                others.setdefault(word, one.id)
    return others


def _parents(one: _Found, first: Mapping[str, _Found], others: Mapping[str, str]) -> Iterator[str]:
    if one.holder is not None:
        yield one.holder
    for name in _PARENTS:
        said = one.said.get(name)
        for parent in said if isinstance(said, list) else [said]:
            word = _id(parent) if isinstance(parent, Mapping) else _word(parent)
            known = word if word is None or word in first else others.get(word)
            if known is not None:
                yield known
            elif word is not None and word not in _NOWHERE:
                yield word


def _labels(one: _Found, left_out: set[str]) -> dict[str, Labels]:
    names, called = _first(one.said, _NAMES)
    descriptions, explained = _first(one.said, _DESCRIPTIONS)
    synonyms, known = _first(one.said, _SYNONYMS)
    labels = {
        locale: Labels(
            name=_text(names.get(locale)),
            description=_text(descriptions.get(locale)),
            synonyms=_texts(synonyms.get(locale)),
        )
        for locale in {**names, **descriptions, **synonyms}
    }
    own = next(name for name in _IDS if _word(one.said.get(name)))
    taken = {own, called, explained, known, *_PARENTS, *_CHILDREN}
    properties = {}
    for name, value in one.said.items():
        if name in taken or value is None:
            continue
        if isinstance(value, list | Mapping):
            left_out.add(name)
        else:
            properties[name] = value.isoformat() if isinstance(value, datetime) else value
    if properties:
        home = DEFAULT_LOCALE if DEFAULT_LOCALE in labels or not labels else min(labels)
        labels.setdefault(home, Labels()).properties.update(properties)
    return labels


def _first(said: Mapping[str, Any], names: Iterable[str]) -> tuple[Mapping[str, Any], str | None]:
    """What the first of *names* that there is says, by locale; and which name that is."""
    for name in names:
        value = said.get(name)
        if isinstance(value, Mapping):
            return {locale: text for locale, text in value.items() if text is not None}, name
        if value is not None:
            return {DEFAULT_LOCALE: value}, name
    return {}, None


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or value is None or isinstance(value, list | Mapping):
        return None
    return value.strip() or None if isinstance(value, str) else _word(value)


def _texts(value: Any) -> list[str]:
    texts = (_text(one) for one in (value if isinstance(value, list) else [value]))
    return [text for text in texts if text]

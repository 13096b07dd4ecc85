"""Records: files that are one map of values, in YAML or JSON.

Bounds and types are those of front matter; a date in JSON is a string.
"""

from __future__ import annotations

from typing import Any, Final

from hal_delivery.exchange.formats import json_values, yaml_values
from hal_delivery.exchange.formats.bounds import decoded, mapping
from hal_delivery.exchange.formats.texts import Note
from hal_delivery.exchange.formats.unreadable import Unreadable

_JSON: Final = ".json"

#: What the names of records end in.
SUFFIXES: Final = frozenset({".yml", ".yaml", _JSON})


def read(content: bytes, suffix: str, notes: list[Note] | None = None) -> dict[str, Any]:
    """The values of a record, its fields by name; *notes* gets what its author should know.

    >>> read(b"title: MySQL\\ncreatedAt: '2020-02-02'", ".yml")
    {'title': 'MySQL', 'createdAt': '2020-02-02'}
    """
    if suffix.lower() not in SUFFIXES:
        raise Unreadable(f"{suffix!r} is no record; records are {', '.join(sorted(SUFFIXES))}")
    text, note = decoded(content)
    if notes is not None and note:
        notes.append((None, note))
    is_json = suffix.lower() == _JSON
    value = json_values.load(text) if is_json else yaml_values.load(text, notes=notes)
    return mapping(value, "the record")

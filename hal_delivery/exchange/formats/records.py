"""Records: files that are one map of values, in YAML or JSON.

Bounds and types are those of front matter; a date in JSON is a string.
"""

from __future__ import annotations

from typing import Any, Final

from hal_delivery.exchange.formats import json_values, yaml_values
from hal_delivery.exchange.formats.bounds import decoded, mapping
from hal_delivery.exchange.formats.unreadable import Unreadable

_LOADERS: Final = {
    ".yml": yaml_values.load,
    ".yaml": yaml_values.load,
    ".json": json_values.load,
}

#: What the names of records end in.
SUFFIXES: Final = frozenset(_LOADERS)


def read(content: bytes, suffix: str) -> dict[str, Any]:
    """The values of a record, its fields by name.

    >>> read(b"title: MySQL\\ncreatedAt: '2020-02-02'", ".yml")
    {'title': 'MySQL', 'createdAt': '2020-02-02'}
    """
    load = _LOADERS.get(suffix.lower())
    if load is None:
        raise Unreadable(f"{suffix!r} is no record; records are {', '.join(sorted(_LOADERS))}")
    return mapping(load(decoded(content)[0]), "the record")

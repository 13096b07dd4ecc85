"""Message files in JSON, YAML and TOML: maps that end in texts, at whatever depth.

Nested keys are joined by dots, so that ``{home: {title: …}}`` and ``home.title``
are one key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hal_delivery.exchange.formats import json_values, toml_values, yaml_values
from hal_delivery.exchange.formats.bounds import decoded
from hal_delivery.exchange.formats.texts import Messages, Note
from hal_delivery.exchange.formats.unreadable import Unreadable

_LOADERS: Final = {
    ".json": json_values.load,
    ".toml": toml_values.load,
    ".yaml": yaml_values.load,
    ".yml": yaml_values.load,
}

#: What the names of message files end in.
SUFFIXES: Final = frozenset(_LOADERS)


def load(content: bytes, suffix: str) -> Any:
    """The value that a file holds, whether or not it is messages."""
    return _loaded(content, suffix)[0]


def is_messages(value: Any) -> bool:
    """Whether *value* is a map that ends in texts only, and in one at least.

    >>> is_messages({"home": {"title": "Start"}}), is_messages({"weight": 1}), is_messages({})
    (True, False, False)
    """
    if not isinstance(value, Mapping):
        return False
    found = False
    for _, end in _ends(value):
        if not isinstance(end, str):
            return False
        found = True
    return found


def read(content: bytes, suffix: str) -> Messages:
    r"""The messages of a file.

    >>> dict(read(b"search:\n  one: hit\n  other: hits", ".yaml").texts)
    {'search.one': 'hit', 'search.other': 'hits'}
    """
    value, notes = _loaded(content, suffix)
    if not isinstance(value, Mapping):
        raise Unreadable("is no map of messages")
    texts: dict[str, str] = {}
    for key, end in _ends(value):
        if not isinstance(end, str):
            raise Unreadable(f"the message {key!r} is no text")
        if key in texts:
            notes.append((None, f"the key {key!r} is there flat and nested; the last one counts"))
        texts[key] = end
    return Messages(texts, tuple(notes))


def _loaded(content: bytes, suffix: str) -> tuple[Any, list[Note]]:
    loader = _LOADERS.get(suffix.lower())
    if loader is None:
        known = ", ".join(sorted(_LOADERS))
        raise Unreadable(f"{suffix!r} is no message file; message files are {known}")
    text, note = decoded(content)
    return loader(text), [(None, note)] if note else []


def _ends(value: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """All that is no map, by its joined keys, in order."""
    for key, item in value.items():
        here = f"{above}{key}"
        if isinstance(item, Mapping):
            yield from _ends(item, f"{here}.")
        else:
            yield here, item

"""Front matter: the values at the head of a text, apart from the text.

The block is YAML between two lines ``---`` (the second may be ``...``), TOML
between two lines ``+++``, or one JSON object.  Only the first block counts, and
blank lines may come before it: any other ``---`` belongs to the body.  A text
that begins with a brace of another use (``{{< … >}}``, ``{.class}``) has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from hal_delivery.exchange.formats import json_values, toml_values, yaml_values
from hal_delivery.exchange.formats.bounds import decoded, mapping
from hal_delivery.exchange.formats.texts import Note, Notes
from hal_delivery.exchange.formats.unreadable import Unreadable

_START: Final = re.compile(r'\n*(?:(?P<fence>---|\+\+\+)[ \t]*(?:\n|\Z)|(?=\{\s*["}]))')
_YAML_END: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)
_TOML_END: Final = re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A text taken apart.

    ``body`` has ``\\n`` line ends and begins at ``body_line`` (from 1) of the
    file; ``notes`` are what whoever wrote the file should know of it.
    """

    values: dict[str, Any]
    body: str
    body_line: int
    notes: Notes = ()


def split(content: bytes) -> FrontMatter:
    """Take *content* apart.

    >>> split(b"---\\ntitle: News\\n---\\n# Today\\n")
    FrontMatter(values={'title': 'News'}, body='# Today\\n', body_line=4, notes=())
    """
    text, note = decoded(content)
    notes: list[Note] = [(None, note)] if note else []
    start = _START.match(text)
    if start is None:
        return FrontMatter({}, text, 1, tuple(notes))
    if start["fence"] is None:
        return _split_json(text, start.end(), tuple(notes))
    ends = _YAML_END if start["fence"] == "---" else _TOML_END
    end = ends.search(text, start.end())
    if end is None:
        unclosed = f"begins with {start['fence']!r} but has no second one; all of it is text"
        return FrontMatter({}, text, 1, (*notes, (None, unclosed)))
    first_line = text.count("\n", 0, start.end()) + 1
    block = text[start.end() : end.start()]
    is_yaml = ends is _YAML_END
    values = _yaml(block, first_line, notes) if is_yaml else _toml(block, first_line)
    return FrontMatter(values, text[end.end() :], _line(text, end.end()), tuple(notes))


def _split_json(text: str, start: int, notes: Notes) -> FrontMatter:
    first_line = _line(text, start)
    (value, length), line = _shifted(json_values.load_first, text[start:], first_line)
    end = start + length
    rest = re.compile(r"[ \t]*(?:\n|\Z)").match(text, end)
    values = mapping(value, "the front matter", line)
    body = text[rest.end() if rest else end :]
    return FrontMatter(values, body, _line(text, len(text) - len(body)), notes)


def _yaml(block: str, first_line: int, notes: list[Note]) -> dict[str, Any]:
    return mapping(yaml_values.load(block, first_line, notes), "the front matter", first_line)


def _toml(block: str, first_line: int) -> dict[str, Any]:
    value, _ = _shifted(toml_values.load, block, first_line)
    return mapping(value, "the front matter", first_line)


def _shifted(load: Callable[[str], Any], text: str, first_line: int) -> tuple[Any, int]:
    """What *load* reads, or its failure with the line that it has in the file."""
    try:
        return load(text), first_line
    except Unreadable as failure:
        line = failure.line + first_line - 1 if failure.line else None
        raise Unreadable(failure.reason, line) from None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1

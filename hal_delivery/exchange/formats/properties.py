"""Java's ``.properties``: messages as a ResourceBundle delivers them.

Escapes are resolved; what MessageFormat makes of a text later (``{0}``, doubled
quotes) is left as it is.  A file is UTF-8, or ISO-8859-1 where it cannot be
UTF-8, as Java reads it since version 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import javaproperties

from hal_delivery.exchange.formats.bounds import storable
from hal_delivery.exchange.formats.texts import Messages, Note, line_of, small_enough
from hal_delivery.exchange.formats.unreadable import Unreadable

#: What Java skips around keys; other white space is part of a text.
_BLANKS: Final = " \t\f"

#: A key with what separates it from its value.
_KEY: Final = re.compile(r"((?:\\.|[^\\=: \t\f])*)[ \t\f]*(?:[=:][ \t\f]*)?", re.DOTALL)

#: An escape, or the beginning of one that has not its four digits.
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A key with its value: ``parts`` are the lines it is written on, the first one ``line``."""

    parts: list[str]
    line: int

    def line_at(self, offset: int) -> int:
        """The line that the character at *offset* of the joined parts is on."""
        line = self.line
        for part in self.parts:
            if offset < len(part):
                break
            offset -= len(part)
            line += 1
        return line


def read(content: bytes) -> Messages:
    r"""The messages of a file.

    >>> dict(read(b"greeting = Dag,\\\n   {0}!\ncaf\\u00e9: ''").texts)
    {'greeting': 'Dag,{0}!', 'café': "''"}
    """
    small_enough(content)
    text, notes = _decoded(content.removeprefix(_BOM))
    texts: dict[str, str] = {}
    lines: dict[str, int] = {}
    for entry in _entries(text):
        key, value = _pair(entry)
        if key in texts:
            reason = f"the key {key!r} is there already, on line {lines[key]}; the last one counts"
            notes.append((entry.line, reason))
        texts[key], lines[key] = value, entry.line
    return Messages(texts, tuple(notes))


def _decoded(content: bytes) -> tuple[str, list[Note]]:
    notes: list[Note] = []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as failure:
        text = content.decode("iso-8859-1")
        notes.append((line_of(content, failure.start), "is not UTF-8; read as ISO-8859-1"))
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _entries(text: str) -> Iterator[_Entry]:
    lines = enumerate((line.lstrip(_BLANKS) for line in text.split("\n")), start=1)
    for number, line in lines:
        if line.startswith(("#", "!")):
            continue
        parts = [line]
        while _continues(parts[-1]):
            parts[-1] = parts[-1][:-1]
            parts.append(next(lines, (0, ""))[1])
        if any(parts):
            yield _Entry(parts, number)


def _continues(line: str) -> bool:
    """Whether the next line belongs to this one: it ends in a backslash that nothing escapes."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _pair(entry: _Entry) -> tuple[str, str]:
    joined = "".join(entry.parts)
    if "\\" in joined:
        _check_escapes(joined, entry)
    found = _KEY.match(joined)
    key, rest = (found[1], joined[found.end() :]) if found else (joined, "")
    return _unescaped(key, entry.line), _unescaped(rest, entry.line)


def _check_escapes(joined: str, entry: _Entry) -> None:
    for escape in _ESCAPE.finditer(joined):
        if escape[1] == "u":
            written = joined[escape.start() : escape.start() + 6]
            reason = rf"has the escape {written}; \u is followed by four hexadecimal digits"
            raise Unreadable(reason, entry.line_at(escape.start()))


def _unescaped(text: str, line: int) -> str:
    return storable(javaproperties.unescape(text) if "\\" in text else text, line)

"""YAML as plain values, by rules that change no word that somebody wrote.

Of unquoted words only ``true`` and ``false`` are booleans (``True`` and
``TRUE`` too): ``no`` is a language, ``on`` and ``yes`` are words.  Only plain
decimal numbers, ``0x…`` and ``0o…`` are numbers: ``1_000``, ``007``, ``1e5``
(as in a commit's hash) and ``12:30:45`` stay text, and so do ``.nan`` and
``.inf``.  Unquoted dates are dates in UTC, keys are text as written, a key
given twice has its last value, and ``<<`` merges.  A scalar under a tag of
somebody's own is text that begins with the tag (``!ENV HOME``).

Nothing here is expanded: an alias shares its value, and is refused before what
it stands for grows past a bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import yaml

from hal_delivery.exchange.formats.bounds import integer, moment, number, shallow_enough, storable
from hal_delivery.exchange.formats.texts import Note
from hal_delivery.exchange.formats.unreadable import OtherFormat, Unreadable

#: How many nodes aliases may stand for, all of them together.
MOST_REPEATED: Final = 100_000

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TWICE: Final = "the key {!r} is given twice; the last one counts"

_TAGS: Final = "tag:yaml.org,2002:"

_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED: Final = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_NUMBER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?")
_MOMENT: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    r"[ \t]*(?:([Zz])|([-+])([0-9]{1,2})(?::?([0-9]{2}))?)?)?"
)

#: Words, by what they stand for; all others are text.
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def load(text: str, first_line: int = 1, notes: list[Note] | None = None) -> Any:
    """The one value that *text* is; ``None`` where there is none.

    Keys that are given twice are added to *notes*.  Several documents are in
    :class:`OtherFormat`, and so are lists and maps under a tag of some program.

    >>> load("locale: no\\nweight: 10\\n1: 007")
    {'locale': 'no', 'weight': 10, '1': '007'}
    """
    try:
        composer = _Composer(first_line, [] if notes is None else notes)
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
        return composer.root.value if composer.root else None
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark or failure.context_mark
        reason = failure.problem or failure.context
        # What is missing at the end is missed on the last line that there is.
        last = text.rstrip("\n").count("\n")
        line = first_line + min(mark.line, last) if mark else None
        raise Unreadable(f"is no valid YAML: {reason}", line) from None
    except yaml.reader.ReaderError as failure:
        at = failure.position if isinstance(failure.position, int) else 0
        line = first_line + text.encode()[:at].count(b"\n")
        raise Unreadable(f"is no valid YAML: {failure.reason}", line) from None


def resolved(word: str) -> Any:
    """What an unquoted *word* stands for.

    >>> resolved("2019"), resolved("0x1F"), resolved("1_000"), resolved("off")
    (2019, 31, '1_000', 'off')
    """
    if word in _WORDS:
        return _WORDS[word]
    # Most words are words: only these letters begin anything else.
    if word[0] not in "0123456789+-.":
        return word
    if _INTEGER.fullmatch(word):
        return integer(word)
    if _NUMBER.fullmatch(word):
        return number(word)
    if _BASED.fullmatch(word):
        return integer(word, 0)
    if match := _MOMENT.fullmatch(word):
        return _moment(match) or word
    return word


def _moment(match: re.Match[str]) -> datetime | None:
    """The moment that is written, or ``None`` where no calendar has it."""
    year, month, day, *clock = match.groups()[:6]
    fraction, zulu, sign, hours, minutes = match.groups()[6:]
    zone = UTC
    try:
        if sign and not zulu:
            offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
            zone = timezone(-offset if sign == "-" else offset)
        micros = int((fraction or "0").ljust(6, "0")[:6])
        hour, minute, second = (int(part or 0) for part in clock)
        day_and_time = (int(year), int(month), int(day), hour, minute, second, micros)
        return moment(datetime(*day_and_time, tzinfo=zone))
    except (ValueError, OverflowError):
        return None


@dataclass(slots=True)
class _Node:
    """A value with what a bound has to know of it; ``word`` is a scalar as written, at ``line``."""

    value: Any
    size: int = 1
    height: int = 0
    word: str | None = None
    merges: bool = False
    line: int | None = None


@dataclass(slots=True)
class _Open:
    """A list or map that is not at its end; of a map, keys and values take turns."""

    is_map: bool
    anchor: str | None
    line: int
    nodes: list[_Node] = field(default_factory=list)


class _Composer:
    """Builds one document from events, on a stack of its own: no nesting can exhaust it."""

    def __init__(self, first_line: int, notes: list[Note]) -> None:
        self.root: _Node | None = None
        self._first_line = first_line
        self._notes = notes
        self._open: list[_Open] = []
        self._anchors: dict[str, _Node | None] = {}
        self._repeated = 0

    def take(self, event: Any) -> None:
        if step := _STEPS.get(type(event)):
            step(self, event, self._first_line + event.start_mark.line)

    def _document(self, event: Any, line: int) -> None:
        if self.root is not None:
            raise OtherFormat("holds more than one YAML document", line)

    def _scalar(self, event: Any, line: int) -> None:
        word = event.value
        if event.style == '"':
            storable(word, line)
        try:
            value = _scalar_value(word, event)
        except Unreadable as refused:
            raise Unreadable(refused.reason, line) from None
        merges = word == "<<" and event.implicit[0]
        node = _Node(value, word=word, merges=merges, line=line)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._add(node, line)

    def _start(self, event: Any, line: int) -> None:
        if event.tag and not event.tag.startswith(_TAGS) and event.tag != "!":
            raise OtherFormat(f"holds a list or map under the tag {event.tag!r}", line)
        shallow_enough(len(self._open) + 1, line)
        is_map = isinstance(event, yaml.MappingStartEvent)
        if event.anchor:
            # Known, but not to be used before its end.
            self._anchors[event.anchor] = None
        self._open.append(_Open(is_map, event.anchor, line))

    def _end(self, event: Any, line: int) -> None:
        closed = self._open.pop()
        node = _Node(
            self._map(closed.nodes) if closed.is_map else [one.value for one in closed.nodes],
            1 + sum(one.size for one in closed.nodes),
            1 + max((one.height for one in closed.nodes), default=0),
        )
        if closed.anchor:
            self._anchors[closed.anchor] = node
        self._add(node, closed.line)

    def _alias(self, event: Any, line: int) -> None:
        if event.anchor not in self._anchors:
            raise Unreadable(f"refers to *{event.anchor}, which is not defined before", line)
        node = self._anchors[event.anchor]
        if node is None:
            raise Unreadable(f"refers to *{event.anchor} within itself", line)
        self._repeated += node.size
        if self._repeated > MOST_REPEATED:
            raise Unreadable(f"repeats more than {MOST_REPEATED} values by aliases", line)
        shallow_enough(len(self._open) + node.height, line)
        self._add(node, line)

    def _add(self, node: _Node, line: int) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if parent.is_map and len(parent.nodes) % 2 == 0 and node.word is None:
            raise Unreadable("has a key that is a list or a map", line)
        parent.nodes.append(node)

    def _map(self, nodes: list[_Node]) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, item in zip(nodes[::2], nodes[1::2], strict=True):
            if key.merges and (sources := _merged(item.value)) is not None:
                for source in sources:
                    merged = {**source, **merged}
            else:
                name = str(key.word)
                if name in own:
                    self._notes.append((key.line, _TWICE.format(name)))
                own[name] = item.value
        return {**merged, **own} if merged else own


_STEPS: Final[dict[type, Callable[[_Composer, Any, int], None]]] = {
    yaml.DocumentStartEvent: _Composer._document,
    yaml.ScalarEvent: _Composer._scalar,
    yaml.SequenceStartEvent: _Composer._start,
    yaml.MappingStartEvent: _Composer._start,
    yaml.SequenceEndEvent: _Composer._end,
    yaml.MappingEndEvent: _Composer._end,
    yaml.AliasEvent: _Composer._alias,
}


def _scalar_value(word: str, event: Any) -> Any:
    tag = event.tag
    if tag is None:
        return resolved(word) if event.implicit[0] else word
    if tag.startswith(_TAGS):
        known = tag.removeprefix(_TAGS) in ("int", "float", "bool", "null", "timestamp")
        return resolved(word) if known else word
    return word if tag == "!" else f"{tag} {word}".strip()


def _merged(value: Any) -> list[dict[str, Any]] | None:
    """The maps that ``<<`` brings in, or ``None`` where it is a key like any other."""
    sources = value if isinstance(value, list) else [value]
    return sources if all(isinstance(source, dict) for source in sources) else None

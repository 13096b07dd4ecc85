"""Values of fields: how they are told apart, put in order, and asked for by filters."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

#: A value with its place among types: false and true, numbers, dates (milliseconds), strings.
Typed = tuple[int, Any]
_BOOLEAN, _NUMBER, _DATE, _STRING = range(4)

_DECIMAL: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_ISO: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[-+][0-9]{2}:[0-9]{2})?)?)?)?"
)
RANGES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip

#: Fields whose kind is declared to be a string; all others of the oracle's sites are open.
DECLARED: Final = frozenset({"title", "sourcePath"})


def typed(value: Any) -> Typed | None:
    """A plain value with its type; ``None`` of what is no plain value.

    >>> typed(True), typed(2.0), typed("a"), typed(datetime(1970, 1, 2, tzinfo=UTC)), typed(None)
    ((0, True), (1, 2.0), (3, 'a'), (2, 86400000), None)
    """
    match value:
        case bool():
            return _BOOLEAN, value
        case int() | float():
            return _NUMBER, value
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return _DATE, round(moment.timestamp() * 1000)
        case date():
            return typed(datetime(value.year, value.month, value.day, tzinfo=UTC))
        case str():
            return _STRING, value
        case _:
            return None


def found(fields: Mapping[str, Any], name: str) -> list[Typed]:
    """All plain values at *name*, which goes below maps and into lists.

    >>> found({"a": [{"b": 1}, {"b": [2, None]}]}, "a.b"), found({"a.b": 3}, "/a.b")
    ([(1, 1), (1, 2)], [(1, 3)])
    """
    steps = name[1:].split("/") if name.startswith("/") else name.split(".")
    return [one for value in _reached(fields, steps) if (one := typed(value)) is not None]


def _reached(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _reached(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _reached(value[steps[0]], steps[1:])


def order(value: Typed) -> Typed:
    """What a value is sorted by: strings without case.

    >>> sorted([(3, "b"), (3, "A"), (1, 7), (0, True), (2, 0)], key=order)
    [(0, True), (1, 7), (2, 0), (3, 'A'), (3, 'b')]
    """
    return (value[0], value[1].casefold()) if value[0] == _STRING else value


def readings(name: str, written: str) -> list[Typed]:
    """What a value of a filter can be: only a string where that is declared.

    >>> readings("size", "10"), readings("title", "10")
    ([(3, '10'), (1, 10.0), (2, 10)], [(3, '10')])
    >>> readings("on", "2017-05")[1:]
    [(2, 1493596800000)]
    """
    all_of_them: list[Typed] = [(_STRING, written)]
    if name in DECLARED:
        return all_of_them
    if written in ("true", "false"):
        all_of_them.append((_BOOLEAN, written == "true"))
    if _DECIMAL.fullmatch(written):
        all_of_them.append((_NUMBER, float(written)))
    if (moment := _moment(written)) is not None:
        all_of_them.append((_DATE, moment))
    return all_of_them


def _moment(written: str) -> int | None:
    iso = _ISO.fullmatch(written)
    if iso is None:
        return int(written) if re.fullmatch(r"-?[0-9]+", written) else None
    year, month, day = iso.groups()
    text = f"{year}-{month or '01'}-{day or '01'}{written[10:]}".replace("Z", "+00:00")
    try:
        value = typed(datetime.fromisoformat(text))
    except ValueError:
        return None
    return None if value is None else int(value[1])


def admits(values: Sequence[Typed], name: str, op: str, written: str) -> bool:
    """Whether a document with *values* at *name* passes a filter.

    >>> admits([(3, "a"), (3, "b")], "tag", "eq", "b"), admits([], "tag", "ne", "b")
    (True, True)
    >>> admits([(1, 7)], "size", "gt", "6.5"), admits([(3, "Abc")], "x", "prefix", "a")
    (True, False)
    """
    if op == "exists":
        return bool(values) == (written == "true")
    if op in ("ne", "nin"):
        return not admits(values, name, "eq" if op == "ne" else "in", written)
    if op == "in":
        return any(admits(values, name, "eq", one) for one in written.split(","))
    if op in ("prefix", "contains"):
        texts = [value for kind, value in values if kind == _STRING]
        return any(one.startswith(written) if op == "prefix" else written in one for one in texts)
    asked = readings(name, written)
    if op == "eq":
        return any(value in asked for value in values)
    compare = RANGES[op]
    return any(
        value[0] == one[0] and compare(order(value)[1], order(one)[1])
        for value in values
        for one in asked
    )

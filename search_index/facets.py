"""Facets: which values the fields of some entries have, and how many of them have each."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final, Literal

from content_repo import locales
from content_repo.doctypes import DATES
from search_index import meaning
from search_index.entry import Entry, Order, Typed
from search_index.query import Counted, Facet

#: How many values are given of one facet.
MOST_VALUES: Final = 100

#: In characters; a longer string is no value to choose by, nor would it fit into a link.
LONGEST_VALUE: Final = 512

Unit = Literal["year", "month", "day"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

_Values = Callable[[Entry], Iterable[Typed]]


def counted(
    facets: Sequence[Facet], entries: Iterable[Entry], shown: Callable[[str], bool]
) -> tuple[Counted, ...]:
    """How many of *entries* have each value, for each of *facets*.

    A value that an entry has twice counts once.  What a field points at is a
    value, by its id, where it is *shown*.
    """
    looked_at = list(entries)
    return tuple(_counted(map(_values(one, shown), looked_at)) for one in facets)


def _counted(values: Iterable[Iterable[Typed]]) -> Counted:
    found = Counter(chain.from_iterable(map(set, values)))
    eligible = [one for one in found.items() if not _is_long(one[0])]
    first = heapq.nsmallest(MOST_VALUES, eligible, key=_rank)
    return Counted(tuple(first), len(found) - len(first))


def _is_long(value: Typed) -> bool:
    order, bare = value
    return bool(order == Order.STRING and len(bare) > LONGEST_VALUE)


def _rank(counted: tuple[Typed, int]) -> tuple[int, Typed, Any]:
    """The most frequent first, then as they are sorted; what differs in case only, by itself."""
    value, count = counted
    return -count, meaning.comparable(value), value[1]


def _values(facet: Facet, shown: Callable[[str], bool]) -> _Values:
    of_entry = _of_node(facet.name) if facet.of == "node" else _of_field(facet.name, shown)
    unit = facet.unit
    return of_entry if unit is None else lambda entry: _beginnings(of_entry(entry), unit)


def _of_node(name: str) -> _Values:
    if name not in meaning.NODE_KEYS:
        raise ValueError(f"not one of {sorted(meaning.NODE_KEYS)}: {name!r}")
    order = Order.STRING
    if name in meaning.DATES:
        order = Order.DATE
    elif name in meaning.NUMBERS:
        order = Order.NUMBER

    def values(entry: Entry) -> Iterable[Typed]:
        value = getattr(entry, name)
        if value is not None and name == "locale":
            # However it is written: by their form, they are filtered as well.
            value = locales.tag(value)
        return () if value is None else ((order.value, value),)

    return values


def _of_field(name: str, shown: Callable[[str], bool]) -> _Values:
    string = Order.STRING.value

    def values(entry: Entry) -> Iterable[Typed]:
        own = entry.values.get(name, ())
        targets = entry.refs.get(name)
        if not targets:
            return own
        return (*own, *((string, id) for id in targets if shown(id)))

    return values


def _beginnings(values: Iterable[Typed], unit: Unit) -> Iterable[Typed]:
    for order, bare in values:
        # Under an older form of its type, a date may have been any number.
        if order == Order.DATE and DATES.start <= bare < DATES.stop:
            yield order, beginning(bare, unit)


def beginning(millis: float, unit: Unit) -> int:
    """When the year, month or day began in UTC that has this moment, in milliseconds as well.

    >>> beginning(1487085120000, "year"), beginning(1487085120000, "day")
    (1483228800000, 1487030400000)
    """
    when = _EPOCH + timedelta(milliseconds=millis // 1)
    month = 1 if unit == "year" else when.month
    day = when.day if unit == "day" else 1
    return (datetime(when.year, month, day, tzinfo=UTC) - _EPOCH) // _MILLISECOND

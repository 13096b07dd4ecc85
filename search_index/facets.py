"""Facets: which values the fields of some entries have, and how many of them have each."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from content_repo import locales, names
from content_repo.doctypes import DATES
from search_index import meaning
from search_index.entry import Entry, Order, Typed
from search_index.query import Counted, Facet

#: How many values are given of one facet.
MOST_VALUES: Final = 100

#: In characters; a longer string is no value to choose by, nor would it fit into a link.
LONGEST_VALUE: Final = 512

Unit = Literal["year", "month", "day"]

#: Moments whose units are known at once: what is counted again and again are beginnings.
_MOST_KNOWN: Final = 4096

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

_Values = Callable[[Entry], Sequence[Typed]]
Seen = Callable[[str], Entry | None]


def counted(facets: Sequence[Facet], entries: Iterable[Entry], seen: Seen) -> tuple[Counted, ...]:
    """How many of *entries* have each value, for each of *facets*.

    A value that an entry has twice counts once.  What a field points at is a
    value, by its id; *seen* gives the entry of an id that the reader sees.
    """
    looked_at, found = list(entries), []
    for facet in facets:
        tally, values_of = Tally(facet), values(facet, seen)
        for entry in looked_at:
            tally.take(values_of(entry))
        found.append(tally.counted())
    return tuple(found)


class Tally:
    """The values of a facet, and how many entries were found to have each so far."""

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        self.found: Counter[Typed] = Counter()
        self.is_single = True
        self._held: set[Typed] = set()

    def take(self, values: Sequence[Typed]) -> None:
        """Count the values of one entry."""
        self.hold(values)
        self.is_single &= len(values) < 2
        self.found.update(self.counting(values))

    def hold(self, values: Iterable[Typed]) -> None:
        """Note that some entry has *values*; of dates that are counted by units, nobody asks."""
        is_by_unit = self.facet.unit is not None
        self._held.update(one for one in values if not (is_by_unit and is_dated(one)))

    def counting(self, values: Sequence[Typed]) -> set[Typed]:
        """What *values*, those of one entry, count for."""
        if (unit := self.facet.unit) is not None:
            return set(_beginnings(values, unit))
        if above := self.facet.above:
            return {one for value in values for one in _with_above(value, above)}
        return set(values)

    def counted(self) -> Counted:
        eligible = [one for one in self.found.items() if not _is_long(one[0])]
        first = heapq.nsmallest(MOST_VALUES, eligible, key=_rank)
        return Counted(
            tuple(first),
            len(self.found) - len(first),
            held=frozenset(self._held),
            is_single=self.is_single,
        )


def _with_above(value: Typed, above: Mapping[str, Sequence[str]]) -> Iterable[Typed]:
    order, bare = value
    keys = above.get(bare, ()) if order == Order.STRING else ()
    return (value, *((order, key) for key in keys))


def _is_long(value: Typed) -> bool:
    order, bare = value
    return bool(order == Order.STRING and len(bare) > LONGEST_VALUE)


def _rank(counted: tuple[Typed, int]) -> tuple[int, Typed, Any]:
    """The most frequent first, then as they are sorted; what differs in case only, by itself."""
    value, count = counted
    return -count, meaning.comparable(value), value[1]


def values(facet: Facet, seen: Seen) -> _Values:
    """What an entry has of *facet*."""
    return _of_node(facet.name) if facet.of == "node" else _of_field(facet, seen)


def _of_node(name: str) -> _Values:
    if name not in meaning.NODE_KEYS:
        raise ValueError(f"not one of {sorted(meaning.NODE_KEYS)}: {name!r}")
    order = Order.STRING
    if name in meaning.DATES:
        order = Order.DATE
    elif name in meaning.NUMBERS:
        order = Order.NUMBER

    def values(entry: Entry) -> Sequence[Typed]:
        value = getattr(entry, name)
        if value is not None and name == "locale":
            # However it is written: by their form, they are filtered as well.
            value = locales.tag(value)
        return () if value is None else ((order.value, value),)

    return values


def _of_field(facet: Facet, seen: Seen) -> _Values:
    name, string = facet.name, Order.STRING.value

    def values(entry: Entry) -> Sequence[Typed]:
        own = entry.values.get(name, ())
        if facet.refers:
            own = tuple([one for one in own if not is_passed_over(facet, one)])
        targets = entry.refs.get(name)
        if not targets:
            return own
        found = [one for one in map(seen, targets) if one is not None]
        return (*own, *dict.fromkeys((string, one.id) for one in found))

    return values


def is_passed_over(facet: Facet, value: Typed) -> bool:
    """Whether a value of the field is none of the facet's."""
    order, bare = value
    return facet.refers and order == Order.STRING and names.is_id(bare)


def _beginnings(values: Iterable[Typed], unit: Unit) -> Iterable[Typed]:
    for order, bare in values:
        if is_dated((order, bare)):
            yield order, beginning(bare, unit)


def is_dated(value: Typed) -> bool:
    """Whether a value is of some year."""
    order, bare = value
    # Under an older form of its type, a date may have been any number.
    return order == Order.DATE and bool(DATES.start <= bare < DATES.stop)


@lru_cache(maxsize=_MOST_KNOWN)
def beginning(millis: float, unit: Unit) -> int:
    """When the year, month or day began in UTC that has this moment, in milliseconds as well.

    >>> beginning(1487085120000, "year"), beginning(1487085120000, "day")
    (1483228800000, 1487030400000)
    """
    when = _EPOCH + timedelta(milliseconds=millis // 1)
    month = 1 if unit == "year" else when.month
    day = when.day if unit == "day" else 1
    return (datetime(when.year, month, day, tzinfo=UTC) - _EPOCH) // _MILLISECOND

"""Joining: several segments as if they were one.

Each commit adds a small segment, and whatever is asked would have to be asked of each of
them.  What they say of a word is put together when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from typing import Final, NamedTuple, cast

import numpy as np

from search_index.bits import flagged
from search_index.keeping import Kept
from search_index.postings import WIDE, Counts, Flags, Found, Numbers, Placed, Posting
from search_index.segment import Segment, Spans

#: Bytes of postings that are kept of all of them.
_MOST_KEPT: Final = 16 * 2**20


class Part(NamedTuple):
    """A segment, and for each of its entries the number among all; -1 where it was deleted."""

    segment: Segment
    numbers: Numbers


def joined(parts: Sequence[Part], size: int) -> Segment:
    """All *parts* as one segment of *size* entries."""
    return Segment(
        "",
        Joined(parts),
        languages=_languages(parts, size),
        size=size,
        numbers=np.arange(size),
        units=(_units(parts, size, 0), _units(parts, size, 1)),
        spans=lambda: _spans(parts),
    )


class Joined:
    """The words of several segments; a :class:`~search_index.occurrences.Source`."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._known: Kept[tuple[str, str], Posting | Placed] = Kept(_MOST_KEPT)

    def of(self, field: str, term: str) -> Posting:
        """Where *term* is, as often as it is there."""

        def made() -> Posting:
            return Posting(*self._ordered(lambda one: one.source.of(field, term)))

        return cast(Posting, self._known.of((field, term), made))

    def word(self, term: str) -> Found:
        """Where *term* is in all fields of words."""
        return Found(*self._ordered(lambda one: one.found(term)))

    def _ordered(self, ask: Callable[[Segment], tuple[Numbers, ...]]) -> list[Numbers]:
        found = [(one.numbers, ask(one.segment)) for one in self._parts]
        told = [(numbers[entries], *counts) for numbers, (entries, *counts) in found]
        columns = [np.concatenate(some) for some in zip(*told, strict=True)]
        there = np.flatnonzero(columns[0] >= 0)
        order = there[np.argsort(columns[0][there])]
        return [one[order] for one in columns]

    def places(self, field: str, term: str) -> Placed:
        """Where *term* stands in each entry."""
        key = f"places in {field}", term
        return cast(Placed, self._known.of(key, lambda: self._read_places(field, term)))

    def _read_places(self, field: str, term: str) -> Placed:
        found = [np.empty(0, np.int64)]
        for one in self._parts:
            keys = one.segment.source.places(field, term).widened().keys
            entries = one.numbers[keys >> WIDE]
            there = entries >= 0
            found.append((entries[there] << WIDE) + (keys[there] & ((1 << WIDE) - 1)))
        return Placed.wide(np.sort(np.concatenate(found)))

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        """The terms that begin with *prefix*, in order."""
        found = merge(*(one.segment.source.beginning(field, prefix) for one in self._parts))
        return (term for term, _ in groupby(found))


def _languages(parts: Sequence[Part], size: int) -> Mapping[str, Flags]:
    names = {name for one in parts for name in one.segment.languages}
    return {
        name: flagged(
            np.concatenate([_there(one, one.segment.languages.get(name)) for one in parts]), size
        )
        for name in sorted(names)
    }


def _there(one: Part, flags: Flags | None) -> Numbers:
    """The numbers among all of those of a segment that have a flag."""
    numbers = one.numbers[:0] if flags is None else one.numbers[flags[: len(one.numbers)]]
    return numbers[numbers >= 0]


def _units(parts: Iterable[Part], size: int, which: int) -> Counts:
    found = np.zeros(size, np.int64)
    for one in parts:
        there = np.flatnonzero(one.numbers >= 0)
        found[one.numbers[there]] = one.segment.units[which][there]
    return found


def _spans(parts: Sequence[Part]) -> Mapping[str, Spans]:
    found = {}
    for name in {name for one in parts for name in one.segment.spans}:
        some = []
        for one in parts:
            if (spans := one.segment.spans.get(name)) is not None:
                numbers = one.numbers[spans.numbers]
                there = numbers >= 0
                some.append((numbers[there], spans.first[there], spans.last[there]))
        columns = [np.concatenate(each) for each in zip(*some, strict=True)]
        order = np.argsort(columns[0], kind="stable")
        found[name] = Spans(*(one[order] for one in columns))
    return found

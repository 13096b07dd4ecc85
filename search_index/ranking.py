"""Ranking: the best of all that have one word, without a look at each of them.

What is asked for most is one word, and its ten best, or its ten newest.  The best are
among those in which the word counts most, which stand in order; the newest are found by
walking through everything that is there, the newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from search_index import scoring
from search_index.matching import Scored, Sorted
from search_index.postings import Counts, Flags, Numbers
from search_index.slices import Slice
from search_index.weighing import Shown, Weighed

#: How many rows of an order are looked at first; each time twice as many as before.
_STEP: Final = 256


#: Entries by a flag for each, and what their scores are multiplied by.
Nearness = tuple[Flags, float]


class Ranked(NamedTuple):
    """One word in a slice: what has it, what of the slice is shown, and how near that is.

    The titles of the ``entitled`` are just the word.
    """

    slice: Slice
    weighed: Weighed
    shown: Shown
    nearness: Sequence[Nearness]
    entitled: Numbers

    @classmethod
    def of(
        cls,
        one: Slice,
        weighed: Weighed,
        shown: Shown,
        nearness: Sequence[Nearness],
        titled: Numbers,
    ) -> Ranked:
        """*titled* are the rows, of whatever slice, whose titles are just the word."""
        if not len(titled):
            return cls(one, weighed, shown, nearness, titled)
        numbers = one.numbers_of(titled)
        here = numbers[numbers >= 0]
        there = here[shown.flags[here] & weighed.among(here)]
        return cls(one, weighed, shown, nearness, there)

    def best(self, rarity: float, most: int) -> tuple[Numbers, Counts] | None:
        """Rows and scores of some, the *most* best among them; ``None``: it takes a look at all."""
        found = [self._entitled(rarity)] if len(self.entitled) else []
        for flags, factor in self.nearness:
            some = self._nearest(flags, factor, rarity, most)
            if some is None:
                return None
            found.append(some)
        return joined(found)

    def _entitled(self, rarity: float) -> tuple[Numbers, Counts]:
        numbers = self.entitled
        factors = np.ones(len(numbers))
        for flags, factor in self.nearness:
            factors[flags[numbers]] = factor
        scores = _scores(self.weighed.weights_of(numbers), rarity) + scoring.WHOLE_TITLE
        return self.slice.rows[numbers], scores * factors

    def _nearest(
        self, flags: Flags, factor: float, rarity: float, most: int
    ) -> tuple[Numbers, Counts] | None:
        """The same of those alone that have a flag, and another title."""
        weighed = self.weighed
        at = np.flatnonzero(flags[weighed.best])
        numbers, weights = weighed.best[at], weighed.greatest[at]
        if len(self.entitled):
            others = np.flatnonzero(~np.isin(numbers, self.entitled))
            numbers, weights = numbers[others], weights[others]
        scores = _scores(weights, rarity)
        beyond = weighed.beyond
        if beyond is not None and not self._suffice(beyond, weights, scores, rarity, most):
            return None
        return self.slice.rows[numbers], scores if factor == 1 else scores * factor

    def _suffice(
        self, beyond: np.float32, weights: Counts, scores: Counts, rarity: float, most: int
    ) -> bool:
        """Whether none in which it counts at most *beyond* comes before the *most* best here."""
        if not 0 < most <= len(scores):
            return most <= 0
        # Of what counts the same those here come first, where rows ascend; what counts a
        # little less may have the same score, and come before.
        less = np.nextafter(beyond, np.float32(0))
        same, lower = _scores(np.array([beyond, less]), rarity)
        last, more = scores[most - 1], int(np.count_nonzero(weights > beyond))
        is_least = self.slice.ascends and weights[most - 1] == beyond
        # Nor may what counts a little more, for it took the places of others here.
        is_least &= not more or bool(scores[more - 1] > same)
        return bool(last > same or (is_least and last > lower))

    def first(self, order: Sorted, most: int) -> Numbers:
        """Rows, among which are the *most* that come first in *order*."""
        matching, every = len(self.weighed.weights), len(order.rows)
        if matching * matching <= most * every:
            return self.slice.rows[self.weighed.matching(self.shown)]
        found: list[Numbers] = []
        start, step, left = 0, _STEP, most
        while left > 0 and start < every:
            rows = order.rows[start : start + step]
            numbers = self.slice.numbers_of(rows)
            rows, numbers = rows[numbers >= 0], numbers[numbers >= 0]
            found.append(rows[self.weighed.among(numbers) & self.shown.flags[numbers]])
            left -= len(found[-1])
            start, step = start + step, 2 * step
        return np.concatenate([np.empty(0, np.int64), *found])


def _scores(weights: Counts, rarity: float) -> Counts:
    return scoring.rounded(scoring.scores(weights.astype(np.float64), rarity))


def joined(found: Sequence[tuple[Numbers, Counts]]) -> tuple[Numbers, Counts]:
    """Rows and scores of several."""
    if len(found) == 1:
        return found[0]
    rows, scores = map(np.concatenate, zip(*found, strict=True))
    return rows, scores


class WordScored(Scored):
    """Rows that have one word; all of them are looked at only when they are asked for."""

    def __init__(
        self,
        ranked: Sequence[Ranked],
        total: int,
        rarity: float,
        every: Callable[[], tuple[Numbers, Counts]],
    ) -> None:
        self._ranked = ranked
        self._total = total
        self._rarity = rarity
        self._made = every
        self.rarities = (rarity,)
        self.shown = True

    @cached_property
    def _every(self) -> tuple[Numbers, Counts]:
        return self._made()

    @property
    def rows(self) -> Numbers:
        return self._every[0]

    @property
    def scores(self) -> Counts:
        return self._every[1]

    @property
    def total(self) -> int:
        return self._total

    def best(self, most: int) -> tuple[Numbers, Counts]:
        found = []
        for one in self._ranked:
            some = one.best(self._rarity, most)
            if some is None:
                return self._every
            found.append(some)
        return joined(found)

    def first(self, order: Sorted, most: int) -> Numbers:
        return np.concatenate([one.first(order, most) for one in self._ranked])

"""Matching: which entries an expression holds for, and how well, from those of its leaves.

The meaning of *and*, *or* and *not*, written once for every engine.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any as Anything
from typing import Final, Protocol

import numpy as np

from search_index.expression import All, Any, Expression, Leaf, Not
from search_index.postings import Counts, Flags, Numbers
from search_index.scoring import rounded, scores
from search_index.weighing import Weighed


class Sorted(Protocol):
    """All rows in some order, and the place that each has so."""

    @property
    def rows(self) -> Numbers: ...
    @property
    def places(self) -> Numbers: ...


class Scored:
    """Rows that match, ascending, and the score of each.

    ``rarities`` are those of the leaves that the scores were made with.  ``shown`` says that
    they were looked for among rows alone that the reader is shown.
    """

    def __init__(
        self,
        rows: Numbers,
        scores: Counts,
        rarities: tuple[float, ...] = (),
        *,
        shown: bool = False,
    ) -> None:
        self._rows = rows
        self._scores = scores
        self.rarities = rarities
        self.shown = shown

    @property
    def rows(self) -> Numbers:
        return self._rows

    @property
    def scores(self) -> Counts:
        return self._scores

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.rows)

    def best(self, most: int) -> tuple[Numbers, Counts]:
        """Rows and scores of some, among which the *most* with the greatest scores are."""
        return self.rows, self.scores

    def first(self, order: Sorted, most: int) -> Numbers:
        """Rows, among which are the *most* that come first in *order*."""
        return self.rows


NOTHING: Final = Scored(np.empty(0, np.int64), np.empty(0, np.float64))

#: What a leaf matches, and how rare it is.
Found = Callable[[Leaf], tuple[Weighed, float]]


def matches(expression: Expression, leaf: Found, everything: Flags) -> tuple[Numbers, Counts]:
    """Those of all that *everything* has a flag for, for which *expression* holds, and scores."""
    return _Matching(leaf, everything).of(expression)


class _Matching:
    """One expression being matched."""

    def __init__(self, leaf: Found, everything: Flags) -> None:
        self._leaf = leaf
        self._everything = everything
        self._held: dict[Expression, Flags] = {}

    def of(self, expression: Expression) -> tuple[Numbers, Counts]:
        numbers = np.flatnonzero(self._holds(expression) & self._everything)
        found = np.zeros(len(numbers))
        self._add(expression, numbers, slice(None), found)
        return numbers, rounded(found)

    def _holds(self, expression: Expression) -> Flags:
        """For which entries *expression* holds."""
        held = self._held.get(expression)
        if held is None:
            held = self._held[expression] = self._flags(expression)
        return held

    def _flags(self, expression: Expression) -> Flags:
        match expression:
            case Leaf():
                return self._leaf(expression)[0].flags
            case Not(part):
                return ~self._holds(part)
            case All(parts):
                return reduce(and_, [self._holds(part) for part in parts])
            case Any(parts):
                return reduce(or_, [self._holds(part) for part in parts])

    def _add(self, expression: Expression, numbers: Numbers, at: Anything, found: Counts) -> None:
        """Add to what was *found* there what *expression*, which holds for *numbers*, counts."""
        match expression:
            case Leaf():
                weighed, rarity = self._leaf(expression)
                found[at] += scores(weighed.weights_of(numbers).astype(np.float64), rarity)
            case Not():
                pass
            case All(parts):
                for part in parts:
                    self._add(part, numbers, at, found)
            case Any(parts):
                places = np.arange(len(found))[at]
                for part in parts:
                    there = np.flatnonzero(self._holds(part)[numbers])
                    self._add(part, numbers[there], places[there], found)

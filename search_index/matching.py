"""Matching: which rows an expression holds for, and how well, from those of its leaves.

The meaning of *and*, *or* and *not*, written once for every engine.  Rows are
numbers in the default order, ascending.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from search_index.expression import All, Any, Expression, Leaf, Not
from search_index.postings import Counts, Numbers
from search_index.scoring import rounded


class Scored(NamedTuple):
    """Rows that match, ascending, and the score of each.

    ``rarities`` are those of the leaves that the scores were made with.
    """

    rows: Numbers
    scores: Counts
    rarities: tuple[float, ...] = ()


NOTHING: Final = Scored(np.empty(0, np.int64), np.empty(0, np.float64))


def matches(expression: Expression, leaf: Callable[[Leaf], Scored], everything: Numbers) -> Scored:
    """Those rows of *everything* for which *expression* holds; *leaf* says it of its leaves."""
    found = _matches(expression, leaf, everything)
    return Scored(found.rows, rounded(found.scores))


def _matches(expression: Expression, leaf: Callable[[Leaf], Scored], everything: Numbers) -> Scored:
    match expression:
        case Leaf():
            return leaf(expression)
        case Not(part):
            rows = np.setdiff1d(everything, _matches(part, leaf, everything).rows, True)
            return Scored(rows, np.zeros(len(rows)))
        case Any(parts):
            found = [_matches(part, leaf, everything) for part in parts]
            rows, places = np.unique(
                np.concatenate([one.rows for one in found]), return_inverse=True
            )
            added = np.bincount(places, np.concatenate([one.scores for one in found]), len(rows))
            return Scored(rows, added.astype(np.float64))
        case All(parts):
            first, *rest = (_matches(part, leaf, everything) for part in parts)
            for other in rest:
                first = _both(first, other)
            return first


def _both(one: Scored, other: Scored) -> Scored:
    rows, left, right = np.intersect1d(
        one.rows, other.rows, assume_unique=True, return_indices=True
    )
    return Scored(rows, one.scores[left] + other.scores[right])

"""Matching: which rows an expression holds for, and how well, from those of its leaves.

The meaning of *and*, *or* and *not*, written once for every engine.  Rows are
numbers in the default order; what is found has them in that order, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from search_index.expression import All, Any, Expression, Leaf, Not
from search_index.postings import Counts, Flags, Numbers
from search_index.scoring import rounded


class Scored(NamedTuple):
    """Rows that match, and the score of each.

    ``rarities`` are those of the leaves that the scores were made with.  ``shown`` says that
    they were looked for among rows alone that the reader is shown.
    """

    rows: Numbers
    scores: Counts
    rarities: tuple[float, ...] = ()
    shown: bool = False


NOTHING: Final = Scored(np.empty(0, np.int64), np.empty(0, np.float64))


def matches(expression: Expression, leaf: Callable[[Leaf], Scored], everything: Flags) -> Scored:
    """Those rows, of all that *everything* has a flag for, for which *expression* holds.

    *leaf* says it of its leaves, whose rows ascend.
    """
    found = _matches(expression, leaf, everything)
    return Scored(found.rows, rounded(found.scores))


def _matches(expression: Expression, leaf: Callable[[Leaf], Scored], everything: Flags) -> Scored:
    match expression:
        case Leaf():
            return leaf(expression)
        case Not(part):
            others = everything.copy()
            others[_matches(part, leaf, everything).rows] = False
            rows = np.flatnonzero(others)
            return Scored(rows, np.zeros(len(rows)))
        case Any(parts):
            found = [_matches(part, leaf, everything) for part in parts]
            return _either([one for one in found if len(one.rows)], len(everything))
        case All(parts):
            first, *rest = (_matches(part, leaf, everything) for part in parts)
            for other in rest:
                first = _both(first, other, len(everything))
            return first


def _both(one: Scored, other: Scored, size: int) -> Scored:
    # A flag for each row costs less than comparing two lists; what is left is in one order.
    mine = np.flatnonzero(_flagged(other.rows, size)[one.rows])
    its = np.flatnonzero(_flagged(one.rows, size)[other.rows])
    return Scored(one.rows[mine], one.scores[mine] + other.scores[its])


def _flagged(rows: Numbers, size: int) -> Flags:
    flags = np.zeros(size, np.bool_)
    flags[rows] = True
    return flags


def _either(found: Sequence[Scored], size: int) -> Scored:
    if len(found) < 2:
        return found[0] if found else NOTHING
    scores, flags = np.zeros(size), np.zeros(size, np.bool_)
    for one in found:
        scores[one.rows] += one.scores
        flags[one.rows] = True
    rows = np.flatnonzero(flags)
    return Scored(rows, scores[rows])

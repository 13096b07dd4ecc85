"""Scores: how well an entry suits a leaf (BM25F, Robertson and Zaragoza 2009).

Lengths are compared with fixed ones, not with the average of an index: scores then
depend on nothing that a reader may not see, and differ between two mounts only by
how rare a word is in each.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from search_index.postings import Counts


class Weight(NamedTuple):
    """What a word counts in a field, how much its length does, and how long one usually is."""

    boost: float
    slope: float
    pivot: float


TITLE: Final = Weight(boost=6.0, slope=0.5, pivot=8.0)
TEXT: Final = Weight(boost=1.0, slope=0.75, pivot=400.0)

#: What it counts that a title is just what was asked for: more than any words in texts.
WHOLE_TITLE: Final = 100.0

#: What a text counts that is not in the locale which was asked for, against one that is.
ELSEWHERE: Final = 0.7

#: How soon more of the same counts no more.
_SATURATION: Final = 1.2

#: Digits that count: sums differ in the last ones by the order of what is added.
_DIGITS: Final = 9


def worths(lengths: Counts, weight: Weight) -> Counts:
    """What each occurrence in a field of those lengths counts."""
    found: Counts = weight.boost / (1 - weight.slope + weight.slope * lengths / weight.pivot)
    return found


def rarity(matching: int, total: int) -> float:
    """How much a leaf counts that so many of all match."""
    return math.log(1 + (total - matching + 0.5) / (matching + 0.5))


def scores(occurrences: Counts, rarity: float) -> Counts:
    """The scores of those that match a leaf of that rarity."""
    found = occurrences * (rarity * (_SATURATION + 1))
    found /= occurrences + _SATURATION
    return found


def rounded(found: Counts) -> Counts:
    return np.round(found, _DIGITS)

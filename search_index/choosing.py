"""Choosing: the first few of many, without sorting them all."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search_index.postings import Counts, Numbers

#: Least values that are looked at first, for each that is wanted, and at least.
_BLOCKS: Final = 4
_LEAST_BLOCKS: Final = 64


def first(places: NDArray[Any], most: int) -> Numbers:
    """Where the *most* least of *places* are, which all differ, the least first."""
    few = least(places, most)
    return few[np.argsort(places[few])][:most]


def best(scores: Counts, rows: Numbers, most: int) -> Numbers:
    """Where the *most* greatest *scores* are, the greatest first, ties by row."""
    turned = -scores
    few = least(turned, most)
    return few[np.lexsort((rows[few], turned[few]))][:most]


def least(values: NDArray[Any], most: int) -> Numbers:
    """Where the *most* least *values* are, and all that are equal to them, and maybe some more.

    Of as many blocks as that, four times, the least values are looked at first: what is greater
    than so many of them is none of those.  Parting all values takes ten times as long.
    """
    blocks = max(_LEAST_BLOCKS, _BLOCKS * most)
    if most <= 0 or len(values) < 2 * blocks:
        return np.arange(len(values))
    # A block is what stands so far apart: the least of all of them are found side by side.
    length = len(values) // blocks
    lowest = values[: blocks * length].reshape(length, blocks).min(axis=0)
    return np.flatnonzero(values <= np.partition(lowest, most - 1)[most - 1])

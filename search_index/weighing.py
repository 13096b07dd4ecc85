"""Weighing: the entries that a leaf matches, and what it counts in each of them.

Whatever a leaf asks for, this is what is left of it: numbers, and a weight for each.  A
word that many entries have is kept as one bit for each entry there is.  Beside stand, in
order, the few in which it counts most: the best are found without a look at the others.
"""

from __future__ import annotations

from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from search_index.bits import MASK, SHIFT, Bits, flagged, packed, unpacked
from search_index.choosing import least
from search_index.postings import Counts, Flags, Numbers

#: Up to one entry in so many are few: they are kept as numbers, which takes less then.
_FEW: Final = 32

#: How many stand in order.
HEAD: Final = 512

_ONE: Final = np.uint64(1)


class Shown(NamedTuple):
    """Some of all entries: a flag for each, and the same as bits."""

    flags: Flags
    bits: Bits

    @classmethod
    def of(cls, flags: Flags) -> Shown:
        return cls(flags, packed(flags))


class Weighed(NamedTuple):
    """The entries that match, of *size* that there are, and a weight for each, by number.

    Of many there are ``bits``, and ``before`` says how many are raised before each word of
    them; of few there are ``few`` numbers.  ``best`` are the numbers of those in which the
    leaf counts most: the most first, then by number; ``greatest``, what it counts there.
    """

    size: int
    weights: NDArray[np.float32]
    bits: Bits | None
    before: Numbers | None
    few: Numbers | None
    best: Numbers
    greatest: NDArray[np.float32]

    @classmethod
    def of(cls, size: int, numbers: Numbers, weights: Counts) -> Weighed:
        """*numbers* ascend, each once, and are less than *size*."""
        weights = weights.astype(np.float32)
        at = _best(weights)
        head = numbers[at].astype(np.int32), weights[at]
        if len(numbers) * _FEW < size:
            return cls(size, weights, None, None, numbers.astype(np.int32), *head)
        bits = packed(flagged(numbers, size))
        raised = np.bitwise_count(bits)
        before = np.cumsum(raised, dtype=np.int32) - raised
        return cls(size, weights, bits, before.astype(np.int32), None, *head)

    @property
    def beyond(self) -> np.float32 | None:
        """What the leaf counts at most in all others than the best; ``None``: there are none."""
        return None if len(self.best) == len(self.weights) else self.greatest[-1]

    @property
    def flags(self) -> Flags:
        """One for each entry there is, raised where it matches."""
        if self.few is not None:
            return flagged(self.few, self.size)
        assert self.bits is not None
        return unpacked(self.bits, self.size)

    def count(self, shown: Shown) -> int:
        """How many of them are *shown*."""
        if self.bits is not None:
            return int(np.bitwise_count(self.bits & shown.bits).sum())
        return int(np.count_nonzero(shown.flags[self.few]))

    def matching(self, shown: Shown) -> Numbers:
        """Those that are *shown*, ascending."""
        if self.few is not None:
            return self.few[shown.flags[self.few]].astype(np.int64)
        return np.flatnonzero(self.flags & shown.flags)

    def among(self, numbers: Numbers) -> Flags:
        """Which of *numbers* match."""
        if self.bits is None:
            return self.flags[numbers]
        within = self.bits[numbers >> SHIFT] >> (numbers & MASK).astype(np.uint64)
        return cast(Flags, (within & _ONE).astype(np.bool_))

    def weights_of(self, numbers: Numbers) -> Counts:
        """The weight of each of *numbers*, all of which match."""
        if self.few is not None:
            return self.weights[np.searchsorted(self.few, numbers)]
        assert self.bits is not None
        assert self.before is not None
        word = numbers >> SHIFT
        lower = (_ONE << (numbers & MASK).astype(np.uint64)) - _ONE
        found: Counts = self.weights[self.before[word] + np.bitwise_count(self.bits[word] & lower)]
        return found


def _best(weights: NDArray[np.float32]) -> Numbers:
    """Where the greatest *weights* are: the greatest first, of equal ones the first."""
    some = least(-weights, HEAD)
    return some[np.argsort(-weights[some], kind="stable")][:HEAD]

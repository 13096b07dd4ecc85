"""Bits: flags of entries, eight to a byte: what many flags are kept as."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.integer[Any]]

#: Bits of a word: where the word of a number is, and where in that its bit.
SHIFT: Final = 6
MASK: Final = 63


def packed(flags: Flags) -> Bits:
    """A bit for each flag, in whole words."""
    words = np.zeros((len(flags) + MASK) >> SHIFT, np.uint64)
    octets = np.packbits(flags, bitorder="little")
    words.view(np.uint8)[: len(octets)] = octets
    return words


def unpacked(bits: Bits, size: int) -> Flags:
    """The first *size* flags; behind the last bit none is raised."""
    return np.unpackbits(bits.view(np.uint8), count=size, bitorder="little").view(np.bool_)


def flagged(numbers: Numbers, size: int) -> Flags:
    """A flag for each of *size* numbers, raised for *numbers*."""
    flags = np.zeros(size, np.bool_)
    flags[numbers] = True
    return flags

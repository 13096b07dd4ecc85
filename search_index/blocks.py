"""Blocks: the postings of a term as they lie in a segment.

What is written is in the form of Whoosh's third codec ("W3"), whose reader finds terms,
documents and weights in it; but for the places of a term in its documents, which it takes
apart: here those of a block are in one piece, and packed by themselves, for whoever asks
for a word alone needs none.  Numbers stand in arrays, which numpy takes as they are: of a
word that a third of all documents have, tuples took ten times as long to read.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import accumulate
from operator import sub
from struct import Struct
from typing import Any, BinaryIO, Final, NamedTuple

#: Postings of a block, all of which are read together; and how many at most are kept beside
#: their term instead.
_MANY: Final = 4096
_FEW: Final = 8

#: How hard places are packed; the rest of a block is not.
_LEVEL: Final = 1
_UNPACKED: Final = 0

# The first whose bytes take no more than they are; Whoosh's readers take any.
_PICKLE: Final = 4

_ABOUT: Final = Struct("!BfIBBfII")
_EXTENT: Final = Struct("!qi")
_LENGTH: Final = Struct("!i")
_BEGINNING: Final = b"W3Bl"

#: Bytes of a place, and the largest number of one byte.
_PLACE: Final = 4
_BYTE: Final = 2**8 - 1


class Block(NamedTuple):
    """Postings: documents by how much each number is more than the one before, and how often
    the term is in each (``None``: once); and all places in turn, if any were asked for."""

    steps: Sequence[int]
    counts: Sequence[int] | None
    places: bytes | None

    def postings(self) -> Iterator[tuple[int, bytes | None]]:
        """The number of each document, and the places there."""
        at = 0
        for which, number in enumerate(accumulate(self.steps)):
            if self.places is None:
                yield number, None
                continue
            end = at + _PLACE * (1 if self.counts is None else self.counts[which])
            yield number, self.places[at:end]
            at = end


def write(
    numbers: Sequence[int], values: Sequence[bytes] | None, file: BinaryIO, start: int
) -> bytes:
    """What is told of a term beside it; many postings go to *file*, where all begin at *start*.

    *values* are the places in each of the documents of these *numbers*, which ascend.
    """
    counts = [1] * len(numbers) if values is None else [len(one) // _PLACE for one in values]
    few = len(numbers) <= _FEW
    told = _ABOUT.pack(few, sum(counts), len(numbers), 0, 0, max(counts), numbers[0], numbers[-1])
    if few:
        places = None if values is None else b"".join(values)
        return told + pickle.dumps((tuple(numbers), tuple(counts), places), _PICKLE)
    at, blocks = file.tell(), _blocks(numbers, counts, values)
    file.write(blocks)
    return told + _EXTENT.pack(at - start, len(blocks))


def _blocks(numbers: Sequence[int], counts: Sequence[int], values: Sequence[bytes] | None) -> bytes:
    """Each block knows how long it is; the last says so by a minus sign."""
    parts = [_BEGINNING]
    for first in range(0, len(numbers), _MANY):
        some, weights = numbers[first : first + _MANY], counts[first : first + _MANY]
        most = max(weights)
        places = None if values is None else b"".join(values[first : first + _MANY])
        stored = (
            array("I", (some[0], *map(sub, some[1:], some))),
            None if most == 1 else array("B" if most <= _BYTE else "I", weights),
            None if places is None else zlib.compress(places, _LEVEL),
        )
        content = pickle.dumps(stored, _PICKLE)
        about = pickle.dumps((len(some), some[-1], most, _UNPACKED, 0, 0), _PICKLE)
        length = len(about) + len(content)
        is_last = first + _MANY >= len(numbers)
        parts += [_LENGTH.pack(-length if is_last else length), about, content]
    return b"".join(parts)


def read(told: bytes, file: Any, *, placed: bool = True) -> Iterator[Block]:
    """The postings of a term by what is *told* of it; *file*, of Whoosh's, has the many.

    Unless they are to be *placed*, they come without places.
    """
    if told[0]:
        numbers, counts, places = pickle.loads(told[_ABOUT.size :])
        yield Block((numbers[0], *map(sub, numbers[1:], numbers)), counts, places)
        return
    blocks = file.get(*_EXTENT.unpack_from(told, _ABOUT.size))
    at = len(_BEGINNING)
    while at < len(blocks):
        (length,) = _LENGTH.unpack_from(blocks, at)
        at += _LENGTH.size
        end = at + abs(length)
        block = BytesIO(blocks[at:end])
        pickle.load(block)
        steps, counts, packed = pickle.load(block)
        is_wanted = placed and packed is not None
        yield Block(steps, counts, zlib.decompress(packed) if is_wanted else None)
        at = end

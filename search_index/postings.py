"""Postings as arrays: what one Whoosh segment says of a term.

Reads whole blocks.  Whoosh's own way, which asks a matcher for one entry after
another, takes some twenty times as long.  Its scores and phrases are not used:
what a text means is said in :mod:`search_index.occurrences`, for every engine.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Sequence
from functools import cached_property
from struct import Struct
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from search_index import blocks
from search_index.bits import Bits, flagged, packed
from search_index.blocks import Block
from search_index.keeping import Kept
from search_index.schema import TEXT, TITLE
from search_index.spelling import Vocabulary

Numbers = NDArray[np.integer[Any]]
Counts = NDArray[Any]
Flags = NDArray[np.bool_]

#: Places are joined with the number of their entry: entries beyond are out of reach.
WIDE: Final = 32
PLACES: Final = 1 << WIDE

#: Bits of a number that has entry and place, where both are small enough; and how far the
#: places of a phrase's terms may be moved against each other.
_NARROW: Final = 32
MOST_MOVED: Final = 2048

#: Bytes of postings that are kept of each segment: places, and what stands for several words.
MOST_KEPT: Final = 64 * 2**20

#: The largest number of one byte.
_BYTE: Final = 2**8 - 1

#: Beginnings of which the terms are kept, and how many these may be: the other forms of
#: a word are looked up with each search for it.
MOST_BEGINNINGS: Final = 8192
_FEW: Final = 16


# A record of Whoosh's: how long it is, the number of a field, and how many entries hold it.
_LENGTHS: Final = Struct("!ii")
_FIELD: Final = Struct("!H")
_COUNT: Final = Struct("!5xI")


class Posting(NamedTuple):
    """The entries that hold a term, ascending, and how often each does."""

    entries: Numbers
    counts: Counts


class Placed(NamedTuple):
    """Each occurrence of a term, ascending: its entry, ``shift`` bits on, and its place there.

    So many bits on that no place of a phrase's terms reaches into those of an entry, however
    they are moved against each other.  ``bits`` are those of all entries that have the term.
    """

    keys: Numbers
    shift: int
    bits: Bits

    @classmethod
    def of(cls, entries: Numbers, counts: Counts, places: Numbers, entry_bits: int = 64) -> Placed:
        """From how often a term is in each entry, and all places in turn; entries take that
        many bits."""
        shift = _NARROW - entry_bits
        if shift <= 0 or int(places.max(initial=0)) + MOST_MOVED >= 1 << shift:
            return cls.wide(np.repeat(entries.astype(np.int64) * PLACES, counts) + places)
        # Half as many bytes take half as long.
        starts = entries.astype(np.uint32) << np.uint32(shift)
        bits = packed(flagged(entries, 1 + int(entries.max(initial=-1))))
        keys = np.repeat(starts, counts)
        keys |= places.astype(np.uint32)
        return cls(keys, shift, bits)

    @classmethod
    def wide(cls, keys: NDArray[np.int64]) -> Placed:
        """From keys that are the entry times :data:`PLACES`, and the place there."""
        entries = keys >> WIDE
        return cls(keys, WIDE, packed(flagged(entries, 1 + int(entries.max(initial=-1)))))

    @property
    def entries(self) -> Numbers:
        """The entry of each."""
        return self.keys >> self.keys.dtype.type(self.shift)

    def widened(self) -> Placed:
        """The same by keys that are the entry times :data:`PLACES`, and the place there."""
        keys = self.keys.astype(np.int64)
        places = keys & ((1 << self.shift) - 1)
        return Placed((keys >> self.shift << WIDE) + places, WIDE, self.bits)


class Found(NamedTuple):
    """Entries that match, and how often in their titles, and in all their other texts."""

    entries: Numbers
    title: Counts
    text: Counts


NOWHERE: Final = Posting(np.empty(0, np.int64), np.empty(0, np.uint8))


class Postings:
    """The terms of one segment.

    What was read of the terms that were asked for last is kept: reading is most of
    what a word costs.  After each reading from the file *check* says whether it is what it was.
    """

    def __init__(self, reader: Any, check: Callable[[], None] = lambda: None) -> None:
        self._reader = reader
        self._check = check
        self._known: Kept[tuple[str, str], Posting | Placed] = Kept(MOST_KEPT)
        self._few_terms: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()

    def of(self, field: str, term: str) -> Posting:
        """Where *term* is, as often as it is there."""
        return cast(Posting, self._known.of((field, term), lambda: self._read(field, term)))

    def word(self, term: str) -> Found:
        """Where *term* is in all fields of words; this is not kept."""
        return united(self._read(TITLE, term), self._read(TEXT, term))

    def _read(self, field: str, term: str) -> Posting:
        found = self._blocks(field, term)
        return Posting(*_joined(found)) if found else NOWHERE

    def places(self, field: str, term: str) -> Placed:
        """Where *term* stands in each entry."""
        key = f"places in {field}", term
        return cast(Placed, self._known.of(key, lambda: self._read_places(field, term)))

    def _read_places(self, field: str, term: str) -> Placed:
        found = self._blocks(field, term, placed=True)
        entries, counts = _joined(found) if found else NOWHERE
        places = np.frombuffer(b"".join([one.places or b"" for one in found]), np.uint32)
        return Placed.of(entries, counts, places, self._reader.doc_count_all().bit_length())

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        """The terms that begin with *prefix*, in order."""
        key = field, prefix
        found = self._few_terms.get(key)
        if found is not None:
            yield from found
            return
        read: list[str] = []
        for term in self._terms_from(field, prefix):
            read.append(term)
            yield term
        self._check()
        if len(read) <= _FEW:
            self._few_terms[key] = tuple(read)
            if len(self._few_terms) > MOST_BEGINNINGS:
                self._few_terms.popitem(last=False)

    def _terms_from(self, field: str, prefix: str) -> Iterator[str]:
        first = prefix.encode()
        for name, term in self._reader.terms_from(field, first):
            if name != field or not term.startswith(first):
                return
            yield term.decode()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """All words, and how many entries hold each; those that were deleted since as well."""
        terms = self._reader._terms
        index = terms._tindex
        start, end = index.startofdata, index.endofdata
        block = index.dbfile.get(start, end - start) if end > start else b""
        numbers = (terms._fieldmap.get(name) for name in (TITLE, TEXT))
        return Vocabulary(_counted(block, {number for number in numbers if number is not None}))

    def _blocks(self, field: str, term: str, *, placed: bool = False) -> list[Block]:
        """The postings of a term."""
        terms = self._reader._terms
        try:
            told = terms._tindex[terms._keycoder(field, term.encode())]
        except KeyError:
            found = []
        else:
            found = list(blocks.read(told, terms._postfile, placed=placed))
        finally:
            # In what was written over, words go missing unseen, or anything goes wrong.
            self._check()
        return found


def united(title: Posting, text: Posting) -> Found:
    """What is found in titles and in other texts, by entries, which ascend."""
    (entries, titled), (others, counts) = title, text
    if not len(entries):
        return Found(others, np.zeros(len(others), np.uint8), counts)
    size = 1 + int(max(entries.max(), others.max(initial=0)))
    # One place for each entry costs less than sorting two lists.
    in_titles, in_texts = np.zeros(size, titled.dtype), np.zeros(size, counts.dtype)
    in_titles[entries], in_texts[others] = titled, counts
    there = np.flatnonzero((in_titles > 0) | (in_texts > 0))
    return Found(there.astype(np.int32), in_titles[there], in_texts[there])


def _joined(found: Sequence[Block]) -> Posting:
    """The postings of several blocks."""
    entries = [np.cumsum(np.asarray(one.steps), dtype=np.int32) for one in found]
    counts = [_counts(one) for one in found]
    return Posting(np.concatenate(entries), np.concatenate(counts))


def _counts(block: Block) -> Counts:
    if block.counts is None:
        return np.ones(len(block.steps), np.uint8)
    counts = np.asarray(block.counts)
    # Few words are in a text more than 255 times: a byte is enough.
    return counts.astype(np.uint8 if counts.max() <= _BYTE else np.uint32)


def _counted(block: bytes, fields: Container[int]) -> Iterator[tuple[str, int]]:
    """The terms in a block of Whoosh's, and how many entries hold each: those of *fields*.

    Read at once; asked for one by one, all words take ten times as long.
    """
    at = 0
    while at < len(block):
        key, value = _LENGTHS.unpack_from(block, at)
        at += _LENGTHS.size
        (field,) = _FIELD.unpack_from(block, at)
        if field in fields:
            (count,) = _COUNT.unpack_from(block, at + key)
            yield block[at + _FIELD.size : at + key].decode(), count
        at += key + value

"""Postings as arrays: what one Whoosh segment says of a term.

Reads whole blocks.  Whoosh's own way, which asks a matcher for one entry after
another, takes some twenty times as long.  Its scores and phrases are not used:
what a text means is said in :mod:`search_index.occurrences`, for every engine.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterator
from functools import cached_property
from struct import Struct
from typing import Any, Final, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from search_index import blocks
from search_index.blocks import Block
from search_index.schema import TEXT, TITLE
from search_index.spelling import Vocabulary

Numbers = NDArray[np.integer[Any]]
Counts = NDArray[Any]
Flags = NDArray[np.bool_]

#: Places are joined with the number of their entry: entries beyond are out of reach.
PLACES: Final = 1 << 32

#: Bytes of postings that are kept of each segment, and what each takes besides its arrays.
MOST_KEPT: Final = 96 * 2**20
_KEY: Final = 500

#: The largest numbers of one byte, and of two.
_BYTE: Final = 2**8 - 1
_TWO_BYTES: Final = 2**16 - 1

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
    """The entries that hold a term, ascending, how often each does, and all places in turn."""

    entries: Numbers
    counts: Counts
    places: Numbers

    def keys(self, among: Flags | None = None) -> NDArray[np.int64]:
        """Each occurrence, ascending: its entry times :data:`PLACES`, and its place there.

        Only of entries that are *among* some, by a flag for each.
        """
        entries, counts, places = self
        if among is not None:
            here = among[entries.astype(np.intp)]
            places = places[np.flatnonzero(np.repeat(here, counts))]
            left = np.flatnonzero(here)
            entries, counts = entries[left], counts[left]
        return np.repeat(entries.astype(np.int64) * PLACES, counts) + places


class Found(NamedTuple):
    """Entries that match, and how often in their titles, and in all their other texts."""

    entries: Numbers
    title: Counts
    text: Counts


NOWHERE: Final = Posting(np.empty(0, np.int64), np.empty(0, np.uint8))


Kept = TypeVar("Kept", bound=Posting | Placed | Found)


class Postings:
    """The terms of one segment.

    What was read of the terms that were asked for last is kept: reading is most of
    what a word costs.
    """

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._known: OrderedDict[tuple[str, str], Posting | Placed | Found] = OrderedDict()
        self._bytes = 0
        self._few_terms: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()

    def of(self, field: str, term: str) -> Posting:
        """Where *term* is, as often as it is there."""
        return self._kept((field, term), lambda: self._read(field, term))

    def word(self, term: str) -> Found:
        """Where *term* is in all fields of words."""
        read = self._read
        return self._kept(("", term), lambda: united(read(TITLE, term), read(TEXT, term)))

    def _kept(self, key: tuple[str, str], make: Callable[[], Kept]) -> Kept:
        found = cast("Kept | None", self._known.get(key))
        if found is not None:
            self._known.move_to_end(key)
            return found
        made = self._known[key] = make()
        self._bytes += _size(made)
        while self._bytes > MOST_KEPT:
            _, oldest = self._known.popitem(last=False)
            self._bytes -= _size(oldest)
        return made

    def _read(self, field: str, term: str) -> Posting:
        found = list(self._blocks(field, term))
        if not found:
            return NOWHERE
        entries = np.concatenate([_entries(one) for one in found])
        counts = np.concatenate([_counts(one) for one in found])
        # Few words are in a text more than 255 times: a byte is enough.
        small = np.uint8 if counts.max() <= _BYTE else np.uint32
        return Posting(entries.astype(np.int32), counts.astype(small))

    def places(self, field: str, term: str) -> Placed:
        """Where *term* stands in each entry."""
        return self._kept((f"places in {field}", term), lambda: self._read_places(field, term))

    def _read_places(self, field: str, term: str) -> Placed:
        entries, counts = self._read(field, term)
        parts = [one.places or b"" for one in self._blocks(field, term)]
        places = np.frombuffer(b"".join(parts), np.uint32)
        # Few texts are so long that a place takes more.
        small = np.uint16 if places.max(initial=0) <= _TWO_BYTES else np.uint32
        return Placed(entries, counts, places.astype(small))

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

    def _blocks(self, field: str, term: str) -> Iterator[Block]:
        """The postings of a term."""
        terms = self._reader._terms
        try:
            told = terms._tindex[terms._keycoder(field, term.encode())]
        except KeyError:
            return
        yield from blocks.read(told, terms._postfile)


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


def _size(posting: Posting | Placed | Found) -> int:
    """What a posting takes in memory, in bytes, its key included."""
    return sum(int(one.nbytes) for one in posting) + _KEY


def _entries(block: Block) -> NDArray[np.int64]:
    return np.cumsum(np.array(block.steps, np.int64))


def _counts(block: Block) -> NDArray[np.int64]:
    if block.counts is None:
        return np.ones(len(block.steps), np.int64)
    return np.array(block.counts, np.int64)


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

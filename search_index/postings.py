"""Postings as arrays: what one Whoosh segment says of a term.

Reads whole blocks.  Whoosh's own way, which asks a matcher for one entry after
another, takes some twenty times as long.  Its scores and phrases are not used:
what a text means is said in :mod:`search_index.occurrences`, for every engine.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from struct import Struct
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import TermNotFound

from search_index.schema import TEXT, TITLE
from search_index.spelling import Vocabulary

Numbers = NDArray[np.integer[Any]]
Counts = NDArray[np.floating[Any]]

#: Places are joined with the number of their entry: entries beyond are out of reach.
PLACES: Final = 1 << 32


# A record of Whoosh's: how long it is, the number of a field, and how many entries hold it.
_LENGTHS: Final = Struct("!ii")
_FIELD: Final = Struct("!H")
_COUNT: Final = Struct("!5xI")


class Posting(NamedTuple):
    """The entries that hold a term, ascending, and how often each does."""

    entries: Numbers
    counts: Counts


NOWHERE: Final = Posting(np.empty(0, np.int64), np.empty(0, np.float64))


class Postings:
    """The terms of one segment."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def of(self, field: str, term: str) -> Posting:
        """Where *term* is, as often as it is there."""
        blocks = list(self._blocks(field, term.encode()))
        if not blocks:
            return NOWHERE
        entries = np.concatenate([np.asarray(ids, np.int64) for ids, _, _ in blocks])
        counts = np.concatenate([np.asarray(weights, np.float64) for _, weights, _ in blocks])
        return Posting(entries, counts)

    def places(self, field: str, term: str) -> Numbers:
        """Each occurrence of *term*: its entry times :data:`PLACES`, and its place there."""
        keys = [_keys(ids, values) for ids, _, values in self._blocks(field, term.encode())]
        return np.concatenate(keys) if keys else NOWHERE.entries

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        """The terms that begin with *prefix*, in order."""
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

    def _blocks(self, field: str, term: bytes) -> Iterator[tuple[Any, Any, Any]]:
        """The numbers, weights and values of a term's postings, some at a time."""
        terms = self._reader._terms
        try:
            info = terms.term_info(field, term)
        except TermNotFound:
            return
        if info.is_inlined():
            yield info.inlined_postings()
            return
        # What the reader itself would do, but it looks the term up three times.
        form = self._reader.schema[field].format
        block = terms._codec.postings_reader(terms._postfile, info, form, term=(field, term))
        while block.is_active():
            # Reads the block.
            block.id(), block.weight(), block.value()
            yield block._ids, block._weights, block._values
            block._next_block()


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


def _keys(ids: Any, values: Any) -> Numbers:
    places = np.frombuffer(b"".join(values), np.uint32).astype(np.int64)
    counts = np.fromiter((len(value) // 4 for value in values), np.int64, len(values))
    return np.repeat(np.asarray(ids, np.int64) * PLACES, counts) + places

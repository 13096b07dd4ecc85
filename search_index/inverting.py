"""Inverting: documents go in, and a segment that Whoosh reads comes out.

A segment is one file, in the form of Whoosh's third codec ("W3"), which its own reader
opens; for postings see :mod:`search_index.blocks`.  Whoosh's writer calls a dozen functions for
each word of each document; here all that happens to a posting is that it is put behind
those of its term, and all that happens to a term, that it is pickled.

Postings are kept in memory up to a bound, then put aside as a *run*: the terms in order,
each with its postings.  At last all runs are merged.  A document has no lengths, which
only Whoosh's scores ask for.
"""

from __future__ import annotations

import contextlib
import pickle
import secrets
import tempfile
import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO, Final

import numpy as np
from whoosh.codec.whoosh3 import STORED_COLUMN, W3Codec, W3Segment
from whoosh.columns import VarBytesColumn
from whoosh.filedb.filestore import FileStorage

from search_index import blocks
from search_index.schema import FORMS, SCHEMA, TEXT, TITLE

#: Bytes of postings in memory from which on they are put aside.
MOST_BYTES: Final = 128 * 2**20

#: What is taken in memory by a document's number, by a posting without its places, by one
#: of these, and by a term: bytes, about.
_NUMBERED: Final = 8
_POSTING: Final = 64
_PLACE: Final = 4
_TERM: Final = 250

#: How hard entries are compressed.
_LEVEL: Final = 1

# The first whose bytes take no more than they are; Whoosh's readers take any.
_PICKLE: Final = 4

# Forms of Whoosh's: of a file of files, of a file of terms and a record in it.
_FILES: Final = Struct("!qi")
_TERMS: Final = Struct("!4sBii")
_RECORD: Final = Struct("!ii")
_NUMBER: Final = Struct("!H")
_INT: Final = Struct("!i")
_SLOT: Final = np.dtype([("hash", ">u4"), ("at", ">i8")])
_TABLE: Final = np.dtype([("at", ">i8"), ("slots", ">i4")])
_HASHED_BY_CRC: Final = 1
_TABLES: Final = 256

#: Fields by number.  Terms are ordered by it: as Whoosh has it, as the names are.
_FIELDS: Final = {name: number for number, name in enumerate(sorted((FORMS, TEXT, TITLE)))}
_FORMS_KEY: Final = _NUMBER.pack(_FIELDS[FORMS])

_one_place: Final = Struct("=I").pack

#: The numbers of entries and, in fields of words, the places in each, in turn.
_Postings = list[Any]

#: A term with its field's number before it, and its postings.
_Term = tuple[bytes, _Postings]


class Inverter:
    """Postings by term, in memory and in runs; documents come in ascending order."""

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most
        self._runs: list[tuple[BinaryIO, int]] = []
        self._clear()

    def _clear(self) -> None:
        self._tables: dict[int, defaultdict[str, _Postings]] = {
            number: defaultdict(list) for number in sorted(_FIELDS.values())
        }
        self._bytes = 0

    def add(
        self, number: int, words: Mapping[str, Mapping[str, Sequence[int]]], forms: Collection[str]
    ) -> None:
        """The *words* of a document by field, each with its places, and its *forms*."""
        for field, places in words.items():
            self._add_words(number, self._tables[_FIELDS[field]], places)
        table = self._tables[_FIELDS[FORMS]]
        before = len(table)
        for form in forms:
            table[form].append(number)
        self._bytes += _NUMBERED * len(forms) + _TERM * (len(table) - before)
        if self._bytes > self._most:
            self._put_aside()

    def _add_words(
        self, number: int, table: defaultdict[str, _Postings], words: Mapping[str, Sequence[int]]
    ) -> None:
        before, count = len(table), 0
        for word, places in words.items():
            there = len(places)
            count += there
            table[word] += (
                number,
                _one_place(places[0]) if there == 1 else array("I", places).tobytes(),
            )
        self._bytes += _POSTING * len(words) + _PLACE * count + _TERM * (len(table) - before)

    def extend(self, terms: Iterable[_Term]) -> None:
        """Take in *terms* of documents behind all that were added."""
        for key, postings in terms:
            (number,) = _NUMBER.unpack_from(key)
            self._tables[number][key[_NUMBER.size :].decode()] += postings
            self._bytes += _TERM + _POSTING * len(postings)
            if self._bytes > self._most:
                self._put_aside()

    def terms(self) -> Iterator[_Term]:
        """All terms in order, each with all its postings."""
        if not self._runs:
            yield from self._sorted()
            return
        runs = [_read(*run) for run in self._runs]
        for key, same in groupby(merge(*runs, self._sorted(), key=_key), key=_key):
            yield key, [one for _, postings in same for one in postings]

    def close(self) -> None:
        for file, _ in self._runs:
            file.close()

    def _sorted(self) -> Iterator[_Term]:
        for number, table in self._tables.items():
            field = _NUMBER.pack(number)
            for word in sorted(table):
                yield field + word.encode(), table[word]

    def _put_aside(self) -> None:
        # Has no name: whatever happens, nothing is left of it.
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        self._runs.append((file, sum(map(len, self._tables.values()))))
        for term in self._sorted():
            pickle.dump(term, file, _PICKLE)
        self._clear()


_key = itemgetter(0)


def _read(file: BinaryIO, count: int) -> Iterator[_Term]:
    """The *count* terms of a run."""
    file.seek(0)
    for _ in range(count):
        yield pickle.load(file)


class SegmentWriter:
    """Writes one segment, which nobody knows of until a table of contents names it."""

    schema = SCHEMA

    def __init__(self, storage: FileStorage, index: str, *, most: int = MOST_BYTES) -> None:
        self.storage = storage
        # Whoosh takes names from the generator that an application may seed for itself.
        self._segment = W3Segment(W3Codec(), index, segid=secrets.token_hex(8))
        folder = Path(storage.folder)
        self._path = folder / self._segment.make_filename(W3Segment.COMPOUND_EXT)
        self._inverter = Inverter(folder, most)
        self._lengths = array("I")
        self._parts: dict[str, dict[str, int]] = {}
        self._file = self._path.open("wb")
        self._file.write(bytes(_FILES.size))

    def add(
        self,
        stored: Mapping[str, bytes],
        words: Mapping[str, Mapping[str, Sequence[int]]],
        forms: Collection[str] = (),
    ) -> None:
        """A document: what is stored of it, its words by field and place, and its forms."""
        self._inverter.add(len(self._lengths), words, forms)
        self._store(zlib.compress(pickle.dumps(stored, _PICKLE), _LEVEL))

    def _store(self, value: bytes) -> None:
        self._file.write(value)
        self._lengths.append(len(value))

    def add_reader(self, reader: Any) -> None:
        """All documents of a segment but those that were deleted from it."""
        column = reader._perdoc.column_reader("_stored", STORED_COLUMN)
        numbers: dict[int, int] = {}
        for number in reader.all_doc_ids():
            numbers[number] = len(self._lengths)
            # As it is: neither inflated nor unpickled.
            self._store(VarBytesColumn.Reader.__getitem__(column._child, number))
        self._inverter.extend(_kept(reader._terms, numbers))

    def finish(self) -> W3Segment:
        """Write the rest; the segment is whole then."""
        self._file.write(np.array(self._lengths, ">u4").tobytes() + b"I")
        self._end_part(W3Codec.column_filename(self._segment, "_stored"), _FILES.size)
        start = self._file.tell()
        records = _Records()
        for key, postings in self._inverter.terms():
            records.add(key, postings, self._file, start)
        self._end_part(self._segment.make_filename(W3Codec.POSTS_EXT), start)
        start = self._file.tell()
        records.write(self._file)
        self._end_part(self._segment.make_filename(W3Codec.TERMS_EXT), start)
        self._write_directory()
        self._file.close()
        self._inverter.close()
        self._segment._fieldlengths = {}
        self._segment.set_doc_count(len(self._lengths))
        self._segment.compound = True
        return self._segment

    def _end_part(self, name: str, start: int) -> None:
        self._parts[name] = {"offset": start, "length": self._file.tell() - start}

    def _write_directory(self) -> None:
        start = self._file.tell()
        directory = pickle.dumps(self._parts, _PICKLE) + pickle.dumps({}, _PICKLE)
        self._file.write(directory)
        self._file.seek(0)
        self._file.write(_FILES.pack(start, len(directory)))

    def cancel(self) -> None:
        """Leave nothing behind."""
        self._inverter.close()
        # What could not be written is tried again.
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)


class _Records:
    """The terms of a segment, as a table of hashes that is in order as well."""

    def __init__(self) -> None:
        self._records = bytearray(_TERMS.pack(b"HSH3", _HASHED_BY_CRC, 0, 0))
        self._starts = array("Q")
        self._hashes = array("I")

    def add(self, key: bytes, postings: _Postings, file: BinaryIO, start: int) -> None:
        """A term behind the one before; many postings go to *file*, where all begin at *start*."""
        if key.startswith(_FORMS_KEY):
            about = blocks.write(postings, None, file, start)
        else:
            about = blocks.write(postings[::2], postings[1::2], file, start)
        self._starts.append(len(self._records))
        self._hashes.append(zlib.crc32(key))
        self._records += _RECORD.pack(len(key), len(about)) + key + about

    def write(self, file: BinaryIO) -> None:
        slots, tables = self._tables()
        extras = {"fieldmap": _FIELDS, "indextype": "q", "indexlen": len(self._starts)}
        tail = pickle.dumps(extras, _PICKLE) + np.array(self._starts, ">i8").tobytes()
        for part in (self._records, slots, tables, tail, _INT.pack(len(tail))):
            file.write(part)

    def _tables(self) -> tuple[bytes, bytes]:
        """The slots of all tables, each half empty; and where each table is."""
        tables: list[list[tuple[int, int]]] = [[] for _ in range(_TABLES)]
        for hash, at in zip(self._hashes, self._starts, strict=True):
            tables[hash % _TABLES].append((hash, at))
        slots: list[tuple[int, int]] = []
        directory = []
        for table in tables:
            directory.append((len(self._records) + len(slots) * _SLOT.itemsize, 2 * len(table)))
            slots += _slots(table)
        return np.array(slots, _SLOT).tobytes(), np.array(directory, _TABLE).tobytes()


def _slots(table: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each of *table* in the first slot that is free from that of its hash on."""
    slots = [(0, 0)] * (2 * len(table))
    for one in table:
        slot = (one[0] >> 8) % len(slots)
        while slots[slot][1]:
            slot = (slot + 1) % len(slots)
        slots[slot] = one
    return slots


def _kept(terms: Any, numbers: Mapping[int, int]) -> Iterator[_Term]:
    """The terms of a segment with what remains of their postings: under new *numbers*."""
    index, file = terms._tindex, terms._postfile
    fields = {number: _NUMBER.pack(_FIELDS[name]) for name, number in terms._fieldmap.items()}
    data = index.dbfile.get(index.startofdata, index.endofdata - index.startofdata)
    at = 0
    while at < len(data):
        key, value = _RECORD.unpack_from(data, at)
        middle = at + _RECORD.size + key
        (field,) = _NUMBER.unpack_from(data, at + _RECORD.size)
        term = fields[field] + data[at + _RECORD.size + _NUMBER.size : middle]
        at = middle + value
        postings: _Postings = []
        for block in blocks.read(data[middle:at], file):
            for number, places in block.postings():
                new = numbers.get(number)
                if new is not None:
                    postings += (new,) if places is None else (new, places)
        if postings:
            yield term, postings

"""An edition: one Whoosh index on disk, opened, read and written.

Beside the schema, the postings and what writes them, the only module that speaks to
Whoosh.  Whatever it meets that a sound index does not do is :class:`Damaged`; a disk
that is full, or too many open files, is :class:`Hindered`, which no rebuilding would mend.

Segments are read through plain files, not mapped: cutting a mapped file short
kills the process that reads it.  Such reads share a file offset, so whoever
reads postings holds the index's lock (see :mod:`search_index.upkeep`).  Entries are
read through another file, by any thread, also when the edition was closed meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import weakref
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final, overload

import numpy as np
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC, clean_files
from whoosh.reading import SegmentReader

from search_index.bookmark import Bookmark
from search_index.catalogue import Catalogue, Spot
from search_index.columns import Leaf, Living, Tables, catalogue, said
from search_index.engine import MOST_SEGMENTS, Damaged, Hindered
from search_index.errors import InvalidQuery
from search_index.expression import Expression
from search_index.flatten import Flat
from search_index.highlighting import Forms
from search_index.inverting import SegmentWriter
from search_index.matching import Scored
from search_index.occurrences import other_forms
from search_index.postings import Postings
from search_index.query import Query
from search_index.schema import SCHEMA, TEXT, TITLE
from search_index.segment import Segment
from search_index.spelling import Vocabulary
from search_index.words import Words

_NAME: Final = "MAIN"

#: Bytes of a segment that is held in memory: some four hundred entries.
_SMALL: Final = 2 * 2**20

#: Conditions of the machine, not of the index.
_HINDRANCES: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EROFS, errno.ENOMEM}
)


@contextlib.contextmanager
def _judged(what: str, folder: Path) -> Iterator[None]:
    """Sort whatever goes wrong inside into the two above."""
    try:
        yield
    except (Damaged, Hindered, InvalidQuery):
        raise
    except Exception as problem:
        reason = f"{what} {folder.name}: {type(problem).__name__}: {problem}"
        if isinstance(problem, MemoryError) or (
            isinstance(problem, OSError) and problem.errno in _HINDRANCES
        ):
            raise Hindered(reason) from problem
        raise Damaged(folder.name, reason) from problem


@dataclass(frozen=True, slots=True)
class _Opened:
    """One opened segment: its reader, and what it holds by number.

    What was deleted from it since is none of its business: that is noted in the
    table of contents, and the catalogue leaves it out.
    """

    reader: Any
    postings: Postings
    leaf: Leaf
    words: Segment
    bookmarks: Mapping[int, Bookmark]
    entries: _Entries

    @classmethod
    def open(cls, storage: FileStorage, segment: Any, tables: Tables) -> _Opened:
        entries = _Entries(Path(storage.folder), segment)
        reader = SegmentReader(_Reading(storage.folder, supports_mmap=False), SCHEMA, segment)
        name = segment.segment_id()
        file, size = entries.path.with_suffix(".columns"), os.stat(entries.file.fileno()).st_size
        leaf = Leaf(name, entries, tables, said(file, {"segment": name, "bytes": size}, entries))
        others = np.setdiff1d(np.arange(leaf.size), leaf.numbers)
        bookmarks = {number: entries.bookmark(number) for number in others.tolist()}
        postings = Postings(reader, entries.check)
        return cls(reader, postings, leaf, leaf.words(postings), bookmarks, entries)


class _Reading(FileStorage):
    """Opens small segments as what they hold.

    A word is looked up in some twenty reads, and after each commit in a new segment: from the
    file they take half a millisecond.
    """

    def open_file(self, name: str, **options: Any) -> StructFile:
        path = Path(self.folder) / name
        if path.stat().st_size > _SMALL:
            return super().open_file(name, **options)
        return StructFile(BytesIO(path.read_bytes()), name=name, **options)


class _Entries(Sequence[bytes | None]):
    """The entries of one segment as they are stored, read when they are asked for.

    There is none where the bookmark is.  The file is closed when nobody has this any
    more: whoever answers from an edition goes on when another has taken its place.
    """

    def __init__(self, folder: Path, segment: Any) -> None:
        self.path = folder / segment.make_filename(segment.COMPOUND_EXT)
        self.file = self.path.open("rb", buffering=0)
        weakref.finalize(self, self.file.close)
        self._written = _written(self.file.fileno())
        self._size: int = segment.doc_count_all()
        files = CompoundStorage(StructFile(self.file, name=self.path.name), use_mmap=False)
        self._reader = segment.codec().per_document_reader(files, segment)
        self._lock = threading.Lock()
        # With the first, where each of them lies is read, and known from then on.
        self._stored(0)

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, number: int) -> bytes | None: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[bytes | None]: ...
    def __getitem__(self, number: int | slice) -> bytes | Sequence[bytes | None] | None:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(self._size))]
        if not 0 <= number < self._size:
            raise IndexError(number)
        with _judged("reading an entry of", self.path.parent):
            found = self._stored(number)
            return None if "bookmark" in found else found["entry"]

    def check(self) -> None:
        """Notice a file that was written over.

        A segment never changes.  One that is gone was merged into another, and is
        still whole as it was opened; unless it was written over before.
        """
        for file in (self.file.fileno(), self.path):
            written = _written(file)
            if written is not None and written != self._written:
                raise Damaged(self.path.parent.name, f"{self.path.name} was written over")

    def bookmark(self, number: int) -> Bookmark:
        """The bookmark, where there is no entry."""
        return Bookmark.loads(self._stored(number)["bookmark"])

    def _stored(self, number: int) -> dict[str, Any]:
        # All threads read from the same place of the file.
        with self._lock:
            found: dict[str, Any] = self._reader.stored_fields(number)
            return found


def _written(file: Path | int) -> tuple[int, ...] | None:
    """What changes whenever a file is written; ``None`` where there is none."""
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


class WhooshEdition:
    """An index as of one commit; what is committed later is another edition."""

    def __init__(
        self,
        folder: Path,
        generation: int,
        segments: Sequence[Any],
        leaves: Mapping[str, _Opened],
        tables: Tables,
        *,
        columns: bool,
        before: Catalogue | None = None,
    ) -> None:
        self.folder = folder
        self.generation = generation
        self._leaves = leaves
        self._tables = tables
        bookmarks: list[tuple[Bookmark, Spot]] = []
        living = []
        for segment in segments:
            name, leaf = segment.segment_id(), leaves[segment.segment_id()].leaf
            bookmarks += [
                (one, (name, number))
                for number, one in leaves[name].bookmarks.items()
                if not segment.is_deleted(number)
            ]
            is_there = np.ones(leaf.size, np.bool_)
            is_there[list(segment.deleted_docs())] = False
            living.append(Living(leaf, leaf.numbers[is_there[leaf.numbers]]))
        if len(bookmarks) != 1:
            raise Damaged(folder.name, f"{len(bookmarks)} bookmarks in {folder.name}")
        ((self.bookmark, self._bookmark_spot),) = bookmarks
        self.catalogue = catalogue(living, tables, columns=columns, before=before)
        self.words = Words(self.catalogue, [opened.words for opened in leaves.values()])

    # -- opening ----------------------------------------------------------

    @classmethod
    def open(
        cls, folder: Path, kept: WhooshEdition | None = None, *, columns: bool = True
    ) -> WhooshEdition:
        """The last commit in *folder*; segments that *kept* has open are taken over."""
        with _judged("opening", folder):
            storage = _storage(folder)
            while True:
                generation = _generation(storage)
                try:
                    return cls._opened(folder, storage, generation, kept, columns=columns)
                except FileNotFoundError:
                    # A commit deletes what it no longer needs, maybe just before
                    # it was opened here; then there is a newer one to open.
                    if _generation(storage) == generation:
                        raise

    @classmethod
    def _opened(
        cls,
        folder: Path,
        storage: FileStorage,
        generation: int,
        kept: WhooshEdition | None,
        *,
        columns: bool,
    ) -> WhooshEdition:
        segments = TOC.read(storage, _NAME, gen=generation, schema=SCHEMA).segments
        # An index that was built anew begins without the values that nobody has any more.
        same = kept if kept is not None and kept.folder == folder else None
        had, tables, before = (
            ({}, Tables(), None) if same is None else (same._leaves, same._tables, same.catalogue)
        )
        leaves: dict[str, _Opened] = {}
        try:
            for segment in segments:
                name = segment.segment_id()
                leaves[name] = had.get(name) or _Opened.open(storage, segment, tables)
            return cls(folder, generation, segments, leaves, tables, columns=columns, before=before)
        except BaseException:
            _close(leaf for name, leaf in leaves.items() if name not in had)
            raise

    @property
    def is_latest(self) -> bool:
        """Whether nothing was committed since; damage is not noticed here."""
        with _judged("looking into", self.folder):
            return _generation(_storage(self.folder)) == self.generation

    def close(self, successor: WhooshEdition | None = None) -> None:
        """Close all files but those that *successor* took over."""
        kept = successor._leaves if successor is not None else {}
        _close(
            leaf
            for name, leaf in self._leaves.items()
            if name not in kept or kept[name] is not leaf
        )

    @property
    def segments(self) -> int:
        return len(self._leaves)

    # -- searching --------------------------------------------------------

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about."""
        with _judged("searching", self.folder):
            return self.words.scored(query, expression)

    def vocabularies(self) -> list[Vocabulary]:
        """The words of each segment, and how many of its entries have each, or lately had."""
        with _judged("reading the words of", self.folder):
            return [opened.postings.vocabulary for opened in self._leaves.values()]

    def forms(self, words: Collection[str], languages: Collection[str]) -> Forms:
        """The other words that have the stems of *words* in each of *languages*."""
        sources = [opened.postings for opened in self._leaves.values()]
        with _judged("reading the words of", self.folder):
            return {
                (word, language): {
                    other for one in sources for other in other_forms(word, language, one)
                }
                for word in words
                for language in languages
            }

    # -- writing ----------------------------------------------------------

    def write(
        self, gone: Iterable[str], flats: Iterable[Flat], bookmark: Bookmark, *, merge: int
    ) -> None:
        """Commit: remove *gone*, put *flats* in place of what they were, move the bookmark.

        Whoever writes holds the index's lock, and has the latest edition.  Of
        old entries at most *merge* are written again to keep segments few.
        """
        with _judged("writing", self.folder):
            storage = _storage(self.folder)
            contents = TOC.read(storage, _NAME, schema=SCHEMA)
            segments = {one.segment_id(): one for one in contents.segments}
            flats = list(flats)
            # By number: finding an old entry by a term opens every segment.
            old = [self.catalogue.spot(id) for id in (*gone, *(f.entry.id for f in flats))]
            for spot in (self._bookmark_spot, *old):
                if spot is not None:
                    segments[spot[0]].delete_document(spot[1])
            with _writing(storage) as writer:
                _add(writer, flats, bookmark)
                kept = _merging(merge)(writer, contents.segments)
                after = TOC(SCHEMA, [*kept, writer.finish()], contents.generation + 1)
                after.write(storage, _NAME)
            # What was merged, and what others left behind.
            clean_files(storage, _NAME, after.generation, after.segments)

    @staticmethod
    def create(folder: Path, flats: Iterable[Flat], bookmark: Bookmark) -> None:
        """A new index in the empty *folder*, of one segment."""
        with _judged("creating", folder):
            storage = _storage(folder)
            with _writing(storage) as writer:
                _add(writer, flats, bookmark)
                TOC(SCHEMA, [writer.finish()], 1).write(storage, _NAME)


def _storage(folder: Path) -> FileStorage:
    return FileStorage(str(folder), supports_mmap=False)


def _generation(storage: FileStorage) -> int:
    found = int(TOC._latest_generation(storage, _NAME))
    if found < 0:
        raise FileNotFoundError(errno.ENOENT, "no table of contents", storage.folder)
    return found


def _close(leaves: Iterable[_Opened]) -> None:
    for leaf in leaves:
        with contextlib.suppress(Exception):
            leaf.reader.close()


@contextlib.contextmanager
def _writing(storage: FileStorage) -> Iterator[SegmentWriter]:
    writer = SegmentWriter(storage, _NAME)
    try:
        yield writer
    except Exception:
        # Not when interrupted: the commit may be done, and the segment be part of it.
        with contextlib.suppress(Exception):
            writer.cancel()
        raise


def _add(writer: SegmentWriter, flats: Iterable[Flat], bookmark: Bookmark) -> None:
    for flat in flats:
        writer.add({"entry": flat.entry.dumps()}, {TITLE: flat.title, TEXT: flat.text}, flat.forms)
    writer.add({"bookmark": bookmark.dumps()}, {})


def _merging(most: int) -> Callable[[Any, list[Any]], list[Any]]:
    """A merge policy: of too many segments, write the smallest as one.

    Each is at most twice what was merged before it, so that an entry is written
    again a number of times that grows with the logarithm of their number.
    """

    def policy(writer: Any, segments: list[Any]) -> list[Any]:
        kept = [one for one in segments if one.doc_count()]
        if len(kept) < MOST_SEGMENTS:
            return kept
        merged: list[Any] = []
        total = 0
        for one in sorted(kept, key=lambda one: one.doc_count()):
            count = one.doc_count()
            if total + count > most or (len(merged) > 1 and count > 2 * total):
                break
            merged.append(one)
            total += count
        if len(merged) < 2:
            return kept
        for one in merged:
            reader = SegmentReader(writer.storage, writer.schema, one)
            try:
                writer.add_reader(reader)
            finally:
                reader.close()
        return [one for one in kept if one not in merged]

    return policy

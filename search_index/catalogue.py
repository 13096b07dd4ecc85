"""All entries of one state of an index in memory, selected and ordered.

A catalogue never changes: after a commit there is a new one.  Rows are numbered
in the default order.  What is the same for all catalogues is here; how rows are
found is said twice: entry by entry in :mod:`search_index.plain`, and by arrays in
:mod:`search_index.columns`.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

from content_repo import Kind
from search_index import cursors, meaning
from search_index.completing import Titles, titles
from search_index.entry import Entry
from search_index.flatten import TITLE
from search_index.matching import Scored
from search_index.postings import Counts, Flags, Numbers
from search_index.query import Completion, Counted, Cursor, Query

#: Where an entry lies in the engine: a segment's name and a number in it.
Spot = tuple[str, int]

Kept = TypeVar("Kept")


class Part(NamedTuple):
    """The wanted part of what matches; see :class:`search_index.query.Hits`."""

    ids: tuple[str, ...]
    numbers: tuple[int, ...]
    total: int
    counted: tuple[Counted, ...]
    borrowed: Mapping[str, Mapping[str, str]]
    cursor: Cursor | None
    offset: int


class View(Protocol):
    """Entries by row as a reader is shown them; rows that are not shown have no flag.

    ``lenders`` says of rows that borrow which row each of their fields comes from.
    """

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def flags(self) -> Flags: ...
    @property
    def size(self) -> int: ...
    @property
    def lenders(self) -> Mapping[int, Mapping[str, int]]: ...

    def title(self, row: int) -> str:
        """The title that the reader is shown."""

    def shown(self, row: int) -> Entry | None:
        """What the reader is shown for the entry of that *row*: the same or another translation."""


class Found(NamedTuple):
    """The rows that a query asks for, in its order.

    Where nothing but the first of them are wanted, there may be no others; ``total``
    counts all, and ``every`` has all, in no order.  ``scores`` are those of ``rows``.
    """

    rows: Sequence[int]
    total: int
    every: Any
    scores: Mapping[int, float] | None = None


class Catalogue(ABC):
    """The entries of an index at one commit."""

    #: All entries by row.
    entries: Sequence[Entry]
    #: The names that a text can ask for words in.
    text_fields: frozenset[str]

    def __init__(self) -> None:
        self._lock = threading.Lock()

    # -- single entries ---------------------------------------------------

    @abstractmethod
    def row(self, id: str) -> int | None:
        """The row of the entry of that id."""

    @abstractmethod
    def spot(self, id: str) -> Spot | None:
        """Where the engine keeps the entry of that id."""

    @abstractmethod
    def title(self, row: int) -> str:
        """The title of a row, as it is stored."""

    @abstractmethod
    def below(self, path: str) -> Sequence[Entry]:
        """All entries strictly below *path*."""

    def get(self, id: str) -> Entry | None:
        row = self.row(id)
        return None if row is None else self.entries[row]

    # -- what words ask for -------------------------------------------------

    @abstractmethod
    def rows_of(self, segment: str, size: int) -> Numbers:
        """The row of each of the *size* numbers of a segment; -1 where there is none."""

    @property
    @abstractmethod
    def units(self) -> tuple[Counts, Counts]:
        """Of each row, how many units its title has, and how many all its other texts."""

    @abstractmethod
    def speaking(self, tag: str) -> Flags:
        """The rows whose locale is that BCP 47 *tag*."""

    # -- views and selections -----------------------------------------------

    @abstractmethod
    def view(self, query: Query) -> View:
        """The entries that *query* is about, as its reader is shown them: by kinds and roots."""

    @abstractmethod
    def _titles_of_documents(self) -> tuple[Sequence[int], tuple[str, ...]]:
        """The rows of documents, and their titles."""

    @abstractmethod
    def _admitted(self, query: Query) -> Callable[[int], bool]:
        """Whether *query*, without its text, admits a row."""

    @abstractmethod
    def _found(self, query: Query, scored: Scored | None) -> Found:
        """What *query* asks for; of a text, among the rows that it *scored*."""

    @abstractmethod
    def _counted(self, query: Query, found: Found) -> tuple[Counted, ...]:
        """The facets of all that was *found*."""

    # -- titles -----------------------------------------------------------

    @cached_property
    def _titled(self) -> tuple[Sequence[int], Titles]:
        rows, texts = self._titles_of_documents()
        return rows, titles(texts)

    def completed(self, query: Query) -> tuple[Completion, ...]:
        """The titles that the text of *query* may become, each once."""
        view, admits = self.view(query), self._admitted(query)
        rows, found = self._titled
        # A title may be another's, who has none.
        shown: dict[int, list[int]] = {}
        for row, lenders in view.lenders.items():
            if TITLE in lenders:
                shown.setdefault(lenders[TITLE], []).append(row)
        borrowers = {row for some in shown.values() for row in some}
        best: dict[str, Completion] = {}
        for number in found.best(query.text or ""):
            for row in (rows[number], *shown.get(rows[number], ())):
                if admits(row) and (row != rows[number] or row not in borrowers):
                    title = self.title(rows[number])
                    best.setdefault(title, Completion(title, *self._ids((row,))))
            if len(best) >= query.window.limit:
                break
        return tuple(best.values())[: query.window.limit]

    # -- pages ------------------------------------------------------------

    def page(self, query: Query, scored: Scored | None = None) -> Part:
        """The wanted part of what *query* asks for; of a text, among the rows that it *scored*."""
        view, found = self.view(query), self._found(query, scored)
        rows, scores = found.rows, found.scores
        if query.listed and not query.sort:
            rows = sorted(rows, key=self._place(query))
        first = self._first(query, view, rows, scores)
        shown = list(map(int, rows[first : first + query.window.limit]))
        rarities = () if scored is None else scored.rarities
        return Part(
            ids=self._ids(shown),
            numbers=self._numbers(shown),
            total=found.total,
            counted=self._counted(query, found) if query.facets else (),
            borrowed=self._borrowed(view, shown) if view.lenders else {},
            cursor=self._place_of(shown[-1], query, view, scores, rarities) if shown else None,
            offset=first,
        )

    def _place_of(
        self,
        row: int,
        query: Query,
        view: View,
        scores: Mapping[int, float] | None,
        rarities: tuple[float, ...],
    ) -> Cursor:
        return cursors.at(row, self._ordered_by(view), query.sort, scores, rarities)

    def _ordered_by(self, view: View) -> Sequence[Entry]:
        """All rows with at least what they are ordered by."""
        return view.entries

    def _ids(self, rows: Sequence[int]) -> tuple[str, ...]:
        entries = self.entries
        return tuple([entries[row].id for row in rows])

    def _numbers(self, rows: Sequence[int]) -> tuple[int, ...]:
        entries = self.entries
        return tuple([entries[row].number for row in rows])

    def _first(
        self,
        query: Query,
        view: View,
        rows: Sequence[int],
        scores: Mapping[int, float] | None,
    ) -> int:
        """The number of items before the window."""
        entries, first = view.entries, query.window.offset
        if query.after is not None:
            # The order is that of ids, so that nobody has to look at what was passed.
            first += bisect_right(rows, query.after, key=lambda row: entries[row].id)
        if query.cursor is not None and query.listed and not query.sort:
            # It may be gone by now, but its place is still known.
            passed = query.listed.index(query.cursor.id) if query.cursor.id in query.listed else -1
            first += bisect_right(rows, passed, key=self._place(query))
        elif query.cursor is not None:
            seen = self._ordered_by(view)
            first += cursors.start(rows, seen, query.sort, scores, query.cursor)
        return first

    def _place(self, query: Query) -> Callable[[int], int]:
        """Where each row comes among the ids that are listed."""
        places = {self.row(id): place for place, id in enumerate(query.listed)}
        return lambda row: places.get(row, -1)

    def _borrowed(self, view: View, rows: Iterable[int]) -> dict[str, dict[str, str]]:
        entries = self.entries
        return {
            entries[row].id: {name: entries[other].id for name, other in lenders.items()}
            for row in rows
            if (lenders := view.lenders.get(row))
        }

    def _seen(self, query: Query) -> Callable[[str], Entry | None]:
        """The entries that the reader of *query* sees, by id; of documents the translations that
        are shown, as they are alone."""
        roots = dict(query.seen)
        documents = frozenset({Kind.DOCUMENT})
        within = roots.get(Kind.DOCUMENT, ("",))
        view = self.view(replace(query, kinds=documents, roots=within)) if query.locales else None

        def seen(id: str) -> Entry | None:
            row = self.row(id)
            if row is None:
                return None
            entry = self.entries[row]
            if roots and not meaning.is_below(entry.path, roots.get(entry.kind, ())):
                return None
            return entry if view is None or entry.kind is not Kind.DOCUMENT else view.shown(row)

        return seen

    def _kept(
        self, kept: OrderedDict[Hashable, Kept], key: Hashable, most: int, make: Callable[[], Kept]
    ) -> Kept:
        """What is *kept* under *key*, or is made and kept now; of what nobody asked for longest
        one is let go."""
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > most:
                kept.popitem(last=False)
        return made

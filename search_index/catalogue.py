"""All entries of one state of an index in memory, selected and ordered.

A catalogue never changes: after a commit there is a new one.  It keeps a
bounded number of selections, each a list of row numbers in the order asked for,
so that a page is a slice of one.  Rows are numbered in the default order.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

import numpy as np

from content_repo import Kind
from search_index import conditions, cursors, facets, meaning
from search_index.completing import Titles, titles
from search_index.entry import Entry
from search_index.flatten import TITLE
from search_index.localising import View, localised
from search_index.matching import Scored
from search_index.postings import Counts
from search_index.query import Completion, Counted, Cursor, Query, SortKey

#: Selections kept; each costs eight bytes per row in it.
MOST_SELECTIONS: Final = 64

#: Views of locales kept; each costs as much as all entries that borrow.
MOST_VIEWS: Final = 16

#: Where an entry lies in the engine: a segment's name and a number in it.
Spot = tuple[str, int]

_Key = tuple[object, ...]
Kept = TypeVar("Kept")


class Part(NamedTuple):
    """The wanted part of what matches; see :class:`search_index.query.Hits`."""

    ids: tuple[str, ...]
    total: int
    counted: tuple[Counted, ...]
    borrowed: Mapping[str, Mapping[str, str]]
    cursor: Cursor | None
    offset: int


class Catalogue:
    """The entries of an index at one commit."""

    def __init__(self, placed: Iterable[tuple[Entry, Spot]]) -> None:
        by_path = sorted(placed, key=lambda one: meaning.default_order(one[0]))
        self.entries: Sequence[Entry] = [entry for entry, _ in by_path]
        self._paths = [entry.path for entry in self.entries]
        self._spots = [spot for _, spot in by_path]
        self._row_of = {entry.id: row for row, entry in enumerate(self.entries)}
        self._selections: OrderedDict[_Key, tuple[Sequence[int], frozenset[int]]] = OrderedDict()
        self._views: OrderedDict[_Key, View] = OrderedDict()
        self._lock = threading.Lock()

    # -- single entries ---------------------------------------------------

    def get(self, id: str) -> Entry | None:
        row = self._row_of.get(id)
        return None if row is None else self.entries[row]

    def spot(self, id: str) -> Spot | None:
        """Where the engine keeps the entry of that id."""
        row = self._row_of.get(id)
        return None if row is None else self._spots[row]

    @property
    def spots(self) -> Sequence[Spot]:
        """Where the engine keeps each row."""
        return self._spots

    def below(self, path: str) -> Sequence[Entry]:
        """All entries strictly below *path*."""
        first, last = self._span(path)
        return self.entries[first:last]

    @cached_property
    def text_fields(self) -> frozenset[str]:
        """The names that a text can ask for words in."""
        return frozenset({"title"}.union(*(entry.spans for entry in self.entries)))

    @cached_property
    def units(self) -> tuple[Counts, Counts]:
        """Of each row, how many units its title has, and how many all its other texts."""
        found = np.array([entry.units for entry in self.entries], np.float64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    # -- views ------------------------------------------------------------

    def view(self, query: Query) -> View:
        """The entries that *query* is about, as its reader is shown them: by kinds and roots."""
        key: _Key = (query.kinds, query.roots, query.locales, query.borrowing)
        return self._kept(self._views, key, MOST_VIEWS, lambda: self._viewed(query))

    def _viewed(self, query: Query) -> View:
        # What lies below a path is one run of rows; runs of nested roots overlap.
        within = {row for root in query.roots for row in range(*self._span(root))}
        entries, kinds = self.entries, query.kinds
        rows = [row for row in sorted(within) if entries[row].kind in kinds]
        if not query.locales:
            return View(entries, rows, {})
        return localised(entries, rows, query.locales, borrowing=query.borrowing)

    # -- titles -----------------------------------------------------------

    @cached_property
    def _titled(self) -> tuple[Sequence[int], Titles]:
        """The rows of documents, and their titles in that order."""
        entries = self.entries
        rows = [row for row, entry in enumerate(entries) if entry.kind is Kind.DOCUMENT]
        return rows, titles(tuple([entries[row].title for row in rows]))

    def completed(self, query: Query) -> tuple[Completion, ...]:
        """The titles that the text of *query* may become, each once."""
        view, (_, admitted) = self.view(query), self._selection(query, ())
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
                if row in admitted and (row != rows[number] or row not in borrowers):
                    title = self.entries[rows[number]].title
                    best.setdefault(title, Completion(title, self.entries[row].id))
            if len(best) >= query.window.limit:
                break
        return tuple(best.values())[: query.window.limit]

    # -- selections -------------------------------------------------------

    def page(self, query: Query, scored: Scored | None = None) -> Part:
        """The wanted part of what *query* asks for; of a text, among the rows that it *scored*."""
        view = self.view(query)
        scores: Mapping[int, float] | None = None
        if scored is None:
            rows, _ = self._selection(query, query.sort)
        else:
            _, admitted = self._selection(query, ())
            scores = dict(zip(scored.rows.tolist(), scored.scores.tolist(), strict=True))
            found = sorted(admitted.intersection(scores))
            rows = meaning.ordered(found, view.entries, query.sort, scores)
        if query.listed and not query.sort:
            rows = sorted(rows, key=self._place(query))
        rarities = () if scored is None else scored.rarities
        first = self._first(query, view, rows, scores)
        shown = rows[first : first + query.window.limit]
        entries = view.entries
        return Part(
            ids=tuple([entries[row].id for row in shown]),
            total=len(rows),
            counted=facets.counted(query.facets, map(entries.__getitem__, rows), self._sees(query))
            if query.facets
            else (),
            borrowed=self._borrowed(view, shown) if view.lenders else {},
            cursor=cursors.at(shown[-1], entries, query.sort, scores, rarities) if shown else None,
            offset=first,
        )

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
            first += cursors.start(rows, entries, query.sort, scores, query.cursor)
        return first

    def _place(self, query: Query) -> Callable[[int], int]:
        """Where each row comes among the ids that are listed."""
        places = {self._row_of.get(id): place for place, id in enumerate(query.listed)}
        return lambda row: places.get(row, -1)

    def _borrowed(self, view: View, rows: Iterable[int]) -> dict[str, dict[str, str]]:
        entries = self.entries
        return {
            entries[row].id: {name: entries[other].id for name, other in lenders.items()}
            for row in rows
            if (lenders := view.lenders.get(row))
        }

    def _selection(
        self, query: Query, sort: tuple[SortKey, ...]
    ) -> tuple[Sequence[int], frozenset[int]]:
        key: _Key = (
            query.kinds, query.roots, query.types, query.scopes, query.outside, query.deepest,
            query.ids, query.taxonomy, query.categories, query.conditions, query.seen,
            query.locales, query.borrowing, sort,
        )  # fmt: skip

        def selected() -> tuple[Sequence[int], frozenset[int]]:
            view = self.view(query)
            rows = self._selected(query, view)
            return meaning.ordered(rows, view.entries, sort, None), frozenset(rows)

        return self._kept(self._selections, key, MOST_SELECTIONS, selected)

    def _selected(self, query: Query, view: View) -> list[int]:
        admits, entries = meaning.admits(query), view.entries
        rows = [row for row in view.rows if admits(entries[row])]
        if query.conditions:
            fits = conditions.admits(query.conditions, self._seen(query))
            rows = [row for row in rows if fits(entries[row])]
        return rows

    def _seen(self, query: Query) -> Callable[[str], Entry | None]:
        """The entries that the reader of *query* sees at all, by id."""
        roots = dict(query.seen)

        def seen(id: str) -> Entry | None:
            entry = self.get(id)
            if entry is None or not roots:
                return entry
            return entry if meaning.is_below(entry.path, roots.get(entry.kind, ())) else None

        return seen

    def _sees(self, query: Query) -> Callable[[str], bool]:
        seen = self._seen(query)
        return lambda id: seen(id) is not None

    def _kept(
        self, kept: OrderedDict[_Key, Kept], key: _Key, most: int, make: Callable[[], Kept]
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

    def _span(self, path: str) -> tuple[int, int]:
        if not path:
            return 0, len(self._paths)
        # "0" is the character after "/".
        return bisect_left(self._paths, f"{path}/"), bisect_left(self._paths, f"{path}0")

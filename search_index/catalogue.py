"""All entries of one state of an index in memory, selected and ordered.

A catalogue never changes: after a commit there is a new one.  It keeps a
bounded number of selections, each a list of row numbers in the order asked for,
so that a page is a slice of one.  Rows are numbered in the default order.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

from search_index import meaning
from search_index.entry import Entry
from search_index.query import Query, SortKey

#: Selections kept; each costs eight bytes per row in it.
MOST_SELECTIONS: Final = 64

#: Where an entry lies in the engine: a segment's name and a number in it.
Spot = tuple[str, int]

_Key = tuple[object, ...]


class Catalogue:
    """The entries of an index at one commit."""

    def __init__(self, placed: Iterable[tuple[Entry, Spot]]) -> None:
        by_path = sorted(placed, key=lambda one: meaning.default_order(one[0]))
        self.entries: Sequence[Entry] = [entry for entry, _ in by_path]
        self._paths = [entry.path for entry in self.entries]
        self._spots = [spot for _, spot in by_path]
        self._row_at = {spot: row for row, spot in enumerate(self._spots)}
        self._row_of = {entry.id: row for row, entry in enumerate(self.entries)}
        self._selections: OrderedDict[_Key, tuple[Sequence[int], frozenset[int]]] = OrderedDict()
        self._lock = threading.Lock()

    # -- single entries ---------------------------------------------------

    def get(self, id: str) -> Entry | None:
        row = self._row_of.get(id)
        return None if row is None else self.entries[row]

    def spot(self, id: str) -> Spot | None:
        """Where the engine keeps the entry of that id."""
        row = self._row_of.get(id)
        return None if row is None else self._spots[row]

    def row_at(self, spot: Spot) -> int | None:
        """The row of what lies at *spot*; ``None`` if that is deleted, or no entry."""
        return self._row_at.get(spot)

    def below(self, path: str) -> Sequence[Entry]:
        """All entries strictly below *path*."""
        first, last = self._span(path)
        return self.entries[first:last]

    # -- selections -------------------------------------------------------

    def page(self, query: Query) -> tuple[tuple[str, ...], int]:
        """The wanted ids and the number of all, for a query without text."""
        rows, _ = self._selection(query, query.sort)
        return self._ids(rows, query), len(rows)

    def scored_page(self, query: Query, scores: dict[int, float]) -> tuple[tuple[str, ...], int]:
        """The same, of the rows that have a score."""
        _, admitted = self._selection(query, ())
        found = sorted(admitted.intersection(scores))
        rows = meaning.ordered(found, self.entries, query.sort, scores)
        return self._ids(rows, query), len(rows)

    def _ids(self, rows: Sequence[int], query: Query) -> tuple[str, ...]:
        entries = self.entries
        first = query.window.offset
        if query.after is not None:
            # The order is that of ids, so that nobody has to look at what was passed.
            first += bisect_right(rows, query.after, key=lambda row: entries[row].id)
        return tuple([entries[row].id for row in rows[first : first + query.window.limit]])

    def _selection(
        self, query: Query, sort: tuple[SortKey, ...]
    ) -> tuple[Sequence[int], frozenset[int]]:
        key: _Key = (
            query.kinds, query.roots, query.types, query.scopes, query.deepest,
            query.ids, query.taxonomy, query.categories, sort,
        )  # fmt: skip
        with self._lock:
            found = self._selections.get(key)
            if found is not None:
                self._selections.move_to_end(key)
                return found
        rows = self._selected(query)
        found = meaning.ordered(rows, self.entries, sort, None), frozenset(rows)
        with self._lock:
            self._selections[key] = found
            while len(self._selections) > MOST_SELECTIONS:
                self._selections.popitem(last=False)
        return found

    def _selected(self, query: Query) -> list[int]:
        admits, entries = meaning.admits(query), self.entries
        # What lies below a path is one run of rows; runs of nested roots overlap.
        within = {row for root in query.roots for row in range(*self._span(root))}
        return [row for row in sorted(within) if admits(entries[row])]

    def _span(self, path: str) -> tuple[int, int]:
        if not path:
            return 0, len(self._paths)
        # "0" is the character after "/".
        return bisect_left(self._paths, f"{path}/"), bisect_left(self._paths, f"{path}0")

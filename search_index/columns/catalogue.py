"""The catalogue that looks into columns: the same answers, from arrays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, cast

import numpy as np

from content_repo import Kind, locales
from search_index import choosing
from search_index.catalogue import Catalogue, Found, Spot
from search_index.columns import counting, ordering, selecting, viewing
from search_index.columns.gathered import Columns, Rows
from search_index.columns.sketches import Sketches
from search_index.columns.tables import NONE
from search_index.columns.viewing import View
from search_index.entry import Entry
from search_index.matching import Scored
from search_index.postings import Counts, Flags, Numbers
from search_index.query import Counted, Query, SortKey

#: Orders kept, each of which has all rows twice; and views, each a flag for each row.
_MOST_ORDERS: Final = 32
_MOST_VIEWS: Final = 16

#: Orders kept of a view in which something is borrowed: it has its own.
_MOST_OF_VIEW: Final = 4

#: Up to one row in so many are few enough to be sorted by themselves.
_FEW: Final = 128

#: Commits after which an order is dropped that nobody asked for meanwhile.
_MOST_MOVES: Final = 8


#: Of one commit after another, where each row went.
Moves = tuple[Rows, ...]


class ColumnCatalogue(Catalogue):
    """The entries of an index at one commit, by columns."""

    def __init__(self, columns: Columns, before: ColumnCatalogue | None = None) -> None:
        super().__init__()
        self.entries = columns
        self.text_fields = columns.text_fields
        self._columns = columns
        self._views: OrderedDict[Hashable, View] = OrderedDict()
        self._orders: OrderedDict[Hashable, ordering.Order] = OrderedDict()
        self._listings: OrderedDict[Hashable, Rows] = OrderedDict()
        #: Orders of states before, until somebody asks for them; and how rows moved since.
        self._older: dict[Hashable, tuple[Rows, Moves]] = (
            before._outlived(columns) if before else {}
        )

    # -- single entries ---------------------------------------------------

    def row(self, id: str) -> int | None:
        return self._columns.row(id)

    def spot(self, id: str) -> Spot | None:
        row = self._columns.row(id)
        if row is None:
            return None
        leaf, number = self._columns.spot(row)
        return leaf.name, number

    def title(self, row: int) -> str:
        return self._columns.title(row)

    def below(self, path: str) -> Sequence[Entry]:
        first, last = self._columns.span(path)
        return self._columns[first:last]

    # -- what words ask for -------------------------------------------------

    def rows_of(self, segment: str, size: int) -> Numbers:
        return self._columns.rows_of(segment)

    @cached_property
    def units(self) -> tuple[Counts, Counts]:
        titled, texts = map(self._columns.dense, ("titled", "texts"))
        return titled.astype(np.float64), texts.astype(np.float64)

    def speaking(self, tag: str) -> Flags:
        codes = self._columns.dense("locale")
        spoken = self._columns.tables.locale.flags(lambda one: locales.tag(one) == tag, codes)
        # Behind all codes stands what has none.
        found: Flags = np.append(spoken, False)[codes]
        return found

    # -- views ------------------------------------------------------------

    def view(self, query: Query) -> View:
        key = (query.kinds, query.roots, query.locales, query.borrowing)
        return self._kept(self._views, key, _MOST_VIEWS, lambda: self._viewed(query))

    def _viewed(self, query: Query) -> View:
        everything = viewing.view(self._columns, query.kinds, query.roots)
        if not query.locales:
            return everything
        return viewing.localised(everything, query.locales, borrowing=query.borrowing)

    def _titles_of_documents(self) -> tuple[Sequence[int], tuple[str, ...]]:
        columns = self._columns
        codes = columns.dense("kind")
        documents = columns.tables.kind.flags(lambda kind: kind is Kind.DOCUMENT, codes)
        rows = np.flatnonzero(documents[codes])
        texts = columns.tables.title.values
        return rows.tolist(), tuple([texts[code] for code in columns.dense("title")[rows].tolist()])

    # -- selections -------------------------------------------------------

    def _admitted(self, query: Query) -> Callable[[int], bool]:
        flags = self._flags(query)
        return lambda row: bool(flags[row])

    def _flags(self, query: Query) -> Flags:
        """One for each row, raised where *query* admits it, apart from its text."""
        view = self.view(query)
        return selecting.selected(
            self._columns, query, view.flags, view.composed, self._seen(query)
        )

    def _found(self, query: Query, scored: Scored | None) -> Found:
        view, flags = self.view(query), self._flags(query)
        if scored is None and flags is view.flags:
            listed = self._listed(query, view)
            return Found(cast(Sequence[int], listed), len(listed), listed)
        if scored is None:
            there = np.flatnonzero(flags)
            return Found(self._first_of(query, view, there).tolist(), len(there), there)
        if not (scored.shown and flags is view.flags):
            there = np.flatnonzero(flags[scored.rows])
            scored = Scored(scored.rows[there], scored.scores[there])
        every = scored.rows if query.facets else None
        rows, scores = self._chosen(query, view, scored)
        return Found(rows, scored.total, every, scores)

    def _chosen(
        self, query: Query, view: View, scored: Scored
    ) -> tuple[list[int], Mapping[int, float]]:
        """Which of those *scored* are needed, in the order of *query*, and their scores."""
        sort, needed = query.sort, query.window.offset + query.window.limit
        if query.after or query.cursor or query.listed:
            needed = scored.total
        if sort and not any(key.of == "score" for key in sort):
            order = self._order(view, sort)
            some = scored.first(order, needed)
            # What nothing is ordered by need not be known.
            return some[choosing.first(order.places[some], needed)].tolist(), {}
        if sort:
            rows, scores = scored.rows, scored.scores
            chosen: Numbers = ordering.sorted_by(self._columns, sort, view.composed, scored)
        else:
            rows, scores = scored.best(needed)
            chosen = choosing.best(scores, rows, needed)
        shown = rows[chosen].tolist()
        return shown, dict(zip(shown, scores[chosen].tolist(), strict=True))

    def _listed(self, query: Query, view: View) -> Rows:
        """Everything of a view, as *query* sorts it: each page is a part of the same order."""
        key = (query.kinds, query.roots, query.locales, query.borrowing, query.sort)
        return self._kept(self._listings, key, _MOST_ORDERS, lambda: self._sorted(view, query.sort))

    def _sorted(self, view: View, sort: tuple[SortKey, ...]) -> Rows:
        """All rows of a view."""
        if not sort:
            return np.flatnonzero(view.flags)
        order = self._order(view, sort).rows
        return order[view.flags[order]]

    def _first_of(self, query: Query, view: View, rows: Rows) -> Rows:
        """Those of *rows*, which ascend, that are needed, as *query* sorts them."""
        sort, needed = query.sort, query.window.offset + query.window.limit
        if not sort:
            return rows
        if len(rows) * _FEW < self._columns.size and (view.composed or sort not in self._orders):
            # For more, the order of all is made, and kept.
            return ordering.sorted_rows(self._columns, sort, view.composed, rows)
        if query.after or query.cursor or query.listed:
            needed = len(rows)
        return rows[choosing.first(self._order(view, sort).places[rows], needed)]

    def _order(self, view: View, sort: tuple[SortKey, ...]) -> ordering.Order:
        # Where nobody borrows anything, all views have the same order.
        kept, most = self._orders, _MOST_ORDERS
        if view.composed:
            kept, most = view.orders, _MOST_OF_VIEW
        return self._kept(kept, sort, most, lambda: self._ordered(view, sort))

    def _ordered(self, view: View, sort: tuple[SortKey, ...]) -> ordering.Order:
        """All rows sorted: those of a state before stay as they were, which saves most of it."""
        columns, older = self._columns, None
        if not view.composed:
            with self._lock:
                older = self._older.pop(sort, None)
        if older is not None:
            rows, moves = older
            for moved in moves:
                rows = moved[rows[rows != NONE]]
            found = ordering.renewed(columns, sort, rows[rows != NONE])
            if found is not None:
                return found
        return ordering.order(columns, sort, view.composed)

    def _outlived(self, after: Columns) -> dict[Hashable, tuple[Rows, Moves]]:
        """The orders that the state *after* this one begins with."""
        moved = after.moved(self._columns)
        with self._lock:
            older = {
                sort: (rows, (*moves, moved))
                for sort, (rows, moves) in self._older.items()
                if len(moves) < _MOST_MOVES
            }
            return older | {sort: (one.rows, (moved,)) for sort, one in self._orders.items()}

    def _counted(self, query: Query, found: Found) -> tuple[Counted, ...]:
        composed = self.view(query).composed
        return counting.counted(
            self._columns, query.facets, found.every, composed, self._seen(query)
        )

    def _ordered_by(self, view: Any) -> Sequence[Entry]:
        return cast(Sequence[Entry], Sketches(self._columns, view.composed))

    def _ids(self, rows: Sequence[int]) -> tuple[str, ...]:
        return self._columns.ids(np.array(rows, np.int64))

    def _numbers(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._columns.dense("number")[list(rows)].tolist())

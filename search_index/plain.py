"""The plain catalogue: entry after entry, as :mod:`search_index.meaning` and its neighbours say.

It keeps a bounded number of selections, each a list of row numbers in the order
asked for, so that a page is a slice of one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from content_repo import Kind, locales
from search_index import conditions, facets, meaning
from search_index.catalogue import Catalogue, Found, Spot
from search_index.entry import Entry
from search_index.localising import View, localised
from search_index.matching import Scored
from search_index.postings import Counts, Flags, Numbers
from search_index.query import Counted, Query, SortKey

#: Selections kept; each costs eight bytes per row in it.
MOST_SELECTIONS: Final = 64

#: Views of locales kept; each costs as much as all entries that borrow.
MOST_VIEWS: Final = 16


class PlainCatalogue(Catalogue):
    """The entries of an index at one commit, looked at one by one."""

    def __init__(self, placed: Iterable[tuple[Entry, Spot]]) -> None:
        super().__init__()
        by_path = sorted(placed, key=lambda one: meaning.default_order(one[0]))
        self.entries = [entry for entry, _ in by_path]
        self.text_fields = frozenset({"title"}.union(*(entry.spans for entry in self.entries)))
        self._paths = [entry.path for entry in self.entries]
        self._spots = [spot for _, spot in by_path]
        self._row_of = {entry.id: row for row, entry in enumerate(self.entries)}
        self._selections: OrderedDict[Hashable, tuple[Sequence[int], frozenset[int]]]
        self._selections = OrderedDict()
        self._views: OrderedDict[Hashable, View] = OrderedDict()

    # -- single entries ---------------------------------------------------

    def row(self, id: str) -> int | None:
        return self._row_of.get(id)

    def spot(self, id: str) -> Spot | None:
        row = self._row_of.get(id)
        return None if row is None else self._spots[row]

    def title(self, row: int) -> str:
        return self.entries[row].title

    def below(self, path: str) -> Sequence[Entry]:
        first, last = self._span(path)
        return self.entries[first:last]

    # -- what words ask for -------------------------------------------------

    def rows_of(self, segment: str, size: int) -> Numbers:
        found = np.full(size, -1, np.int64)
        for row, (name, number) in enumerate(self._spots):
            if name == segment:
                found[number] = row
        return found

    @cached_property
    def units(self) -> tuple[Counts, Counts]:
        found = np.array([entry.units for entry in self.entries], np.float64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def speaking(self, tag: str) -> Flags:
        spoken = (entry.locale for entry in self.entries)
        same = (one is not None and locales.tag(one) == tag for one in spoken)
        return np.fromiter(same, np.bool_, len(self.entries))

    # -- views ------------------------------------------------------------

    def view(self, query: Query) -> View:
        key = (query.kinds, query.roots, query.locales, query.borrowing)
        return self._kept(self._views, key, MOST_VIEWS, lambda: self._viewed(query))

    def _viewed(self, query: Query) -> View:
        # What lies below a path is one run of rows; runs of nested roots overlap.
        within = {row for root in query.roots for row in range(*self._span(root))}
        entries, kinds = self.entries, query.kinds
        rows = [row for row in sorted(within) if entries[row].kind in kinds]
        if not query.locales:
            return View(entries, rows)
        return localised(entries, rows, query.locales, borrowing=query.borrowing)

    def _titles_of_documents(self) -> tuple[Sequence[int], tuple[str, ...]]:
        entries = self.entries
        rows = [row for row, entry in enumerate(entries) if entry.kind is Kind.DOCUMENT]
        return rows, tuple([entries[row].title for row in rows])

    # -- selections -------------------------------------------------------

    def _admitted(self, query: Query) -> Callable[[int], bool]:
        return self._selection(query, ())[1].__contains__

    def _found(self, query: Query, scored: Scored | None) -> Found:
        if scored is None:
            rows, _ = self._selection(query, query.sort)
            return Found(rows, len(rows), rows)
        _, admitted = self._selection(query, ())
        scores = dict(zip(scored.rows.tolist(), scored.scores.tolist(), strict=True))
        found = sorted(admitted.intersection(scores))
        rows = meaning.ordered(found, self.view(query).entries, query.sort, scores)
        return Found(rows, len(rows), rows, scores)

    def _counted(self, query: Query, found: Found) -> tuple[Counted, ...]:
        entries = self.view(query).entries
        return facets.counted(
            query.facets, map(entries.__getitem__, found.every), self._seen(query)
        )

    def _selection(
        self, query: Query, sort: tuple[SortKey, ...]
    ) -> tuple[Sequence[int], frozenset[int]]:
        key = (
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

    def _span(self, path: str) -> tuple[int, int]:
        if not path:
            return 0, len(self._paths)
        # "0" is the character after "/".
        return bisect_left(self._paths, f"{path}/"), bisect_left(self._paths, f"{path}0")

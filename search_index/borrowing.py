"""Borrowing: the words of translations, of which some are shown with fields of others.

Whoever borrows has the words of what is lent as if they were its own, and its texts are as
long as they are then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from search_index import occurrences
from search_index.catalogue import Catalogue, View
from search_index.expression import Leaf
from search_index.occurrences import Parts
from search_index.postings import Found, Numbers
from search_index.segment import Segment, Title, Worths
from search_index.slices import Slice, Sources
from search_index.weighing import Weighed

#: By the row that lends: the one that borrows, and whether it does so of a field of that name.
_Lending = Mapping[int, tuple[int, Callable[[str], bool]]]


class Borrowing(Slice):
    """All entries as one view shows them; their numbers are their rows."""

    def __init__(
        self, catalogue: Catalogue, parts: Sequence[tuple[Segment, Numbers]], view: View
    ) -> None:
        self._size = len(catalogue.entries)
        super().__init__(np.arange(self._size, dtype=np.int64))
        self._parts = parts
        self._view = view
        rows = list(view.lenders)
        lengths = np.array([view.entries[row].units for row in rows], np.float64)
        titles, texts = (one.copy() for one in catalogue.units)
        titles[rows], texts[rows] = lengths[:, 0], lengths[:, 1]
        self._worths = Worths.of((titles, texts))

    def weighed(self, leaf: Leaf, sources: Sources) -> Weighed:
        lending = _lending(self._view, leaf.field)
        found = []
        for one, rows in self._parts:
            source = sources[one.name]
            parts = None if leaf.field is None else one.parts(leaf.field)
            found.append(_there(occurrences.found(leaf, source, one.languages, parts), rows))
            lent = _lent(one, rows, lending)
            if lent is not None:
                borrowed = occurrences.found(leaf, source, one.languages, lent)
                found.append(_there(borrowed, self._borrowers(rows, lending)))
        every = _added(found, self._size)
        return Weighed.of(self._size, every.entries, self._worths.weights(every))

    def _borrowers(self, rows: Numbers, lending: _Lending) -> Numbers:
        """The row that each entry of a segment is borrowed by; -1 where it was deleted."""
        borrowers = np.append(np.arange(self._size, dtype=np.int64), -1)
        for row, (borrower, _) in lending.items():
            borrowers[row] = borrower
        return borrowers[rows]

    def entitled(self, title: Title) -> Numbers:
        found = [rows[one.entitled(title)] for one, rows in self._parts]
        # What is borrowed may be of another length than one's own.
        lenders = np.array(list(self._view.lenders), np.int64)
        every = np.unique(np.concatenate([lenders, *found]))
        return every[every >= 0]


def _there(found: Found, rows: Numbers) -> Found:
    """What is *found* by numbers, by *rows*, as far as there are any."""
    entries = rows[found.entries.astype(np.intp)]
    left = np.flatnonzero(entries >= 0)
    return Found(entries[left], found.title[left], found.text[left])


def _added(some: Sequence[Found], size: int) -> Found:
    """All that is found, each row once."""
    entries, *counts = map(np.concatenate, zip(*some, strict=True))
    title, text = (np.bincount(entries, one, size) for one in counts)
    rows = np.flatnonzero(title + text)
    return Found(rows, title[rows], text[rows])


def _lent(one: Segment, rows: Numbers, lending: _Lending) -> Parts | None:
    """The parts of a segment that others borrow."""
    numbers = np.flatnonzero(np.isin(rows, list(lending)))
    if not len(numbers):
        return None
    return one.parted(numbers.tolist(), lambda number, name: lending[int(rows[number])][1](name))


def _lending(view: View, field: str | None) -> _Lending:
    found: dict[int, tuple[int, Callable[[str], bool]]] = {}
    for borrower, lenders in view.lenders.items():
        for lender in set(lenders.values()):
            names = {name for name, row in lenders.items() if row == lender}
            if field is None or field.partition(".")[0] in names:
                found[lender] = borrower, _Wanted(names, field)
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whether a text, by its dotted name, is of one of these fields, or of just that one."""

    names: Collection[str]
    field: str | None

    def __call__(self, name: str) -> bool:
        if self.field is not None and name != self.field:
            return False
        return name.partition(".")[0] in self.names

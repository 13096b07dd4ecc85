"""Viewing: what a reader of some locales is shown, as :mod:`search_index.localising` says."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, overload

import numpy as np

from content_repo import Kind, locales
from content_repo.translations import Lender, lent
from search_index.columns.gathered import Columns, Rows
from search_index.columns.ordering import Order
from search_index.columns.tables import NONE, Flags
from search_index.entry import Entry
from search_index.localising import composed

#: More than the number of any locale that somebody asks for.
_UNWANTED: Final = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Entries(Sequence[Entry]):
    """Entries by row, some of which borrow from others."""

    columns: Columns
    composed: Mapping[int, Entry]

    def __len__(self) -> int:
        return self.columns.size

    @overload
    def __getitem__(self, row: int) -> Entry: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Entry]: ...
    def __getitem__(self, row: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        return self.composed.get(row) or self.columns[row]


@dataclass(frozen=True)
class View:
    """Which rows a reader is shown, and which of them borrow; see :class:`..localising.View`."""

    columns: Columns
    flags: Flags
    composed: Mapping[int, Entry] = field(default_factory=dict)
    lenders: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    #: How the rows are sorted, of whoever borrows what these do.
    orders: OrderedDict[Hashable, Order] = field(default_factory=OrderedDict)
    #: The rows that stand for a translation group, by group.
    best: Rows = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def entries(self) -> Sequence[Entry]:
        return Entries(self.columns, self.composed) if self.composed else self.columns

    @cached_property
    def size(self) -> int:
        return int(self.flags.sum())

    def title(self, row: int) -> str:
        composed = self.composed.get(row)
        return self.columns.title(row) if composed is None else composed.title

    def shown(self, row: int) -> Entry | None:
        """What the reader is shown for the entry of that *row*: the same or another translation."""
        columns = self.columns
        if columns.dense("locale")[row] == NONE:
            return columns[row]
        groups = columns.groups[self.best]
        place = int(np.searchsorted(groups, columns.groups[row]))
        if place == len(groups) or groups[place] != columns.groups[row]:
            return None
        return self.entries[int(self.best[place])]


def view(columns: Columns, kinds: frozenset[Kind], roots: Sequence[str]) -> View:
    """Everything of some kinds below *roots*, for whoever reads any locale."""
    table = columns.tables.kind
    flags = np.zeros(columns.size, np.bool_)
    for root in roots:
        first, last = columns.span(root)
        flags[first:last] = True
    codes = columns.dense("kind")
    flags &= table.flags(kinds.__contains__, codes)[codes]
    return View(columns, flags)


def localised(everything: View, wanted: Sequence[str], *, borrowing: bool) -> View:
    """What of *everything* is shown to who reads *wanted*: BCP 47 tags, the best first."""
    columns, among = everything.columns, np.flatnonzero(everything.flags)
    rank = {tag: number for number, tag in enumerate(wanted if borrowing else wanted[:1])}
    spoken = columns.tables.locale.values
    known = [rank.get(locales.tag(one), _UNWANTED) for one in spoken]
    codes = columns.dense("locale")[among]
    # Where there is no locale, the code is that of the last one for a moment.
    ranks = np.array([*known, _UNWANTED], np.int32)[codes]
    is_wanted = (codes != NONE) & (ranks != _UNWANTED)
    members, ranks = among[is_wanted], ranks[is_wanted]
    groups = columns.groups[members]
    order = np.lexsort((members, ranks, groups))
    members, groups = members[order], groups[order]
    starts = np.flatnonzero(np.diff(groups, prepend=groups[:1] - 1)) if len(groups) else order
    flags = columns.flagged(among[codes == NONE])
    best = members[starts]
    flags[best] = True
    lenders = _lenders(columns, members, starts)
    shown = {row: composed(columns, row, lending) for row, lending in lenders.items()}
    return View(columns, flags, shown, lenders, best=best)


def _lenders(columns: Columns, members: Rows, starts: Rows) -> dict[int, dict[str, int]]:
    """Of each translation that borrows, from which row each of the fields comes.

    *members* of one group follow one another, the one that is shown first.
    """
    sizes = np.diff(np.append(starts, len(members)))
    presences, found = columns.dense("presence"), dict[int, dict[str, int]]()
    known: dict[tuple[int, ...], dict[str, int]] = {}
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        row, *others = members[start : start + size].tolist()
        # Most groups are like many others: what their types and fields are decides.
        key = tuple(presences[[row, *others]].tolist())
        lending = known.get(key)
        if lending is None:
            lending = known[key] = _lending(columns, key)
        if lending:
            found[row] = {name: others[which] for name, which in lending.items()}
    return found


def _lending(columns: Columns, presences: Sequence[int]) -> dict[str, int]:
    """Which of the others lends each field to the first, by what types and fields they have."""
    (types, present), *others = [columns.tables.presence.values[code] for code in presences]
    lenders = [Lender(str(which), one[0], has) for which, (one, has) in enumerate(others)]
    return {name: int(which) for name, which in lent(present, types, lenders).items()}

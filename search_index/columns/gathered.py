"""Columns: what all entries of one state of an index say, by row.

Rows are the places of entries in the default order.  A column is put together from
those of the leaves when it is first asked for, by one copy for each.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from search_index.columns.leaf import NO_PAIRS, Held, Leaf, Pairs, Tables
from search_index.columns.tables import NONE, Flags
from search_index.entry import Entry

Made = TypeVar("Made")
Rows = NDArray[np.int64]


#: Up to one row in so many are few.
_FEW: Final = 3


class Living(NamedTuple):
    """A leaf, and those of its numbers that were not deleted since."""

    leaf: Leaf
    numbers: Rows


class Columns(Sequence[Entry]):
    """All entries of one state, by row; as a sequence, each as it was stored."""

    def __init__(self, living: Sequence[Living], tables: Tables) -> None:
        self.tables = tables
        self._living = living
        self._made: dict[Hashable, Any] = {}
        places = [one.leaf.dense["place"][one.numbers] for one in living]
        codes = np.concatenate(places) if places else np.empty(0, np.int32)
        order = np.argsort(tables.place.ranks()[codes], kind="stable")
        self.size = len(codes)
        rows = np.empty(self.size, np.int64)
        rows[order] = np.arange(self.size)
        ends = np.cumsum([len(one.numbers) for one in living])
        #: Of each leaf, the rows of those of its entries that are there.
        self._rows = np.split(rows, ends[:-1]) if living else []
        self._places = codes[order]

    # -- one entry after another ---------------------------------------------

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, row: int) -> Entry: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Entry]: ...
    def __getitem__(self, row: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(self.size))]
        if not 0 <= row < self.size:
            raise IndexError(row)
        leaf, number = self.spot(row)
        return leaf.entry(number)

    def spot(self, row: int) -> tuple[Leaf, int]:
        """The leaf that has a row, and its number there."""
        leaves, numbers = self._spots
        return self._living[leaves[row]].leaf, int(numbers[row])

    @cached_property
    def _spots(self) -> tuple[NDArray[np.int16], Rows]:
        leaves = np.empty(self.size, np.int16)
        numbers = np.empty(self.size, np.int64)
        for which, (one, rows) in enumerate(zip(self._living, self._rows, strict=True)):
            leaves[rows] = which
            numbers[rows] = one.numbers
        return leaves, numbers

    def told(self, row: int, name: str) -> int:
        """The number or code that a row has; see :meth:`dense`."""
        leaf, number = self.spot(row)
        return int(leaf.dense[name][number])

    def held(self, row: int, name: str) -> list[int]:
        """The codes of the values that a row holds under that name."""
        leaf, number = self.spot(row)
        pairs = leaf.pairs("values", name)
        # Holders ascend, and are looked through as what they are: others would be converted.
        bounds = np.array((number, number + 1), pairs.holders.dtype)
        first, last = pairs.holders.searchsorted(bounds)
        found: list[int] = pairs.codes[first:last].tolist()
        return found

    def ids(self, rows: Rows) -> tuple[str, ...]:
        values = self.tables.id.values
        return tuple([values[code] for code in self.dense("id")[rows].tolist()])

    def row(self, id: str) -> int | None:
        """The row of the entry of that id."""
        code = self.tables.id.known(id)
        rows = self.row_of_id
        found = rows[code] if 0 <= code < len(rows) else NONE
        return None if found == NONE else int(found)

    @cached_property
    def row_of_id(self) -> NDArray[np.int32]:
        """The row that each id has by its code, as far as they were known then; -1: none."""
        found = np.full(len(self.tables.id), NONE, np.int32)
        found[self.dense("id")] = np.arange(self.size, dtype=np.int32)
        return found

    def place(self, row: int) -> tuple[str, str]:
        """The path and the id of a row."""
        return self.tables.place.values[int(self._places[row])]

    def path(self, row: int) -> str:
        return self.place(row)[0]

    def title(self, row: int) -> str:
        return self.tables.title.values[int(self.dense("title")[row])]

    def span(self, path: str) -> tuple[int, int]:
        """From and up to which row lies what is strictly below *path*."""
        if not path:
            return 0, self.size
        # "0" is the character after "/".
        bounds = (f"{path}/", f"{path}0")
        first, last = (bisect_left(range(self.size), one, key=self.path) for one in bounds)
        return first, last

    @property
    def text_fields(self) -> frozenset[str]:
        """The names that a text can ask for words in."""
        shapes = np.unique(self.dense("shape")).tolist()
        return frozenset({"title"}.union(*(self.tables.shape.values[code] for code in shapes)))

    # -- columns ---------------------------------------------------------------

    def dense(self, name: str) -> NDArray[Any]:
        """The number or code that each row has; see :data:`search_index.columns.leaf.NUMBERS`."""
        return self.kept(name, lambda: self._gathered(lambda leaf: leaf.dense[name]))

    @cached_property
    def groups(self) -> Rows:
        """Rows of the same number are translations of one another."""
        return self._gathered(lambda leaf: leaf.groups)

    def _gathered(self, of: Callable[[Leaf], NDArray[Any]]) -> NDArray[Any]:
        parts = [of(one.leaf)[one.numbers] for one in self._living]
        found = np.empty(self.size, parts[0].dtype if parts else np.int64)
        for rows, part in zip(self._rows, parts, strict=True):
            found[rows] = part
        return found

    def pairs(self, held: Held, name: str) -> Pairs:
        """Which row holds which value, id or key under that name."""
        if not any(one.leaf.holds(held, name) for one in self._living):
            return NO_PAIRS
        return self.kept((held, name), lambda: self._paired(held, name))

    def _paired(self, held: Held, name: str) -> Pairs:
        holders, codes = [], []
        for one, rows in zip(self._living, self.rows, strict=True):
            pairs = one.leaf.pairs(held, name)
            if len(pairs.holders):
                at = rows[pairs.holders]
                there = at >= 0
                holders.append(at[there].astype(np.int32))
                codes.append(pairs.codes[there])
        if not holders:
            return NO_PAIRS
        return Pairs(np.concatenate(holders), np.concatenate(codes))

    def read(self, held: Held, name: str) -> None:
        """Have all that is held under that name read, so that everything has its code."""
        for one in self._living:
            one.leaf.pairs(held, name)

    def pairs_of(self, rows: Rows, held: Held, name: str) -> Pairs:
        """The same of those *rows* only; of few, all others are not even passed over."""
        if len(rows) * _FEW > self.size:
            pairs = self.pairs(held, name)
            there = np.flatnonzero(self.flagged(rows)[pairs.holders])
            return Pairs(pairs.holders[there], pairs.codes[there])
        if not any(one.leaf.holds(held, name) for one in self._living):
            return NO_PAIRS
        leaves, numbers = self._spots
        which, numbers = leaves[rows], numbers[rows]
        found = []
        for leaf in np.flatnonzero(np.bincount(which)).tolist():
            # Nearly always it is one, and has all of them.
            mine = np.flatnonzero(which == leaf)
            at, codes = self._living[leaf].leaf.codes(held, name, numbers[mine])
            found.append(Pairs(rows[mine[at]].astype(np.int32), codes))
        if len(found) == 1:
            return found[0]
        return Pairs(*map(np.concatenate, zip(*found, strict=True))) if found else NO_PAIRS

    def holding(self, held: Held, name: str, codes: Sequence[int]) -> Flags:
        """The rows that hold one of *codes* under that name."""
        flags = np.zeros(self.size + 1, np.bool_)
        wanted = np.array([code for code in codes if code != NONE], np.int32)
        for one, rows in zip(self._living, self.rows, strict=True):
            if one.leaf.holds(held, name):
                # Behind all rows stands what was deleted.
                flags[rows[one.leaf.holders(held, name, wanted)]] = True
        return flags[:-1]

    def names(self, held: Held) -> list[str]:
        """The names under which any entry holds anything, or lately did."""
        return list(dict.fromkeys(name for one in self._living for name in one.leaf.names(held)))

    @cached_property
    def rows(self) -> list[Rows]:
        """For each leaf the row of each of its numbers; -1 where there is none any more."""
        found = []
        for one, rows in zip(self._living, self._rows, strict=True):
            at = np.full(one.leaf.size, NONE, np.int64)
            at[one.numbers] = rows
            found.append(at)
        return found

    def rows_of(self, leaf: str) -> Rows:
        """The row of each number of the leaf of that name."""
        which = next(n for n, one in enumerate(self._living) if one.leaf.name == leaf)
        return self.rows[which]

    def moved(self, before: Columns) -> Rows:
        """For each row of the state *before*, its row now, in the same order; -1: it is gone."""
        now = {one.leaf.name: at for one, at in zip(self._living, self.rows, strict=True)}
        found = np.full(before.size, NONE, np.int64)
        for one, rows in zip(before._living, before._rows, strict=True):
            at = now.get(one.leaf.name)
            if at is not None:
                found[rows] = at[one.numbers]
        return found

    # -- what is made of them ---------------------------------------------------

    def kept(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made under *key* for this state, or is made now; two may make it at once."""
        found: Made | None = self._made.get(key)
        if found is None:
            found = self._made[key] = make()
        return found

    def flagged(self, rows: NDArray[np.integer[Any]] | Sequence[int]) -> Flags:
        """One flag for each row, raised for *rows*."""
        flags = np.zeros(self.size, np.bool_)
        flags[rows] = True
        return flags

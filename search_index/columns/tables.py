"""Tables: a number for each distinct value, so that arrays can hold and compare them.

A value keeps its code for as long as the process lives, also where no entry has it
any more: whoever holds an older state of an index reads the same.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from search_index import facets
from search_index.entry import Order, Typed
from search_index.meaning import comparable

Held = TypeVar("Held", bound=Hashable)

Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

#: New values that are put into the order one by one; more are sorted with all others.
_FEW: Final = 64

#: All integers up to here are floats as well.
_EXACT: Final = 2**53

#: Held while a value gets its code.
_CODING: Final = threading.Lock()

#: Where a code stands for nothing.
NONE: Final = -1


class Table(Generic[Held]):
    """Distinct values by code."""

    def __init__(self) -> None:
        self.values: list[Held] = []
        #: Of as many of the values as it holds: of the others nobody asked yet.
        self._codes: dict[Held, int] = {}

    def __len__(self) -> int:
        return len(self.values)

    def code(self, value: Held) -> int:
        """The code of *value*, which is new to the table or not."""
        found = self.known(value)
        if found != NONE:
            return found
        # Two threads may read the same value in two leaves.
        with _CODING:
            return self._code(value)

    def codes(self, values: Sequence[Held]) -> Codes:
        """The codes of *values*, of which no two are equal."""
        with _CODING:
            if not self.values:
                self.values.extend(values)
                return np.arange(len(values), dtype=np.int32)
            self._look_up()
            return np.fromiter(map(self._code, values), np.int32, len(values))

    def known(self, value: Held) -> int:
        """The code of *value*, or :data:`NONE`."""
        if len(self._codes) < len(self.values):
            with _CODING:
                self._look_up()
        return self._codes.get(value, NONE)

    def _code(self, value: Held) -> int:
        found = self._codes.get(value)
        if found is None:
            # What is read by code is there before its code is told.
            self.values.append(value)
            found = self._codes[value] = len(self.values) - 1
        return found

    def _look_up(self) -> None:
        """Have all values looked up by from now on."""
        first = len(self._codes)
        self._codes.update(zip(self.values[first:], count(first)))

    def flags(self, test: Callable[[Held], Any], codes: NDArray[np.integer[Any]]) -> Flags:
        """For each code, whether *test* says yes to its value; of others than *codes*, no."""
        values = self.values
        flags = np.zeros(len(values), np.bool_)
        # Most values may be nobody's by now.
        for code in np.flatnonzero(np.bincount(codes[codes >= 0])).tolist():
            flags[code] = bool(test(values[code]))
        return flags


class Ranked(Table[Held]):
    """A table that says of its values in which order they come.

    *key* is what a value is compared by; those with equal keys have the same rank.
    """

    def __init__(self, key: Callable[[Held], Any]) -> None:
        super().__init__()
        self._key = key
        self._keys: list[Any] = []
        self._ranks: Floats = np.empty(0, np.float64)
        self._lock = threading.Lock()

    def ranks(self) -> Floats:
        """For each code, a number that compares as the key of its value does."""
        with self._lock:
            known, size = len(self._ranks), len(self.values)
            if size - known > _FEW:
                self._rank_all(self.values[:size])
            elif size > known:
                self._rank_new(self.values[known:size])
            return self._ranks

    def _rank_all(self, values: Sequence[Held]) -> None:
        keys = list(map(self._key, values))
        self._keys = sorted(dict.fromkeys(keys))
        places = {key: place for place, key in enumerate(self._keys)}
        self._ranks = np.fromiter(map(places.__getitem__, keys), np.float64, len(keys))

    def _rank_new(self, values: Sequence[Held]) -> None:
        # Others may be reading the array: what moves is a copy.
        ranks = np.concatenate([self._ranks, np.empty(len(values))])
        known = len(self._ranks)
        for code, key in enumerate(map(self._key, values), start=known):
            place = bisect_left(self._keys, key)
            if place == len(self._keys) or self._keys[place] != key:
                self._keys.insert(place, key)
                ranks[:code][ranks[:code] >= place] += 1
            ranks[code] = place
        self._ranks = ranks


class TypedTable(Ranked[Typed]):
    """The values of one field, each with its type; compared as they are sorted."""

    def __init__(self) -> None:
        super().__init__(comparable)
        self._numbers: Floats = np.empty(0, np.float64)
        self._orders: NDArray[np.int8] = np.empty(0, np.int8)
        self._units: dict[facets.Unit, tuple[Codes, Table[int]]] = {}

    def numbers(self) -> tuple[NDArray[np.int8], Floats]:
        """For each code the type of its value, and the value if it is a number; else NaN.

        So is a number that no float is exactly.
        """
        with self._lock:
            known, size = len(self._numbers), len(self.values)
            if size > known:
                new = self.values[known:size]
                orders = np.array([order for order, _ in new], np.int8)
                numbers = [value if is_exact(order, value) else np.nan for order, value in new]
                self._orders = np.concatenate([self._orders, orders])
                self._numbers = np.concatenate([self._numbers, np.array(numbers, np.float64)])
            return self._orders, self._numbers

    def beginnings(self, unit: facets.Unit) -> tuple[Codes, list[int]]:
        """For each code which of the units it lies in, :data:`NONE` for what is no date; and
        when each of these began."""
        with self._lock:
            codes, table = self._units.setdefault(unit, (np.empty(0, np.int32), Table[int]()))
            known, size = len(codes), len(self.values)
            if size > known:
                new = [
                    table.code(facets.beginning(one[1], unit)) if facets.is_dated(one) else NONE
                    for one in self.values[known:size]
                ]
                codes = np.concatenate([codes, np.array(new, np.int32)])
                self._units[unit] = codes, table
            return codes, table.values

    def ranks(self) -> Floats:
        orders, numbers = self.numbers()
        if len(orders) and (orders == orders[0]).all() and not np.isnan(numbers).any():
            # Numbers of one type are in order as they are.
            return numbers
        return super().ranks()


def is_exact(order: int, value: Any) -> bool:
    """Whether a value is a number that some float is exactly."""
    return order != Order.STRING and abs(value) <= _EXACT


class Derived:
    """What follows from each value of one table, as codes of another."""

    def __init__(self, of: Table[Any], made: Ranked[str], how: Callable[[Any], str]) -> None:
        self._of = of
        self._made = made
        self._how = how
        self._codes: Codes = np.empty(0, np.int32)
        self._lock = threading.Lock()

    def ranks(self) -> Floats:
        """For each code of the first table, the rank in the second of what follows."""
        with self._lock:
            known, size = len(self._codes), len(self._of)
            if size > known:
                new = [self._made.code(self._how(one)) for one in self._of.values[known:size]]
                self._codes = np.concatenate([self._codes, np.array(new, np.int32)])
            codes = self._codes
        return self._made.ranks()[codes]

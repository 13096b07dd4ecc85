"""Sketches: what entries are ordered by, without reading them.

Whoever compares an entry with a cursor asks for its place and for one value or two:
these are in columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search_index.columns.gathered import Columns
from search_index.columns.leaf import NEVER
from search_index.columns.tables import NONE
from search_index.entry import Entry, Typed
from search_index.meaning import DATES, NUMBERS


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches by row; of those that borrow, what they are shown as."""

    columns: Columns
    composed: Mapping[int, Entry]

    def __getitem__(self, row: int) -> Entry | Sketch:
        return self.composed.get(row) or Sketch(self.columns, row)


@dataclass(frozen=True, slots=True)
class Sketch:
    """One row's; has the attributes of an entry that something is ordered by."""

    columns: Columns
    row: int

    @property
    def path(self) -> str:
        return self.columns.place(self.row)[0]

    @property
    def id(self) -> str:
        return self.columns.place(self.row)[1]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def type(self) -> str:
        types: tuple[str, ...] = self._coded("types")
        return types[0]

    @property
    def title(self) -> str:
        return str(self._coded("title"))

    @property
    def locale(self) -> str | None:
        found: str | None = self._coded("locale")
        return found

    def __getattr__(self, name: str) -> int | None:
        """The number or the date of that name."""
        if name not in DATES | NUMBERS:
            raise AttributeError(name)
        found = int(self.columns.dense(name)[self.row])
        return None if found == NEVER else found

    def _coded(self, name: str) -> Any:
        code = int(self.columns.dense(name)[self.row])
        return None if code == NONE else getattr(self.columns.tables, name).values[code]

    @property
    def values(self) -> Sketch:
        return self

    def get(self, name: str) -> tuple[Typed, ...]:
        """The values of a field."""
        codes = self.columns.held(self.row, name)
        held = self.columns.tables.field("values", name).values
        return tuple([held[code] for code in codes])

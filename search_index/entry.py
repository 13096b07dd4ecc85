"""An entry: what the index remembers of one node besides its words.

It is stored with the words, once per node, and is all that ordering, filtering
and comparing ever look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import lru_cache
from typing import Any

import orjson

from content_repo import Kind


class Order(IntEnum):
    """The type of a value; values of different types are ordered by it."""

    BOOLEAN = 0
    NUMBER = 1
    DATE = 2
    STRING = 3


#: A value with its type.  Dates are numbers of milliseconds, told apart by the order.
Typed = tuple[int, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One node of one side.

    ``number`` is by what the repository finds it soonest.
    ``types`` are its type and all that it extends.  ``values`` holds the values
    of fields by (dotted) name, ``refs`` the ids that they point at, ``keys`` the
    category keys by taxonomy (the empty name: of no particular one).  ``group`` is
    its translations', ``present`` names the fields that say something.

    Its texts are one row of places; ``spans`` says by field where each begins and
    ends there, in turn.  ``units`` counts those of the title and of all else,
    ``language`` is that of its stems, and ``digest`` stands for its words.
    """

    id: str
    number: int
    kind: Kind
    types: tuple[str, ...]
    path: str
    locale: str | None
    rank: int
    title: str
    created_at: int
    modified_at: int
    published_at: int | None
    revision: int
    values: Mapping[str, tuple[Typed, ...]]
    refs: Mapping[str, tuple[str, ...]]
    keys: Mapping[str, tuple[str, ...]]
    group: str
    present: tuple[str, ...]
    language: str | None
    spans: Mapping[str, tuple[int, ...]]
    units: tuple[int, int]
    digest: str

    @property
    def type(self) -> str:
        return self.types[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def differing(self, other: Entry) -> list[str]:
        """The names of what is not the same in both."""
        names = (one.name for one in fields(self))
        return [name for name in names if getattr(self, name) != getattr(other, name)]

    def dumps(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def loads(cls, stored: bytes) -> Entry:
        found = orjson.loads(stored)
        found["kind"] = Kind(found["kind"])
        found["types"] = _shared(tuple(found["types"]))
        found["values"] = {
            name: tuple([(order, value) for order, value in values])
            for name, values in found["values"].items()
        }
        for name in ("refs", "keys", "spans"):
            found[name] = {key: tuple(some) for key, some in found[name].items()}
        found["present"] = _shared(tuple(found["present"]))
        found["units"] = tuple(found["units"])
        return cls(**found)


@lru_cache(maxsize=1024)
def _shared(names: tuple[str, ...]) -> tuple[str, ...]:
    """Ten thousand entries of a type need its names once."""
    return names

"""Leaves: what one segment's entries say, as codes and numbers by their place in it.

A segment never changes, so neither does its leaf.  Entries are kept as they were
stored; one is taken apart again only where more has to be told of it than columns do.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from content_repo import Kind
from search_index.columns.tables import NONE, Codes, Derived, Ranked, Table, TypedTable
from search_index.entry import Entry, Order
from search_index.occurrences import Source
from search_index.words import Segment

Numbers = NDArray[np.int64]

#: Stands for a moment that there never was.
NEVER: Final = np.iinfo(np.int64).min

#: In characters; a field with longer strings is read when somebody asks for it.
_LONG: Final = 128

#: What of its fields an entry tells: their values, what they point at, or keys by taxonomy.
Held = Literal["values", "refs", "keys"]

#: Numbers, one for each entry.
NUMBERS: Final = (
    "rank", "revision", "created_at", "modified_at", "published_at", "depth", "titled", "texts",
)  # fmt: skip

#: Codes, one for each entry.
CODED: Final = ("id", "place", "kind", "types", "locale", "language", "presence", "title", "shape")


class Pairs(NamedTuple):
    """Who holds what: an entry may hold several codes, each once, or none."""

    holders: NDArray[np.int32]
    codes: Codes


NO_PAIRS: Final = Pairs(np.empty(0, np.int32), np.empty(0, np.int32))


class Tables:
    """The tables of all leaves of an index, one after another of which it is made."""

    def __init__(self) -> None:
        self.id = Ranked[str](_itself)
        #: Path and id, by which rows are numbered.
        self.place = Ranked[tuple[str, str]](_itself)
        self.title = Ranked[str](str.casefold)
        self.name = Derived(self.place, Ranked(str.casefold), lambda at: at[0].rpartition("/")[2])
        self.kind = Table[Kind]()
        self.types = Ranked[tuple[str, ...]](itemgetter(0))
        self.locale = Ranked[str](_itself)
        self.language = Table[str]()
        #: What translations can lend each other follows from types and present fields.
        self.presence = Table[tuple[tuple[str, ...], tuple[str, ...]]]()
        #: The names of all fields with texts.
        self.shape = Table[tuple[str, ...]]()
        self._fields: dict[tuple[Held, str], Table[Any]] = {}

    def field(self, held: Held, name: str) -> Table[Any]:
        """The table of the values, or keys, of that name; ids have one for all names.

        Where nothing was ever held under the name, it is an empty one, which is not kept.
        """
        if held == "refs":
            return self.id
        found = self._fields.get((held, name))
        return _made(held) if found is None else found

    def made(self, held: Held, name: str) -> Table[Any]:
        """The same table, kept from now on."""
        if held == "refs":
            return self.id
        found = self._fields.get((held, name))
        return self._fields.setdefault((held, name), _made(held)) if found is None else found


def _made(held: Held) -> Table[Any]:
    return TypedTable() if held == "values" else Table[str]()


def _itself(value: Any) -> Any:
    return value


class Leaf:
    """The entries of one segment."""

    def __init__(self, name: str, stored: Sequence[bytes | None], tables: Tables) -> None:
        self.name = name
        self.size = len(stored)
        self._stored = stored
        self._tables = tables
        self._pairs: dict[tuple[Held, str], Pairs] = {}
        self._lock = threading.Lock()
        #: Which of the places hold an entry, and who their translations are.
        self.numbers = np.array([n for n, one in enumerate(stored) if one is not None], np.int64)
        self.groups: Numbers = np.zeros(self.size, np.int64)
        self.dense: dict[str, NDArray[Any]] = {
            **{name: np.zeros(self.size, np.int64) for name in NUMBERS},
            **{name: np.full(self.size, NONE, np.int32) for name in CODED},
        }
        _Reading(self).read(tables)

    def entry(self, number: int) -> Entry:
        stored = self._stored[number]
        assert stored is not None
        return Entry.loads(stored)

    def told(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each entry as it is stored, with its number."""
        for number, stored in enumerate(self._stored):
            if stored is not None:
                yield number, orjson.loads(stored)

    def languages(self) -> dict[str, Numbers]:
        """The numbers of the entries of each language."""
        codes, values = self.dense["language"], self._tables.language.values
        there = np.unique(codes[codes != NONE]).tolist()
        return {values[code]: np.flatnonzero(codes == code) for code in there}

    def spans(self, number: int) -> dict[str, list[int]]:
        """Where the texts of each field of an entry begin and end, in turn."""
        found: dict[str, list[int]] = orjson.loads(self._stored[number] or b"{}")["spans"]
        return found

    def words(self, source: Source) -> Segment:
        """The words of these entries, of which *source* has the postings."""
        return Segment(
            self.name,
            source,
            languages=self.languages(),
            size=self.size,
            numbers=self.numbers.tolist(),
            spans=self.spans,
        )

    def names(self, held: Held) -> list[str]:
        """The names under which any entry holds anything."""
        return [name for one, name in self._pairs if one == held]

    def holds(self, held: Held, name: str) -> bool:
        """Whether any entry holds anything under that name."""
        return (held, name) in self._pairs

    def pairs(self, held: Held, name: str) -> Pairs:
        """Which entry holds which value, id or key under that name."""
        found = self._pairs.get((held, name), NO_PAIRS)
        if found is not _LONG_ONES:
            return found
        with self._lock:
            if self._pairs[held, name] is _LONG_ONES:
                self._pairs[held, name] = self._read(held, name)
            return self._pairs[held, name]

    def _read(self, held: Held, name: str) -> Pairs:
        """What holds strings that are not kept for each entry from the start."""
        code = self._tables.made(held, name).code
        holders, codes = [], []
        for number, told in self.told():
            for value in dict.fromkeys(map(tuple, told[held].get(name, ()))):
                holders.append(number)
                codes.append(code(value))
        return Pairs(np.array(holders, np.int32), np.array(codes, np.int32))


#: Stands where strings are long, until somebody asks for them.
_LONG_ONES: Final = Pairs(np.empty(0, np.int32), np.empty(0, np.int32))


class _Reading:
    """Taking all entries of a leaf apart, once."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._found: dict[tuple[Held, str], tuple[list[int], list[int]]] = {}
        self._long: set[str] = set()

    def read(self, tables: Tables) -> None:
        leaf = self._leaf
        kinds: dict[str, int] = {one.value: tables.kind.code(one) for one in Kind}
        columns: dict[str, list[int]] = {name: [] for name in (*NUMBERS, *CODED)}
        groups: list[int] = []
        for number, told in leaf.told():
            id, path = told["id"], told["path"]
            types, published = tuple(told["types"]), told["published_at"]
            titled, texts = told["units"]
            locale, language = told["locale"], told["language"]
            for name, value in zip(
                columns,
                (
                    told["rank"], told["revision"], told["created_at"], told["modified_at"],
                    NEVER if published is None else published,
                    path.count("/"), titled, texts,
                    tables.id.code(id), tables.place.code((path, id)), kinds[told["kind"]],
                    tables.types.code(types),
                    NONE if locale is None else tables.locale.code(locale),
                    NONE if language is None else tables.language.code(language),
                    tables.presence.code((types, tuple(told["present"]))),
                    tables.title.code(told["title"]), tables.shape.code(tuple(told["spans"])),
                ),
                strict=True,
            ):  # fmt: skip
                columns[name].append(value)
            # A group may hold nodes of several kinds; one does not stand for another.
            groups.append(hash((told["kind"], told["group"])))
            self._take_fields(number, told, tables)
        for name, values in columns.items():
            leaf.dense[name][leaf.numbers] = values
        leaf.groups[leaf.numbers] = groups
        self._keep()

    def _take_fields(self, number: int, told: Mapping[str, Any], tables: Tables) -> None:
        for name, values in told["values"].items():
            for value in values if len(values) < 2 else dict.fromkeys(map(tuple, values)):
                order, bare = value
                if order == Order.STRING and len(bare) > _LONG:
                    self._long.add(name)
                if name not in self._long:
                    self._take("values", name, number, (order, bare), tables)
        for name, ids in told["refs"].items():
            for id in ids:
                self._take("refs", name, number, id, tables)
        for name, keys in told["keys"].items():
            for key in keys:
                self._take("keys", name, number, key, tables)

    def _take(self, held: Held, name: str, number: int, value: Any, tables: Tables) -> None:
        holders, codes = self._found.setdefault((held, name), ([], []))
        holders.append(number)
        codes.append(tables.made(held, name).code(value))

    def _keep(self) -> None:
        pairs = self._leaf._pairs
        for (held, name), (holders, codes) in self._found.items():
            pairs[held, name] = Pairs(np.array(holders, np.int32), np.array(codes, np.int32))
        for name in self._long:
            pairs["values", name] = _LONG_ONES

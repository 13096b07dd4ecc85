"""Leaves: what one segment's entries say, as codes and numbers by their place in it.

A segment never changes, so neither does its leaf.  Entries stay where they are stored;
one is read again only where more has to be told of it than columns do.
"""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from content_repo import Kind
from search_index.columns.tables import NONE, Codes, Derived, Flags, Ranked, Table, TypedTable
from search_index.entry import Entry, Order
from search_index.occurrences import Source
from search_index.segment import Segment, Spans

Numbers = NDArray[np.int64]

#: Stands for a moment that there never was.
NEVER: Final = np.iinfo(np.int64).min

#: In characters; a field with longer strings is read when somebody asks for it.
LONG: Final = 128

#: What of its fields an entry tells: their values, what they point at, or keys by taxonomy.
Held = Literal["values", "refs", "keys"]

#: Numbers, one for each entry.
NUMBERS: Final = (
    "number", "rank", "revision", "created_at", "modified_at", "published_at", "depth", "titled",
    "texts",
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

    def coded(self, name: str) -> Table[Any]:
        """The table of a coded column."""
        found: Table[Any] = getattr(self, name)
        return found

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


@dataclass(frozen=True, slots=True)
class Said:
    """What the entries of one segment say, in codes of its own.

    ``numbers`` are the places that hold an entry; translations of each other have equal
    ``groups``.  ``tables`` has the values of each coded column by code, but of places the
    ``paths`` alone, and in ``owners`` the codes of the ids.  ``fields`` has values and keys
    by code, and ``long`` the names of those fields whose strings are not said; ``spans``
    says where texts are, by the names of fields.
    """

    numbers: Numbers
    groups: Numbers
    dense: Mapping[str, NDArray[Any]]
    tables: Mapping[str, Sequence[Any]]
    paths: Sequence[str]
    owners: Codes
    pairs: Mapping[tuple[Held, str], Pairs]
    fields: Mapping[tuple[Held, str], Sequence[Any]]
    long: Sequence[str]
    spans: Mapping[str, Spans]


class Leaf:
    """The entries of one segment.

    *stored* has each of them as it is stored, and may read it only when it is asked for;
    *said* is what they are known to say, if it is.
    """

    def __init__(
        self,
        name: str,
        stored: Sequence[bytes | None],
        tables: Tables,
        said: Said | None = None,
    ) -> None:
        said = said or read(stored)
        self.name = name
        self.size = len(stored)
        self._stored = stored
        self._tables = tables
        self._lock = threading.Lock()
        #: Which of the places hold an entry, and who their translations are.
        self.numbers = said.numbers
        self.groups = said.groups
        codes = _coded(said, tables)
        self.dense: dict[str, NDArray[Any]] = {
            name: codes[name][column] if name in codes else column
            for name, column in said.dense.items()
        }
        self._pairs = _paired(said, tables, codes["id"])
        self._found: dict[tuple[Held, str], _Lookup] = {}
        self._inverted: dict[tuple[Held, str], _Inverted] = {}
        #: Where the texts of each field are.
        self.spans = said.spans

    def entry(self, number: int) -> Entry:
        stored = self._stored[number]
        assert stored is not None
        return Entry.loads(stored)

    def told(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each entry as it is stored, with its number."""
        return _told(self._stored)

    def languages(self) -> dict[str, Flags]:
        """For each language a flag for each number, raised where the entry is of it."""
        codes, values = self.dense["language"], self._tables.language.values
        there = np.flatnonzero(np.bincount(codes[codes != NONE])).tolist()
        return {values[code]: codes == code for code in there}

    def words(self, source: Source) -> Segment:
        """The words of these entries, of which *source* has the postings."""
        return Segment(
            self.name,
            source,
            languages=self.languages(),
            size=self.size,
            numbers=self.numbers,
            units=(self.dense["titled"], self.dense["texts"]),
            spans=lambda: self.spans,
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

    def codes(self, held: Held, name: str, numbers: Numbers) -> tuple[Numbers, Codes]:
        """Which of those *numbers*, by their places, hold something, and what: one for each."""
        found = self._found.get((held, name))
        if found is None:
            found = self._found[held, name] = _Lookup.of(self.pairs(held, name), self.size)
        return found.codes(numbers)

    def holders(self, held: Held, name: str, codes: Codes) -> Numbers:
        """The numbers of those that hold one of *codes*, in no order, maybe several times."""
        found = self._inverted.get((held, name))
        if found is None:
            found = self._inverted[held, name] = _Inverted.of(self.pairs(held, name))
        return found.holders_of(codes)

    def _read(self, held: Held, name: str) -> Pairs:
        """What holds strings that are not kept for each entry from the start."""
        code = self._tables.made(held, name).code
        holders, codes = [], []
        for number, told in self.told():
            for value in dict.fromkeys(map(tuple, told[held].get(name, ()))):
                holders.append(number)
                codes.append(code(value))
        return Pairs(np.array(holders, np.int32), np.array(codes, np.int32))


class _Lookup(NamedTuple):
    """Pairs by number: ``first`` says where the codes of each begin; or, where none has
    several, what its code is."""

    pairs: Pairs
    first: Codes
    is_single: bool

    @classmethod
    def of(cls, pairs: Pairs, size: int) -> _Lookup:
        # Holders ascend.
        starts = np.searchsorted(pairs.holders, np.arange(size + 1, dtype=np.int32))
        if (np.diff(starts) > 1).any():
            return cls(pairs, starts.astype(np.int32), is_single=False)
        codes = np.full(size, NONE, np.int32)
        codes[pairs.holders] = pairs.codes
        return cls(pairs, codes, is_single=True)

    def codes(self, numbers: Numbers) -> tuple[Numbers, Codes]:
        """See :meth:`Leaf.codes`."""
        first = self.first[numbers]
        if self.is_single:
            at = np.flatnonzero(first != NONE)
            return at, first if len(at) == len(first) else first[at]
        sizes = self.first[numbers + 1] - first
        ends = np.cumsum(sizes)
        spread = np.arange(ends[-1] if len(ends) else 0)
        codes = self.pairs.codes[np.repeat(first - ends + sizes, sizes) + spread]
        return np.repeat(np.arange(len(numbers)), sizes), codes


class _Inverted(NamedTuple):
    """Pairs by code: in the order of codes, and of these each once with where it begins."""

    holders: NDArray[np.int32]
    codes: Codes
    starts: Numbers

    @classmethod
    def of(cls, pairs: Pairs) -> _Inverted:
        order = np.argsort(pairs.codes, kind="stable")
        codes, starts = np.unique(pairs.codes[order], return_index=True)
        return cls(pairs.holders[order], codes, np.append(starts, len(order)))

    def holders_of(self, codes: Codes) -> Numbers:
        """See :meth:`Leaf.holders`."""
        first, last = (np.searchsorted(self.codes, codes, side) for side in _SIDES)
        ends = zip(self.starts[first].tolist(), self.starts[last].tolist(), strict=True)
        runs = [self.holders[start:end] for start, end in ends if start < end]
        return np.concatenate([np.empty(0, np.int64), *runs])


_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")


#: Stands where strings are long, until somebody asks for them.
_LONG_ONES: Final = Pairs(np.empty(0, np.int32), np.empty(0, np.int32))


def _coded(said: Said, tables: Tables) -> dict[str, Codes]:
    """For each coded column, what its codes are in *tables*; the last stands for nothing."""
    values = {**said.tables, "kind": [Kind(one) for one in said.tables["kind"]]}
    found = {name: tables.coded(name).codes(some) for name, some in values.items()}
    # Strings of ids are many: places have the same as the table of ids.
    ids = map(tables.id.values.__getitem__, found["id"][said.owners].tolist())
    found["place"] = tables.place.codes(list(zip(said.paths, ids, strict=True)))
    return {name: np.append(codes, np.int32(NONE)) for name, codes in found.items()}


def _paired(said: Said, tables: Tables, ids: Codes) -> dict[tuple[Held, str], Pairs]:
    """Who holds what, by the codes of *tables*; *ids* has those of ids."""
    found = {}
    for (held, name), (holders, own) in said.pairs.items():
        codes = ids
        if held != "refs":
            codes = tables.made(held, name).codes(said.fields[held, name])
        found[held, name] = Pairs(holders, codes[own])
    return {**found, **{("values", name): _LONG_ONES for name in said.long}}


def read(stored: Sequence[bytes | None]) -> Said:
    """What *stored* entries say."""
    return _Reading(stored).said()


def _told(stored: Sequence[bytes | None]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each of the *stored* entries, with its number."""
    for number, one in enumerate(stored):
        if one is not None:
            yield number, orjson.loads(one)


class _Reading:
    """Taking all entries of a segment apart, once."""

    def __init__(self, stored: Sequence[bytes | None]) -> None:
        self._size = len(stored)
        self._numbers: list[int] = []
        self._groups: list[int] = []
        self._columns: dict[str, list[int]] = {name: [] for name in (*NUMBERS, *CODED)}
        self._tables: dict[str, dict[Any, int]] = {name: {} for name in CODED}
        self._fields: dict[tuple[Held, str], dict[Any, int]] = defaultdict(dict)
        self._pairs: dict[tuple[Held, str], tuple[list[int], list[int]]] = {}
        self._long: set[str] = set()
        self._spans: dict[str, tuple[list[int], list[int], list[int]]] = {}
        #: Titles are values as well, and ids are pointed at: each string is kept once.
        self._strings: dict[str, str] = {}
        for number, told in _told(stored):
            self._take_node(number, told)
            self._take_fields(number, told)
            self._take_spans(number, told["spans"])

    def _take_node(self, number: int, told: Mapping[str, Any]) -> None:
        id, path, published = self._same(told["id"]), told["path"], told["published_at"]
        types, (titled, texts) = tuple(told["types"]), told["units"]
        numbers = (
            told["number"], told["rank"], told["revision"], told["created_at"], told["modified_at"],
            NEVER if published is None else published, path.count("/"), titled, texts,
        )  # fmt: skip
        values = (
            id, (path, id), told["kind"], types, told["locale"], told["language"],
            (types, tuple(told["present"])), self._same(told["title"]), tuple(told["spans"]),
        )  # fmt: skip
        for name, value in zip(NUMBERS, numbers, strict=True):
            self._columns[name].append(value)
        for name, value in zip(CODED, values, strict=True):
            self._columns[name].append(NONE if value is None else _code(self._tables[name], value))
        self._numbers.append(number)
        self._groups.append(_group(told["kind"], told["group"]))

    def _take_fields(self, number: int, told: Mapping[str, Any]) -> None:
        for name, values in told["values"].items():
            for value in values if len(values) < 2 else dict.fromkeys(map(tuple, values)):
                order, bare = value
                if order == Order.STRING:
                    bare = self._same(bare)
                    if len(bare) > LONG:
                        self._long.add(name)
                if name not in self._long:
                    self._take("values", name, number, (order, bare))
        for name, ids in told["refs"].items():
            for id in ids:
                self._take("refs", name, number, self._same(id))
        for name, keys in told["keys"].items():
            for key in keys:
                self._take("keys", name, number, key)

    def _take_spans(self, number: int, spans: Mapping[str, Sequence[int]]) -> None:
        for name, places in spans.items():
            numbers, first, last = self._spans.setdefault(name, ([], [], []))
            numbers += [number] * (len(places) // 2)
            first += places[::2]
            last += places[1::2]

    def _take(self, held: Held, name: str, number: int, value: Any) -> None:
        known = self._tables["id"] if held == "refs" else self._fields[held, name]
        holders, codes = self._pairs.setdefault((held, name), ([], []))
        holders.append(number)
        codes.append(_code(known, value))

    def _same(self, string: str) -> str:
        return self._strings.setdefault(string, string)

    def said(self) -> Said:
        numbers = np.array(self._numbers, np.int64)
        dense: dict[str, NDArray[Any]] = {
            **{name: np.zeros(self._size, np.int64) for name in NUMBERS},
            **{name: np.full(self._size, NONE, np.int32) for name in CODED},
        }
        for name, column in self._columns.items():
            dense[name][numbers] = column
        groups = np.zeros(self._size, np.int64)
        groups[numbers] = self._groups
        places, ids = self._tables.pop("place"), self._tables["id"]
        is_long = {("values", name) for name in self._long}
        return Said(
            numbers,
            groups,
            dense,
            {name: list(codes) for name, codes in self._tables.items()},
            [path for path, _ in places],
            np.array([ids[id] for _, id in places], np.int32),
            {key: _arrays(*lists) for key, lists in self._pairs.items() if key not in is_long},
            {key: list(codes) for key, codes in self._fields.items() if key not in is_long},
            sorted(self._long),
            {
                name: Spans(*(np.array(some, np.uint32) for some in lists))
                for name, lists in self._spans.items()
            },
        )


def _code(codes: dict[Any, int], value: Any) -> int:
    return codes.setdefault(value, len(codes))


def _group(kind: str, group: str) -> int:
    """The same number in each process; a group may hold nodes of several kinds, of which one
    does not stand for another."""
    digest = hashlib.blake2b(f"{kind} {group}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _arrays(holders: Sequence[int], codes: Sequence[int]) -> Pairs:
    return Pairs(np.array(holders, np.int32), np.array(codes, np.int32))

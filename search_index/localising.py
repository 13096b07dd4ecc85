"""Localising: what a reader of one locale is shown of translations.

Of each translation group the member that comes first in the reader's locales,
and of the others what it lacks.  What has no locale is everybody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np

from content_repo import Kind, locales
from content_repo.translations import Lender, lent
from search_index.entry import Entry, Typed
from search_index.postings import Flags

Held = TypeVar("Held")

#: A kind, and what its nodes that are translations of each other have in common.
Group = tuple[Kind, str]

#: The field that entries are called by; its length is counted apart from all others.
TITLE: Final = "title"


@dataclass(frozen=True)
class View:
    """Entries by row as a reader is shown them; rows that are not shown are not in ``rows``.

    ``lenders`` says of rows that borrow which row each of their fields comes from,
    ``groups`` of a kind and a translation group which row is shown.
    """

    entries: Sequence[Entry]
    rows: Sequence[int]
    lenders: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    groups: Mapping[Group, int] = field(default_factory=dict)

    @cached_property
    def flags(self) -> Flags:
        """One for each row, raised for those that are shown."""
        flags = np.zeros(len(self.entries), np.bool_)
        flags[self.rows] = True
        return flags

    @property
    def size(self) -> int:
        return len(self.rows)

    def title(self, row: int) -> str:
        return self.entries[row].title

    def shown(self, row: int) -> Entry | None:
        """What the reader is shown for the entry of that *row*: the same or another translation."""
        entry = self.entries[row]
        if entry.locale is None:
            return entry
        place = self.groups.get(_group(entry))
        return None if place is None else self.entries[place]


def localised(
    entries: Sequence[Entry], among: Iterable[int], wanted: Sequence[str], *, borrowing: bool
) -> View:
    """The view of the rows *among* for who reads *wanted*: BCP 47 tags, the best first."""
    rank = {tag: number for number, tag in enumerate(wanted if borrowing else wanted[:1])}
    groups: dict[Group, list[tuple[int, int]]] = {}
    rows: list[int] = []
    for row in among:
        entry = entries[row]
        if entry.locale is None:
            rows.append(row)
        elif (place := rank.get(locales.tag(entry.locale))) is not None:
            groups.setdefault(_group(entry), []).append((place, row))
    shown = list(entries)
    lenders: dict[int, Mapping[str, int]] = {}
    best: dict[Group, int] = {}
    for group, members in groups.items():
        (_, row), *others = sorted(members)
        rows.append(row)
        best[group] = row
        if others:
            lending = _lenders(entries, row, [other for _, other in others])
            if lending:
                lenders[row] = lending
                shown[row] = composed(entries, row, lending)
    return View(shown, sorted(rows), lenders, best)


def _group(entry: Entry) -> Group:
    # A group may hold nodes of several kinds; one does not stand for another.
    return entry.kind, entry.group


def _lenders(entries: Sequence[Entry], row: int, others: Iterable[int]) -> dict[str, int]:
    entry, by_id = entries[row], {entries[other].id: other for other in others}
    lenders = (Lender(id, entries[n].type, entries[n].present) for id, n in by_id.items())
    found = lent(entry.present, entry.types, lenders)
    return {name: by_id[id] for name, id in found.items()}


def composed(entries: Sequence[Entry], row: int, lending: Mapping[str, int]) -> Entry:
    """The entry of *row* with what it borrows; but for where its texts are, which are its own."""
    entry = entries[row]
    known = {*entry.present, *lending}
    # An empty text is no value to be found by where something else is shown.
    values = _without(entry.values, known, lending)
    refs = _without(entry.refs, known, lending)
    keys, title, (titled, units) = dict(entry.keys), entry.title, entry.units
    for lender, names in _by_lender(lending).items():
        other = entries[lender]
        lent_values = _of(other.values, other.present, names)
        values |= lent_values
        refs |= _of(other.refs, other.present, names)
        for taxonomy, some in _keys(other, lent_values.values()):
            keys[taxonomy] = tuple(dict.fromkeys((*keys.get(taxonomy, ()), *some)))
        units += _units(other, names)
        if TITLE in names:
            title, titled = other.title, other.units[0]
    return replace(
        entry,
        title=title,
        units=(titled, units),
        values=values,
        refs=refs,
        keys=keys,
        present=(*entry.present, *lending),
    )


def _by_lender(lending: Mapping[str, int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name, lender in lending.items():
        found.setdefault(lender, set()).add(name)
    return found


def _of(
    held: Mapping[str, Held], known: Collection[str], names: Collection[str]
) -> dict[str, Held]:
    """What is *held* by one of the fields *names*, or within it; *known* are all fields."""
    return {key: some for key, some in held.items() if _owner(key, known) in names}


def _without(
    held: Mapping[str, Held], known: Collection[str], names: Collection[str]
) -> dict[str, Held]:
    return {key: some for key, some in held.items() if _owner(key, known) not in names}


def _owner(key: str, known: Collection[str]) -> str | None:
    """Of which field a dotted *key* is; its name may hold dots itself.

    >>> _owner("a.b.c", ["a", "a.b"]), _owner("a.c", ["a", "a.b"]), _owner("ab", ["a"])
    ('a.b', 'a', None)
    """
    at = key
    while at and at not in known:
        at = at.rpartition(".")[0]
    return at or None


def _keys(entry: Entry, lent_values: Iterable[Sequence[Typed]]) -> Iterator[tuple[str, list[Any]]]:
    """The category keys among values that are lent, by taxonomy.

    An entry notes its keys by taxonomy, and not by field: those of a field are its values.
    """
    lists = [[value for _, value in some] for some in lent_values] if entry.keys else []
    for taxonomy, known in entry.keys.items():
        for some in lists:
            if set(known).issuperset(some):
                yield taxonomy, some


def _units(entry: Entry, names: Collection[str]) -> int:
    """How many units the texts of some fields have, and of all that is within them."""
    return sum(
        (last - first) // 2
        for name, places in entry.spans.items()
        if _owner(name, names)
        for first, last in zip(places[::2], places[1::2], strict=True)
    )

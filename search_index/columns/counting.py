"""Counting: the values of a facet among some rows, as :mod:`search_index.facets` says.

Rows hold codes, each of them once.  A code counts for one value, for several (a
category, and those above it), or for none; two codes of a row may count for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from content_repo import locales
from search_index import facets, meaning
from search_index.columns.gathered import Columns, Rows
from search_index.columns.leaf import NEVER, Pairs
from search_index.columns.ordering import Composed
from search_index.columns.selecting import Seen
from search_index.columns.tables import NONE, TypedTable
from search_index.entry import Entry, Order, Typed
from search_index.query import Counted, Facet

_STRING = Order.STRING.value
_DAY = 24 * 60 * 60 * 1000


class _Part(NamedTuple):
    """Who holds which code, how many codes there are, and what each stands for, if anything.

    The codes of one row follow one another.
    """

    pairs: Pairs
    size: int
    value: Callable[[int], Typed | None]


def counted(
    columns: Columns, asked: Sequence[Facet], rows: Rows, composed: Composed, seen: Seen
) -> tuple[Counted, ...]:
    """How many of *rows* have each value, for each facet that is *asked*."""
    shown: list[Entry] = []
    if composed:
        among = columns.flagged(rows)
        shown = [entry for row, entry in composed.items() if among[row]]
        among[list(composed)] = False
        rows = np.flatnonzero(among)
    found = []
    for facet in asked:
        tally = facets.Tally(facet)
        for part in _parts(columns, rows, facet, seen):
            _add(tally, part)
        for entry in shown:
            tally.take(facets.values(facet, seen)(entry))
        found.append(tally.counted())
    return tuple(found)


def _add(tally: facets.Tally, part: _Part) -> None:
    """Count all pairs of a part."""
    holders, codes = part.pairs
    counts = np.bincount(codes, minlength=part.size)
    present = np.flatnonzero(counts)
    of_code = [part.value(code) for code in present.tolist()]
    standing = holders
    if None in of_code:
        stands = np.zeros(part.size, np.bool_)
        stands[present] = [one is not None for one in of_code]
        standing = holders[stands[codes]]
    is_repeated = bool((standing[1:] == standing[:-1]).any())
    tally.is_single &= not is_repeated
    tally.hold(one for one in of_code if one is not None)
    counting = [() if one is None else tuple(tally.counting((one,))) for one in of_code]
    every = [one for some in counting for one in some]
    is_plain = len(set(every)) == len(every) and all(len(some) < 2 for some in counting)
    if is_plain and not (is_repeated and tally.facet.unit):
        # Each code counts for one value, and no other does for the same.
        for some, count in zip(counting, counts[present].tolist(), strict=True):
            for one in some:
                tally.found[one] += count
        return
    numbers = {one: number for number, one in enumerate(dict.fromkeys(every))}
    targets = np.array([numbers[one] for one in every], np.int64)
    sizes = np.zeros(part.size, np.int64)
    sizes[present] = list(map(len, counting))
    firsts = np.cumsum(sizes) - sizes
    spread = np.repeat(firsts[codes], sizes[codes]) + _counting_up(sizes[codes])
    whose = np.repeat(holders.astype(np.int64), sizes[codes])
    once = np.unique(whose * len(numbers) + targets[spread]) % max(1, len(numbers))
    for one, count in zip(numbers, np.bincount(once, minlength=len(numbers)).tolist(), strict=True):
        tally.found[one] += count


def _counting_up(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """From nought up to each of *sizes*, one after another."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - sizes, sizes)


# -- who holds what -----------------------------------------------------------


def _parts(columns: Columns, rows: Rows, facet: Facet, seen: Seen) -> Iterator[_Part]:
    if facet.of == "node":
        yield _of_node(columns, rows, facet)
        return
    tables = columns.tables
    # Values may only now be read, and get their table.
    pairs = columns.pairs_of(rows, "values", facet.name)
    table = tables.field("values", facet.name)
    assert isinstance(table, TypedTable)
    if facet.unit is not None:
        yield _by_unit(pairs, table, facet.unit)
        return

    def own(code: int) -> Typed | None:
        value: Typed = table.values[code]
        return None if facets.is_passed_over(facet, value) else value

    def target(code: int) -> Typed | None:
        entry = seen(tables.id.values[code])
        return None if entry is None else (_STRING, entry.id)

    yield _Part(pairs, len(table), own)
    refs = columns.pairs_of(rows, "refs", facet.name)
    if len(refs.holders):
        yield _Part(refs, len(tables.id), target)


def _by_unit(pairs: Pairs, table: TypedTable, unit: facets.Unit) -> _Part:
    """Dates by their unit; what is none stands behind all units, as what it is."""
    units, begun = table.beginnings(unit)
    # There may be more of them the next moment.
    dated = len(begun)
    codes = units[pairs.codes]
    undated = codes == NONE
    others: Sequence[int] = ()
    if undated.any():
        distinct, numbers = np.unique(pairs.codes[undated], return_inverse=True)
        codes[undated] = dated + numbers
        others = distinct.tolist()

    def value(code: int) -> Typed:
        if code < dated:
            return Order.DATE.value, begun[code]
        value: Typed = table.values[others[code - dated]]
        return value

    return _Part(Pairs(pairs.holders, codes), dated + len(others), value)


def _of_node(columns: Columns, rows: Rows, facet: Facet) -> _Part:
    name, tables = facet.name, columns.tables
    if name not in meaning.NODE_KEYS:
        raise ValueError(f"not one of {sorted(meaning.NODE_KEYS)}: {name!r}")
    if name in meaning.DATES or name in meaning.NUMBERS:
        return _of_number(columns, rows, facet)
    places, types, titles = tables.place.values, tables.types.values, tables.title.values
    column, text = {
        "locale": ("locale", lambda code: locales.tag(tables.locale.values[code])),
        "type": ("types", lambda code: types[code][0]),
        "name": ("place", lambda code: places[code][0].rpartition("/")[2]),
        "path": ("place", lambda code: places[code][0]),
        "id": ("id", lambda code: tables.id.values[code]),
        "title": ("title", lambda code: titles[code]),
    }[name]
    return _coded(columns, rows, column, text)


def _coded(columns: Columns, rows: Rows, column: str, text: Callable[[int], str]) -> _Part:
    codes = columns.dense(column)[rows]
    there = codes != NONE
    size = int(codes.max(initial=-1)) + 1
    pairs = Pairs(rows[there].astype(np.int32), codes[there])
    return _Part(pairs, size, lambda code: (_STRING, text(code)))


def _of_number(columns: Columns, rows: Rows, facet: Facet) -> _Part:
    """Numbers, or moments; these, by the day if units are counted, which none is within."""
    numbers = columns.dense(facet.name)[rows]
    there = numbers != NEVER
    order = Order.DATE if facet.name in meaning.DATES else Order.NUMBER
    held = numbers[there]
    if facet.unit is not None:
        held = held // _DAY * _DAY
    distinct, codes = np.unique(held, return_inverse=True)
    values = distinct.tolist()
    pairs = Pairs(rows[there].astype(np.int32), codes.astype(np.int32))
    return _Part(pairs, len(values), lambda code: (order.value, values[code]))

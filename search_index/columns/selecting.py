"""Selecting: which rows a query without text is about, by comparing columns.

What a test says of a value is asked of each distinct value once, and of numbers all
at once.  Entries that are shown otherwise than they are stored are looked at one by
one, as :mod:`search_index.meaning` and :mod:`search_index.conditions` say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from content_repo import locales
from search_index import conditions, meaning
from search_index.columns.gathered import Columns
from search_index.columns.leaf import NEVER, Pairs
from search_index.columns.ordering import Composed
from search_index.columns.tables import NONE, Codes, Flags, Floats, Table, TypedTable, is_exact
from search_index.entry import Entry, Order, Typed
from search_index.query import Condition, Query

Seen = Callable[[str], Entry | None]

#: Operators by which numbers are compared all at once.
_RANGES: Final = {
    "gt": np.greater, "gte": np.greater_equal, "lt": np.less, "lte": np.less_equal,
}  # fmt: skip
_EQUAL: Final = frozenset({"eq", "ne", "in", "nin"})


def selected(columns: Columns, query: Query, among: Flags, composed: Composed, seen: Seen) -> Flags:
    """Those rows *among* some that *query* admits, apart from kinds, roots and locales."""
    tests = [*_admitting(columns, query), *_fitting(columns, query.conditions, seen)]
    if not tests:
        return among
    found = among.copy()
    for flags in tests:
        found &= flags
    if composed:
        admits = meaning.admits(query)
        fits = conditions.admits(query.conditions, seen)
        for row, entry in composed.items():
            found[row] = among[row] and admits(entry) and fits(entry)
    return found


# -- what a query admits ------------------------------------------------------


def _admitting(columns: Columns, query: Query) -> Iterable[Flags]:
    if (types := query.types) is not None:
        codes = columns.dense("types")
        yield columns.tables.types.flags(lambda one: not types.isdisjoint(one), codes)[codes]
    if query.ids is not None:
        found = map(columns.row, query.ids)
        yield columns.flagged([row for row in found if row is not None])
    if query.scopes:
        yield _below(columns, query.scopes)
    if query.outside:
        yield ~_below(columns, query.outside)
    if query.deepest is not None:
        yield columns.dense("depth") < query.deepest
    if query.categories is not None:
        yield _categorised(columns, query.taxonomy, query.categories)


def _below(columns: Columns, paths: Iterable[str]) -> Flags:
    """What lies strictly below one of *paths*: one run of rows for each."""
    flags = np.zeros(columns.size, np.bool_)
    for path in paths:
        first, last = columns.span(path)
        flags[first:last] = True
    return flags


def _categorised(columns: Columns, taxonomy: str | None, keys: Iterable[str]) -> Flags:
    flags = np.zeros(columns.size, np.bool_)
    for name in columns.names("keys") if taxonomy is None else (taxonomy,):
        table = columns.tables.field("keys", name)
        flags |= columns.holding("keys", name, list(map(table.known, keys)))
    return flags


def _raised(table: Table[Any], values: Iterable[Any]) -> Flags:
    """A flag for each code, raised for *values*."""
    flags = np.zeros(len(table), np.bool_)
    flags[[code for code in map(table.known, values) if code != NONE]] = True
    return flags


def _holders(columns: Columns, pairs: Pairs, by_code: Flags) -> Flags:
    """The rows that hold one of the codes whose flag is raised."""
    return columns.flagged(pairs.holders[by_code[pairs.codes]])


# -- conditions ---------------------------------------------------------------


def _fitting(columns: Columns, asked: Sequence[Condition], seen: Seen) -> Iterable[Flags]:
    for some in conditions.together(asked):
        flags = _holding(columns, some, seen)
        yield ~flags if conditions.is_negated(some[0]) else flags


def _holding(columns: Columns, some: Sequence[Condition], seen: Seen) -> Flags:
    """The rows of which some value is what all conditions ask for."""
    one = some[0]
    if one.through is not None:
        pairs = columns.pairs("refs", one.through)
        leads = conditions.leading(some, seen)
        return _holders(columns, pairs, _asked_of(columns.tables.id, pairs, leads))
    if one.operator == "exists":
        return _there(columns, one, seen)
    if one.of == "field":
        # Values may only now be read, and get their codes.
        columns.read("values", one.name)
        table = columns.tables.field("values", one.name)
        assert isinstance(table, TypedTable)
        if one.operator in _EQUAL:
            return columns.holding("values", one.name, list(map(table.known, _wanted(some))))
        pairs = columns.pairs("values", one.name)
        return _holders(columns, pairs, _fits(some, *table.numbers(), table, pairs.codes))
    return _of_node(columns, some)


def _wanted(some: Sequence[Condition]) -> Iterable[Typed]:
    """The values that conditions on equality ask for, as they are stored."""
    return (conditions.stored(reading) for one in some for reading in one.readings)


def _asked_of(table: Table[str], pairs: Pairs, test: Callable[[str], bool]) -> Flags:
    """For each code that anybody holds, whether *test* says yes to its value."""
    return table.flags(test, pairs.codes)


def _there(columns: Columns, one: Condition, seen: Seen) -> Flags:
    """The rows with any value, or anything that is seen, under the name or within it."""
    if one.of == "node":
        return _has_attribute(columns, one.name)
    flags = np.zeros(columns.size, np.bool_)
    within = f"{one.name}."
    for name in columns.names("values"):
        if name == one.name or name.startswith(within):
            flags[columns.pairs("values", name).holders] = True
    for name in columns.names("refs"):
        if name == one.name or name.startswith(within):
            pairs = columns.pairs("refs", name)
            is_seen = _asked_of(columns.tables.id, pairs, lambda id: seen(id) is not None)
            flags |= _holders(columns, pairs, is_seen)
    return flags


def _has_attribute(columns: Columns, name: str) -> Flags:
    nothing = NONE if name == "locale" else NEVER
    if name != "locale" and name not in meaning.DATES:
        return np.ones(columns.size, np.bool_)
    found: Flags = columns.dense(name) != nothing
    return found


def _of_node(columns: Columns, some: Sequence[Condition]) -> Flags:
    """The rows whose own attribute is what all conditions ask for."""
    name, tables = some[0].name, columns.tables
    if name in meaning.DATES or name in meaning.NUMBERS:
        numbers = columns.dense(name)
        orders = np.full(len(numbers), Order.DATE if name in meaning.DATES else Order.NUMBER)
        exact = np.where(numbers == NEVER, np.nan, numbers)
        return _fits(some, orders, exact)
    string = Order.STRING.value
    by_table: dict[str, tuple[str, Table[Any], Callable[[Any], str]]] = {
        "path": ("place", tables.place, lambda at: conditions.seen_from(some[0].below, at[0])),
        "name": ("place", tables.place, lambda at: at[0].rpartition("/")[2]),
        "type": ("types", tables.types, lambda lineage: lineage[0]),
        "locale": ("locale", tables.locale, locales.tag),
        "id": ("id", tables.id, str),
        "title": ("title", tables.title, str),
    }
    column, table, read = by_table[name]
    fits = conditions.fit(some)
    codes = columns.dense(column)
    if name in ("id", "title") and some[0].operator in _EQUAL:
        flags = _raised(table, (bare for order, bare in _wanted(some) if order == string))
    else:
        flags = table.flags(lambda value: fits((string, read(value))), codes)
    # Behind all codes stands what has no value, which does not fit.
    found: Flags = np.append(flags, False)[codes]
    return found


def _fits(
    some: Sequence[Condition],
    orders: NDArray[Any],
    numbers: Floats,
    table: TypedTable | None = None,
    codes: Codes | None = None,
) -> Flags:
    """For each value, whether it is what all conditions ask for.

    Those of a *table* that are no numbers are asked one by one, if they are among *codes*.
    """
    flags = _compared(some, orders, numbers)
    if table is None or codes is None:
        return np.zeros(len(numbers), np.bool_) if flags is None else flags
    if flags is not None:
        codes = codes[np.isnan(numbers)[codes]]
    others = table.flags(conditions.fit(some), codes)[: len(numbers)]
    return others if flags is None else flags | others


def _compared(some: Sequence[Condition], orders: NDArray[Any], numbers: Floats) -> Flags | None:
    """What all *numbers* are found to be at once; ``None`` where that cannot be said of some."""
    flags = None
    for one in some:
        found = np.zeros(len(numbers), np.bool_)
        if one.operator not in _RANGES and one.operator not in _EQUAL:
            return None
        for order, bare in one.readings:
            if order == Order.STRING:
                continue
            if not is_exact(order, bare):
                # Beyond all numbers that are compared here.
                bare = math.inf if bare > 0 else -math.inf
            compare = _RANGES.get(one.operator, np.equal)
            found |= (orders == order) & compare(numbers, bare)
        if flags is None:
            flags = found
        elif one.operator in _RANGES:
            flags &= found
        else:
            flags |= found
    return flags

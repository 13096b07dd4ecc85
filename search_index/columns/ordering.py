"""Ordering: all rows as :func:`search_index.meaning.ordered` has them, from ranks.

The rank of a value is a number that compares as the value does; of nothing it is NaN,
which comes last in either direction.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search_index import meaning
from search_index.columns.gathered import Columns, Rows
from search_index.columns.leaf import NEVER
from search_index.columns.tables import NONE, Floats, Ranked, TypedTable
from search_index.entry import Entry
from search_index.matching import Scored
from search_index.query import SortKey

#: So many new rows are put between those that are sorted; with more, all are sorted.
_FEW_NEW: Final = 16


class Order(NamedTuple):
    """All rows as they are sorted, and the place that each of them has so."""

    rows: Rows
    places: NDArray[np.int32]


#: Entries that are shown otherwise than they are stored, by row.
Composed = Mapping[int, Entry]


def order(columns: Columns, sort: Sequence[SortKey], composed: Composed) -> Order:
    """All rows, ties by number."""
    return _placed(sorted_rows(columns, sort, composed, np.arange(columns.size)))


def _placed(rows: Rows) -> Order:
    places = np.empty(len(rows), np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    return Order(rows, places)


def renewed(columns: Columns, sort: Sequence[SortKey], rows: Rows) -> Order | None:
    """The same, where *rows* are so sorted, and only few others came since."""
    new = np.flatnonzero(~columns.flagged(rows))
    if len(new) > _FEW_NEW:
        return None
    ranked = [_ranker(columns, key) for key in sort]

    def place(row: int) -> tuple[Any, ...]:
        # What has no rank comes last; ties by number.
        ranks = [rank(row) for rank in ranked]
        return (*((1, 0.0) if math.isnan(one) else (0, one) for one in ranks), row)

    # Where several come between the same two, they do so in their own order.
    new = sorted_rows(columns, sort, {}, new)
    at = [bisect_left(rows, place(row), key=place) for row in new.tolist()]
    return _placed(np.insert(rows, at, new))


def _ranker(columns: Columns, key: SortKey) -> Callable[[int], float]:
    """What a row is ordered by, as :func:`ranks` has it, without a look at all others."""
    sign = -1.0 if key.descending else 1.0
    if key.of == "node" and key.name == "path":
        return lambda row: sign * row
    if key.of == "node" and key.name in meaning.DATES | meaning.NUMBERS:
        return lambda row: sign * _exact(columns.told(row, key.name))
    if key.of == "node":
        column, by_code = _coded(columns, key.name)
        coded = by_code()
        return lambda row: sign * _coded_rank(coded, columns.told(row, column))
    # Values may only now be read, and get their codes.
    columns.read("values", key.name)
    by_value, extreme = _values(columns, key).ranks(), max if key.descending else min

    def rank(row: int) -> float:
        ranks = [float(by_value[code]) for code in columns.held(row, key.name)]
        return sign * extreme(ranks, default=math.nan)

    return rank


def _exact(number: int) -> float:
    return math.nan if number == NEVER else float(number)


def _coded_rank(ranks: Floats, code: int) -> float:
    return math.nan if code == NONE else float(ranks[code])


def sorted_rows(columns: Columns, sort: Sequence[SortKey], composed: Composed, rows: Rows) -> Rows:
    """*rows*, which ascend, sorted."""
    order = np.arange(len(rows))
    # Sorting is stable: the least important key goes first.
    for key in reversed(sort):
        ranked = ranks(columns, key, composed, rows)
        order = order[np.argsort(ranked[order], kind="stable")]
    return rows[order]


def sorted_by(
    columns: Columns, sort: Sequence[SortKey], composed: Composed, scored: Scored
) -> Rows:
    """Which of those *scored* come one after another where their scores are among the keys."""
    chosen = np.argsort(scored.rows)
    for key in reversed(sort):
        if key.of == "score":
            ranked = -scored.scores if key.descending else scored.scores
        else:
            ranked = ranks(columns, key, composed)[scored.rows]
        chosen = chosen[np.argsort(ranked[chosen], kind="stable")]
    return chosen


def ranks(columns: Columns, key: SortKey, composed: Composed, rows: Rows | None = None) -> Floats:
    """What each row is ordered by, turned round where *key* descends; or each of *rows* alone."""
    if key.of == "node":
        found = _of_node(columns, key, rows)
    else:
        if composed:
            # What is borrowed may come from any row, and has a code when that was read.
            columns.pairs("values", key.name)
        found = _of_field(columns, key, rows)
    if composed and (key.of == "field" or key.name == "title"):
        _compose(found, columns, key, composed, rows)
    return -found if key.descending else found


def _compose(
    found: Floats, columns: Columns, key: SortKey, composed: Composed, rows: Rows | None
) -> None:
    """Put into what was *found* what is shown otherwise than it is stored."""
    table: Ranked[Any] = columns.tables.title
    if key.of == "field":
        table = _values(columns, key)
    by_code, extreme = table.ranks(), max if key.descending else min
    # By row, where each stands in what was found.
    places = np.arange(columns.size) if rows is None else np.full(columns.size, NONE)
    if rows is not None:
        places[rows] = np.arange(len(rows))
    for row, entry in composed.items():
        if places[row] == NONE:
            continue
        held = (entry.title,) if key.of == "node" else entry.values.get(key.name, ())
        codes = map(table.known, held)
        found[places[row]] = extreme([by_code[code] for code in codes], default=np.nan)


def _of_node(columns: Columns, key: SortKey, rows: Rows | None) -> Floats:
    name = key.name
    if name not in meaning.NODE_KEYS:
        raise ValueError(f"not one of {sorted(meaning.NODE_KEYS)}: {name!r}")
    if name == "path":
        return np.array(np.arange(columns.size) if rows is None else rows, np.float64)
    if name in meaning.DATES or name in meaning.NUMBERS:
        numbers = columns.dense(name)
        numbers = numbers if rows is None else numbers[rows]
        return np.where(numbers == NEVER, np.nan, numbers)
    column, by_code = _coded(columns, name)
    codes = columns.dense(column)
    # Behind all codes stands what has none.
    found: Floats = np.append(by_code(), np.nan)[codes if rows is None else codes[rows]]
    return found


def _coded(columns: Columns, name: str) -> tuple[str, Callable[[], Floats]]:
    """The column of an attribute, and what makes the ranks of its codes."""
    tables = columns.tables
    return {
        "name": ("place", tables.name.ranks),
        "id": ("id", tables.id.ranks),
        "type": ("types", tables.types.ranks),
        "title": ("title", tables.title.ranks),
        "locale": ("locale", tables.locale.ranks),
    }[name]


def _of_field(columns: Columns, key: SortKey, rows: Rows | None) -> Floats:
    """Of several values the least counts when ascending, the greatest when descending."""
    if rows is None:
        pairs, places = columns.pairs("values", key.name), columns.size
    else:
        pairs, places = columns.pairs_of(rows, "values", key.name), len(rows)
    by_code = _values(columns, key).ranks()
    holders = pairs.holders if rows is None else np.searchsorted(rows, pairs.holders)
    found = np.full(places, np.nan)
    # fmin and fmax pass over what is not a number.
    (np.fmax if key.descending else np.fmin).at(found, holders, by_code[pairs.codes])
    return found


def _values(columns: Columns, key: SortKey) -> TypedTable:
    """The table of a field's values."""
    table = columns.tables.field("values", key.name)
    assert isinstance(table, TypedTable)
    return table

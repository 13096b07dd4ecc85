"""Cursors: where a page ends, so that the next one begins there whatever was written since.

A cursor says what its item was ordered by, not how many came before.  What is
created, moved or removed elsewhere changes neither what lies behind it nor what does
not; so a walk from one to the next meets each item that stays as it is exactly once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from search_index import meaning
from search_index.entry import Entry, Order, Typed
from search_index.query import Cursor, SortKey

#: The types that values of each order have.
_TYPES: Final[Mapping[int, tuple[type, ...]]] = {
    Order.BOOLEAN.value: (bool,),
    Order.NUMBER.value: (int, float),
    Order.DATE.value: (int, float),
    Order.STRING.value: (str,),
}

#: More than any rarity: that of a word in one of 10^43 entries.
_RAREST: Final = 100


def at(
    row: int,
    entries: Sequence[Entry],
    sort: Sequence[SortKey],
    scores: Mapping[int, float] | None,
    rarities: tuple[float, ...] = (),
) -> Cursor:
    """The place of *row* in the order of *sort*; *rarities* are what its score was made with."""
    entry = entries[row]
    keys = meaning.keys(sort, scored=scores is not None)
    values = tuple([meaning.value(entry, key, scores, row) for key in keys])
    return Cursor(values, entry.path, entry.id, rarities)


def start(
    rows: Sequence[int],
    entries: Sequence[Entry],
    sort: Sequence[SortKey],
    scores: Mapping[int, float] | None,
    cursor: Cursor,
) -> int:
    """How many of *rows*, which are in the order of *sort*, do not lie behind *cursor*.

    It suits that order, see :func:`suits`.
    """
    keys = meaning.keys(sort, scored=scores is not None)

    def behind(row: int) -> bool:
        entry = entries[row]
        return _behind(entry, keys, lambda key: meaning.value(entry, key, scores, row), cursor)

    return bisect_left(rows, True, key=behind)


def _behind(
    entry: Entry,
    keys: Sequence[SortKey],
    value: Callable[[SortKey], Typed | None],
    cursor: Cursor,
) -> bool:
    """Whether *entry* comes later than *cursor*."""
    for key, passed in zip(keys, cursor.values, strict=True):
        found = value(key)
        if found == passed:
            continue
        if found is None or passed is None:
            # What has no value comes last in either direction.
            return found is None
        return found < passed if key.descending else found > passed
    return meaning.default_order(entry) > (cursor.path, cursor.id)


def suits(cursor: Cursor, sort: Sequence[SortKey], *, scored: bool) -> bool:
    """Whether *cursor* can be a place in the order of *sort*.

    >>> here = Cursor(((Order.NUMBER.value, 7),), "a/b", "1")
    >>> suits(here, [SortKey("size")], scored=False), suits(here, [], scored=False)
    (True, False)
    >>> suits(here, [SortKey("path", of="node")], scored=False)
    False
    """
    keys = meaning.keys(sort, scored=scored)
    return (
        len(cursor.values) == len(keys)
        and all(map(_may_be, cursor.values, keys))
        and all(0 <= one <= _RAREST for one in cursor.rarities)
    )


def _may_be(value: Typed | None, key: SortKey) -> bool:
    """Whether some entry can have *value* as what *key* orders by."""
    if value is None:
        return key.of != "score"
    order, bare = value
    return order in _orders(key) and isinstance(bare, _bare_types(order, key))


def _orders(key: SortKey) -> Sequence[int]:
    if key.of == "score":
        return (Order.NUMBER.value,)
    return tuple(_TYPES) if key.of == "field" else (meaning.ATTRIBUTE,)


def _bare_types(order: int, key: SortKey) -> tuple[Any, ...]:
    if key.of == "node":
        return (int,) if key.name in meaning.DATES | meaning.NUMBERS else (str,)
    return _TYPES[order]

"""What a query means, written once and without an engine.

Which entries match, apart from full text, and in what order they come:

* across types boolean < number < date < string; numbers and dates by value,
  strings without regard to case (Unicode case folding), else by code point;
* of several values the least counts when ascending, the greatest when
  descending;
* an entry without a value comes last in either direction;
* ties, and all that is not sorted, by path in code points, then by id, always
  ascending; a full text without a sort by score, the best first, then so;
* behind an id comes what has a greater one, by code point, whether or not there
  is a node of that id.

Of a node's own attributes, ``title`` and ``name`` are text; ``path``, ``type``,
``locale`` and ``id`` are identifiers, ordered by code point as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from content_repo import Kind
from search_index.entry import Entry, Order, Typed
from search_index.query import Query, SortKey

_TEXTS: Final = frozenset({"title", "name"})
_IDENTIFIERS: Final = frozenset({"path", "type", "locale", "id"})
DATES: Final = frozenset({"created_at", "modified_at", "published_at"})
NUMBERS: Final = frozenset({"rank", "revision"})

#: What a key of the node may be called.
NODE_KEYS: Final = _TEXTS | _IDENTIFIERS | DATES | NUMBERS

#: Stands where values of fields have their type: those of an attribute all have the same.
ATTRIBUTE: Final = 0

_BY_SCORE: Final = (SortKey("", descending=True, of="score"),)

Scores = Mapping[int, float]


def default_order(entry: Entry) -> tuple[str, str]:
    """What decides where nothing else does."""
    return entry.path, entry.id


def is_below(path: str, roots: Sequence[str]) -> bool:
    """Whether *path* lies strictly below one of *roots*.

    >>> is_below("a/b", ("a",)), is_below("a", ("a",)), is_below("ab", ("a",)), is_below("a", ("",))
    (True, False, False, True)
    """
    return any(path.startswith(f"{root}/") if root else bool(path) for root in roots)


class Admissible(Protocol):
    """What a query without text looks at; an entry, or whatever is as well known."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def path(self) -> str: ...
    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]: ...


def admits(query: Query) -> Callable[[Admissible], bool]:
    """A test for everything that *query* asks, apart from text, roots and window."""
    tests: list[Callable[[Admissible], bool]] = [lambda entry: entry.kind in query.kinds]
    if (types := query.types) is not None:
        tests.append(lambda entry: not types.isdisjoint(entry.types))
    if (ids := query.ids) is not None:
        tests.append(lambda entry: entry.id in ids)
    if query.scopes:
        tests.append(lambda entry: is_below(entry.path, query.scopes))
    if query.outside:
        tests.append(lambda entry: not is_below(entry.path, query.outside))
    if (deepest := query.deepest) is not None:
        tests.append(lambda entry: entry.path.count("/") < deepest)
    if (categories := query.categories) is not None:
        tests.append(lambda entry: any(map(categories.intersection, _keys(entry, query.taxonomy))))
    return lambda entry: all(test(entry) for test in tests)


def _keys(entry: Admissible, taxonomy: str | None) -> Sequence[tuple[str, ...]]:
    if taxonomy is None:
        return tuple(entry.keys.values())
    return (entry.keys.get(taxonomy, ()),)


def keys(sort: Sequence[SortKey], *, scored: bool) -> tuple[SortKey, ...]:
    """What is ordered by before paths and ids; a full text without a sort is, by its *scored*."""
    return tuple(sort) or (_BY_SCORE if scored else ())


def ordered(
    rows: Sequence[int], entries: Sequence[Entry], sort: Sequence[SortKey], scores: Scores | None
) -> list[int]:
    """*rows*, numbers of *entries* in the default order, as *sort* has them."""
    found = list(rows)
    # Sorting is stable: the least important key goes first, ties stay as they were.
    for key in reversed(keys(sort, scored=scores is not None)):
        values = {row: value(entries[row], key, scores, row) for row in found}
        present = [row for row in found if values[row] is not None]
        missing = [row for row in found if values[row] is None]
        present.sort(key=values.__getitem__, reverse=key.descending)  # type: ignore[arg-type]
        found = present + missing
    return found


def value(entry: Entry, key: SortKey, scores: Scores | None, row: int) -> Typed | None:
    """What *entry* is ordered by, or ``None`` where it has nothing."""
    if key.of == "score":
        return Order.NUMBER.value, 0.0 if scores is None else scores[row]
    if key.of == "node":
        return _attribute(entry, key.name)
    values = entry.values.get(key.name)
    if not values:
        return None
    if len(values) == 1:
        return comparable(values[0])
    return (max if key.descending else min)(map(comparable, values))


def _attribute(entry: Entry, name: str) -> Typed | None:
    if name not in NODE_KEYS:
        raise ValueError(f"not one of {sorted(NODE_KEYS)}: {name!r}")
    value: Any = getattr(entry, name)
    if value is None:
        return None
    return ATTRIBUTE, value.casefold() if name in _TEXTS else value


def comparable(value: Typed) -> Typed:
    """A field's value as it is compared."""
    order, bare = value
    return (order, bare.casefold()) if order == Order.STRING else value

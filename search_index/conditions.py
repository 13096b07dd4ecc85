"""Conditions: what a filter asks of an entry, written once and without an engine.

Of several values some one has to fit.  ``ne``, ``nin`` and ``exists`` with false
are the opposite of ``eq``, ``in`` and ``exists``, so that they hold where there is no
value.  What a reference leads to counts only where the reader sees it; a node is
at a path as seen from the folder that the condition names.

Strings are equal by code point.  Ranges compare within one type only, and as
lists are sorted: strings without regard to case, identifiers as they are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from content_repo import locales, names
from search_index.entry import Entry, Order, Typed
from search_index.flatten import shortened
from search_index.meaning import DATES, NODE_KEYS, NUMBERS, comparable
from search_index.query import Condition, Operator

_Test = Callable[[Entry], bool]
_Fits = Callable[[Typed], bool]
_Values = Callable[[Entry], Sequence[Typed]]
_Seen = Callable[[str], Entry | None]

#: What holds where no value fits.
_NEGATED: Final[frozenset[Operator]] = frozenset(("ne", "nin"))

_RANGES: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}

#: The node's own attributes that are sorted as they are.
_IDENTIFIERS: Final = NODE_KEYS - DATES - NUMBERS - {"title", "name"}

_ABSENT: Final[tuple[Typed, ...]] = ()


def admits(conditions: Sequence[Condition], seen: _Seen) -> Callable[[Entry], bool]:
    """A test for all *conditions*; *seen* gives the entry of an id that the reader sees."""
    tests = [_test(one, seen) for one in _fewer(conditions)]
    return lambda entry: all(test(entry) for test in tests)


def _fewer(conditions: Sequence[Condition]) -> list[Condition]:
    """Conditions that mean the same: to be none of several values is asked at once."""
    found: dict[Condition, Condition] = {}
    for one in conditions:
        if one.operator in _NEGATED:
            one = replace(one, operator="nin")
            alike = replace(one, readings=())
            before = found.get(alike, alike).readings
            found[alike] = replace(one, readings=before + one.readings)
        else:
            found[one] = one
    return list(found.values())


def _test(one: Condition, seen: _Seen) -> _Test:
    negated = one.operator in _NEGATED
    if one.operator == "exists":
        negated = not _says_yes(one)
        holds = _there(one, seen)
    else:
        holds = _some(_values(one), _fits(one))
    if one.through is not None:
        holds = _through(one.through, holds, seen)
    return (lambda entry: not holds(entry)) if negated else holds


def _some(values: _Values, fits: _Fits) -> _Test:
    return lambda entry: any(map(fits, values(entry)))


def _through(reference: str, holds: _Test, seen: _Seen) -> _Test:
    """Whether *holds* says yes of something that the *reference* leads to."""

    def some(entry: Entry) -> bool:
        targets = map(seen, entry.refs.get(reference, ()))
        return any(holds(target) for target in targets if target is not None)

    return some


# -- values -----------------------------------------------------------------


def _values(one: Condition) -> _Values:
    """What *one* compares of an entry."""
    name = one.name
    if one.through is not None and not name:
        return lambda entry: ((Order.STRING.value, entry.id),)
    if one.of == "field":
        return lambda entry: entry.values.get(name, _ABSENT)
    if name == "path":
        return lambda entry: ((Order.STRING.value, _seen_from(one.below, entry.path)),)
    if name == "locale":
        return lambda entry: _typed(name, entry.locale and locales.tag(entry.locale))
    return lambda entry: _typed(name, getattr(entry, name))


def _typed(attribute: str, value: Any) -> Sequence[Typed]:
    if value is None:
        return _ABSENT
    if attribute in DATES:
        return ((Order.DATE.value, value),)
    return (((Order.NUMBER if attribute in NUMBERS else Order.STRING).value, value),)


def _seen_from(folder: str, path: str) -> str:
    """A path as it is shown; one that does not lie in the folder, from the root.

    >>> _seen_from("content/documents", "content/documents/blog/one")
    'blog/one'
    """
    return names.relative(path, folder) if names.is_within(path, folder) else path


def _there(one: Condition, seen: _Seen) -> _Test:
    """Whether there is any value, or anything that is seen, under the name or within it."""
    if one.of == "node" or not one.name:
        values = _values(one)
        return lambda entry: bool(values(entry))
    name, within = one.name, f"{one.name}."

    def there(entry: Entry) -> bool:
        for key in entry.values:
            if key == name or key.startswith(within):
                return True
        for key, ids in entry.refs.items():
            if (key == name or key.startswith(within)) and any(map(seen, ids)):
                return True
        return False

    return there


# -- comparing --------------------------------------------------------------


def _fits(one: Condition) -> _Fits:
    """Whether a value is what *one* asks for.

    >>> fits = _fits(Condition(name="size", operator="gte", readings=((Order.NUMBER, 2),)))
    >>> fits((Order.NUMBER, 2)), fits((Order.NUMBER, 1.5)), fits((Order.STRING, "3"))
    (True, False, False)
    """
    if one.operator in _RANGES:
        return _ranging(one, _RANGES[one.operator])
    if one.operator in ("prefix", "contains"):
        return _containing(one)
    wanted = frozenset(map(_stored, one.readings))
    return wanted.__contains__


def _ranging(one: Condition, compare: Callable[[Any, Any], bool]) -> _Fits:
    is_identifier = one.of == "node" and one.name in _IDENTIFIERS
    ranked = _as_it_is if is_identifier else comparable
    bounds = dict(map(ranked, map(_stored, one.readings)))

    def fits(value: Typed) -> bool:
        order, bare = ranked(value)
        return order in bounds and compare(bare, bounds[order])

    return fits


def _containing(one: Condition) -> _Fits:
    parts = tuple(text for order, text in one.readings if order == Order.STRING)
    is_prefix = one.operator == "prefix"

    def fits(value: Typed) -> bool:
        order, text = value
        if order != Order.STRING:
            return False
        # Behind the beginning of a very long string stands what is none of its text.
        text = text.partition("\0")[0]
        return text.startswith(parts) if is_prefix else any(part in text for part in parts)

    return fits


def _as_it_is(value: Typed) -> Typed:
    return value


def _stored(reading: Typed) -> Typed:
    """A reading in the form that values are stored in."""
    order, bare = reading
    return (order, shortened(bare)) if order == Order.STRING else reading


def _says_yes(one: Condition) -> bool:
    return any(bare for _, bare in one.readings)

"""Conditions: what a filter asks of an entry, written once and without an engine.

Of several values some one has to fit; all ranges that are asked for by one name
are one, which some one value lies in.  ``ne``, ``nin`` and ``exists`` with false
are the opposite of ``eq``, ``in`` and ``exists``, so that they hold where there is no
value.  What a reference leads to counts only where the reader sees it, and as
the reader sees it: an id stands for what is shown instead.  A node is at a path
as seen from the folder that the condition names.

Strings are equal by code point, whether their accents are written as one with the
letter or behind it.  Ranges compare within one type only, and as
lists are sorted: strings without regard to case, identifiers as they are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
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
    tests = [_test(some, seen) for some in together(conditions)]
    return lambda entry: all(test(entry) for test in tests)


def together(conditions: Sequence[Condition]) -> Iterable[Sequence[Condition]]:
    """Conditions that are asked of one value: to be none of several, and all ranges of a name."""
    found: dict[Condition, list[Condition]] = {}
    for one in dict.fromkeys(conditions):
        alike = one
        if one.operator in _NEGATED:
            alike = replace(one, operator="nin", readings=())
        elif one.operator in _RANGES:
            alike = replace(one, operator="gte", readings=())
        found.setdefault(alike, []).append(one)
    return found.values()


def is_negated(one: Condition) -> bool:
    """Whether it holds where no value fits."""
    return not _says_yes(one) if one.operator == "exists" else one.operator in _NEGATED


def _test(some: Sequence[Condition], seen: _Seen) -> _Test:
    one = some[0]
    holds = _holding(some, seen) if one.through is None else _through(one.through, some, seen)
    return (lambda entry: not holds(entry)) if is_negated(one) else holds


def _holding(some: Sequence[Condition], seen: _Seen) -> _Test:
    """Whether some value of an entry, or of what was led to, fits."""
    one = some[0]
    if one.operator == "exists":
        return _there(one, seen)
    if one.through is not None and not one.name:
        some = [_of_shown(each, seen) for each in some]
    return _some(_values(one), fit(some))


def _of_shown(one: Condition, seen: _Seen) -> Condition:
    """A condition on ids, of what the reader sees instead."""
    found = ((order, seen(bare)) for order, bare in one.readings)
    return replace(one, readings=tuple((order, one.id) for order, one in found if one is not None))


def _some(values: _Values, fits: _Fits) -> _Test:
    return lambda entry: any(map(fits, values(entry)))


def _through(reference: str, some: Sequence[Condition], seen: _Seen) -> _Test:
    """Whether something fits that the *reference* leads to."""
    leads = leading(some, seen)
    return lambda entry: any(map(leads, entry.refs.get(reference, ())))


def leading(some: Sequence[Condition], seen: _Seen) -> Callable[[str], bool]:
    """Whether what an id stands for is there for the reader, and fits."""
    holds = _holding(some, seen)

    def leads(id: str) -> bool:
        target = seen(id)
        return target is not None and holds(target)

    return leads


# -- values -----------------------------------------------------------------


def _values(one: Condition) -> _Values:
    """What *one* compares of an entry."""
    name = one.name
    if one.through is not None and not name:
        return lambda entry: ((Order.STRING.value, entry.id),)
    if one.of == "field":
        return lambda entry: entry.values.get(name, _ABSENT)
    if name == "path":
        return lambda entry: ((Order.STRING.value, seen_from(one.below, entry.path)),)
    if name == "locale":
        return lambda entry: _typed(name, entry.locale and locales.tag(entry.locale))
    return lambda entry: _typed(name, getattr(entry, name))


def _typed(attribute: str, value: Any) -> Sequence[Typed]:
    if value is None:
        return _ABSENT
    if attribute in DATES:
        return ((Order.DATE.value, value),)
    return (((Order.NUMBER if attribute in NUMBERS else Order.STRING).value, value),)


def seen_from(folder: str, path: str) -> str:
    """A path as it is shown; one that does not lie in the folder, from the root.

    >>> seen_from("content/documents", "content/documents/blog/one")
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


def fit(some: Sequence[Condition]) -> _Fits:
    """Whether a value is what all of *some* ask for, or of what is not to be, one of them."""
    if some[0].operator in _RANGES:
        tests = list(map(_fits, some))
        return lambda value: all(fits(value) for fits in tests)
    readings = chain.from_iterable(one.readings for one in some)
    return _fits(replace(some[0], readings=tuple(readings)))


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
    wanted = frozenset(map(stored, one.readings))
    return wanted.__contains__


def _ranging(one: Condition, compare: Callable[[Any, Any], bool]) -> _Fits:
    is_identifier = one.of == "node" and one.name in _IDENTIFIERS
    ranked = _as_it_is if is_identifier else comparable
    bounds = dict(map(ranked, map(stored, one.readings)))

    def fits(value: Typed) -> bool:
        order, bare = ranked(value)
        return order in bounds and compare(bare, bounds[order])

    return fits


def _containing(one: Condition) -> _Fits:
    parts = tuple(names.normalise(text) for order, text in one.readings if order == Order.STRING)
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


def stored(reading: Typed) -> Typed:
    """A reading in the form that values are stored in."""
    order, bare = reading
    return (order, shortened(bare)) if order == Order.STRING else reading


def _says_yes(one: Condition) -> bool:
    return any(bare for _, bare in one.readings)

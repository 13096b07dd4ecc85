"""Facets: names of the wire into values to count, and values counted into filters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, cast, get_args

import orjson

from content_repo import names, taxonomy
from content_repo.doctypes import REFERRING, FieldKind, moment
from content_repo.errors import NodeNotFound
from content_repo.model import Kind, Node
from content_repo.taxonomy import Category
from hal_delivery.services.delivery import Delivery
from hal_delivery.services.fieldnames import Named, TooFar
from hal_delivery.surfaces.content.filtering import META, Filtering
from hal_delivery.surfaces.content.params import reader_locales
from hal_delivery.surfaces.content.serializers.fields import iso
from hal_delivery.web.asking import Asked, Pair
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.filters import nearest
from hal_delivery.web.vocabulary import FACETS
from search_index.conditions import stored
from search_index.entry import Order, Typed
from search_index.facets import is_dated
from search_index.meaning import DATES, comparable
from search_index.query import Condition, Counted, Facet

#: How many facets one request may ask for.
MOST: Final = 10

Unit = Literal["year", "month", "day"]

_UNITS: Final[Sequence[str]] = get_args(Unit)

#: How a date is written, of which a unit begins.
Form = Callable[[date, Unit], str]

#: The units of time whose filters are known at once.
_MOST_KNOWN: Final = 1024

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY: Final = 24 * 60 * 60 * 1000

_WITH_UNIT: Final = re.compile(r"(.+)\(([^()]*)\)")

#: What stands for a longer name where no field has it itself.
_SHORT: Final[Mapping[str, str]] = {"type": "_meta.type"}

#: What is made of words, and what has no values itself.
_WORDED: Final = frozenset({FieldKind.TEXT, FieldKind.RICH_TEXT})
_HOLDING: Final = frozenset({FieldKind.COMPOUND})

_BEHIND: Final = "leads through a reference; what is counted are the list's own values"


@dataclass(frozen=True, slots=True)
class Faceted:
    """A facet as it was asked for: its name in links, and in filters.

    ``named`` is what that stands for among fields, if it is not the node's own;
    ``filtering`` reads the filters of the list.
    """

    written: str
    name: str
    facet: Facet
    named: Named | None
    filtering: Filtering

    @property
    def is_reference(self) -> bool:
        """Whether its values are ids of other nodes."""
        return self.named is not None and not REFERRING.isdisjoint(self.named.kinds)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value with how many have it, and the filters that choose those.

    There are none where no filter says just that.  Those of the request that say
    it are ``active``.
    """

    value: Typed
    count: int
    filters: Sequence[Pair]
    active: Sequence[Pair]


@dataclass(frozen=True, slots=True)
class Shown:
    """A facet with its values, and the number of those that are left out.

    ``targets`` are the nodes that values of references stand for, by id.
    """

    faceted: Faceted
    choices: Sequence[Choice]
    omitted: int
    targets: Mapping[str, Node]


# -- names ------------------------------------------------------------------


def faceted(
    asked: Asked, delivery: Delivery, kind: Kind, among: Collection[str] | None
) -> tuple[Asked, tuple[Faceted, ...]]:
    """*asked* with its facets by their short names, and what they are.

    What cannot be counted is a mistake; passed over, it is gone from links as well.
    """
    if not asked.facets:
        return asked, ()
    filtering = Filtering.of(delivery, kind, among)
    wanted = list(dict.fromkeys(asked.facets))
    read = [_faceted(name, filtering) for name in wanted[:MOST]]
    mistakes = [one for one in read if isinstance(one, Mistake)]
    if len(wanted) > MOST:
        mistakes.append(Mistake(FACETS.name, f"takes at most {MOST} names"))
    if mistakes and not asked.lenient:
        raise BadParameters(mistakes)
    found = {one.written: one for one in read if isinstance(one, Faceted)}
    if asked.given.get(FACETS.name) != ",".join(found):
        asked = asked.keeping(FACETS, list(found))
    return asked, tuple(found.values())


def _faceted(written: str, filtering: Filtering) -> Faceted | Mistake:
    """The facet of that name, or what is wrong with it."""
    fields = filtering.fields
    divided = None if written in fields.known else _WITH_UNIT.fullmatch(written)
    name, unit = divided.groups() if divided else (written, None)
    if unit is not None and unit not in _UNITS:
        example = f"{FACETS.name}={name[:80]}({_UNITS[0]})"
        return Mistake(FACETS.name, "is no unit of time", written[:80], _UNITS, example)
    by_meta = name if name in fields.known else _SHORT.get(name, name)
    of_node = META.get(by_meta)
    named = None if of_node else _named(name, filtering)
    if isinstance(named, Mistake):
        return named
    if unit is not None and not _is_dated(of_node, named):
        return Mistake(FACETS.name, "is no date; only dates are counted by units", written[:80])
    own = of_node or (named.through or named.name if named else "")
    facet = Facet(
        own,
        of="node" if of_node else "field",
        unit=cast("Unit | None", unit),
        above={} if named is None else _above(named, filtering.delivery),
        refers=named is not None and named.through is not None,
    )
    if of_node is None and not name.startswith("/"):
        name = by_meta = own
    suffix = f"({unit})" if unit else ""
    return Faceted(name + suffix, by_meta, facet, named, filtering)


def _named(name: str, filtering: Filtering) -> Named | Mistake:
    """What a name stands for, if its values can be counted."""
    try:
        found = filtering.name(name)
    except TooFar:
        return Mistake(FACETS.name, _BEHIND, name[:80])
    if found is None:
        told = "names nothing that is known here"
    elif found.through is not None and found.name:
        return Mistake(FACETS.name, _BEHIND, name[:80])
    elif not _is_countable(found):
        told = "has no values to choose from: it is text, or holds other fields"
    else:
        return found
    known = [*sorted(one for one in filtering.fields.names() if ":" not in one), *_SHORT, *META]
    ours = (*_SHORT, *META)
    countable = [one for one in known if one in ours or _is_countable(filtering.name(one))]
    close = nearest(name, countable) or countable[:12]
    return Mistake(FACETS.name, told, name[:80], close, f"{FACETS.name}={close[0]}")


def _is_countable(named: Named | None) -> bool:
    """Whether there are values, and not only words or what holds others."""
    if named is None or named.kinds & _WORDED:
        return False
    return named.free or bool(named.kinds - _HOLDING)


def _is_dated(of_node: str | None, named: Named | None) -> bool:
    """Whether there may be dates."""
    if named is None:
        return of_node in DATES
    return named.free or FieldKind.DATE in named.kinds


def _above(named: Named, delivery: Delivery) -> dict[str, tuple[str, ...]]:
    """The keys above each category that a field may hold: filters take a key with those below."""
    found: dict[str, tuple[str, ...]] = {}
    keyed = {one.taxonomy for one in named.fields if one.kind is FieldKind.TAXONOMY_KEYS}
    for name in filter(None, keyed):
        try:
            node = delivery.find_keyed(Kind.TAXONOMY, name)
        except NodeNotFound:
            continue
        for key, above in _walked(taxonomy.categories(node), ()):
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *above)))
    return found


def _walked(
    categories: Iterable[Category], above: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in categories:
        # In the form in which values are compared.
        key = names.normalise(one.key)
        yield key, above
        yield from _walked(one.categories, (*above, key))


# -- values -----------------------------------------------------------------


def shown(one: Faceted, counted: Counted, asked: Asked, delivery: Delivery) -> Shown:
    """A facet and the values that were *counted* of it, each with the filters that choose it."""
    counted = _as_answered(one, counted, delivery.mount.content_root)
    held = _Held(one.facet, counted.held, counted.is_single, one.filtering.find)
    conditions = zip(asked.filters, asked.conditions, strict=True)
    said = {pair: condition for pair, condition in conditions if _is_about(one.facet, condition)}
    choices = [_choice(one, value, count, held, said) for value, count in counted.values]
    targets: Mapping[str, Node] = {}
    if one.is_reference:
        ids = [bare for (_, bare), _ in counted.values]
        targets = delivery.shown_to(ids, reader_locales(asked, delivery))
    return Shown(one, choices, counted.omitted, targets)


def _as_answered(one: Faceted, counted: Counted, root: str) -> Counted:
    """Values as answers have them: paths are those from the mount's root."""
    if one.facet.of != "node" or one.facet.name != "path":
        return counted

    def seen(value: Typed) -> Typed:
        order, path = value
        return order, names.relative(path, root) if names.is_within(path, root) else path

    values = tuple((seen(value), count) for value, count in counted.values)
    return replace(counted, values=values, held=frozenset(map(seen, counted.held)))


def _is_about(facet: Facet, condition: Condition) -> bool:
    """Whether a filter may ask for values of *facet*: no other can make one active."""
    return condition.of == facet.of and (condition.name or condition.through) == facet.name


def _choice(
    one: Faceted, value: Typed, count: int, held: _Held, said: Mapping[Pair, Condition]
) -> Choice:
    """A value with the filters that choose it; *said* are the request's about that facet."""
    exact = (way for way in _ways(one, value) if held.are_chosen_by(way, value))
    if not said:
        return Choice(value, count, next(exact, ()), ())
    ways = [*exact]
    # What chose it before may be more than what would do by now.
    longest = sorted(ways, key=len, reverse=True)
    active = (chosen for way in longest if (chosen := _active(way, held, said)))
    return Choice(value, count, ways[0] if ways else (), next(active, ()))


def _active(filters: Sequence[Pair], held: _Held, said: Mapping[Pair, Condition]) -> Sequence[Pair]:
    """The request's filters to take back, if they say all that *filters* say.

    Of those that say the same it is the one in the words of a refining link.  Where
    somebody else had asked for just that in just these words, nothing tells the two
    apart: a filter is there once, and goes for both.
    """
    same = [
        [pair for pair, other in said.items() if other == condition]
        for condition in dict.fromkeys(map(held.read, filters))
    ]
    if not all(same):
        return ()
    ours = [[pair for pair in some if pair in filters] or some for some in same]
    if all(len(own) < len(some) for own, some in zip(ours, same, strict=True)):
        # What is left would still choose the value.
        return [pair for some in same for pair in some]
    return [pair for some in ours for pair in some]


@dataclass(frozen=True)
class _Held:
    """The values that the list holds in a facet, by which filters are judged.

    ``read`` says what a filter asks, or nothing where nobody can answer it.
    """

    facet: Facet
    values: frozenset[Typed]
    is_single: bool
    read: Callable[[Pair], Condition | None]

    def are_chosen_by(self, way: Sequence[Pair], value: Typed) -> bool:
        """Whether the filters of *way* find just what counts for *value*."""
        asked = [condition for pair in way if (condition := self.read(pair)) is not None]
        if len(asked) < len(way):
            return False
        first, *others = asked
        if self.facet.unit is not None:
            return not self._has_others_between(first, others)
        found = self.values.intersection(map(stored, first.readings))
        if others:
            return value in found and (self.is_single or not self._goes_on(value))
        return found == self._counting_for(value)

    def _counting_for(self, value: Typed) -> set[Typed]:
        own = {value} if value in self.values else set()
        return own | self._below.get(value, set())

    @cached_property
    def _below(self) -> dict[Typed, set[Typed]]:
        """Of each category, the keys below it that are held."""
        found: dict[Typed, set[Typed]] = {}
        for order, bare in self.values if self.facet.above else ():
            for key in self.facet.above.get(bare, ()) if order == Order.STRING else ():
                found.setdefault((order, key), set()).add((order, bare))
        return found

    def _goes_on(self, value: Typed) -> bool:
        """Whether there are strings that begin as *value*, itself a string, and go on."""
        order, text = value
        return any(
            kind == order and bare != text and bare.startswith(text) for kind, bare in self.values
        )

    def _has_others_between(self, first: Condition, last: Sequence[Condition]) -> bool:
        """Whether what is no date lies in the range as well, as what it is."""
        bounds: dict[int, Any] = dict(map(comparable, last[0].readings)) if last else {}
        for order, begin in map(comparable, first.readings):
            end = (order, bounds[order]) if order in bounds else (order + 1,)
            place = bisect_left(self._undated, (order, begin))
            if place < len(self._undated) and self._undated[place] < end:
                return True
        return False

    @cached_property
    def _undated(self) -> list[Typed]:
        """All values that no unit has, in their order."""
        return sorted(comparable(one) for one in self.values if not is_dated(one))


def _ways(one: Faceted, value: Typed) -> Iterator[tuple[Pair, ...]]:
    """How a value can be asked for, the plainest first."""
    if one.facet.unit is not None:
        for form in (written, _millis):
            yield _within(one.name, value[1], one.facet.unit, form)
        return
    for text in _texts(value):
        yield ((one.name, text),)
    if value[0] == Order.STRING and one.facet.of == "field" and not one.facet.above:
        # Only strings begin with anything.
        yield ((one.name, value[1]), (f"{one.name}[prefix]", value[1]))


def _texts(value: Typed) -> list[str]:
    """The texts that stand for a value: of a date or number more than one."""
    order, bare = value
    match order:
        case Order.STRING:
            return [bare]
        case Order.DATE:
            told = str(iso(bare))
            return [told, told.replace("Z", "+00:00")]
        case Order.NUMBER:
            told = orjson.dumps(bare).decode()
            return [told, told if "e" in told else f"{told}e0"]
        case _:
            return [orjson.dumps(bare).decode()]


@lru_cache(maxsize=_MOST_KNOWN)
def _within(name: str, beginning: int, unit: Unit, form: Form) -> tuple[Pair, ...]:
    """The filters for a year, a month or a day, in one form of dates.

    >>> _within("date", 0, "month", written)
    (('date[gte]', '1970-01'), ('date[lt]', '1970-02'))
    """
    first = moment(beginning).date()
    begins = (f"{name}[gte]", form(first, unit))
    after = _next(first, unit)
    return (begins,) if after is None else (begins, (f"{name}[lt]", form(after, unit)))


def _next(first: date, unit: Unit) -> date | None:
    """When the next unit begins; ``None`` at the end of all calendars."""
    try:
        match unit:
            case "year":
                return first.replace(year=first.year + 1)
            case "month":
                years, month = divmod(first.month, 12)
                return first.replace(year=first.year + years, month=month + 1)
            case "day":
                return date.fromordinal(first.toordinal() + 1)
    except (ValueError, OverflowError):
        return None


def written(first: date, unit: Unit) -> str:
    """A year, month or day as ISO 8601 has them.

    >>> written(date(476, 9, 4), "month")
    '0476-09'
    """
    return first.isoformat()[: {"year": 4, "month": 7, "day": 10}[unit]]


@lru_cache(maxsize=_MOST_KNOWN)
def begun(beginning: int, unit: Unit) -> str:
    """The year, month or day that begins at those milliseconds, as ISO 8601 has it.

    >>> begun(1_483_228_800_000, "day")
    '2017-01-01'
    """
    return written(moment(beginning).date(), unit)


def _millis(first: date, _: Unit) -> str:
    """When a day begins, as a number: what nobody declares may hold dates as texts as well."""
    return str((first.toordinal() - _EPOCH) * _DAY)

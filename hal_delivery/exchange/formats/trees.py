"""A taxonomy's fields from categories that say what they lie below.

Whatever format they come from, the same holds: an order is kept, the first parent
that is there counts, and what has no place in a tree is given one and noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from content_repo.doctypes import DEEPEST
from hal_delivery.exchange.formats.bounds import storable
from hal_delivery.exchange.formats.texts import Note, Notes
from hal_delivery.exchange.formats.unreadable import Unreadable

#: More categories than this are no taxonomy that a reader could get at once.
MOST_CATEGORIES: Final = 100_000

#: How many levels the repository can store: each takes a list and a map, and
#: within the last category are four more (``infos``, a locale, ``properties``, a list).
MOST_LEVELS: Final = (DEEPEST - 5) // 2

#: The locale of texts that name none.
DEFAULT_LOCALE: Final = "en"

_Parents: TypeAlias = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Tree:
    """The fields of a taxonomy, as a node stores them."""

    fields: dict[str, Any]
    notes: Notes = ()


@dataclass(slots=True)
class Labels:
    """What a category is called in one locale."""

    name: str | None = None
    description: str | None = None
    synonyms: list[str] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One category without its place.

    ``id`` is what others call it as their parent, ``key`` what documents will
    store; of ``parents``, the first that there is counts.
    """

    id: str
    key: str
    labels: Mapping[str, Labels]
    parents: Sequence[str] = ()
    line: int | None = None

    @property
    def label(self) -> str:
        """Its name in the default locale, else in the first that has one, else its key."""
        order = sorted(self.labels, key=lambda locale: (locale != DEFAULT_LOCALE, locale))
        return next((name for locale in order if (name := self.labels[locale].name)), self.key)


def grown(records: Sequence[Record], notes: Iterable[Note] = ()) -> Tree:
    """The tree of all *records*, whose ids and keys are each their own.

    Children stand in the order of the records, which may come before their parents.
    """
    if len(records) > MOST_CATEGORIES:
        raise Unreadable(f"holds {len(records)} categories; at most {MOST_CATEGORIES} can be read")
    said = list(notes)
    by_id = {record.id: record for record in records}
    parents = _parents(records, by_id, said)
    _cut_cycles(parents, by_id, said)
    _lift(parents, said)
    children: dict[str | None, list[Record]] = defaultdict(list)
    for record in records:
        children[parents[record.id]].append(record)
    locales = sorted({locale for record in records for locale in record.labels})
    fields = {"locales": locales, "categories": _categories(children, None)}
    _check_storable(fields)
    return Tree(fields, tuple(said))


def free(name: str, taken: set[str]) -> str:
    """*name*, or with the first number that makes it nobody else's; it is taken from now on.

    >>> taken = {"a"}
    >>> free("a", taken), free("a", taken), free("b", taken)
    ('a-2', 'a-3', 'b')
    """
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _parents(records: Sequence[Record], by_id: Mapping[str, Record], said: list[Note]) -> _Parents:
    parents: _Parents = {}
    for record in records:
        known = [parent for parent in dict.fromkeys(record.parents) if parent in by_id]
        for stranger in dict.fromkeys(record.parents):
            if stranger not in by_id:
                kept = "" if known else "; it stands at the top"
                reason = f"{record.key!r} names the parent {stranger!r}, which is not there{kept}"
                said.append((record.line, reason))
        for second in known[1:]:
            lies, other = by_id[known[0]].key, by_id[second].key
            reason = f"{record.key!r} has a second parent, {other!r}; it lies below {lies!r} only"
            said.append((record.line, reason))
        parents[record.id] = known[0] if known else None
    return parents


def _cut_cycles(parents: _Parents, by_id: Mapping[str, Record], said: list[Note]) -> None:
    """Put the first record of each cycle at the top."""
    place = {id: number for number, id in enumerate(parents)}
    settled: set[str | None] = {None}
    for start in parents:
        way: dict[str | None, None] = {}
        at: str | None = start
        while at not in settled and at not in way:
            way[at] = None
            at = parents[at] if at is not None else None
        if at not in settled:
            steps = [step for step in way if step is not None]
            first = min(steps[steps.index(str(at)) :], key=place.__getitem__)
            parents[first] = None
            record = by_id[first]
            said.append((record.line, f"{record.key!r} lies below itself; it stands at the top"))
        settled.update(way)


def _lift(parents: _Parents, said: list[Note]) -> None:
    """Put what lies too deep beside its parent, at the deepest level there can be."""
    levels: dict[str | None, int] = {None: 0}
    lifted = 0
    for start in parents:
        for id in reversed(list(_unlevelled(start, parents, levels))):
            above = parents[id]
            if levels[above] == MOST_LEVELS and above is not None:
                parents[id] = above = parents[above]
                lifted += 1
            levels[id] = levels[above] + 1
    if lifted:
        reason = f"categories deeper than {MOST_LEVELS} levels, put at the last one: {lifted}"
        said.append((None, reason))


def _unlevelled(start: str, parents: _Parents, levels: Mapping[str | None, int]) -> Iterator[str]:
    """*start* and what is above it, up to where the level is known."""
    at: str | None = start
    while at is not None and at not in levels:
        yield at
        at = parents[at]


def _categories(
    children: Mapping[str | None, list[Record]], above: str | None
) -> list[dict[str, Any]]:
    """What lies below *above*; names are each their own, since paths are made of them."""
    taken: set[str] = set()
    return [
        {
            "key": record.key,
            "name": free(_name(record, taken), taken),
            "infos": {
                locale: _stored(record, one) for locale, one in sorted(record.labels.items())
            },
            "categories": _categories(children, record.id) if record.id in children else [],
        }
        for record in children.get(above, ())
    ]


def _name(record: Record, taken: set[str]) -> str:
    label = record.label
    if label in taken or label in (".", "..") or "/" in label:
        return record.key.replace("/", "-")
    return label


def _stored(record: Record, labels: Labels) -> dict[str, Any]:
    return {
        "name": labels.name or record.label,
        "description": labels.description,
        "synonyms": labels.synonyms,
        "properties": labels.properties,
    }


def _check_storable(value: Any) -> None:
    match value:
        case str():
            storable(value)
        case dict():
            _check_storable([*value, *value.values()])
        case list():
            for item in value:
                _check_storable(item)

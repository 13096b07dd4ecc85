"""Conditions: what a filter asks of an entry, compared with the plainest reading of it."""

from __future__ import annotations

import doctest
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import conditions
from search_index.conditions import admits
from search_index.entry import Entry, Order, Typed
from search_index.flatten import LONGEST_VALUE, shortened
from search_index.query import Condition, Operator
from tests.search_index.made import entry

BOOLEAN: Final = Order.BOOLEAN.value
NUMBER: Final = Order.NUMBER.value
DATE: Final = Order.DATE.value
STRING: Final = Order.STRING.value

#: Nodes that a reference leads to; the reader does not see the last one.
TARGETS: Final = ("t0", "t1", "hidden")

RANGES: Final = ("gt", "gte", "lt", "lte")

value = st.one_of(
    st.tuples(st.just(BOOLEAN), st.booleans()),
    st.tuples(st.just(NUMBER), st.integers(0, 3) | st.sampled_from([0.5, 2.0])),
    st.tuples(st.just(DATE), st.integers(0, 3)),
    st.tuples(st.just(STRING), st.sampled_from(["", "a", "A", "ab", "AB", "b", "é"])),
)
held = st.dictionaries(
    st.sampled_from(["x", "y", "x.z"]), st.lists(value, min_size=1, max_size=3).map(tuple)
)
pointing = st.dictionaries(
    st.sampled_from(["to", "x"]), st.lists(st.sampled_from(TARGETS), min_size=1).map(tuple)
)
operators = st.sampled_from(
    ["eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "prefix", "contains"]
)
#: At most one of each type, as one text stands for.
readings = st.lists(value, min_size=1, max_size=4, unique_by=lambda one: one[0]).map(tuple)
condition = st.builds(
    lambda name, operator, readings, through: Condition(
        name=name, operator=operator, readings=readings, through=through
    ),
    st.sampled_from(["x", "y", "x.z"]), operators, readings, st.none() | st.just("to"),
) | st.builds(
    lambda name, says, through: Condition(
        name=name, operator="exists", readings=((BOOLEAN, says),), through=through
    ),
    st.sampled_from(["x", "y", "x.z", "to"]), st.booleans(), st.none() | st.just("to"),
)  # fmt: skip


def ranked(value: Typed) -> Any:
    return value[1].casefold() if value[0] == STRING else value[1]


def compared(one: Typed, operator: Operator, wanted: Typed) -> bool:
    """Whether one value fits one reading."""
    if one[0] != wanted[0]:
        return False
    left, right = ranked(one), ranked(wanted)
    match operator:
        case "gt":
            return bool(left > right)
        case "gte":
            return bool(left >= right)
        case "lt":
            return bool(left < right)
        case "lte":
            return bool(left <= right)
        case "prefix":
            return one[0] == STRING and bool(one[1][: len(wanted[1])] == wanted[1])
        case "contains":
            return one[0] == STRING and bool(one[1].find(wanted[1]) >= 0)
        case _:
            return bool(one[1] == wanted[1])


def holds(one: Condition, values: Iterable[Typed]) -> bool:
    return any(compared(value, one.operator, wanted) for value in values for wanted in one.readings)


def ranges(one: Condition, asked: list[Condition]) -> list[Condition]:
    """All ranges among what is *asked* of the same name."""
    alike = [each for each in asked if (each.name, each.through) == (one.name, one.through)]
    return [each for each in alike if each.operator in RANGES]


def visible(found: Entry) -> Iterator[str]:
    """What of *found* a reader sees: a line for each value or target that is there."""
    yield from found.values
    yield from (name for name, ids in found.refs.items() for id in ids if id != "hidden")


def naively(
    one: Condition, asked: Entry, targets: dict[str, Entry], within: list[Condition]
) -> bool:
    """What a condition means, word by word; *within* are all ranges of its name."""
    about = [asked]
    if one.through is not None:
        about = [targets[id] for id in asked.refs.get(one.through, ()) if id != "hidden"]
    if one.operator == "exists":
        names = [name for found in about for name in visible(found)]
        there = any(name == one.name or name.startswith(one.name + ".") for name in names)
        return bool(there == one.readings[0][1])
    if one.operator in RANGES:
        return any(
            all(holds(each, [value]) for each in within)
            for found in about
            for value in found.values.get(one.name, ())
        )
    some = any(holds(one, found.values.get(one.name, ())) for found in about)
    return not some if one.operator in ("ne", "nin") else some


@given(held, pointing, st.lists(held, min_size=3, max_size=3), st.lists(condition, max_size=3))
def test_conditions_mean_what_they_say(
    values: Any, refs: Any, others: list[Any], asked: list[Condition]
) -> None:
    """Whatever is held and asked, all conditions hold or the entry is not admitted."""
    targets = {id: entry(id, values=one) for id, one in zip(TARGETS, others, strict=True)}
    looked_at = entry("one", values=values, refs=refs)
    seen = {id: one for id, one in targets.items() if id != "hidden"}.get

    expected = all(naively(one, looked_at, targets, ranges(one, asked)) for one in asked)
    assert admits(asked, seen)(looked_at) == expected


def nobody(id: str) -> Entry | None:
    return None


def reading(value: str | bool) -> Typed:
    return (BOOLEAN if isinstance(value, bool) else STRING, value)


def fits(looked_at: Entry, name: str, operator: Operator, wanted: str | bool, **said: Any) -> bool:
    """Whether *looked_at* is admitted."""
    asked = Condition(name=name, operator=operator, readings=(reading(wanted),), **said)
    return admits([asked], nobody)(looked_at)


def test_examples_hold() -> None:
    """Every example in the module gives what it says."""
    failed, tried = doctest.testmod(conditions)

    assert tried > 0
    assert failed == 0


def test_without_conditions_all_is_admitted() -> None:
    """Nothing asked, nothing is refused."""
    assert admits([], nobody)(entry("one"))


@pytest.mark.parametrize("operator", ["eq", "gte", "lte", "in"])
def test_types_are_told_apart(operator: Operator) -> None:
    """A number is no date, no boolean and no string, however alike they look."""
    for wanted in ((BOOLEAN, True), (NUMBER, 1), (DATE, 1), (STRING, "1")):
        asked = Condition(name="x", operator=operator, readings=(wanted,))
        for held in ((BOOLEAN, True), (NUMBER, 1), (DATE, 1), (STRING, "1")):
            found = admits([asked], nobody)(entry("one", values={"x": (held,)}))
            assert found == (held == wanted)


def test_equal_is_exact_and_ranges_are_not() -> None:
    """Case counts when strings are to be equal, and does not when they are put in order."""
    found = entry("one", values={"x": ((STRING, "Zeta"),)})

    assert fits(found, "x", "eq", "Zeta")
    assert not fits(found, "x", "eq", "zeta")
    assert fits(found, "x", "gt", "alpha")
    assert fits(found, "x", "lte", "zETA")
    assert not fits(found, "x", "prefix", "ze")


NODE: Final = entry(
    "content/documents/site/Blog/One", types=("site:article", "site:base"), locale="pt_BR",
    title="Straße", rank=3, created_at=10, modified_at=20, published_at=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "operator", "wanted", "expected"),
    [
        ("name", "eq", (STRING, "One"), True),
        ("name", "eq", (STRING, "one"), False),
        ("name", "lte", (STRING, "one"), True),
        ("title", "gte", (STRING, "strasse"), True),
        ("type", "eq", (STRING, "site:article"), True),
        ("type", "eq", (STRING, "site:base"), False),
        ("id", "in", (STRING, NODE.id), True),
        ("locale", "eq", (STRING, "pt-BR"), True),
        ("locale", "prefix", (STRING, "pt-"), True),
        ("locale", "eq", (STRING, "pt_BR"), False),
        ("rank", "gt", (NUMBER, 2), True),
        ("created_at", "gte", (DATE, 10), True),
        ("created_at", "gte", (NUMBER, 10), False),
        ("modified_at", "lt", (DATE, 20), False),
        ("published_at", "exists", (BOOLEAN, True), False),
        ("published_at", "exists", (BOOLEAN, False), True),
        ("published_at", "ne", (DATE, 20), True),
        ("published_at", "lt", (DATE, 20), False),
        ("path", "eq", (STRING, "Blog/One"), True),
        ("path", "prefix", (STRING, "Blog/"), True),
        ("path", "contains", (STRING, "content"), False),
        ("path", "gt", (STRING, "alpha"), False),
    ],
)
def test_a_node_is_asked_for_what_it_has_of_its_own(
    name: str, operator: Operator, wanted: Typed, expected: bool
) -> None:
    """Attributes are compared as they are shown: paths from the folder, locales by their tags;
    identifiers are ordered as they are, and all other strings whatever their case."""
    asked = Condition(
        name=name, operator=operator, readings=(wanted,), of="node", below="content/documents/site"
    )

    assert admits([asked], nobody)(NODE) == expected


def test_a_path_elsewhere_is_whole() -> None:
    """What does not lie in the folder is at its path from the root."""
    found = entry("content/gallery/a.jpg")

    assert fits(found, "path", "eq", "content/gallery/a.jpg", of="node", below="content/documents")


def test_a_reference_is_the_id_of_what_is_seen() -> None:
    """Without a name, a reference is asked for the id of what it leads to; what the reader does
    not see is not there."""
    found = entry("one", refs={"to": ("seen", "hidden")})
    seen = {"seen": entry("t", id="seen")}.get

    def asks(operator: Operator, *wanted: str | bool) -> bool:
        readings = tuple(map(reading, wanted))
        asked = Condition(name="", operator=operator, readings=readings, through="to")
        return admits([asked], seen)(found)

    assert asks("eq", "seen")
    assert not asks("eq", "hidden")
    assert asks("ne", "hidden")
    assert not asks("nin", "seen", "other")
    assert asks("exists", True)
    assert not asks("exists", False)


def test_an_id_stands_for_what_is_shown_instead() -> None:
    """By the id of any translation those are found that point at any, and no others."""
    shown = entry("nl", id="nl")
    seen = {"nl": shown, "en": shown, "other": entry("other", id="other")}.get
    found = entry("one", refs={"to": ("en",)})

    def asks(operator: Operator, *wanted: str) -> bool:
        readings = tuple(map(reading, wanted))
        asked = Condition(name="", operator=operator, readings=readings, through="to")
        return admits([asked], seen)(found)

    assert asks("eq", "en")
    assert asks("eq", "nl")
    assert asks("in", "nl", "gone")
    assert not asks("ne", "nl")
    assert not asks("eq", "other")
    assert asks("ne", "gone")


def test_a_range_is_of_one_value() -> None:
    """Between two ends lies some one value, not one above the first and another below the last."""

    def between(*held: int, through: str | None = None) -> bool:
        first = Condition(name="x", operator="gte", readings=((NUMBER, 3),), through=through)
        asked = [first, replace(first, operator="lt", readings=((NUMBER, 5),))]
        one = entry("one", values={"x": tuple((NUMBER, each) for each in held)})
        looked_at = one if through is None else entry("two", refs={through: (one.id,)})
        return admits(asked, {one.id: one}.get)(looked_at)

    assert between(1, 4, 9)
    assert not between(1, 9)
    assert between(1, 4, through="to")
    assert not between(1, 9, through="to")


def test_what_is_not_to_be_is_told_apart_by_where_it_is() -> None:
    """To be different from several values is asked of each name, here and behind each reference."""
    found = entry("one", values={"x": ((STRING, "a"),)}, refs={"to": ("t",)})
    target = entry("t", values={"x": ((STRING, "b"),)})
    here, there, other = (
        Condition(name=name, operator="ne", readings=((STRING, value),), through=through)
        for name, value, through in (("x", "b", None), ("x", "a", "to"), ("y", "a", None))
    )

    assert admits([here, there, other], {"t": target}.get)(found)
    assert not admits([replace(here, through="to"), there], {"t": target}.get)(found)
    assert not admits([here, replace(there, through=None)], {"t": target}.get)(found)


def test_a_compound_exists_by_what_is_in_it() -> None:
    """A field of fields is there if any of these is, and a similar name is another one."""
    found = entry("one", values={"box.label": ((STRING, "a"),)}, refs={"case.to": ("hidden",)})

    assert fits(found, "box", "exists", True)
    assert not fits(found, "bo", "exists", True)
    assert not fits(found, "case", "exists", True)


def test_very_long_strings_are_compared_whole() -> None:
    """Of a long string only a part is kept; it is equal to no other one, and holds no more."""
    text = "a" * LONGEST_VALUE
    found = entry("one", values={"x": ((STRING, shortened(text + "b")),)})

    assert fits(found, "x", "eq", text + "b")
    assert not fits(found, "x", "eq", text + "c")
    assert fits(found, "x", "prefix", text)
    assert not any(fits(found, "x", "contains", digit) for digit in "0123456789\0")

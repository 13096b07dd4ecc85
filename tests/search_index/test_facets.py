"""Facets: the values of entries, counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.entry import Entry, Order, Typed
from search_index.facets import LONGEST_VALUE, MOST_VALUES, beginning, counted
from search_index.query import Counted, Facet
from tests.search_index.made import entry

TRUE: Final = (Order.BOOLEAN.value, True)
ONE: Final = (Order.NUMBER.value, 1)

UNITS: Final = ("year", "month", "day")
values = st.one_of(
    st.tuples(st.just(Order.BOOLEAN.value), st.booleans()),
    st.tuples(st.just(Order.NUMBER.value), st.integers(0, 3) | st.just(1.0)),
    st.tuples(st.just(Order.DATE.value), st.integers(0, 3)),
    st.tuples(st.just(Order.STRING.value), st.sampled_from(["a", "A", "b", "1", "é"])),
)


def said(text: str) -> Typed:
    return Order.STRING.value, text


def date(year: int, month: int = 1, day: int = 1, hour: int = 0) -> Typed:
    when = datetime(year, month, day, hour, tzinfo=UTC)
    return Order.DATE.value, round(when.timestamp() * 1000)


def with_values(**fields: tuple[Typed, ...]) -> Entry:
    return entry("a", values=fields)


def nobody(id: str) -> Entry | None:
    return None


def count(facet: Facet, *entries: Entry) -> Counted:
    """What *facet* counts of entries that point at nothing."""
    (found,) = counted([facet], entries, nobody)
    return found


def test_the_most_frequent_value_comes_first() -> None:
    """Values come by their count, and by their order where it is the same."""
    ann, bob, cid = said("Ann"), said("bob"), said("Cid")
    found = count(
        Facet("author"),
        with_values(author=(cid,)), with_values(author=(bob, ann)), with_values(author=(cid,)),
    )  # fmt: skip

    assert found == Counted(((cid, 2), (ann, 1), (bob, 1)), 0)


def test_an_entry_counts_once_for_a_value_that_it_has_twice() -> None:
    """Counts are of entries, not of values."""
    assert count(Facet("tags"), with_values(tags=(said("x"), said("x")))).values == (
        (said("x"), 1),
    )


def test_an_entry_without_a_value_counts_nowhere() -> None:
    """There is no value for what has none."""
    assert count(Facet("tags"), with_values(), entry("b")) == Counted((), 0)


def test_values_that_look_alike_are_told_apart_by_their_type() -> None:
    """True, 1 and "1" are three values, in the order of types; 1 and 1.0 are one."""
    found = count(
        Facet("any"), with_values(any=(said("1"), ONE, TRUE)), with_values(any=((ONE[0], 1.0),))
    )

    assert found.values == ((ONE, 2), (TRUE, 1), (said("1"), 1))


def test_what_differs_in_case_is_counted_apart() -> None:
    """Values are exact, and next to each other where only the case differs."""
    found = count(Facet("tags"), with_values(tags=(said("b"), said("a"), said("B"), said("A"))))

    assert [value for (_, value), _ in found.values] == ["A", "a", "B", "b"]


def test_at_most_a_hundred_values_are_given_and_the_others_counted() -> None:
    """What is left out is the least frequent, and its number is said."""
    entries = [with_values(tags=(said(f"{n:04}"),)) for n in range(MOST_VALUES + 7)]
    found = count(Facet("tags"), *entries, entries[-1])

    assert len(found.values) == MOST_VALUES
    assert found.omitted == 7
    assert found.values[0] == (said(f"{MOST_VALUES + 6:04}"), 2)
    assert found.values[-1] == (said(f"{MOST_VALUES - 2:04}"), 1)


def test_very_long_strings_are_left_out() -> None:
    """A string that would fill a link is among those that are not given."""
    longest, longer = said("x" * LONGEST_VALUE), said("x" * (LONGEST_VALUE + 1))
    found = count(Facet("tags"), with_values(tags=(longest, longer)))

    assert found == Counted(((longest, 1),), 1)


@pytest.mark.parametrize(
    ("unit", "counts"),
    [
        ("year", [(date(2017), 2), (date(2016), 1)]),
        ("month", [(date(2016, 12), 1), (date(2017, 1), 1), (date(2017, 5), 1)]),
        ("day", [(date(2016, 12, 31), 1), (date(2017, 1, 1), 1), (date(2017, 5, 9), 1)]),
    ],
)
def test_dates_are_counted_by_unit(unit: Any, counts: list[tuple[Typed, int]]) -> None:
    """By year, month or day in UTC, each entry once, and what is no date not at all."""
    found = count(
        Facet("date", unit=unit),
        with_values(date=(date(2016, 12, 31, 23),)),
        with_values(date=(date(2017, 1, 1, 0),)),
        with_values(date=(date(2017, 5, 9, 11), date(2017, 5, 9, 12), (Order.DATE.value, 1e300))),
        with_values(date=(said("2017"), ONE)),
    )

    assert list(found.values) == counts


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999), st.sampled_from(UNITS))
def test_a_unit_begins_at_or_before_each_moment_of_it(millis: int, unit: Any) -> None:
    """A beginning is its own, no later than what it is of, and of the same year."""
    found = beginning(millis, unit)

    assert found <= millis
    assert beginning(found, unit) == found
    assert beginning(found, "year") == beginning(millis, "year")


def test_mirrors_are_counted_by_what_they_point_at() -> None:
    """A target is a value by its id, unless the reader may not see it; what is shown instead of
    several is one value."""
    entries = [entry("a", refs={"authors": ("1", "2", "3")}), entry("b", refs={"authors": ("1",)})]
    one = entry("one", id="1")
    (found,) = counted([Facet("authors")], entries, {"1": one, "3": one}.get)

    assert found == Counted(((said("1"), 2),), 0)


def test_a_text_like_an_id_is_no_value_of_a_mirror() -> None:
    """Where a field points at nodes, what looks like an id is asked of what it points at only."""
    id = "6c1d2f0e-0000-4000-8000-00000000000a"
    found = with_values(friend=(said(id), said("Ann")))

    assert count(Facet("friend", refers=True), found).values == ((said("Ann"), 1),)
    assert len(count(Facet("friend"), found).values) == 2


keys = st.sampled_from("abcdef")


@given(
    st.dictionaries(keys, st.lists(keys, max_size=3, unique=True).map(tuple)),
    st.lists(st.lists(keys, max_size=3), max_size=6),
)
def test_a_key_counts_for_all_above_it(above: dict[str, Any], rows: list[list[str]]) -> None:
    """An entry counts once for each key that it has, and once for each that is above one."""
    entries = [with_values(kinds=tuple(map(said, row))) for row in rows]
    found = dict(count(Facet("kinds", above=above), *entries).values)

    for key in "abcdef":
        counting = [row for row in rows if any(key in (one, *above.get(one, ())) for one in row)]
        assert found.get(said(key), 0) == len(counting)


def test_what_is_no_string_is_below_nothing() -> None:
    """A number is no key, however it would be written."""
    found = count(Facet("kinds", above={"1": ("all",)}), with_values(kinds=(ONE,)))

    assert found.values == ((ONE, 1),)


def test_all_that_is_held_is_told() -> None:
    """Beside what is counted it is known what there is but dates that are counted by a unit, and
    whether anything has two values."""
    long = said("x" * (LONGEST_VALUE + 1))
    values = (date(2017, 5), ONE)
    year = count(Facet("date", unit="year"), *(with_values(date=(one,)) for one in values))
    two = count(Facet("date"), with_values(date=(ONE, long)))

    assert (year.held, year.is_single) == (frozenset({ONE}), True)
    assert (two.held, two.is_single) == (frozenset({ONE, long}), False)


@pytest.mark.parametrize(
    ("name", "attributes", "value"),
    [
        ("type", {"types": ("site:report", "site:article")}, said("site:report")),
        ("locale", {"locale": "pt_br"}, said("pt-BR")),
        ("name", {}, said("b")),
        ("title", {"title": "News"}, said("News")),
        ("rank", {"rank": 3}, (Order.NUMBER.value, 3)),
        ("created_at", {"created_at": date(2017)[1]}, date(2017)),
    ],
)
def test_a_nodes_own_attributes(name: str, attributes: Mapping[str, Any], value: Typed) -> None:
    """What every node has is counted with its type, and as it is written."""
    assert count(Facet(name, of="node"), entry("a/b", **attributes)).values == ((value, 1),)


def test_an_attribute_that_a_node_lacks() -> None:
    """What was never published was so in no year."""
    assert count(Facet("published_at", of="node", unit="year"), entry("a")) == Counted((), 0)


def test_there_are_no_other_attributes() -> None:
    """A facet of nodes names one of their attributes."""
    with pytest.raises(ValueError, match="digest"):
        count(Facet("digest", of="node"), entry("a"))


def test_several_facets_are_counted_of_the_same_entries() -> None:
    """Each facet has its counts, in the order of the facets, even if the entries come once."""
    entries = iter([with_values(a=(ONE,), b=(TRUE,))])
    found = counted([Facet("b"), Facet("a"), Facet("c")], entries, nobody)

    assert [one.values for one in found] == [((TRUE, 1),), ((ONE, 1),), ()]


@given(st.lists(st.lists(values, max_size=4), max_size=8))
def test_each_count_is_that_of_the_entries_with_the_value(rows: list[list[Typed]]) -> None:
    """Every value is there once, with the number of the entries that have it."""
    found = count(Facet("x"), *(with_values(x=tuple(row)) for row in rows))

    assert {value for value, _ in found.values} == {value for row in rows for value in row}
    assert len(found.values) == len(dict(found.values))
    assert all(number == sum(value in row for row in rows) for value, number in found.values)
    numbers = [number for _, number in found.values]
    assert numbers == sorted(numbers, reverse=True)

"""Cursors: a walk through an order that goes on while entries come, go and change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index import SortKey, cursors, meaning
from search_index.entry import Entry, Order, Typed
from search_index.query import Cursor
from tests.search_index.made import entry

NUMBER: Final = Order.NUMBER.value
STRING: Final = Order.STRING.value

value = st.one_of(
    st.tuples(st.just(Order.BOOLEAN.value), st.booleans()),
    st.tuples(st.just(NUMBER), st.integers(0, 2)),
    st.tuples(st.just(Order.DATE.value), st.integers(0, 2)),
    st.tuples(st.just(STRING), st.sampled_from(["a", "A", "b", "é"])),
)
fields = st.dictionaries(
    st.sampled_from("xy"), st.lists(value, min_size=1, max_size=2).map(tuple), max_size=2
)
#: What an entry is by its number: nothing says that it is not there.
state = st.dictionaries(st.integers(0, 11), fields, max_size=12)
key = st.builds(SortKey, st.sampled_from(["x", "y"]), st.booleans()) | st.builds(
    SortKey, st.sampled_from(["id", "title", "rank", "locale", "path"]), st.booleans(),
    st.just("node"),
)  # fmt: skip
score = st.builds(SortKey, st.just("score"), st.booleans(), st.just("score"))
sorts = st.lists(key, max_size=2)


def listed(state: Mapping[int, Mapping[str, tuple[Typed, ...]]], moved: int = 0) -> list[Entry]:
    """The entries of *state* in the default order; *moved* tells their paths."""
    found = [
        entry(
            f"{(number * 7 + moved) % 13:02}/{number % 2}",
            id=str(number),
            title="aAb"[number % 3],
            rank=number % 3,
            locale=("nl", None)[number % 2],
            values=values,
        )
        for number, values in state.items()
    ]
    return sorted(found, key=meaning.default_order)


def scored(entries: Sequence[Entry]) -> dict[int, float]:
    """A score of each row that only the entry itself decides."""
    return {row: float(int(one.id) % 3) for row, one in enumerate(entries)}


def page(
    entries: Sequence[Entry], sort: Sequence[SortKey], cursor: Cursor | None, *, by_score: bool
) -> tuple[list[Entry], Cursor | None]:
    """The three entries behind *cursor*, and the cursor behind them."""
    scores = scored(entries) if by_score else None
    rows = meaning.ordered(range(len(entries)), entries, sort, scores)
    first = 0 if cursor is None else cursors.start(rows, entries, sort, scores, cursor)
    shown = rows[first : first + 3]
    behind = cursors.at(shown[-1], entries, sort, scores) if shown else None
    return [entries[row] for row in shown], behind


def walk(
    states: Sequence[list[Entry]], sort: Sequence[SortKey], *, by_score: bool
) -> Iterator[Entry]:
    """All that a walk meets which sees another of *states* at each step, the last one for good."""
    cursor: Cursor | None = None
    for entries in (*states, *[states[-1]] * 5):
        found, behind = page(entries, sort, cursor, by_score=by_score)
        yield from found
        cursor = behind or cursor


@given(st.lists(state, min_size=1, max_size=4), sorts | st.lists(key | score, max_size=2))
def test_a_walk_meets_once_what_stays_as_it_is(
    states: list[dict[int, dict[str, tuple[Typed, ...]]]], sort: list[SortKey]
) -> None:
    """Whatever is created, removed or changed between pages, the others are met exactly once."""
    by_score = any(one.of == "score" for one in sort)
    shown = [listed(one) for one in states]
    met = list(walk(shown, sort, by_score=by_score))

    for one in shown[-1]:
        if all(one in entries for entries in shown):
            assert met.count(one) == 1, one.path


@given(state, state, st.integers(1, 12), sorts)
def test_what_moves_elsewhere_changes_nothing_for_the_others(
    before: dict[int, Any], after: dict[int, Any], moved: int, sort: list[SortKey]
) -> None:
    """Entries that move while others stay do not have those repeated or left out."""
    stay = {number: values for number, values in before.items() if number < 6}
    move = {number: values for number, values in before.items() if number >= 6}
    there = [sorted([*listed(stay), *listed(move, to)], key=meaning.default_order)
             for to in (0, moved)]  # fmt: skip
    met = list(walk(there, sort, by_score=False))

    assert all(met.count(one) == 1 for one in listed(stay))


@given(state, sorts, st.booleans())
def test_what_a_cursor_is_made_of_lies_behind_none_of_what_follows(
    state: dict[int, Any], sort: list[SortKey], by_score: bool
) -> None:
    """Behind the cursor of a row are just the rows after it."""
    entries = listed(state)
    scores = scored(entries) if by_score else None
    rows = meaning.ordered(range(len(entries)), entries, sort, scores)

    for number, row in enumerate(rows):
        cursor = cursors.at(row, entries, sort, scores)
        assert cursors.start(rows, entries, sort, scores, cursor) == number + 1
        assert cursors.suits(cursor, sort, scored=by_score)


def test_a_cursor_says_what_its_item_was_ordered_by() -> None:
    """A value for each key, none where there was none, then the path and the id."""
    one = entry("a/b", id="7", values={"x": ((STRING, "Z"), (STRING, "y"))})
    sort = [SortKey("x"), SortKey("x", descending=True), SortKey("y"), SortKey("id", of="node")]

    assert cursors.at(0, [one], sort, None) == Cursor(
        ((STRING, "y"), (STRING, "z"), None, (meaning.ATTRIBUTE, "7")), "a/b", "7"
    )


def test_a_text_without_a_sort_goes_by_score() -> None:
    """The cursor of a search says the score, and what it was made with."""
    entries = [entry("a"), entry("b"), entry("c")]
    scores = {0: 1.0, 1: 2.0, 2: 2.0}
    cursor = cursors.at(1, entries, (), scores, (0.5,))

    assert cursor == Cursor(((NUMBER, 2.0),), "b", "id-b", (0.5,))
    assert cursors.start([1, 2, 0], entries, (), scores, cursor) == 1


def test_of_two_at_one_path_the_id_decides() -> None:
    """Where a path was taken by another node, the greater id lies behind."""
    cursor = cursors.at(0, [entry("a", id="5")], (), None)

    assert cursors.start([0], [entry("a", id="6")], (), None, cursor) == 0
    assert cursors.start([0], [entry("a", id="4")], (), None, cursor) == 1


@pytest.mark.parametrize(
    ("cursor", "sort", "scored"),
    [
        (Cursor((), "a", "1"), [SortKey("x")], False),
        (Cursor((), "a", "1"), [], True),
        (Cursor((None,), "a", "1"), [], True),
        (Cursor((None, None), "a", "1"), [SortKey("x")], False),
        (Cursor(((NUMBER, "7"),), "a", "1"), [SortKey("x")], False),
        (Cursor(((STRING, 7),), "a", "1"), [SortKey("x")], False),
        (Cursor(((9, 7),), "a", "1"), [SortKey("x")], False),
        (Cursor(((0, 7),), "a", "1"), [SortKey("title", of="node")], False),
        (Cursor(((0, "7"),), "a", "1"), [SortKey("rank", of="node")], False),
        (Cursor(((0, "7"),), "a", "1"), [SortKey("created_at", of="node")], False),
        (Cursor(((STRING, "7"),), "a", "1"), [SortKey("path", of="node")], False),
        (Cursor(((STRING, "7"),), "a", "1"), [], True),
        (Cursor((), "a", "1", (-1.0,)), [], False),
        (Cursor((), "a", "1", (1e300,)), [], False),
    ],
)
def test_a_cursor_that_no_item_can_have_does_not_suit(
    cursor: Cursor, sort: list[SortKey], scored: bool
) -> None:
    """Values are as many as there are keys, of types that those can have, and rarities moderate."""
    assert not cursors.suits(cursor, sort, scored=scored)
    assert cursors.suits(replace(cursor, values=(), rarities=()), [], scored=False)

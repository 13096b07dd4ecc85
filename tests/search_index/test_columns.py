"""Columns: whatever is asked, arrays answer as a look at each entry does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from content_repo import Kind
from search_index import Query, SortKey, Window
from search_index.catalogue import Catalogue
from search_index.columns import Leaf, Living, Tables, catalogue
from search_index.columns.tables import Ranked
from search_index.entry import Entry, Order
from search_index.matching import Scored
from search_index.query import Condition, Facet
from tests.search_index.made import entry

NUMBER: Final = Order.NUMBER.value
STRING: Final = Order.STRING.value
DATE: Final = Order.DATE.value
YEAR: Final = 365 * 24 * 60 * 60 * 1000

#: Longer than what is read when a segment is opened.
LONG: Final = "b" * 200

values = st.one_of(
    st.tuples(st.just(Order.BOOLEAN.value), st.booleans()),
    st.tuples(st.just(NUMBER), st.sampled_from([0, 1, 1.5, 2**60, 2**60 + 1])),
    st.tuples(st.just(DATE), st.sampled_from([0, 1, YEAR, 2 * YEAR, 2**61])),
    st.tuples(st.just(STRING), st.sampled_from(["a", "A", "b", "é", LONG, "id-1/0"])),
)
some_values = st.lists(values, min_size=1, max_size=3).map(tuple)
ids = st.integers(0, 11).map(lambda number: f"id-{number}")
entries = st.builds(
    lambda number, **said: entry(f"{number % 3}/{number}", id=f"id-{number}", **said),
    st.integers(0, 11),
    kind=st.sampled_from([Kind.DOCUMENT, Kind.FOLDER]),
    types=st.sampled_from([("site:article",), ("site:news", "site:article"), ("site:note",)]),
    locale=st.sampled_from([None, "en", "nl", "nl_BE", "EN"]),
    group=st.sampled_from("gh"),
    title=st.sampled_from(["", "a", "A", "b"]),
    rank=st.integers(0, 2),
    modified_at=st.sampled_from([0, 1, YEAR]),
    published_at=st.sampled_from([None, 0, YEAR]),
    present=st.sets(st.sampled_from(["x", "y", "r", "title"])).map(sorted).map(tuple),
    values=st.dictionaries(st.sampled_from(["x", "y", "x.z"]), some_values, max_size=3),
    refs=st.dictionaries(
        st.just("r"), st.lists(ids, min_size=1, max_size=2, unique=True).map(tuple)
    ),
    keys=st.dictionaries(
        st.sampled_from(["t", ""]),
        st.lists(st.sampled_from("kl"), min_size=1, unique=True).map(tuple),
    ),
    units=st.tuples(st.integers(0, 3), st.integers(0, 9)),
    spans=st.dictionaries(
        st.sampled_from(["title", "x", "x.z"]), st.sampled_from([(0, 4), (2, 4, 8, 9)])
    ),
)
#: Segments one after another: what comes again has left those before.
segments = st.lists(
    st.lists(entries, min_size=3, max_size=8, unique_by=lambda one: one.id), min_size=1, max_size=3
)

attributes = st.sampled_from(
    ["title", "name", "path", "type", "locale", "id", "rank", "modified_at", "published_at"]
)
fields = st.sampled_from(["x", "y", "x.z"])
sorts = st.lists(
    st.builds(SortKey, fields, st.booleans())
    | st.builds(SortKey, attributes, st.booleans(), st.just("node")),
    max_size=2,
).map(tuple)
asked_for = values | st.just((NUMBER, 10**30))
readings = st.lists(asked_for, min_size=1, max_size=2, unique_by=lambda one: one[0]).map(tuple)
conditions = st.one_of(
    st.builds(
        Condition,
        name=fields,
        operator=st.sampled_from(
            ["eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "prefix", "contains"]
        ),
        readings=readings,
        through=st.sampled_from([None, None, "r"]),
    ),
    st.builds(
        Condition,
        name=attributes,
        operator=st.sampled_from(["eq", "ne", "gt", "lte", "prefix"]),
        readings=readings,
        of=st.just("node"),
    ),
    st.builds(
        Condition,
        name=st.sampled_from(["x", "y", "r"]),
        operator=st.just("exists"),
        readings=st.booleans().map(lambda yes: ((Order.BOOLEAN.value, yes),)),
    ),
)
facets = st.lists(
    st.builds(
        Facet,
        fields,
        unit=st.sampled_from([None, None, "year"]),
        refers=st.booleans(),
        above=st.sampled_from([{}, {"a": ("b",), "A": ("b", "c")}]),
    )
    | st.just(Facet("r"))
    | st.builds(Facet, attributes, of=st.just("node"))
    | st.just(Facet("published_at", of="node", unit="year")),
    max_size=2,
).map(tuple)


def seldom(rule: st.SearchStrategy[Any], otherwise: Any = None) -> st.SearchStrategy[Any]:
    """*otherwise* mostly: of many rules at once, nothing would be found."""
    return st.integers(0, 7).flatmap(lambda number: rule if number == 7 else st.just(otherwise))


queries = st.builds(
    Query,
    kinds=seldom(st.just(frozenset({Kind.DOCUMENT})), frozenset(Kind)),
    roots=seldom(st.sampled_from([("0", "1"), ("2",)]), ("",)),
    window=st.builds(Window, st.integers(0, 2), st.integers(2, 9)),
    types=seldom(st.sampled_from([frozenset({"site:article"}), frozenset({"site:news"})])),
    scopes=seldom(st.just(("1",)), ()),
    outside=seldom(st.just(("0",)), ()),
    deepest=seldom(st.sampled_from([1, 2])),
    ids=seldom(st.frozensets(ids, min_size=3, max_size=8)),
    categories=seldom(st.just(frozenset("k"))),
    taxonomy=st.sampled_from([None, "t"]),
    conditions=st.lists(conditions, max_size=1).map(tuple)
    | st.lists(conditions, max_size=3).map(tuple),
    locales=st.sampled_from([(), (), ("en",), ("nl-BE", "nl", "en")]),
    borrowing=st.booleans(),
    sort=sorts,
    facets=facets,
)
several = st.lists(queries, min_size=5, max_size=5)


def catalogues(written: Sequence[Sequence[Entry]]) -> tuple[Catalogue, Catalogue]:
    """The same entries by columns, and one by one."""
    tables = Tables()
    found = living([leaf(number, some, tables) for number, some in enumerate(written)], written)
    by_columns, one_by_one = (catalogue(found, tables, columns=each) for each in (True, False))
    return by_columns, one_by_one


def leaf(number: int, some: Sequence[Entry], tables: Tables) -> Leaf:
    """One segment; a number without an entry is a bookmark's."""
    return Leaf(str(number), [None, *(one.dumps() for one in some)], tables)


def living(leaves: Sequence[Leaf], written: Sequence[Sequence[Entry]]) -> list[Living]:
    """What of each segment no later one has written again."""
    found = []
    for number, one in enumerate(leaves):
        later = {entry.id for some in written[number + 1 : len(leaves)] for entry in some}
        there = [place for place, it in enumerate(written[number], start=1) if it.id not in later]
        found.append(Living(one, np.array(there, np.int64)))
    return found


def scores(found: Catalogue, given: Mapping[int, float]) -> Scored:
    """What a text may have scored, in no order."""
    rows = [row for row in given if row < len(found.entries)]
    return Scored(np.array(rows, np.int64), np.array([given[row] for row in rows], np.float64))


@given(segments, several)
def test_a_page_is_the_same(written: list[list[Entry]], asked: list[Query]) -> None:
    """Items, their order, total, facets, what is borrowed and the cursor do not depend on how
    entries are looked at."""
    by_columns, one_by_one = catalogues(written)
    for query in asked:
        assert by_columns.page(query) == one_by_one.page(query)


@given(segments, several, st.integers(0, 3))
def test_a_page_is_the_same_after_commits(
    written: list[list[Entry]], asked: list[Query], passed_over: int
) -> None:
    """So it is where orders were made before, be it that nobody asked for them meanwhile."""
    tables, leaves, by_columns = Tables(), list[Leaf](), None
    for number, some in enumerate(written):
        leaves.append(leaf(number, some, tables))
        found = living(leaves, written)
        by_columns = catalogue(found, tables, columns=True, before=by_columns)
        one_by_one = catalogue(found, tables, columns=False)
        for query in asked if number != passed_over else ():
            assert by_columns.page(query) == one_by_one.page(query)


@given(segments, several, st.dictionaries(st.integers(0, 11), st.sampled_from([0.5, 1.0, 2.0])))
def test_a_page_of_a_text_is_the_same(
    written: list[list[Entry]], asked: list[Query], given_scores: dict[int, float]
) -> None:
    """So it is with what a text found, by its score or otherwise."""
    by_columns, one_by_one = catalogues(written)
    for query in asked:
        found, expected = (
            one.page(query, scores(one, given_scores)) for one in (by_columns, one_by_one)
        )
        assert found == expected


@given(segments, queries)
def test_a_walk_is_the_same(written: list[list[Entry]], query: Query) -> None:
    """From one cursor to the next both meet the same."""
    by_columns, one_by_one = catalogues(written)
    asked = replace(query, window=Window(0, 2), facets=())
    for _ in range(4):
        found, expected = by_columns.page(asked), one_by_one.page(asked)
        assert found == expected
        if found.cursor is None:
            break
        asked = replace(asked, cursor=found.cursor)


@given(segments, st.sampled_from(["", "0", "1", "2/5"]))
def test_single_entries_are_the_same(written: list[list[Entry]], path: str) -> None:
    """Entries by id and below a path, text fields, units and locales are the same."""
    by_columns, one_by_one = catalogues(written)
    assert list(by_columns.entries) == list(one_by_one.entries)
    assert list(by_columns.below(path)) == list(one_by_one.below(path))
    assert by_columns.text_fields == one_by_one.text_fields
    assert np.array_equal(by_columns.units, one_by_one.units)
    assert np.array_equal(by_columns.speaking("nl-BE"), one_by_one.speaking("nl-BE"))
    for id in ["id-99", *(one.id for some in written for one in some)]:
        assert by_columns.get(id) == one_by_one.get(id)
        assert by_columns.spot(id) == one_by_one.spot(id)
    for number, some in enumerate(written):
        size = len(some) + 1
        rows = by_columns.rows_of(str(number), size), one_by_one.rows_of(str(number), size)
        assert np.array_equal(*rows)


@given(st.lists(st.lists(st.text("abAB", max_size=3), max_size=80), max_size=4))
def test_ranks_compare_as_keys_do(batches: list[list[str]]) -> None:
    """However values come, one by one or many at once, equal keys have equal ranks, and lesser
    ones lesser."""
    table: Ranked[str] = Ranked(str.casefold)
    for batch in batches:
        codes = [table.code(value) for value in batch]
        ranks: Any = table.ranks()
        assert len(ranks) == len(table)
        for code in codes:
            for other, value in enumerate(table.values):
                mine, its = table.values[code].casefold(), value.casefold()
                assert (ranks[code] < ranks[other]) == (mine < its)
                assert (ranks[code] == ranks[other]) == (mine == its)

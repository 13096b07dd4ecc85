"""Dates in fields that no type declares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import DocumentType, Field, FieldKind, Kind, Reader, Repository, Side, Types
from content_repo.doctypes import DATES, dated
from content_repo.errors import InvalidFields
from search_index import Query, SortKey, WhooshIndex, Window
from search_index.entry import Order
from search_index.flatten import flatten
from tests.content_repo.content import must, page
from tests.content_repo.stores import NOTE, PAGE, TYPES

BOX = DocumentType(name="t:box", compound=True, open=True)
OPEN = DocumentType(
    name="t:open",
    open=True,
    fields=(
        Field(name="title", kind=FieldKind.STRING),
        Field(name="when", kind=FieldKind.DATE),
        Field(name="json", kind=FieldKind.JSON),
        Field(name="boxes", kind=FieldKind.COMPOUND, multiple=True, type="t:box"),
    ),
)
KNOWN = Types({one.name: one for one in (*TYPES, OPEN, BOX)})

DAY = datetime(2017, 2, 14, 15, 12, tzinfo=UTC)
MILLIS = 1487085120000

keys = st.text(st.sampled_from("a/~01é"), max_size=3).filter(lambda key: not key.startswith("_"))
moments = st.datetimes(timezones=st.just(UTC)).map(
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab") | moments,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def reasons(given: dict[str, Any]) -> dict[str, str]:
    """What is wrong with the fields of an open document, by pointer."""
    with pytest.raises(InvalidFields) as failure:
        KNOWN.checked("t:open", given)
    return {one.pointer: one.reason for one in failure.value.facts["problems"]}


def test_dates_are_found_wherever_they_are() -> None:
    """A date is stored as epoch milliseconds, and where it stands is listed, in order."""
    stored = KNOWN.checked(
        "t:open",
        {
            "title": "t",
            "date": DAY,
            "params": {"when": DAY, "a/b~c": [1, {"x": DAY}]},
            "when": DAY,
            "boxes": [{}, {"seen": DAY}],
            "number": MILLIS,
        },
    )

    assert stored == {
        "title": "t",
        "date": MILLIS,
        "params": {"when": MILLIS, "a/b~c": [1, {"x": MILLIS}]},
        "when": MILLIS,
        "boxes": [{"_type": "t:box"}, {"_type": "t:box", "seen": MILLIS}],
        "number": MILLIS,
        "_dates": ["/date", "/params/when", "/params/a~1b~0c/1/x", "/boxes/1/seen"],
    }


def test_without_dates_nothing_is_listed() -> None:
    """Neither declared dates nor numbers nor texts that look like dates are listed."""
    fields = {"when": MILLIS, "date": "2017-02-14T15:12:00Z", "number": MILLIS, "none": None}

    assert KNOWN.checked("t:open", fields) == fields


def test_an_offset_is_taken_into_account() -> None:
    """Two spellings of a moment are one date."""
    local = DAY.astimezone(timezone(timedelta(hours=9)))

    assert KNOWN.checked("t:open", {"date": local})["date"] == MILLIS


@pytest.mark.parametrize(
    "value",
    [
        datetime(2017, 2, 14),
        date(2017, 2, 14),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-1))),
        datetime(9999, 12, 31, 23, 59, 59, 999_900, tzinfo=UTC),
    ],
)
def test_what_is_no_moment_of_the_calendar_is_refused(value: object) -> None:
    """Without an offset, or outside the years 1 to 9999 in UTC, a date is a problem."""
    assert reasons({"a": [value]}).keys() == {"/a/0"}


@pytest.mark.parametrize("value", [datetime.min.replace(tzinfo=UTC), DAY])
def test_the_whole_calendar_may_be_stored(value: datetime) -> None:
    """From the first moment of the year 1 on, a date is a date."""
    assert KNOWN.checked("t:open", {"a": value})["a"] in DATES


def test_a_declared_date_is_of_the_calendar_too() -> None:
    """A date before the year 1 in UTC is refused where it is declared, whatever its form."""
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    assert reasons({"when": early}).keys() == {"/when"}
    assert reasons({"when": early.isoformat()}).keys() == {"/when"}


@pytest.mark.parametrize(
    "fields", [{"json": {"a": DAY}}, {"title": DAY}, {"a": {1: DAY}}, {"_dates": ["/a"], "a": 1}]
)
def test_where_no_date_belongs_it_is_refused(fields: dict[str, Any]) -> None:
    """Declared fields take what they declare, and nobody says himself what is a date."""
    assert reasons(fields)


def test_only_open_types_hold_undeclared_dates() -> None:
    """A closed type has no undeclared fields, dates or not."""
    with pytest.raises(InvalidFields):
        KNOWN.checked(PAGE, {"date_": DAY})


@given(st.dictionaries(keys, values, max_size=4))
def test_stored_fields_can_be_given_again(fields: dict[str, Any]) -> None:
    """Stored, read as JSON and given again, fields are what they were, dates as well."""
    stored = KNOWN.checked("t:open", fields)
    before = orjson.dumps(stored)
    again = dated(stored)

    assert again == fields
    assert KNOWN.checked("t:open", again) == stored == orjson.loads(before)
    assert orjson.dumps(stored) == before


def write(repository: Repository, *dates: datetime | int | str) -> list[str]:
    with repository.write() as tx:
        written = []
        for number, value in enumerate(dates):
            fields = {"title": f"{number}", "date": value, "in": {"list": [value]}}
            written.append(page(tx, f"n{number}", fields=fields, type=NOTE))
            tx.publish(written[-1])
    return written


def test_dates_are_kept_through_the_repository(repository: Repository, draft: Reader) -> None:
    """Written, read, revised with what was read: the fields stay the same, the list no field."""
    (id,) = write(repository, DAY)
    first = must(draft.get(id))
    with repository.write() as tx:
        tx.revise(id, {**dated(first.fields), "title": "new"})
    second = must(draft.get(id))

    assert first.fields["_dates"] == ["/date", "/in/list/0"]
    assert second.fields == {**first.fields, "title": "new"}
    for side in Side:
        assert repository.seen_fields(side) == {"date", "in"}


def test_the_index_takes_them_as_dates(repository: Repository, draft: Reader) -> None:
    """Undeclared dates are typed as dates at every depth, and the list of them is not indexed."""
    (id,) = write(repository, DAY)

    flat = flatten(must(draft.get(id)), repository.types)

    typed = ((Order.DATE.value, MILLIS),)
    assert flat.entry.values == {
        "title": ((Order.STRING.value, "0"),), "date": typed, "in.list": typed,
    }  # fmt: skip
    assert must(draft.get(id)).fields["date"] == MILLIS


@pytest.fixture
def order(repository: Repository, tmp_path: Path) -> Callable[[str], list[str]]:
    """The ids of all notes in the order of a field."""

    def ordered(field: str) -> list[str]:
        index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=30.0)
        asked = Query(
            kinds=frozenset({Kind.DOCUMENT}),
            roots=("",),
            window=Window(0, 10),
            sort=(SortKey(field),),
        )
        assert index.catch_up(within=30.0)
        hits = index.search(asked)
        index.close()
        return list(hits.ids)

    return ordered


def test_documents_are_sorted_by_them(
    repository: Repository, order: Callable[[str], list[str]]
) -> None:
    """Dates come in the order of time, behind numbers and before texts."""
    text, late, number, early = write(repository, "2001", DAY, 9 * MILLIS, DAY - timedelta(1))

    assert order("date") == [number, early, late, text]

"""Sorting: a total order, whatever the documents hold."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import mistake


@pytest.fixture
def notes(studio: Studio) -> Place:
    """Five notes: two of one size, two of none."""
    sizes = {"d": 2, "a": None, "c": 1, "e": 2, "b": None}
    for name, size in sizes.items():
        studio.document(name, fields={} if size is None else {"size": size, "date": size * 1000})
    return studio.site


def test_without_a_key_the_order_is_by_path(notes: Place) -> None:
    """Nothing asked, documents come by path."""
    assert notes.names("/note/") == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("key", ["size", "date", "play:size"])
def test_what_lacks_the_field_comes_last_both_ways(notes: Place, key: str) -> None:
    """No document is lost by sorting, and those without the field never lead."""
    assert notes.names(f"/note/?_sort={key}") == ["c", "d", "e", "a", "b"]
    assert notes.names(f"/note/?_sort=-{key}") == ["d", "e", "c", "a", "b"]


def test_ties_are_broken_by_the_next_key_and_then_by_path(notes: Place) -> None:
    """The first key counts most; what remains equal is in the order of paths."""
    assert notes.names("/note/?_sort=-size,-title") == ["e", "d", "c", "b", "a"]
    assert notes.names("/note/?_sort=size,-_meta.name") == ["c", "e", "d", "b", "a"]


def test_pages_of_a_sorted_list_partition_it(notes: Place) -> None:
    """Ties and missing values never make two pages overlap."""
    found = [
        one["_meta"]["name"]
        for page in notes.pages("/note/?_sort=-size&_limit=1")
        for one in page["_embedded"]["documents"]
    ]

    assert found == ["d", "e", "c", "a", "b"]


META = ("name", "path", "type", "locale", "id", "displayName", "createdAt", "modifiedAt")


@pytest.mark.parametrize("key", [*META, "publishedAt"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_meta_keys_sort_as_they_are_shown(site: Place, key: str, sign: str) -> None:
    """A list sorted by a member of _meta shows that member in order, texts whatever their case."""
    shown = site.documents(f"/documents/?_limit=100&_sort={sign}_meta.{key}")
    values = [str(one["_meta"][key]).casefold() for one in shown]

    assert len(values) == 13
    assert values == sorted(values, reverse=bool(sign))


def test_different_types_sort_together(site: Place) -> None:
    """Sorting a list of many types loses no document."""
    dates = [one.get("date") for one in site.documents("/documents/?_limit=100&_sort=-date")]
    there = [date for date in dates if date is not None]

    assert len(dates) == 13
    assert dates == sorted(there, reverse=True) + [None] * (13 - len(there))


def test_score_sorts_a_search(site: Place) -> None:
    """By score is the order of a search that asks for none, and can be turned round."""
    query = "/documents/?_q=museum&_limit=100"

    assert site.names(f"{query}&_sort=-_score") == site.names(query)
    assert sorted(site.names(f"{query}&_sort=_score")) == sorted(site.names(query))


@pytest.mark.parametrize(
    ("key", "near"),
    [("tittle", "title"), ("-dat", "date"), ("_meta.nam", "_meta.name")],
)
def test_an_unknown_key_is_a_mistake_with_the_nearest(site: Place, key: str, near: str) -> None:
    """What nothing has cannot be sorted by; the nearest that can is named."""
    told = mistake(site.get(f"/documents/?_sort={key}"), "_sort")

    assert near in told["nearest"]
    assert told["value"] == key.removeprefix("-")


def test_only_a_search_has_scores(site: Place) -> None:
    """Without _q there is no score to sort by."""
    assert "_score" in mistake(site.get("/documents/?_q=museum&_sort=_scor"), "_sort")["nearest"]
    mistake(site.get("/documents/?_sort=_score"), "_sort")


def test_a_pointer_sorts_as_the_name_it_stands_for(site: Place) -> None:
    """A JSON Pointer to a field is the field."""
    assert site.names("/documents/?_sort=/title") == site.names("/documents/?_sort=title")


@pytest.mark.parametrize("name", ["accounts.nosuch", "title.nosuch", "link", "image.path"])
def test_names_within_a_field_are_checked_too(site: Place, name: str) -> None:
    """What no value of a field holds is a mistake, as an unknown field is."""
    mistake(site.get(f"/documents/?_fields={name}"), "_fields")


def test_children_of_a_folder_are_sorted_alike(site: Place) -> None:
    """A folder's documents follow _sort as lists do."""
    titles = [one["title"] for one in site.documents("/folders/pages?_sort=-title")]

    assert titles == sorted(titles, reverse=True)

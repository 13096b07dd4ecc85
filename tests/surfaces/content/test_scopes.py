"""Scopes: only what lies below some folders, and nothing of what lies below others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.surfaces.content.studio import ROOT, Studio, opened
from tests.surfaces.problems import mistake, problem

PATHS: Final = ("a/one", "a/in/two", "b/three", "c/four", "top")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Documents in three folders, one of which holds another, and one in none."""
    with opened(tmp_path_factory.mktemp("tree")) as studio:
        for path in PATHS:
            studio.document(path)
        yield studio


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ("_scope=a", "two one"),
        ("_scope=a,b", "two one three"),
        ("_scope=b&_scope=c", "three four"),
        ("_scope=a, b ,", "two one three"),
        ("_scope=a&_scope=a", "two one"),
        ("_scope=a,a/in", "two one"),
        ("_scope=a,-a/in", "one"),
        ("_scope=-a", "three four top"),
        ("_scope=-a/in", "one three four top"),
        ("_scope=-a&_scope=-b", "four top"),
        ("_scope=-a,-b,-c", "top"),
        ("_scope=a&_scope=-a", ""),
        (f"_scope=/{ROOT}/b", "three"),
        (f"_scope=-/{ROOT}/b,-a", "four top"),
        ("_scope=", "two one three four top"),
        ("_scope=a&_q=two", "two"),
        ("_scope=-a&_q=two", ""),
        ("_scope=a,b&_depth=1", "one three"),
        ("_scope=-a&_depth=1", "top"),
    ],
)
def test_below_any_and_below_none(tree: Studio, scopes: str, expected: str) -> None:
    """What lies below one of the folders is there, unless it lies below one that is left out."""
    assert " ".join(tree.site.names(f"/documents/?{scopes.replace(' ', '%20')}")) == expected


def test_an_id_names_a_folder_too(tree: Studio) -> None:
    """An id stands for its folder, also behind a hyphen."""
    id = tree.site.read("/folders/a")["_meta"]["id"]

    assert tree.site.names(f"/documents/?_scope={id}") == ["two", "one"]
    assert tree.site.names(f"/documents/?_scope=-{id},-c") == ["three", "top"]


def test_a_literal_name_wins(studio: Studio) -> None:
    """A folder whose name holds a comma or begins with a hyphen is named by that name."""
    for path in ("a/one", "b/two", "a,b/three", "-a/four", "-a,b/five", "x/-y/six"):
        studio.document(path)

    def found(*scopes: str) -> list[str]:
        query = "&".join(f"_scope={quote(one)}" for one in scopes)
        return sorted(studio.site.names(f"/documents/?{query}"))

    assert found("a,b") == ["three"]
    assert found("a", "b") == ["one", "two"]
    assert found("-a") == ["four"]
    assert found("-a,b") == ["five"]
    assert found("--a") == ["five", "one", "six", "three", "two"]
    assert found("x/-y") == ["six"]
    assert found("x,-x/-y") == []


def test_links_repeat_each_scope_as_it_was_given(tree: Studio) -> None:
    """Pages of a list with several scopes lead to one another."""
    asked = "_scope=a%2Cb&_scope=-a/in&_limit=1"
    pages = list(tree.site.pages(f"/documents/?{asked}"))

    assert [one["_embedded"]["documents"][0]["_meta"]["name"] for one in pages] == ["one", "three"]
    for page in pages:
        for relation in ("self", "first", "last"):
            query = parse_qsl(urlsplit(page["_links"][relation]["href"]).query)
            assert query[:2] == [("_scope", "a,b"), ("_scope", "-a/in")]


@pytest.mark.parametrize("scope", ["nosuch", "a,nosuch", "-nosuch", "a&_scope=nosuch", "--a", "-"])
def test_each_scope_has_to_be_there(tree: Studio, scope: str) -> None:
    """One that is not there is told by its name, whatever the others are."""
    told = problem(tree.site.get(f"/documents/?_scope={scope}"), 404)

    assert "_scope" in told["detail"]


def test_a_depth_needs_folders_of_one_level(tree: Studio) -> None:
    """Levels are counted from the scope; from folders at different ones, nobody can tell."""
    mistake(tree.site.get("/documents/?_scope=a/in,b&_depth=1"), "_depth")


def test_scopes_have_bounds(tree: Studio) -> None:
    """An address is only so long, and there are only so many."""
    assert "2048" in mistake(tree.site.get(f"/documents/?_scope={'a' * 2049}"), "_scope")["reason"]
    many = ",".join(["a"] * 65)
    assert "64" in mistake(tree.site.get(f"/documents/?_scope={many}"), "_scope")["reason"]

"""Taxonomies: categories in a tree, known by key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from content_repo import ROOT_ID, Kind, Reader, Repository, taxonomy
from content_repo.errors import InvalidFields
from tests.content_repo.content import must
from tests.content_repo.test_bundles import EMPTY

CATEGORIES: Final = [
    {
        "key": "top-key",
        "name": "top",
        "infos": {"en": {"name": "Top"}},
        "categories": [{"key": "inner"}, {"key": "last", "name": "end", "categories": []}],
    },
    {"key": "other"},
]
SHORE: Final = replace(EMPTY, fields={"categories": CATEGORIES})


def test_a_category_is_found_by_its_key() -> None:
    """A key leads to its category at whatever depth; a name does not."""
    found = taxonomy.find(SHORE, "last")

    assert found is not None
    assert found.name == "end"
    assert taxonomy.find(SHORE, "end") is None


def test_a_categorys_path_is_made_of_names() -> None:
    """Names, or keys where there is none, lead from the top to a category."""
    everything = [one for top in taxonomy.categories(SHORE) for one in top.walk()]

    assert [one.path for one in everything] == ["top", "top/inner", "top/end", "other"]
    assert [one.key for one in everything] == ["top-key", "inner", "last", "other"]
    assert everything[0].infos == {"en": {"name": "Top"}}


def test_a_taxonomy_may_be_empty() -> None:
    """A taxonomy without categories has none."""
    assert taxonomy.categories(EMPTY) == ()
    assert taxonomy.find(EMPTY, "x") is None


def test_a_taxonomy_is_stored_as_written(repository: Repository, draft: Reader) -> None:
    """A taxonomy that is read back has the categories that were written."""
    with repository.write() as tx:
        fields = {"locales": ["en"], "categories": CATEGORIES}
        id = tx.create(Kind.TAXONOMY, ROOT_ID, "shore", fields=fields)

    node = must(draft.get(id))
    assert node.fields == fields
    assert taxonomy.categories(node) == taxonomy.categories(SHORE)


@pytest.mark.parametrize(
    ("categories", "pointer"),
    [
        (None, "/categories"),
        ({}, "/categories"),
        (["x"], "/categories/0"),
        ([{}], "/categories/0/key"),
        ([{"key": ""}], "/categories/0/key"),
        ([{"key": 1}], "/categories/0/key"),
        ([{"key": "a"}, {"key": "b", "categories": [{"key": "a"}]}],
         "/categories/1/categories/0/key"),
        ([{"key": "a", "name": 1}], "/categories/0/name"),
        ([{"key": "a", "infos": {"en": "A"}}], "/categories/0/infos"),
        ([{"key": "a", "infos": None}], "/categories/0/infos"),
    ],
)  # fmt: skip
def test_what_is_no_taxonomy_is_refused(
    repository: Repository, categories: Any, pointer: str
) -> None:
    """Every category has a key of its own, and the shape that readers rely on."""
    with repository.write() as tx, pytest.raises(InvalidFields) as refusal:
        tx.create(Kind.TAXONOMY, ROOT_ID, "shore", fields={"categories": categories})

    assert [one.pointer for one in refusal.value.facts["problems"]] == [pointer]

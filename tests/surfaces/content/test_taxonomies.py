"""Taxonomies: trees of categories, and the documents that carry their keys."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import problem


def test_the_list_has_no_categories(site: Place) -> None:
    """A list of taxonomies links to each tree."""
    listed = site.read("/taxonomies/")["_embedded"]["taxonomies"]

    assert [one["name"] for one in listed] == ["exampletaxonomy", "seashore"]
    for one in listed:
        assert "categories" not in one
        assert site.read(one["_links"]["canonical"]["href"])["categories"]


def test_a_leaf_has_an_empty_list(site: Place) -> None:
    """A category without any below it says so; a description that is not there is null."""
    brown = site.read("/taxonomies/seashore/categories/brown-weed")

    assert brown["categories"] == []
    assert brown["infos"]["nl"]["description"] is None
    assert brown["infos"]["nl"]["synonyms"] == ["blaaswier"]


def test_depth_cuts_and_says_so(site: Place) -> None:
    """Where the depth asked for ends, a category tells how many are below it."""
    (animals, weeds) = site.read("/taxonomies/seashore?_depth=1")["categories"]

    assert "categories" not in animals
    assert animals["_meta"]["cut"] == 2
    assert weeds["_meta"]["cut"] == 2
    two = site.read("/taxonomies/seashore?_depth=2")["categories"][0]["categories"]
    assert [one.get("categories", "cut") for one in two] == ["cut", []]


def test_a_category_is_found_by_its_key(site: Place) -> None:
    """By key, not by name: with those below it, and links up and to its taxonomy."""
    molluscs = site.read("/taxonomies/seashore/categories/molluscs")

    assert [one["key"] for one in molluscs["categories"]] == ["snails", "bivalves"]
    assert molluscs["path"] == "animals/molluscs"
    assert site.read(molluscs["_links"]["up"]["href"])["key"] == "animals"
    assert site.read(molluscs["_links"]["c:taxonomy"]["href"])["name"] == "seashore"
    top = site.read("/taxonomies/seashore/categories/animals")["_links"]["up"]["href"]
    assert site.read(top)["name"] == "seashore"
    problem(site.get("/taxonomies/seashore/categories/gastropods"), 404)


def test_each_category_in_a_tree_can_be_followed(site: Place) -> None:
    """self of a category in the tree is that category."""
    (animals, _) = site.read("/taxonomies/seashore")["categories"]
    alone = site.read(animals["_links"]["self"]["href"])

    assert {**alone, "_links": 0} == {**animals, "_links": 0}


@pytest.mark.parametrize(
    ("key", "count"),
    [("snails", 1), ("molluscs", 1), ("animals", 1), ("seaweeds", 1), ("green-weed", 0)],
)
def test_documents_of_a_key_include_those_of_keys_below(site: Place, key: str, count: int) -> None:
    """A document that carries a key is found at it and at every category above it."""
    page = site.read(f"/taxonomies/seashore/categories/{key}/documents")

    assert page["_meta"]["totalSize"] == count
    assert page["_links"]["up"]["href"].endswith(f"/taxonomies/seashore/categories/{key}")


def test_documents_of_a_key_are_a_list_like_any(studio: Studio) -> None:
    """They are searched, sorted, projected and paged; links stay at the category."""
    studio.taxonomy()
    for name, keys in {
        "a": ["red-whelks"],
        "b": ["whelks"],
        "c": ["snails", "clams"],
        "d": [],
    }.items():
        studio.document(name, fields={"kinds": keys})
    place, base = studio.site, "/taxonomies/shells/categories"

    assert place.names(f"{base}/snails/documents?_sort=-title") == ["c", "b", "a"]
    assert place.names(f"{base}/whelks/documents") == ["a", "b"]
    assert place.names(f"{base}/clams/documents?_fields=title") == ["c"]
    walked = [
        one["_meta"]["name"]
        for page in place.pages(f"{base}/snails/documents?_limit=2")
        for one in page["_embedded"]["documents"]
    ]
    assert walked == ["a", "b", "c"]


def test_a_key_of_another_taxonomy_is_another_key(studio: Studio) -> None:
    """Only fields of that taxonomy count; the same key elsewhere is not the same category."""
    studio.taxonomy()
    studio.taxonomy("other")
    studio.document("a", fields={"kinds": ["snails"]})

    assert studio.site.total("/taxonomies/shells/categories/snails/documents") == 1
    assert studio.site.total("/taxonomies/other/categories/snails/documents") == 0


def test_a_taxonomy_is_found_by_its_id(studio: Studio) -> None:
    """By its id and by its name, the same answer, and so are its categories and documents."""
    id = studio.taxonomy()
    studio.document("a", fields={"kinds": ["snails"]})
    place = studio.site

    assert place.get(f"/taxonomies/{id}").data == place.get("/taxonomies/shells").data
    assert place.read(f"/taxonomies/{id}/categories/snails")["key"] == "snails"
    assert place.names(f"/taxonomies/{id}/categories/snails/documents") == ["a"]
    bundle = studio.bundle("/content/documents/words", {"nl": {"a": "A"}})
    problem(place.get(f"/taxonomies/{bundle}"), 404)


def test_what_is_not_there_is_not_found(site: Place) -> None:
    """An unknown taxonomy or key is a 404, not an empty tree or list."""
    for address in ("nosuch", "seashore/categories/nosuch", "seashore/categories/nosuch/documents"):
        problem(site.get(f"/taxonomies/{address}"), 404)

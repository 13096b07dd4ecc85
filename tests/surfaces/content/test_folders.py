"""Folders: a flat list, and one with what is directly in it."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import mistake, problem


@pytest.mark.parametrize("path", ["blog", "blog/2017/02", "banners", "pages"])
def test_both_addresses_give_the_same_bytes(site: Place, path: str) -> None:
    """A folder by path and by id is the same answer, and calls itself by its id."""
    by_path = site.get(f"/folders/{path}")
    id = by_path.get_json()["_meta"]["id"]
    by_id = site.get(f"/folders/{id}")

    assert by_path.data == by_id.data
    assert by_path.headers["ETag"] == by_id.headers["ETag"]
    assert by_id.get_json()["_links"]["self"]["href"].endswith(f"/folders/{id}")


def test_both_lists_are_there_even_when_empty(site: Place) -> None:
    """A folder without anything in it embeds two empty arrays."""
    assert site.read("/folders/banners")["_embedded"] == {"documents": [], "folders": []}


def test_a_folder_shows_its_direct_children(site: Place) -> None:
    """Directly in it, and no deeper unless asked."""
    blog = site.read("/folders/blog")["_embedded"]

    assert [one["_meta"]["name"] for one in blog["folders"]] == ["2017", "authors"]
    assert blog["documents"] == []
    assert all("_embedded" not in one for one in blog["folders"])


def test_depth_opens_the_folders_below(site: Place) -> None:
    """With _depth, that many levels are open, and each folder below says what is in it."""
    top = site.read("/folders/blog?_depth=2")
    year, authors = top["_embedded"]["folders"]

    assert [one["_meta"]["name"] for one in authors["_embedded"]["documents"]] == ["Hippo Author"]
    assert "_embedded" not in year["_embedded"]["folders"][0]
    assert top["_links"]["self"]["href"].endswith("?_depth=2")
    deeper = site.read("/folders/blog?_depth=3")["_embedded"]["folders"][0]
    assert len(deeper["_embedded"]["folders"][0]["_embedded"]["documents"]) == 1


def test_documents_of_a_folder_are_paged(studio: Studio) -> None:
    """A page of the documents at a time, all folders with each."""
    studio.folder("content/documents/site/many/inner")
    for name in "edcba":
        studio.document(f"many/{name}")
    pages = list(studio.site.pages("/folders/many?_limit=2"))

    assert [[one["_meta"]["name"] for one in page["_embedded"]["documents"]] for page in pages] == [
        ["a", "b"], ["c", "d"], ["e"],
    ]  # fmt: skip
    assert [page["_meta"]["totalSize"] for page in pages] == [5, 5, 5]
    assert {len(page["_embedded"]["folders"]) for page in pages} == {1}
    assert [page["_meta"]["size"] for page in pages] == [2, 2, 1]


def test_documents_of_a_folder_are_sorted_and_paged(studio: Studio) -> None:
    """Sorting counts before paging, and only what is directly in the folder."""
    for name, size in {"a": 1, "b": 3, "c": 2, "below/d": 9}.items():
        studio.document(f"many/{name}", fields={"size": size})
    place = studio.site

    assert place.names("/folders/many?_sort=-size") == ["b", "c", "a"]
    assert place.names("/folders/many?_sort=-size&_limit=1&_offset=1") == ["c"]
    assert place.total("/folders/many?_sort=-size&_limit=1") == 3


def test_links_of_a_folder_lead_to_all_below_it(site: Place) -> None:
    """c:documents and c:folders list what is below at any depth, up leads out of it."""
    links = site.read("/folders/blog")["_links"]

    assert site.total(links["c:documents"]["href"]) == 2
    assert site.total(links["c:folders"]["href"]) == 3
    root = site.read(links["up"]["href"])
    assert [one["_meta"]["name"] for one in root["_embedded"]["folders"]] == [
        "banners", "blog", "events", "news", "pages",
    ]  # fmt: skip
    assert root["_links"]["up"]["href"].endswith("/site/api/")


def test_the_root_is_a_folder_but_in_no_list(site: Place) -> None:
    """The root has an id and is linked from the entry point; no list holds it."""
    root = site.read(site.read("/")["_links"]["c:root"]["href"])["_meta"]
    listed = site.read("/folders/?_limit=100")["_embedded"]["folders"]

    assert root["path"] == ""
    assert root["id"] not in {one["_meta"]["id"] for one in listed}
    assert len(listed) == 12


def test_a_folder_links_its_own_page(studio: Studio) -> None:
    """A document that is named as a folder's page is linked by it, whichever page is shown."""
    id = studio.document("guide/index")
    studio.document("guide/other")

    for query in ("", "?_limit=1", "?_limit=1&_offset=1", "?_sort=-title&_limit=1"):
        page = studio.site.read(f"/folders/guide{query}")["_links"]["c:page"]
        assert page["href"].endswith(f"/documents/{id}")


def test_a_document_is_no_folder(site: Place) -> None:
    """Each kind has its own address; what is of another kind is not there."""
    folder = site.read("/folders/blog")["_meta"]["id"]
    document = site.documents("/newsdocument/")[0]["_meta"]["id"]

    problem(site.get(f"/folders/{document}"), 404)
    problem(site.get("/folders/pages/visiting-us"), 404)
    problem(site.get(f"/documents/{folder}"), 404)
    problem(site.get("/documents/blog"), 404)


def test_a_text_has_no_meaning_in_a_folder(site: Place) -> None:
    """What only lists understand is refused, with what is understood here."""
    told = mistake(site.get("/folders/blog?_q=x"), "_q")

    assert "_sort" in told["nearest"]

"""Paging: pages partition a list, and links lead through all of it."""

from __future__ import annotations

import math
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.surfaces.content.place import Place

LISTS = (
    ("/documents/", "documents", 13),
    ("/folders/", "folders", 12),
    ("/resourcebundles/", "documents", 6),
    ("/assets/", "assets", 6),
    ("/taxonomies/", "taxonomies", 2),
    ("/newsdocument/", "documents", 3),
)


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 100])
@pytest.mark.parametrize(("address", "relation", "total"), LISTS)
def test_pages_partition_the_list(
    site: Place, address: str, relation: str, total: int, limit: int
) -> None:
    """Following next from the first page shows every item once."""
    pages = list(site.pages(f"{address}?_limit={limit}"))
    ids = [one["_meta"]["id"] for page in pages for one in page["_embedded"][relation]]

    assert len(ids) == len(set(ids)) == total
    assert len(pages) == math.ceil(total / limit)
    assert {page["_meta"]["totalSize"] for page in pages} == {total}
    assert [page["_meta"]["size"] for page in pages[:-1]] == [limit] * (len(pages) - 1)
    whole = site.read(f"{address}?_limit=100")["_embedded"][relation]
    assert ids == [one["_meta"]["id"] for one in whole]


def test_previous_pages_lead_back_over_the_same_items(site: Place) -> None:
    """From the last page, prev leads to the first one without leaving an item out."""
    forth = [page["_meta"]["offset"] for page in site.pages("/documents/?_limit=4")]
    page, back = site.read("/documents/?_limit=4&_offset=12"), [12]
    while "prev" in page["_links"]:
        page = site.read(page["_links"]["prev"]["href"])
        back.append(page["_meta"]["offset"])

    assert back == forth[::-1]


def test_the_first_and_the_last_page_have_no_neighbour_beyond(site: Place) -> None:
    """prev and next are there only when those pages are."""
    first = site.read("/documents/?_limit=5")["_links"]
    last = site.read(first["last"]["href"])["_links"]

    assert "prev" not in first
    assert "next" in first
    assert "next" not in last
    assert "prev" in last
    assert last["last"] == last["self"]
    alone = site.read("/documents/?_limit=100")["_links"]
    assert alone.keys().isdisjoint({"prev", "next"})


def test_page_links_keep_every_other_parameter(site: Place) -> None:
    """Only the offset differs from one page's link to the other's."""
    asked = {
        "_q": "news",
        "_scope": "news",
        "_sort": "-date,title",
        "_fields": "title,-content",
        "_dates": "iso",
        "_depth": "5",
        "_limit": "1",
        "_offset": "0",
    }
    page = site.read("/documents/?" + "&".join(f"{name}={value}" for name, value in asked.items()))

    assert page["_meta"]["totalSize"] > 1
    for relation in ("self", "first", "next", "last"):
        kept = dict(parse_qsl(urlsplit(page["_links"][relation]["href"]).query))
        assert kept.keys() - {"_offset"} == asked.keys() - {"_offset"}
        assert {n: v for n, v in kept.items() if n != "_offset"} == {
            n: v for n, v in asked.items() if n != "_offset"
        }


def test_links_lead_where_they_are_answered_as_self(site: Place) -> None:
    """A page that a link leads to calls itself by that link's address."""
    page = site.read("/documents/?_limit=5&_offset=5&_sort=-title&_fields=title")
    for relation in ("first", "prev", "next", "last"):
        href = page["_links"][relation]["href"]
        assert site.read(href)["_links"]["self"]["href"] == href


def test_beyond_the_end_is_an_empty_page(site: Place) -> None:
    """An offset behind the last item is no mistake: no items, the same total, a way back."""
    page = site.read("/documents/?_offset=1000&_limit=5")

    assert page["_embedded"]["documents"] == []
    assert page["_meta"] | {"position": 0} == {
        "limit": 5, "offset": 1000, "size": 0, "totalSize": 13, "position": 0,
    }  # fmt: skip
    assert "next" not in page["_links"]
    assert site.read(page["_links"]["prev"]["href"])["_meta"]["offset"] == 10


def test_an_offset_between_pages_leads_back_to_the_start(site: Place) -> None:
    """From offset 3 with four to a page, prev starts at 0."""
    page = site.read("/documents/?_offset=3&_limit=4")

    assert site.read(page["_links"]["prev"]["href"])["_meta"]["offset"] == 0


def test_ten_items_are_a_page_unless_said_otherwise(site: Place) -> None:
    """Without _limit, a page has ten items and says so."""
    meta = site.read("/documents/")["_meta"]

    assert (meta["limit"], meta["offset"], meta["size"], meta["totalSize"]) == (10, 0, 10, 13)
    assert "capped" not in meta


def test_a_limit_above_the_maximum_is_capped_and_says_so(site: Place) -> None:
    """More than the mount gives is answered with what it gives, and what was asked is named."""
    meta = site.read("/documents/?_limit=5000")["_meta"]

    assert meta["limit"] == 100
    assert meta["capped"] == {"_limit": 5000}


def test_one_item_is_still_a_list(site: Place) -> None:
    """A page with one item embeds an array, and a list without any an empty one."""
    assert len(site.documents("/documents/?_q=medusa&_limit=1")) == 1
    assert site.documents("/documents/?_q=nothinglikeit") == []
    assert site.documents("/basedocument/?_scope=banners") == []


@pytest.mark.parametrize("query", ["_offset=0", "_limit=10", "_offset=&_limit="])
def test_saying_the_default_changes_no_item(site: Place, query: str) -> None:
    """A parameter without a value counts as not given."""
    assert site.documents(f"/documents/?{query}") == site.documents("/documents/")

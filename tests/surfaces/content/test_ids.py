"""Only these nodes, in this order: ``_ids``."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.surfaces.content.studio import Studio, opened
from tests.surfaces.problems import mistake


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Four documents, one of them a draft, and an asset."""
    with opened(tmp_path_factory.mktemp("shelf")) as studio:
        for name in "abc":
            studio.document(name, fields={"size": ord(name)})
        studio.document("draft", published=False)
        studio.asset("one.png", b"1234", "image/png")
        yield studio


@pytest.fixture
def ids(shelf: Studio) -> dict[str, str]:
    """The ids of all by name."""
    found = shelf.preview.documents("/documents/?_limit=100")
    return {one["_meta"]["name"]: one["_meta"]["id"] for one in found}


def asked(ids: dict[str, str], names: str) -> str:
    return ",".join(ids[name] for name in names)


def test_they_come_in_the_order_in_which_they_are_asked_for(
    shelf: Studio, ids: dict[str, str]
) -> None:
    """Without a sort the order is that of the list; an id that is there twice comes once."""
    assert shelf.site.names(f"/documents/?_ids={asked(ids, 'cab')}") == ["c", "a", "b"]
    assert shelf.site.names(f"/documents/?_ids={asked(ids, 'bcb')}") == ["b", "c"]
    upper = f"{ids['b'].upper()}&_ids={ids['a']}"
    assert shelf.site.names(f"/documents/?_ids={upper}") == ["b", "a"]


def test_a_sort_goes_before(shelf: Studio, ids: dict[str, str]) -> None:
    """Who asks for an order gets that one."""
    assert shelf.site.names(f"/documents/?_ids={asked(ids, 'bac')}&_sort=-size") == ["c", "b", "a"]


def test_all_else_that_is_asked_narrows_them(shelf: Studio, ids: dict[str, str]) -> None:
    """Of the nodes named only those come that everything else admits."""
    address = f"/documents/?_ids={asked(ids, 'cba')}"

    assert shelf.site.names(f"{address}&size[gt]=97") == ["c", "b"]
    assert shelf.site.names(f"{address}&_q=a") == ["a"]
    assert shelf.site.names(f"{address}&_q=a OR c") == ["c", "a"]
    assert shelf.site.names(f"{address}&_references={ids['a']}") == []
    assert shelf.site.total(address) == 3


def test_what_is_not_there_to_be_seen_is_left_out(shelf: Studio, ids: dict[str, str]) -> None:
    """Ids of drafts, of other kinds and of nothing are just not in the list."""
    asset = shelf.site.read("/assets/")["_embedded"]["assets"][0]["_meta"]["id"]
    others = ",".join((ids["draft"], str(uuid.UUID(int=7)), asset, ids["a"]))

    assert shelf.site.names(f"/documents/?_ids={others}") == ["a"]
    assert shelf.preview.names(f"/documents/?_ids={others}") == ["draft", "a"]
    assert shelf.site.names(f"/documents/?_ids={ids['draft']}") == []
    assert shelf.site.total(f"/assets/?_ids={others}") == 1


def test_pages_keep_the_order(shelf: Studio, ids: dict[str, str]) -> None:
    """Links from page to page lead through the list as it was given, by offset or by cursor."""
    pages = list(islice(shelf.site.pages(f"/documents/?_ids={asked(ids, 'cab')}&_limit=1"), 5))
    names = [one["_embedded"]["documents"][0]["_meta"]["name"] for one in pages]
    offset = shelf.site.names(f"/documents/?_ids={asked(ids, 'cab')}&_limit=1&_offset=1")

    assert names == ["c", "a", "b"]
    assert offset == ["a"]
    for page in pages:
        query = dict(parse_qsl(urlsplit(page["_links"]["self"]["href"]).query))
        assert query["_ids"] == asked(ids, "cab")


def test_a_stream_has_them_by_id(shelf: Studio, ids: dict[str, str]) -> None:
    """Streams are in the order of ids, whatever the list says."""
    address = f"/documents/?_ids={asked(ids, 'cb')}"
    lines = shelf.site.get(address, Accept="application/x-ndjson").data.splitlines()

    assert len(lines) == 2
    assert [id for line in lines for id in sorted(ids.values()) if f"documents/{id}\"" in
            line.decode()[:200]] == sorted((ids["b"], ids["c"]))  # fmt: skip


@pytest.mark.parametrize("value", ["a", "x,y", "c580ac64-3874-4717-a6d9-e5ad72080abe,a"])
def test_what_is_no_id_is_a_mistake(shelf: Studio, value: str) -> None:
    """A name or a path is no id, and is told so."""
    assert "UUID" in mistake(shelf.site.get(f"/documents/?_ids={value}"), "_ids")["reason"]


def test_there_are_only_so_many(shelf: Studio) -> None:
    """A list of ids has an end: that of the largest page."""
    many = ",".join(str(uuid.UUID(int=number)) for number in range(101))

    assert shelf.site.names(f"/documents/?_ids={many.rpartition(',')[0]}") == []
    assert "100" in mistake(shelf.site.get(f"/documents/?_ids={many}"), "_ids")["reason"]

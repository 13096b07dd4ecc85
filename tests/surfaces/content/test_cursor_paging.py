"""Cursors: a walk by ``next`` while others write, and what is no place in a list."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from content_repo import Kind
from hal_delivery.web.cursors import written
from search_index.entry import Order
from search_index.query import Cursor
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import MOUNTS, ROOT, Studio, opened
from tests.surfaces.problems import mistake

ORDERS = (
    "",
    "_sort=size",
    "_sort=-size",
    "_sort=-title,size",
    "_sort=_meta.name",
    "_sort=-_meta.modifiedAt",
    "_q=whelk",
    "_q=whelk OR clam OR conch",
    "_q=whelk -conch&_sort=-_score,size",
    "_q=whelk&_sort=date",
)


def asked(href: str) -> dict[str, str]:
    """The parameters of a link."""
    return dict(parse_qsl(urlsplit(href).query))


def order(sort: str) -> str:
    """What cursors of a list in the order of *sort*, without a text and ids, belong to."""
    return f"{sort}\n\n"


def next_of(page: dict[str, Any]) -> str:
    href: str = page["_links"]["next"]["href"]
    return href


def put(studio: Studio, folder: str, notes: Mapping[str, Mapping[str, Any]]) -> None:
    """New notes by their names, all at once."""
    parent = studio.folder(f"{ROOT}/{folder}")
    with studio.writing() as tx:
        for name, fields in notes.items():
            tx.publish(tx.create(Kind.DOCUMENT, parent, name, type="play:note", fields=fields))


def note(number: int) -> dict[str, Any]:
    """Some without a size, some alike, about few things in many lengths."""
    fields: dict[str, Any] = {
        "title": f"Note {number % 4}",
        "content": f"<p>{'whelk ' * (1 + number % 5)}{'clam sand ' * (number % 3)}"
        f"{'conch' if number % 7 == 0 else ''}</p>",
    }
    return fields | ({"size": number % 5} if number % 3 else {})


@pytest.fixture
def shore(studio: Studio) -> Studio:
    """Thirty notes."""
    put(studio, "notes", {f"n{number:02}": note(number) for number in range(30)})
    return studio


def write(studio: Studio, step: int) -> None:
    """Create, remove, move, revise: before, after and between whatever is shown now."""
    for place in "azn":
        fields = {"size": step % 6, "title": f"Note {step % 5}", "content": "whelk whelk clam"}
        put(studio, place, {f"new{step}{place}": fields})
    touched = [studio.preview.read(f"/documents/notes/n{n:02}")["_meta"]["id"]
               for n in (step, 10 + step, 20 + step)]  # fmt: skip
    elsewhere = studio.folder(f"{ROOT}/a")
    with studio.writing() as tx:
        tx.trash(touched[0])
        tx.move(touched[1], name=f"m{step}", parent=elsewhere)
        tx.revise(touched[2], {"title": "Note 0", "size": 9 - step, "content": "conch whelk"})
        tx.publish(touched[2])


def walk(studio: Studio, address: str) -> Iterator[str]:
    """The names of what a walk meets while something is written after each of its first pages."""
    for step, page in enumerate(studio.site.pages(address)):
        yield from (one["_meta"]["name"] for one in page["_embedded"]["documents"])
        if step < 4:
            write(studio, step)


@pytest.mark.parametrize("order", ORDERS)
def test_a_walk_meets_once_what_nobody_touches(shore: Studio, order: str) -> None:
    """Whatever is created, removed, moved or changed on the way, the others come exactly once."""
    met = Counter(walk(shore, f"/documents/?{order}&_limit=4"))
    untouched = {f"n{number:02}" for number in range(30) if number % 10 >= 4}
    if "-conch" in order:
        untouched -= {f"n{number:02}" for number in range(0, 30, 7)}

    assert {name: met[name] for name in untouched} == dict.fromkeys(untouched, 1)


def test_next_begins_behind_the_last_item_whatever_goes_before_it(studio: Studio) -> None:
    """What leaves from before a page makes the next one leave nothing out."""
    ids = [studio.document(f"notes/{number}") for number in range(6)]
    page = studio.site.read("/documents/?_limit=2")
    with studio.writing() as tx:
        tx.trash(ids[0])
    following = studio.site.read(next_of(page))

    assert [one["_meta"]["name"] for one in following["_embedded"]["documents"]] == ["2", "3"]
    assert following["_meta"]["offset"] == 1
    assert asked(following["_links"]["prev"]["href"])["_offset"] == "0"


def test_next_goes_on_where_its_last_item_was_though_it_left(studio: Studio) -> None:
    """A cursor needs nothing of what it was made from but its place."""
    ids = [studio.document(f"notes/{number}") for number in range(6)]
    page = studio.site.read("/documents/?_limit=2")
    with studio.writing() as tx:
        tx.trash(ids[1])

    assert studio.site.names(next_of(page)) == ["2", "3"]


def test_all_page_links_but_next_are_offsets(site: Place) -> None:
    """first, prev and last lead to the same pages as ever."""
    page = site.read(next_of(site.read("/documents/?_limit=5&_sort=-title")))
    links = page["_links"]

    assert page["_meta"]["offset"] == 5
    assert asked(links["self"]["href"]).keys() == {"_sort", "_limit", "_after"}
    assert asked(links["next"]["href"]).keys() == {"_sort", "_limit", "_after"}
    offsets = {name: asked(links[name]["href"]) for name in ("first", "prev", "last")}
    common = {"_sort": "-title", "_limit": "5"}
    assert offsets == {
        "first": {**common, "_offset": "0"},
        "prev": {**common, "_offset": "0"},
        "last": {**common, "_offset": "10"},
    }


def test_next_is_answered_as_self(site: Place) -> None:
    """A page behind a cursor calls itself by the link that led there."""
    href = next_of(site.read("/documents/?_limit=5&_q=news OR medusa OR the&_fields=title"))

    assert site.read(href)["_links"]["self"]["href"] == href


def test_who_goes_by_offsets_goes_on_by_them(site: Place) -> None:
    """Where an offset was asked for, next is one as well."""
    page = site.read("/documents/?_limit=5&_offset=0")

    assert asked(next_of(page)) == {"_limit": "5", "_offset": "5"}


def test_the_two_ways_lead_over_the_same_pages(site: Place) -> None:
    """By cursor and by offset, a list at rest has the same pages."""
    by_cursor = [page["_embedded"] for page in site.pages("/documents/?_limit=4&_sort=-title")]
    by_offset = [
        page["_embedded"] for page in site.pages("/documents/?_limit=4&_sort=-title&_offset=0")
    ]

    assert by_cursor == by_offset


def test_an_offset_beside_a_cursor_is_refused(site: Place) -> None:
    """Two beginnings are one too many; passed over, the cursor counts."""
    href = next_of(site.read("/documents/?_limit=5"))
    both = f"{href}&_offset=3"

    assert "_after" in mistake(site.get(both), "_offset")["reason"]
    lenient = site.read(both, Prefer="handling=lenient")
    assert lenient["_links"]["self"]["href"] == href
    assert [one["parameter"] for one in lenient["_meta"]["ignored"]] == ["_offset"]


def test_an_offset_of_the_mounts_own_gives_way(tmp_path: Path) -> None:
    """A default offset is no mistake of who follows next."""
    mounts = f'{MOUNTS}default_parameters = {{ _offset = "1" }}\n'
    with opened(tmp_path / "studio", mounts) as studio:
        for number in range(6):
            studio.document(f"notes/{number}")
        site = studio.preview
        href = next_of(site.read("/documents/?_limit=2&_sort=-title"))
        after = written(Cursor((), "content/documents/site/notes/3", "0"), order(""))

        assert "_after" not in asked(href)
        assert site.names(f"/documents/?_after={after}") == ["3", "4", "5"]


def changed(cursor: str) -> str:
    """*cursor* with one bit of its text turned round."""
    found = bytearray(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    found[8] ^= 1
    return urlsafe_b64encode(bytes(found)).decode().rstrip("=")


FORGED: tuple[Any, ...] = (
    Cursor((), "a", "1"),
    Cursor((None, None), "a", "1"),
    Cursor(((Order.NUMBER.value, "x"),), "a", "1"),
    Cursor(((7, 1),), "a", "1"),
    Cursor((1,), "a", "1"),  # type: ignore[arg-type]
    Cursor(None, "a", "1"),  # type: ignore[arg-type]
    Cursor((None,), 1, "1"),  # type: ignore[arg-type]
    Cursor((None,), "a", "1", ("x",)),  # type: ignore[arg-type]
    Cursor((None,), "a", "1", (-1,)),
)


@pytest.mark.parametrize("forged", FORGED)
def test_what_no_link_can_say_is_refused(site: Place, forged: Cursor) -> None:
    """A cursor with a valid checksum is looked at as closely as any other."""
    after = written(forged, order("date"))

    assert "next" in mistake(site.get(f"/documents/?_sort=date&_after={after}"), "_after")["reason"]


def test_what_a_link_can_say_is_followed(site: Place) -> None:
    """A cursor of the right form is a place, whether or not anything is there."""
    after = written(Cursor((None,), "a", "1"), order("date"))
    page = site.read(f"/documents/?_sort=date&_after={after}")

    assert page["_meta"]["offset"] == page["_meta"]["totalSize"] - page["_meta"]["size"]


@pytest.mark.parametrize("after", ["x", "AAAA", "-", "_" * 2048, "W10"])
def test_what_is_no_cursor_is_refused(site: Place, after: str) -> None:
    """The reason says to follow next instead."""
    assert "next" in mistake(site.get(f"/documents/?_after={after}"), "_after")["reason"]


@pytest.mark.parametrize("after", ["a+b", "é", "a.b"])
def test_what_has_not_the_form_of_a_cursor_is_refused(site: Place, after: str) -> None:
    """Letters that no cursor holds are told, and so are too many of those that it does."""
    told = mistake(site.get(f"/documents/?_after={quote(after)}"), "_after")
    long = mistake(site.get(f"/documents/?_after={'a' * 2049}"), "_after")

    assert "link next" in told["reason"]
    assert "2048" in long["reason"]


@pytest.mark.parametrize("order", ["", "_sort=title", "_q=the", "_q=news&_sort=-title"])
def test_a_cursor_of_another_order_is_refused(site: Place, order: str) -> None:
    """A place in one order, or a changed one, is none in another, for lenient readers too."""
    href = next_of(site.read("/documents/?_sort=-title&_limit=2"))
    after = asked(href)["_after"]

    for cursor in (after, changed(after)):
        address = f"/documents/?{order}&_limit=2&_after={cursor}"
        assert "next" in mistake(site.get(address), "_after")["reason"]
        # Who walks on from the first page again and again never ends.
        mistake(site.get(address, Prefer="handling=lenient"), "_after")
    mistake(site.get(f"/documents/?_sort=-title&_after={changed(after)}"), "_after")


def test_a_value_too_long_for_a_link_is_passed_by_offset(studio: Studio) -> None:
    """Where a cursor would be too long, next is an offset."""
    for number in range(3):
        studio.document(f"notes/{number}", type="play:letter", fields={"sender": "é" * 2000})
    page = studio.site.read("/documents/?_sort=sender&_limit=1")

    assert asked(next_of(page)) == {"_sort": "sender", "_limit": "1", "_offset": "1"}
    assert studio.site.names(next_of(page)) == ["1"]


@pytest.mark.parametrize(
    ("address", "relation"),
    [("/folders/", "folders"), ("/resourcebundles/", "documents"), ("/assets/", "assets")],
)
def test_every_kind_of_list_has_cursors(site: Place, address: str, relation: str) -> None:
    """next leads through lists of other kinds just as well."""
    pages = list(site.pages(f"{address}?_limit=2"))
    ids = [one["_meta"]["id"] for page in pages for one in page["_embedded"][relation]]

    assert "_after" in asked(next_of(pages[0]))
    assert len(ids) == len(set(ids)) == pages[0]["_meta"]["totalSize"]


def test_without_a_total_neither_it_nor_the_last_page_is_told(site: Place) -> None:
    """_total=none leaves both out and changes nothing else; links repeat it."""
    page = site.read("/documents/?_limit=5&_total=none")

    assert "totalSize" not in page["_meta"]
    assert page["_links"].keys() >= {"first", "next"}
    assert "last" not in page["_links"]
    assert asked(next_of(page))["_total"] == "none"
    exact = site.read("/documents/?_limit=5&_total=exact")
    assert exact["_embedded"] == page["_embedded"]
    assert exact["_meta"]["totalSize"] == 13
    names = [one["_meta"]["name"]
             for each in site.pages("/documents/?_limit=5&_total=none")
             for one in each["_embedded"]["documents"]]  # fmt: skip
    assert names == site.names("/documents/?_limit=100")


def test_beyond_the_end_prev_needs_no_total(site: Place) -> None:
    """A page behind the last item leads back though the total is not told."""
    page = site.read("/documents/?_limit=5&_total=none&_offset=100")

    assert asked(page["_links"]["prev"]["href"])["_offset"] == "10"


@pytest.mark.parametrize("said", ["_total=none", "_facets=title"])
def test_a_stream_counts_nothing(site: Place, said: str) -> None:
    """What only a page tells is refused where all items are streamed."""
    response = site.get(f"/documents/?{said}", Accept="application/x-ndjson")

    assert "page" in mistake(response, said.partition("=")[0])["reason"]


def test_whoever_has_a_page_behind_a_cursor_is_told_so(site: Place) -> None:
    """Pages behind different cursors have different tags; the same one is not sent twice."""
    first = site.get("/documents/?_limit=5")
    href = first.get_json()["_links"]["next"]["href"]
    second = site.get(href)

    assert first.headers["ETag"] != second.headers["ETag"]
    assert site.get(href, If_None_Match=second.headers["ETag"]).status_code == 304

"""Streams: collections as NDJSON, whole, in as many requests as it takes."""

from __future__ import annotations

import gc
import itertools
import json
import shutil
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import TestResponse

from content_repo import Kind, Node, Side
from content_repo.kept import Rendition
from hal_delivery.services.delivery import STRETCH
from hal_delivery.surfaces.content.views.streams import LONGEST
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import MOUNTS, ROOT, Studio, opened
from tests.surfaces.problems import MEMBERS, mistake, problem

NDJSON = "application/x-ndjson"

#: Each collection, and what its pages embed resources as.
COLLECTIONS = {
    "/documents/": "documents",
    "/newsdocument/": "documents",
    "/folders/": "folders",
    "/resourcebundles/": "documents",
    "/taxonomies/": "taxonomies",
    "/assets/": "assets",
    "/taxonomies/seashore/categories/animals/documents": "documents",
}

ID = "00000000-0000-4000-8000-000000000000"


def lines(response: TestResponse) -> list[Any]:
    """What the lines of a stream say."""
    assert response.status_code == 200, response.data[:300]
    assert response.content_type == f"{NDJSON}; charset=utf-8"
    text = response.text
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def goes_on_at(told: list[Any]) -> str | None:
    """Where a stream that is not whole goes on; its last line says nothing else."""
    if not told or "_meta" in told[-1]:
        return None
    assert told[-1].keys() == {"_links"}
    assert told[-1]["_links"].keys() == {"next"}
    return str(told[-1]["_links"]["next"]["href"])


def requests(place: Place, address: str) -> Iterator[list[Any]]:
    """The resources that each request gives, from *address* on to the end."""
    at: str | None = address
    asked: set[str] = set()
    while at is not None:
        assert at not in asked
        asked.add(at)
        told = lines(place.get(at, Accept=NDJSON))
        at = goes_on_at(told)
        yield told if at is None else told[:-1]


def whole(place: Place, address: str) -> list[Any]:
    """All resources of the collection at *address*."""
    return [one for given in requests(place, address) for one in given]


def ids(told: list[Any]) -> list[str]:
    return [one["_meta"]["id"] for one in told]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a service with more documents than two stretches hold."""
    folder = tmp_path_factory.mktemp("crowd") / "studio"
    with opened(folder) as studio:
        above = studio.folder(f"{ROOT}/many")
        with studio.writing() as tx:
            for number in range(2 * STRETCH + 50):
                fields = {"title": f"shell {number}"}
                id = tx.create(Kind.DOCUMENT, above, f"{number}", type="play:note", fields=fields)
                tx.publish(id)
        for index in studio.services.indexes.values():
            assert index.catch_up()
    return folder


@pytest.fixture
def many(crowd: Path, tmp_path: Path) -> Iterator[Studio]:
    """A copy of that service for one test."""
    with opened(Path(shutil.copytree(crowd, tmp_path / "studio", symlinks=True))) as studio:
        yield studio


# -- what is in it ------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?_fields=title", "?_dates=iso"])
@pytest.mark.parametrize("address", COLLECTIONS)
def test_a_stream_holds_what_the_pages_embed(
    site: Place, preview: Place, address: str, query: str
) -> None:
    """Each line is a resource exactly as lists embed it, none is missing; they are by id."""
    for place in (site, preview):
        pages = place.pages(f"{address}{query}{'&' if query else '?'}_limit=3")
        embedded = [one for page in pages for one in page["_embedded"][COLLECTIONS[address]]]
        told = whole(place, address + query)

        assert told == sorted(embedded, key=lambda one: str(one["_meta"]["id"]))
        assert len(told) > 0


@pytest.mark.parametrize(
    "query", ["_q=news", "_scope=news/2017", "_depth=3", "_q=medusa&_scope=news&_depth=4"]
)
def test_filters_narrow_a_stream_as_they_do_pages(site: Place, query: str) -> None:
    """Text, scope and depth mean the same."""
    told = whole(site, f"/documents/?{query}")

    assert sorted(ids(told)) == sorted(
        one["_meta"]["id"] for one in site.documents(f"/documents/?{query}&_limit=100")
    )
    assert 0 < len(told) < 13


def test_a_collection_without_items_has_no_lines(site: Place) -> None:
    """Nothing is found, nothing is to come."""
    assert site.get("/documents/?_q=nothinglikeit", Accept=NDJSON).data == b""


# -- in several requests ------------------------------------------------------


@pytest.mark.parametrize("address", COLLECTIONS)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_limit_is_continued_by_the_last_line(site: Place, address: str, limit: int) -> None:
    """So many lines, then a link; following it to the end meets each resource once."""
    given = list(requests(site, f"{address}?_limit={limit}"))

    assert [one for told in given for one in told] == whole(site, address)
    assert {len(told) for told in given[:-1]} <= {limit}
    assert 0 < len(given[-1]) <= limit


def test_the_link_repeats_everything_else(site: Place) -> None:
    """Only where to go on differs from one request to the next."""
    asked = {
        "_q": "news",
        "_scope": "news",
        "_limit": "1",
        "_depth": "5",
        "_fields": "title",
        "_dates": "iso",
    }
    address = "/documents/?" + "&".join(f"{name}={value}" for name, value in asked.items())
    told = lines(site.get(address, Accept=NDJSON))
    href = goes_on_at(told)
    assert href is not None

    said = dict(parse_qsl(urlsplit(href).query))
    assert said == {**asked, "_after": told[0]["_meta"]["id"]}
    assert ids(lines(site.get(href, Accept=NDJSON))[:1])[0] > said["_after"]


def test_a_limit_is_not_capped(many: Studio) -> None:
    """The mount's maximum is that of pages; a usual number there is none."""
    assert len(lines(many.site.get("/documents/?_limit=150", Accept=NDJSON))) == 151
    assert len(lines(many.site.get("/documents/", Accept=NDJSON))) == 2 * STRETCH + 50


def test_a_stream_goes_on_behind_any_id(site: Place) -> None:
    """The id need not be that of a node, and may be written in capitals."""
    everything = ids(whole(site, "/documents/"))
    for after in (everything[3], everything[3].upper(), everything[3][:-1] + "f"):
        rest = ids(whole(site, f"/documents/?_after={after}"))
        assert rest == [id for id in everything if id > after.lower()]


def test_a_stream_that_takes_long_leaves_the_rest_to_another_request(many: Studio) -> None:
    """No answer holds a worker for long: it ends after some seconds, and says where it goes on."""
    for delivery in many.services.deliveries.values():
        delivery.clock = itertools.count(0, LONGEST).__next__
    given = list(requests(many.site, "/documents/?_fields=title"))

    assert [len(told) for told in given] == [STRETCH, STRETCH, 50]
    found = [id for told in given for id in ids(told)]
    assert found == sorted(set(found))
    for delivery in many.services.deliveries.values():
        delivery.clock = itertools.count(0, LONGEST / 2).__next__
    assert [len(told) for told in requests(many.site, "/documents/")] == [2 * STRETCH, 50]


def test_a_walk_is_stable_under_writes(many: Studio) -> None:
    """What is there all the time comes exactly once, whatever is moved, renamed, added or gone."""
    before = set(ids(whole(many.site, "/documents/")))
    folder = many.folder(f"{ROOT}/elsewhere")
    met: list[str] = []
    gone: set[str] = set()
    for told in requests(many.site, "/documents/?_limit=90"):
        met += ids(told)
        left = sorted(before - gone)
        with many.writing() as tx:
            for number, id in enumerate(left[::7]):
                tx.move(id, parent=folder, name=f"{999 - number} after {len(met)}")
            tx.trash(left[-1])
            gone.add(left[-1])
        many.document(f"many/late {len(met)}")

    assert len(met) == len(set(met))
    assert set(met) >= before - gone
    assert gone - set(met)


def test_what_leaves_after_it_was_found_is_absent(many: Studio, tmp_path: Path) -> None:
    """Trashed or moved out of sight before its line is read, it has none; the rest is there."""
    everything = ids(whole(many.preview, "/documents/"))
    outside = many.folder("content/documents/outside")
    with closing(stream(many.site, "/documents/")) as pieces:
        told = read(next(pieces))
        with many.writing() as tx:
            tx.trash(everything[-1])
            tx.move(everything[-2], parent=outside)
        told += [one for piece in pieces for one in read(piece)]

    assert ids(told) == everything[:-2]


# -- how it is sent -----------------------------------------------------------


def stream(place: Place, address: str) -> Generator[bytes, None, None]:
    """The pieces of an answer, each made when it is asked for."""
    response = place.client.get(place.base + address, headers={**place.headers, "Accept": NDJSON})
    assert response.status_code == 200
    try:
        yield from response.iter_encoded()
    finally:
        response.close()


def read(piece: bytes) -> list[Any]:
    return [json.loads(line) for line in piece.splitlines()]


def alive() -> int:
    """How many nodes are in memory."""
    gc.collect()
    return sum(isinstance(one, Node | Rendition) for one in gc.get_objects())


def test_memory_does_not_grow_with_the_collection(many: Studio) -> None:
    """However many nodes there are, those of one stretch are read at a time, and let go of."""
    before, most, largest = alive(), 0, 0
    with closing(stream(many.site, "/documents/?_fields=title")) as pieces:
        for piece in pieces:
            largest = max(largest, len(read(piece)))
            most = max(most, alive() - before)

    assert largest == STRETCH
    assert 0 < most <= 2 * STRETCH


def test_a_failure_on_the_way_does_not_look_like_the_end(many: Studio, tmp_path: Path) -> None:
    """The last line is then a problem with a link, and following that gives the rest."""
    everything = ids(whole(many.site, "/documents/"))
    with closing(stream(many.site, "/documents/?_fields=title")) as pieces:
        told = read(next(pieces))
        rename(tmp_path, "rendition", "away")
        told += [one for piece in pieces for one in read(piece)]
    rename(tmp_path, "away", "rendition")

    broken = told.pop()
    assert broken.keys() >= MEMBERS
    assert (broken["status"], broken["code"]) == (503, "database_unavailable")
    rest = whole(many.site, broken["_links"]["next"]["href"])
    assert ids(told) + ids(rest) == everything


def rename(folder: Path, table: str, name: str) -> None:
    """Take a table away from a running service, or give it back."""
    with closing(sqlite3.connect(folder / "studio" / "content.sqlite3")) as database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


def test_a_failure_before_the_first_line_has_a_status(many: Studio, tmp_path: Path) -> None:
    """What cannot be answered at all is refused like anything else."""
    rename(tmp_path, "rendition", "away")
    response = many.site.get("/documents/", Accept=NDJSON)
    rename(tmp_path, "away", "rendition")

    assert response.status_code == 503
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("address", COLLECTIONS)
def test_its_headers(site: Place, preview: Place, address: str) -> None:
    """Tags of the collection, no validator, no length; nobody keeps it without asking again."""
    for method in ("GET", "HEAD"):
        for place, kept in ((site, "public, no-cache"), (preview, "private, no-store")):
            response = place.ask(method, address, Accept=NDJSON)
            assert (response.status_code, response.data == b"") == (200, method == "HEAD")
            assert response.content_type == f"{NDJSON}; charset=utf-8"
            assert response.headers["Cache-Control"] == kept
            assert response.headers["Vary"] == "Accept"
            assert tags(response) <= tags(site.get(address))
            assert {"ETag", "Content-Length", "Last-Modified"}.isdisjoint(response.headers.keys())
            assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("asked", ["*", '"1-0000000000000000"'])
def test_it_is_never_unchanged(site: Place, asked: str) -> None:
    """Without a tag there is nothing that a client could have already."""
    assert len(lines(site.get("/documents/", Accept=NDJSON, If_None_Match=asked))) == 13


# -- asking for it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        ("application/x-ndjson", NDJSON),
        ("Application/X-NDJSON; charset=utf-8", NDJSON),
        ("application/x-ndjson, application/hal+json;q=0.9", NDJSON),
        ("application/hal+json;q=0, application/json;q=0, */*", NDJSON),
        ("application/x-ndjson;q=0.5, application/hal+json", "application/hal+json"),
        ("application/x-ndjson, application/hal+json", "application/hal+json"),
        ("application/x-ndjson;q=0, */*", "application/hal+json"),
        ("application/*", "application/hal+json"),
        ("*/*", "application/hal+json"),
        ("", "application/hal+json"),
    ],
)
def test_it_is_sent_to_whom_prefers_it(site: Place, accept: str, given: str) -> None:
    """By quality; without a preference it is HAL."""
    assert site.get("/documents/", Accept=accept).mimetype == given


@pytest.mark.parametrize("address", COLLECTIONS)
def test_a_406_names_it(site: Place, address: str) -> None:
    """Whoever takes none of the forms is told of this one as well."""
    assert NDJSON in problem(site.get(address, Accept="image/gif"), 406)["detail"]


def test_single_resources_are_no_streams(site: Place) -> None:
    """What is no collection has no lines."""
    for address in ("/", "/tree", "/folders/news", "/types/"):
        problem(site.get(address, Accept=NDJSON), 406)


@pytest.mark.parametrize("address", COLLECTIONS)
@pytest.mark.parametrize("said", ["_sort=_meta.name", "_offset=3"])
def test_a_stream_has_an_order_of_its_own(site: Place, address: str, said: str) -> None:
    """Another order, or a number of items to pass over, is refused with the reason."""
    name, _, value = said.partition("=")
    told = mistake(site.get(f"{address}?{said}", Accept=NDJSON), name)

    assert told["value"] == value
    assert "order of ids" in told["reason"]


@pytest.mark.parametrize("said", ["_sort=title", "nosuch=1", "_fields=nosuch", "_facets=type"])
def test_a_stream_passes_nothing_over(site: Place, said: str) -> None:
    """No line has a place for what was left out, so leniency cannot be had, and is not applied."""
    name = said.partition("=")[0]
    mistake(site.get(f"/documents/?{said}", Accept=NDJSON, Prefer="handling=lenient"), name)
    plain = site.get("/documents/?_limit=1", Accept=NDJSON, Prefer="handling=lenient")

    assert "Preference-Applied" not in plain.headers


@pytest.mark.parametrize("address", COLLECTIONS)
def test_pages_do_not_go_on_behind_an_id(site: Place, address: str) -> None:
    """_after is refused where pages are asked for; the reason says what it is for."""
    for prefer in ("", "handling=lenient"):
        told = mistake(site.get(f"{address}?_after={ID}", Prefer=prefer), "_after")
        assert NDJSON in told["reason"]


@pytest.mark.parametrize("value", ["x", "13", ID[:-1], f"{ID}0", ID.replace("-", "")])
def test_only_an_id_can_be_gone_on_behind(site: Place, value: str) -> None:
    """What has not the form of a UUID is refused."""
    told = mistake(site.get(f"/documents/?_after={value}", Accept=NDJSON), "_after")

    assert told["value"] == value
    assert "UUID" in told["reason"]


def test_what_a_mount_says_for_its_pages_leaves_streams_alone(tmp_path: Path) -> None:
    """Default parameters that streams cannot have are no mistake of whoever asks for one."""
    defaults = 'default_parameters = { _sort = "title", _offset = 1, _limit = 2 }\n'
    with opened(
        tmp_path, MOUNTS.replace('name = "site"\n', f'name = "site"\n{defaults}')
    ) as studio:
        for name in "abcd":
            studio.document(name)

        assert studio.site.names("/documents/") == ["b", "c"]
        assert len(whole(studio.site, "/documents/")) == 4
        assert [len(told) for told in requests(studio.site, "/documents/?_limit=2")] == [2, 2]
        mistake(studio.site.get("/documents/?_sort=title", Accept=NDJSON), "_sort")


@pytest.mark.parametrize("text", ["x " * 40, "y" * 513])
def test_a_text_beyond_its_bounds_is_refused(site: Place, text: str) -> None:
    """Before the first line, with the reason, as it is for pages."""
    mistake(site.get(f"/documents/?_q={text}", Accept=NDJSON), "_q")


def test_a_stream_does_not_wait_for_the_index(studio: Studio) -> None:
    """What was just imported is in it, though searches do not find it yet."""
    studio.document("before")
    assert studio.site.total("/documents/") == 1
    index = studio.services.indexes[Side.PUBLISHED]
    with index._folder.writing(None):
        for number in range(3):
            studio.document(f"fresh-{number}")
        told = lines(studio.site.get("/documents/", Accept=NDJSON))
        assert studio.site.total("/documents/") == 1

    assert len(told) == 4
    assert studio.site.total("/documents/") == 4

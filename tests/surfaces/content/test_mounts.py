"""Mounts: several bases over one repository, each with words of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.surfaces.content.place import Place, hrefs
from tests.surfaces.content.studio import MOUNTS, Studio, opened
from tests.surfaces.problems import problem

OWN: Final = """
[[mounts]]
name = "dutch"
base = "/nl/content.v1"
title = "Nederlands"
content_root = "content/documents/site/in"
shared_roots = ["content/gallery/public"]
default_limit = 2
max_limit = 3
default_parameters = { _sort = "-title", _dates = "iso" }
parameter_aliases = { size = "_limit", page = "_offset", words = "_q" }
headers = { "X-Served-By" = "dutch", "Strict-Transport-Security" = "max-age=60" }
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Three mounts over the same content."""
    with opened(tmp_path_factory.mktemp("mounts"), MOUNTS + OWN) as found:
        found.taxonomy()
        for name in "abcde":
            found.document(f"in/{name}", fields={"date": 0})
        found.document("elsewhere/far", fields={"title": "far"})
        yield found


@pytest.fixture
def dutch(studio: Studio) -> Place:
    """The mount with words of its own."""
    return studio.place("/nl/content.v1")


def test_each_mount_has_its_own_root(studio: Studio, dutch: Place) -> None:
    """Paths start at the mount's root, and what lies outside it is not there."""
    id = studio.site.read("/documents/in/a")["_meta"]["id"]

    assert dutch.read("/documents/a")["_meta"] | {
        "createdAt": 0,
        "modifiedAt": 0,
        "publishedAt": 0,
    } == (
        studio.site.read(f"/documents/{id}")["_meta"]
        | {"path": "a", "createdAt": 0, "modifiedAt": 0, "publishedAt": 0}
    )
    assert dutch.total("/documents/") == 5
    problem(dutch.get("/documents/in/a"), 404)
    problem(
        dutch.get(f"/documents/{studio.site.read('/documents/elsewhere/far')['_meta']['id']}"), 404
    )
    problem(dutch.get("/documents/../elsewhere/far"), 404)


def test_shared_roots_are_the_mount_s_own(studio: Studio, dutch: Place) -> None:
    """Assets and taxonomies outside the shared roots are not there either."""
    assert studio.site.total("/taxonomies/") == 1
    assert dutch.total("/taxonomies/") == 0
    problem(dutch.get("/taxonomies/shells"), 404)


def test_default_parameters_hold_unless_said_otherwise(dutch: Place) -> None:
    """A mount's defaults are as if the client had sent them; what it sends wins."""
    assert dutch.names("/documents/?_limit=3") == ["e", "d", "c"]
    assert dutch.names("/documents/?_limit=3&_sort=title") == ["a", "b", "c"]
    assert dutch.documents("/documents/")[0]["date"] == "1970-01-01T00:00:00.000Z"
    assert dutch.documents("/documents/?_dates=millis")[0]["date"] == 0


def test_pages_have_the_mount_s_own_sizes(dutch: Place) -> None:
    """The default and the largest page are the mount's."""
    assert dutch.read("/documents/")["_meta"]["limit"] == 2
    assert dutch.read("/documents/?_limit=50")["_meta"]["limit"] == 3
    walked = [
        one["_meta"]["name"]
        for page in dutch.pages("/documents/")
        for one in page["_embedded"]["documents"]
    ]
    assert walked == ["e", "d", "c", "b", "a"]


def test_aliases_are_other_names_of_parameters(dutch: Place) -> None:
    """An alias means what it stands for, and keeps meaning it on other pages."""
    assert dutch.names("/documents/?size=1&page=1") == ["d"]
    assert dutch.names("/documents/?words=a") == ["a"]
    following = dutch.read("/documents/?size=1&page=1")["_links"]["next"]["href"]
    assert dutch.names(following) == ["c"]
    problem(dutch.get("/documents/?size=0"), 400)
    problem(dutch.get("/documents/?size=1&_limit=2"), 400)


def test_an_alias_is_known_at_its_mount_only(studio: Studio) -> None:
    """What one mount calls size is no number of items at another, where it may be a field."""
    answer = studio.site.get("/documents/?size=1").get_json()
    assert answer["_meta"]["limit"] == 10


def test_a_mount_s_headers_are_on_every_answer(dutch: Place, studio: Studio) -> None:
    """Fixed headers are on answers and refusals of that mount, and on no other."""
    for address in ("/", "/documents/", "/documents/nosuch", "/documents/?_limit=0", "/docs/"):
        headers = dutch.get(address).headers
        assert headers["X-Served-By"] == "dutch"
        assert headers["Strict-Transport-Security"] == "max-age=60"
        assert "X-Served-By" not in studio.site.get(address).headers


@pytest.mark.parametrize("base", ["/site/api", "/nl/content.v1", "/preview/api"])
def test_links_stay_within_their_mount(studio: Studio, base: str) -> None:
    """Whoever starts at a mount never leaves it by a link, templates and headers included."""
    place = studio.preview if base == "/preview/api" else studio.place(base)
    seen: set[str] = set()
    ahead = ["/"]
    while ahead and len(seen) < 60:
        address = ahead.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = place.get(address)
        assert answer.status_code in (200, 404), address
        if not answer.is_json:
            continue
        links = list(hrefs(answer.get_json()))
        links += [part.split(">")[0] for part in answer.headers.get("Link", "").split("<")[1:]]
        assert [one for one in links if not one.startswith(f"http://localhost{base}/")] == []
        ahead += [one for one in links if "{" not in one and "/rels/" not in one]
    assert len(seen) > 20


def test_the_service_lists_its_mounts(studio: Studio) -> None:
    """The root of the service links to the entry point of each mount."""
    found = studio.place("").read("/")["_links"]["item"]

    assert [one["href"] for one in found] == [
        "http://localhost/site/api/",
        "http://localhost/preview/api/",
        "http://localhost/nl/content.v1/",
    ]
    assert studio.place("").read(found[2]["href"])["_links"]["self"]["href"] == found[2]["href"]


def test_a_base_that_only_begins_like_a_mount_s_is_none(studio: Studio) -> None:
    """/site/apix is no address of the mount at /site/api."""
    for address in ("/site/apix/documents/", "/site/api2", "/site", "/nl/contentXv1/"):
        problem(studio.place("").get(address), 404)


def test_mounts_do_not_share_tags(studio: Studio, dutch: Place) -> None:
    """The same node at two mounts is two representations."""
    id = dutch.read("/documents/a")["_meta"]["id"]
    tag = studio.site.get(f"/documents/{id}").headers["ETag"]

    assert dutch.get(f"/documents/{id}", If_None_Match=tag).status_code == 200
    assert (
        dutch.get("/documents/").headers["ETag"] != studio.site.get("/documents/").headers["ETag"]
    )


def test_an_unfit_mount_is_refused_at_the_start(tmp_path: Path) -> None:
    """A default that no request could send is told to the operator, not to readers."""
    from hal_delivery.settings import StartError

    bad = MOUNTS + OWN.replace('_dates = "iso"', '_dates = "is"')
    with pytest.raises(StartError, match="_dates"), opened(tmp_path, bad):
        pass

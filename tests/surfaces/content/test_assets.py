"""Assets: what is known of files, and their bytes, whole or in part."""

from __future__ import annotations

import hashlib

import pytest
from werkzeug.test import TestResponse

from content_repo import Kind
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import ROOT, Studio
from tests.surfaces.problems import problem

SAMPLE = "/assets/content/gallery/hippoaddoncontenthalapidemo/samples/snail-193611_640.jpg"


@pytest.fixture
def bytes_at(site: Place) -> str:
    """The address of the bytes of a picture."""
    return str(site.read(SAMPLE)["_links"]["enclosure"]["href"])


def test_an_asset_is_found_by_its_path_in_the_repository(site: Place) -> None:
    """By path and by id, the same answer."""
    id = site.read(SAMPLE)["_meta"]["id"]

    assert site.get(f"/assets/{id}").data == site.get(SAMPLE).data


def test_an_asset_is_found_by_its_path_from_the_mounts_root(studio: Studio) -> None:
    """As documents are; but where the repository has that path, it is the repository's."""
    folders = [studio.folder(one) for one in (f"{ROOT}/img", f"{ROOT}/content/img", "content/img")]
    with studio.writing() as tx:
        for folder in folders:
            tx.publish(tx.create(Kind.ASSET, folder, "x.png"))
        tx.create(Kind.ASSET, folders[0], "new.png")

    def path(address: str) -> object:
        return studio.preview.read(f"/assets/{address}")["_meta"]["path"]

    assert path("img/x.png") == f"{ROOT}/img/x.png"
    assert path(f"{ROOT}/img/x.png") == f"{ROOT}/img/x.png"
    # What the mount does not show takes no address from what it does.
    assert path("content/img/x.png") == f"{ROOT}/content/img/x.png"
    problem(studio.site.get("/assets/img/new.png"), 404)
    problem(studio.site.get("/assets/img"), 404)


def test_the_bytes_are_those_of_the_digest_in_their_address(site: Place, bytes_at: str) -> None:
    """The link to the bytes names their type and their SHA-256."""
    response, enclosure = site.get(bytes_at), site.read(SAMPLE)["_links"]["enclosure"]

    assert hashlib.sha256(response.data).hexdigest() in bytes_at
    assert response.content_type == enclosure["type"] == "image/jpeg"
    assert response.content_length == len(response.data)


def test_the_bytes_are_for_good(site: Place, bytes_at: str) -> None:
    """Whoever has the bytes has them for good; they run nothing, whatever they hold."""
    headers = site.get(bytes_at).headers

    assert "immutable" in headers["Cache-Control"]
    assert "public" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=5-", 5, None), ("bytes=-7", -7, None)],
)
def test_a_range_is_that_part(
    site: Place, bytes_at: str, asked: str, first: int, last: int | None
) -> None:
    """From here to there, from here on, and the last so many bytes."""
    whole = site.get(bytes_at).data
    part = site.get(bytes_at, Range=asked)

    assert part.status_code == 206
    assert part.data == whole[first : None if last is None else last + 1]
    start = first % len(whole)
    end = start + len(part.data) - 1
    assert part.headers["Content-Range"] == f"bytes {start}-{end}/{len(whole)}"
    assert part.content_length == len(part.data)
    assert part.headers["ETag"] == site.get(bytes_at).headers["ETag"]


def test_a_range_ends_with_the_bytes(site: Place, bytes_at: str) -> None:
    """More than is there is all that is there."""
    whole = site.get(bytes_at).data

    assert site.get(bytes_at, Range=f"bytes=0-{10**17}").data == whole
    assert site.get(bytes_at, Range=f"bytes=-{10**17}").data == whole


def test_parts_put_together_are_the_whole(site: Place, bytes_at: str) -> None:
    """A download in pieces is the same file."""
    whole, step = site.get(bytes_at).data, 5000
    parts = [
        site.get(bytes_at, Range=f"bytes={start}-{start + step - 1}").data
        for start in range(0, len(whole), step)
    ]

    assert b"".join(parts) == whole


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_end_says_how_many_there_are(
    site: Place, bytes_at: str, asked: str
) -> None:
    """What cannot be satisfied is a 416 that tells the length."""
    refused = site.get(bytes_at, Range=asked)

    problem(refused, 416)
    assert refused.headers["Content-Range"] == f"bytes */{len(site.get(bytes_at).data)}"


PASSED_OVER = (
    "bytes=0-1,5-6",
    "bytes=0-0," * 2000 + "1-1",
    "lines=0-1",
    "bytes=abc",
    "bytes=5-1",
    "bytes",
    "=",
    "bytes=0-" + "9" * 5000,
    "bytes=1-2-3",
    "bytes=--1",
    "bytes=\u0661-",
)


@pytest.mark.parametrize("asked", PASSED_OVER)
def test_what_is_no_single_range_is_answered_with_the_whole(
    site: Place, bytes_at: str, asked: str
) -> None:
    """Several ranges, other units and nonsense are passed over, as RFC 9110 has it."""
    whole = site.get(bytes_at)
    told = site.get(bytes_at, Range=asked.encode().decode("latin-1"))

    assert (told.status_code, told.data) == (200, whole.data)
    assert "Content-Range" not in told.headers


def test_if_range_gives_a_part_of_the_same_bytes_only(site: Place, bytes_at: str) -> None:
    """With the present tag or date the part, with any other the whole."""
    headers = site.get(bytes_at).headers

    def asked(condition: str) -> TestResponse:
        return site.get(bytes_at, Range="bytes=0-3", If_Range=condition)

    assert asked(headers["ETag"]).status_code == 206
    assert asked(headers["Last-Modified"]).status_code == 206
    far = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    for other in ('"other"', "Mon, 01 Jan 2001 00:00:00 GMT", far):
        assert asked(other).status_code == 200


def test_who_has_the_bytes_gets_none(site: Place, bytes_at: str) -> None:
    """If-None-Match holds for bytes too, and comes before any range."""
    tag = site.get(bytes_at).headers["ETag"]

    for held in (tag, f"W/{tag}", "*", f'"x", {tag}'):
        for extra in ({}, {"Range": "bytes=0-1"}):
            answer = site.get(bytes_at, If_None_Match=held, **extra)
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == tag
            assert "immutable" in answer.headers["Cache-Control"]
    assert site.get(bytes_at, If_None_Match='"other"', Range="bytes=0-1").status_code == 206


def test_a_head_tells_the_length(site: Place, bytes_at: str) -> None:
    """HEAD answers as GET does, without the bytes; ranges mean nothing to it."""
    whole = site.get(bytes_at)
    head = site.ask("HEAD", bytes_at, Range="bytes=0-1")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_another_digest_is_not_found(site: Place, bytes_at: str) -> None:
    """Only the present bytes are at their address: no other digest, of whatever form."""
    digest = next(one for one in bytes_at.split("/") if len(one) == 64)
    other = hashlib.sha256(site.get(bytes_at).data[1:]).hexdigest()

    for wrong in (other, digest.upper(), digest[:63], "0", "..", "%2e%2e"):
        problem(site.get(bytes_at.replace(digest, wrong)), 404)


def test_a_picture_with_a_script_runs_nothing(studio: Studio) -> None:
    """An SVG is delivered as it is, into a sandbox."""
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    id = studio.asset("evil.svg", svg, "image/svg+xml")
    answer = studio.site.get(studio.site.read(f"/assets/{id}")["_links"]["enclosure"]["href"])

    assert answer.data == svg
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_empty_file_is_a_file(studio: Studio) -> None:
    """A file without any byte is answered, and has no part."""
    id = studio.asset("empty.txt", b"", "text/plain")
    href = studio.site.read(f"/assets/{id}")["_links"]["enclosure"]["href"]

    assert studio.site.get(href).data == b""
    assert studio.site.get(href).content_length == 0
    assert studio.site.get(href, Range="bytes=0-1").status_code in (200, 416)


def test_any_file_name_makes_a_link_that_works(studio: Studio) -> None:
    """Blanks, quotes and other scripts in a file's name are in the link as UTF-8."""
    names = ("größe 1.txt", 'a"b.txt', "100%.txt", "a#b?c.txt", "..hidden", "日本.txt", "a;b,c.txt")
    for name in names:
        id = studio.asset(name, name.encode(), "text/plain")
        href = studio.site.read(f"/assets/{id}")["_links"]["enclosure"]["href"]
        assert studio.site.get(href).data == name.encode()
        assert href.isascii()


def test_new_bytes_have_a_new_address(studio: Studio) -> None:
    """After a change, the old address is gone and the link leads to the new bytes."""
    id = studio.asset("one.txt", b"old", "text/plain")
    old = studio.site.read(f"/assets/{id}")["_links"]["enclosure"]["href"]
    with studio.writing() as tx:
        digest = studio.services.repository.media.put(b"new")
        tx.revise(
            id, {"digest": digest, "mediaType": "text/plain", "fileName": "one.txt", "size": 3}
        )
    new = studio.site.read(f"/assets/{id}")["_links"]["enclosure"]["href"]

    assert studio.site.get(new).data == b"new"
    problem(studio.site.get(old), 404)

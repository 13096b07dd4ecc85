"""CORS: which pages may read a mount, and what their scripts may send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import MOUNTS, Studio, opened

LISTED = "https://www.example.org"
OTHER = "http://localhost:3000"

ORIGINS = (
    LISTED,
    OTHER,
    "https://evil.example",
    "https://www.example.org.evil.example",
    "https://evil.example/https://www.example.org",
    "http://www.example.org",
    "https://www.example.org:8443",
    "https://WWW.example.org",
    "https://www.example.org/",
    "null",
    "",
    "*",
)
ALLOWED = (LISTED, OTHER)
ADDRESSES = ("/documents/", "/documents/nosuch", "/documents/?_limit=0", "/nosuch/x/y", "/docs/")


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A mount that lists its origins, and one that lists none."""
    listed = f'name = "site"\ncors_origins = ["{LISTED}", "{OTHER}"]\n'
    mounts = MOUNTS.replace('name = "site"\n', listed).replace(
        'name = "preview"\n', 'name = "preview"\ncors_origins = []\n'
    )
    with opened(tmp_path_factory.mktemp("cors"), mounts) as studio:
        yield studio


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_a_listed_origin_and_no_other_may_read(
    listing: Studio, method: str, address: str, origin: str
) -> None:
    """The origin is said back only when it is one of the list, letter by letter."""
    headers = listing.site.ask(method, address, Origin=origin).headers

    assert headers.get("Access-Control-Allow-Origin") == (origin if origin in ALLOWED else None)
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" in ", ".join(headers.getlist("Vary"))


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_an_open_mount_says_so_to_all_alike(site: Place, method: str, origin: str) -> None:
    """A mount for every origin says a star, with and without an Origin, and does not vary."""
    for headers in (
        site.ask(method, "/documents/", Origin=origin).headers,
        site.ask(method, "/documents/").headers,
    ):
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in headers
        assert "Origin" not in ", ".join(headers.getlist("Vary"))


@pytest.mark.parametrize("origin", [*ORIGINS])
def test_a_mount_without_origins_lets_no_page_read(listing: Studio, origin: str) -> None:
    """An empty list allows nobody, not even by a star."""
    headers = listing.preview.get("/documents/", Origin=origin).headers

    assert "Access-Control-Allow-Origin" not in headers
    assert "Origin" in ", ".join(headers.getlist("Vary"))


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("asked", ["GET", "POST", "DELETE", "FOO"])
def test_a_preflight_tells_what_may_be_sent(listing: Studio, origin: str, asked: str) -> None:
    """An allowed origin learns methods and headers, another one nothing."""
    answer = listing.site.ask(
        "OPTIONS",
        "/documents/",
        Origin=origin,
        Access_Control_Request_Method=asked,
        Access_Control_Request_Headers="if-none-match,prefer",
    )

    assert (answer.status_code, answer.data) == (204, b"")
    if origin in ALLOWED:
        allowed = answer.headers["Access-Control-Allow-Methods"].split(", ")
        assert set(allowed) == {"GET", "HEAD", "OPTIONS"}
        sent = answer.headers["Access-Control-Allow-Headers"].lower()
        assert {"if-none-match", "prefer", "authorization", "range"} <= set(sent.split(", "))
    else:
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_a_preflight_needs_no_token(client_preview: Place) -> None:
    """A browser asks before it may send the token."""
    answer = client_preview.ask(
        "OPTIONS", "/documents/", Origin=OTHER, Access_Control_Request_Method="GET"
    )

    assert answer.status_code == 204
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.fixture
def client_preview(site: Place) -> Place:
    """The demo's preview mount, asked without a token."""
    return Place(site.client, "/preview/api")


def test_a_refusal_can_be_read_by_the_page(client_preview: Place, site: Place) -> None:
    """A script sees why it was refused, not just that it was."""
    assert client_preview.get("/documents/").headers["Access-Control-Allow-Origin"] == "*"
    assert site.get("/documents/?_limit=0").headers["Access-Control-Allow-Origin"] == "*"


def test_scripts_may_read_the_headers_that_matter(site: Place) -> None:
    """What a reader needs besides the body is exposed to scripts."""
    exposed = site.get("/documents/").headers["Access-Control-Expose-Headers"].split(", ")

    assert {"ETag", "Link", "Content-Language", "X-Request-Id"} <= set(exposed)


def test_a_304_says_the_same_of_origins(listing: Studio) -> None:
    """A 304 carries the origin's permission, and varies as the whole answer does."""
    whole = listing.site.get("/documents/", Origin=LISTED)
    kept = listing.site.get("/documents/", Origin=LISTED, If_None_Match="*")

    assert kept.status_code == 304
    assert kept.headers["Access-Control-Allow-Origin"] == LISTED
    assert kept.headers.getlist("Vary") == whole.headers.getlist("Vary")

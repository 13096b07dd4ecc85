"""Hostile headers and bodies: nothing that comes along with a GET upsets it."""

from __future__ import annotations

import gzip
import zlib
from typing import Final

import pytest

from tests.hostile.work import Measured
from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

ADDRESSES: Final = (
    "/documents/",
    "/documents/pages/visiting-us",
    "/folders/blog",
    "/tree",
    "/docs/",
)
LONG: Final = 16_000  # what the server lets through
VALUES: Final = (
    "",
    " ",
    "\t",
    "*",
    ",",
    ";",
    "=",
    '"',
    '"' * 5000,
    ",;" * 5000,
    "a" * LONG,
    "\\" * 5000,
    "é",
    "ÿ" * 99,
    "%00",
    "%0d%0aX-Evil: 1",
    "{0}",
    "%s%n",
    "${7*7}",
    "<script>",
    "../../etc/passwd",
    "-1",
    "9" * 5000,
    "a=b;" * 3000,
    "W/" * 5000,
    'W/"x",' * 2500,
    "a/b," * 4000,
    "a/b;q=0.5," * 1500,
    "a/b;q=1e400",
    "*/*;q=-1",
    "application/hal+json;q=;;;",
    "bytes=" + "0-," * 4000,
    "handling=",
    "(" * 5000,
)
NAMES: Final = (
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "If-None-Match",
    "If-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "If-Range",
    "Range",
    "Prefer",
    "Cookie",
    "Origin",
    "X-Request-Id",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "Authorization",
    "Cache-Control",
    "Pragma",
    "Content-Type",
    "Content-Encoding",
    "Expect",
    "TE",
    "Access-Control-Request-Method",
    "X-HTTP-Method-Override",
    "User-Agent",
    "Referer",
    "Upgrade",
)


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_header_is_a_defect(measured: Measured, name: str) -> None:
    """Whatever a header says, the answer is the resource, a 304 or a problem."""
    for address in ADDRESSES:
        for value in VALUES:
            answer = measured.place.get(address, **{name.replace("-", "_"): value})
            if answer.status_code not in (200, 304):
                assert problem(answer)["status"] in (400, 406), (name, value[:40])
            assert "X-Evil" not in answer.headers
            sent = str(answer.headers)
            assert "script" not in sent.replace("script-src", "")
    for value in VALUES:
        measured.get("/documents/", **{name.replace("-", "_"): value})


@pytest.mark.parametrize("name", ["Accept", "If-None-Match", "Prefer", "Authorization", "Origin"])
@pytest.mark.parametrize("piece", ["a", '"', ",", "a/b,", 'W/"x",', "\\", "é", "a=b;"])
def test_a_header_of_a_megabyte_is_read_in_bounds(
    measured: Measured, name: str, piece: str
) -> None:
    """Were the server to let it through, a huge header would still cost little memory."""
    value = piece * (1_000_000 // len(piece))
    if name == "Accept":
        # The framework takes some 700 bytes for each form; the server lets 16,000 characters in.
        value = value[:100_000]
    answer = measured.remembered("/documents/", **{name.replace("-", "_"): value})

    assert answer.status_code in (200, 406)


METHODS: Final = (
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "TRACE",
    "CONNECT",
    "FOO",
    "PROPFIND",
    "M-SEARCH",
    "A" * 1000,
    "GETT",
    "HEADER",
    "OPTION",
    "\u0130",
    "GET ",
    "$",
    "-",
)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ["/", "/documents/", "/documents/nosuch", "/nosuch/", "/tree"])
def test_a_strange_method_is_not_allowed(site: Place, method: str, address: str) -> None:
    """What is no method here is a 405 that lists those that are."""
    answer = site.ask(method, address)

    problem(answer, 405)
    assert {one.strip() for one in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}


def test_no_header_or_parameter_changes_the_method(site: Place) -> None:
    """A GET stays a GET, and a POST a POST."""
    plain = site.get("/documents/")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        sent = {name.replace("-", "_"): "DELETE"}
        assert site.get("/documents/", **sent).data == plain.data
        problem(site.ask("POST", "/documents/", **{name.replace("-", "_"): "GET"}), 405)
    for query in ("_method=DELETE", "method=PUT", "_HttpMethod=DELETE"):
        problem(site.get(f"/documents/?{query}"), 400)


BODIES: Final = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000,
    "a long number": b"[" + b"9" * 5000 + b"]",
    "a surrogate": b'{"a":"\\ud800"}',
    "NUL": b"\0" * 1000,
    "NaN": b'{"a":NaN}',
    "twice the same": b'{"a":1,"a":2}',
    "no UTF-8": b"\xff\xfe\xed\xa0\x80",
    "a gzip bomb": gzip.compress(b"\0" * 10_000_000),
    "a deflate bomb": zlib.compress(b"\0" * 10_000_000),
    "XML entities": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "a form": b"_limit=1&_method=DELETE",
    "parts": b'--x\r\nContent-Disposition: form-data; name="_limit"\r\n\r\n1\r\n--x--\r\n',
}
TYPES: Final = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/xml",
    "a",
    "application/json;charset=utf-7",
    "",
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("media_type", TYPES)
def test_a_body_with_a_get_means_nothing(site: Place, body: str, media_type: str) -> None:
    """What is sent along with a GET is neither read nor obeyed."""
    plain = site.get("/documents/")
    for encoding in ("", "gzip", "deflate", "br", "gzip, gzip, gzip", "x" * 1000):
        answer = site.client.get(
            "/site/api/documents/",
            data=BODIES[body],
            headers={"Content-Type": media_type, "Content-Encoding": encoding},
        )
        assert (answer.status_code, answer.data) == (200, plain.data)
        assert answer.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5000, "1.5", "", "0x10", "+3", str(2**64)])
def test_a_length_that_lies_means_nothing(site: Place, length: str) -> None:
    """However long the body is said to be, a GET does not wait for it."""
    answer = site.client.get(
        "/site/api/documents/", data=b"abc", environ_overrides={"CONTENT_LENGTH": length}
    )

    assert answer.status_code in (200, 400)


def test_a_mistake_is_no_way_into_a_header(site: Place) -> None:
    """Line breaks in names, values and paths stay inside the problem's body."""
    for address in (
        "/documents/?%0d%0aX-Evil:1=1",
        "/documents/?_sort=a%0d%0aX-Evil:%201",
        "/documents/a%0d%0aX-Evil:%201",
        "/nosuch%0d%0aX-Evil:%201/",
    ):
        answer = site.get(address)
        assert "X-Evil" not in answer.headers
        problem(answer)
    kept = site.get("/documents/?_q=a%0d%0aX-Evil:%201&_scope=blog")
    assert "X-Evil" not in kept.headers
    assert "\n" not in kept.headers.get("Link", "")


def test_a_surrogate_key_is_one_line(site: Place) -> None:
    """Tags are made of visible ASCII only, whatever nodes are called."""
    for address in ("/documents/", "/folders/", "/resourcebundles/", "/taxonomies/", "/assets/"):
        assert site.get(f"{address}?_limit=100").headers["Surrogate-Key"].isprintable()

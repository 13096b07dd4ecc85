"""Hostile bytes: what never reaches the application is refused as problems too."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from hal_delivery.web.failures import rows
from tests.operations.processes import Running, environment, running

COMMAND: Final = str(Path(sys.executable).parent / "hal-delivery")
HEAD: Final = b"Host: localhost\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo behind the real server."""
    folder = tmp_path_factory.mktemp("hostile")
    env = environment(HAL_DELIVERY_DATA_DIR=str(folder / "data"), HAL_DELIVERY_LOG_LEVEL="error")
    with running([COMMAND, "serve", "--demo", "--port", "0"], folder / "log", env) as found:
        yield found


def answered(server: Running, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """What the server says to *request*, sent as it stands."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        # What is refused is refused before all of it has come.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def get(path: bytes, *headers: bytes) -> bytes:
    """A request for *path*."""
    return (
        b"GET " + path + b" HTTP/1.1\r\n" + HEAD + b"".join(h + b"\r\n" for h in headers) + b"\r\n"
    )


BASE: Final = b"/site/api/documents/"
REFUSED: Final = {
    "a query of 100,000 characters": (get(BASE + b"?_q=" + b"a" * 100_000), 414),
    "a path of 9,000 characters": (get(BASE + b"a" * 9000), 414),
    "a header of a megabyte": (get(BASE, b"X-Long: " + b"a" * 1_000_000), 431),
    "a thousand headers": (get(BASE, *(b"X-%d: a" % n for n in range(1000))), 431),
    "a token of a megabyte": (get(BASE, b"Authorization: Bearer " + b"a" * 1_000_000), 431),
    "two hosts": (get(BASE, b"Host: evil.example"), 400),
    "another host": (get(BASE).replace(b"localhost", b"evil.example"), 400),
    "no host": (b"GET " + BASE + b" HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
    "a blank in a header's name": (get(BASE, b"X Bad: 1"), 400),
    "NUL in a header": (get(BASE, b"Accept: a\0b"), 400),
    "a folded header": (get(BASE, b"X-A: b", b" c"), 400),
    "an unknown version": (b"GET / HTTP/9.9\r\n" + HEAD + b"\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "nonsense": (b"\x16\x03\x01\x00\xa5\x01\r\n\r\n", 400),
    "a small method": (b"get / HTTP/1.1\r\n" + HEAD + b"\r\n", 400),
    "both lengths": (get(BASE, b"Content-Length: 5", b"Transfer-Encoding: chunked"), 400),
    "two lengths": (get(BASE, b"Content-Length: 5", b"Content-Length: 6"), 400),
    "a length that is none": (get(BASE, b"Content-Length: abc"), 400),
    "a length below nothing": (get(BASE, b"Content-Length: -1"), 400),
    "raw bytes in a path": (get(BASE + b"\xff\xed\xa0\x80"), 400),
    "an encoded slash": (get(BASE + b"a%2fb"), 400),
    "NUL in a path": (get(BASE + b"a%00b"), 400),
    "two slashes before the base": (get(b"//site/api/documents/"), 404),
    "two slashes in the middle": (get(b"/site/api//documents/"), 404),
    "dots": (get(BASE + b"../../../../etc/passwd"), 404),
    "a strange method": (get(BASE).replace(b"GET", b"FOO", 1), 405),
    "a trace": (get(BASE).replace(b"GET", b"TRACE", 1), 405),
}


def told(headers: dict[str, str], body: bytes) -> Any:
    """The problem that an answer tells."""
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert "gunicorn" not in str(headers) + body.decode()
    return json.loads(body)


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_request_is_refused_as_a_problem(server: Running, name: str) -> None:
    """Whoever refuses it, server or application, it is a problem with title and detail."""
    request, status = REFUSED[name]
    found, headers, body = answered(server, request)

    assert found == status, body[:300]
    shape = told(headers, body)
    assert shape["status"] == status
    assert shape["type"]
    assert shape["title"]
    assert shape["detail"]
    assert shape["code"] in rows()


@pytest.mark.parametrize(
    ("name", "code", "bounds"),
    [
        ("a query of 100,000 characters", "query_too_long", ("8190", "first line", "query")),
        ("a path of 9,000 characters", "query_too_long", ("8190", "path")),
        ("a header of a megabyte", "headers_too_large", ("16380", "header field")),
        ("a thousand headers", "headers_too_large", ("100", "header field")),
    ],
)
def test_what_is_too_large_says_what_may_be_how_large(
    server: Running, name: str, code: str, bounds: tuple[str, ...]
) -> None:
    """What the server itself refuses has a code as well, and names the part and its bound."""
    shape = told(*answered(server, REFUSED[name][0])[1:])

    assert shape["code"] == code
    assert code in rows()
    assert all(one in shape["detail"] for one in bounds)


HARMLESS: Final = {
    "a body": get(BASE, b"Content-Length: 3") + b"abc",
    "a body that never comes": get(BASE, b"Content-Length: 500000"),
    "a deep body": get(BASE, b"Content-Type: application/json", b"Content-Length: 50000")
    + b"[" * 50_000,
    "chunks": get(BASE, b"Transfer-Encoding: chunked") + b"3\r\nabc\r\n0\r\n\r\n",
    "chunks that lie": get(BASE, b"Transfer-Encoding: chunked") + b"ZZZ\r\nabc\r\n",
    "a chunk without an end": get(BASE, b"Transfer-Encoding: chunked") + b"ffffffff\r\na",
    "a body asked to wait for": get(BASE, b"Expect: 100-continue", b"Content-Length: 3") + b"abc",
    "an underscore for a hyphen": get(BASE, b"If_None_Match: *"),
    "an absolute address": get(b"http://evil.example" + BASE),
    "proxy headers": get(BASE, b"X-Forwarded-Host: evil.example", b"X-Forwarded-Proto: https"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_comes_with_a_get_changes_nothing(server: Running, name: str) -> None:
    """A body with a GET, true or lying, is not waited for, and the answer is the usual one."""
    status, headers, body = answered(server, HARMLESS[name])

    assert status == 200, body[:300]
    assert headers["content-type"] == "application/hal+json;charset=utf-8"
    assert b"evil" not in body
    assert f"http://localhost{BASE.decode()}" in json.loads(body)["_links"]["self"]["href"]


def test_it_still_answers_afterwards(server: Running) -> None:
    """After all of that the service is ready, and nothing was a defect."""
    for request, _ in REFUSED.values():
        answered(server, request)

    assert answered(server, get(b"/readyz"))[0] == 200
    assert "defect" not in server.log.read_text()
    assert server.process.poll() is None

"""The server listens where it is told, within limits, and trusts nobody."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from hal_delivery import server
from tests.operations.processes import ROOT, Running, environment, running

TINY = [sys.executable, "-m", "tests.operations.tiny_service"]


@pytest.fixture(scope="module", params=["1", "4"], ids=["sync", "threads"])
def tiny(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server with one thread per worker, then one with several."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running([*TINY, "127.0.0.1", "0", request.param], log) as found:
        yield found


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=named), timeout=20
        ) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def seen(url: str, **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(url, **headers)[2])
    return found


def test_it_answers(tiny: Running) -> None:
    """Once an address is printed, it answers there."""
    status, headers, body = get(f"{tiny.url}/site/api")

    assert status == 200
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body)["path"] == "/site/api"


def said(tiny: Running, request: bytes, later: bytes = b"") -> bytes:
    """All that comes for *request* until the server closes; *later* goes out after the first of it.

    Not much fits between the two, so that the end of a long answer waits on the other side.
    """
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        client.connect(("127.0.0.1", tiny.port))
        client.sendall(request)
        found = client.recv(1)
        client.sendall(later)
        while part := client.recv(65536):
            found += part
    return found


@pytest.mark.parametrize("how", ["whole", "pieces", "file"])
def test_an_answer_comes_whole(tiny: Running, how: str) -> None:
    """However its body is made, an answer arrives with its head before it, and to its end."""
    status, _, body = get(f"{tiny.url}/made?{how}")

    assert status == 200
    assert body == b"0123456789" * 100_000


@pytest.mark.parametrize(
    ("request_line", "last"),
    [("GET /made?nothing", b'ETag: "1"\r\n\r\n'), ("HEAD /made?whole", b"\r\n\r\n")],
)
def test_a_head_comes_without_a_body(tiny: Running, request_line: str, last: bytes) -> None:
    """Where there is no body, the head still comes."""
    asked = f"{request_line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    found = said(tiny, asked.encode())

    assert found.startswith(b"HTTP/1.1 ")
    assert found.endswith(last)


def test_who_sends_more_than_is_read_gets_the_answer(tiny: Running) -> None:
    """A body that nobody reads, or a second request, does not cost the answer to the first."""
    head = b"GET /made?whole HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    unread = said(tiny, head + b"Content-Length: 50000\r\n\r\n", b"x" * 50_000)
    second = said(tiny, head + b"\r\n" + head + b"Cookie: " + b"x" * 15_000 + b"\r\n\r\n")

    assert len(unread) > 1_000_000
    assert second.count(b"HTTP/1.1 200") == 1
    assert len(second) > 1_000_000


def test_it_does_not_name_its_software(tiny: Running) -> None:
    """An answer does not say which server software is behind it."""
    _, headers, _ = get(tiny.url)

    assert headers["Server"] == "hal-delivery"


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_Proto": "https"},
        {"X_Forwarded_Ssl": "on"},
        {"X_Forwarded_For": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1;proto=https"},
        {"Script_Name": "/elsewhere"},
        {"Path_Info": "/elsewhere"},
    ],
)
def test_it_believes_no_header_about_the_way_here(tiny: Running, headers: dict[str, str]) -> None:
    """Whoever may say where a request came from is not decided by the server."""
    found = seen(f"{tiny.url}/a", **headers)

    assert (found["scheme"], found["path"], found["script"], found["from"]) == (
        "http",
        "/a",
        "",
        "127.0.0.1",
    )


@pytest.mark.parametrize(
    ("length", "status"), [(server.LIMITS["limit_request_line"] - 20, 200), (9000, 414)]
)
def test_a_request_line_is_bounded(tiny: Running, length: int, status: int) -> None:
    """An address of some 8,000 characters is read, a longer one is refused."""
    assert get(f"{tiny.url}/{'a' * length}")[0] == status


@pytest.mark.parametrize(("count", "status"), [(80, 200), (120, 431)])
def test_the_number_of_headers_is_bounded(tiny: Running, count: int, status: int) -> None:
    """A hundred headers are enough for anyone."""
    headers = {f"X_{number}": "a" for number in range(count)}

    assert get(tiny.url, **headers)[0] == status


@pytest.mark.parametrize(("length", "status"), [(15000, 200), (20000, 431)])
def test_a_header_is_bounded(tiny: Running, length: int, status: int) -> None:
    """A header that holds a token fits; a much longer one is refused."""
    assert get(tiny.url, X_Long="a" * length)[0] == status


def test_a_taken_port_is_said_in_one_sentence(tiny: Running) -> None:
    """Where another process listens, the start ends with a sentence and exit code 1."""
    ended = subprocess.run(
        [*TINY, "127.0.0.1", str(tiny.port), "1"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip().count("\n") == 0
    assert f"Port {tiny.port} at 127.0.0.1 is in use" in ended.stderr


def test_its_own_lines_look_like_all_others(tiny: Running) -> None:
    """What gunicorn has to say is JSON, one object per line."""
    lines = [json.loads(line) for line in tiny.log.read_text().splitlines()]

    assert any("Booting worker" in line["event"] for line in lines)
    assert {line["logger"] for line in lines} == {"gunicorn.error"}


def test_it_keeps_serving_when_told_to_start_anew(tmp_path: Path) -> None:
    """SIGHUP replaces the workers without losing the address; SIGTERM ends it all."""
    with running([*TINY, "127.0.0.1", "0", "1"], tmp_path / "log") as tiny:
        os.kill(tiny.process.pid, signal.SIGHUP)
        for _ in range(20):
            assert get(tiny.url)[0] == 200

        assert tiny.stop() == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", tiny.port), timeout=5)


def test_threads_are_used_when_asked_for(tiny: Running, request: pytest.FixtureRequest) -> None:
    """One thread means a plain worker, more mean a threaded one."""
    threaded = "threads" in request.node.callspec.id

    assert seen(tiny.url)["threads"] is threaded


def test_a_reserved_port_refuses_connections() -> None:
    """While the service is still being prepared, its port answers nobody and is nobody else's."""
    listener = server.reserve("127.0.0.1", 0)
    try:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((listener.host, listener.port), timeout=5)
    finally:
        listener.socket.close()


@pytest.mark.parametrize(
    ("host", "url"), [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:")]
)
def test_the_printed_address_can_be_followed(host: str, url: str) -> None:
    """Port 0 becomes a real one, and "everywhere" an address of this machine."""
    listener = server.reserve(host, 0)
    try:
        assert listener.url == f"{url}{listener.port}"
        assert listener.port > 0
    finally:
        listener.socket.close()


def test_ipv6_addresses_are_written_in_brackets() -> None:
    """An IPv6 address is told from its port."""
    listener = server.Listener(socket.socket(socket.AF_INET6), "::1", 80)
    try:
        assert (listener.address, listener.url) == ("[::1]:80", "http://[::1]:80")
    finally:
        listener.socket.close()


def test_a_host_that_is_not_here_is_refused() -> None:
    """An address of another machine is refused with a reason."""
    with pytest.raises(server.AddressTaken, match=r"Cannot listen at port 0 of 192\.0\.2\.1: "):
        server.reserve("192.0.2.1", 0)


def test_there_are_always_two_workers() -> None:
    """One slow request never stops the service."""
    assert server.default_workers() >= 2

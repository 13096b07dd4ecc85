"""Servers under test, and the load that is put on them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

WORKERS: Final = 2
CONNECTIONS: Final = 8

#: Seconds until a server must have answered.
_LONGEST_START: Final = 120

#: Seconds after which a server that answers nothing is given up.
_LONGEST_SILENCE: Final = 30


class Request(NamedTuple):
    """What is asked for, and the tag of what the client has already."""

    path: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Served:
    """The service on its way: where it listens, and the session of all its processes."""

    port: int
    session: int


#: Asks a port for requests in turn, for some seconds.
Load = Callable[[int, Sequence[Request], int], Measured]


@contextlib.contextmanager
def serving(application: str, environ: Mapping[str, str]) -> Iterator[int]:
    """A gunicorn with synchronous workers on a free port of the loopback."""
    port = _free_port()
    command = [
        *("gunicorn", application, "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--log-level", "error"),
    ]
    with _running(command, environ):
        first_answer(port, "/")
        yield port


@contextlib.contextmanager
def service(data: Path, first: str = "/") -> Iterator[Served]:
    """The service as it is run, the indexer beside its workers; it has answered *first*."""
    port = _free_port()
    environ = {"HAL_DELIVERY_DATA_DIR": str(data.absolute()), "HAL_DELIVERY_LOG_LEVEL": "info"}
    command = ["hal_delivery.cli", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with _running(command, environ) as session:
        first_answer(port, first)
        yield Served(port, session)


@contextlib.contextmanager
def _running(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[int]:
    """A Python module on its way with all its processes, which end with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def wrk(port: int, requests: Sequence[Request], seconds: int) -> Measured:
    """Ask for *requests* in turn, over :data:`CONNECTIONS` connections, without a pause."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_lua(requests))
        script.flush()
        command = [
            *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", script.name),
            f"http://127.0.0.1:{port}",
        ]
        found = told(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    if found.p50:
        return found
    if seconds > _LONGEST_SILENCE:
        raise RuntimeError(f"nothing was answered within {seconds} seconds")
    # On a machine that is busy otherwise, some seconds may see no answer.
    return wrk(port, requests, 2 * seconds)


def told(said: str) -> Measured:
    """What wrk has to tell.

    >>> told('''50%  900.00us
    ...   99%    2.50ms
    ... Requests/sec:   1234.5''')
    Measured(rate=1234.5, p50=0.9, p99=2.5)
    """
    if "Non-2xx" in said:
        raise RuntimeError(f"not every request was answered with 2xx or 3xx:\n{said}")
    return Measured(
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _millis(_found(r"50%\s+([\d.]+\w+)", said)),
        _millis(_found(r"99%\s+([\d.]+\w+)", said)),
    )


def answer(port: int, request: Request) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of one answer."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{request.path}")
    if request.tag is not None:
        asked.add_header("If-None-Match", request.tag)
    try:
        with urllib.request.urlopen(asked) as found:
            return found.status, found.headers.items(), found.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers.items(), refused.read()


def first_answer(port: int, path: str) -> None:
    """Return as soon as *path* is answered with 200."""
    deadline = time.monotonic() + _LONGEST_START
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if answer(port, Request(path))[0] == 200:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{path} was not answered within {_LONGEST_START} seconds")


def memory(session: int) -> tuple[float, float]:
    """MB of the largest process of *session*: resident, and its proportional share."""
    found = [_sizes(one) for one in Path("/proc").iterdir() if _is_of(one, session)]
    return max(size for size, _ in found), max(share for _, share in found)


def require_load_generator() -> None:
    if shutil.which("wrk") is None:
        sys.exit("The benchmark needs wrk on the path (the package wrk of Debian and Ubuntu).")


def _is_of(process: Path, session: int) -> bool:
    if not process.name.isdigit():
        return False
    # It may end between two looks.
    with contextlib.suppress(OSError):
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
        return int(after_name[3]) == session
    return False


def _sizes(process: Path) -> tuple[float, float]:
    with contextlib.suppress(OSError):
        sizes = (process / "smaps_rollup").read_text()
        resident, share = (int(_found(rf"\n{name}:\s+(\d+)", sizes)) for name in ("Rss", "Pss"))
        return resident / 1024, share / 1024
    return 0.0, 0.0


def _lua(requests: Sequence[Request]) -> str:
    """A script for wrk, which makes its requests before it begins.

    >>> print(_lua([Request("/a"), Request("/b", '"7"')]).splitlines()[0])
    local asked = {{"/a"},{"/b","\\"7\\""}}
    """
    listed = ",".join(f"{{{','.join(map(_quoted, filter(None, one)))}}}" for one in requests)
    return (
        f"local asked = {{{listed}}}\nlocal made = {{}}\nlocal at = 0\n"
        "init = function()\n  for n, one in ipairs(asked) do\n"
        '    local headers = one[2] and {["If-None-Match"] = one[2]} or nil\n'
        '    made[n] = wrk.format("GET", one[1], headers)\n  end\nend\n'
        "request = function()\n  at = at % #made + 1\n  return made[at]\nend\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern} in:\n{text}")
    return found[1]


def _millis(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]

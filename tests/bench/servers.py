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
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: requests a second, and latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


@contextlib.contextmanager
def serving(application: str, environ: dict[str, str]) -> Iterator[int]:
    """A gunicorn with synchronous workers on a free port of the loopback."""
    port = _free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(WORKERS), "--log-level", "error"),
    ]
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _await(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def load(port: int, paths: Sequence[str], script: Path, seconds: int) -> Measured:
    """Ask for *paths* in turn, over :data:`CONNECTIONS` connections."""
    script.write_text(_lua(paths))
    command = [
        *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)),
        f"http://127.0.0.1:{port}",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"not every answer was 200:\n{said}")
    return Measured(
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _millis(_found(r"50%\s+([\d.]+\w+)", said)),
        _millis(_found(r"99%\s+([\d.]+\w+)", said)),
    )


def memory(port: int) -> float:
    """The largest resident size of a worker, in MB."""
    said = subprocess.run(
        ["pgrep", "-f", f"gunicorn.*127.0.0.1:{port}"], capture_output=True, text=True, check=True
    )
    sizes = []
    for pid in said.stdout.split():
        status = Path(f"/proc/{pid}/status").read_text()
        sizes.append(int(_found(r"VmRSS:\s+(\d+)", status)) / 1024)
    return max(sizes)


def require_load_generator() -> None:
    if shutil.which("wrk") is None:
        sys.exit("The benchmark needs wrk on the path (the package wrk of Debian and Ubuntu).")


def _lua(paths: Sequence[str]) -> str:
    listed = ",".join(f'"{path}"' for path in paths)
    return (
        f"local paths = {{{listed}}}\nlocal at = 0\n"
        "request = function()\n  at = at % #paths + 1\n"
        '  return wrk.format("GET", paths[at])\nend\n'
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"no {pattern} in:\n{text}")
    return found[1]


def _millis(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]

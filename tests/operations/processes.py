"""Servers as processes of their own, for tests that ask them over a socket."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent
START_SECONDS: Final = 60
STOP_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Running:
    """A server that said where it listens."""

    process: subprocess.Popen[bytes]
    url: str
    port: int
    printed: str
    log: Path

    def stop(self) -> int:
        """End it as an operator would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def environment(**settings: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HAL_")}
    return {**kept, **settings}


@contextmanager
def running(
    command: Sequence[str], log: Path, env: Mapping[str, str] | None = None, *, cwd: Path = ROOT
) -> Iterator[Running]:
    """Run *command* until the block ends; it must print its address within a minute."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command,
            cwd=cwd,
            env=env or environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            yield _announced(process, log)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


def _announced(process: subprocess.Popen[bytes], log: Path) -> Running:
    assert process.stdout is not None
    printed, deadline = b"", time.monotonic() + START_SECONDS
    # The announcement ends with an empty line, or is a single one.
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([process.stdout], [], [], left)
        if not ready:
            break
        read = os.read(process.stdout.fileno(), 65536)
        printed += read
        found = re.search(rb"(http://\S+:(\d+))\b", printed)
        if found and (printed.endswith(b"\n\n") or printed.count(b"\n") == 1):
            url, port = found[1].decode(), int(found[2])
            return Running(process, url, port, printed.decode(), log)
        if not read:
            break
    raise AssertionError(
        f"No address was printed, only {printed!r}; the log says:\n{log.read_text()}"
    )

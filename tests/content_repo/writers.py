"""Starting writing processes, and listening to what they acknowledge."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.content_repo.stores import Store

ROOT: Final = Path(__file__).parents[2]


class Writer:
    """A process of :mod:`tests.content_repo.writer`."""

    def __init__(self, store: Store, name: str, count: int, shared: str) -> None:
        module = "tests.content_repo.writer"
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, store.url, store.folder, name, str(count), shared],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self.process.stdout is not None
        self._output = self.process.stdout.fileno()
        self._heard = b""

    def wait_until_ready(self) -> None:
        self.hear(1)
        assert self._heard == b"ready\n"
        self._heard = b""

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"go\n")

    def hear(self, lines: int) -> None:
        """Listen until it has said that many lines."""
        while self._heard.count(b"\n") < lines:
            heard = os.read(self._output, 65536)
            assert heard, "it ended"
            self._heard += heard

    def hear_until(self, deadline: float) -> None:
        """Listen until then, by the monotonic clock."""
        while (left := deadline - time.monotonic()) > 0:
            if select.select([self._output], [], [], left)[0]:
                heard = os.read(self._output, 65536)
                assert heard, "it ended"
                self._heard += heard

    def acknowledged(self) -> list[str]:
        """The ids of all that it acknowledged until its end."""
        while heard := os.read(self._output, 65536):
            self._heard += heard
        self.process.wait()
        # What has no end of a line was cut off by the kill.
        return self._heard.decode().split("\n")[:-1]


@contextmanager
def writing(store: Store, *names: str, count: int, shared: str) -> Iterator[list[Writer]]:
    """One writer for each name, ready to go; none is left after the block."""
    writers = [Writer(store, name, count, shared) for name in names]
    try:
        for writer in writers:
            writer.wait_until_ready()
        yield writers
    finally:
        for writer in writers:
            writer.process.kill()
            with writer.process:
                pass

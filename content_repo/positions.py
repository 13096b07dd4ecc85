"""The last committed position, where every process of a machine sees it at once.

Asking the database for it would cost each search a statement.  A writer
therefore notes it in a small mapped file after each commit.  The database
remains the truth: a writer that was killed before its note, or one on another
machine, is noticed by the next look into it, at most a second later.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

_FORMAT: Final = struct.Struct("<Q")

#: Seconds between two looks into the database.
_LOOK_EVERY: Final = 1.0


class PositionFile:
    """A position shared through a file."""

    def __init__(self, path: Path, truth: Callable[[], int]) -> None:
        self._truth = truth
        self._looked_at = float("-inf")
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked(), path.open("a+b") as file:
            if os.fstat(file.fileno()).st_size < _FORMAT.size:
                file.truncate(_FORMAT.size)
            self._map = mmap.mmap(file.fileno(), _FORMAT.size)

    def read(self) -> int:
        """The last committed position, as far as this machine knows."""
        now = time.monotonic()
        if now - self._looked_at > _LOOK_EVERY:
            self._looked_at = now
            self._follow_truth()
        return self._noted()

    def note(self, position: int) -> None:
        """Raise the position to *position*; of two writers the later may come first."""
        with self._locked():
            if self._noted() < position:
                _FORMAT.pack_into(self._map, 0, position)

    def _follow_truth(self) -> None:
        """Follow the database, also back: it may have been restored or replaced."""
        with self._locked():
            # Whatever commits after this answer is noted after this lock.
            _FORMAT.pack_into(self._map, 0, self._truth())

    def _noted(self) -> int:
        return int(_FORMAT.unpack_from(self._map)[0])

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        # A file of its own, for a mapping keeps its descriptor and so its lock;
        # opened anew each time, for threads that share one share the lock too.
        file = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def close(self) -> None:
        self._map.close()

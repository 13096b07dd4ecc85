"""The folder of an index: which edition is the present one, and who may write.

::

    lock, building.lock    whoever writes, whoever builds anew (flock)
    current                a symbolic link to the present edition
    edition-*              one Whoosh index each; more than one only for a moment
    quarantine             the last edition that was found damaged

The link is replaced by a rename, so that every process sees either the old
edition or the new one.  Nobody but the owner may enter: segments are pickles.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from search_index.edition import Hindered

#: Seconds between two attempts at a lock.
_PAUSE: Final = 0.002

_EDITION: Final = "edition-"


class IndexFolder:
    """Where the editions of one index lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._link = str(path / "current")
        self._prepare()

    def _prepare(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    # -- the present edition ----------------------------------------------

    def current(self) -> str | None:
        """The name of the present edition; costs one system call."""
        try:
            return os.readlink(self._link)
        except OSError:
            return None

    def edition(self, name: str) -> Path:
        return self.path / name

    def fresh(self) -> Path:
        """A new folder for an edition, not yet the present one."""
        self._prepare()
        return Path(tempfile.mkdtemp(prefix=_EDITION, dir=self.path))

    def install(self, edition: Path) -> None:
        """Make *edition* the present one and remove all others."""
        link = self.path / f"new-{edition.name}"
        link.symlink_to(edition.name)
        if os.path.isdir(self._link) and not os.path.islink(self._link):
            shutil.rmtree(self._link)
        link.replace(self._link)
        self.sweep()

    def quarantine(self, name: str) -> None:
        """Put the edition of that name aside, in the place of the last such one."""
        aside = self.path / "quarantine"
        _remove(aside)
        with contextlib.suppress(OSError):
            self.edition(name).rename(aside)
        if self.current() == name:
            _remove(Path(self._link))

    def discard(self, edition: Path) -> None:
        """Remove an edition that did not become the present one."""
        _remove(edition)

    def sweep(self) -> None:
        """Remove what builders left that did not come to an end."""
        current = self.current()
        for one in self.path.iterdir():
            if one.name.startswith((_EDITION, "new-")) and one.name != current:
                _remove(one)

    def size(self) -> int:
        """Bytes of the present edition."""
        name = self.current()
        if name is None or not self.edition(name).is_dir():
            return 0
        return sum(one.stat().st_size for one in self.edition(name).iterdir())

    # -- locks ------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self, deadline: float | None) -> Iterator[bool]:
        """Hold the lock of writers; yields whether it was had before *deadline*."""
        with self._locked("lock", deadline) as held:
            yield held

    @contextlib.contextmanager
    def building(self, deadline: float | None) -> Iterator[bool]:
        """Hold the lock of builders, beside which writers may go on."""
        with self._locked("building.lock", deadline) as held:
            yield held

    @contextlib.contextmanager
    def _locked(self, name: str, deadline: float | None) -> Iterator[bool]:
        # Opened anew each time, for threads that share a descriptor share its lock.
        try:
            self._prepare()
            file = os.open(self.path / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise Hindered(f"the lock {name} cannot be had: {problem.strerror}") from problem
        try:
            yield _flock(file, deadline)
        finally:
            os.close(file)


def _flock(file: int, deadline: float | None) -> bool:
    if deadline is None:
        fcntl.flock(file, fcntl.LOCK_EX)
        return True
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()

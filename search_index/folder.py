"""The folder of an index: which edition is the present one, and who may write.

::

    lock, building.lock    whoever writes, whoever builds anew (flock)
    following.lock         the process that takes in all changes, if there is one (flock)
    current                a symbolic link to the present edition
    edition-*              one Whoosh index each; more than one only for a moment
    quarantine             the last edition that was found damaged
    tally                  how often one was built, and found damaged

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
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import orjson

from search_index.engine import Hindered

#: Seconds between two attempts at a lock.
_PAUSE: Final = 0.002

_EDITION: Final = "edition-"
_FOLLOWING: Final = "following.lock"


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened in a folder since it was made."""

    built: int = 0
    damaged: int = 0


class IndexFolder:
    """Where the editions of one index lie."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._link = str(path / "current")
        self._prepare()

    def _prepare(self) -> None:
        if self.path.is_file():
            self.path.unlink()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    # -- the present edition ----------------------------------------------

    def current(self) -> str | None:
        """The name of the present edition; costs one system call."""
        try:
            name = os.readlink(self._link)
        except OSError:
            return None
        # A link out of here is none of ours; what it leads to must not be put aside.
        return name if name.startswith(_EDITION) and "/" not in name else None

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
        tally = self.tally()
        self._note(replace(tally, built=tally.built + 1))
        self.sweep()

    def quarantine(self, name: str) -> None:
        """Put the edition of that name aside, in the place of the last such one."""
        _remove(self._aside)
        with contextlib.suppress(OSError):
            self.edition(name).rename(self._aside)
        if self.current() == name:
            _remove(Path(self._link))
        tally = self.tally()
        self._note(replace(tally, damaged=tally.damaged + 1))

    @property
    def has_quarantine(self) -> bool:
        return self._aside.exists()

    @property
    def _aside(self) -> Path:
        return self.path / "quarantine"

    def tally(self) -> Tally:
        """What happened here; nothing, where that cannot be read."""
        try:
            return Tally(**orjson.loads((self.path / "tally").read_bytes()))
        except (OSError, ValueError, TypeError):
            return Tally()

    def _note(self, tally: Tally) -> None:
        written = self.path / "tally.new"
        # It counts for whoever watches the service; nothing depends on it.
        with contextlib.suppress(OSError):
            written.write_bytes(orjson.dumps(asdict(tally)))
            written.replace(self.path / "tally")

    def discard(self, edition: Path) -> None:
        """Remove an edition that did not become the present one."""
        _remove(edition)

    def sweep(self) -> None:
        """Remove what was left by whoever was killed; both locks are held."""
        current = self.current()
        for one in self.path.iterdir():
            if one.name.startswith((_EDITION, "new-")) and one.name != current:
                _remove(one)
        if current is not None:
            # Whoosh finds its other leftovers by itself, at the next commit.
            for one in self.edition(current).glob("*.toc.*"):
                _remove(one)

    def size(self) -> int:
        """Bytes of the present edition."""
        found, name = 0, self.current()
        # Of what is listed, a commit may remove something before it is looked at.
        with contextlib.suppress(OSError):
            for one in self.edition(name).iterdir() if name is not None else ():
                with contextlib.suppress(FileNotFoundError):
                    found += one.stat().st_size
        return found

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
    def following(self, deadline: float | None) -> Iterator[bool]:
        """Hold the lock of whoever takes in all changes, and looks after the index."""
        with self._locked(_FOLLOWING, deadline) as held:
            yield held

    @property
    def is_followed(self) -> bool:
        """Whether some process, maybe this one, takes in all changes."""
        try:
            with self._locked(_FOLLOWING, 0.0, fcntl.LOCK_SH) as held:
                return not held
        except Hindered:
            return False

    @contextlib.contextmanager
    def _locked(
        self, name: str, deadline: float | None, kind: int = fcntl.LOCK_EX
    ) -> Iterator[bool]:
        file = self._opened(name)
        try:
            yield _flock(file, deadline, kind)
        finally:
            os.close(file)

    def _opened(self, name: str) -> int:
        """A descriptor of its own each time: threads that shared one would share its lock."""
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        path = self.path / name
        try:
            self._prepare()
            try:
                return os.open(path, flags, 0o600)
            except IsADirectoryError:
                # Never unlinked: that would take a lock from under whoever holds it.
                shutil.rmtree(path, ignore_errors=True)
                return os.open(path, flags, 0o600)
        except OSError as problem:
            raise Hindered(f"the lock {name} cannot be had: {problem.strerror}") from problem


def _flock(file: int, deadline: float | None, kind: int) -> bool:
    if deadline is None:
        fcntl.flock(file, kind)
        return True
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
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

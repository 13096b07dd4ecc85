"""The folder that files are written into, and nothing beside it.

A file appears whole or not at all; one that is there already with the same
bytes is not touched.  No path leads out of the folder, neither by ``..`` nor
through a link.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

_CHUNK: Final = 1 << 20

#: What is written next, until it is whole; what a killed run left is overwritten.
_PART: Final = ".hal-delivery-export.part"

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FRESH: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class Refused(Exception):
    """A file that is not written, and why."""


class Target:
    """A folder that is open for writing; see :func:`opened`."""

    def __init__(self, folder: int, *, overwrite: bool) -> None:
        self._folder = folder
        self._overwrite = overwrite

    def put(self, path: str, digest: str, opened: Callable[[], BinaryIO]) -> int | None:
        """Write the bytes of that *digest* to *path*; returns their number.

        ``None`` where they are there already.
        """
        *above, name = _steps(path)
        with self._inside(above) as folder:
            there = _digest_at(folder, name)
            if there == digest:
                return None
            if there is not None and not self._overwrite:
                raise Refused("another file is there; --overwrite replaces it")
            with opened() as stream:
                return self._write(folder, name, digest, stream)

    def make_folder(self, path: str) -> None:
        """Make the folder at *path*, if it is not there."""
        with self._inside(_steps(path)):
            pass

    @contextlib.contextmanager
    def _inside(self, steps: list[str]) -> Iterator[int]:
        """The folder that *steps* lead to, made where it is missing."""
        at = os.dup(self._folder)
        try:
            for step in steps:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(step, dir_fd=at)
                below = _opened_folder(step, at)
                os.close(at)
                at = below
            yield at
        finally:
            os.close(at)

    def _write(self, folder: int, name: str, digest: str, source: BinaryIO) -> int:
        """Copy *source* beside, then put it in its place."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_PART, dir_fd=self._folder)
        found, size = hashlib.sha256(), 0
        try:
            file = os.open(_PART, _FRESH, 0o666, dir_fd=self._folder)
            with os.fdopen(file, "wb") as part:
                while chunk := source.read(_CHUNK):
                    found.update(chunk)
                    size += part.write(chunk)
                part.flush()
                os.fsync(part.fileno())
            if found.hexdigest() != digest:
                raise Refused("its bytes are damaged: they are not those that were imported")
            os.replace(_PART, name, src_dir_fd=self._folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(_PART, dir_fd=self._folder)
            raise
        return size


@contextlib.contextmanager
def opened(folder: Path, *, overwrite: bool = False) -> Iterator[Target]:
    """*folder* to write into, alone; made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(_PART, dir_fd=handle)
        yield Target(handle, overwrite=overwrite)
    finally:
        os.close(handle)


def _steps(path: str) -> list[str]:
    """The names that *path* leads through, none of them out of the folder."""
    steps = path.split("/")
    if any(step in ("", ".", "..") or "\0" in step for step in steps) or path == _PART:
        raise Refused(f"{path!r} does not lead to a place inside the target")
    return steps


def _opened_folder(name: str, above: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.ENOTDIR):
            raise Refused(f"{name!r} is no folder, or a link") from None
        raise


def _digest_at(folder: int, name: str) -> str | None:
    """The SHA-256 of the file of that name; ``None`` if there is none."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            raise Refused("its name is too long for this disk") from None
        raise
    if not stat.S_ISREG(found.st_mode):
        raise Refused("something is there that is no file")
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""Seals: digests of an edition's files, which tell damage that reading would not notice.

A flipped bit in postings is read as other postings.  So whoever commits notes a
digest of each file, and whoever opens an edition looks whether they are still so.
A file without a seal is taken as it is: the process that wrote it may have been
killed before it sealed it, and what it had committed by then is whole.

Digests are of no use against somebody who writes there on purpose; who may is
decided by the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

import orjson

_NAME: Final = "seals"

_SEGMENT: Final = ".seg"
_CONTENTS: Final = ".toc"


class Seals:
    """The seals of one edition, and which files were found to be as sealed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sound: dict[str, tuple[int, ...]] = {}

    def broken(self, *, anew: bool = False) -> str | None:
        """The name of a file that is not as it was sealed, if there is one.

        Looks only at what was written to since the last time, unless *anew*.
        """
        try:
            sealed = self._sealed()
        except ValueError:
            return _NAME
        before = {} if anew else self._sound
        sound: dict[str, tuple[int, ...]] = {}
        for name, digest in sealed.items():
            try:
                written = _written(self._folder / name)
                if before.get(name) != written and _digest(self._folder / name) != digest:
                    return name
            except OSError:
                # Merged into another since; or else, opening it will tell.
                continue
            sound[name] = written
        self._sound = sound
        return None

    def seal(self) -> None:
        """Seal what was committed; whoever does holds the lock of writers."""
        # Where that cannot be, on a full disk, there is no seal.
        with contextlib.suppress(OSError):
            self._seal()

    def _seal(self) -> None:
        try:
            before = self._sealed()
        except ValueError:
            before = {}
        sealed = {}
        for one in os.scandir(self._folder):
            if one.name.endswith(_SEGMENT):
                # Written once: what has a seal keeps it, whatever was done to it.
                sealed[one.name] = before.get(one.name) or _digest(Path(one.path))
            elif one.name.endswith(_CONTENTS):
                sealed[one.name] = _digest(Path(one.path))
        written = self._folder / f"{_NAME}.new"
        written.write_bytes(orjson.dumps(sealed))
        written.replace(self._folder / _NAME)

    def _sealed(self) -> dict[str, str]:
        try:
            found = orjson.loads((self._folder / _NAME).read_bytes())
        except FileNotFoundError:
            return {}
        except OSError as problem:
            raise ValueError from problem
        if not isinstance(found, dict):
            raise ValueError
        return found


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()


def _written(file: Path) -> tuple[int, ...]:
    """What changes whenever a file is written."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns

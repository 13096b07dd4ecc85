"""The bytes of assets, kept as files named by their SHA-256.

Writing the same bytes twice is writing them once.  A file appears under its
name only when all of it is on disk, so that a row which names it can be
committed afterwards without ever pointing at half a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from content_repo.errors import BlobMissing

# What a digest looks like; nothing else is ever turned into a path.
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Media:
    """A folder of immutable files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store *content*; returns its digest in hexadecimal."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            self._make_folder(path.parent)
            self._write(path, content)
        return digest

    def open(self, digest: str) -> BinaryIO:
        """The bytes as an open file, or :class:`BlobMissing`."""
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest=digest)
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise BlobMissing(digest=digest) from None

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _make_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _flush_folder(folder.parent)

    def _write(self, path: Path, content: bytes) -> None:
        file, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.rename(name, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
        _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """Without it a power cut may forget the name of a file that is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

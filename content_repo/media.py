"""The bytes of assets, kept as files named by their SHA-256.

Writing the same bytes twice is writing them once.  A file appears under its
name only when all of it is on disk, so that a row which names it can be
committed afterwards without ever pointing at half a file.  What was stored and
never named by a row is harmless.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from content_repo.errors import BlobMissing

# What a digest looks like; nothing else is ever turned into a path.
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

#: In bytes; of a file however large, no more is held at once.
_CHUNK: Final = 1 << 20


class Media:
    """A folder of immutable files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store *content*; returns its digest in hexadecimal."""
        with self.batch() as batch:
            return batch.put(content)

    def put_file(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Store the bytes of a file, however large; returns their digest and number."""
        with self.batch() as batch:
            return batch.put_file(source)

    @contextlib.contextmanager
    def batch(self) -> Iterator[Batch]:
        """Store many files; when the block ends, all of them are on disk.

        Cheaper than one after the other, as folders are flushed once.  None of
        them is there before the end; what fails leaves whole files or none.
        """
        with contextlib.ExitStack() as left_over:
            batch = Batch(self._folder, left_over)
            yield batch
            batch.settle()

    def open(self, digest: str) -> BinaryIO:
        """The bytes as an open file, or :class:`BlobMissing`."""
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest=digest)
        try:
            return _path(self._folder, digest).open("rb")
        except FileNotFoundError:
            raise BlobMissing(digest=digest) from None


class Batch:
    """Files on their way into the media; see :meth:`Media.batch`."""

    def __init__(self, folder: Path, left_over: contextlib.ExitStack) -> None:
        self._folder = folder
        self._left_over = left_over
        #: Where the bytes of each digest lie until the end; ``None`` where they were there.
        self._arrived: dict[str, Path | None] = {}

    def put(self, content: bytes) -> str:
        """Store *content*; returns its digest in hexadecimal."""
        digest = hashlib.sha256(content).hexdigest()
        if not self._is_known(digest):
            self._arrived[digest] = self._copied(io.BytesIO(content))[0]
        return digest

    def put_file(self, source: Path | BinaryIO) -> tuple[str, int]:
        """Store the bytes of a file, however large; returns their digest and number."""
        if isinstance(source, Path):
            with source.open("rb") as stream:
                return self.put_file(stream)
        copy, digest, size = self._copied(source)
        if self._is_known(digest):
            copy.unlink()
        else:
            self._arrived[digest] = copy
        return digest, size

    def _is_known(self, digest: str) -> bool:
        if digest not in self._arrived and _path(self._folder, digest).exists():
            self._arrived[digest] = None
        return digest in self._arrived

    def _copied(self, source: BinaryIO) -> tuple[Path, str, int]:
        """A copy that has no name yet, with the digest and the number of its bytes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        copy = Path(name)
        self._left_over.callback(copy.unlink, missing_ok=True)
        digest, size = hashlib.sha256(), 0
        with os.fdopen(file, "wb") as stream:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                stream.write(chunk)
        return copy, digest.hexdigest(), size

    def settle(self) -> None:
        """Flush the bytes, then name them, then flush the names."""
        for copy in self._arrived.values():
            if copy is not None:
                _flush(copy)
        paths = {digest: _path(self._folder, digest) for digest in self._arrived}
        for folder in {path.parent for path in paths.values()}:
            folder.mkdir(exist_ok=True)
        for digest, copy in self._arrived.items():
            if copy is not None:
                copy.rename(paths[digest])
        # Also of files that were there: who put them may not have come this far.
        for folder in {path.parent for path in paths.values()}:
            _flush(folder)
        if paths:
            _flush(self._folder)
            _flush(self._folder.parent)


def _path(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest


def _flush(path: Path) -> None:
    """Without it a power cut may forget bytes, or of a folder the names in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

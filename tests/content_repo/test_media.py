"""The bytes of assets."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from content_repo.errors import BlobMissing
from content_repo.media import Media


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "media")


def test_bytes_are_kept_by_their_digest(media: Media) -> None:
    """What was stored is read back under its SHA-256."""
    digest = media.put(b"bytes")

    assert digest == hashlib.sha256(b"bytes").hexdigest()
    with media.open(digest) as stream:
        assert stream.read() == b"bytes"


def test_the_same_bytes_are_kept_once(media: Media, tmp_path: Path) -> None:
    """Storing the same bytes again leaves the one file as it is."""
    digest = media.put(b"bytes")
    before = [path.stat() for path in files(tmp_path)]

    assert media.put(b"bytes") == digest
    assert [path.stat().st_ino for path in files(tmp_path)] == [one.st_ino for one in before]


def test_no_bytes_are_bytes(media: Media) -> None:
    """An empty file is a file."""
    with media.open(media.put(b"")) as stream:
        assert stream.read() == b""


def test_half_a_file_is_never_seen(
    media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that could not be written to the end leave nothing under their name."""
    digest = hashlib.sha256(b"bytes").hexdigest()

    def full(_file: int) -> None:
        with pytest.raises(BlobMissing):
            media.open(digest)
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: full(file) if files(tmp_path) else None)
        with pytest.raises(OSError, match="no space"):
            media.put(b"bytes")

    assert files(tmp_path) == []
    with pytest.raises(BlobMissing):
        media.open(digest)
    assert media.put(b"bytes") == digest


def test_many_may_store_the_same_bytes_at_once(media: Media, tmp_path: Path) -> None:
    """Two writers of the same bytes do not disturb one another."""
    content, start = os.urandom(1 << 20), threading.Barrier(4)

    def store() -> None:
        start.wait()
        media.put(content)

    threads = [threading.Thread(target=store) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [path.name for path in files(tmp_path)] == [hashlib.sha256(content).hexdigest()]


@pytest.mark.parametrize(
    "digest",
    ["", "0" * 64, "../../secret", "../" * 21 + "x", "/etc/passwd", "A" * 64, "0" * 63 + "\n"],
)
def test_only_a_digest_leads_to_bytes(media: Media, tmp_path: Path, digest: str) -> None:
    """What is no digest leads nowhere, least of all out of the folder."""
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "media").mkdir()

    with pytest.raises(BlobMissing):
        media.open(digest)

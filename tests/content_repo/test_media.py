"""The bytes of assets."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import tracemalloc
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


def test_a_file_is_stored_as_its_bytes_are(media: Media, tmp_path: Path) -> None:
    """A file, or an open one, is stored under the digest of its bytes, which are counted."""
    content = os.urandom((1 << 20) + 1)
    file = tmp_path / "file"
    file.write_bytes(content)

    assert media.put_file(file) == (hashlib.sha256(content).hexdigest(), len(content))
    assert media.put_file(io.BytesIO(content)) == media.put_file(file)
    assert media.put_file(io.BytesIO(b"")) == (hashlib.sha256(b"").hexdigest(), 0)
    with media.open(media.put(content)) as stream:
        assert stream.read() == content
    assert len(files(tmp_path / "media")) == 2


class Endless(io.RawIOBase):
    """A stream of zeros, up to a size."""

    def __init__(self, left: int) -> None:
        self.left = left

    def read(self, size: int = -1, /) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


def test_a_large_file_is_never_held_whole(media: Media) -> None:
    """Storing takes the memory of some chunks, however large the file is."""
    size = 64 << 20
    tracemalloc.start()
    try:
        _, stored = media.put_file(Endless(size))  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert stored == size
    assert peak < 8 << 20


def test_of_a_batch_all_are_there_at_its_end(media: Media, tmp_path: Path) -> None:
    """Files of a batch appear together, the same bytes once, besides those that were there."""
    there = media.put(b"there")
    with media.batch() as batch:
        digests = [batch.put(b"a"), batch.put_file(io.BytesIO(b"a"))[0], batch.put(b"b")]
        assert batch.put(b"there") == batch.put_file(io.BytesIO(b"there"))[0] == there
        for digest in digests:
            with pytest.raises(BlobMissing):
                media.open(digest)

    assert {path.name for path in files(tmp_path)} == {*digests, there}


def test_a_batch_that_fails_leaves_nothing(media: Media, tmp_path: Path) -> None:
    """What was on its way when the block failed is gone."""
    with contextlib.suppress(ZeroDivisionError), media.batch() as batch:
        batch.put(b"a")
        assert len(files(tmp_path)) == 1
        raise ZeroDivisionError

    assert files(tmp_path) == []


def test_a_full_disk_leaves_no_half_file(media: Media, tmp_path: Path) -> None:
    """A file whose bytes find no room leaves nothing, and those that are there stay."""

    class Full(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("no space left on device")
            return super().read(4)

    there = media.put(b"there")
    with pytest.raises(OSError, match="no space"):
        media.put_file(Full(b"some bytes"))

    assert [path.name for path in files(tmp_path)] == [there]


def test_bytes_are_on_disk_before_their_name_is(
    media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First bytes are flushed, then they are named, then the folders of the names are flushed."""
    said: list[tuple[str, str]] = []
    fsync, rename = os.fsync, os.rename

    def flushed(handle: int) -> None:
        said.append(("flush", os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def named(source: Path, target: Path) -> None:
        assert ("flush", str(source)) in said
        said.append(("name", str(target)))
        rename(source, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "rename", named)
    with media.batch() as batch:
        digests = [batch.put(b"a"), batch.put(b"b")]

    last_name = max(index for index, (what, _) in enumerate(said) if what == "name")
    after = {path for what, path in said[last_name:] if what == "flush"}
    folder = tmp_path / "media"
    assert {str(folder / digest[:2]) for digest in digests} | {str(folder)} <= after


def test_a_kill_leaves_no_half_file(media: Media, tmp_path: Path) -> None:
    """Killed while it stores, a process leaves whole files under their names, and no others."""
    program = (
        "import os, sys; from pathlib import Path; from content_repo.media import Media\n"
        "media = Media(Path(sys.argv[1]))\n"
        "while True:\n"
        "    print(media.put(os.urandom(1 << 16)), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "media"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(20)]
        process.send_signal(signal.SIGKILL)

    named = [path for path in files(tmp_path) if not path.name.startswith(".new-")]
    assert set(acknowledged) <= {path.name for path in named}
    for path in named:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name

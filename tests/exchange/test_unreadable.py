"""What the system lets nobody read is told, and everything beside it comes in."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from content_repo import Repository
from tests.exchange.sites import Shelf, write
from tests.operations.processes import environment

ROOT: Final = "content/documents"
PAGES: Final = ("open", "shut/open", "a/shut", "a/open")

# Linux: what lets the superuser read everything, and the call that gives it up for good.
_DROP: Final = 24
_OVERRIDES: Final = (1, 2)


def as_anybody() -> None:
    """Be held to the permissions of files, even as the superuser."""
    if os.geteuid() == 0:
        for capability in _OVERRIDES:
            ctypes.CDLL(None).prctl(_DROP, capability, 0, 0, 0)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Path]:
    """A site whose files can be read, until a test shuts some; it is opened again at the end."""
    folder = write(tmp_path / "site", {f"{page}.md": f"# {page}\n" for page in PAGES})
    yield folder
    for path in ("", "shut", "a", "a/shut.md"):
        (folder / path).chmod(0o700)


def shut(source: Path) -> None:
    (source / "a/shut.md").chmod(0)
    (source / "shut").chmod(0)


def run(source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """An import of *source* into a data folder of its own beside it."""
    data = source.parent / "data"
    return subprocess.run(
        [sys.executable, "-m", "hal_delivery.cli", "import", str(source), *options],
        env=environment(HAL_DELIVERY_DATA_DIR=str(data), HAL_DELIVERY_LOG_LEVEL="error"),
        preexec_fn=as_anybody,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def pages(source: Path) -> list[str]:
    data = source.parent / "data"
    with closing(Repository.open(f"sqlite:///{data / 'content.sqlite3'}", data)) as repository:
        return [path for path in PAGES if Shelf(repository, into=ROOT).find(path)]


def test_what_cannot_be_read_is_told_and_the_rest_comes_in(source: Path) -> None:
    """A file and a folder without permissions are two lines of the report; it ends with 1."""
    shut(source)

    ended = run(source)

    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines() == [
        f"Imported into {ROOT}: 2 documents, 1 folder",
        "2 new",
        "2 could not be imported:",
        "  a/shut.md: cannot be read: Permission denied",
        "  shut: cannot be read: Permission denied",
        "The search index follows; hal-delivery index status says how far it is.",
    ]
    assert pages(source) == ["open", "a/open"]


def test_what_cannot_be_read_any_more_has_not_vanished(source: Path) -> None:
    """A run that may trash what vanished leaves it as it was imported."""
    assert run(source).returncode == 0
    shut(source)

    ended = run(source, "--prune")

    assert ended.returncode == 1
    assert "2 unchanged" in ended.stdout.splitlines()
    assert "trashed" not in ended.stdout
    assert pages(source) == list(PAGES)


def test_a_source_that_cannot_be_read_is_told(source: Path) -> None:
    """It ends with 2, one sentence and no trace of the program."""
    source.chmod(0)

    ended = run(source)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"'{source}' is not readable." in ended.stderr


def test_a_folder_that_cannot_be_entered_is_told(source: Path) -> None:
    """Where names can be listed but nothing can be opened, each file is told."""
    (source / "a").chmod(0o400)

    ended = run(source)

    assert ended.returncode == 1
    assert "  a/open.md: cannot be read: Permission denied" in ended.stdout.splitlines()
    assert pages(source) == ["open", "shut/open"]

"""The last committed position, as all processes of a machine see it."""

from __future__ import annotations

import os
import signal
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from content_repo import Repository, Side, positions
from content_repo.positions import PositionFile
from tests.content_repo.content import one_page
from tests.content_repo.stores import Store
from tests.content_repo.writers import writing


class Time:
    """What the module asks for the time; it stands still until told otherwise."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


class Truth:
    """A database that knows its position, and how often it was asked."""

    def __init__(self, position: int = 0) -> None:
        self.position = position
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.position


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(positions, "time", types.SimpleNamespace(monotonic=time.monotonic))
    return time


@pytest.fixture
def truth() -> Truth:
    return Truth(5)


@pytest.fixture
def file(tmp_path: Path, truth: Truth) -> Iterator[PositionFile]:
    file = PositionFile(tmp_path / "position", truth)
    yield file
    file.close()


def test_the_first_look_is_into_the_database(file: PositionFile, truth: Truth) -> None:
    """A process that starts believes the database, not the file."""
    assert file.read() == 5


def test_the_database_is_asked_once_a_second(file: PositionFile, truth: Truth, time: Time) -> None:
    """Within a second the position costs no statement; after it, one."""
    for _ in range(100):
        file.read()
    assert truth.asked == 1

    time.seconds += 1.01
    truth.position = 6
    assert file.read() == 6
    assert truth.asked == 2


def test_a_note_is_seen_at_once_by_others(
    file: PositionFile, truth: Truth, tmp_path: Path, time: Time
) -> None:
    """What one process notes, the next reads, without asking the database."""
    other = PositionFile(tmp_path / "position", truth)
    assert (file.read(), other.read()) == (5, 5)

    file.note(7)

    assert other.read() == 7
    assert truth.asked == 2
    other.close()


def test_of_two_notes_the_higher_holds(file: PositionFile, truth: Truth, time: Time) -> None:
    """A writer whose note comes late does not take the position back."""
    file.read()
    file.note(9)
    file.note(8)

    assert file.read() == 9


def test_a_restored_database_takes_the_position_back(
    file: PositionFile, truth: Truth, time: Time
) -> None:
    """The database is the truth, also where it went back."""
    file.read()
    file.note(9)
    time.seconds += 2

    assert file.read() == 5


def test_another_process_sees_a_commit_at_once(
    store: Store, repository: Repository, time: Time
) -> None:
    """Whoever asks after a write was acknowledged has its position, in whatever process."""
    shared = one_page(repository, "shared")
    before = repository.position
    with writing(store, "other", count=3, shared=shared) as (writer,):
        assert repository.position == before
        writer.go()
        ids = writer.acknowledged()

    assert len(ids) == 3
    assert repository.position == before + 9
    assert repository.types.by_name


def killed(_file: PositionFile, _position: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_commit_without_a_note_is_noticed(
    store: Store, repository: Repository, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that was killed between its commit and its note is noticed by the next look."""
    before = repository.position
    child = os.fork()
    if child == 0:
        try:
            with store.opened() as own:
                monkeypatch.setattr(PositionFile, "note", killed)
                one_page(own, "late")
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert repository.position == before
    assert repository.reader(Side.DRAFT).at("late")

    time.seconds += 1.01

    assert repository.position == repository.committed_position() == before + 1

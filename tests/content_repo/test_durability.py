"""A write that was acknowledged survives whatever happens to its process."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path
from typing import Final

import pytest

from content_repo import Repository, Side
from tests.content_repo.content import one_page, paths
from tests.content_repo.history import History
from tests.content_repo.stores import Store
from tests.content_repo.writers import Writer, writing

CYCLES: Final = 8
#: Fewer acknowledged writes than this in a cycle would prove nothing.
LEAST: Final = 3


def killed_at_a_random_moment(writer: Writer, chance: random.Random) -> list[str]:
    """Listen to it for a random while, then kill it; returns what it had acknowledged."""
    writer.go()
    writer.hear(LEAST)
    writer.hear_until(time.monotonic() + chance.uniform(0, 0.2))
    writer.process.kill()
    return writer.acknowledged()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_was_acknowledged_survives_kills(store: Store) -> None:
    """After kill -9 at any moment every acknowledged write is there, whole."""
    chance, kills, acknowledged = random.Random(1), 0, []
    with store.opened() as repository:
        shared = one_page(repository, "shared")
    for cycle in range(CYCLES):
        with writing(store, f"cycle{cycle}", count=100_000, shared=shared) as (writer,):
            acknowledged += killed_at_a_random_moment(writer, chance)
            kills += writer.process.returncode == -9
        _check_file(Path(store.url.removeprefix("sqlite:///")))
        _check_content(store, acknowledged, shared, cycle + 1)

    assert kills == CYCLES
    assert len(set(acknowledged)) == len(acknowledged) >= CYCLES * LEAST


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_commit_is_flushed(repository: Repository) -> None:
    """What a power cut would show, settings must promise: a commit waits for the disk."""
    with repository._database.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys", "trusted_schema")
        }

    # 2 is FULL.
    assert pragmas == {
        "synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "trusted_schema": 0,
    }  # fmt: skip


def _check_file(file: Path) -> None:
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        connection.close()


def _check_content(store: Store, acknowledged: list[str], shared: str, kills: int) -> None:
    with store.opened() as repository:
        draft, published = repository.reader(Side.DRAFT), repository.reader(Side.PUBLISHED)
        assert draft.get_many(acknowledged).keys() == set(acknowledged)
        # Of each transaction all is there: what was created was published.
        written = [path for path in paths(draft) if path.startswith("cycle")]
        assert written == [path for path in paths(published) if path.startswith("cycle")]
        # A commit may have been killed before it was acknowledged; one for each kill.
        assert len(acknowledged) <= len(written) <= len(acknowledged) + kills
        revised = draft.get(shared)
        assert revised is not None
        assert revised.revision == 1 + len(written)
        assert repository.position == repository.committed_position()
    History(store).check()

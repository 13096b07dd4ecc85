"""Many writers and readers at once, in processes and in threads."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from content_repo import Reader, Repository, Side
from content_repo.errors import StaleRevision
from tests.content_repo import stores
from tests.content_repo.content import folder, must, one_page
from tests.content_repo.history import History
from tests.content_repo.stores import Store
from tests.content_repo.writers import writing

PROCESSES: Final = 4
WRITES: Final = 50
ROUNDS: Final = 20
#: How long any step may take; far more than it does.
PATIENCE: Final = 30


def test_four_processes_lose_nothing(store: Store, repository: Repository, draft: Reader) -> None:
    """Four processes that write at once are all served: nothing is refused, nothing lost."""
    shared = one_page(repository, "shared")
    before = repository.position
    names = [f"writer{number}" for number in range(PROCESSES)]
    with writing(store, *names, count=WRITES, shared=shared) as writers:
        for writer in writers:
            writer.go()
        acknowledged = [writer.acknowledged() for writer in writers]
        assert [writer.process.returncode for writer in writers] == [0] * PROCESSES

    ids = [id for one in acknowledged for id in one]
    assert [len(one) for one in acknowledged] == [WRITES] * PROCESSES
    assert repository.reader(Side.PUBLISHED).get_many(ids).keys() == set(ids)
    assert must(draft.get(shared)).revision == 1 + PROCESSES * WRITES
    changes = repository.changes(before)
    assert [one.position for one in changes] == list(
        range(before + 1, before + 1 + 3 * PROCESSES * WRITES)
    )
    History(store).check()


def test_of_two_writers_of_one_revision_one_wins(store: Store, repository: Repository) -> None:
    """Two writers that saw the same revision: exactly one is acknowledged."""
    id = one_page(repository)
    both = threading.Barrier(2, timeout=PATIENCE)

    def write(name: str) -> int:
        won = 0
        with store.opened() as own:
            for expected in range(1, ROUNDS + 1):
                both.wait()
                try:
                    with own.write() as tx:
                        tx.revise(id, {"title": name}, expected=expected)
                    won += 1
                except StaleRevision:
                    pass
        return won

    with ThreadPoolExecutor(2) as pool:
        wins = list(pool.map(write, ("ann", "bob")))

    assert sum(wins) == ROUNDS
    assert must(repository.reader(Side.DRAFT).get(id)).revision == ROUNDS + 1


@pytest.mark.parametrize("backend", ["postgres"])
def test_interleaved_transactions_leave_no_gap(store: Store, repository: Repository) -> None:
    """A transaction that begins while another is open comes after it, and nobody sees a gap."""
    before = repository.position
    seen: list[list[int]] = []

    def poll() -> None:
        seen.append([change.position for change in repository.changes(before)])

    def waits() -> bool:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(store.rows(query)[0][0])

    def write() -> None:
        with store.opened() as own, own.write() as tx:
            folder(tx, "second")

    with ThreadPoolExecutor(1) as pool:
        with store.opened() as first, first.write() as tx:
            folder(tx, "first")
            second = pool.submit(write)
            while not waits():
                assert not second.done()
                poll()
            folder(tx, "first too")
            poll()
        while not second.done():
            poll()
        second.result()
    poll()

    assert seen[-1] == [before + 1, before + 2, before + 3]
    assert all(one == seen[-1][: len(one)] for one in seen)
    names = repository.reader(Side.DRAFT).places(
        [change.node for change in repository.changes(before)]
    )
    assert [names[change.node].path for change in repository.changes(before)] == [
        "first", "first too", "second",
    ]  # fmt: skip


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_write_holds_both_locks_from_its_beginning(store: Store, repository: Repository) -> None:
    """Neither a checkpoint nor a second writer ever runs beside a write, however short.

    The lock file keeps ours apart; the database's own lock also keeps apart who knows
    nothing of the file.
    """
    database = store.url.removeprefix("sqlite:///")
    other = sqlite3.connect(database, timeout=0, isolation_level=None)
    with Path(f"{database}.lock").open("w") as lock:
        with repository.write():
            with pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_readers_do_not_wait_for_a_writer(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """While a transaction is open everybody reads what was committed before it."""
    id = one_page(repository, published=True)
    before = must(draft.get(id)), must(published.get(id)), repository.changes(0)

    with repository.write() as tx:
        tx.revise(id, {"title": "new"})
        tx.publish(id)
        assert (must(draft.get(id)), must(published.get(id)), repository.changes(0)) == before

    assert must(published.get(id)).fields == {"title": "new"}


def test_a_repository_is_shared_between_threads(repository: Repository, store: Store) -> None:
    """Threads read and write through one repository without disturbing one another."""

    def work(name: str) -> None:
        for number in range(10):
            one_page(repository, f"{name}-{number}", published=True)
            assert repository.reader(Side.PUBLISHED).at(f"{name}-{number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
        assert len(repository.reader(Side.PUBLISHED).children(_root(repository))) == 42

    History(store).check()


def _root(repository: Repository) -> str:
    return must(repository.reader(Side.DRAFT).at("")).id


def test_a_forked_child_has_connections_of_its_own(backend: str, tmp_path: Path) -> None:
    """A process forked from one that reads and writes does both, and so does its parent."""
    with stores.fresh(backend, tmp_path) as store, store.opened() as repository:
        one_page(repository, "before")
        child = os.fork()
        if child == 0:
            failed = 1
            try:
                one_page(repository, "child")
                failed = int(repository.reader(Side.DRAFT).at("child") is None)
            finally:
                os._exit(failed)
        one_page(repository, "parent")
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

        one_page(repository, "after")
        for name in ("before", "child", "parent", "after"):
            assert repository.reader(Side.DRAFT).at(name)
        History(store).check()

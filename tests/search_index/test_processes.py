"""Several processes share an index, and any may die at any moment."""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from content_repo import Repository, Side
from search_index import WhooshIndex
from tests.search_index.content import AGES, opened, put, query, revise

ROOT = Path(__file__).parents[2]


def started(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    """Another process that writes *count* times, and searches after each write."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.search_index.author", str(folder), name, str(count)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_each_search_sees_every_acknowledged_write(folder: Path) -> None:
    """Processes that write and search side by side each find what they have just written."""
    opened(folder).close()
    put_site(folder)
    authors = [started(folder, name, 15) for name in ("ann", "bob")]
    printed = [author.communicate(timeout=60)[0] for author in authors]

    assert [author.returncode for author in authors] == [0, 0]
    assert [len(lines.split()) for lines in printed] == [15, 15]
    assert not (folder / "index" / "quarantine").exists()


def put_site(folder: Path) -> None:
    repository = opened(folder)
    put(repository, "site/first")
    repository.close()


def test_a_write_of_another_process_is_seen(repository: Repository, folder: Path) -> None:
    """What one process wrote and indexed, another finds at its next search."""
    put(repository, "site/first")
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query()).total == 1
    author = started(folder, "ann", 3)
    author.communicate(timeout=60)

    assert author.returncode == 0
    assert index.search(query("annx2")).total == 1
    assert index.search(query("annx1")).total == 0
    index.close()


def test_killed_at_any_moment(folder: Path) -> None:
    """A process killed in the middle of a commit leaves an index that catches up."""
    put_site(folder)
    chance = random.Random(2)
    for cycle in range(6):
        author = started(folder, f"author{cycle}", 10_000)
        assert author.stdout is not None
        for _ in range(3):
            assert author.stdout.readline()
        # Somewhere within the next write, index commit or search.
        time.sleep(chance.random() * 0.05)
        author.kill()
        author.wait()
        author.stdout.close()
        repository = opened(folder)
        index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
        assert index.catch_up(within=AGES)
        assert index.verify() == []
        index.close()
        repository.close()
    assert not (folder / "index" / "quarantine").exists()


def search_in_child(index: WhooshIndex, found: multiprocessing.Queue[int]) -> None:
    found.put(index.search(query("needle")).total)
    index.close()


def test_a_forked_process_opens_its_own(repository: Repository, folder: Path) -> None:
    """An index made before a fork is of use after it, in both processes."""
    id = put(repository, "site/a", title="needle")
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query("needle")).total == 1
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[int] = context.Queue()
    child = context.Process(target=search_in_child, args=(index, found))
    # What another thread holds at the fork, nobody gives back in the child.
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with index._lock:
            held.set()
            done.wait(AGES)

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(AGES)
    child.start()
    done.set()
    other.join()
    assert found.get(timeout=AGES) == 1
    child.join(AGES)
    revise(repository, id, title="thread")

    assert child.exitcode == 0
    assert index.search(query("thread")).total == 1
    index.close()


def test_threads_share_an_index(repository: Repository, folder: Path) -> None:
    """Threads that search while others write each see all that was written before."""
    ids = [put(repository, f"site/{name}", title="start") for name in "abc"]
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    misses: list[str] = []

    def author(id: str, name: str) -> None:
        for number in range(8):
            revise(repository, id, title=f"{name}{number} all")
            if index.search(query(f"{name}{number}")).ids != (id,):
                misses.append(f"{name}{number}")
            index.search(query("all"))

    threads = [
        threading.Thread(target=author, args=(id, name))
        for id, name in zip(ids, "abc", strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert misses == []
    assert index.search(query("all")).total == 3
    assert not (folder / "index" / "quarantine").exists()
    index.close()

"""Several processes share an index."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from content_repo import ROOT_ID, Kind, Repository, Side
from search_index import WhooshIndex
from tests.search_index.content import AGES, id_at, opened, put, query, revise

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


def test_one_process_follows_for_all(repository: Repository, folder: Path) -> None:
    """What piled up is taken in by the one that follows; the others wait for it, and answer."""
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=0.01)
    assert index.catch_up()
    assert other.search(query()).total == 0
    with index.following():
        put_many(repository, 50)
        before = other.search(query())
        assert before.reached < repository.position
        while index.advance():
            pass
        after = other.search(query())

    assert (before.total, after.total) == (0, 50)
    assert after.reached == repository.position
    assert other._worker is None
    index.close()
    other.close()


def test_a_large_group_is_told_in_one_line(
    repository: Repository, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """How much was taken in, up to where, and how long that took; of small groups nothing."""
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.catch_up()
    with index.following(), caplog.at_level("INFO", "search_index"):
        put_many(repository, 60)
        while index.advance():
            pass
        put(repository, "site/one")
        while index.advance():
            pass

    (line,) = caplog.messages
    assert line.startswith("the published index took in 122 changes up to position ")
    index.close()


def put_many(repository: Repository, count: int) -> None:
    with repository.write() as tx:
        site = tx.create(Kind.FOLDER, ROOT_ID, "site")
        for number in range(count):
            id = tx.create(Kind.DOCUMENT, site, f"d{number}", type="site:article")
            tx.publish(id)


def test_a_few_writes_are_seen_although_somebody_follows(
    repository: Repository, folder: Path
) -> None:
    """A search does not depend on the one that follows: a single write it takes in itself."""
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    with index.following():
        id = put(repository, "site/a", title="needle")
        assert index.catch_up()
        revise(repository, id, title="thread")

        assert other.search(query("thread")).total == 1
    index.close()
    other.close()


def test_the_one_that_follows_merges(repository: Repository, folder: Path) -> None:
    """Meanwhile searches leave segments as they are; then there are few again, and nothing more."""
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    with index.following():
        while index.advance() or not index.catch_up():
            pass
        id = put(repository, "site/a")
        for number in range(14):
            revise(repository, id, title=f"n{number}")
            put(repository, f"site/b{number}")
            assert other.search(query(f"n{number}")).total == 1
        many = other.status()["segments"]
        while index.advance():
            pass
        few = index.status()

    assert many > 12 > few["segments"]
    assert not index.advance()
    assert index.status()["edition"] == few["edition"]
    assert index.status()["segments"] == few["segments"]
    assert other.search(query()).total == 15
    index.close()
    other.close()


def test_the_one_that_follows_rests(
    repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few changes it leaves the next few to the searches, but nothing that piles up."""
    for name in ("_REST", "_LONGEST_REST"):
        monkeypatch.setattr(f"search_index.upkeep.{name}", AGES * 1e6)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    with index.following():
        while index.advance():
            pass
        put(repository, "site/a", title="needle")
        assert index.advance()
        put(repository, "site/b", title="needle")
        behind = index.reached
        assert not index.advance()
        assert index.reached == behind < repository.position
        assert other.search(query("needle")).total == 2
        with repository.write() as tx:
            for number in range(20):
                site = id_at(repository, "site")
                tx.publish(tx.create(Kind.DOCUMENT, site, f"d{number}", type="site:article"))

        assert index.advance()
        assert index.reached == repository.position
    index.close()
    other.close()


def test_little_is_merged_until_all_is_quiet(
    repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No search can take anything in meanwhile; only far too many segments do not wait."""
    monkeypatch.setattr("search_index.upkeep._MERGED_BETWEEN", 1)
    monkeypatch.setattr("search_index.upkeep._QUIET", AGES * 1e6)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    with index.following():

        def grown_to(segments: int) -> int:
            while index.status().get("segments", 0) < segments:
                put(repository, f"site/d{repository.position}")
                assert index.catch_up()
            while index.advance():
                pass
            return int(index.status()["segments"])

        assert index.catch_up()
        put(repository, "site/first")
        assert index.advance()
        assert grown_to(16) >= 16
        assert grown_to(30) < 16
        assert grown_to(16) >= 16
        monkeypatch.setattr("search_index.upkeep._QUIET", -AGES * 1e6)
        assert grown_to(16) < 16
    index.close()


def test_the_one_that_follows_mends(repository: Repository, folder: Path) -> None:
    """An index that is damaged while nobody searches is built anew without being asked."""
    put(repository, "site/a", title="needle")
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.catch_up()
    with index.following():
        for file in (folder / "index" / "current").resolve().glob("*.seg"):
            file.write_bytes(b"damage")
        while index.advance():
            pass

    found = index.status()
    assert (found["state"], found["damaged"], found["built"], found["quarantine"]) == (
        *("ready", 1, 2),
        True,
    )
    assert index.search(query("needle")).total == 1
    index.close()


def test_a_damaged_index_is_left_to_the_one_that_follows(
    repository: Repository, folder: Path
) -> None:
    """Whoever finds damage has it put aside, and answers from what the other builds."""
    put(repository, "site/a", title="needle")
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.catch_up()
    over, followed = threading.Event(), threading.Event()
    totals = []

    def follow() -> None:
        with index.following():
            followed.set()
            while not over.is_set():
                index.advance()

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        assert followed.wait(AGES)
        for file in (folder / "index" / "current").resolve().glob("*.seg"):
            file.write_bytes(b"damage")
        totals = [other.search(query("needle")).total for _ in range(3)]
    finally:
        over.set()
        follower.join()

    assert totals == [1, 1, 1]
    assert other._worker is None
    index.close()
    other.close()

"""Saved: a segment that was opened before says the same without being read, whatever befell
its file; and its entries are there for whoever asks."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_repo import Repository, Side
from search_index import SortKey, WhooshIndex
from search_index.columns import Leaf, Tables, said, saved
from search_index.columns.leaf import CODED, NEVER, NUMBERS, read
from search_index.columns.tables import NONE, Table
from search_index.entry import Entry
from search_index.query import Condition
from tests.search_index.content import AGES, paths, put, query
from tests.search_index.made import entry
from tests.search_index.test_columns import LONG, STRING, entries

OF: Final = {"segment": "s", "bytes": 1}
#: Asks for a string that is read from entries when it is asked for.
ON_LONG: Final = Condition(name="tags", operator="eq", readings=((STRING, LONG),))
BY_TITLE: Final = (SortKey("title"),)

#: How long a disk takes is nobody's law.
unhurried: Final = settings(deadline=None)

#: What a segment holds; where there is no entry there is a bookmark.
written = st.lists(entries, min_size=1, max_size=6, unique_by=lambda one: one.id).map(
    lambda some: [None, *(one.dumps() for one in some)]
)


@pytest.fixture(autouse=True, scope="module")
def _however_few() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(saved, "LEAST", 0)
        yield


class Unread(Sequence[Any]):
    """Entries that nobody may read."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, number: Any) -> Any:
        raise AssertionError(f"{number} was read")


def some(count: int = 5) -> list[bytes | None]:
    """Entries that hold something of all that there is."""
    held = {"x": ((STRING, "a"), (STRING, LONG)), "y": ((STRING, "b"),)}
    made = (
        entry(
            f"p/{number}", title=f"t{number}", values=held, refs={"r": ("z",)}, keys={"k": ("l",)}
        )
        for number in range(count)
    )
    return [None, *(replace(one, locale="nl", language="nl").dumps() for one in made)]


def meant(leaf: Leaf, tables: Tables) -> dict[str, Any]:
    """All that a leaf says, by value."""

    def values(name: str) -> list[Any]:
        known = tables.coded(name).values
        return [None if code == NONE else known[code] for code in leaf.dense[name].tolist()]

    told: dict[str, Any] = {name: leaf.dense[name].tolist() for name in NUMBERS}
    told |= {name: values(name) for name in CODED}
    told |= {"numbers": leaf.numbers.tolist(), "size": leaf.size}
    told["languages"] = {
        name: np.flatnonzero(some).tolist() for name, some in leaf.languages().items()
    }
    told["spans"] = {
        name: sorted(zip(*(one.tolist() for one in spans), strict=True))
        for name, spans in leaf.spans.items()
    }
    for held in ("values", "refs", "keys"):
        told[held] = {}
        for name in leaf.names(held):
            pairs = leaf.pairs(held, name)
            known = tables.field(held, name).values
            who = zip(pairs.holders.tolist(), pairs.codes.tolist(), strict=True)
            told[held][name] = sorted((number, repr(known[code])) for number, code in who)
    return told


def told_of(stored: Sequence[bytes | None]) -> Any:
    """What the *stored* entries say, as they say it."""
    made = [None if one is None else Entry.loads(one) for one in stored]
    numbers: Any = [(0,) * len(NUMBERS) if one is None else said_in_numbers(one) for one in made]
    coded: Any = [(None,) * len(CODED) if one is None else said_in_codes(one) for one in made]
    there = [(number, one) for number, one in enumerate(made) if one is not None]
    told: dict[str, Any] = {name: [one[at] for one in numbers] for at, name in enumerate(NUMBERS)}
    told |= {name: [one[at] for one in coded] for at, name in enumerate(CODED)}
    told |= {"numbers": [number for number, _ in there], "size": len(stored)}
    told["languages"] = {
        language: [number for number, one in there if one.language == language]
        for language in {one.language for _, one in there} - {None}
    }
    told["spans"] = {
        name: sorted(
            (number, *span) for number, one in there for span in batched(one.spans.get(name, ()))
        )
        for name in {name for _, one in there for name in one.spans}
    }
    for held in ("values", "refs", "keys"):
        names = {name for _, one in there for name in getattr(one, held)}
        told[held] = {
            name: sorted(
                (number, repr(value))
                for number, one in there
                for value in dict.fromkeys(getattr(one, held).get(name, ()))
            )
            for name in names
        }
    return told


def batched(places: Sequence[int]) -> list[tuple[int, int]]:
    return list(zip(places[::2], places[1::2], strict=True))


def said_in_numbers(one: Entry) -> tuple[int, ...]:
    published = NEVER if one.published_at is None else one.published_at
    depth = one.path.count("/")
    times = (one.created_at, one.modified_at, published)
    return (one.number, one.rank, one.revision, *times, depth, *one.units)


def said_in_codes(one: Entry) -> tuple[Any, ...]:
    presence = (one.types, one.present)
    place = (one.path, one.id)
    shape = tuple(one.spans)
    return (
        one.id,
        place,
        one.kind,
        one.types,
        one.locale,
        one.language,
        presence,
        one.title,
        shape,
    )


def told_by(file: Path, stored: Sequence[bytes | None], before: Sequence[bytes | None] = ()) -> Any:
    """What a leaf says that has what *file* says, where there were others *before*."""
    tables = Tables()
    Leaf("before", before, tables)
    return meant(Leaf("s", stored, tables, said(file, OF, stored)), tables)


@unhurried
@given(written, written)
def test_what_is_saved_is_what_was_read(
    tmp_path_factory: pytest.TempPathFactory,
    stored: list[bytes | None],
    before: list[bytes | None],
) -> None:
    """A leaf says the same, whether its entries were read or saved before, and whatever else
    the tables hold."""
    file = tmp_path_factory.mktemp("saved") / "s.columns"
    expected = told_of(stored)

    assert told_by(file, stored, before) == expected
    assert told_by(file, stored, before) == expected
    assert told_by(file, stored) == expected


def test_what_was_saved_is_not_read_again(tmp_path: Path) -> None:
    """Where a segment has its file, none of its entries is looked at."""
    stored = some()
    first = said(tmp_path / "s.columns", OF, stored)
    second = said(tmp_path / "s.columns", OF, Unread(len(stored)))

    assert second.paths == first.paths == [f"p/{number}" for number in range(5)]
    assert second.long == first.long == ["x"]


def test_few_entries_are_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small segment, as each write makes one, has no such file."""
    monkeypatch.setattr(saved, "LEAST", 7)
    said(tmp_path / "s.columns", OF, some(5))
    assert not list(tmp_path.iterdir())

    said(tmp_path / "s.columns", OF, some(6))
    assert [one.name for one in tmp_path.iterdir()] == ["s.columns"]


def test_equal_strings_are_kept_once(tmp_path: Path) -> None:
    """Ids and titles are most of the memory that tables take: each is one object."""
    titled = entry("p", title="title title", values={"title": ((STRING, "title title"),)})
    stored = [None, titled.dumps()]
    said(tmp_path / "s.columns", OF, stored)
    for one in (said(tmp_path / "s.columns", OF, Unread(2)), read(stored)):
        tables = Tables()
        Leaf("s", stored, tables, one)
        assert tables.place.values[0][1] is tables.id.values[0]
        assert tables.field("values", "title").values[0][1] is tables.title.values[0]


# -- damage -------------------------------------------------------------------


@unhurried
@given(st.integers(min_value=0), st.integers(1, 255))
def test_no_byte_can_be_another(
    tmp_path_factory: pytest.TempPathFactory, at: int, bits: int
) -> None:
    """A file in which a byte is another one changes no answer, and is made again."""
    file, stored = tmp_path_factory.mktemp("saved") / "s.columns", some()
    expected = told_by(file, stored)
    content = bytearray(file.read_bytes())
    content[at % len(content)] ^= bits
    file.write_bytes(content)

    assert told_by(file, stored) == expected
    assert told_by(file, stored) == expected


def test_every_array_is_checked(tmp_path: Path) -> None:
    """An array of which less is read than there is, by what its head says, is not taken."""
    file, stored = tmp_path / "s.columns", some(1200)
    expected = told_by(file, stored)
    content = file.read_bytes()
    heads = [at for at in range(len(content)) if content.startswith((b"'<i8'", b"'<i4'"), at)]
    assert len(heads) == 7
    for at in heads:
        shorter = {b"8": b"4", b"4": b"2"}[content[at + 3 : at + 4]]
        file.write_bytes(content[: at + 3] + shorter + content[at + 4 :])
        assert told_by(file, stored) == expected


@unhurried
@given(st.integers(min_value=0), st.sampled_from([b"", b"\x00" * 512]))
def test_a_file_that_is_cut(
    tmp_path_factory: pytest.TempPathFactory, at: int, behind: bytes
) -> None:
    """A file of which the end is missing, or nothing but zeros, is made again."""
    file, stored = tmp_path_factory.mktemp("saved") / "s.columns", some()
    expected = told_by(file, stored)
    content = file.read_bytes()
    file.write_bytes(content[: at % len(content)] + behind)

    assert told_by(file, stored) == expected
    assert len(file.read_bytes()) == len(content)


def test_a_file_of_another_segment(tmp_path: Path) -> None:
    """A sound file that says something of other entries is not taken for this one's."""
    file, stored = tmp_path / "s.columns", some()
    others = [entry(f"other/{number}", title="o").dumps() for number in range(6)]
    for origin in ({**OF, "segment": "o"}, {**OF, "bytes": 2}):
        said(file, origin, others)
        assert told_by(file, stored) == told_of(stored)


def test_a_file_of_another_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was saved by another version of the program is made again."""
    file, stored = tmp_path / "s.columns", some()
    with monkeypatch.context() as former:
        former.setattr(saved, "FORM", saved.FORM - 1)
        said(file, OF, [*some(3), None, None])

    assert told_by(file, stored) == told_of(stored)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + b"\x00" * 18, b"\x93NUMPY\x01\x00"])
def test_a_file_of_something_else(tmp_path: Path, content: bytes) -> None:
    """A file that is none of ours gives way."""
    file, stored = tmp_path / "s.columns", some()
    file.write_bytes(content)

    assert told_by(file, stored) == told_of(stored)
    assert said(file, OF, Unread(len(stored))).long == ["x"]


def test_where_nothing_can_be_saved(tmp_path: Path) -> None:
    """Entries are read where no file can be written, and nothing is left of the attempt."""
    stored = some()
    (tmp_path / "s.columns").mkdir()
    assert told_by(tmp_path / "s.columns", stored) == told_of(stored)
    assert [one.name for one in tmp_path.iterdir()] == ["s.columns"]

    assert told_by(tmp_path / "missing" / "s.columns", stored) == told_of(stored)


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """A file that cannot be written to its end is not there at all."""
    stored, (soft, hard) = some(), resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        told = told_by(tmp_path / "s.columns", stored)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)

    assert told == told_of(stored)
    assert not list(tmp_path.iterdir())


def test_several_at_once(tmp_path: Path) -> None:
    """Whoever opens a segment at the same time saves it as well; one file of them stays."""
    stored, starting = some(200), threading.Barrier(8)

    def opened(_: int) -> Any:
        starting.wait()
        return told_by(tmp_path / "s.columns", stored)

    with ThreadPoolExecutor(8) as threads:
        assert all(told == told_of(stored) for told in threads.map(opened, range(8)))
    assert [one.name for one in tmp_path.iterdir()] == ["s.columns"]
    assert said(tmp_path / "s.columns", OF, Unread(len(stored))).long == ["x"]


@given(written)
def test_groups_are_translations_of_each_other(stored: list[bytes | None]) -> None:
    """Entries have the same number if they are of the same kind in the same group."""
    groups = read(stored).groups.tolist()
    made = [(number, Entry.loads(one)) for number, one in enumerate(stored) if one is not None]
    for number, one in made:
        for other, its in made:
            is_same = (one.kind, one.group) == (its.kind, its.group)
            assert (groups[number] == groups[other]) == is_same


def test_groups_are_the_same_in_each_process() -> None:
    """What one process saves another understands, which has hashes of its own."""
    code = """
from search_index.columns.leaf import read
from tests.search_index.test_saved import some
print(read(some()).groups.tolist())
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {f"{read(some()).groups.tolist()}\n".encode()}


@given(st.lists(st.lists(st.integers(0, 9), unique=True), max_size=4))
def test_codes_of_many_are_those_of_each(batches: list[list[int]]) -> None:
    """Values get the codes that they would get one after another, known ones those they have."""
    at_once, unasked, one_by_one = Table[int](), Table[int](), Table[int]()
    for batch in batches:
        codes = at_once.codes(batch).tolist()
        assert unasked.codes(batch).tolist() == codes
        assert codes == [one_by_one.code(value) for value in batch]
        assert [at_once.known(value) for value in batch] == codes
        assert [at_once.code(value) for value in batch] == codes
    assert at_once.values == one_by_one.values
    assert at_once.known(10) == NONE


# -- in an index --------------------------------------------------------------


def edition(folder: Path) -> Path:
    return (folder / "current").resolve()


def names(folder: Path, suffix: str) -> set[str]:
    return {one.stem for one in edition(folder).glob(f"*{suffix}")}


@pytest.fixture
def index(repository: Repository, tmp_path: Path) -> Iterator[WhooshIndex]:
    """An index of three documents in two segments."""
    for name in "abc":
        put(repository, f"site/{name}", title=f"needle {name}", tags=[LONG])
    found = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=AGES)
    assert found.catch_up()
    yield found
    found.close()


def test_a_segment_that_is_gone_leaves_no_file(
    repository: Repository, index: WhooshIndex, tmp_path: Path
) -> None:
    """What was saved of a segment is removed with it, when it is merged into another."""
    folder = tmp_path / "index"
    first = names(folder, ".columns")
    for number in range(24):
        put(repository, f"site/n{number}", title="new")
        assert index.search(query("new")).total == number + 1

    merged = names(folder, ".seg")
    assert names(folder, ".columns") == merged
    assert len(merged) < 24
    assert first - merged or len(merged) < 20
    assert not [one for one in edition(folder).iterdir() if ".columns." in one.name]
    assert index.verify() == []


def test_an_index_whose_saved_forms_are_damaged(
    repository: Repository, index: WhooshIndex, tmp_path: Path
) -> None:
    """Damage there is no damage of the index: it answers as before, and is not built anew."""
    folder = tmp_path / "index"
    before = edition(folder)
    files = list(before.glob("*.columns"))
    assert files
    chance = random.Random(7)
    for file in files:
        file.write_bytes(chance.randbytes(500))
    other = WhooshIndex(folder, Side.PUBLISHED, repository, wait=AGES)

    assert paths(repository, other.search(query(sort=BY_TITLE))) == ["a", "b", "c"]
    assert other.verify() == []
    assert (edition(folder), other.status()["damaged"]) == (before, 0)
    other.close()


def test_entries_of_a_damaged_file(
    repository: Repository, index: WhooshIndex, tmp_path: Path
) -> None:
    """Whoever needs entries that cannot be read any more is answered from a new index."""
    long = query(conditions=(ON_LONG,))
    completing = replace(query(roots=("",), conditions=(ON_LONG,)), text="need")
    asked: Sequence[Callable[[], list[str]]] = (
        lambda: paths(repository, index.search(long)),
        lambda: sorted(one.title for one in index.completed(completing).items),
    )
    expected = (["a", "b", "c"], ["needle a", "needle b", "needle c"])
    for ask, right in zip(asked, expected, strict=True):
        # Nothing of it was read before.
        index.rebuild()
        before = edition(tmp_path / "index")
        for file in before.glob("*.seg"):
            file.write_bytes(b"")
        assert ask() == right
        assert edition(tmp_path / "index") != before
    assert index.verify() == []


def test_an_entry_that_is_gone_for_good(
    repository: Repository, index: WhooshIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While no new index can be built, who needs no entry is answered, and suggestions that do
    cease."""
    completing = replace(query(roots=("",), conditions=(ON_LONG,)), text="need")
    plain = replace(completing, conditions=())
    assert len(index.completed(plain).items) == 3
    for file in edition(tmp_path / "index").glob("*.seg"):
        file.write_bytes(b"")
    with monkeypatch.context() as broken:
        broken.setattr("search_index.edition.WhooshEdition.create", None)
        assert index.completed(completing).items == ()
        assert len(index.completed(plain).items) == 3
        assert sorted(paths(repository, index.search(query("needle")))) == ["a", "b", "c"]
        assert paths(repository, index.search(query())) == ["a", "b", "c"]
    monkeypatch.setattr("search_index.upkeep._RESPITE", 0.0)

    assert len(index.completed(completing).items) == 3


def test_entries_while_editions_are_exchanged(
    repository: Repository, index: WhooshIndex, tmp_path: Path
) -> None:
    """Many threads read entries of one edition, also when others took its place, and each is
    the right one."""
    kept = index._latest().edition.catalogue
    expected = list(kept.entries)
    done = threading.Event()

    def reading(seed: int) -> int:
        chance, count = random.Random(seed), 0
        while not done.is_set() or count < 500:
            newest = index._latest().edition.catalogue
            row = chance.randrange(len(expected))
            assert kept.entries[row] == expected[row]
            for one in newest.entries[:3]:
                assert newest.get(one.id) == one
            count += 1
        return count

    with ThreadPoolExecutor(4) as threads:
        counts = [threads.submit(reading, seed) for seed in range(4)]
        try:
            for number in range(20):
                put(repository, f"site/d{number}", title="new")
                assert index.search(query("new")).total == number + 1
            index.rebuild()
            assert index.search(query("new")).total == 20
        finally:
            done.set()
        assert all(one.result() >= 500 for one in counts)


def test_files_are_closed_when_nobody_reads_them(
    repository: Repository, index: WhooshIndex, tmp_path: Path
) -> None:
    """The files of an edition are let go together with it, and not before."""

    def held() -> int:
        links = (os.path.realpath(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd"))
        return sum(link.startswith(str(tmp_path / "index" / "edition-")) for link in links)

    kept = index._latest().edition.catalogue
    expected, first = list(kept.entries), held()
    index.rebuild()
    assert held() > first
    assert list(kept.entries) == expected
    del kept
    put(repository, "site/d")
    assert index.search(query()).total == 4
    assert 0 < held() <= 2 * len(names(tmp_path / "index", ".seg"))
    index.close()
    assert held() == 0

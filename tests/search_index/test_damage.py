"""Whatever happens to the files of an index, searches are right again afterwards."""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from content_repo import Repository, Side
from search_index import IndexUnavailable, WhooshIndex, schema
from search_index.seals import Seals
from tests.search_index.content import AGES, opened, paths, put, query

Harm = Callable[[Path], None]


def empty_it(file: Path) -> None:
    file.write_bytes(b"")


def halve(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2)


def overwrite(file: Path) -> None:
    file.write_bytes(b"\x93garbage " * 200)


def garble_the_middle(file: Path) -> None:
    content = file.read_bytes()
    third = len(content) // 3
    file.write_bytes(content[:third] + b"\xff" * third + content[2 * third :])


def make_unreadable(file: Path) -> None:
    file.unlink()
    file.mkdir()


HARMS = [empty_it, halve, overwrite, garble_the_middle, make_unreadable, Path.unlink]


def edition(folder: Path) -> Path:
    """The present edition of the index in *folder*."""
    return (folder / "current").resolve()


@pytest.fixture
def written(repository: Repository, tmp_path: Path) -> Path:
    """The folder of an index of three documents in two segments."""
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=AGES)
    for name in "abc":
        put(repository, f"site/{name}", title=f"needle {name}")
        assert index.catch_up()
    index.close()
    return tmp_path / "index"


def check(repository: Repository, index: WhooshIndex) -> None:
    """The index answers rightly, and follows."""
    assert paths(repository, index.search(query())) == ["a", "b", "c"]
    assert sorted(paths(repository, index.search(query("needle")))) == ["a", "b", "c"]
    put(repository, "site/d", title="needle d")
    assert paths(repository, index.search(query('"needle d"'))) == ["d"]
    assert index.verify() == []


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("suffix", [".seg", ".toc"])
def test_a_damaged_file(repository: Repository, written: Path, suffix: str, harm: Harm) -> None:
    """Any file cut short, overwritten or lost: put aside, built anew, and never noticed."""
    for file in edition(written).glob(f"*{suffix}"):
        harm(file)
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)

    check(repository, index)
    index.close()


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("suffix", [".seg", ".toc"])
def test_damage_under_an_open_index(
    repository: Repository, written: Path, suffix: str, harm: Harm
) -> None:
    """The same happens to an index that is in use: it goes on."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query()).total == 3
    for file in edition(written).glob(f"*{suffix}"):
        harm(file)

    check(repository, index)
    index.close()


def lose_edition(folder: Path) -> None:
    shutil.rmtree(edition(folder))


def lose_link(folder: Path) -> None:
    (folder / "current").unlink()


def link_a_folder(folder: Path) -> None:
    lose_link(folder)
    (folder / "current").mkdir()


def link_a_file(folder: Path) -> None:
    lose_link(folder)
    overwrite(folder / "current")


@pytest.mark.parametrize(
    "harm", [shutil.rmtree, lose_edition, lose_link, link_a_folder, link_a_file]
)
@pytest.mark.parametrize("is_open", [False, True])
def test_a_damaged_folder(repository: Repository, written: Path, harm: Harm, is_open: bool) -> None:
    """The index, or its edition, or the link to it may be gone, or something else."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    if is_open:
        assert index.search(query()).total == 3
    harm(written)

    check(repository, index)
    index.close()


def test_only_the_newest_damaged_edition_is_kept(repository: Repository, written: Path) -> None:
    """Of what was put aside the newest stays, and nothing else that is not in use."""
    for _ in range(3):
        for file in edition(written).glob("*.seg"):
            overwrite(file)
        index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
        assert index.search(query()).total == 3
        index.close()

    names = sorted(one.name.partition("-")[0] for one in written.iterdir())
    assert names == [
        "building.lock", "current", "edition", "following.lock", "lock", "quarantine", "tally",
    ]  # fmt: skip


def test_an_index_of_another_side_or_version(
    repository: Repository, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that was written otherwise than now is built anew."""
    put(repository, "site/d", published=False)
    index = WhooshIndex(written, Side.DRAFT, repository, wait=AGES)
    assert index.search(query()).total == 4
    index.close()
    before = edition(written)
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    index = WhooshIndex(written, Side.DRAFT, repository, wait=AGES)

    assert index.search(query()).total == 4
    assert edition(written) != before
    index.close()


def test_a_log_that_was_put_back(folder: Path, written: Path, tmp_path: Path) -> None:
    """When the database is restored to an older state, the index goes back with it."""
    backup = shutil.copytree(folder, tmp_path / "backup")
    repository = opened(folder)
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    put(repository, "site/d")
    assert index.search(query()).total == 4
    index.close()
    repository.close()
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)
    repository = opened(folder)
    put(repository, "site/other")
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)

    assert paths(repository, index.search(query())) == ["a", "b", "c", "other"]
    assert index.verify() == []
    index.close()
    repository.close()


def test_nobody_else_may_look(repository: Repository, written: Path) -> None:
    """Only the owner enters the folder: whoever writes there could run code here."""
    for one in (written, edition(written)):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_an_index_that_cannot_be_built(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is none and none can be built, a search says so; later it is answered."""
    put(repository, "site/a")
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=AGES)
    with monkeypatch.context() as broken:
        broken.setattr("search_index.edition.WhooshEdition.create", None)
        with pytest.raises(IndexUnavailable):
            index.search(query())
        assert not index.catch_up(within=0.1)
        assert index.status()["state"] == "unavailable"
    monkeypatch.setattr("search_index.upkeep._RESPITE", 0.0)

    assert index.search(query()).total == 1
    index.close()


def test_a_search_while_none_can_be_built(
    repository: Repository, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that cannot be read are looked for in titles, as of no position; lists go on."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    whole = index.search(query("needle"))
    for file in edition(written).glob("*.seg"):
        empty_it(file)
    with monkeypatch.context() as broken:
        broken.setattr("search_index.edition.WhooshEdition.create", None)
        found = index.search(query("Needle -b"))

        assert sorted(paths(repository, found)) == ["a", "c"]
        assert (found.position, found.reached) == (0, 0)
        assert index.search(query('"needle b" OR c')).total == 2
        assert index.search(query("intro:needle")).total == 0
        assert index.search(query()).position == whole.position
    monkeypatch.setattr("search_index.upkeep._RESPITE", 0.0)

    assert index.search(query("needle")) == whole
    index.close()


def test_an_edition_that_went_back(repository: Repository, written: Path, tmp_path: Path) -> None:
    """Former files under the names of the present ones are not taken for what they were."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query()).total == 3
    former = shutil.copytree(edition(written), tmp_path / "former")
    put(repository, "site/d", title="needle d")
    assert index.search(query()).total == 4
    for file in edition(written).iterdir():
        file.unlink()
    shutil.copytree(former, edition(written), dirs_exist_ok=True)
    put(repository, "site/e", title="needle e")

    assert paths(repository, index.search(query())) == ["a", "b", "c", "d", "e"]
    assert index.verify() == []
    index.close()


def test_a_flipped_bit(repository: Repository, written: Path) -> None:
    """Not one bit of any file can be another without being noticed."""
    for file in sorted(edition(written).glob("*.[st]*")):
        content = file.read_bytes()
        for at in (len(content) // 3, len(content) // 2, len(content) - 1):
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            seals = Seals(edition(written))
            assert seals.broken() == file.name
            file.write_bytes(content)
            assert seals.broken(anew=True) is None


def test_names_of_segments_come_from_no_seed(repository: Repository, written: Path) -> None:
    """Whoever seeds the chance of the whole process does not have a name given twice."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    state = random.getstate()
    try:
        for number in range(12):
            random.seed(1)
            put(repository, f"site/seeded{number}", title=f"n{number}")
            assert index.search(query(f"n{number}")).total == 1
    finally:
        random.setstate(state)

    assert index.status()["damaged"] == 0
    index.close()


def test_verify_looks_at_every_file(repository: Repository, written: Path) -> None:
    """Damage that left no trace of a write is noticed by whoever verifies, and mended."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query("needle")).total == 3
    file = next(edition(written).glob("*.seg"))
    times = file.stat()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    with file.open("r+b") as stream:
        stream.write(content)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert index.verify() == []
    assert index.status()["damaged"] == 1
    check(repository, index)
    index.close()


def test_what_has_no_seal_is_taken_as_it_is(repository: Repository, written: Path) -> None:
    """A process may be killed before it seals what it has committed."""
    before = edition(written)
    (before / "seals").unlink()
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)

    check(repository, index)
    assert edition(written) == before
    index.close()


def test_a_link_that_leads_elsewhere(repository: Repository, written: Path, tmp_path: Path) -> None:
    """What lies outside of the folder is neither read nor put aside."""
    other = shutil.copytree(edition(written), tmp_path / "other")
    (written / "current").unlink()
    (written / "current").symlink_to(other)
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)

    check(repository, index)
    assert edition(written).parent == written
    assert list(other.glob("*.seg"))
    index.close()


@pytest.mark.parametrize("name", ["lock", "building.lock", "following.lock"])
def test_a_folder_for_a_lock(repository: Repository, written: Path, name: str) -> None:
    """Where a lock should be, a folder gives way to it."""
    (written / name).unlink(missing_ok=True)
    (written / name / "full").mkdir(parents=True)
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)

    check(repository, index)
    index.rebuild()
    with index.following():
        assert not index.advance()
    index.close()


def test_rebuilding_while_others_read(repository: Repository, written: Path) -> None:
    """A rebuild exchanges the edition; whoever has the old one open goes over to the new."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    other = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES)
    assert other.search(query("needle")).total == 3
    steps: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        steps.append((done, total))
        assert other.search(query("needle")).total == 3 + (len(steps) > 1)
        put(repository, f"site/during{len(steps)}", title="needle")

    index.rebuild(progress)
    assert steps == [(9, 9)]
    assert index.search(query("needle")).total == 4
    assert other.search(query("needle")).total == 4
    assert other.status()["segments"] == index.status()["segments"]
    index.close()
    other.close()


def test_verify_names_what_differs(
    repository: Repository, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verifying tells each difference in words a person can act on."""
    index = WhooshIndex(written, Side.PUBLISHED, repository, wait=AGES, columns=False)
    assert index.catch_up()
    catalogue = index._latest().edition.catalogue
    shown = [entry for entry in catalogue.entries if entry.path != "site/b"]
    monkeypatch.setattr(catalogue, "entries", shown)
    monkeypatch.setattr(catalogue, "_row_of", {one.id: row for row, one in enumerate(shown)})

    (difference,) = index.verify()
    assert difference.startswith("site/b (")
    assert difference.endswith(") is missing from the index")
    index.rebuild()
    assert index.verify() == []
    index.close()

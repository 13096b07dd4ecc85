"""Files of an index that are torn, lost, stale or foreign, under a server that goes on."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from content_repo import Side
from search_index import WhooshIndex
from tests.chaos.serving import PLACE, Served, served
from tests.search_index.content import AGES, put

#: Documents that are there from the beginning.
_DOCUMENTS: Final = 5


@dataclass(frozen=True, slots=True)
class Index:
    """The folder of an index, and files of editions that it had before."""

    folder: Path
    former: Path
    chance: random.Random

    @property
    def edition(self) -> Path:
        return (self.folder / "current").resolve()

    def file(self, suffix: str) -> Path:
        """Any of the present edition's files of that suffix."""
        return self.chance.choice(sorted(self.edition.glob(f"*{suffix}")))

    def keep(self) -> None:
        """Have the present edition's files at hand, for when there are others."""
        shutil.copytree(self.edition, self.former, dirs_exist_ok=True)


Harm = Callable[[Index], None]


def truncate(suffix: str) -> Harm:
    def harm(index: Index) -> None:
        file = index.file(suffix)
        with file.open("r+b") as stream:
            stream.truncate(index.chance.randrange(file.stat().st_size))

    return harm


def flip(suffix: str, bytes: int) -> Harm:
    def harm(index: Index) -> None:
        file = index.file(suffix)
        content = bytearray(file.read_bytes())
        for _ in range(bytes):
            content[index.chance.randrange(len(content))] ^= 1 << index.chance.randrange(8)
        file.write_bytes(content)

    return harm


def blank(suffix: str) -> Harm:
    def harm(index: Index) -> None:
        file = index.file(suffix)
        file.write_bytes(b"\0" * file.stat().st_size)

    return harm


def lose(suffix: str) -> Harm:
    return lambda index: index.file(suffix).unlink()


def block(suffix: str) -> Harm:
    def harm(index: Index) -> None:
        file = index.file(suffix)
        file.unlink()
        file.mkdir()

    return harm


def take_a_former(suffix: str) -> Harm:
    """Another edition's file, under the name of one of ours."""

    def harm(index: Index) -> None:
        former = index.chance.choice(sorted(index.former.glob(f"*{suffix}")))
        shutil.copyfile(former, index.file(suffix))

    return harm


def _remove(folder: Path) -> None:
    """Remove a folder in which a server is at work: what it removed itself is gone as well."""

    def pass_over(_what: object, _path: object, failed: Any) -> None:
        if not isinstance(failed[1], FileNotFoundError):
            raise failed[1]

    shutil.rmtree(folder, onerror=pass_over)


def go_back_to_former_contents(index: Index) -> None:
    """Old tables of contents beside new segments."""
    for file in index.edition.glob("*.toc"):
        file.unlink()
    for former in index.former.glob("*.toc"):
        shutil.copy(former, index.edition)


def mix_editions(index: Index) -> None:
    """Everything of former editions, thrown among what there is."""
    shutil.copytree(index.former, index.edition, dirs_exist_ok=True)


def empty(index: Index) -> None:
    for file in index.edition.iterdir():
        file.unlink() if file.is_file() else _remove(file)


def _in_place_of(name: str, make: Callable[[Path, Index], object]) -> Harm:
    def harm(index: Index) -> None:
        path = index.folder / name
        if path.is_dir() and not path.is_symlink():
            _remove(path)
        else:
            path.unlink(missing_ok=True)
        make(path, index)

    return harm


def _be_a_file(index: Index) -> None:
    _remove(index.folder)
    index.folder.write_bytes(b"no folder")


HARMS: Final[dict[str, Harm]] = {
    **{f"a {kind} cut short": truncate(kind) for kind in (".seg", ".toc", "seals")},
    **{f"a bit of a {kind} flipped": flip(kind, 1) for kind in (".seg", ".toc", "seals")},
    **{f"bits of a {kind} flipped": flip(kind, 50) for kind in (".seg", ".toc")},
    **{f"a {kind} of zeros": blank(kind) for kind in (".seg", ".toc", "seals")},
    **{f"a {kind} lost": lose(kind) for kind in (".seg", ".toc", "seals")},
    **{f"a folder for a {kind}": block(kind) for kind in (".seg", ".toc", "seals")},
    **{f"a foreign {kind}": take_a_former(kind) for kind in (".seg", ".toc")},
    "old contents with new segments": go_back_to_former_contents,
    "two editions in one": mix_editions,
    "an empty edition": empty,
    "no edition": lambda index: _remove(index.edition),
    "no folder": lambda index: _remove(index.folder),
    "a file for the folder": _be_a_file,
    "a link to nothing": _in_place_of("current", lambda path, _: path.symlink_to("edition-none")),
    "a link elsewhere": _in_place_of("current", lambda path, its: path.symlink_to(its.former)),
    "a folder for the link": _in_place_of("current", lambda path, _: path.mkdir()),
    "a file for the link": _in_place_of("current", lambda path, _: path.write_bytes(b"x")),
    "no link": _in_place_of("current", lambda path, _: None),
    **{
        f"a folder for {name}": _in_place_of(name, lambda path, _: path.mkdir())
        for name in ("lock", "building.lock", "following.lock", "quarantine", "tally")
    },
}


def some(count: int, seed: int) -> list[str]:
    """Each kind of harm, and others again, in any order."""
    chance = random.Random(seed)
    names = list(HARMS) + chance.choices(list(HARMS), k=max(0, count - len(HARMS)))
    return chance.sample(names, count)


def survives(
    folder: Path,
    names: Sequence[str],
    *,
    seed: int,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Do so much harm under one server, and look each time at what it answers, and afterwards."""
    chance = random.Random(seed)
    with served(folder / "data", workers=2) as service:
        ids = [
            put(service.repository, f"{PLACE}/page{number}", title=f"needle p{number}p")
            for number in range(_DOCUMENTS)
        ]
        expected = _DOCUMENTS
        _settle(service, expected)
        former = folder / "former"
        for number, name in enumerate(names):
            index = Index(service.data / "index" / "published", former, chance)
            if number % 5 == 0:
                index.keep()
            HARMS[name](index)
            _look(service, ids[0])
            put(service.repository, f"{PLACE}/added{number}", title=f"needle a{number}a")
            expected += 1
            _look(service, ids[-1])
            _settle(service, expected)
            _compare(service, name)
            say(f"{number + 1} of {len(names)}: {name}: {service.statuses}")
        if not any(former.iterdir()):
            raise AssertionError("what lies outside of the index was taken away")


def _look(service: Served, id: str) -> None:
    """Whatever happened to the index, look-ups go on, and searches are no fault."""
    for target in (f"documents/{id}", "documents/page1", "folders/", ""):
        status, body = service.get(f"/site/api/{target}")
        if status != 200:
            raise AssertionError(f"{target}: {status}: {body!r}")
    for _ in range(3):
        service.total("_q=needle")
        service.total("_sort=title")


def _settle(service: Served, expected: int) -> None:
    """Until each worker finds everything: eight answers in a row are right."""
    deadline, right = time.monotonic() + AGES, 0
    while right < 8:
        found = service.total("_q=needle"), service.total("")
        right = right + 1 if found == (expected, expected) else 0
        if time.monotonic() > deadline:
            raise AssertionError(f"{found} of {expected} are found; {service.server.log}")


def _compare(service: Served, name: str) -> None:
    for side in Side:
        index = WhooshIndex(service.data / "index" / side.value, side, service.repository)
        try:
            if found := index.verify():
                raise AssertionError(f"{name}: {found}")
        finally:
            index.close()

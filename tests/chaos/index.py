"""Processes that write, search and look after an index, killed at whatever moment.

``python -m tests.chaos.index FOLDER [STEP …]`` kills one at each of those steps, and
prints a line for each that was not survived, or not even reached.
"""

from __future__ import annotations

import importlib
import itertools
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from content_repo import Repository, Side
from search_index import WhooshIndex
from tests.search_index.content import AGES, TYPES, opened, put, query, revise

ROOT: Final = Path(__file__).parents[2]

#: Every step of adding, committing, merging, building, exchanging and mending that leaves
#: something on disk, as module and name.
STEPS: Final = (
    "search_index.inverting:SegmentWriter.add",
    "search_index.inverting:SegmentWriter.add_reader",
    "search_index.inverting:SegmentWriter.finish",
    "search_index.inverting:SegmentWriter._end_part",
    "search_index.inverting:SegmentWriter._write_directory",
    "whoosh.index:TOC.write",
    "search_index.edition:clean_files",
    "whoosh.filedb.filestore:FileStorage.rename_file",
    "search_index.edition:WhooshEdition.write",
    "search_index.edition:WhooshEdition.create",
    "search_index.seals:Seals.seal",
    "search_index.folder:IndexFolder.fresh",
    "search_index.folder:IndexFolder.install",
    "search_index.folder:IndexFolder.quarantine",
    "search_index.folder:IndexFolder.sweep",
    "search_index.folder:IndexFolder._note",
    "pathlib:Path.symlink_to",
    "pathlib:Path.replace",
    "pathlib:Path.rename",
)
MOMENTS: Final = ("before", "after")

#: Noted when all that follows may find damage; it is no word that was written.
_DAMAGED: Final = "damaged"

#: Segments from which on those of the prepared index are merged.
_SEGMENTS: Final = 14


# -- the one that is killed ---------------------------------------------------


def life(folder: Path) -> None:
    """Go through everything that happens to an index, noting what was acknowledged."""
    _tell_of_damage(True)
    repository = opened(folder)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    for word in ("first", "second"):
        _write(folder, repository, f"site/{word}", word)
        index.search(query(word))
    with index.following():
        while index.advance():
            pass
    index.rebuild()
    _note(folder, _DAMAGED)
    _tell_of_damage(False)
    for file in (folder / "index" / "current").resolve().glob("*.seg"):
        file.write_bytes(b"damage")
    _write(folder, repository, "site/third", "third")
    index.search(query("third"))
    index.close()
    repository.close()


def ceaseless(folder: Path, name: str) -> NoReturn:
    """Write and search for ever."""
    repository = opened(folder)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    id = _write(folder, repository, f"site/{name}", name)
    for number in itertools.count():
        revise(repository, id, title=f"{name}x{number}")
        _note(folder, f"{name}x{number}")
        index.search(query(f"{name}x{number}"))
        print(number, flush=True)  # noqa: T201
    raise AssertionError


def _write(folder: Path, repository: Repository, path: str, word: str) -> str:
    id = put(repository, path, title=word)
    _note(folder, word)
    return id


def _note(folder: Path, word: str) -> None:
    """Say what is done, where no kill takes it away."""
    with (folder / "acknowledged").open("a") as file:
        file.write(f"{word}\n")


def _tell_of_damage(is_told: bool) -> None:
    """Have what the index says of damage told, or not: what was done on purpose is no news."""
    logging.getLogger("search_index").setLevel(logging.WARNING if is_told else logging.ERROR)


def arm(step: str, moment: str) -> None:
    """From now on, the first call of *step* kills this process before or after it."""
    module, _, name = step.partition(":")
    owner: Any = importlib.import_module(module)
    *classes, function = name.split(".")
    for one in classes:
        owner = getattr(owner, one)
    kept = owner.__dict__[function]
    is_bound = isinstance(kept, classmethod | staticmethod)
    original: Callable[..., Any] = kept.__func__ if is_bound else kept

    def deadly(*arguments: Any, **named: Any) -> NoReturn:
        if moment == "after":
            original(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    setattr(owner, function, type(kept)(deadly) if is_bound else deadly)


# -- what it leaves -----------------------------------------------------------


def prepared(folder: Path) -> Path:
    """A repository with an index of many small segments."""
    repository = opened(folder, migrate=True)
    with repository.write() as tx:
        tx.define(TYPES)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    with index.following():
        while index.status().get("segments", 0) < _SEGMENTS:
            id = put(repository, f"site/{repository.position}", title="begin")
            assert index.search(query("begin")).total > 0, id
    index.close()
    repository.close()
    return folder


def wrong(folder: Path) -> Iterator[str]:
    """What is not as it has to be, after somebody was killed and nobody mended anything."""
    acknowledged = (folder / "acknowledged").read_text().split()
    was_damaged = _DAMAGED in acknowledged
    words = {one.partition("x")[0]: one for one in acknowledged if one != _DAMAGED}
    _tell_of_damage(not was_damaged)
    repository = opened(folder)
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    try:
        if not index.catch_up(within=AGES):
            yield "it does not come in step"
        yield from index.verify()
        for word in words.values():
            # Of what was being written, the next may be there already.
            if not index.search(query(f"{word.partition('x')[0]}*")).total:
                yield f"{word} is lost"
        if (folder / "index" / "quarantine").exists() and not was_damaged:
            yield "what was committed was taken for damaged"
        with index.following():
            pass
        yield from _left(folder / "index")
    finally:
        index.close()
        repository.close()


def _left(folder: Path) -> Iterator[str]:
    editions = [one.name for one in folder.iterdir() if one.name.startswith(("edition-", "new-"))]
    if len(editions) != 1:
        yield f"{len(editions)} editions are left"
    yield from (f"{one.name} is left" for one in (folder / "current").glob("*.toc.*"))


# -- killing ------------------------------------------------------------------


def killed_at(step: str, moment: str, folder: Path) -> Iterator[str]:
    """Live in *folder* until *moment* of *step*; what is wrong then."""
    pid = os.fork()
    if pid == 0:
        try:
            arm(step, moment)
            life(folder)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        yield "it was never reached"
    yield from wrong(folder)


def survives_steps(folder: Path, steps: Iterable[str]) -> list[str]:
    """Kill before and after each of *steps*, in a process that nobody else has threads in."""
    command = [sys.executable, "-m", "tests.chaos.index", str(folder), *steps]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def survives_random_kills(
    folder: Path, *, kills: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> None:
    """Kill so many writers, each somewhere within a write, a commit or a search, and look."""
    chance = random.Random(seed)
    prepared(folder)
    for number in range(kills):
        _kill_a_writer(folder, f"w{number}w", chance)
        if found := list(wrong(folder)):
            raise AssertionError(f"after {number + 1} kills (seed {seed}): {found}")
        say(f"{number + 1} of {kills}: whole")


def _kill_a_writer(folder: Path, name: str, chance: random.Random) -> None:
    code = (
        "import pathlib, sys; from tests.chaos.index import ceaseless; "
        "ceaseless(pathlib.Path(sys.argv[1]), sys.argv[2])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder), name],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
    ) as writer:  # fmt: skip
        assert writer.stdout is not None
        for _ in range(3):
            assert writer.stdout.readline()
        try:
            # What it is at when that time is over, nobody knows.
            writer.wait(chance.uniform(0, 0.05))
        except subprocess.TimeoutExpired:
            writer.kill()
        assert writer.wait() == -signal.SIGKILL


def main(folder: str, *steps: str) -> None:
    template = prepared(Path(folder) / "template")
    for step, moment in itertools.product(steps or STEPS, MOMENTS):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            copy = Path(shutil.copytree(template, Path(place) / "copy", symlinks=True))
            for problem in killed_at(step, moment, copy):
                click.echo(f"{moment} {step}: {problem}")


if __name__ == "__main__":
    main(*sys.argv[1:])

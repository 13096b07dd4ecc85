"""Imports: how fast, how large, and what else the machine can do meanwhile.

Every import is a process of its own, as it is typed, into a data folder of its
own; its time is that of the process, from its start to its end.  Its memory is
the proportional share (PSS) of it and all processes that it starts: anonymous
pages, and what of files is mapped.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import click

from content_repo import Kind, Repository, Side
from tests.bench import servers, sites

#: Where imports leave their data, between one and the next.
FOLDER: Final = Path("var") / "bench" / "imports"

#: Seconds between two looks at the memory of an import.
EVERY: Final = 0.2

#: Requests a second while an import is under way: few, so that latency is what shows.
PACE: Final = 50
IDLE_SECONDS: Final = 20

#: Of the bare loop, which keeps as many cores busy as an import does.
PROCESSES: Final = 2


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that came to its end: how long it took, and its peak in MB."""

    seconds: float
    peak: float
    said: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One round: an import, the same again, and the bare loop."""

    first: Ran
    again: Ran
    bare: Ran

    @property
    def against_bare(self) -> float:
        return self.bare.seconds / self.first.seconds

    @property
    def against_first(self) -> float:
        return self.first.seconds / self.again.seconds


@dataclass(frozen=True, slots=True)
class Answered:
    """Milliseconds in which half of the requests were answered, and 99 of 100."""

    p50: float
    p99: float


# -- a command and its processes ----------------------------------------------


def import_command(source: Path, *options: str) -> list[str]:
    """The import of *source*, as it is typed."""
    return [sys.executable, "-m", "hal_delivery.cli", "import", str(source), *options]


def bare_command(source: Path, database: Path) -> list[str]:
    arguments = [str(source), str(database), str(PROCESSES)]
    return [sys.executable, "-m", "tests.bench.bare", *arguments]


@contextlib.contextmanager
def started(command: Sequence[str], data: Path) -> Iterator[subprocess.Popen[str]]:
    """*command* on its way, with *data* as its data folder; it ends with the block."""
    env = {**os.environ, "HAL_DELIVERY_DATA_DIR": str(data), "HAL_DELIVERY_LOG_LEVEL": "error"}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def run(command: Sequence[str], data: Path) -> Ran:
    """Run *command* to its end, and look at its memory meanwhile."""
    begun, peak = time.monotonic(), 0.0
    with started(command, data) as process:
        while process.poll() is None:
            peak = max(peak, footprint(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(EVERY)
        seconds = time.monotonic() - begun
        said = process.communicate()[0]
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said}")
    return Ran(seconds, peak, said)


def footprint(session: int) -> float:
    """What the processes of a session hold in memory, in MB; pages that they share count once."""
    return sum(_share(process) for process in Path("/proc").iterdir() if _is_of(process, session))


def _is_of(process: Path, session: int) -> bool:
    if not process.name.isdigit():
        return False
    # It may end between two looks.
    with contextlib.suppress(OSError):
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
        return int(after_name[3]) == session
    return False


def _share(process: Path) -> float:
    with contextlib.suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+)", (process / "smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


# -- what is measured ----------------------------------------------------------


def measure(pages: int, rounds: int) -> str:
    """All cases, for a site of *pages* and for one of a tenth; returns their tables."""
    sizes = (pages // 10, pages)
    turns = {size: [turn(size, f"{n + 1} of {rounds}") for n in range(rounds)] for size in sizes}
    served = serving(pages, rounds)
    searchable = {size: until_searchable(size) for size in sizes}
    shutil.rmtree(FOLDER)
    load = f"load of the machine at the end: {os.getloadavg()[1]:.1f} (five minutes)"
    return "\n\n".join(
        [_turns_table(turns), _served_table(served), _searchable_table(searchable), load]
    )


def turn(pages: int, which: str) -> Turn:
    """One round, into an empty data folder."""
    site, data = sites.site_of(pages).absolute(), _empty("data")
    _say(f"round {which}: import of {pages} pages")
    first = run(import_command(site), data)
    _say(f"round {which}: the same again")
    again = run(import_command(site), data)
    _say(f"round {which}: the bare loop")
    bare = run(bare_command(site, _empty("bare") / "bare.sqlite3"), data)
    return Turn(first, again, bare)


def until_searchable(pages: int) -> Ran:
    """An import that returns when searches find all of it."""
    _say(f"import of {pages} pages until searches find them")
    site = sites.site_of(pages).absolute()
    return run(import_command(site, "--wait"), _empty("data"))


def serving(pages: int, rounds: int) -> list[tuple[Answered, Answered]]:
    """How documents are answered, idle and while *pages* are imported into another folder."""
    data = _empty("served").absolute()
    run(import_command(sites.site_of(pages // 10).absolute(), "--into", "site", "--wait"), data)
    paths = _addresses(data)
    large, found = sites.site_of(pages).absolute(), []
    environ = {"HAL_DELIVERY_DATA_DIR": str(data), "HAL_DELIVERY_LOG_LEVEL": "error"}
    with servers.serving("wsgi:app", environ) as port:
        answered(port, paths, lasting(2))
        for number in range(rounds):
            _say(f"round {number + 1} of {rounds}: answers of an idle server")
            idle = answered(port, paths, lasting(IDLE_SECONDS))
            _say(f"round {number + 1} of {rounds}: answers during an import")
            with started(import_command(large, "--into", f"other-{number}"), data) as process:
                busy = answered(port, paths, lambda: process.poll() is None)
            found.append((idle, busy))
    return found


def answered(port: int, paths: Sequence[str], is_on: Callable[[], bool]) -> Answered:
    """Ask for *paths* in turn at a steady pace, for as long as it *is_on*.

    A request that is late because of the one before it counts from when it was
    due; one that is late because this process did not run, from when it was sent.
    """
    taken: list[float] = []
    due = time.monotonic()
    while is_on():
        due += 1 / PACE
        begun = due
        if (ahead := due - time.monotonic()) > 0:
            time.sleep(ahead)
            begun = time.monotonic()
        _ask(port, paths[len(taken) % len(paths)])
        taken.append((time.monotonic() - begun) * 1000)
    return Answered(median(taken), quantiles(taken, n=100)[98])


def _ask(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}")


def _addresses(data: Path) -> list[str]:
    """Documents that are there, by id: some hundreds, from everywhere."""
    repository = Repository.open(f"sqlite:///{data / 'content.sqlite3'}", data)
    with contextlib.closing(repository):
        places = repository.reader(Side.PUBLISHED).below("content/documents/site")
        some = [one for one in places if one.kind is Kind.DOCUMENT]
    return [f"/site/api/documents/{one.id}" for one in some[:: max(1, len(some) // 300)]]


def lasting(count: float) -> Callable[[], bool]:
    end = time.monotonic() + count
    return lambda: time.monotonic() < end


def _empty(name: str) -> Path:
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _say(line: str) -> None:
    click.echo(line, err=True)


# -- tables --------------------------------------------------------------------


def _turns_table(found: dict[int, list[Turn]]) -> str:
    lines = [
        "| pages | import /s | bare loop /s | ratio | again s | first/again | peak MB | again MB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for pages, turns in found.items():
        lines.append(
            f"| {pages} | {median(pages / one.first.seconds for one in turns):.0f} "
            f"| {median(pages / one.bare.seconds for one in turns):.0f} "
            f"| {median(one.against_bare for one in turns):.2f} "
            f"| {median(one.again.seconds for one in turns):.1f} "
            f"| {median(one.against_first for one in turns):.1f} "
            f"| {max(one.first.peak for one in turns):.0f} "
            f"| {max(one.again.peak for one in turns):.0f} |"
        )
    return "\n".join(lines)


def _served_table(found: Sequence[tuple[Answered, Answered]]) -> str:
    lines = [f"| document by id, {PACE}/s | p50 ms | p99 ms |", "| --- | --- | --- |"]
    for name, some in (
        ("idle", [idle for idle, _ in found]),
        ("during an import", [busy for _, busy in found]),
    ):
        p50, p99 = median(one.p50 for one in some), median(one.p99 for one in some)
        lines.append(f"| {name} | {p50:.1f} | {p99:.1f} |")
    p50 = median(busy.p50 / idle.p50 for idle, busy in found)
    p99 = median(busy.p99 / idle.p99 for idle, busy in found)
    return "\n".join([*lines, f"| times as long | {p50:.1f} | {p99:.1f} |"])


def _searchable_table(found: dict[int, Ran]) -> str:
    lines = ["| pages | until searches find all s | /s | peak MB |", "| --- | --- | --- | --- |"]
    for pages, ran in found.items():
        lines.append(
            f"| {pages} | {ran.seconds:.1f} | {pages / ran.seconds:.0f} | {ran.peak:.0f} |"
        )
    return "\n".join(lines)

"""Answers over HTTP: the service beside the floor, idle and while something is written.

Service, floor, floor with the service's headers, and the service while one document
a second is written take turns, line by line, in several rounds.
"""

from __future__ import annotations

import pickle
import random
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import click

from hal_delivery.bootstrap import build_services
from tests.bench import corpus, servers
from tests.bench.corpus import settings_of
from tests.bench.lines import Line
from tests.bench.servers import Load, Measured, Request, Served
from tests.bench.tables import Table, at_least, at_most, shown

#: Headers that the server adds by itself.
BY_SERVER: Final = ("Server", "Date", "Connection")

#: Of a document's slowest answers to the median, with eight connections.
STEADY: Final = 4.0

#: A page from the middle, against one of the first.
AS_FAST: Final = 0.95

_FLOOR: Final = "tests.bench.floor:create_app()"


@dataclass(frozen=True, slots=True)
class Turn:
    """One round of a line; ``writing`` is left out where it asks whether anything changed."""

    ours: Measured
    floor: Measured
    whole_floor: Measured
    writing: Measured | None

    @property
    def ratio(self) -> float:
        return self.ours.rate / self.floor.rate


@dataclass(frozen=True, slots=True)
class Answers:
    """All rounds of a line, the bytes of an answer, and how often each request came."""

    line: Line
    turns: tuple[Turn, ...]
    size: int
    repeats: float

    @property
    def p50(self) -> float:
        return median(one.ours.p50 for one in self.turns)

    @property
    def rate(self) -> float:
        return median(one.ours.rate for one in self.turns)


# -- measuring -------------------------------------------------------------


def measure(
    data: Path, lines: Sequence[Line], *, rounds: int, seconds: int, load: Load = servers.wrk
) -> list[Answers]:
    """Every line, in *rounds*; the data folder is written to, so give one that may be."""
    kept = data.parent / "floor.pickle"
    bare = {"BENCH_FLOOR": str(kept.absolute())}
    same = {**bare, "BENCH_FLOOR_HEADERS": "1"}
    with servers.service(data) as ours:
        prepared = _prepared(ours.port, lines)
        kept.write_bytes(pickle.dumps(prepared))
        with servers.serving(_FLOOR, bare) as body_only, servers.serving(_FLOOR, same) as whole:
            meter = _Meter(data, ours, body_only, whole, load, seconds)
            turns: dict[str, list[Turn]] = {one.name: [] for one in lines}
            for number in range(rounds):
                for one in lines:
                    click.echo(f"round {number + 1} of {rounds}: {one.name}", err=True)
                    turns[one.name].append(meter.turn(one))
    return [
        Answers(
            line=one,
            turns=tuple(turns[one.name]),
            size=_size(one, prepared),
            repeats=median(turn.ours.rate for turn in turns[one.name]) * seconds / len(one.paths),
        )
        for one in lines
    ]


@dataclass(frozen=True, slots=True)
class _Meter:
    """The servers that take turns, and the load that is put on them."""

    data: Path
    ours: Served
    floor: int
    whole_floor: int
    load: Load
    seconds: int

    def turn(self, line: Line) -> Turn:
        asked = self._requests(line)
        ours, floor, whole = (
            self.load(port, asked, self.seconds)
            for port in (self.ours.port, self.floor, self.whole_floor)
        )
        if line.tagged:
            return Turn(ours, floor, whole, None)
        with writing(self.data):
            return Turn(ours, floor, whole, self.load(self.ours.port, asked, self.seconds))

    def _requests(self, line: Line) -> list[Request]:
        """The requests of a line; the tags are those of this moment."""
        if not line.tagged:
            return [Request(path) for path in line.paths]
        found = []
        for path in line.paths:
            _, headers, _ = servers.answer(self.ours.port, Request(path))
            found.append(Request(path, dict(headers)["ETag"]))
            if (status := servers.answer(self.ours.port, found[-1])[0]) != 304:
                raise RuntimeError(f"{path} is answered with {status} to who has it")
        return found


def _prepared(port: int, lines: Sequence[Line]) -> dict[str, tuple[bytes, list[tuple[str, str]]]]:
    """What the service answers, for the floor to answer likewise."""
    found: dict[str, tuple[bytes, list[tuple[str, str]]]] = {"/?": (b"{}", [])}
    for path in {path for line in lines for path in line.paths}:
        status, headers, body = servers.answer(port, Request(path))
        if status != 200:
            raise RuntimeError(f"{path} is answered with {status}: {body.decode()}")
        found[_key(path)] = body, [pair for pair in headers if pair[0] not in BY_SERVER]
    return found


def _key(path: str) -> str:
    """Path and query as the floor sees them.

    >>> _key("/a"), _key("/a?b=1")
    ('/a?', '/a?b=1')
    """
    return path if "?" in path else f"{path}?"


def _size(line: Line, prepared: Mapping[str, tuple[bytes, object]]) -> int:
    if line.tagged:
        return 0
    return round(median(len(prepared[_key(path)][0]) for path in line.paths))


# -- writing meanwhile -----------------------------------------------------


@contextmanager
def writing(data: Path) -> Iterator[None]:
    """Meanwhile one document a second is revised and published."""
    stop = threading.Event()
    with closing(build_services(settings_of(data), migrate=False)) as services:
        repository = services.repository
        chance = random.Random(repository.position)
        articles = list(corpus.documents(20, seed=repository.position))

        def write() -> None:
            is_on = True
            while is_on:
                with repository.write(message="bench") as tx:
                    one = chance.choice(articles)
                    tx.revise(one.id, one.fields)
                    tx.publish(one.id)
                is_on = not stop.wait(1)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            yield
        finally:
            stop.set()
            writer.join()


# -- tables ----------------------------------------------------------------


def table(size: int, found: Sequence[Answers]) -> Table:
    """Each line with its medians over all rounds."""
    rates = {one.line.name: one.rate for one in found}
    result = Table(
        (
            f"{size} documents", "service /s", "floor /s", "ratio", "must", "with our headers",
            "while writing", "p50 ms", "p99/p50", "p99/p50 writing", "KB", "each asked",
        )
    )  # fmt: skip
    for one in found:
        turns = one.turns
        busy = [(turn, turn.writing) for turn in turns if turn.writing is not None]
        result.add(
            one.line.name + _beside(one, rates),
            f"{one.rate:.0f}",
            f"{median(turn.floor.rate for turn in turns):.0f}",
            at_least(median(turn.ratio for turn in turns), one.line.must),
            f"{one.line.must:.2f}",
            shown(median(turn.ours.rate / turn.whole_floor.rate for turn in turns)),
            at_least(median(it.rate / turn.floor.rate for turn, it in busy), one.line.must)
            if busy
            else "",
            shown(one.p50),
            at_most(median(turn.ours.p99 / turn.ours.p50 for turn in turns), STEADY),
            at_most(median(it.p99 / it.p50 for _, it in busy), STEADY) if busy else "",
            f"{one.size / 1000:.1f}",
            f"{shown(one.repeats)} times",
        )
    return result


def _beside(one: Answers, rates: Mapping[str, float]) -> str:
    """How fast a line is against the one that it should be like."""
    if one.line.like is None:
        return ""
    ratio = one.rate / rates[one.line.like]
    return f" ({at_least(ratio, AS_FAST)} of the first)"


def growth(found: Mapping[int, Sequence[Answers]]) -> Table:
    """How much longer the same takes with more documents, from the fewest to the most."""
    small, large = min(found), max(found)
    result = Table((f"{small} to {large} documents", "p50 ms", "p50 ms", "times", "must"))
    for before, after in zip(found[small], found[large], strict=True):
        result.add(
            before.line.name,
            shown(before.p50),
            shown(after.p50),
            at_most(after.p50 / before.p50, before.line.grows),
            f"{before.line.grows:.1f}",
        )
    return result

"""Engines side by side in one process: how long they search, warm and cold.

Every question of a line has words of its own, and is asked once a round.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import click

from tests.bench import corpus, rivals
from tests.bench.engines import Engine, Ours
from tests.bench.queries import Queries
from tests.bench.rivals import Fts5, PlainWhoosh, Tantivy
from tests.bench.tables import Table, at_least, shown

NAMES: Final = (Ours.name, PlainWhoosh.name, Fts5.name, Tantivy.name)

#: In the place of a figure of an engine that is not installed.
NOT_THERE: Final = "-"

#: A word that was never used before must be found so many times as fast, at least.
COLD_MUST: Final = 1.0

#: Words for the first time, of each round.
COLD: Final = 20

#: Seconds, at most, for asking ours all questions of a line before it counts.
WARM: Final = 60.0

#: Questions of a line at least, however long they take.
_FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One line: what is asked of an engine, each time about something else."""

    name: str
    ask: Callable[[Engine, Any], object]
    about: Sequence[Any]
    must: float | None = None


def questions(queries: Queries, size: int) -> list[Question]:
    """Every line; ``must`` is the times that ours is as fast as plain Whoosh."""

    def score(engine: Engine, words: str) -> object:
        return engine.by_score(words)

    def date(engine: Engine, words: str) -> object:
        return engine.by_date(words)

    first, deep = ([at + 10 * n for n in range(min(200, size // 20))] for at in (0, size // 2))
    return [
        Question("rare word by score", score, queries.rare),
        Question("medium word by score", score, queries.medium),
        Question("common word by score", score, queries.common, 50),
        Question("two common words by score", score, queries.pairs),
        Question("medium word by date", date, queries.medium),
        Question("common word by date", date, queries.common),
        Question("all by date, first pages", lambda one, at: one.newest(at), first, 1000),
        Question("all by date, in the middle", lambda one, at: one.newest(at), deep, 1000),
        Question("count of a common word", lambda one, it: one.count(it), queries.common, 200),
        Question("phrase of two common words", lambda one, it: one.phrase(it), queries.phrases),
        Question("an author's newest", lambda one, it: one.of_author(it), queries.authors),
    ]


@dataclass(slots=True)
class Timed:
    """Milliseconds by line and engine, one median for each round; and questions asked."""

    rounds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    must: dict[str, float | None] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def note(self, line: str, engine: str, taken: Sequence[float], must: float | None) -> None:
        self.rounds.setdefault(line, {}).setdefault(engine, []).append(median(taken))
        self.must[line] = must
        if engine == Ours.name:
            self.asked[line] = len(taken)


# -- measuring -------------------------------------------------------------


def measure(folder: Path, size: int, queries: Queries, *, rounds: int, seconds: float) -> Timed:
    """Each line of all engines in *rounds*; none takes much longer than *seconds*."""
    timed = Timed()
    with corpus.copied(folder) as data, opened(folder, data, size) as sides:
        lines = questions(queries, size)
        for one in lines:
            for engine in sides:
                warm(engine, one, seconds)
        for number in range(rounds):
            for one in lines:
                click.echo(f"round {number + 1} of {rounds}: {one.name}", err=True)
                for engine in sides:
                    taken = asked(engine, one, number * len(one.about) // rounds, seconds)
                    timed.note(one.name, engine.name, taken, one.must)
    with corpus.copied(folder) as data:
        for number in range(rounds):
            click.echo(f"round {number + 1} of {rounds}: words for the first time", err=True)
            _cold(timed, places(folder, data, size), queries, number)
    return timed


@contextmanager
def opened(folder: Path, data: Path, size: int) -> Iterator[list[Engine]]:
    """Ours over *data*, and the others that are installed."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(closing(kind(place))) for kind, place in places(folder, data, size)
        ]


def places(folder: Path, data: Path, size: int) -> list[tuple[type[Engine], Path]]:
    others = [(kind, rivals.kept(folder, kind, size)) for kind in rivals.installed()]
    return [(Ours, data), *others]


def warm(engine: Engine, question: Question, seconds: float) -> None:
    """Ask once before it counts: ours, that keeps what it read, every question."""
    asked(engine, question, 0, WARM if isinstance(engine, Ours) else seconds)


def asked(engine: Engine, question: Question, start: int, seconds: float) -> list[float]:
    """Milliseconds of each answer: all questions, or as many as there is time for."""
    about = [*question.about[start:], *question.about[:start]]
    taken: list[float] = []
    end = time.perf_counter() + seconds
    # What others left behind is not collected while this one is timed.
    gc.collect()
    for one in about:
        begun = time.perf_counter()
        question.ask(engine, one)
        taken.append((time.perf_counter() - begun) * 1000)
        if len(taken) >= _FEWEST and time.perf_counter() > end:
            break
    return taken


def _cold(
    timed: Timed, places: Sequence[tuple[type[Engine], Path]], queries: Queries, number: int
) -> None:
    """Common words by score, each for the first time since the engine was opened."""
    words = [*queries.common, *queries.common][number * COLD % len(queries.common) :][:COLD]
    line = Question("common word by score, first use", lambda one, it: one.by_score(it), words)
    for kind, place in places:
        with closing(kind(place)) as engine:
            engine.by_score(queries.rare[number])
            timed.note(line.name, engine.name, asked(engine, line, 0, 60), COLD_MUST)


# -- table -----------------------------------------------------------------


def table(size: int, timed: Timed) -> Table:
    """The median of each line over all rounds; times as fast are of the same round."""
    ours, plain, *others = NAMES
    result = Table(
        (
            f"{size} documents, ms", ours, plain, "times as fast", "must", *others,
            "asked in a round",
        )
    )  # fmt: skip
    for name, rounds in timed.rounds.items():
        must = timed.must[name]
        faster = [
            slow / fast for fast, slow in zip(rounds[ours], rounds.get(plain, []), strict=False)
        ]
        result.add(
            name,
            _median(rounds.get(ours)),
            _median(rounds.get(plain)),
            at_least(median(faster), must) if faster else NOT_THERE,
            "" if must is None else f"{must:.0f}",
            *(_median(rounds.get(other)) for other in others),
            f"{timed.asked[name]} different",
        )
    return result


def _median(found: Sequence[float] | None) -> str:
    return shown(median(found)) if found else NOT_THERE

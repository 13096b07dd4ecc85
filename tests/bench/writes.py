"""Writing, in process: how long until a search finds it, and what many writes leave behind."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Final

import click

from tests.bench import corpus, rivals
from tests.bench.corpus import Article
from tests.bench.engines import Buildable, Engine, Ours
from tests.bench.queries import Queries
from tests.bench.rivals import PlainWhoosh
from tests.bench.searching import NAMES, NOT_THERE, asked, questions, warm
from tests.bench.tables import Table, at_least, at_most, shown

#: Writes of each round, one by one, and in one batch.
SINGLE: Final = 10
BATCH: Final = 100

#: Of plain Whoosh's time, how much one write may take; and milliseconds, however many
#: documents there are.
SINGLE_MUST: Final = 0.4
SINGLE_MS: Final = 30.0
BATCH_MS: Final = 600.0

#: Documents, at most, that are indexed in each round; and how many times as fast ours is to be.
BULK: Final = 10_000
BULK_MUST: Final = 1.8

#: How much slower anything may be after many writes.
AGED_MUST: Final = 1.3

#: Seconds after which what was written must be found.
LONGEST: Final = 60

_ONE: Final = "one write, found"
_MANY: Final = f"{BATCH} writes in a batch, found"


@dataclass(slots=True)
class Written:
    """Milliseconds by engine, one median for each round."""

    one: dict[str, list[float]] = field(default_factory=dict)
    many: dict[str, list[float]] = field(default_factory=dict)


# -- writing ---------------------------------------------------------------


def measure(folder: Path, size: int, rounds: int) -> Written:
    """One by one and in batches, of all engines in turn."""
    found = Written()
    with writable(folder, size) as sides:
        for number in range(rounds):
            for engine in sides:
                click.echo(f"round {number + 1} of {rounds}: {engine.name} writes", err=True)
                fresh = corpus.revised(size, SINGLE + BATCH, seed=number)
                taken = [_counted(engine, [one]) for one in islice(fresh, SINGLE)]
                found.one.setdefault(engine.name, []).append(median(taken))
                found.many.setdefault(engine.name, []).append(_counted(engine, list(fresh)))
    return found


def _counted(engine: Engine, fresh: Sequence[tuple[Article, str]]) -> float:
    """Milliseconds until a search finds it; of plain Whoosh, for the write alone.

    Afterwards it has to open everything again: that is not held against it.
    """
    written, found = _until_found(engine, fresh)
    return written if engine.name == PlainWhoosh.name else found


@contextmanager
def writable(folder: Path, size: int) -> Iterator[list[Engine]]:
    """All engines over copies, which may be written to."""
    with corpus.copied(folder) as data, ExitStack() as stack:
        sides: list[Engine] = [stack.enter_context(closing(Ours(data)))]
        for kind in rivals.installed():
            place = rivals.kept(folder, kind, size)
            copy = data.parent / place.name
            shutil.copytree(place, copy)
            sides.append(stack.enter_context(closing(kind(copy))))
        yield sides


def _until_found(engine: Engine, fresh: Sequence[tuple[Article, str]]) -> tuple[float, float]:
    """Milliseconds for a write, and until it is found, by a word of its own."""
    *_, (last, probe) = fresh
    begun = time.perf_counter()
    engine.replace([article for article, _ in fresh])
    written = time.perf_counter() - begun
    # What takes longer than a moment to take in is not waited for by a search.
    while (found := engine.by_score(probe)) != [last.id]:
        if found or time.perf_counter() > begun + LONGEST:
            raise RuntimeError(f"{engine.name} finds {found} by {probe}, not {last.id}")
    return written * 1000, (time.perf_counter() - begun) * 1000


def table(size: int, found: Written) -> Table:
    """Milliseconds until what was written is found; the part is of the same round."""
    ours, plain, *others = NAMES
    result = Table(
        (f"{size} documents, ms", ours, "must", f"{plain}, not found yet", "part", "must", *others)
    )
    for name, rounds, ms, must in (
        (_ONE, found.one, SINGLE_MS, SINGLE_MUST),
        (_MANY, found.many, BATCH_MS, None),
    ):
        parts = [mine / its for mine, its in zip(rounds[ours], rounds.get(plain, []), strict=False)]
        result.add(
            name,
            at_most(median(rounds[ours]), ms),
            f"{ms:.0f}",
            shown(median(rounds[plain])) if parts else NOT_THERE,
            at_most(median(parts), must) if parts else NOT_THERE,
            "" if must is None else f"{must}",
            *(shown(median(rounds[it])) if it in rounds else NOT_THERE for it in others),
        )
    return result


# -- in bulk ---------------------------------------------------------------


def bulk(folder: Path, size: int, rounds: int) -> dict[str, list[float]]:
    """Documents a second that each engine takes in, into an empty folder."""
    rates: dict[str, list[float]] = {}
    work = folder.parent / f"{folder.name}-bulk"
    articles = list(corpus.documents(size))
    kinds: list[type[Buildable]] = [Ours, *rivals.installed()]
    for number in range(rounds):
        for kind in kinds:
            click.echo(f"round {number + 1} of {rounds}: {kind.name} indexes {size}", err=True)
            shutil.rmtree(work, ignore_errors=True)
            if kind is Ours:
                shutil.copytree(folder / "data", work, symlinks=True)
            else:
                work.mkdir()
            begun = time.perf_counter()
            kind.build(work, articles)
            rates.setdefault(kind.name, []).append(size / (time.perf_counter() - begun))
    shutil.rmtree(work)
    return rates


def bulk_table(rates: Mapping[int, Mapping[str, Sequence[float]]]) -> Table:
    """Documents a second; times as fast are of the same round."""
    ours, plain, *others = NAMES
    result = Table(("documents/s", ours, plain, "times as fast", "must", *others))
    for size, found in rates.items():
        faster = [mine / its for mine, its in zip(found[ours], found.get(plain, []), strict=False)]
        result.add(
            f"{size} documents" + (", once" if len(found[ours]) == 1 else ""),
            f"{median(found[ours]):.0f}",
            f"{median(found[plain]):.0f}" if faster else NOT_THERE,
            at_least(median(faster), BULK_MUST) if faster else NOT_THERE,
            f"{BULK_MUST}",
            *(f"{median(found[it]):.0f}" if it in found else NOT_THERE for it in others),
        )
    return result


def built_once(folder: Path, size: int) -> dict[str, list[float]]:
    """Documents a second, as of when the corpus was made; not in turn."""
    seconds = {Ours.name: corpus.built(folder / "published")}
    for kind in rivals.installed():
        seconds[kind.name] = corpus.built(rivals.kept(folder, kind, size))
    return {name: [size / one] for name, one in seconds.items() if one}


# -- after many writes -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aged:
    """Milliseconds by line, fresh and after many writes; and segments meanwhile."""

    fresh: dict[str, float]
    aged: dict[str, float]
    writes: int
    seconds: float
    segments: tuple[int, ...]


def aged(
    folder: Path, size: int, queries: Queries, *, writes: int, rounds: int, seconds: float
) -> Aged:
    """Write one by one, each searched for at once; then compare with a fresh copy."""
    with corpus.copied(folder) as data, closing(Ours(data)) as old:
        begun, segments = time.monotonic(), [_segments(old)]
        for number, one in enumerate(corpus.revised(size, writes, seed=24), start=1):
            _until_found(old, [one])
            if number % max(1, writes // 20) == 0:
                segments.append(_segments(old))
                click.echo(f"{number} of {writes} writes, {segments[-1]} segments", err=True)
        took = time.monotonic() - begun
        copy = folder.parent / f"{folder.name}-fresh"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "data", copy, symlinks=True)
        with closing(Ours(copy)) as new:
            found = _compared(new, old, size, queries, rounds, seconds)
        shutil.rmtree(copy)
    fresh, after = ({line: median(some) for line, some in one.items()} for one in found)
    return Aged(fresh, after, writes, took, tuple(segments))


def _compared(
    new: Ours, old: Ours, size: int, queries: Queries, rounds: int, seconds: float
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    found: tuple[dict[str, list[float]], dict[str, list[float]]] = ({}, {})
    sides = list(zip(found, (new, old), strict=True))
    for line in questions(queries, size):
        for _, engine in sides:
            warm(engine, line, seconds)
        for _ in range(rounds):
            for kept, engine in sides:
                kept.setdefault(line.name, []).append(median(asked(engine, line, 0, seconds)))
    for number in range(rounds):
        for kept, engine in sides:
            fresh = corpus.revised(size, SINGLE, seed=100 + number)
            kept.setdefault(_ONE, []).extend(_counted(engine, [one]) for one in fresh)
    return found


def _segments(engine: Ours) -> int:
    return int(engine.index.status().get("segments", 1))


def aged_table(size: int, found: Aged) -> Table:
    """Each line fresh and aged."""
    result = Table(
        (f"{size} documents, ms", "fresh", f"after {found.writes} writes", "times", "must")
    )
    for line, before in found.fresh.items():
        after = found.aged[line]
        result.add(
            line, shown(before), shown(after), at_most(after / before, AGED_MUST), f"{AGED_MUST}"
        )
    return result


def aged_foot(found: Aged) -> str:
    """What the table does not say: how the segments went."""
    each = found.seconds / found.writes * 1000
    return (
        f"{found.writes} writes, each searched for at once: {each:.0f} ms each; segments at the "
        f"start {found.segments[0]}, at the most {max(found.segments)}, at the end "
        f"{found.segments[-1]}"
    )

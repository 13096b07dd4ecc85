"""Runs the benchmark and prints its tables.

``python -m tests.bench [--case reads|search|engine|writes|memory|attacks|imports]…
[--size 10000]… [--rounds 3] [--seconds 3] [--writes 20000] [--pages 40000]``
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from tests.bench import (
    answers,
    attacks,
    corpus,
    imports,
    lines,
    memory,
    queries,
    rivals,
    searching,
    servers,
    writes,
)
from tests.bench.lines import Lines
from tests.bench.queries import Queries
from tests.bench.tables import load_of_machine

FOLDER: Final = Path("var") / "bench"
SIZES: Final = (10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, and where corpora are kept."""

    sizes: Sequence[int]
    rounds: int
    seconds: int
    writes: int
    pages: int
    folder: Path = FOLDER
    load: servers.Load = servers.wrk
    #: Different questions of each class, at most.
    different: int = queries.MOST

    def corpora(self) -> dict[int, Path]:
        """The folder of each size, made where it is not there."""
        return {size: corpus.kept(size, self.folder) for size in sorted(set(self.sizes))}

    def asked(self, size: int, folder: Path) -> Queries:
        """What is asked of the corpus in *folder*."""
        return queries.kept(folder, size).cut(self.different)


# -- cases -----------------------------------------------------------------


def over_http(plan: Plan, asked: Lines) -> list[str]:
    """A table for each size, and how answers grow from the smallest to the largest."""
    found = {}
    for size, folder in plan.corpora().items():
        with corpus.copied(folder) as data:
            some = asked(plan.asked(size, folder), size)
            found[size] = answers.measure(
                data, some, rounds=plan.rounds, seconds=plan.seconds, load=plan.load
            )
    tables = [str(answers.table(size, one)) for size, one in found.items()]
    return [*tables, str(answers.growth(found))] if len(found) > 1 else tables


def reads(plan: Plan) -> list[str]:
    """Documents and pages over HTTP."""
    return over_http(plan, lines.reads)


def search(plan: Plan) -> list[str]:
    """Words over HTTP."""
    return over_http(plan, lines.searches)


def engine(plan: Plan) -> list[str]:
    """Engines side by side in this process."""
    tables = []
    for size, folder in plan.corpora().items():
        asked = plan.asked(size, folder)
        hits = ", ".join(f"{count} for a {name} one" for name, count in asked.hits.items())
        timed = searching.measure(folder, size, asked, rounds=plan.rounds, seconds=plan.seconds)
        tables += [str(searching.table(size, timed)), f"documents that hold a word: {hits}"]
    return [*tables, rivals.missing()]


def write(plan: Plan) -> list[str]:
    """Writes, indexing in bulk, and what many writes leave behind."""
    corpora = plan.corpora()
    tables = [
        str(writes.table(size, writes.measure(folder, size, plan.rounds)))
        for size, folder in corpora.items()
    ]
    large = max(corpora)
    rates = {
        size: writes.bulk(folder, size, plan.rounds)
        if size <= writes.BULK
        else writes.built_once(folder, size)
        for size, folder in corpora.items()
    }
    aged = writes.aged(
        corpora[large], large, plan.asked(large, corpora[large]),
        writes=plan.writes, rounds=plan.rounds, seconds=plan.seconds,
    )  # fmt: skip
    return [
        *tables,
        str(writes.bulk_table(rates)),
        str(writes.aged_table(large, aged)),
        writes.aged_foot(aged),
        rivals.missing(),
    ]


def needs(plan: Plan) -> list[str]:
    """Memory, and the time that a start takes."""
    found = {}
    for size, folder in plan.corpora().items():
        asked = plan.asked(size, folder)
        with corpus.copied(folder) as data:
            found[size] = memory.measure(
                data, lines.reads(asked, size), lines.searches(asked, size), plan.rounds
            )
    return [str(memory.table(found))]


def attacked(plan: Plan) -> list[str]:
    """What costly questions cost, and what a reader of documents notices of them."""
    size, folder = min(plan.corpora().items())
    documents = lines.reads(plan.asked(size, folder), size)[0]
    with corpus.copied(folder) as data, servers.service(data) as served:
        return [attacks.measure(served.port, documents.paths)]


def imported(plan: Plan) -> list[str]:
    """Imports, beside a bare loop."""
    return [imports.measure(plan.pages, plan.rounds)]


CASES: Final[dict[str, Callable[[Plan], list[str]]]] = {
    "reads": reads,
    "search": search,
    "engine": engine,
    "writes": write,
    "memory": needs,
    "attacks": attacked,
    "imports": imported,
}


@click.command()
@click.option(
    "--case", "cases", multiple=True, type=click.Choice(list(CASES)),
    help="Only this one; may be repeated.  [default: all]",
)  # fmt: skip
@click.option(
    "--size", "sizes", multiple=True, default=SIZES, show_default=True,
    type=click.IntRange(min=100), help="Documents that are read; may be repeated.",
)  # fmt: skip
@click.option(
    "--rounds", default=3, show_default=True, help="How often each side is measured, in turn."
)
@click.option("--seconds", default=3, show_default=True, help="How long each reading takes.")
@click.option(
    "--writes", default=20_000, show_default=True, help="Single writes that make an index old."
)
@click.option("--pages", default=40_000, show_default=True, help="Pages that are imported.")
def main(
    cases: Sequence[str], sizes: Sequence[int], rounds: int, seconds: int, writes: int, pages: int
) -> None:
    """Measure the service beside a floor, and its engine beside others."""
    servers.require_load_generator()
    plan = Plan(sizes, rounds, seconds, writes, pages)
    for one in cases or CASES:
        click.echo("\n\n".join(filter(None, [f"## {one}", *CASES[one](plan), load_of_machine()])))
        click.echo()


if __name__ == "__main__":
    main()

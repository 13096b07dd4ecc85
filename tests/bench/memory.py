"""What the service needs: memory of its processes, and time from its start to an answer."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import click

from tests.bench import servers
from tests.bench.lines import Line
from tests.bench.servers import Request
from tests.bench.tables import Table, at_most

#: MB of the largest process, and seconds until the first answer.
MB: Final = 500.0
SECONDS: Final = 6.0


@dataclass(frozen=True, slots=True)
class Needs:
    """One round: seconds until the first answers, and MB after every line was asked."""

    document: float
    search: float
    resident: float
    share: float


def measure(
    data: Path, reads: Sequence[Line], searches: Sequence[Line], rounds: int
) -> list[Needs]:
    """Start, ask, look, stop; as often as there are *rounds*."""
    found = []
    for number in range(rounds):
        click.echo(f"round {number + 1} of {rounds}: a start, and all lines", err=True)
        begun = time.monotonic()
        with servers.service(data, reads[0].paths[0]):
            document = time.monotonic() - begun
        begun = time.monotonic()
        with servers.service(data, searches[0].paths[0]) as served:
            search = time.monotonic() - begun
            for path in {path for line in (*reads, *searches) for path in line.paths}:
                servers.answer(served.port, Request(path))
            found.append(Needs(document, search, *servers.memory(served.session)))
    return found


def table(found: Mapping[int, Sequence[Needs]]) -> Table:
    """By the number of documents; of memory the most of all rounds."""
    result = Table(
        (
            "documents", "start to a document s", "start to a search s", "must",
            "largest process MB", "of it its share MB", "must",
        )
    )  # fmt: skip
    for size, needs in found.items():
        result.add(
            str(size),
            at_most(median(one.document for one in needs), SECONDS),
            at_most(median(one.search for one in needs), SECONDS),
            f"{SECONDS:.0f}",
            at_most(max(one.resident for one in needs), MB),
            f"{max(one.share for one in needs):.0f}",
            f"{MB:.0f}",
        )
    return result

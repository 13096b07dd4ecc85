"""Writes, each followed by a search for it, through whatever worker answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.serving import PLACE, served
from tests.search_index.content import put, revise

WORKERS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Of so many writes, those that the search right after them did not find.

    *late* are answers that said themselves that they were of an earlier position.
    """

    pairs: int
    missed: tuple[int, ...]
    late: tuple[int, ...]


def write_and_search(
    folder: Path, *, pairs: int, say: Callable[[str], None] = lambda line: None
) -> Found:
    """Write so many times beside a server of four workers, and look for each at once."""
    missed: list[int] = []
    late: list[int] = []
    with served(folder / "data", workers=WORKERS) as service:
        repository = service.repository
        id = put(repository, f"{PLACE}/page", title="begin")
        for number in range(pairs):
            word = f"word{number}x"
            revise(repository, id, title=word)
            written = repository.position
            meta = service.documents(f"_q={word}")["_meta"]
            if meta["totalSize"] != 1:
                (missed if meta["position"] >= written else late).append(number)
            if number % 100 == 99:
                say(f"{number + 1} of {pairs}: {len(missed)} missed, {len(late)} late")
    return Found(pairs, tuple(missed), tuple(late))

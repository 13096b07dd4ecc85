"""Kills and breaks what ought to survive it, and prints what came of it.

``python -m tests.chaos [WHAT ...] [--kills 20] [--pages 4000] [--seed 1]``
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import click

from tests.chaos import imports, index, pairs, torn

#: What an index goes through in the whole form.
_INDEX_KILLS: Final = 60
_HARMS: Final = 60
_PAIRS: Final = 1000

_WHAT: Final = ("imports", "kills", "steps", "files", "pairs")


@click.command()
@click.argument("what", nargs=-1, type=click.Choice(_WHAT))
@click.option("--kills", default=20, show_default=True, help="How often an import is killed.")
@click.option("--pages", default=4000, show_default=True, help="Pages in the site.")
@click.option("--seed", default=1, show_default=True, help="Decides the moments.")
def main(what: tuple[str, ...], kills: int, pages: int, seed: int) -> None:
    """Try imports and the search index, or only WHAT is named.

    imports are killed with -9 at random moments, run again, and compared with an
    undisturbed one; kills and steps are those of whoever writes to an index, at random
    moments and at each step; files of an index are torn under a server; pairs are writes,
    each followed by a search for it.
    """
    for one in what or _WHAT:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            match one:
                case "imports":
                    said = _imports(folder, kills, pages, seed)
                case "kills":
                    said = _kills(folder, seed)
                case "steps":
                    said = _steps(folder)
                case "files":
                    said = _files(folder, seed)
                case _:
                    said = _pairs(folder)
        click.echo(said)


def _imports(folder: Path, kills: int, pages: int, seed: int) -> str:
    tries = imports.survives(folder, pages=pages, kills=kills, seed=seed, say=click.echo)
    return f"{kills} of {tries} were killed on their way; all are equal to an undisturbed one."


def _kills(folder: Path, seed: int) -> str:
    index.survives_random_kills(folder, kills=_INDEX_KILLS, seed=seed, say=click.echo)
    return f"{_INDEX_KILLS} writers were killed; the index was whole each time."


def _steps(folder: Path) -> str:
    if found := index.survives_steps(folder, index.STEPS):
        raise AssertionError("\n".join(found))
    return f"Killed before and after each of {len(index.STEPS)} steps; all was whole each time."


def _files(folder: Path, seed: int) -> str:
    torn.survives(folder, torn.some(_HARMS, seed), seed=seed, say=click.echo)
    return f"{_HARMS} files were torn, lost, stale or foreign; the index was whole each time."


def _pairs(folder: Path) -> str:
    found = pairs.write_and_search(folder, pairs=_PAIRS, say=click.echo)
    if found.missed or found.late:
        raise AssertionError(f"missed {found.missed}, late {found.late}")
    return f"{_PAIRS} writes were found by the search right after them."


if __name__ == "__main__":
    main()

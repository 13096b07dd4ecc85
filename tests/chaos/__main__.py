"""Kills what ought to survive it, and prints what came of it.

``python -m tests.chaos [--kills 20] [--pages 4000] [--seed 1]``
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tests.chaos import imports


@click.command()
@click.option("--kills", default=20, show_default=True, help="How often an import is killed.")
@click.option("--pages", default=4000, show_default=True, help="Pages in the site.")
@click.option("--seed", default=1, show_default=True, help="Decides the moments.")
def main(kills: int, pages: int, seed: int) -> None:
    """Kill imports with -9 at random moments, run them again, compare with an undisturbed one."""
    with tempfile.TemporaryDirectory() as folder:
        tries = imports.survives(Path(folder), pages=pages, kills=kills, seed=seed, say=click.echo)
    click.echo(f"{kills} of {tries} were killed on their way; all are equal to an undisturbed one.")


if __name__ == "__main__":
    main()

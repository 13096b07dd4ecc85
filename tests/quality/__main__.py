"""Looks for known items, and prints how often they are found, beside two other engines.

``python -m tests.quality [--show 5] [--share 1.0] [--seed 1]``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.quality.engines import Engine, Fts5, Service, Tantivy
from tests.quality.known_items import items
from tests.quality.material import MATERIAL, searched
from tests.quality.measures import report


@click.command()
@click.option("--show", default=0, show_default=True, help="How many of the worst items to name.")
@click.option("--share", default=1.0, show_default=True, help="How many of all items to ask for.")
@click.option("--seed", default=1, show_default=True, help="Decides which, and their typos.")
def main(show: int, share: float, seed: int) -> None:
    """Measure how well search finds known items: MRR@10, and success among the first."""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for name in MATERIAL:
            missed += [f"{name}: {one}" for one in _told(name, Path(folder), show, share, seed)]
    for one in missed:
        click.echo(f"missed: {one}")
    sys.exit(1 if missed else 0)


def _told(name: str, folder: Path, show: int, share: float, seed: int) -> list[str]:
    """Print the report of one material, and return the targets that it misses."""
    with searched(name, folder) as service:
        documents = service.documents()
        engines: list[Engine] = [service, Service(service.client, service.base, fallback=False)]
        engines.append(Fts5(documents))
        if Tantivy.is_there():
            engines.append(Tantivy(documents))
        else:
            click.echo("tantivy is not installed (extra 'quality'): rare words beside FTS5.")
        found = report(engines, items(documents, seed=seed, share=share))
    click.echo(f"\n## {name}: {len(documents)} documents\n\n{found.table()}\n")
    for one in found.worst(show):
        click.echo(one)
    return found.missed(engines[-1].name)


if __name__ == "__main__":
    main()

"""``hal-delivery links``: where the links in texts lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import click

from content_repo.linking import Link
from content_repo.model import Place, Side
from content_repo.sources import SourceEntry
from hal_delivery.commands.reporting import counted
from hal_delivery.settings import Settings

if TYPE_CHECKING:
    from content_repo.repository import Repository

#: Documents looked at together.
_AT_ONCE: Final = 200


@click.group()
def links() -> None:
    """Look at the links in rich texts.

    \b
    Example:
      hal-delivery links check
    """


@links.command()
@click.option(
    "--side",
    type=click.Choice([side.value for side in Side]),
    default=Side.DRAFT.value,
    show_default=True,
    help="The side whose documents are looked at, and whose documents a link may lead to.",
)
@click.pass_obj
def check(settings: Settings, side: str) -> None:
    """List the links and images that lead nowhere, with file and line.

    Documents that came from no file are listed by their path in the repository.
    Ends with 1 if there are any.

    \b
    Example:
      hal-delivery links check --side published
    """
    from hal_delivery.bootstrap import opened_services

    broken = documents = 0
    with opened_services(settings) as services:
        for at, found in _broken(services.repository, Side(side)):
            documents += 1
            broken += len(found)
            for line, one in found:
                click.echo(f"{at}:{line}: {one.href}" if line else f"{at}: {one.href}")
    said = f"{counted(broken, 'broken link')} in {counted(documents, 'document')}."
    click.echo(said, err=True)
    if broken:
        click.get_current_context().exit(1)


def _broken(
    repository: Repository, side: Side
) -> Iterator[tuple[str, list[tuple[int | None, Link]]]]:
    """Each document that has broken links: its file or path, and the links with their lines."""
    reader = repository.reader(side)
    after = ""
    while some := reader.broken(_AT_ONCE, after):
        after = some[-1][0].path
        files = reader.sources_of([place.id for place, _ in some])
        for place, found in some:
            yield _located(repository, place, files.get(place.id, []), found)


def _located(
    repository: Repository, place: Place, files: list[SourceEntry], found: tuple[Link, ...]
) -> tuple[str, list[tuple[int | None, Link]]]:
    if not files:
        return place.path, [(None, one) for one in found]
    with repository.source_bytes(files[0].root, files[0].path) as stream:
        lines = stream.read().decode("utf-8", "replace").splitlines()
    return files[0].path, [(_line(lines, one.href), one) for one in found]


def _line(lines: list[str], href: str) -> int | None:
    """The first line, counted from 1, on which *href* is written, in whatever spelling."""
    spellings = {href, unquote(href), href.replace("&", "&amp;")}
    for number, line in enumerate(lines, start=1):
        if any(spelling in line for spelling in spellings):
            return number
    return None

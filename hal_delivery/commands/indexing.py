"""``hal-delivery index``: how the search indexes are, and building them anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
import orjson

from content_repo.model import Side
from hal_delivery.settings import Settings

if TYPE_CHECKING:
    from search_index import WhooshIndex

_side = click.option(
    "--side",
    type=click.Choice([side.value for side in Side]),
    help="Only this side.  [default: both]",
)


@click.group()
def index() -> None:
    """Look at the search index, check it, or build it anew.

    \b
    Example:
      hal-delivery index status
    """


@index.command()
@_side
@click.pass_obj
def status(settings: Settings, side: str | None) -> None:
    """Print how far each index has come, as JSON.

    \b
    Example:
      hal-delivery index status --side published
    """
    with _opened(settings, side) as indexes:
        _print({each.side.value: each.status() for each in indexes})


@index.command()
@_side
@click.pass_obj
def verify(settings: Settings, side: str | None) -> None:
    """Compare each index with the repository, and print where they differ.

    Takes in first what was written meanwhile.  Ends with 1 if they differ.

    \b
    Example:
      hal-delivery index verify
    """
    with _opened(settings, side) as indexes:
        differences = {each.side.value: each.verify() for each in indexes}
    _print(differences)
    if any(differences.values()):
        click.get_current_context().exit(1)


@index.command()
@_side
@click.pass_obj
def rebuild(settings: Settings, side: str | None) -> None:
    """Build each index anew beside the old one, then put it in its place.

    The service may go on running; searches answer from the old index meanwhile.

    \b
    Example:
      hal-delivery index rebuild --side draft
    """
    from hal_delivery.commands.progress import Showing

    with _opened(settings, side) as indexes, Showing() as show:
        for each in indexes:
            name = each.side.value

            def progress(done: int, total: int, name: str = name) -> None:
                show(f"{name} index", done, total)

            each.rebuild(progress)
            click.echo(f"{name}: rebuilt up to position {each.reached}")


@contextmanager
def _opened(settings: Settings, side: str | None) -> Iterator[list[WhooshIndex]]:
    # Imported here, as it takes longer than all else.
    from hal_delivery.bootstrap import opened_services

    with opened_services(settings) as services:
        yield [services.indexes[each] for each in Side if side in (None, each.value)]


def _print(result: Any) -> None:
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    click.echo(orjson.dumps(result, default=str, option=options))

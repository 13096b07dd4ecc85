"""``hal-delivery import``: a folder of files into the repository."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from content_repo import names
from content_repo.errors import ContentError, StorageFull
from hal_delivery.commands.reporting import explained, report
from hal_delivery.hooks import Hooks, load_hooks
from hal_delivery.mounts import Mount
from hal_delivery.settings import Settings, StartError

# The rest is imported where it is used: it takes longer than most commands.
if TYPE_CHECKING:
    from hal_delivery.bootstrap import Services
    from hal_delivery.commands.progress import Showing
    from hal_delivery.exchange.orders import Orders
    from hal_delivery.exchange.plan import Plan
    from hal_delivery.exchange.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was typed, by the names of the options."""

    source: Path
    into: str
    layouts: tuple[str, ...]
    locale: str | None
    page_type: str | None
    as_kinds: tuple[tuple[str, str], ...]
    exclude: tuple[str, ...]
    draft: bool
    theirs: bool
    prune: bool
    dry_run: bool
    explain: str | None
    wait: bool


@click.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--into",
    default="",
    metavar="PATH",
    help="Folder to import into, from the first mount's content root; made if it is not there.",
)
@click.option(
    "--layout",
    "layouts",
    multiple=True,
    metavar="PATTERN",
    help="Where files have their locale, such as 'content/{locale}/{path}' "
    "or '{path}.{locale}.{ext}'.",
)
@click.option("--locale", metavar="TAG", help="The locale of files that name none.")
@click.option("--type", "page_type", metavar="NAME", help="The type of pages, by its full name.")
@click.option(
    "--as",
    "as_kinds",
    multiple=True,
    nargs=2,
    metavar="KIND GLOB",
    help="What files become, whatever they look like: page, record, bundle, taxonomy, asset "
    "or ignore.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Files to leave out.")
@click.option("--draft", is_flag=True, help="Publish nothing; a later run without it does.")
@click.option("--theirs", is_flag=True, help="Take over what changed on disk and was edited here.")
@click.option("--prune", is_flag=True, help="Put what vanished from disk into the trash.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--explain", metavar="FILE", help="Say what becomes of one file, and do nothing.")
@click.option("--wait", is_flag=True, help="Return when searches find all of it.")
@click.pass_obj
def import_(settings: Settings, /, **said: Any) -> None:
    """Import a folder of files: pages, records, bundles, taxonomies, images.

    A second run takes over only what changed.  Ends with 1 if a file could not be
    imported; all others are.

    \b
    Example:
      hal-delivery import ~/site --into docs --wait
    """
    from hal_delivery.exchange import crew

    asked = _Asked(**said)
    # Others begin to load before this process does.
    crew.prepare(asked.source)

    from hal_delivery.bootstrap import opened_services
    from hal_delivery.commands.progress import Showing
    from hal_delivery.exchange.importing import bring_in

    with opened_services(settings) as services, Showing() as show:
        mount = next(iter(services.deliveries))
        target = target_of(mount, asked.into, option="--into")
        hooks = load_hooks(settings.config)
        plan = _planned(asked, mount, hooks, show)
        if asked.explain is not None:
            click.echo(explained(plan, asked.explain))
            return
        reading, orders = _reading(asked, mount, hooks), _orders(asked, target)
        with _saying_why(asked.into):
            found = bring_in(services.repository, plan, reading, orders, show)
        if asked.wait and not asked.dry_run:
            _wait(services, show)
    for line in report(plan, found, target, dry_run=asked.dry_run):
        click.echo(line)
    if not (asked.dry_run or asked.wait) and found.has_news:
        click.echo("The search index follows; hal-delivery index status says how far it is.")
    if not found.is_whole:
        click.get_current_context().exit(1)


def target_of(mount: Mount, into: str, *, option: str) -> str:
    """The absolute path of a folder that *option* names from the content root of *mount*."""
    try:
        steps = [names.checked_name(step) for step in into.strip("/").split("/") if step]
    except ContentError as problem:
        raise click.BadParameter(str(problem), param_hint=option) from None
    return "/".join([mount.content_root, *steps])


def _planned(asked: _Asked, mount: Mount, hooks: Hooks, show: Showing) -> Plan:
    from hal_delivery.exchange.survey import Options, survey

    switched_off = (("asset", f"*{suffix}") for suffix in sorted(hooks.switched_off))
    options = Options(
        layouts=asked.layouts,
        locale=asked.locale,
        default_locale=mount.default_locale,
        as_kinds=(*asked.as_kinds, *switched_off),
        exclude=asked.exclude,
        converters=frozenset(hooks.converters),
    )
    try:
        return survey(asked.source, options=options, progress=lambda n: show("files read", n, 0))
    except ValueError as problem:
        raise StartError(str(problem)) from None


def _reading(asked: _Asked, mount: Mount, hooks: Hooks) -> Reading:
    from hal_delivery.exchange.reading import Reading

    root = asked.source if asked.source.is_dir() else asked.source.parent
    locale = asked.locale or mount.default_locale
    return Reading(root, locale, hooks.converters, hooks.shortcodes)


def _orders(asked: _Asked, target: str) -> Orders:
    from hal_delivery.exchange.orders import PAGE, Orders

    return Orders(
        into=target,
        origin=str(asked.source.resolve()),
        page_type=asked.page_type or PAGE,
        draft=asked.draft,
        theirs=asked.theirs,
        prune=asked.prune,
        dry_run=asked.dry_run,
    )


@contextmanager
def _saying_why(into: str) -> Iterator[None]:
    """What stops all of an import, as its operator is told."""
    try:
        yield
    except StorageFull:
        raise StartError(
            "The disk is full. What is in is whole; make room and run it again to go on."
        ) from None
    except ContentError as problem:
        raise StartError(f"--into {into or '.'}: {problem}") from None


def _wait(services: Services, show: Showing) -> None:
    """Take everything into the indexes, a second's worth at a time."""
    for side, index in services.indexes.items():
        stage = f"{side.value} index"
        first = index.reached
        if not first:
            # There is none yet: the first step would be all of it.
            index.rebuild(partial(show, stage))
        while not index.catch_up(within=1.0):
            last = services.repository.position
            show(stage, index.reached - first, last - first)

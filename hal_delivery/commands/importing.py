"""``hal-delivery import``: a folder of files into the repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from content_repo import names
from content_repo.errors import ContentError, StorageFull
from content_repo.model import Kind
from hal_delivery.hooks import load_hooks
from hal_delivery.mounts import Mount
from hal_delivery.settings import Settings, StartError

if TYPE_CHECKING:
    from hal_delivery.bootstrap import Services
    from hal_delivery.commands.progress import Showing
    from hal_delivery.exchange.orders import Imported
    from hal_delivery.exchange.plan import Plan, Remark

#: Remarks that are printed; a site of broken files would bury all else.
_SHOWN: Final = 50

_PLURALS: Final = {
    Kind.DOCUMENT: "documents",
    Kind.FOLDER: "folders",
    Kind.BUNDLE: "resource bundles",
    Kind.TAXONOMY: "taxonomies",
    Kind.ASSET: "assets",
}


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
@click.option("--draft", is_flag=True, help="Publish nothing.")
@click.option("--theirs", is_flag=True, help="Take over what changed on disk and was edited here.")
@click.option("--prune", is_flag=True, help="Put what vanished from disk into the trash.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--explain", metavar="FILE", help="Say what becomes of one file, and do nothing.")
@click.option("--wait", is_flag=True, help="Return when searches find all of it.")
@click.pass_obj
def import_(
    settings: Settings,
    source: Path,
    into: str,
    layouts: tuple[str, ...],
    locale: str | None,
    page_type: str | None,
    as_kinds: tuple[tuple[str, str], ...],
    exclude: tuple[str, ...],
    *,
    draft: bool,
    theirs: bool,
    prune: bool,
    dry_run: bool,
    explain: str | None,
    wait: bool,
) -> None:
    """Import a folder of files: pages, records, bundles, taxonomies, images.

    A second run takes over only what changed.  Ends with 1 if a file could not be
    imported; all others are.

    \b
    Example:
      hal-delivery import ~/site --into docs --wait
    """
    # Imported here: they take longer than most commands.
    from hal_delivery.bootstrap import opened_services
    from hal_delivery.commands.progress import Showing
    from hal_delivery.exchange.importing import bring_in
    from hal_delivery.exchange.orders import PAGE, Orders
    from hal_delivery.exchange.reading import Reading
    from hal_delivery.exchange.survey import Options, survey

    with opened_services(settings) as services, Showing() as show:
        mount = next(iter(services.deliveries))
        target = target_of(mount, into, option="--into")
        hooks = load_hooks(settings.config)
        options = Options(
            layouts=layouts,
            locale=locale,
            default_locale=mount.default_locale,
            as_kinds=(*as_kinds, *(("asset", f"*{one}") for one in sorted(hooks.switched_off))),
            exclude=exclude,
            converters=frozenset(hooks.converters),
        )
        try:
            plan = survey(source, options=options, progress=lambda n: show("files read", n, 0))
        except ValueError as problem:
            raise StartError(str(problem)) from None
        if explain is not None:
            click.echo(explained(plan, explain))
            return
        orders = Orders(
            into=target,
            origin=str(source.resolve()),
            page_type=page_type or PAGE,
            draft=draft,
            theirs=theirs,
            prune=prune,
            dry_run=dry_run,
        )
        root = source if source.is_dir() else source.parent
        how = Reading(root, locale or mount.default_locale, hooks.converters, hooks.shortcodes)
        try:
            found = bring_in(services.repository, plan, how, orders, show)
        except StorageFull:
            raise StartError(
                "The disk is full. What is in is whole; make room and run it again to go on."
            ) from None
        except ContentError as problem:
            raise StartError(f"--into {into or '.'}: {problem}") from None
        if wait and not dry_run:
            _wait(services, show)
    for line in report(plan, found, target, dry_run=dry_run):
        click.echo(line)
    if not dry_run and not wait and found.counts["new"] + found.counts["changed"]:
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


def _wait(services: Services, show: Showing) -> None:
    """Take everything into the indexes, a second's worth at a time."""
    for side, index in services.indexes.items():
        first = index.reached
        while not index.catch_up(within=1.0):
            last = services.repository.position
            show(f"{side.value} index", index.reached - first, last - first)


def explained(plan: Plan, file: str) -> str:
    """What becomes of *file*, a path within the source, and by which reading of it."""
    file = file.removeprefix("./")
    for entry in plan.entries:
        for one in entry.sources:
            if one.path == file:
                facts = {
                    "becomes": entry.kind.value,
                    "read as": entry.role.value,
                    "at": entry.path,
                    "locale": one.locale or entry.locale or "none",
                    "translations share": entry.group or "none",
                    "key": entry.key or "none",
                }
                return "\n".join([file, *(f"  {name}: {value}" for name, value in facts.items())])
    for remark in plan.remarks:
        if remark.path == file:
            return str(remark)
    return f"{file}: nothing; it is left out, or not in the source."


def report(plan: Plan, found: Imported, target: str, *, dry_run: bool) -> list[str]:
    """What an import did, for the one who ran it."""
    counts = found.counts
    lines = [f"Locales by --layout '{one}'" for one in plan.layouts]
    done = counts["new"] + counts["changed"] + counts["trashed"] + counts["conflicts"]
    if done == 0 and found.is_whole:
        lines.append(f"Nothing to do: all {counts['unchanged']:,} are in {target} as they are.")
    else:
        kinds = (f"{found.kinds[kind.value]:,} {plural}" for kind, plural in _PLURALS.items())
        lines.append(
            f"{'Would import' if dry_run else 'Imported'} into {target}: " + ", ".join(kinds)
        )
        shown = ("new", "changed", "unchanged", "conflicts", "trashed")
        lines.append(", ".join(f"{counts[one]:,} {one}" for one in shown if counts[one]))
    if plan.left_out:
        reasons = (f"{number:,} {reason}" for reason, number in sorted(plan.left_out.items()))
        lines.append("Left out: " + ", ".join(reasons))
    if found.vanished and not counts["trashed"]:
        lines.append(f"{len(found.vanished):,} files are here no more; --prune would trash them:")
        lines += _some([f"  {one}" for one in found.vanished])
    refused = [one for one in found.remarks if one.skipped]
    lines += listed("could not be imported:", refused)
    return lines + listed("worth knowing:", [one for one in found.remarks if not one.skipped])


def listed(heading: str, remarks: list[Remark]) -> list[str]:
    """*remarks* below a heading, as many as anyone reads."""
    if not remarks:
        return []
    return [f"{len(remarks):,} {heading}", *_some([f"  {one}" for one in remarks])]


def _some(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return [*lines[:_SHOWN], f"  … and {rest:,} more"] if rest > 0 else lines

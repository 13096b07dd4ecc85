"""``hal-delivery export``: content back into files."""

from __future__ import annotations

from pathlib import Path

import click

from content_repo.model import Kind, Side
from hal_delivery.commands.reporting import counted, remarked
from hal_delivery.settings import Settings, StartError


@click.command()
@click.argument("target", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--from",
    "folder",
    default="",
    metavar="PATH",
    help="The folder that was imported into, from the first mount's content root.",
)
@click.option("--overwrite", is_flag=True, help="Replace files there that differ.")
@click.pass_obj
def export(settings: Settings, target: Path, folder: str, *, overwrite: bool) -> None:
    """Write the files that were imported back, byte for byte.

    What was edited or made here is written anew, and said.  Ends with 1 if a file
    could not be written; all others are.

    \b
    Example:
      hal-delivery export ~/site --from docs
    """
    from hal_delivery.bootstrap import opened_services
    from hal_delivery.commands.importing import target_of
    from hal_delivery.commands.progress import Showing
    from hal_delivery.exchange import exporting

    with opened_services(settings) as services, Showing() as show:
        path = target_of(next(iter(services.deliveries)), folder, option="--from")
        root = services.repository.reader(Side.DRAFT).at(path)
        if root is None or root.kind is not Kind.FOLDER:
            raise StartError(f"There is no folder {path}; --from names one by its path.")
        found = exporting.export(
            services.repository,
            root.id,
            target,
            overwrite=overwrite,
            progress=show,
        )
    click.echo(f"Exported {counted(found.files, 'file')}, {found.bytes:,} bytes, to {target}")
    for line in remarked("could not be written", found.remarks):
        click.echo(line)
    if any(one.skipped for one in found.remarks):
        click.get_current_context().exit(1)

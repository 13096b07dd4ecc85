"""The command line: ``hal-delivery``, for whoever runs the service.

Each command reads the settings, makes one call and says what came of it.  What
stops a command before it begins is one sentence on standard error, never a
traceback.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from hal_delivery import logs
from hal_delivery.auth.principal import ROLES
from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.commands.exporting import export
from hal_delivery.commands.importing import import_
from hal_delivery.commands.indexing import index
from hal_delivery.commands.links import links
from hal_delivery.mounts import Mount, load_mounts
from hal_delivery.settings import PREFIX, Settings, StartError, nearest

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: A folder to try an import with; it comes with the source tree.
_MANUAL: Final = Path(__file__).parents[1] / "docs"

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Commands(click.Group):
    """A group whose commands end with a sentence when they cannot begin."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except StartError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(error.exit_code)


class Lifetime(click.ParamType[timedelta]):
    """A length of time such as 30m, 8h or 7d."""

    name = "lifetime"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,8})([smhd])", value)
        if not found:
            self.fail(f"{value!r} is no length of time; write 30m, 8h or 7d.", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.group("hal-delivery", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hal-delivery")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Deliver content as HAL+JSON.

    Settings are environment variables that begin with HAL_DELIVERY_.

    \b
    Example:
      hal-delivery serve --demo
    """
    ctx.obj = Settings.from_env(os.environ)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen at; 0 takes any free one.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes.  [default: one per core, >= 2]")
@click.option(
    "--threads", type=click.IntRange(1), default=1, show_default=True, help="Threads per process."
)
@click.option("--demo", is_flag=True, help="Load the demo content if the repository is empty.")
@click.pass_obj
def serve(
    settings: Settings, host: str, port: int, workers: int | None, threads: int, demo: bool
) -> None:
    """Serve all mounts until interrupted.

    Put a proxy in front of it in production, and let it listen on this machine only.

    \b
    Example:
      HAL_DELIVERY_DATA_DIR=var/demo hal-delivery serve --demo --port 8080
    """
    # Imported here, as they take longer than all other commands together.
    from hal_delivery import indexing, server
    from hal_delivery.bootstrap import prepare

    logs.configure(settings.log_level, settings.log_format)
    load_mounts(settings.config)
    listener = server.reserve(host, port)
    prepare(settings, demo=demo)

    def load() -> WSGIApplication:
        from hal_delivery.app import create_app

        return create_app(settings)

    server.serve(
        load,
        listener,
        workers=workers or server.default_workers(),
        threads=threads,
        log_level=settings.log_level,
        when_ready=lambda: click.echo(_welcome(settings, listener.url)),
        beside=lambda: indexing.run(settings),
    )


@main.command()
@click.option("--mount", required=True, help="The mount that the token is for, by its name.")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@click.option(
    "--lifetime", type=Lifetime(), default="8h", show_default=True, help="Such as 30m, 8h or 7d."
)
@click.option("--name", default="operator", show_default=True, help="Who acts by this token.")
@click.pass_obj
def token(settings: Settings, mount: str, role: str, lifetime: timedelta, name: str) -> None:
    """Print a token to read or edit at one mount.

    Nothing else is printed, so that the output can be used as it is.

    \b
    Example:
      curl -H "Authorization: Bearer $(hal-delivery token --mount preview)" \\
        http://127.0.0.1:8080/preview/api
    """
    names = [known.name for known in load_mounts(settings.config)]
    if mount not in names:
        raise click.BadParameter(f"there is no mount {mount}. {nearest(mount, names)}")
    signer = TokenSigner.load_or_create(settings.data_dir)
    try:
        click.echo(signer.issue(mount, role, lifetime, name))
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


for command in (index, import_, export, links):
    main.add_command(command)


def _welcome(settings: Settings, url: str) -> str:
    """Where the service is, and what to type next, ready to be pasted."""
    # Read again: loading the demo may have written the file of mounts.
    mounts = load_mounts(settings.config)
    lines = [f"Serving {url} from the data folder {settings.data_dir}. Stop with Ctrl-C.", ""]
    return "\n".join([*lines, "Try next:", *_commands_to_try(settings, url, mounts), ""])


def _commands_to_try(settings: Settings, url: str, mounts: Iterable[Mount]) -> list[str]:
    commands = []
    public = next((mount for mount in mounts if mount.readers == "public"), None)
    closed = next((mount for mount in mounts if mount.readers == "token"), None)
    if public:
        commands.append(f"curl -s {url}{public.base}")
    if closed:
        make_token = f"{_this_command(settings)} token --mount {closed.name}"
        bearer = f'"Authorization: Bearer $({make_token})"'
        commands += [make_token, f"curl -s -H {bearer} {url}{closed.base}"]
    if _MANUAL.is_dir():
        folder = shlex.quote(str(_from_here(_MANUAL)))
        commands.append(f"{_this_command(settings)} import {folder} --into manual")
    return [f"  {command}" for command in commands]


def _this_command(settings: Settings) -> str:
    """This very command, to be typed in this folder, with the same data and mounts."""
    program = _from_here(Path(sys.argv[0]))
    variables = {"DATA_DIR": str(settings.data_dir)}
    if settings.config.parent != settings.data_dir:
        variables["CONFIG"] = str(settings.config)
    given = [f"{PREFIX}{name}={shlex.quote(value)}" for name, value in variables.items()]
    return " ".join([*given, shlex.quote(str(program))])


def _from_here(path: Path) -> Path:
    """*path* as somebody in this folder would type it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


if __name__ == "__main__":
    main()

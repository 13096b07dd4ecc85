"""The command line and the rules of imports, as rows of tables.

Read from what the commands themselves read: click's objects, and the sets of
suffixes that imports go by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from hal_delivery.exchange import roles, walking
from hal_delivery.exchange.formats import categories, messages, records, skos
from hal_delivery.exchange.ignoring import FILE
from hal_delivery.exchange.orders import PAGE, RECORD
from hal_delivery.exchange.plan import Role
from hal_delivery.exchange.survey import Options


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, by its whole name."""
    here = f"{above} {group.name}".strip()
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, here)
        else:
            yield f"{here} {name}", command


def summaries(group: click.Group) -> Iterator[tuple[str, ...]]:
    """Each command, with the first line of its help."""
    for name, command in commands(group):
        yield f"`{name}`", (command.help or "").partition("\n")[0]


def options(command: click.Command) -> Iterator[tuple[str, ...]]:
    """Each argument and option of a command: how it is written, its value, and its help."""
    context = click.Context(command)
    for one in command.params:
        if isinstance(one, click.Option):
            shown, meaning = one.get_help_record(context) or ("", "")
            name, _, value = shown.rpartition(", ")[2].partition(" ")
            yield f"`{name}`", f"`{value}`" if value else "", " ".join(meaning.split())
        else:
            yield f"`{one.make_metavar(context)}`", "", "Has to be given."


def import_rules() -> Iterator[tuple[str, ...]]:
    """What becomes of which file; the first row that fits decides."""
    tree = f"{roles.TERRITORIES}.json"
    yield (
        f"below a folder called {_listed(walking.TOOLS)}; what `{FILE}` or `--exclude` leaves out; "
        "links, sockets, devices, pipes",
        "nothing; counted. Links are never followed",
    )
    yield (
        f"SKOS in {_listed(skos.SUFFIXES)}",
        "taxonomy; a category's key is its notation, else the end of its address",
    )
    yield (
        f"{_listed(categories.SUFFIXES)} with one list of records that name their parents, or "
        f"hold `categories` or `children`; `{tree}` with `names/`",
        "taxonomy, called after the file, or after the folder where the file's name says nothing",
    )
    yield (
        f"{_listed(roles.BUNDLES)}; a folder in which two or more of {_listed(messages.SUFFIXES)} "
        "are called by a locale and hold texts only",
        "resource bundle: one for all of its locales; the basename is the path below the import, "
        "with dots for slashes",
    )
    yield f"{_listed(roles.PAGES)}; further suffixes by converters", f"document of `{PAGE}`"
    yield f"{_listed(records.SUFFIXES)} with any other map", f"document of `{RECORD}`"
    yield "everything else", "asset, under the whole name of the file"


def sizes() -> str:
    """The most that is read of one file."""
    page, taxonomy, other = (
        f"{count // 2**20} MiB"
        for count in (roles.LARGEST[Role.PAGE], roles.LARGEST_SHOWN, Options().largest)
    )
    return (
        f"A page, a record or a file of messages has at most {page}, a taxonomy {taxonomy}, any "
        f"other file {other}; a larger one is told and left out."
    )


def _listed(some: Iterable[str]) -> str:
    return " ".join(f"`{one}`" for one in sorted(some))

"""Whatever can be asked, met or set has its entry in the manual."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields

import click
import pytest

from docs import generate
from hal_delivery.cli import main
from hal_delivery.mounts import Mount
from hal_delivery.settings import PREFIX, SETTINGS
from hal_delivery.surfaces.content.relations import RELATIONS, curied
from hal_delivery.web.failures import rows
from hal_delivery.web.vocabulary import VOCABULARY

#: The words of the design, one for each thing.
WORDS = (
    *("node", "folder", "document", "resource bundle", "taxonomy", "category", "asset"),
    *("document type", "field", "path", "address", "rank", "revision", "side", "draft"),
    *("published", "change", "change log", "position", "store", "transaction", "query"),
    *("sort key", "hits", "window", "page", "resource", "relation", "embedded", "projection"),
    *("mount", "principal", "permission", "policy", "surface", "failure"),
)


def command_lines(group: click.Group, above: str = "hal-delivery") -> Iterable[str]:
    """Every command that can be typed."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from command_lines(command, f"{above} {name}")
        else:
            yield f"{above} {name}"


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*VOCABULARY], id="parameters"),
        pytest.param([curied(name) for name in RELATIONS], id="relations"),
        pytest.param([*rows()], id="problems"),
        pytest.param([PREFIX + setting.name for setting in SETTINGS], id="settings"),
        pytest.param([*command_lines(main)], id="commands"),
        pytest.param([field.name for field in fields(Mount)], id="keys of mounts"),
    ],
)
def test_the_reference_has_an_entry_for_each(names: list[str], page: Callable[[str], str]) -> None:
    """Each name begins a row of one of the tables."""
    entries = set(re.findall(r"^\| `([^`]+)` \|", page("docs/reference.md"), re.MULTILINE))

    assert set(names) - entries == set()


def test_the_reference_is_current(page: Callable[[str], str]) -> None:
    """When a table in the code changes, ``python -m docs.generate`` is run again."""
    assert page("docs/reference.md") == generate.reference()


def test_every_word_is_explained(page: Callable[[str], str]) -> None:
    """The glossary has the words that code, addresses and manual use."""
    explained = re.findall(r"^\*\*([^*]+)\*\*", page("docs/glossary.md"), re.MULTILINE)

    assert set(WORDS) - set(explained) == set()
    assert explained == sorted(explained)

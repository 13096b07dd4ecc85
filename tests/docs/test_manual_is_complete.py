"""Whatever can be asked, met or set has its entry in the manual."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

import click
import pytest

from docs import generate
from hal_delivery.cli import main
from hal_delivery.hooks import HookError, Hooks, load_hooks
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
    *("import", "export", "source", "layout", "translation", "record", "shortcode"),
    *("hook", "converter", "processor"),
)

ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def commands(group: click.Group, above: str = "hal-delivery") -> Iterable[tuple[str, set[str]]]:
    """Every command that can be typed, and its options."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above} {name}")
        else:
            options = (one for one in command.params if isinstance(one, click.Option))
            yield f"{above} {name}", {one.opts[-1] for one in options}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([*VOCABULARY], id="parameters"),
        pytest.param([curied(name) for name in RELATIONS], id="relations"),
        pytest.param([*rows()], id="problems"),
        pytest.param([PREFIX + setting.name for setting in SETTINGS], id="settings"),
        pytest.param([name for name, _ in commands(main)], id="commands"),
        pytest.param([field.name for field in fields(Mount)], id="keys of mounts"),
    ],
)
def test_the_reference_has_an_entry_for_each(names: list[str], page: Callable[[str], str]) -> None:
    """Each name begins a row of one of the tables."""
    assert set(names) - set(ROW.findall(page("docs/reference.md"))) == set()


def test_each_command_has_a_table_of_its_options(page: Callable[[str], str]) -> None:
    """Below its own heading, all of them and no others."""
    parts = re.split(r"^##+ ", page("docs/reference.md"), flags=re.MULTILINE)
    tables = {title: text for title, _, text in (part.partition("\n") for part in parts)}

    for name, options in commands(main):
        rows = {one for one in ROW.findall(tables.get(f"`{name}`", "")) if one.startswith("--")}
        assert rows == options


def test_the_tables_of_hooks_are_those_that_are_read(
    page: Callable[[str], str], tmp_path: Path
) -> None:
    """What the reference lists is accepted, and whatever else is refused with one of them."""
    config = tmp_path / "hal-delivery.toml"
    config.write_text("".join(f"[hooks.{key}]\n" for key in generate.HOOK_KEYS), "utf-8")
    assert load_hooks(config) == Hooks()

    config.write_text("[hooks.other]\n", "utf-8")
    with pytest.raises(HookError) as refused:
        load_hooks(config)
    assert all(key in str(refused.value) for key in generate.HOOK_KEYS)


def test_the_reference_is_current(page: Callable[[str], str]) -> None:
    """When a table in the code changes, ``python -m docs.generate`` is run again."""
    assert page("docs/reference.md") == generate.reference()


def test_every_word_is_explained(page: Callable[[str], str]) -> None:
    """The glossary has the words that code, addresses and manual use."""
    explained = re.findall(r"^\*\*([^*]+)\*\*", page("docs/glossary.md"), re.MULTILINE)

    assert set(WORDS) - set(explained) == set()
    assert explained == sorted(explained)

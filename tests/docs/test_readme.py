"""The README is true of this tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from hal_delivery.mounts import load_mounts
from hal_delivery.settings import settings_table
from tests.docs.conftest import Reader
from tests.docs.console import blocks
from tests.operations.processes import ROOT


def test_its_commands_print_what_it_shows(reader: Reader) -> None:
    """The first requests that somebody tries give the answers that are shown."""
    differences = reader.follow(ROOT / "README.md")

    assert not differences, "\n\n".join(differences)


def test_the_table_of_settings_is_current(page: Callable[[str], str]) -> None:
    """Every setting is in the README, as the service reads it."""
    assert settings_table() in page("README.md")


def test_the_example_of_mounts_can_be_served(page: Callable[[str], str], tmp_path: Path) -> None:
    """The TOML that is shown is a valid file of mounts."""
    (example,) = blocks(page("README.md"), "toml")
    config = tmp_path / "hal-delivery.toml"
    config.write_text(example, "utf-8")

    assert [mount.name for mount in load_mounts(config)] == ["site", "dutch", "preview"]


def test_the_make_commands_exist(page: Callable[[str], str]) -> None:
    """Whatever is to be typed after make is a target."""
    targets = set(re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE))
    named = {
        name
        for file in ("README.md", "CONTRIBUTING.md", "docs/tutorial.md")
        for name in re.findall(r"(?:^|`)make ([a-z]+)", page(file), re.MULTILINE)
    }

    assert named
    assert named <= targets


def test_its_links_lead_somewhere(page: Callable[[str], str]) -> None:
    """A link to a file of the tree finds the file, from whatever page it is on."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{file.name}: {target}"
        for file in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8"))
        if not (file.parent / target).exists()
    ]

    assert broken == []

"""The README is true of this tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hal_delivery.exchange.formats.documents import read
from hal_delivery.hooks import hook, load_hooks
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
    example, _ = blocks(page("README.md"), "toml")
    config = tmp_path / "hal-delivery.toml"
    config.write_text(example, "utf-8")

    assert [mount.name for mount in load_mounts(config)] == ["site", "dutch", "preview"]


def test_the_example_of_hooks_does_what_it_says(
    page: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The functions that are shown are found by the TOML that is shown, and can be called."""
    _, names = blocks(page("README.md"), "toml")
    (functions,) = blocks(page("README.md"), "python")
    (tmp_path / "my_site.py").write_text(functions, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    config = tmp_path / "hal-delivery.toml"
    config.write_text(names, "utf-8")

    hooks = load_hooks(config)
    found = read(
        b"== A\n\n{{< youtube x1 >}}\n",
        suffix=".adoc",
        name="a",
        converters=hooks.converters,
        shortcodes=hooks.shortcodes,
    )
    (mount,) = load_mounts(config)
    (processor,) = (hook(config, one) for one in mount.processors)

    assert hooks.switched_off == {".html"}
    assert "<h2>A</h2>" in found.fields["content"]
    assert 'href="https://www.example.org/watch/x1"' in found.fields["content"]
    assert processor({"title": "A"}) == {"title": "A", "brand": "Tideline"}


def headings(file: Path) -> set[str]:
    """What the headings of a page are called in links."""
    found = re.findall(r"^#+ (.+)$", without_code(file), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in found}


def test_its_links_lead_to_headings() -> None:
    """A link to a part of a page finds the part."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{file.name}: {target}#{part}"
        for file in pages
        for target, part in re.findall(r"\]\(([^)#:]*\.md)#([^)]+)\)", without_code(file))
        if part not in headings(file.parent / target)
    ]

    assert broken == []


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


def without_code(file: Path) -> str:
    """A page without its blocks of code, whose links are others'."""
    return re.sub(r"^```.*?^```$", "", file.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_its_links_lead_somewhere(page: Callable[[str], str]) -> None:
    """A link to a file of the tree finds the file, from whatever page it is on."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{file.name}: {target}"
        for file in pages
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", without_code(file))
        if not (file.parent / target).exists()
    ]

    assert broken == []

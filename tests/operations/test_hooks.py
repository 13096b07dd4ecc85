"""Functions of the operator's own, named in the file of mounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hal_delivery.bootstrap import build_services
from hal_delivery.hooks import HookError, hook, load_hooks
from hal_delivery.settings import Settings
from tests.surfaces.content.studio import MOUNTS, opened

HERE = "tests.operations.test_hooks"


def branded(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "brand": document["_meta"]["name"].upper()}


def heading(content: bytes) -> str:
    return f"<h1>{content.decode()}</h1>"


def written(folder: Path, text: str) -> Path:
    file = folder / "hal-delivery.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_table_there_are_none(tmp_path: Path) -> None:
    """Neither a file without hooks nor no file at all is a mistake."""
    for file in (written(tmp_path, ""), tmp_path / "nowhere.toml"):
        assert load_hooks(file).converters == {}


def test_converters_and_shortcodes_are_found(tmp_path: Path) -> None:
    """By module and function; a suffix may be written with its dot or without."""
    found = load_hooks(
        written(
            tmp_path,
            f"""
            [hooks.converters]
            adoc = "{HERE}:heading"
            ".HTML" = ""
            [hooks.shortcodes]
            youtube = "{HERE}:heading"
            """,
        )
    )

    assert found.converters[".adoc"](b"x") == "<h1>x</h1>"
    assert list(found.shortcodes) == ["youtube"]
    assert found.switched_off == {".html"}


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("heading", "module:function"),
        ("nowhere_at_all:heading", "cannot be imported"),
        (f"{HERE}:headin", "Did you mean heading?"),
        (f"{HERE}:HERE", "not callable"),
    ],
)
def test_a_hook_that_is_not_there_is_told(tmp_path: Path, reference: str, told: str) -> None:
    """The complaint names the file, what was written there, and what was probably meant."""
    with pytest.raises(HookError) as refused:
        hook(tmp_path / "mounts.toml", reference)

    assert "mounts.toml" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("[hooks]\nconverter = {}", "Did you mean converters?"),
        ("[hooks]\nconverters = 'x'", "must be a table"),
    ],
)
def test_a_table_of_another_form_is_told(tmp_path: Path, table: str, told: str) -> None:
    """Before anything is imported with half of the hooks."""
    with pytest.raises(HookError, match=r"hal-delivery\.toml") as refused:
        load_hooks(written(tmp_path, table))

    assert told in str(refused.value)


def test_a_processor_has_the_last_word(tmp_path: Path) -> None:
    """On each document of its mount, alone and in lists; on no other mount."""
    mounts = MOUNTS.replace(
        'base = "/site/api"', f'base = "/site/api"\nprocessors = ["{HERE}:branded"]'
    )
    with opened(tmp_path, mounts) as studio:
        studio.document("one")
        assert studio.site.read("/documents/one")["brand"] == "ONE"
        assert studio.site.documents("/documents/")[0]["brand"] == "ONE"
        assert "brand" not in studio.preview.read("/documents/one")


def test_a_processor_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    """Nobody learns of it from a request that fails."""
    mounts = MOUNTS.replace('base = "/site/api"', 'base = "/site/api"\nprocessors = ["a.b:c"]')
    written(tmp_path, mounts)
    with pytest.raises(HookError, match=r"a\.b:c"):
        build_services(Settings.from_env({"HAL_DELIVERY_DATA_DIR": str(tmp_path)}))

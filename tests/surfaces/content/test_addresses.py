"""Addresses: every node is reached by its path, whatever its names."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content_repo import Kind, names
from content_repo.errors import InvalidName
from tests.surfaces.content.studio import ROOT, Studio


def _is_name(text: str) -> bool:
    try:
        names.checked_name(text)
    except InvalidName:
        return False
    return True


_NAMES = st.text(
    st.one_of(st.sampled_from("\n\r\t %?#.;a\x85\u2028é+"), st.characters(codec="utf-8")),
    max_size=12,
).filter(_is_name)


@pytest.mark.parametrize("name", ["a\nb", "\na", "a\n", "\n", "a\r\nb", "a%0Ab", " ", "a\u2028b"])
def test_line_ends_in_names_are_part_of_paths(studio: Studio, name: str) -> None:
    """Documents, folders and assets of such a name are read by path, alone and below others."""
    id = studio.document(f"{name}/{name}")
    above = studio.folder(f"{ROOT}/{name}")
    with studio.writing() as tx:
        tx.publish(tx.create(Kind.ASSET, above, f"{name}.png"))
    path = quote(f"{name}/{name}")

    for collection in ("documents", "note"):
        assert studio.site.read(f"/{collection}/{path}")["_meta"]["id"] == id
    assert studio.site.read(f"/folders/{quote(name)}")["_meta"]["name"] == name
    assert studio.site.read(f"/assets/{path}.png")["_meta"]["name"] == f"{name}.png"


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_NAMES)
def test_every_name_that_can_be_stored_is_reached(studio: Studio, name: str) -> None:
    """What is stored under any name is read by its path."""
    root = studio.folder(ROOT)
    with studio.writing() as tx:
        id = tx.create(Kind.DOCUMENT, root, name, type="play:note")
    found = studio.preview.get(f"/documents/{quote(name, safe='')}")
    with studio.writing() as tx:
        tx.purge(id)

    assert found.get_json(force=True)["_meta"]["id"] == id

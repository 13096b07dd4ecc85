"""The tutorial's commands print what it shows."""

from __future__ import annotations

from tests.docs.conftest import Reader
from tests.operations.processes import ROOT


def test_the_tutorial_can_be_followed(reader: Reader) -> None:
    """Typed one after the other against the demo, each command prints what is shown."""
    differences = reader.follow(ROOT / "docs" / "tutorial.md")

    assert not differences, "\n\n".join(differences)

"""An import that was killed is finished by running it again."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import imports


def test_a_killed_import_ends_in_the_same_state(tmp_path: Path) -> None:
    """After kill -9 at a random moment, another run leaves what an undisturbed one leaves."""
    assert imports.survives(tmp_path, pages=400, kills=2, seed=7) >= 2

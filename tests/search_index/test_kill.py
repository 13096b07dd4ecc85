"""Whenever a process is killed, nothing has to be mended by hand."""

from __future__ import annotations

from pathlib import Path

from tests.chaos import index


def test_killed_at_every_named_step(tmp_path: Path) -> None:
    """Before and after each step of adding, committing, merging, building, exchanging, mending."""
    assert index.survives_steps(tmp_path, index.STEPS) == []


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Within a write, a commit or a search: what was acknowledged is there, and is found."""
    index.survives_random_kills(tmp_path, kills=6, seed=2)

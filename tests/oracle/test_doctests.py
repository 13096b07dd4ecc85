"""The examples of the two judges, in their own words."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
MODULES = sorted(
    f"tests.{folder}.{path.stem}"
    for folder in ("oracle", "quality")
    for path in (TESTS / folder).glob("*.py")
    if ">>>" in path.read_text("utf-8") and path != Path(__file__)
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    """Every example in a docstring gives what it says."""
    failed, tried = doctest.testmod(importlib.import_module(name))

    assert tried > 0
    assert failed == 0

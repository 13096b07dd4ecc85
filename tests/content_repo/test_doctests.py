"""The examples in the package's own words."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import content_repo

FOLDER = Path(content_repo.__file__).parent
MODULES = sorted(
    ".".join(("content_repo", *path.relative_to(FOLDER).with_suffix("").parts))
    for path in FOLDER.rglob("*.py")
    if ">>>" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    """Every example in a docstring gives what it says."""
    failed, tried = doctest.testmod(importlib.import_module(name))

    assert tried > 0
    assert failed == 0

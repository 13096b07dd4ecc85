"""The examples in the packages' own READMEs run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.console import blocks
from tests.operations.processes import ROOT, environment


@pytest.mark.parametrize(
    ("package", "printed"),
    [("content_repo", "recipes"), ("search_index", "position")],
)
def test_the_example_runs_as_it_stands(package: str, printed: str, tmp_path: Path) -> None:
    """Pasted into a file in an empty folder, it prints what it found."""
    (example,) = blocks((ROOT / package / "README.md").read_text("utf-8"), "python")

    ended = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert printed in ended.stdout

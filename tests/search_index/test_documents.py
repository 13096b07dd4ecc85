"""What is written about the package is true."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from content_repo import Repository, Side
from search_index import WhooshIndex
from tests.search_index.content import AGES, found, paths, put, query

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["analysis", "flatten", "meaning", "parsing"])
def test_examples_in_docstrings(name: str) -> None:
    """Each example gives what it says."""
    result = doctest.testmod(importlib.import_module(f"search_index.{name}"))

    assert result.attempted > 0
    assert result.failed == 0


def test_the_readme_runs(tmp_path: Path) -> None:
    """The lines of the README run as they stand, and find something."""
    (code,) = re.findall("```python\n(.*?)```", (ROOT / "search_index/README.md").read_text(), re.S)
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=AGES,
    )  # fmt: skip

    assert ran.stderr == ""
    assert ran.stdout.startswith("Hits(ids=('")


def test_a_word_in_the_title_counts_more(repository: Repository, tmp_path: Path) -> None:
    """Without a sort the best comes first; a title is better than a body, ties go by path."""
    put(repository, "site/a", title="nothing", intro="needle")
    put(repository, "site/c", title="needle")
    put(repository, "site/b", title="needle")
    put(repository, "site/d", title="nothing", intro="needle" + " hay" * 50)
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=AGES)

    assert paths(repository, found(index, query("needle"))) == ["b", "c", "a", "d"]
    index.close()


def test_many_changes_are_taken_in_beside_the_search(
    repository: Repository, tmp_path: Path
) -> None:
    """What is too much for a search is followed by a thread, and segments stay few."""
    put(repository, "site/0")
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=AGES)
    assert index.search(query()).total == 1
    for number in range(1, 41):
        put(repository, f"site/{number}", title=f"needle{number}")
        if number < 20:
            assert index.search(query(f"needle{number}")).total == 1

    assert index.search(query()).total == 41
    assert index.status()["segments"] <= 9
    assert index.verify() == []
    index.close()


def test_an_index_without_patience_answers_from_where_it_is(
    repository: Repository, tmp_path: Path
) -> None:
    """Who cannot be in step in time answers as of the position that it names."""
    put(repository, "site/a")
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=0.0)
    assert index.catch_up()
    position = index.position
    with index._folder.writing(None):
        put(repository, "site/b")
        hits = index.search(query())
        assert (hits.total, hits.position) == (1, position)
        assert not index.catch_up(within=0.01)
    hits = index.search(query())

    assert hits.total == 2
    assert hits.position == repository.committed_position()
    index.close()

"""A repository for each test, copied from one that was migrated once."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from content_repo import Repository
from tests.search_index.content import TYPES, opened


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a repository that holds types and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    repository = opened(folder, migrate=True)
    with repository.write() as tx:
        tx.define(TYPES)
    repository.close()
    return folder


@pytest.fixture
def folder(empty: Path, tmp_path: Path) -> Path:
    """A copy of it for one test; the index goes there too."""
    return Path(shutil.copytree(empty, tmp_path / "repository"))


@pytest.fixture
def repository(folder: Path) -> Iterator[Repository]:
    """The repository of one test, its clock a millisecond on at each look."""
    repository = opened(folder, clock=itertools.count(1_000_000).__next__)
    yield repository
    repository.close()

"""A repository of its own for each test, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from content_repo import Reader, Repository, Side
from tests.content_repo import stores
from tests.content_repo.stores import Clock, Store


@pytest.fixture(params=stores.BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The database's name: a test that asks for it runs on each of them."""
    name: str = request.param
    return name


@pytest.fixture
def store(backend: str, tmp_path: Path) -> Iterator[Store]:
    with stores.fresh(backend, tmp_path) as store:
        yield store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository(store: Store, clock: Clock) -> Iterator[Repository]:
    with store.opened(clock=clock) as repository:
        yield repository


@pytest.fixture
def draft(repository: Repository) -> Reader:
    return repository.reader(Side.DRAFT)


@pytest.fixture
def published(repository: Repository) -> Reader:
    return repository.reader(Side.PUBLISHED)

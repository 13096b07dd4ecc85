"""Databases to test with: each test finds one as if it had just been prepared.

On SQLite that is a copy of a file.  PostgreSQL takes a third of a second to copy
a database, so there each test process has one, and its rows are put back.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from content_repo import DocumentType, Field, FieldKind, Repository
from content_repo.sql.tables import metadata
from tests import postgres

BACKENDS: Final = ("sqlite", "postgres")

PAGE: Final = "play:page"
NOTE: Final = "play:note"

#: Types with every kind of field; in the repository of every test.
TYPES: Final = (
    DocumentType(
        name="play:base",
        abstract=True,
        fields=(Field(name="content", kind=FieldKind.RICH_TEXT),),
    ),
    DocumentType(
        name=PAGE,
        base="play:base",
        fields=(
            Field(name="title", kind=FieldKind.STRING),
            Field(name="summary", kind=FieldKind.TEXT),
            Field(name="words", kind=FieldKind.STRING, multiple=True),
            Field(name="ready", kind=FieldKind.BOOLEAN),
            Field(name="count", kind=FieldKind.INTEGER),
            Field(name="price", kind=FieldKind.NUMBER),
            Field(name="date", kind=FieldKind.DATE),
            Field(name="author", kind=FieldKind.COMPOUND, type="play:person"),
            Field(name="parts", kind=FieldKind.COMPOUND, multiple=True),
            Field(name="above", kind=FieldKind.MIRROR),
            Field(name="related", kind=FieldKind.MIRROR, multiple=True),
            Field(name="image", kind=FieldKind.IMAGE_LINK),
            Field(name="topics", kind=FieldKind.TAXONOMY_KEYS),
            Field(name="extra", kind=FieldKind.JSON),
        ),
    ),
    DocumentType(name=NOTE, open=True, fields=(Field(name="title", kind=FieldKind.STRING),)),
    DocumentType(
        name="play:person",
        compound=True,
        fields=(
            Field(name="name", kind=FieldKind.STRING, required=True),
            Field(name="home", kind=FieldKind.MIRROR),
        ),
    ),
    DocumentType(
        name="play:employee",
        base="play:person",
        compound=True,
        fields=(Field(name="office", kind=FieldKind.STRING),),
    ),
    DocumentType(
        name="play:box",
        compound=True,
        fields=(Field(name="inner", kind=FieldKind.COMPOUND),),
    ),
)


class Clock:
    """A clock that goes on by a second at every look."""

    def __init__(self, start: int = 1_700_000_000_000) -> None:
        self.time = start

    def __call__(self) -> int:
        self.time += 1000
        return self.time


@dataclass(frozen=True, slots=True)
class Store:
    """Where a repository is kept."""

    url: str
    folder: Path

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def opened(
        self, *, clock: Callable[[], int] | None = None, migrate: bool = False
    ) -> Iterator[Repository]:
        """The repository, closed when the block ends."""
        with _opened(self.url, self.folder, clock=clock, migrate=migrate) as repository:
            yield repository

    def rows(self, statement: str) -> list[Any]:
        """All rows of *statement*, on a connection of its own."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.execute(sa.text(statement)))


@contextmanager
def _opened(
    url: str, folder: Path, *, clock: Callable[[], int] | None = None, migrate: bool
) -> Iterator[Repository]:
    repository = Repository.open(url, folder, clock=clock or Clock(), migrate=migrate)
    try:
        yield repository
    finally:
        repository.close()


@contextmanager
def fresh(backend: str, folder: Path) -> Iterator[Store]:
    """A repository with the standard folders and :data:`TYPES`."""
    if backend == "sqlite":
        file = folder / "content.sqlite3"
        shutil.copyfile(_sqlite_template(folder.parent), file)
        yield Store(f"sqlite:///{file}", folder)
    else:
        url = _postgres_database(folder.parent)
        _put_rows_back(url)
        yield Store(url, folder)


@contextmanager
def empty(backend: str, folder: Path) -> Iterator[Store]:
    """A database without any table."""
    if backend == "sqlite":
        yield Store(f"sqlite:///{folder / 'content.sqlite3'}", folder)
    else:
        with postgres.database() as url:
            yield Store(url, folder)


@cache
def _sqlite_template(folder: Path) -> Path:
    file = folder / "template.sqlite3"
    prepare(f"sqlite:///{file}", folder / "template")
    return file


@cache
def _postgres_database(folder: Path) -> str:
    url = postgres.server().url(postgres.server().create())
    prepare(url, folder / "template-postgres")
    tables = (f'CREATE TABLE kept."{name}" AS TABLE public."{name}"' for name in metadata.tables)
    _run(url, "CREATE SCHEMA kept", *tables)
    return url


def _put_rows_back(url: str) -> None:
    tables = ", ".join(f'public."{name}"' for name in metadata.tables)
    _run(
        url,
        # A writer that was killed may leave its session behind for a moment.
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        f"TRUNCATE {tables}",
        *(f'INSERT INTO public."{name}" TABLE kept."{name}"' for name in metadata.tables),
    )


def _run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def prepare(url: str, folder: Path) -> None:
    """Make the schema, the standard folders and the types."""
    with _opened(url, folder, migrate=True) as repository, repository.write() as tx:
        tx.define(TYPES)

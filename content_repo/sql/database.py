"""Opening a database, locking it for a write, bringing its schema up to date.

Writers are serialised.  SQLite allows one at a time anyway; on PostgreSQL a
transaction-level advisory lock is taken as the write begins.  Positions are
handed out under it, hence dense and in commit order, no two writers can
deadlock, and a revision that was checked is still the revision when it is
written.  (As positions need the lock until the commit is on disk, taking it
later would let only the few statements before it overlap.)
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from content_repo.errors import DatabaseUnavailable, StorageFull

#: Any number will do, as long as all writers of a database use the same.
_WRITE_LOCK: Final = 0x48414C

#: KiB of an SQLite file that each reader keeps: what is above all leaves, and the documents that
#: are asked for most, some four thousand; its own 2 MB are read anew all the time.
_READ_CACHE: Final = 32_768

#: PostgreSQL's code for it (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_DISK_FULL: Final = "53100"

_MIGRATIONS: Final = Path(__file__).parents[1] / "migrations"


class Database:
    """One SQLite file or one PostgreSQL database.

    Reads run on a connection that each thread keeps, outside any transaction,
    through the driver itself: on the way of every request, SQLAlchemy's own
    execution costs more than the statement.
    """

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(self.url, **self._engine_options())
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _configure_sqlite)
            # A transaction that only turns into a write later may be refused.
            sa.event.listen(self.engine, "begin", _begin_immediate)
        # As the driver itself raises it, and as it comes out of connecting.
        self._failures = (
            self.engine.dialect.loaded_dbapi.OperationalError,
            sa.exc.OperationalError,
        )
        self._local = threading.local()
        self._process = os.getpid()

    def _engine_options(self) -> dict[str, Any]:
        # A pool would only pass connections between threads; SQLite gains
        # nothing by that, and a checkpoint on close is one more than needed.
        return {} if self.is_sqlite else {"pool_size": 2, "max_overflow": 8}

    # -- reading ----------------------------------------------------------

    def fetch(self, statement: str, parameters: Any) -> list[tuple[Any, ...]]:
        """All rows of *statement*, given in the driver's own words.

        :class:`DatabaseUnavailable` where the database does not answer.
        """
        try:
            return self._fetch(statement, parameters)
        except self._failures:
            # A server that restarted took the connection with it.  Reading
            # again is harmless; a second failure is the caller's to know.
            self.forget_connection()
        try:
            return self._fetch(statement, parameters)
        except self._failures as problem:
            raise DatabaseUnavailable from problem

    def _fetch(self, statement: str, parameters: Any) -> list[tuple[Any, ...]]:
        cursor = self._reading_connection().cursor()
        try:
            cursor.execute(statement, parameters)
            return cursor.fetchall()  # type: ignore[no-any-return]
        finally:
            cursor.close()

    def _reading_connection(self) -> Any:
        self._forsake_parent()
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is None:
            kept = self._local.kept = _Kept(self.engine.raw_connection())
            if self.is_sqlite:
                kept.connection.isolation_level = None
                kept.connection.execute(f"PRAGMA cache_size=-{_READ_CACHE}")
            else:
                kept.connection.autocommit = True
        return kept.connection

    def _forsake_parent(self) -> None:
        """A child process must not speak on its parent's connections."""
        if self._process != os.getpid():
            # Kept, because closing them would be speaking, too.
            self._forsaken = (self.engine.pool, self._local)
            self.engine.dispose(close=False)
            self._local = threading.local()
            self._process = os.getpid()

    def forget_connection(self) -> None:
        """Close the connection that this thread reads on, if it has one."""
        self._local.kept = None

    # -- writing ----------------------------------------------------------

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A connection in a transaction of its own, alone among all writers."""
        self._forsake_parent()
        if getattr(self._local, "writing", False):
            raise RuntimeError("a write within a write of the same thread would wait for itself")
        self._local.writing = True
        try:
            with self._guard(), self.engine.connect() as connection, connection.begin():
                if not self.is_sqlite:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITE_LOCK)))
                yield connection
        except (sa.exc.OperationalError, *self._failures) as problem:
            if _is_out_of_space(problem):
                raise StorageFull from problem
            raise
        finally:
            self._local.writing = False

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        """One lock file from before BEGIN until after COMMIT, on SQLite.

        Up to SQLite 3.51.2 a checkpoint that runs beside another process's
        write can lose a commit (https://www.sqlite.org/wal.html, "The
        WAL-Reset Bug"); checkpoints happen within COMMIT, so here they never
        run beside one.  On every version the lock also hands the turn to
        whoever waits, where SQLite's busy timeout sleeps, tries again and in
        the end refuses.
        """
        if not self.is_sqlite:
            yield
            return
        lock = os.open(f"{self.url.database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    # -- life -------------------------------------------------------------

    def migrate(self) -> None:
        """Bring the schema to the newest version; nothing to do is no write."""
        # Imported here, as it takes as long as SQLAlchemy, and only one process migrates.
        import alembic.command
        import alembic.config

        config = alembic.config.Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.transaction() as connection:
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")

    def close(self) -> None:
        """Close this thread's connections; the database can be opened again."""
        self.forget_connection()
        self.engine.dispose()


class _Kept:
    """The connection that a thread reads on; closed when the thread ends or forgets it."""

    def __init__(self, pooled: sa.PoolProxiedConnection) -> None:
        pooled.detach()
        self.connection: Any = pooled.dbapi_connection
        # Dropping what the pool handed out would close the connection.
        self._pooled = pooled

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.connection.close()


def _is_out_of_space(problem: Exception) -> bool:
    """Whether the database failed because it could not grow."""
    original = getattr(problem, "orig", problem)
    full = getattr(original, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return full or getattr(original, "sqlstate", None) == _DISK_FULL


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """FULL, because an acknowledged write has to survive a power cut."""
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

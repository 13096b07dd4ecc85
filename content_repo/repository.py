"""The repository: one door to the content, its history and its media."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from content_repo.doctypes import Types, invalid, json_problems
from content_repo.media import Media
from content_repo.model import ROOT_ID, Change, Kind, Side
from content_repo.positions import PositionFile
from content_repo.sql.database import Database
from content_repo.sql.reading import (
    Reader,
    read_changes,
    read_position,
    read_seen_fields,
    read_types,
)
from content_repo.sql.writing import Writer
from content_repo.transaction import Transaction

#: The folders that every repository has, below the root.
STANDARD_FOLDERS: Final = (
    "content",
    "content/documents",
    "content/gallery",
    "content/taxonomies",
    "extensions",
)


def now() -> int:
    """The time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Repository:
    """Content in a database, bytes of assets in a folder beside it.

    Safe to share between threads and to use in several processes at once, each
    of which opens its own.
    """

    def __init__(self, database: Database, folder: Path, *, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock
        self._types: tuple[int, Types] = (-1, Types())
        self.media = Media(folder / "media")
        self._position = PositionFile(folder / "position", self.committed_position)

    @classmethod
    def open(
        cls, url: str, folder: Path, *, clock: Callable[[], int] = now, migrate: bool = True
    ) -> Repository:
        """Open the database at *url* (as SQLAlchemy writes it), media below *folder*.

        Makes what is missing: the file, the schema, the standard folders.
        Processes that come after one that did may say ``migrate=False``.
        """
        folder.mkdir(parents=True, exist_ok=True)
        database = Database(url)
        if migrate:
            database.migrate()
        repository = cls(database, folder, clock=clock)
        if migrate:
            repository._make_standard_folders()
        return repository

    def close(self) -> None:
        self._position.close()
        self._database.close()

    # -- reading ----------------------------------------------------------

    def reader(self, side: Side) -> Reader:
        """One side of the content; cheap to make."""
        return Reader(self._database.fetch, self._database.engine.dialect, side)

    @property
    def types(self) -> Types:
        """All document types, read again when anything was written since."""
        position = self.position
        if self._types[0] != position:
            types = read_types(self._database.fetch, self._database.engine.dialect)
            # The same object while nothing differs: it caches what it resolved.
            kept = self._types[1]
            self._types = (position, kept if types.by_name == kept.by_name else types)
        return self._types[1]

    def seen_fields(self, side: Side) -> frozenset[str]:
        """Names of undeclared fields that *side* has ever shown; it only grows."""
        return read_seen_fields(self._database.fetch, self._database.engine.dialect, side)

    @property
    def position(self) -> int:
        """The last committed position; costs no statement."""
        return self._position.read()

    def committed_position(self) -> int:
        """The last committed position, by the database itself."""
        return read_position(self._database.fetch, self._database.engine.dialect)

    def changes(self, after: int, limit: int = 1000) -> list[Change]:
        """Up to *limit* changes behind position *after*, in order, without a gap."""
        return read_changes(self._database.fetch, self._database.engine.dialect, after, limit)

    # -- writing ----------------------------------------------------------

    @contextlib.contextmanager
    def write(
        self, *, author: str | None = None, message: str | None = None
    ) -> Iterator[Transaction]:
        """A transaction; committed when the block ends, undone when it raises.

        Other writers wait meanwhile, readers do not.
        """
        if problems := list(json_problems({"author": author, "message": message}, "")):
            raise invalid("change", problems)
        with self._database.transaction() as connection:
            at = self._clock()
            writer = Writer(connection, at=at, author=author)
            transaction = Transaction(writer, self._types_within(writer), at=at, message=message)
            yield transaction
        if transaction.position:
            self._position.note(transaction.position)

    def _types_within(self, writer: Writer) -> Types:
        """The types that hold in a transaction, whatever this process has noticed."""
        position, types = self._types
        return types if position == writer.position() else writer.types()

    def _make_standard_folders(self) -> None:
        reader = self.reader(Side.DRAFT)
        missing = [path for path in STANDARD_FOLDERS if reader.at(path) is None]
        if not missing:
            return
        with self.write(message="standard folders") as tx:
            ids = {"": ROOT_ID}
            for path in STANDARD_FOLDERS:
                above, _, name = path.rpartition("/")
                found = reader.at(path)
                ids[path] = (
                    found.id
                    if found
                    else tx.create(
                        Kind.FOLDER, ids[above], name, id=str(uuid.uuid5(uuid.NAMESPACE_URL, path))
                    )
                )
                if not found:
                    tx.publish(ids[path])

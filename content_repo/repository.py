"""The repository: one door to the content, its history and its media."""

from __future__ import annotations

import contextlib
import io
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from content_repo.doctypes import Types, invalid, json_problems
from content_repo.errors import NodeNotFound
from content_repo.kept import Renderer
from content_repo.media import Media
from content_repo.model import ROOT_ID, Change, Kind, Side
from content_repo.positions import PositionFile
from content_repo.sources import SourceEntry, Standing
from content_repo.sql.database import Database
from content_repo.sql.reading import (
    Reader,
    read_changes,
    read_position,
    read_seen_fields,
    read_types,
)
from content_repo.sql.sources import read_content, read_entries, read_fields, read_standing
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

#: Revisions in a transaction that does nothing but keep fields: others want to write, too.
_KEPT_AT_ONCE: Final = 500


def now() -> int:
    """The time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Repository:
    """Content in a database, bytes of assets in a folder beside it.

    Safe to share between threads and to use in several processes at once, each
    of which opens its own.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        clock: Callable[[], int] = now,
        renderer: Renderer | None = None,
        default_locale: str = "en",
    ) -> None:
        self._database = database
        self._default_locale = default_locale
        self._clock = clock
        self.renderer = renderer
        self._types: tuple[int, Types] = (-1, Types())
        self.media = Media(folder / "media")
        self._position = PositionFile(folder / "position", self.committed_position)

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        *,
        clock: Callable[[], int] = now,
        migrate: bool = True,
        renderer: Renderer | None = None,
        default_locale: str = "en",
    ) -> Repository:
        """Open the database at *url* (as SQLAlchemy writes it), media below *folder*.

        Makes what is missing: the file, the schema, the standard folders.
        Processes that come after one that did may say ``migrate=False``.  With a
        *renderer*, documents' fields are kept in its form as well.  Where a page has
        no such link in its own locale, what it links is looked for in *default_locale*.
        """
        folder.mkdir(parents=True, exist_ok=True)
        database = Database(url)
        if migrate:
            database.migrate()
        repository = cls(
            database, folder, clock=clock, renderer=renderer, default_locale=default_locale
        )
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

    def sources(self, root: str, *, below: str = "") -> Iterator[SourceEntry]:
        """The files of the tree that was imported into the folder *root*, by path.

        With *below*, only what lies in that folder of the tree.  Nodes in the
        trash still have their files.
        """
        return read_entries(self._database.fetch, self._database.engine.dialect, root, below)

    def standing(self, root: str) -> dict[str, Standing]:
        """What has become of the nodes that were imported into the folder *root*, by id.

        Those in the trash are not among them.
        """
        found = read_standing(self._database.fetch, self._database.engine.dialect, root)
        return {one.node: one for one in found}

    def source_bytes(self, root: str, path: str) -> BinaryIO:
        """The exact bytes of one file of the tree that was imported into *root*."""
        found = read_content(self._database.fetch, self._database.engine.dialect, root, path)
        if found is None:
            raise NodeNotFound(kind="source", address=path)
        digest, content = found
        return self.media.open(digest) if content is None else io.BytesIO(content)

    def fields_at(self, id: str, revision: int) -> dict[str, Any] | None:
        """The node's fields as they were written in *revision*; ``None`` if in none of that."""
        return read_fields(self._database.fetch, self._database.engine.dialect, id, revision)

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
            types = self._types_within(writer)
            transaction = Transaction(
                writer,
                types,
                at=at,
                message=message,
                renderer=self.renderer,
                default_locale=self._default_locale,
            )
            yield transaction
        if transaction.position:
            self._position.note(transaction.position)

    def keep_fields(self) -> int:
        """Keep documents' fields in the renderer's present form; returns how many were made.

        Written fields are kept at once; this is for what was written before the
        renderer, or a type, became what it is.  Nothing that anyone sees changes.
        """
        renderer, made = self.renderer, 0
        while renderer is not None:
            with self._database.transaction() as connection:
                writer = Writer(connection, at=self._clock(), author=None)
                types = writer.types()
                # A type that nobody defined any more has a form as well.
                forms = {renderer.form(types, name) for name in (*types.by_name, "")}
                rows = writer.unkept(forms, _KEPT_AT_ONCE)
                if rows:
                    writer.keep(
                        (
                            position,
                            renderer.render(types, name, orjson.loads(fields)),
                            renderer.form(types, name),
                        )
                        for position, name, fields in rows
                    )
            made += len(rows)
            if not rows:
                break
        return made

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

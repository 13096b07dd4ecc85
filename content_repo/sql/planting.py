"""The rows of many new nodes at once: one statement for each table.

Rows go to the driver as they are, for SQLAlchemy's own way costs more than
writing them.  Which rows there are to be is decided in
:mod:`content_repo.planting`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from content_repo.sources import NodeSource
from content_repo.sql.chunks import chunks
from content_repo.sql.groups import join
from content_repo.sql.sources import put_rows
from content_repo.sql.tables import counter, node

#: What SQLite keeps in memory while many rows are written, in KiB.  Ids come in no order, so
#: that each batch touches all of every index; its own 2 MB would be written and read again.
_CACHE: Final = 16_384

#: What has to be known of a node that new ones touch.
_STANDING: Final = (
    node.c.id, node.c.kind, node.c.type, node.c.parent, node.c.path, node.c.number,
    node.c.revision, node.c.draft_revision, node.c.draft_position, node.c.published_revision,
    node.c.published_position, node.c.published_at, node.c.public_at, node.c.modified_at,
)  # fmt: skip

Row = dict[str, Any]


class BulkWriter:
    """The rows of many nodes, in the transaction of a :class:`~content_repo.sql.writing.Writer`."""

    def __init__(self, connection: sa.Connection, *, at: int, author: str | None) -> None:
        self._connection = connection
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE}")
        self.at = at
        self.author = author

    def standing(self, column: Literal["id", "path"], values: Collection[str]) -> list[Row]:
        """The nodes, whatever their state, that have one of *values* there."""
        return [
            dict(found)
            for chunk in chunks(values)
            for found in self._connection.execute(
                sa.select(*_STANDING).where(node.c[column].in_(chunk))
            ).mappings()
        ]

    def taken_keys(self, keys: Collection[str]) -> set[tuple[str, str]]:
        """Kind and key of the reachable nodes that have one of *keys*."""
        return {
            (kind, key)
            for chunk in chunks(keys)
            for kind, key in self._connection.execute(
                sa.select(node.c.kind, node.c.key).where(
                    node.c.key.in_(chunk), node.c.path.is_not(None)
                )
            )
        }

    def counters(self) -> dict[str, int]:
        """The last position and the last number given out."""
        return dict(tuple(row) for row in self._connection.execute(sa.select(counter)))

    def set_counters(self, values: Mapping[str, int]) -> None:
        for name, value in values.items():
            self._connection.execute(
                sa.update(counter).where(counter.c.name == name).values(value=value)
            )

    def insert(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Write *rows*, each of which has the same columns."""
        if rows:
            statement, fill = _insertion(self._connection.dialect, table, tuple(rows[0]))
            self._connection.exec_driver_sql(statement, [fill(row) for row in rows])

    def put_sources(self, sources: Iterable[tuple[str, int, NodeSource]]) -> set[tuple[str, int]]:
        """Note which files were made which revision of which node; of one file the last holds.

        Returns the nodes and revisions that files were noted of.
        """
        return put_rows(self._connection, sources, self.insert)

    def join_groups(self, groups: Collection[str]) -> set[str]:
        """See :func:`content_repo.sql.groups.join`."""
        return join(self._connection, groups)

    def update_nodes(self, rows: Sequence[Row]) -> None:
        """Write what publishing changed of nodes that were there before."""
        if rows:
            columns = (
                "revision", "modified_at", "public_at",
                "published_at", "published_revision", "published_position",
            )  # fmt: skip
            self._connection.execute(
                sa.update(node)
                .where(node.c.id == sa.bindparam("of"))
                .values({name: sa.bindparam(f"to_{name}") for name in columns}),
                [
                    {"of": one["id"], **{f"to_{name}": one[name] for name in columns}}
                    for one in rows
                ],
            )


@lru_cache
def _insertion(
    dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]
) -> tuple[str, Callable[[Row], Any]]:
    """The statement as text for the driver, and what it takes of a row."""
    statement = sa.insert(table).compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(statement, SQLCompiler)
    order = statement.positiontup
    return str(statement), itemgetter(*order) if order else lambda row: row

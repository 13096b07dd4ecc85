"""The rows of sources: which file of an imported tree a node came from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
import sqlalchemy as sa

from content_repo.model import Kind
from content_repo.names import is_storable
from content_repo.sources import NodeSource, SourceEntry, Standing
from content_repo.sql.chunks import chunks
from content_repo.sql.reading import Fetch, Fill, compiled
from content_repo.sql.tables import ID, node, rendition, revision, source

Row = dict[str, Any]

#: A node's id, and one of its revisions.
Revised = tuple[str, int]

#: Writes many rows of a table.
Insert = Callable[[sa.Table, Sequence[Row]], None]

#: Rows that are read at once of however many there are.
_PAGE: Final = 1000

#: In the order of the attributes of an entry.
_ENTRY: Final = (
    source.c.node, source.c.root, source.c.path, source.c.digest, source.c.size, source.c.locale,
    source.c.revision, source.c.origin, node.c.draft_revision,
)  # fmt: skip


def _row(id: str, number: int, one: NodeSource) -> Row:
    """The row that says that revision *number* of a node's fields was made from *one*."""
    return {
        "root": one.root, "path": one.path, "node": id, "digest": one.digest, "size": one.size,
        "locale": one.locale, "revision": number, "origin": one.origin,
        "content": one.content,
    }  # fmt: skip


def put_rows(
    connection: sa.Connection, sources: Iterable[tuple[str, int, NodeSource]], insert: Insert
) -> set[Revised]:
    """Write which files which revision of which node was made from; of one file the last holds.

    Returns the nodes and revisions that have files now.  What has none any more is
    told so; who is new knows best where to note that it has some.
    """
    rows = list({(one.root, one.path): _row(id, of, one) for id, of, one in sources}.values())
    if not rows:
        return set()
    before = _holders(connection, rows)
    _delete_files(connection, rows)
    insert(source, rows)
    noted = {(one["node"], one["revision"]) for one in rows}
    flag(connection, before - noted)
    return noted


def flag(connection: sa.Connection, revised: Collection[Revised]) -> None:
    """Note of those nodes and revisions whether they have any file."""
    of, number = sa.bindparam("of", type_=ID), sa.bindparam("number", type_=sa.BigInteger)
    has_any = sa.exists().where(source.c.node == of, source.c.revision == number)
    position = sa.select(revision.c.position).where(
        revision.c.node == of, revision.c.revision == number
    )
    if revised:
        connection.execute(
            sa.update(rendition)
            .where(rendition.c.position == position.scalar_subquery())
            .values(is_sourced=has_any),
            [{"of": id, "number": one} for id, one in revised],
        )


def _holders(connection: sa.Connection, rows: Iterable[Row]) -> set[Revised]:
    """The nodes and revisions that the files of *rows* are of by now."""
    paths: dict[str, list[str]] = {}
    for one in rows:
        paths.setdefault(one["root"], []).append(one["path"])
    query = sa.select(source.c.node, source.c.revision)
    return {
        (id, number)
        for root, some in paths.items()
        for chunk in chunks(some)
        for id, number in connection.execute(
            query.where(source.c.root == root, source.c.path.in_(chunk))
        )
    }


def _delete_files(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Forget what came from the files of *rows*."""
    connection.execute(
        sa.delete(source).where(
            source.c.root == sa.bindparam("in_root"), source.c.path == sa.bindparam("at_path")
        ),
        [{"in_root": one["root"], "at_path": one["path"]} for one in rows],
    )


def delete_rows(connection: sa.Connection, id: str) -> None:
    """Forget all files that a node came from."""
    connection.execute(sa.delete(source).where(source.c.node == id))
    made = sa.select(revision.c.position).where(revision.c.node == id)
    sourced = rendition.c.position.in_(made) & rendition.c.is_sourced
    connection.execute(sa.update(rendition).where(sourced).values(is_sourced=False))


def read_entries(fetch: Fetch, dialect: sa.Dialect, root: str, below: str) -> Iterator[SourceEntry]:
    """The files of the tree imported into *root*, by path; only some are held at once."""
    if not is_storable(below):
        return
    statement, fill = _entries(dialect)
    # "0" is the character after "/": the range holds exactly what is below.
    first, last = (f"{below}/", f"{below}0") if below else ("", "\U0010ffff" * 64)
    while True:
        rows = fetch(statement, fill({"root": root, "first": first, "last": last}))
        yield from map(SourceEntry._make, rows)
        if len(rows) < _PAGE:
            return
        first = rows[-1][2]


def read_standing(fetch: Fetch, dialect: sa.Dialect, root: str) -> Iterator[Standing]:
    """The nodes with files of the tree imported into *root* that are not in the trash, once for
    each file."""
    statement, fill = _standing(dialect)
    first = ""
    while True:
        rows = fetch(statement, fill({"root": root, "first": first}))
        for id, kind, published, _ in rows:
            yield Standing(id, Kind(kind), published is not None)
        if len(rows) < _PAGE:
            return
        first = rows[-1][3]


def read_content(
    fetch: Fetch, dialect: sa.Dialect, root: str, path: str
) -> tuple[str, bytes | None] | None:
    """A file's digest and its bytes, if those are kept here; ``None`` if it is unknown."""
    if not is_storable(path):
        return None
    statement, fill = _content(dialect)
    rows = fetch(statement, fill({"root": root, "path": path}))
    return (rows[0][0], rows[0][1]) if rows else None


def read_fields(fetch: Fetch, dialect: sa.Dialect, id: str, number: int) -> dict[str, Any] | None:
    """A node's fields as they were written in revision *number*, if any were."""
    statement, fill = _fields(dialect)
    rows = fetch(statement, fill({"id": id, "number": number}))
    return orjson.loads(rows[0][0]) if rows else None


@lru_cache
def _fields(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(
        dialect,
        sa.select(revision.c.fields).where(
            revision.c.node == sa.bindparam("id"), revision.c.revision == sa.bindparam("number")
        ),
    )


@lru_cache
def _standing(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(
        dialect,
        sa.select(node.c.id, node.c.kind, node.c.published_revision, source.c.path)
        .join(node, node.c.id == source.c.node)
        .where(
            source.c.root == sa.bindparam("root"),
            source.c.path > sa.bindparam("first"),
            node.c.path.is_not(None),
        )
        .order_by(source.c.path)
        .limit(_PAGE),
    )


@lru_cache
def _entries(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(
        dialect,
        sa.select(*_ENTRY)
        .join(node, node.c.id == source.c.node)
        .where(
            source.c.root == sa.bindparam("root"),
            source.c.path > sa.bindparam("first"),
            source.c.path < sa.bindparam("last"),
        )
        .order_by(source.c.path)
        .limit(_PAGE),
    )


@lru_cache
def _content(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(
        dialect,
        sa.select(source.c.digest, source.c.content).where(
            source.c.root == sa.bindparam("root"), source.c.path == sa.bindparam("path")
        ),
    )

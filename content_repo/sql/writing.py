"""Writing rows within one transaction.

Moves rows and gives out numbers and positions; what may be written, and what
follows from it, is decided in :mod:`content_repo.transaction`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from content_repo.doctypes import DocumentType, Types
from content_repo.model import Action, Kind, Side
from content_repo.sql.tables import (
    change,
    counter,
    document_type,
    node,
    placement,
    publication,
    revision,
    seen_field,
)


class Writer:
    """The rows of one write transaction."""

    def __init__(self, connection: sa.Connection, *, at: int, author: str | None) -> None:
        self._connection = connection
        self._at = at
        self._author = author

    def next(self, name: str) -> int:
        """Give out the next ``position`` or ``number``."""
        raised = (
            sa.update(counter)
            .where(counter.c.name == name)
            .values(value=counter.c.value + 1)
            .returning(counter.c.value)
        )
        return int(self._connection.execute(raised).scalar_one())

    def position(self) -> int:
        """The last position given out."""
        last = sa.select(counter.c.value).where(counter.c.name == "position")
        return int(self._connection.execute(last).scalar_one())

    def append_change(
        self, position: int, id: str, kind: Kind, action: Action, revised: int, *, public: bool
    ) -> None:
        self._connection.execute(
            sa.insert(change).values(
                position=position, node=id, kind=kind.value, action=action.value,
                revision=revised, public=public, at=self._at, author=self._author,
            )
        )  # fmt: skip

    def row(self, id: str) -> sa.RowMapping | None:
        """The node's row, whatever its state."""
        found = self._connection.execute(sa.select(node).where(node.c.id == id))
        return found.mappings().one_or_none()

    def row_at(self, path: str) -> sa.RowMapping | None:
        """The row of the node that is reachable at *path*."""
        found = self._connection.execute(sa.select(node).where(node.c.path == path))
        return found.mappings().one_or_none()

    def has_key(self, kind: Kind, key: str, *, but: str | None = None) -> bool:
        """Whether a reachable node of *kind*, other than *but*, has that key."""
        taken = sa.select(node.c.id).where(
            node.c.kind == kind.value, node.c.key == key, node.c.path.is_not(None)
        )
        return any(id != but for id in self._connection.scalars(taken))

    def insert_node(self, values: Mapping[str, Any]) -> None:
        self._connection.execute(sa.insert(node).values(**values))

    def update_node(self, id: str, **values: Any) -> None:
        self._connection.execute(sa.update(node).where(node.c.id == id).values(**values))

    def insert_revision(
        self,
        id: str,
        number: int,
        position: int,
        fields: Mapping[str, Any],
        message: str | None,
        kept: tuple[str, str] | None = None,
    ) -> None:
        """*kept* is the kept form of *fields*, and by what it was made."""
        text, by = kept or (None, None)
        self._connection.execute(
            sa.insert(revision).values(
                node=id, revision=number, position=position, fields=orjson.dumps(fields).decode(),
                at=self._at, author=self._author, message=message, kept=text, kept_by=by,
            )
        )  # fmt: skip

    def fields(self, id: str, number: int) -> dict[str, Any]:
        """The fields of one revision."""
        stored = self._connection.execute(
            sa.select(revision.c.fields).where(
                (revision.c.node == id) & (revision.c.revision == number)
            )
        ).scalar_one()
        found: dict[str, Any] = orjson.loads(stored)
        return found

    # -- kept fields ------------------------------------------------------

    def unkept(self, forms: Collection[str], limit: int) -> list[tuple[str, int, str, str]]:
        """Node, revision, type and fields of documents kept in none of *forms*.

        Only of revisions that a side shows.
        """
        shown = revision.c.revision.in_([node.c.draft_revision, node.c.published_revision])
        found = self._connection.execute(
            sa.select(node.c.id, revision.c.revision, node.c.type, revision.c.fields)
            .join(revision, (revision.c.node == node.c.id) & shown)
            .where(
                node.c.kind == Kind.DOCUMENT.value,
                revision.c.kept_by.is_(None) | revision.c.kept_by.not_in(forms),
            )
            .limit(limit)
        )
        return [tuple(row) for row in found]

    def keep(self, made: Iterable[tuple[str, int, str, str]]) -> None:
        """Keep, of each node and revision, a form and what it was made by."""
        self._connection.execute(
            sa.update(revision)
            .where(
                revision.c.node == sa.bindparam("of"),
                revision.c.revision == sa.bindparam("number"),
            )
            .values(kept=sa.bindparam("text"), kept_by=sa.bindparam("by")),
            [{"of": id, "number": n, "text": text, "by": by} for id, n, text, by in made],
        )

    # -- history ----------------------------------------------------------

    def place(self, id: str, position: int, parent: str | None, name: str) -> None:
        """From *position* on the node is in *parent* under *name*."""
        self._connection.execute(
            sa.insert(placement).values(node=id, from_position=position, parent=parent, name=name)
        )

    def end_placement(self, ids: Iterable[str], position: int) -> None:
        self._end(placement, ids, position)

    def show(self, id: str, position: int, number: int) -> None:
        """From *position* on the published side shows revision *number*."""
        self._connection.execute(
            sa.insert(publication).values(node=id, from_position=position, revision=number)
        )

    def end_publication(self, ids: Iterable[str], position: int) -> None:
        self._end(publication, ids, position)

    def _end(self, history: sa.Table, ids: Iterable[str], position: int) -> None:
        rows = [{"of": id} for id in ids]
        if rows:
            self._connection.execute(
                sa.update(history)
                .where(history.c.node == sa.bindparam("of"), history.c.to_position.is_(None))
                .values(to_position=position),
                rows,
            )

    # -- subtrees ---------------------------------------------------------

    def subtree(self, id: str) -> list[sa.RowMapping]:
        """The rows of a node and of all below it, parents before children."""
        top = sa.select(node.c.id, sa.literal(0).label("depth")).where(node.c.id == id)
        tree = top.cte("tree", recursive=True)
        tree = tree.union_all(
            sa.select(node.c.id, tree.c.depth + 1).where(node.c.parent == tree.c.id)
        )
        rows = self._connection.execute(
            sa.select(node).join(tree, tree.c.id == node.c.id).order_by(tree.c.depth, node.c.id)
        )
        return list(rows.mappings())

    def set_paths(self, paths: Mapping[str, str | None]) -> None:
        """Give nodes the paths that follow from a change above them.

        Whoever asks for what changed since a moment has to be told, though the
        change itself was another node's.
        """
        if paths:
            self._connection.execute(
                sa.update(node)
                .where(node.c.id == sa.bindparam("of"))
                .values(path=sa.bindparam("to"), modified_at=self._at, public_at=self._at),
                [{"of": id, "to": path} for id, path in paths.items()],
            )

    def erase(self, ids: Iterable[str]) -> None:
        """Delete nodes with their whole history, the change log apart."""
        rows = [{"of": id} for id in ids]
        for table, column in (
            (revision, revision.c.node),
            (placement, placement.c.node),
            (publication, publication.c.node),
            (node, node.c.id),
        ):
            self._connection.execute(sa.delete(table).where(column == sa.bindparam("of")), rows)

    # -- types ------------------------------------------------------------

    def types(self) -> Types:
        """All document types, as this transaction finds them."""
        stored = self._connection.scalars(sa.select(document_type.c.definition))
        found = [DocumentType.parse(orjson.loads(one)) for one in stored]
        return Types({one.name: one for one in found})

    def put_type(self, one: DocumentType, position: int) -> None:
        self._connection.execute(sa.delete(document_type).where(document_type.c.name == one.name))
        self._connection.execute(
            sa.insert(document_type).values(
                name=one.name,
                definition=orjson.dumps(one.definition()).decode(),
                position=position,
            )
        )

    def remember_fields(self, side: Side, names: Iterable[str]) -> None:
        """Note undeclared field names that *side* shows for the first time."""
        known = set(
            self._connection.scalars(
                sa.select(seen_field.c.name).where(seen_field.c.side == side.value)
            )
        )
        fresh = [{"side": side.value, "name": name} for name in names if name not in known]
        if fresh:
            self._connection.execute(sa.insert(seen_field), fresh)

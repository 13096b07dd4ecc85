"""Writing rows within one transaction.

Moves rows and gives out numbers and positions; what may be written, and what
follows from it, is decided in :mod:`content_repo.transaction`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from content_repo.doctypes import DocumentType, Types
from content_repo.linking import Link, Target, dumped, loaded
from content_repo.model import Action, Kind, Side
from content_repo.sources import NodeSource
from content_repo.sql import groups
from content_repo.sql.chunks import chunks
from content_repo.sql.planting import BulkWriter
from content_repo.sql.sources import delete_rows, flag
from content_repo.sql.tables import (
    change,
    counter,
    document_type,
    node,
    placement,
    publication,
    reference,
    rendition,
    revision,
    seen_field,
    source,
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

    def bulk(self) -> BulkWriter:
        """The same transaction, for many new nodes at once."""
        return BulkWriter(self._connection, at=self._at, author=self._author)

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

    def join_group(self, group: str) -> bool:
        """A node is about to join *group*; whether it finds others there."""
        return group in groups.join(self._connection, [group])

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
        links: Sequence[Link] = (),
    ) -> None:
        """*kept* is the kept form of *fields*, and by what it was made."""
        text, by = kept or (None, None)
        self._connection.execute(
            sa.insert(revision).values(
                node=id, revision=number, position=position, fields=orjson.dumps(fields).decode(),
                at=self._at, author=self._author, message=message,
            )
        )  # fmt: skip
        self._connection.execute(
            sa.insert(rendition).values(
                position=position, is_sourced=False, links=dumped(links), kept_by=by, kept=text
            )
        )

    def fields(self, id: str, number: int) -> dict[str, Any]:
        """The fields of one revision."""
        stored = self._connection.execute(
            sa.select(revision.c.fields).where(
                (revision.c.node == id) & (revision.c.revision == number)
            )
        ).scalar_one()
        found: dict[str, Any] = orjson.loads(stored)
        return found

    # -- links ------------------------------------------------------------

    def find(self, paths: Collection[str]) -> dict[str, Target]:
        """Id and kind of what content is reachable at *paths*."""
        query = sa.select(node.c.path, node.c.id, node.c.kind).where(
            node.c.kind != Kind.OBJECT.value
        )
        return {
            path: (id, Kind(kind))
            for chunk in chunks(paths)
            for path, id, kind in self._connection.execute(query.where(node.c.path.in_(chunk)))
        }

    def folder_locales(self, paths: Collection[str], beside: str) -> dict[str, str | None]:
        """See :class:`~content_repo.linking.Folders`."""
        above = sa.select(node.c.id).where(node.c.path.in_(paths))
        query = sa.select(node.c.path, node.c.locale).where(
            node.c.kind == Kind.FOLDER.value,
            node.c.path.in_(paths)
            | (node.c.parent.in_(above) & (node.c.locale_tag == beside) & node.c.path.is_not(None)),
        )
        return {row.path: row.locale for row in self._connection.execute(query)}

    def reachable(self, ids: Collection[str]) -> dict[str, bool]:
        """Of those of *ids* that exist, whether they do so outside the trash."""
        query = sa.select(node.c.id, node.c.path)
        return {
            id: path is not None
            for chunk in chunks(ids)
            for id, path in self._connection.execute(query.where(node.c.id.in_(chunk)))
        }

    def links(self, id: str, number: int) -> tuple[Link, ...]:
        """The links of one revision."""
        stored = sa.select(rendition.c.links).where(_is_of(id, number))
        return loaded(self._connection.execute(stored).scalar_one())

    def relink(self, id: str, number: int, links: Sequence[Link]) -> None:
        """Give one revision other links."""
        changed = sa.update(rendition).where(_is_of(id, number)).values(links=dumped(links))
        self._connection.execute(changed)

    def refer(self, id: str, number: int, targets: Iterable[str]) -> None:
        """Note what nodes one revision points at, and no more."""
        one = (reference.c.node == id) & (reference.c.revision == number)
        self._connection.execute(sa.delete(reference).where(one))
        rows = [{"node": id, "revision": number, "target": target} for target in targets]
        if rows:
            self._connection.execute(sa.insert(reference), rows)

    # -- kept fields ------------------------------------------------------

    def unkept(self, forms: Collection[str], limit: int) -> list[tuple[int, str, str]]:
        """Position, type and fields of documents' revisions kept in none of *forms*.

        Only of revisions that a side shows.
        """
        shown = rendition.c.position.in_([node.c.draft_position, node.c.published_position])
        found = self._connection.execute(
            sa.select(rendition.c.position, node.c.type, revision.c.fields)
            .select_from(node.join(rendition, shown))
            .join(revision, revision.c.position == rendition.c.position)
            .where(
                node.c.kind == Kind.DOCUMENT.value,
                rendition.c.kept_by.is_(None) | rendition.c.kept_by.not_in(forms),
            )
            .limit(limit)
        )
        return [tuple(row) for row in found]

    def keep(self, made: Iterable[tuple[int, str, str]]) -> None:
        """Keep, of the revision made at each position, a form and what it was made by."""
        self._connection.execute(
            sa.update(rendition)
            .where(rendition.c.position == sa.bindparam("of"))
            .values(kept=sa.bindparam("text"), kept_by=sa.bindparam("by")),
            [{"of": position, "text": text, "by": by} for position, text, by in made],
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
        left = groups.company(self._connection, [row["of"] for row in rows])
        made = sa.select(revision.c.position).where(revision.c.node == sa.bindparam("of"))
        self._connection.execute(sa.delete(rendition).where(rendition.c.position.in_(made)), rows)
        for table, column in (
            (revision, revision.c.node),
            (placement, placement.c.node),
            (publication, publication.c.node),
            (reference, reference.c.node),
            (source, source.c.node),
            (node, node.c.id),
        ):
            self._connection.execute(sa.delete(table).where(column == sa.bindparam("of")), rows)
        groups.leave(self._connection, left)

    # -- sources ----------------------------------------------------------

    def note_sources(self, id: str, number: int, sources: Iterable[NodeSource]) -> None:
        """Note that revision *number* comes from those files, whatever came from them before."""
        noted = self.bulk().put_sources((id, number, one) for one in sources)
        flag(self._connection, noted)

    def forget_sources(self, id: str) -> None:
        delete_rows(self._connection, id)

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


def _is_of(id: str, number: int) -> sa.ColumnElement[bool]:
    """Whether a rendition is that of a node's revision."""
    made = sa.select(revision.c.position).where(
        revision.c.node == id, revision.c.revision == number
    )
    return rendition.c.position == made.scalar_subquery()

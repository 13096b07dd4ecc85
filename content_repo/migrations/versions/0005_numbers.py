"""Pages are found by whole numbers, and what they ask of each node is noted with it.

Revision ID: 0005
Revises: 0004

Nodes are kept by their number, revisions by the position of their change; what may be
made anew of a revision has a table of its own.  Each table is written anew in that order,
and a database that cannot grow to twice its size meanwhile stays as it was.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CODE_POINTS = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: What both forms of the tables have.
NODE = (
    'number, id, kind, type, parent, name, path, rank, locale, locale_tag, "group", key, state, '
    "revision, draft_revision, published_revision, published_at, public_at, labels, annotations, "
    "finalizers, owner, created_at, modified_at, deleted_at"
)
REVISION = "position, node, revision, fields, at, author, message"


def upgrade() -> None:
    _set_aside("revision")
    _create_revisions()
    op.execute(
        f"INSERT INTO revision ({REVISION}) SELECT {REVISION} FROM revision_before "
        "ORDER BY position"
    )
    op.execute(
        "INSERT INTO rendition (position, is_sourced, links, kept_by, kept) "
        "SELECT position, EXISTS (SELECT 1 FROM source WHERE source.node = before.node "
        "AND source.revision = before.revision), links, kept_by, kept "
        "FROM revision_before AS before ORDER BY position"
    )
    op.drop_table("revision_before")
    op.create_index("ux_revision_node_revision", "revision", ["node", "revision"], unique=True)
    _set_aside("node")
    _create_nodes()
    op.execute(
        f"INSERT INTO node ({NODE}, draft_position, published_position, is_translated) "
        f"SELECT {NODE}, {_position('draft_revision')}, {_position('published_revision')}, "
        'EXISTS (SELECT 1 FROM node_before AS other WHERE other."group" = before."group" '
        "AND other.id <> before.id) FROM node_before AS before ORDER BY number"
    )
    op.drop_table("node_before")
    op.create_index("ux_node_id", "node", ["id"], unique=True)
    _index_nodes()


def downgrade() -> None:
    _set_aside("node")
    op.create_table(
        "node",
        *_node_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
        sa.UniqueConstraint("number"),
    )
    op.execute(f"INSERT INTO node ({NODE}) SELECT {NODE} FROM node_before ORDER BY number")
    op.drop_table("node_before")
    _index_nodes()
    _set_aside("revision")
    op.create_table(
        "revision",
        *_revision_columns(),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.Column("kept_by", sa.Text(), nullable=True),
        sa.Column("links", sa.Text(), nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("node", "revision", name=op.f("pk_revision")),
    )
    op.execute(
        f"INSERT INTO revision ({REVISION}, kept, kept_by, links) "
        f"SELECT {REVISION}, kept, kept_by, links FROM revision_before "
        "JOIN rendition USING (position) ORDER BY position"
    )
    op.drop_table("revision_before")
    op.drop_table("rendition")


def _set_aside(table: str) -> None:
    """Rename a table until its rows are in the one that takes its place."""
    op.rename_table(table, f"{table}_before")
    if op.get_context().dialect.name == "postgresql":
        # There, no two tables have keys of one name.
        op.execute(f"ALTER INDEX pk_{table} RENAME TO pk_{table}_before")


def _position(number: str) -> str:
    """When the revision was made that has the number in that column."""
    return (
        "(SELECT position FROM revision AS made "
        f"WHERE made.node = before.id AND made.revision = before.{number})"
    )


def _create_nodes() -> None:
    op.create_table(
        "node",
        *_node_columns(),
        sa.Column("draft_position", sa.BigInteger(), nullable=False),
        sa.Column("published_position", sa.BigInteger(), nullable=True),
        sa.Column("is_translated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_node")),
    )


def _node_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=36), nullable=True),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("path", CODE_POINTS, nullable=True),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("locale_tag", sa.Text(), nullable=True),
        sa.Column("group", sa.String(length=36), nullable=False),
        sa.Column("key", CODE_POINTS, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("draft_revision", sa.BigInteger(), nullable=False),
        sa.Column("published_revision", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("public_at", sa.BigInteger(), nullable=True),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("annotations", sa.Text(), nullable=False),
        sa.Column("finalizers", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
    ]


def _index_nodes() -> None:
    op.create_index("ix_node_group", "node", ["group"], unique=False)
    op.create_index("ix_node_parent", "node", ["parent"], unique=False)
    is_keyed = sa.text("path IS NOT NULL AND key IS NOT NULL")
    is_standing = sa.text("state IN ('live', 'archived')")
    op.create_index(
        "ux_node_kind_key",
        "node",
        ["kind", "key"],
        unique=True,
        sqlite_where=is_keyed,
        postgresql_where=is_keyed,
    )
    op.create_index(
        "ux_node_parent_name",
        "node",
        ["parent", "name"],
        unique=True,
        sqlite_where=is_standing,
        postgresql_where=is_standing,
    )
    op.create_index("ux_node_path", "node", ["path"], unique=True)


def _create_revisions() -> None:
    op.create_table(
        "revision",
        *_revision_columns(),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_revision")),
    )
    op.create_table(
        "rendition",
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("is_sourced", sa.Boolean(), nullable=False),
        sa.Column("links", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=True),
        sa.Column("kept", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_rendition")),
    )


def _revision_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("position", NUMBER, autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
    ]

"""The first schema: nodes, their whole history, the change log, the types.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

CODE_POINTS = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")

ROOT_ID = "cafebabe-cafe-babe-cafe-babecafebabe"


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_node"), "change", ["node"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "document_type",
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_document_type")),
    )
    op.create_table(
        "node",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node")),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_node_group", "node", ["group"], unique=False)
    op.create_index("ix_node_parent", "node", ["parent"], unique=False)
    op.create_index(
        "ux_node_kind_key",
        "node",
        ["kind", "key"],
        unique=True,
        sqlite_where=sa.text("path IS NOT NULL AND key IS NOT NULL"),
        postgresql_where=sa.text("path IS NOT NULL AND key IS NOT NULL"),
    )
    op.create_index(
        "ux_node_parent_name",
        "node",
        ["parent", "name"],
        unique=True,
        sqlite_where=sa.text("state IN ('live', 'archived')"),
        postgresql_where=sa.text("state IN ('live', 'archived')"),
    )
    op.create_index("ux_node_path", "node", ["path"], unique=True)
    op.create_table(
        "placement",
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("from_position", sa.BigInteger(), nullable=False),
        sa.Column("to_position", sa.BigInteger(), nullable=True),
        sa.Column("parent", sa.String(length=36), nullable=True),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("node", "from_position", name=op.f("pk_placement")),
    )
    op.create_index("ix_placement_parent_name", "placement", ["parent", "name"], unique=False)
    op.create_table(
        "publication",
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("from_position", sa.BigInteger(), nullable=False),
        sa.Column("to_position", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("node", "from_position", name=op.f("pk_publication")),
    )
    op.create_table(
        "revision",
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("node", "revision", name=op.f("pk_revision")),
    )
    op.create_table(
        "seen_field",
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("side", "name", name=op.f("pk_seen_field")),
    )
    _plant_root()


def _plant_root() -> None:
    """The root stands outside the change log: it was always there."""
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["node", "revision", "placement", "publication", "counter"])
    rows = {
        "counter": {"name": "position", "value": 0},
        "node": {
            "id": ROOT_ID,
            "number": 0,
            "kind": "folder",
            "type": "hippostd:folder",
            "name": "",
            "path": "",
            "rank": 0,
            "group": ROOT_ID,
            "state": "live",
            "revision": 1,
            "draft_revision": 1,
            "published_revision": 1,
            "published_at": 0,
            "public_at": 0,
            "labels": "{}",
            "annotations": "{}",
            "finalizers": "[]",
            "created_at": 0,
            "modified_at": 0,
        },
        "revision": {"node": ROOT_ID, "revision": 1, "position": 0, "fields": "{}", "at": 0},
        "placement": {"node": ROOT_ID, "from_position": 0, "name": ""},
        "publication": {"node": ROOT_ID, "from_position": 0, "revision": 1},
    }
    for name, row in rows.items():
        connection.execute(sa.insert(tables.tables[name]).values(**row))
    connection.execute(sa.insert(tables.tables["counter"]).values(name="number", value=0))


def downgrade() -> None:
    for name in (
        "counter",
        "seen_field",
        "document_type",
        "change",
        "publication",
        "placement",
        "revision",
        "node",
    ):
        op.drop_table(name)

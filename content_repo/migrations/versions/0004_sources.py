"""Nodes remember the files that they came from.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE_POINTS = sa.Text().with_variant(sa.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("root", sa.String(length=36), nullable=False),
        sa.Column("path", CODE_POINTS, nullable=False),
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("root", "path", name=op.f("pk_source")),
    )
    op.create_index("ix_source_node", "source", ["node", "revision"], unique=False)


def downgrade() -> None:
    op.drop_table("source")

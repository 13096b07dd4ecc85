"""Revisions keep what their links lead to, and which nodes they point at.

Revision ID: 0003
Revises: 0002

What was written before points at nothing as yet; linking documents again fills
that in.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("links", sa.Text(), nullable=False, server_default="[]"))
    op.create_table(
        "reference",
        sa.Column("node", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("node", "revision", "target", name=op.f("pk_reference")),
    )
    op.create_index("ix_reference_target", "reference", ["target"], unique=False)


def downgrade() -> None:
    op.drop_table("reference")
    with op.batch_alter_table("revision") as table:
        table.drop_column("links")

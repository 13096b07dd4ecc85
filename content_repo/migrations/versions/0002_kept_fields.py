"""Revisions keep their fields as rendered, and say by what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.add_column(sa.Column("kept", sa.Text))
        table.add_column(sa.Column("kept_by", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("revision") as table:
        table.drop_column("kept_by")
        table.drop_column("kept")

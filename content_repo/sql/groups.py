"""Translation groups: of each node, whether any other is in its group.

Pages ask that of every node, and hardly ever is it so: it is noted where nodes come
and go, instead of being looked for.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from content_repo.sql.chunks import chunks
from content_repo.sql.tables import node


def join(connection: sa.Connection, groups: Collection[str]) -> set[str]:
    """Nodes are about to join *groups*; returns those in which they find others.

    To these it is noted that they have company.
    """
    found: set[str] = set()
    for chunk in chunks(groups):
        members = node.c.group.in_(chunk)
        standing = set(connection.scalars(sa.select(node.c.group).distinct().where(members)))
        if standing:
            alone = node.c.group.in_(standing) & ~node.c.is_translated
            connection.execute(sa.update(node).where(alone).values(is_translated=True))
        found |= standing
    return found


def company(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """The groups of those nodes, as far as they are not alone in them."""
    query = sa.select(node.c.group).distinct().where(node.c.is_translated)
    return {
        group
        for chunk in chunks(ids)
        for group in connection.scalars(query.where(node.c.id.in_(chunk)))
    }


def leave(connection: sa.Connection, groups: Collection[str]) -> None:
    """Nodes have left *groups*; note whom they left alone."""
    other = node.alias("other")
    others = sa.exists().where(other.c.group == node.c.group, other.c.id != node.c.id)
    for chunk in chunks(groups):
        alone = node.c.group.in_(chunk) & ~others
        connection.execute(sa.update(node).where(alone).values(is_translated=False))

"""The tables: the only module with column names.

``node`` holds what is true now.  ``revision``, ``placement``, ``publication``
and ``change`` are append-only history; their ``position`` columns say in which
change a row began or ended to hold, so that the content can be read as it was
at any position.  Times are epoch milliseconds.

``rendition`` has, of each revision, what pages are made of; what reads a page finds
it, and its node, by whole numbers alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = sa.String(36)

#: A whole number that rows are kept by; of SQLite's types only ``INTEGER`` does that.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Text that sorts by code point in every database, whatever its locale.
CODE_POINTS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

node = sa.Table(
    "node",
    metadata,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("id", ID, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("parent", ID),
    sa.Column("name", CODE_POINTS, nullable=False),
    # Follows from the names above.  NULL while the node or a folder above it
    # is in the trash: whoever asks for a path finds only what is reachable.
    sa.Column("path", CODE_POINTS),
    sa.Column("rank", sa.BigInteger, nullable=False),
    sa.Column("locale", sa.Text),
    sa.Column("locale_tag", sa.Text),
    sa.Column("group", ID, nullable=False),
    # Whether any other node is of its group, wherever that is.
    sa.Column("is_translated", sa.Boolean, nullable=False),
    # What a node of its kind is also looked up by: a bundle's basename.
    sa.Column("key", CODE_POINTS),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("draft_revision", sa.BigInteger, nullable=False),
    # Of the revisions that the sides show, the positions that they were made at.
    sa.Column("draft_position", sa.BigInteger, nullable=False),
    sa.Column("published_revision", sa.BigInteger),
    sa.Column("published_position", sa.BigInteger),
    sa.Column("published_at", sa.BigInteger),
    # The last time that anything changed which the published side shows.
    sa.Column("public_at", sa.BigInteger),
    sa.Column("labels", sa.Text, nullable=False),
    sa.Column("annotations", sa.Text, nullable=False),
    sa.Column("finalizers", sa.Text, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("modified_at", sa.BigInteger, nullable=False),
    sa.Column("deleted_at", sa.BigInteger),
)
sa.Index("ux_node_id", node.c.id, unique=True)
sa.Index("ux_node_path", node.c.path, unique=True)
sa.Index(
    "ux_node_parent_name",
    node.c.parent,
    node.c.name,
    unique=True,
    sqlite_where=node.c.state.in_(["live", "archived"]),
    postgresql_where=node.c.state.in_(["live", "archived"]),
)
sa.Index(
    "ux_node_kind_key",
    node.c.kind,
    node.c.key,
    unique=True,
    sqlite_where=node.c.path.is_not(None) & node.c.key.is_not(None),
    postgresql_where=node.c.path.is_not(None) & node.c.key.is_not(None),
)
sa.Index("ix_node_group", node.c.group)
sa.Index("ix_node_parent", node.c.parent)

revision = sa.Table(
    "revision",
    metadata,
    # A change makes one revision at most.
    sa.Column("position", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("node", ID, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text),
    sa.Column("message", sa.Text),
)
sa.Index("ux_revision_node_revision", revision.c.node, revision.c.revision, unique=True)

# What may be made anew of a revision, while the revision itself stays.
rendition = sa.Table(
    "rendition",
    metadata,
    sa.Column("position", NUMBER, primary_key=True, autoincrement=False),
    # Whether any file of "source" is this revision's.
    sa.Column("is_sourced", sa.Boolean, nullable=False),
    # What the links in its rich texts lead to; see content_repo.linking.
    sa.Column("links", sa.Text, nullable=False),
    # The fields as some renderer made them, and which form of it; see content_repo.kept.
    sa.Column("kept_by", sa.Text),
    sa.Column("kept", sa.Text),
)

# The nodes, others than itself, that a revision's fields and links point at.
reference = sa.Table(
    "reference",
    metadata,
    sa.Column("node", ID, primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True),
    sa.Column("target", ID, primary_key=True),
)
sa.Index("ix_reference_target", reference.c.target)

placement = sa.Table(
    "placement",
    metadata,
    sa.Column("node", ID, primary_key=True),
    sa.Column("from_position", sa.BigInteger, primary_key=True),
    sa.Column("to_position", sa.BigInteger),
    sa.Column("parent", ID),
    sa.Column("name", CODE_POINTS, nullable=False),
)
sa.Index("ix_placement_parent_name", placement.c.parent, placement.c.name)

publication = sa.Table(
    "publication",
    metadata,
    sa.Column("node", ID, primary_key=True),
    sa.Column("from_position", sa.BigInteger, primary_key=True),
    sa.Column("to_position", sa.BigInteger),
    sa.Column("revision", sa.BigInteger, nullable=False),
)

change = sa.Table(
    "change",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("node", ID, nullable=False, index=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    # Whether the published side shows a difference.
    sa.Column("public", sa.Boolean, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text),
)

document_type = sa.Table(
    "document_type",
    metadata,
    sa.Column("name", CODE_POINTS, primary_key=True),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)

# Field names that a side has ever seen in documents of open types; it only grows.
seen_field = sa.Table(
    "seen_field",
    metadata,
    sa.Column("side", sa.String(16), primary_key=True),
    sa.Column("name", CODE_POINTS, primary_key=True),
)

# The last position and the last node number given out.
counter = sa.Table(
    "counter",
    metadata,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

# Which file of an imported tree a node came from; "root" is the folder that the
# tree was imported into, "path" is relative to it and spelt as on disk.
source = sa.Table(
    "source",
    metadata,
    sa.Column("root", ID, primary_key=True),
    sa.Column("path", CODE_POINTS, primary_key=True),
    sa.Column("node", ID, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("locale", sa.Text),
    # The revision of the node's fields that was made from the file.
    sa.Column("revision", sa.BigInteger, nullable=False),
    # Where the tree lay.
    sa.Column("origin", sa.Text, nullable=False),
    # The exact bytes; NULL where they lie among the media, under the digest.
    sa.Column("content", sa.LargeBinary),
)
sa.Index("ix_source_node", source.c.node, source.c.revision)

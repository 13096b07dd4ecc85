"""Nodes and changes: the values that the repository hands out.

Everything here is frozen: a node that you hold is what was true at its
revision, whatever is written meanwhile.  How nodes are stored is the business
of :mod:`content_repo.sql`; what may be done to them, of
:mod:`content_repo.repository`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

ROOT_ID: Final = "cafebabe-cafe-babe-cafe-babecafebabe"
"""The root of the tree.  A mirror that points at it is the empty mirror."""


class Kind(StrEnum):
    """What a node is; decides which rules hold for it."""

    FOLDER = "folder"
    DOCUMENT = "document"
    BUNDLE = "resourcebundle"
    TAXONOMY = "taxonomy"
    ASSET = "asset"
    OBJECT = "object"


#: The type of a node whose kind leaves no choice.
TYPE_OF_KIND: Final[Mapping[Kind, str]] = {
    Kind.FOLDER: "hippostd:folder",
    Kind.BUNDLE: "resourcebundle:resourcebundle",
    Kind.TAXONOMY: "hippotaxonomy:taxonomy",
    Kind.ASSET: "hippogallery:imageset",
}

#: Kinds with a draft and a published version of their fields.  The others
#: have one set of fields and are merely published or not.
TWO_SIDED: Final = frozenset({Kind.DOCUMENT, Kind.BUNDLE, Kind.TAXONOMY})


class State(StrEnum):
    """Where a node is in its life."""

    LIVE = "live"
    ARCHIVED = "archived"
    TRASHED = "trashed"
    DELETING = "deleting"


class Side(StrEnum):
    """Which version of the content a reader sees."""

    PUBLISHED = "published"
    DRAFT = "draft"


class Action(StrEnum):
    """What a change did to its node."""

    CREATED = "created"
    REVISED = "revised"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    MOVED = "moved"
    LABELLED = "labelled"
    TRASHED = "trashed"
    RESTORED = "restored"
    PURGED = "purged"
    #: Links in its text lead elsewhere than before; the text is the same.
    LINKED = "linked"
    #: A document type was defined; the change names the root.
    TYPED = "typed"


#: Actions on a folder that also change what a reader sees of its descendants.
REACHES_DESCENDANTS: Final = frozenset(
    {Action.MOVED, Action.TRASHED, Action.RESTORED, Action.UNPUBLISHED, Action.PURGED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything stored, as one side shows it.

    ``path`` is absolute without a leading slash (``content/documents/blog``);
    the root's is empty.  ``revision`` counts every write to the node;
    ``fields_revision`` is the one in which the fields shown here were written.
    ``fields`` are in stored form: dates as epoch milliseconds, mirrors as ids.
    All times are epoch milliseconds in UTC; on the published side ``revision``
    and ``modified_at`` are those of what is published, so that a draft write
    shows nowhere.
    """

    id: str
    number: int
    kind: Kind
    type: str
    parent: str | None
    name: str
    path: str
    rank: int
    locale: str | None
    group: str
    key: str | None
    state: State
    revision: int
    fields_revision: int
    fields: Mapping[str, Any]
    published_revision: int | None
    published_at: int | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    finalizers: tuple[str, ...]
    owner: str | None
    created_at: int
    modified_at: int
    deleted_at: int | None
    #: Whether others are in its translation group; some may be out of sight.
    is_translated: bool = field(default=False, compare=False)
    #: Whether the fields shown here are as they came from a file, which is kept.
    is_sourced: bool = field(default=False, compare=False)

    @property
    def is_published(self) -> bool:
        return self.published_revision is not None

    @property
    def title(self) -> str:
        """What to call the node: its title where it has one, else its name."""
        title = self.fields.get("title")
        return title if isinstance(title, str) and title else self.name


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node is, without its fields: all that a link needs."""

    id: str
    kind: Kind
    type: str
    path: str
    locale: str | None
    group: str
    key: str | None
    modified_at: int


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log.

    Positions are dense, start at 1 and are in commit order, so a reader that
    has seen *n* has missed nothing before *n*.
    """

    position: int
    node: str
    kind: Kind
    action: Action
    revision: int
    public: bool
    at: int
    author: str | None

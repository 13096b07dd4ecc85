"""What can go wrong, in words of content.

Each failure carries its facts as attributes of ``facts``; nobody needs to read
them back from the message.  A ``code`` is read by clients: once released it
never changes and is never used for something else.  What a failure means in
HTTP is said elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ContentError(Exception):
    """Base of every failure that this package raises on purpose."""

    code: ClassVar[str] = "content_error"
    template: ClassVar[str] = "The content does not allow this."

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.template.format(**facts))
        self.facts: Mapping[str, Any] = facts


class InvalidName(ContentError):
    """A name that no node may have."""

    code = "invalid_name"
    template = "{name!r} cannot be a name: {reason}."


class InvalidPath(ContentError):
    """A path that cannot lead to a node."""

    code = "invalid_path"
    template = "{path!r} cannot be a path: {reason}."


class NodeNotFound(ContentError):
    """Nothing is there, or nothing that this reader may see."""

    code = "not_found"
    template = "There is no {kind} at {address!r}."


class NameTaken(ContentError):
    """Another node already has this name in this folder."""

    code = "name_taken"
    template = "{name!r} is taken in {folder!r}; {suggestion!r} is free."


class InvalidId(ContentError):
    """An id that no node may have."""

    code = "invalid_id"
    template = "{id!r} is not a node's id: it does not have the form of a UUID."


class IdTaken(ContentError):
    """Another node, perhaps one in the trash, already has this id."""

    code = "id_taken"
    template = "There is a node {id} already."


class KeyTaken(ContentError):
    """Another node of the kind already has this key (a bundle's basename)."""

    code = "key_taken"
    template = "The {kind} {key!r} exists already."


class NotAFolder(ContentError):
    """Something was to be put into a node that holds no others."""

    code = "not_a_folder"
    template = "{path!r} is a {kind}, not a folder."


class InvalidMove(ContentError):
    """A folder was to be moved into itself, or the root at all."""

    code = "invalid_move"
    template = "{path!r} cannot be moved to {target!r}: {reason}."


class StaleRevision(ContentError):
    """The node moved on since the caller read it."""

    code = "stale_revision"
    template = "{id} is at revision {current}, not {expected}."


class WrongState(ContentError):
    """The node is not in a state that allows this."""

    code = "wrong_state"
    template = "{path!r} is {state}: {reason}."


class InvalidFields(ContentError):
    """Fields that break the document's type.

    ``facts["problems"]`` lists them as :class:`content_repo.doctypes.Problem`.
    """

    code = "invalid_fields"
    template = "{type}: {summary}"


class UnknownType(ContentError):
    """A document type that nobody defined."""

    code = "unknown_type"
    template = "There is no document type {type!r}."


class InvalidType(ContentError):
    """The definition of a document type that cannot hold."""

    code = "invalid_type"
    template = "The document type {type!r} cannot hold: {reason}."


class InvalidSeed(ContentError):
    """A file that content was to be loaded from, but cannot be."""

    code = "invalid_seed"
    template = "{file}: {reason}"


class DatabaseUnavailable(ContentError):
    """The database does not answer; asking again later may help."""

    code = "database_unavailable"
    template = "The database does not answer just now."


class StorageFull(ContentError):
    """There is no room left on the disk; what was committed stays as it is."""

    code = "storage_full"
    template = "There is no room left on the disk."


class BlobMissing(ContentError):
    """The bytes of an asset are not in the media folder."""

    code = "blob_missing"
    template = "The bytes {digest} are missing from the media folder."

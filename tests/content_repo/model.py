"""The rules of the tree once more, as simply as can be: a dictionary of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from content_repo.errors import (
    ContentError,
    InvalidMove,
    NameTaken,
    NodeNotFound,
    NotAFolder,
    WrongState,
)

Fields = dict[str, Any]
Refusal = type[ContentError]


@dataclass
class Entry:
    """A node of the model."""

    parent: str | None
    name: str
    is_folder: bool
    draft: Fields
    published: Fields | None = None
    trashed: bool = False
    revision: int = 1


class Model:
    """What the repository should do.

    Each method does it and returns ``None``, or returns how it should be refused.
    """

    def __init__(self, top: str) -> None:
        self.top = top
        self.nodes = {top: Entry(None, "", True, {}, published={})}

    # -- what is there ------------------------------------------------------

    def above(self, id: str) -> Iterator[Entry]:
        """The node and all above it."""
        at: str | None = id
        while at is not None:
            yield self.nodes[at]
            at = self.nodes[at].parent

    def is_reachable(self, id: str) -> bool:
        return id in self.nodes and not any(one.trashed for one in self.above(id))

    def path(self, id: str) -> str:
        """Relative to the top."""
        return "/".join([one.name for one in self.above(id)][-2::-1])

    def children(self, id: str) -> list[str]:
        return [one for one, node in self.nodes.items() if node.parent == id]

    def below(self, id: str) -> list[str]:
        """The node and all below it, trash included."""
        return [id, *(inner for child in self.children(id) for inner in self.below(child))]

    def shown(self, *, published: bool) -> dict[str, tuple[str, Fields]]:
        """Id and fields by path, on one side."""
        found = {}
        for id, node in self.nodes.items():
            fields = node.published if published else node.draft
            if self.is_reachable(id) and fields is not None and id != self.top:
                found[self.path(id)] = (id, fields)
        return found

    # -- what is done -------------------------------------------------------

    def create(self, id: str, parent: str, name: str, is_folder: bool, fields: Fields) -> None:
        self.nodes[id] = Entry(parent, name, is_folder, fields)

    def objection_to_place(self, parent: str | None, name: str, *, but: str = "") -> Refusal | None:
        if parent is None or not self.is_reachable(parent):
            return NodeNotFound
        if not self.nodes[parent].is_folder:
            return NotAFolder
        for id in self.children(parent):
            if id != but and not self.nodes[id].trashed and self.nodes[id].name == name:
                return NameTaken
        return None

    def revise(self, id: str, fields: Fields) -> Refusal | None:
        if not self.is_reachable(id):
            return NodeNotFound
        node = self._raised(id)
        node.draft = fields
        if node.is_folder and node.published is not None:
            node.published = fields
        return None

    def move(self, id: str, parent: str, name: str) -> Refusal | None:
        if not self.is_reachable(id) or not self.is_reachable(parent):
            return NodeNotFound
        if parent in self.below(id):
            return InvalidMove
        if refusal := self.objection_to_place(parent, name, but=id):
            return refusal
        node = self._raised(id)
        node.parent, node.name = parent, name
        if node.published is not None:
            self._publish_above(id)
        return None

    def trash(self, id: str) -> Refusal | None:
        if not self.is_reachable(id):
            return NodeNotFound
        self._raised(id).trashed = True
        return None

    def restore(self, id: str, name: str | None) -> Refusal | None:
        if id not in self.nodes:
            return NodeNotFound
        node = self.nodes[id]
        if not node.trashed:
            return WrongState
        name = name or node.name
        if refusal := self.objection_to_place(node.parent, name):
            return refusal
        self._raised(id)
        node.trashed, node.name = False, name
        if node.published is not None:
            self._publish_above(id)
        return None

    def publish(self, id: str) -> Refusal | None:
        if not self.is_reachable(id):
            return NodeNotFound
        self._publish_above(id)
        node = self._raised(id)
        node.published = node.draft
        return None

    def unpublish(self, id: str) -> Refusal | None:
        if not self.is_reachable(id):
            return NodeNotFound
        if self.nodes[id].published is None:
            return WrongState
        for one in self.below(id):
            if self.nodes[one].published is not None:
                self._raised(one).published = None
        return None

    def purge(self, id: str) -> Refusal | None:
        if id not in self.nodes:
            return NodeNotFound
        for one in self.below(id):
            del self.nodes[one]
        return None

    def _raised(self, id: str) -> Entry:
        self.nodes[id].revision += 1
        return self.nodes[id]

    def _publish_above(self, id: str) -> None:
        for one in list(self.above(id))[1:]:
            if one.published is None:
                one.published = one.draft
                one.revision += 1

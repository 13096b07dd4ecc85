"""Kept fields: the fields of a revision as some renderer makes them, beside the fields.

A page of documents is then put together from text that is there, instead of
being made from values each time.  The form holds nothing of another node, for
that may change while the revision does not: where a renderer has to name one, it
leaves a *hole* with what it needs to fill it when answering.

What a kept form looks like is the renderer's own affair; the repository stores
it, and says which renderer made it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from content_repo.doctypes import Types
from content_repo.model import Kind

#: Parts a kept form.  No text that may be stored has it.
PART: Final = "\0"


class Renderer(Protocol):
    """Makes kept forms of documents' fields."""

    def form(self, types: Types, type_name: str) -> str:
        """What the kept form depends on besides the fields; equal, nothing need be made anew."""

    def render(self, types: Types, type_name: str, fields: Mapping[str, Any]) -> str:
        """The kept form of *fields*."""


class Rendition(NamedTuple):
    """A document as one side shows it, with the kept form of its fields.

    The attributes are those of :class:`~content_repo.model.Node`.  ``links`` is
    the stored form of those in its rich texts; ``kept`` what the renderer of the
    form ``kept_by`` made, ``None`` where nothing was kept.
    """

    id: str
    type: str
    parent: str | None
    name: str
    path: str
    locale: str | None
    group: str
    revision: int
    created_at: int
    modified_at: int
    published_at: int | None
    is_translated: bool
    is_sourced: bool
    links: str
    kept_by: str | None
    kept: str | None

    @property
    def kind(self) -> Kind:
        return Kind.DOCUMENT

    @property
    def key(self) -> None:
        return None

    @property
    def title(self) -> str:
        """What to call the document; the first part of every kept form is its title."""
        title, _, _ = (self.kept or "").partition(PART)
        return title or self.name

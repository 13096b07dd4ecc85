"""The neutral question and answer: what may be asked of an index, and what it returns.

Nothing here knows an engine.  What a question means is written in
:mod:`search_index.meaning`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from content_repo import Kind


@dataclass(frozen=True, slots=True)
class Window:
    """The part of all hits that is wanted."""

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to order by.

    ``of`` says whose name it is: a *field* (dotted below compounds); of the
    *node* (``path name type locale id rank title created_at modified_at
    published_at``); or the *score*, where the name says nothing.
    """

    name: str
    descending: bool = False
    of: Literal["field", "node", "score"] = "field"


#: The one order that nothing written later changes: the only one to walk through in steps.
BY_ID: Final = (SortKey("id", of="node"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question; whatever is not said does not restrict.

    ``roots`` and ``scopes`` are absolute paths: an entry lies strictly below
    one of the roots (the empty path: everything) and, where scopes are given,
    below one of those too.  ``ids`` are those of the only nodes in question.
    ``types`` are full names, each of which also stands for the types that extend
    it.  ``deepest`` is the largest number of names in a path.  ``categories`` are
    keys, one of which the entry holds; with ``taxonomy``, in a field of that
    taxonomy.  The window begins behind the id
    ``after``, which may be anyone's or no one's; that takes the order by id.
    """

    kinds: frozenset[Kind]
    roots: tuple[str, ...]
    window: Window
    text: str | None = None
    types: frozenset[str] | None = None
    scopes: tuple[str, ...] = ()
    deepest: int | None = None
    ids: frozenset[str] | None = None
    taxonomy: str | None = None
    categories: frozenset[str] | None = None
    sort: tuple[SortKey, ...] = ()
    after: str | None = None

    def __post_init__(self) -> None:
        if self.after is not None and self.sort != BY_ID:
            raise ValueError("what comes after an id is said by no order but that of ids")


@dataclass(frozen=True, slots=True)
class Hits:
    """The wanted part of what matches, how much matches, and as of which position.

    ``total`` counts all that matches, before the window and ``after`` as well.

    ``position`` is that of the last change which the side shows, ``reached``
    that of the last one in the log that was taken in.
    """

    ids: tuple[str, ...]
    total: int
    position: int
    reached: int


class SearchIndex(Protocol):
    """One side of the content, searchable."""

    def search(self, query: Query) -> Hits:
        """What matches, in step with the repository if that takes no longer than a moment."""

    @property
    def position(self) -> int:
        """The position of the last change that this side shows; lists are tagged with it."""

    @property
    def reached(self) -> int:
        """The position in the change log up to which everything was taken in."""

    def catch_up(self, within: float | None = None) -> bool:
        """Follow the change log, at most *within* seconds; whether it is in step now."""

    def status(self) -> Mapping[str, Any]:
        """How far the index is, and how large, for an operator's eyes."""

    def verify(self) -> list[str]:
        """All differences from the repository in plain words; none is an empty list."""

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build anew beside the present index, then take its place."""

    def close(self) -> None:
        """Let go of files and threads."""

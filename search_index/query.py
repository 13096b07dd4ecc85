"""The neutral question and answer: what may be asked of an index, and what it returns.

Nothing here knows an engine.  What a question means is written in
:mod:`search_index.meaning`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, Protocol

from content_repo import Kind
from search_index.entry import Typed

if TYPE_CHECKING:
    from search_index.highlighting import Marker

Operator = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "exists", "prefix", "contains"
]  # fmt: skip

#: Whose name something is: a field's (dotted below compounds), or the node's own (``path name
#: type locale id rank revision title created_at modified_at published_at``).
Of = Literal["field", "node"]


@dataclass(frozen=True, slots=True)
class Window:
    """The part of all hits that is wanted."""

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key to order by.

    ``of`` says whose name it is (:data:`Of`), or the *score*, where it says nothing.
    """

    name: str
    descending: bool = False
    of: Literal["field", "node", "score"] = "field"


#: The one order that nothing written later changes: the only one to walk through in steps.
BY_ID: Final = (SortKey("id", of="node"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What some value of an entry must be.

    ``readings`` are what the text that was given can stand for, one for each
    type that it can be read as; of ``in`` and ``nin``, those of all its items; of
    ``exists``, one boolean; of category keys, all that fit.  Through a mirror
    ``through``, it asks the same of what that points at; without a ``name``, for the
    target's id.  Paths are those from the folder ``below``, if they lie in it.
    """

    name: str
    operator: Operator
    readings: tuple[Typed, ...]
    of: Of = "field"
    through: str | None = None
    below: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Values to be counted; dates by the ``year month day`` of ``unit``, in UTC.

    A string counts as those ``above`` it as well, as a category key does.  Where the
    field ``refers``, a string in the form of an id says nothing: ids are those of
    what it points at.
    """

    name: str
    of: Of = "field"
    unit: Literal["year", "month", "day"] | None = None
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    refers: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of a facet with their counts, the most frequent first.

    ``omitted`` counts the values that are left out.  A value counted by a unit is
    its beginning, in milliseconds.  ``held`` are all values that there are, as they
    are held, but for dates that are counted by a unit; ``is_single``, nothing holds two.
    """

    values: tuple[tuple[Typed, int], ...]
    omitted: int
    held: frozenset[Typed] = field(default=frozenset(), compare=False)
    is_single: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: the values of its keys at the last item that was passed.

    One value for each key of the sort (``None``: it had none), then its path and id.
    ``rarities`` say of each leaf of a text how much it counted: behind a cursor it
    counts the same, however many entries there are by then.
    """

    values: tuple[Typed | None, ...]
    path: str
    id: str
    rarities: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question; whatever is not said does not restrict.

    ``roots`` and ``scopes`` are absolute paths: an entry lies strictly below
    one of the roots (the empty path: everything) and, where scopes are given,
    below one of those too, and below none that is ``outside``.  ``ids`` are those
    of the only nodes in question; without a sort, they come as they are ``listed``.
    ``types`` are full names, each of which also stands for the types that extend
    it.  ``deepest`` is the largest number of names in a path.  ``categories`` are
    keys, one of which the entry holds; with ``taxonomy``, in a field of that
    taxonomy.  All ``conditions`` hold; what one reaches
    through a mirror lies, by its kind, below one of the roots that are ``seen`` (none:
    wherever it is).  ``locales`` are BCP 47 tags, the best
    first: of translations only the best one is in question and, ``borrowing``, has
    of the others what it lacks.

    The window begins behind the id ``after``, which may be anyone's or no one's and
    takes the order by id; or behind the ``cursor``, in whatever order.
    """

    kinds: frozenset[Kind]
    roots: tuple[str, ...]
    window: Window
    text: str | None = None
    types: frozenset[str] | None = None
    scopes: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    deepest: int | None = None
    ids: frozenset[str] | None = None
    listed: tuple[str, ...] = ()
    taxonomy: str | None = None
    categories: frozenset[str] | None = None
    conditions: tuple[Condition, ...] = ()
    seen: tuple[tuple[Kind, tuple[str, ...]], ...] = ()
    locales: tuple[str, ...] = ()
    borrowing: bool = True
    sort: tuple[SortKey, ...] = ()
    after: str | None = None
    cursor: Cursor | None = None
    facets: tuple[Facet, ...] = ()

    def __post_init__(self) -> None:
        if self.after is not None and self.sort != BY_ID:
            raise ValueError("what comes after an id is said by no order but that of ids")


@dataclass(frozen=True, slots=True)
class Hits:
    """The wanted part of what matches, how much matches, and as of which position.

    ``numbers`` are the repository's of the same nodes.  ``total`` counts all that
    matches, before the window and ``after`` as well.

    ``position`` is that of the last change which the side shows, ``reached``
    that of the last one in the log that was taken in.  ``counted`` are the facets
    in their order; ``borrowed`` says of those that borrow fields from which id each
    comes; ``cursor`` is the place of the last id, and ``offset`` how many come
    before the first one.
    """

    ids: tuple[str, ...]
    numbers: tuple[int, ...]
    total: int
    position: int
    reached: int
    counted: tuple[Counted, ...] = ()
    borrowed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cursor: Cursor | None = None
    offset: int = 0


class Completion(NamedTuple):
    """A title that a text may become, and the id of a document that has it."""

    title: str
    id: str


@dataclass(frozen=True, slots=True)
class Completions:
    """Titles that a text may become, the likeliest first; positions as of :class:`Hits`."""

    items: tuple[Completion, ...]
    position: int
    reached: int


class SearchIndex(Protocol):
    """One side of the content, searchable."""

    def search(self, query: Query) -> Hits:
        """What matches, in step with the repository if that takes no longer than a moment."""

    def corrected(self, query: Query, *, finds: bool) -> str | None:
        """What the text of *query*, which *finds* something or not, may have meant instead."""

    def completed(self, query: Query) -> Completions:
        """The titles that the text of *query* may become, of what else it asks for."""

    def marker(self, text: str, locales: Collection[str | None]) -> Marker:
        """What shows where *text* was found in texts of those locales."""

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

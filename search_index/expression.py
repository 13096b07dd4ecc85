"""What a search text asks for, as a tree: leaves that texts match, joined by and, or, not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Term(NamedTuple):
    """One thing to look up, ``at`` so many units from where the leaf begins.

    A *word* is what it says; a *prefix* any word that begins so; a *letter* of an
    unspaced script is met alone or before another one; a *sign* stands in the gap
    before the unit at that place.
    """

    text: str
    at: int
    kind: Literal["word", "prefix", "letter", "sign"] = "word"


@dataclass(frozen=True, slots=True)
class Leaf:
    """Terms that stand as they do here, in one value of a field (``None``: of any).

    A ``loose`` one is a single word that may as well be there in another form.
    ``span`` is where it was written: from which character, and up to which.
    """

    terms: tuple[Term, ...]
    field: str | None = None
    loose: bool = False
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression = Leaf | All | Any | Not


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Every leaf that what is found may hold: those that are denied are left out."""
    match expression:
        case Leaf():
            yield expression
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not():
            pass

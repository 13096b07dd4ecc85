"""The engine's side of the port: one state of an index on disk, read and written.

An engine brings words and where they are.  What they mean, in which order hits
come, how they follow the repository: all of that is the package's, for every
engine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final, Protocol, Self

from search_index.bookmark import Bookmark
from search_index.catalogue import Catalogue
from search_index.expression import Expression
from search_index.flatten import Flat
from search_index.highlighting import Forms
from search_index.matching import Scored
from search_index.query import Query
from search_index.spelling import Vocabulary

#: Segments that are let be; beyond, small ones are merged.
MOST_SEGMENTS: Final = 8


class Damaged(Exception):
    """The edition of that name cannot be used as it is; no name: there is none."""

    def __init__(self, edition: str | None, reason: str) -> None:
        super().__init__(reason)
        self.edition = edition


class Hindered(Exception):
    """The machine refuses, for now, what the index needs."""


class Edition(Protocol):
    """An index as of one commit; what is committed later is another edition.

    Whatever it meets that a sound index does not do is :class:`Damaged`; what
    no rebuilding would mend is :class:`Hindered`.
    """

    folder: Path
    bookmark: Bookmark
    catalogue: Catalogue

    @classmethod
    def open(cls, folder: Path, kept: Self | None = None, *, columns: bool = True) -> Self:
        """The last commit in *folder*; what *kept* has open may be taken over.

        Without *columns*, entries are looked at one by one.
        """

    @staticmethod
    def create(folder: Path, flats: Iterable[Flat], bookmark: Bookmark) -> None:
        """A new index in the empty *folder*."""

    @property
    def is_latest(self) -> bool:
        """Whether nothing was committed since."""

    @property
    def segments(self) -> int:
        """In how many parts it lies on disk."""

    def write(
        self, gone: Iterable[str], flats: Iterable[Flat], bookmark: Bookmark, *, merge: int
    ) -> None:
        """Commit: remove *gone*, put *flats* in place of what they were, move the bookmark.

        Of old entries at most *merge* are written again to keep parts few.
        """

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about."""

    def vocabularies(self) -> list[Vocabulary]:
        """The words of each part, and how many of its entries have each, or lately had."""

    def forms(self, words: Collection[str], languages: Collection[str]) -> Forms:
        """The other words that have the stems of *words* in each of *languages*."""

    def close(self, successor: Self | None = None) -> None:
        """Let go of all that *successor* did not take over."""

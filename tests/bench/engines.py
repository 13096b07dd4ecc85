"""An engine in process: what is asked of it, and ours.

Each holds the corpus in a folder: title above text by three, dates to order by,
authors to filter by.  Ours reads it from the repository, which the others do
without; what it finds is always counted, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from content_repo import Kind, Side
from hal_delivery.bootstrap import build_services
from search_index import Hits, Query, SortKey, Window
from search_index.entry import Order
from search_index.query import Condition
from tests.bench.corpus import Article, settings_of

LIMIT: Final = 10

_BY_DATE: Final = (SortKey("date", descending=True),)


class Engine(Protocol):
    """The corpus, searchable; answers are ids, at most :data:`LIMIT` of them."""

    #: What it is called in the tables.
    name: ClassVar[str]

    def __init__(self, folder: Path) -> None:
        """Open what is in *folder*."""

    def by_score(self, words: str) -> list[str]: ...

    def by_date(self, words: str) -> list[str]: ...

    def phrase(self, words: str) -> list[str]: ...

    def newest(self, offset: int) -> list[str]: ...

    def of_author(self, author: str) -> list[str]:
        """The newest of one author."""

    def count(self, words: str) -> int: ...

    def replace(self, articles: Sequence[Article]) -> None:
        """Write documents that are there with other texts, all at once; then it finds them."""

    def close(self) -> None: ...


class Buildable(Engine, Protocol):
    """One that is filled from outside."""

    @classmethod
    def build(cls, folder: Path, articles: Iterable[Article]) -> None:
        """Fill an empty folder."""


class Ours:
    """One side of the repository, in a data folder."""

    name: ClassVar[str] = "ours"

    def __init__(self, folder: Path) -> None:
        self._services = build_services(settings_of(folder), migrate=False)
        self.index = self._services.indexes[Side.PUBLISHED]

    @classmethod
    def build(cls, folder: Path, articles: Iterable[Article]) -> None:
        """Index what is in the data folder already; *articles* are the same."""
        with closing(build_services(settings_of(folder), migrate=False)) as services:
            services.indexes[Side.PUBLISHED].rebuild()

    def _found(self, offset: int = 0, limit: int = LIMIT, **asked: Any) -> Hits:
        query = Query(
            kinds=frozenset({Kind.DOCUMENT}),
            roots=("content/documents",),
            window=Window(offset, limit),
            **asked,
        )
        return self.index.search(query)

    def _ids(self, **asked: Any) -> list[str]:
        return list(self._found(**asked).ids)

    def by_score(self, words: str) -> list[str]:
        return self._ids(text=words)

    def by_date(self, words: str) -> list[str]:
        return self._ids(text=words, sort=_BY_DATE)

    def phrase(self, words: str) -> list[str]:
        return self._ids(text=f'"{words}"')

    def newest(self, offset: int) -> list[str]:
        return self._ids(sort=_BY_DATE, offset=offset)

    def of_author(self, author: str) -> list[str]:
        condition = Condition(
            name="author", operator="eq", readings=((Order.STRING.value, author),)
        )
        return self._ids(conditions=(condition,), sort=_BY_DATE)

    def count(self, words: str) -> int:
        return self._found(limit=1, text=words).total

    def replace(self, articles: Sequence[Article]) -> None:
        with self._services.repository.write(message="bench") as tx:
            for one in articles:
                tx.revise(one.id, one.fields)
                tx.publish(one.id)

    def close(self) -> None:
        self._services.close()

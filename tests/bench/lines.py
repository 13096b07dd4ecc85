"""What is asked over HTTP, line by line, and what of the floor each must reach.

A line has hundreds of addresses, each with a word, a document or an offset of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tests.bench.queries import Queries

BASE: Final = "/site/api/documents/"
ON_A_PAGE: Final = 10

#: Pages of one line.
PAGES: Final = 200

#: Authors of one filter: with these, a tenth of all documents.
_TOGETHER: Final = 20

_ORDERS: Final = {"path": {}, "date": {"_sort": "-date"}, "title": {"_sort": "title"}}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: how often a second, against the floor, and how it may grow.

    ``must`` is the part of the floor's rate; ``grows`` the times that an answer may take
    with ten times the documents.  One that is ``tagged`` is asked whether it changed.
    One is to be as fast as the line that it is ``like``, nearly.
    """

    name: str
    paths: tuple[str, ...]
    must: float
    grows: float = 2.0
    tagged: bool = False
    like: str | None = None


def reads(queries: Queries, size: int) -> list[Line]:
    """Documents and pages, for which nothing is searched."""
    lines = [
        Line("document by id", tuple(BASE + id for id in queries.ids), 0.60),
        Line("document by path", tuple(BASE + path for path in queries.paths), 0.60),
    ]
    for name, order in _ORDERS.items():
        first, deep = (
            tuple(_address({**order, "_offset": str(at)}) for at in _offsets(start, size))
            for start in (0, size // 2)
        )
        lines.append(Line(f"page of 10 by {name}, first pages", first, 0.50))
        lines.append(Line(f"page of 10 by {name}, in the middle", deep, 0.50, like=lines[-1].name))
    pages = [{"_offset": str(at)} for at in _offsets(0, size)]
    projected = tuple(_address({"_fields": "title,date", **page}) for page in pages)
    lines.append(Line("title and date of 10", projected, 0.25))
    lines.append(
        Line("page of 10, not changed (304)", tuple(map(_address, pages)), 0.80, tagged=True)
    )
    return lines


def searches(queries: Queries, _size: int) -> list[Line]:
    """Words by class, in both orders, and what is made of several."""
    lines = [
        Line(f"{name} word by {order}", _texts(words, sort), 0.40, grows)
        for name, words, grows in (
            ("rare", queries.rare, 2.0),
            ("medium", queries.medium, 2.5),
            ("common", queries.common, 2.5),
        )
        for order, sort in (("score", {}), ("date", {"_sort": "-date"}))
    ]
    authors = queries.authors
    several = [
        ",".join(authors[(at + n) % len(authors)] for n in range(_TOGETHER))
        for at in range(len(authors))
    ]
    facets = {"_sort": "-date", "_facets": "author,date(year)"}
    return [
        *lines,
        Line("two common words", _texts(queries.pairs), 0.25, 2.5),
        Line("phrase of two common words", _texts(map('"{}"'.format, queries.phrases)), 0.25, 2.5),
        Line(
            "filter, sort and facets",
            tuple(_address({"author[in]": some, **facets}) for some in several), 0.25, 2.5,
        ),
        Line(
            "medium word, title and date",
            _texts(queries.medium, {"_fields": "title,date"}), 0.25, 2.5,
        ),
        Line("medium word, not changed (304)", _texts(queries.medium), 0.80, tagged=True),
    ]  # fmt: skip


#: Makes the lines of a case.
Lines = Callable[[Queries, int], list[Line]]


def _offsets(start: int, size: int) -> range:
    """Where the pages of a line begin, as many of them as there are."""
    end = min(start + PAGES * ON_A_PAGE, size - ON_A_PAGE + 1)
    return range(start, max(start + 1, end), ON_A_PAGE)


def _texts(words: Iterable[str], more: dict[str, str] | None = None) -> tuple[str, ...]:
    return tuple(_address({"_q": word, **(more or {})}) for word in words)


def _address(parameters: dict[str, str]) -> str:
    return f"{BASE}?{urlencode(parameters)}"

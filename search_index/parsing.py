r"""Reading the text of a search into what must be found.

::

    text     what = all words          apple pie
             OR  AND  NOT x  -x  ( )   apple OR (pear -green)
    chunk    a word, in any form       apple     finds apples
             "in quotes"               just so, next to each other
             begin*                    words that begin so
             front-matter c++ @x/y     units and signs, next to each other
    field    title:apple               where the name is that of a text field

``NOT`` binds before ``AND``, which may be left out, and that before ``OR``.
Whatever has no meaning there is text, so that every text is a legal query.
Punctuation says nothing beside anything else; a text that is nothing but operators
asks for these words, and one that is nothing but punctuation for texts that are so.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from search_index.analysis import LONGEST_SIGN, Unit, is_punctuation, units
from search_index.errors import InvalidQuery
from search_index.expression import All, Any, Expression, Leaf, Not, Term

#: Bounds on a search text; beyond them it is refused.
MOST_CHARACTERS: Final = 512
MOST_CLAUSES: Final = 32
DEEPEST: Final = 8

#: Texts that are known at once: a search asks twice what its own says.
_MOST_KNOWN: Final = 256

_KEYWORDS: Final = frozenset({"AND", "OR", "NOT"})

# Each alternative begins where a chunk may.
_PIECE: Final = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<no>-)(?=[\w"(])
    | (?P<open>\()
    | (?P<close>\))
    | (?P<quoted>"[^"]*")
    | (?P<chunk>[^\s()"]+)
    | (?P<stray>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FIELD: Final = re.compile(r"([^\s:\"()]+):(?=[^\s:])")


class _Piece(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(maxsize=_MOST_KNOWN)
def parse(text: str, fields: Container[str] = ("title",)) -> Expression | None:
    """What *text* asks for; ``None`` if it says nothing.

    *fields* are the names that may stand before a colon.

    >>> parse("alder")
    Leaf(terms=(Term(text='alder', at=0, kind='word'),), field=None, loose=True, span=(0, 5))
    >>> parse(' ') is None
    True
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidQuery(bound="characters", limit=MOST_CHARACTERS, given=len(text))
    pieces = _balanced(list(_pieces(text, fields)))
    return (
        _Reader(pieces).expression()
        or _Reader(pieces).keywords()
        or _Reader(pieces, bare=True).expression()
        or _Reader([_Piece("chunk", text, 0)], bare=True).expression()
    )


def _pieces(text: str, fields: Container[str]) -> Iterator[_Piece]:
    at = 0
    while at < len(text):
        named = _FIELD.match(text, at)
        if named is not None and named[1] in fields:
            yield _Piece("field", named[1], at)
            at = named.end()
        found = _PIECE.match(text, at)
        if found is None:
            return
        kind, said = str(found.lastgroup), found[0]
        if kind == "chunk":
            said = _chunk(text, at)
            kind = "keyword" if said in _KEYWORDS else kind
        if kind not in ("blank", "stray"):
            yield _Piece(kind, said, at)
        at += len(said)


def _chunk(text: str, at: int) -> str:
    """The chunk that begins *at*: up to a blank, or a parenthesis that closes another's group."""
    depth, end = 0, at
    while end < len(text) and not text[end].isspace():
        letter = text[end]
        if letter == '"' and text.find('"', end + 1) >= 0:
            break
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        end += 1
    return text[at:end]


def _balanced(pieces: Sequence[_Piece]) -> list[_Piece]:
    """*pieces* without parentheses that lack the other one."""
    opened: list[int] = []
    stray = set()
    for number, piece in enumerate(pieces):
        if piece.kind == "open":
            opened.append(number)
        elif piece.kind == "close":
            if opened:
                opened.pop()
            else:
                stray.add(number)
    stray.update(opened)
    return [piece for number, piece in enumerate(pieces) if number not in stray]


class _Reader:
    """One text on its way into an expression; of a *bare* one punctuation says something."""

    def __init__(self, pieces: Sequence[_Piece], *, bare: bool = False) -> None:
        self._pieces = pieces
        self._bare = bare
        self._next = 0
        self._clauses = 0

    def expression(self) -> Expression | None:
        return self._any(None, 0)

    def keywords(self) -> Expression | None:
        """The words that join others as words, each in the field that it stands behind."""
        fields = [None, *(one.text if one.kind == "field" else None for one in self._pieces)]
        return _all(
            [
                self._leaf(one, field)
                for one, field in zip(self._pieces, fields, strict=False)
                if one.kind == "keyword"
            ]
        )

    def _any(self, field: str | None, depth: int) -> Expression | None:
        if depth > DEEPEST:
            raise InvalidQuery(bound="levels of parentheses", limit=DEEPEST, given=depth)
        parts = [self._all_of(field, depth)]
        while self._is_at("keyword", "OR"):
            self._next += 1
            parts.append(self._all_of(field, depth))
        said = tuple(part for part in parts if part is not None)
        return Any(said) if len(said) > 1 else said[0] if said else None

    def _all_of(self, field: str | None, depth: int) -> Expression | None:
        parts: list[Expression | None] = []
        while self._next < len(self._pieces) and not self._is_at("close"):
            if self._is_at("keyword", "OR"):
                break
            parts.append(self._one(field, depth))
        return _all(parts)

    def _one(self, field: str | None, depth: int) -> Expression | None:
        denied = False
        while self._next < len(self._pieces):
            piece = self._pieces[self._next]
            if piece.kind == "close" or (piece.kind, piece.text) == ("keyword", "OR"):
                break
            self._next += 1
            if piece.kind == "no" or (piece.kind, piece.text) == ("keyword", "NOT"):
                denied = not denied
            elif piece.kind == "field":
                field = piece.text
            elif piece.kind != "keyword":
                found = self._group(field, depth) if piece.kind == "open" else None
                if piece.kind != "open":
                    found = self._leaf(piece, field)
                return Not(found) if denied and found is not None else found
        return None

    def _group(self, field: str | None, depth: int) -> Expression | None:
        found = self._any(field, depth + 1)
        # The parenthesis that closes it.
        self._next += 1
        return found

    def _leaf(self, piece: _Piece, field: str | None) -> Leaf | None:
        found = _leaf(piece, field, bare=self._bare)
        self._clauses += found is not None
        if self._clauses > MOST_CLAUSES:
            given = sum(one.kind in ("chunk", "quoted", "keyword") for one in self._pieces)
            raise InvalidQuery(bound="words", limit=MOST_CLAUSES, given=given)
        return found

    def _is_at(self, kind: str, text: str | None = None) -> bool:
        if self._next >= len(self._pieces):
            return False
        piece = self._pieces[self._next]
        return piece.kind == kind and text in (None, piece.text)


def _all(parts: Sequence[Expression | None]) -> Expression | None:
    said = tuple(part for part in parts if part is not None)
    return All(said) if len(said) > 1 else said[0] if said else None


def _leaf(piece: _Piece, field: str | None, *, bare: bool) -> Leaf | None:
    is_quoted = piece.kind == "quoted"
    text = piece.text[1:-1] if is_quoted else piece.text
    is_prefix = not is_quoted and len(text) > 1 and text.endswith("*")
    found = list(units(text[:-1] if is_prefix else text))
    if is_prefix and (not found or not found[-1].text or found[-1].is_letter):
        # A star behind no word says itself; any part of a run of letters is found anyway.
        is_prefix = False
        if not found or not found[-1].is_letter:
            found = list(units(text))
    if is_punctuation(found) and not bare:
        return None
    terms = tuple(looked_up(found))
    if not terms:
        return None
    if is_prefix:
        terms = (*terms[:-1], terms[-1]._replace(kind="prefix"))
    loose = len(terms) == 1 and terms[0].kind == "word" and not is_quoted
    loose = loose and not found[0].is_letter
    return Leaf(terms, field, loose, (piece.at, piece.at + len(piece.text)))


def looked_up(found: Sequence[Unit]) -> Iterator[Term]:
    """The terms by which a text is found that has these units next to each other.

    >>> [term.text for term in looked_up(list(units("c++ 日本語")))]
    ['c', '++', '日本', '本語']
    """
    for at, unit in enumerate(found):
        for sign in unit.sign.split():
            for first in range(max(1, len(sign) - LONGEST_SIGN + 1)):
                yield Term(sign[first : first + LONGEST_SIGN], at, "sign")
        if not unit.is_letter:
            if unit.text:
                yield Term(unit.text, at)
        elif at + 1 < len(found) and found[at + 1].joined:
            yield Term(unit.text + found[at + 1].text, at)
        elif not unit.joined:
            yield Term(unit.text, at, "letter")

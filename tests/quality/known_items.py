"""Known items, made by rule: a document, and a query by which somebody would look for it.

Only titles and headings are asked for that occur once within their locale: of others
nobody could say which document is meant.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.oracle.text import is_unspaced, units

#: Letters that a slip of the finger puts into a word.
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_LONG_ENOUGH: Final = re.compile(r"[^\W\d_]{4,}")
_RARE: Final = 3


class Kind(StrEnum):
    """What is remembered of a document."""

    TITLE = "title"
    WORDS = "rare words"
    HEADING = "heading"
    TYPO = "typo in title"
    START = "half a title"


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched: the same fields for every engine."""

    id: str
    path: str
    locale: str | None
    title: str
    body: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A query, and the document that it is to find."""

    kind: Kind
    query: str
    document: Document

    @property
    def locale(self) -> str:
        return self.document.locale or "none"


def items(documents: Sequence[Document], *, seed: int = 1, share: float = 1.0) -> list[Item]:
    """The items of *documents*, or a *share* of them; the same ones for the same seed."""
    chance = random.Random(seed)
    found = [
        item
        for of_one_locale in _by_locale(documents)
        for item in _items_of_locale(of_one_locale, chance)
    ]
    return [item for item in found if share == 1 or chance.random() < share]


def _by_locale(documents: Sequence[Document]) -> Iterator[list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for one in sorted(documents, key=lambda one: one.path):
        found[one.locale or ""].append(one)
    yield from (found[locale] for locale in sorted(found))


def _items_of_locale(documents: Sequence[Document], chance: random.Random) -> Iterator[Item]:
    titles = Counter(_plain(one.title) for one in documents)
    headings = Counter(_plain(text) for one in documents for text in {*one.headings})
    terms = {one.id: _terms(one.body) for one in documents}
    frequency = Counter(term for found in terms.values() for term in found)
    for one in documents:
        rare = sorted(terms[one.id], key=lambda term: (frequency[term], term))[:_RARE]
        if len(rare) == _RARE:
            yield Item(Kind.WORDS, " ".join(rare), one)
        single = [text for text in one.headings if headings[_plain(text)] == 1 and _plain(text)]
        single = [text for text in single if _plain(text) not in titles]
        if single:
            yield Item(Kind.HEADING, chance.choice(single), one)
        if titles[_plain(one.title)] == 1 and _plain(one.title):
            yield Item(Kind.TITLE, one.title, one)
            yield Item(Kind.START, _first_half(one.title), one)
            if (typo := with_typo(one.title, chance)) is not None:
                yield Item(Kind.TYPO, typo, one)


def _plain(text: str) -> str:
    return " ".join(units(text).units)


def _terms(text: str) -> set[str]:
    """Words of some length, and pairs of letters of scripts that set no blanks.

    >>> sorted(_terms("The 42 harbours 港口 b2b"))
    ['harbours', '港口']
    """
    row = units(text)
    words = {one for one in row.units if one.isalpha() and 4 <= len(one) <= 20}
    pairs = {
        one + other
        for one, other, (_, is_joined) in zip(row.units, row.units[1:], row.gaps[1:], strict=False)
        if is_joined and is_unspaced(one) and is_unspaced(other)
    }
    return words | pairs


def _first_half(title: str) -> str:
    """The first half of a title's letters, the middle one included.

    >>> _first_half("Harbours"), _first_half("港口开")
    ('Harb', '港口')
    """
    return title[: (len(title) + 1) // 2].strip()


def with_typo(title: str, chance: random.Random) -> str | None:
    """*title* with a slip in one of its words of four letters or more, if it has any.

    >>> with_typo("Loading of C", random.Random(1)) not in (None, "Loading of C")
    True
    >>> with_typo("A to B", random.Random(1))
    """
    words = [
        word
        for word in _LONG_ENOUGH.finditer(title)
        if not any(is_unspaced(unit) for unit in units(word[0]).units)
    ]
    if not words:
        return None
    word = chance.choice(words)
    slipped = _slipped(word[0], chance)
    return title[: word.start()] + slipped + title[word.end() :]


def _slipped(word: str, chance: random.Random) -> str:
    slips: tuple[Callable[[int], str], ...] = (
        lambda at: word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        lambda at: word[:at] + word[at + 1 :],
        lambda at: word[:at] + chance.choice(_LETTERS) + word[at:],
        lambda at: word[:at] + chance.choice(_LETTERS) + word[at + 1 :],
    )
    while True:
        slipped = chance.choice(slips)(chance.randrange(len(word) - 1))
        if slipped.casefold() != word.casefold():
            return slipped

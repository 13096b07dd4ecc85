"""Spelling: what a search may have meant that holds a word which nothing has.

Words that are there are compared with the one that is not; a letter too many, one
too few, another one, or two in each other's place make one difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_index.aligning import Aligned
from search_index.expression import All, Any, Expression, Leaf, Not, leaves
from search_index.query import Query, Window

#: Letters from which on a word may differ once, and twice.
_ONCE: Final = 4
_TWICE: Final = 8

#: Words of a search that are looked into, and words that each may have been.
_MOST_WORDS: Final = 8
_MOST_CHOICES: Final = 5

#: It is only asked how much there is.
_NOTHING: Final = Window(0, 0)

#: Words that are exchanged, one at a time, though they are words.
_MOST_EXCHANGED: Final = 3


def typos(letters: int) -> int:
    """In how many places a word of so many *letters* may be wrong.

    >>> [typos(letters) for letters in (3, 4, 7, 8)]
    [0, 1, 1, 2]
    """
    return (letters >= _ONCE) + (letters >= _TWICE)


def _lengths(letters: int) -> Iterator[tuple[int, int]]:
    """The lengths of words that one of so many *letters* may stand for, each with the number of
    places where it may be wrong: of the two, the longer one counts.

    >>> list(_lengths(3)), list(_lengths(4))
    ([(4, 1)], [(3, 1), (4, 1), (5, 1)])
    """
    for length in range(max(1, letters - 2), letters + 3):
        most = typos(max(letters, length))
        if abs(length - letters) <= most and most:
            yield length, most


class Vocabulary:
    """The words of an index, or of one part of it, and how many entries have each."""

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        self._counts: dict[str, int] = {}
        for word, count in counted:
            if _is_word(word):
                self._counts[word] = self._counts.get(word, 0) + count
        self._by_length: dict[int, list[str]] = {}
        for word in self._counts:
            self._by_length.setdefault(len(word), []).append(word)

    def count(self, word: str) -> int:
        return self._counts.get(word, 0)

    def near(self, word: str) -> Iterator[tuple[str, int]]:
        """The words that *word* may stand for, and in how many places it would be wrong."""
        for length, most in _lengths(len(word)):
            words = self._by_length.get(length, ())
            for found, distance, _ in process.extract(
                word, words, scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                if distance:
                    yield found, int(distance)


def _is_word(term: str) -> bool:
    """Whether *term* may be meant: no sign, no pair of letters, no number."""
    return len(term) >= _ONCE - 1 and term[0].isalnum() and not term.isdigit()


def nearest(word: str, vocabularies: Sequence[Vocabulary]) -> list[str]:
    """The words that *word* may stand for: the most alike first, of those the most used.

    >>> words = Vocabulary([("lantern", 3), ("lanterns", 1), ("cistern", 9), ("2017", 4)])
    >>> nearest("lanternn", [words]), nearest("latnern", [words]), nearest("lan", [words])
    (['lantern', 'lanterns'], ['lantern', 'lanterns'], [])
    """
    found = {near for one in vocabularies for near in one.near(word)}
    return [other for other, _ in sorted(found, key=lambda near: _rank(near, vocabularies))]


def _rank(near: tuple[str, int], vocabularies: Sequence[Vocabulary]) -> tuple[int, int, str]:
    word, distance = near
    return distance, -_count(word, vocabularies), word


def _count(word: str, vocabularies: Iterable[Vocabulary]) -> int:
    return sum(one.count(word) for one in vocabularies)


class _Word(NamedTuple):
    """A word of a search text: where it stands there, folded, and what it is asked with."""

    start: int
    end: int
    text: str
    field: str | None
    loose: bool

    def asking(self, other: str | None = None) -> str:
        """The text that asks for this word alone, or for just that *other* one in its place."""
        asked = self.text if self.loose and other is None else f'"{other or self.text}"'
        return asked if self.field is None else f"{self.field}:{asked}"


def corrected(
    query: Query,
    expression: Expression,
    read: Callable[[], Sequence[Vocabulary]],
    total: Callable[[Query], int],
    *,
    finds: bool,
) -> str | None:
    """The text that *query* may have meant, with all its signs, if that finds anything.

    *expression* is what its own text says, and whether it *finds* anything, which leaves
    nothing to tell unless it :func:`has_choice`; *read* gives the words that there are,
    *total* says how much another query finds.  No word is told that is only where the
    reader may not look: each has to be found by itself within the same roots.
    """
    text = query.text or ""
    asked = replace(query, window=_NOTHING, sort=(), facets=(), after=None, cursor=None)

    def is_there(word: str) -> bool:
        return total(_alone(word, query)) > 0

    words = list(_words(text, expression))[:_MOST_WORDS]
    unknown = [one for one in words if not is_there(one.asking())]
    if finds and not unknown:
        return None
    vocabularies = read()

    def other(one: _Word) -> str | None:
        choices = nearest(one.text, vocabularies)[:_MOST_CHOICES]
        return next((each for each in choices if is_there(one.asking(each))), None)

    # Where all are words, but not of one text, it is a rare one that may be another.
    rare = sorted(words, key=lambda one: _count(one.text, vocabularies))[:_MOST_EXCHANGED]
    for some in [unknown] if unknown else [[one] for one in rare]:
        changed = _changed(text, some, other)
        if changed != text and total(replace(asked, text=changed)) > 0:
            return changed
    return None


def _alone(word: str, query: Query) -> Query:
    """What asks for *word* wherever the reader of *query* may look."""
    return Query(
        kinds=query.kinds, roots=query.roots, window=_NOTHING, text=word, locales=query.locales,
        borrowing=query.borrowing,
    )  # fmt: skip


def _changed(text: str, words: Sequence[_Word], other: Callable[[_Word], str | None]) -> str:
    """*text* with other words in place of *words*, where there are others."""
    for one in reversed(words):
        found = other(one)
        if found is not None:
            text = text[: one.start] + found + text[one.end :]
    return text


def has_choice(expression: Expression) -> bool:
    """Whether something may be found though a word of it is not."""
    match expression:
        case Any():
            return True
        case All(parts):
            return any(map(has_choice, parts))
        case Leaf() | Not():
            return False


def _words(text: str, expression: Expression) -> Iterator[_Word]:
    """The words of *text* that may be written wrong; beginnings of words are not."""
    for leaf in leaves(expression):
        start, end = leaf.span
        aligned = Aligned.of(text[start:end])
        is_prefix = leaf.terms[-1].kind == "prefix"
        located = [one for one in aligned.units if one.unit.text]
        for one in located[:-1] if is_prefix else located:
            if not one.unit.is_letter and any(_lengths(len(one.unit.text))):
                first, last = aligned.original(one.start, one.end)
                yield _Word(start + first, start + last, one.unit.text, leaf.field, leaf.loose)

"""Completing: titles that begin as somebody has begun to write them.

Every word of what was written is a word of the title, or the beginning of one; in
a run of letters of an unspaced script, any part of one.  A long word may be wrong
in one place, a longer one in two.  All words of all titles are compared with each
that was written: they are few, and it is arrays that are compared.  Where no word
was written, titles begin with just those characters.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from search_index.analysis import UNSPACED, fold, units
from search_index.errors import InvalidQuery
from search_index.spelling import typos

#: Bounds on what was written; beyond, it is refused.
MOST_CHARACTERS: Final = 512
MOST_WORDS: Final = 32

#: Characters of a title that count.
_LONGEST: Final = 512

#: Words that are compared one by one.
_FEW: Final = 500

#: Characters of a text by which it is compared as a whole.
_COMPARED: Final = 62

#: Titles in which a run of letters is looked for that may be wrong.
_MOST_LOOKED_THROUGH: Final = 256

#: How well a word fits: twice the number of places where it is wrong, and one more where
#: it only begins another.  Not at all:
_UNFIT: Final = 255

_HAS_RUN: Final = re.compile(f"[{UNSPACED}]")

_Fits = NDArray[np.uint8]
_Flags = NDArray[np.bool_]


class _Part(NamedTuple):
    """A word, or a run of letters of an unspaced script."""

    text: str
    is_run: bool


class Titles:
    """Titles by number, to be found by how they begin."""

    def __init__(self, titles: Iterable[str]) -> None:
        taken = [_taken_apart(title) for title in titles]
        self._folded, words = [folded for folded, _ in taken], [found for _, found in taken]
        self._lengths = np.array([len(one) for one in self._folded], np.int64)
        self._words = sorted({word for found in words for word in found})
        ids = {word: id for id, word in enumerate(self._words)}
        # Behind each title's words stands one that nothing fits, so that none is without.
        last = len(self._words)
        rows = [[*map(ids.__getitem__, found), last] for found in words]
        self._flat = np.array([id for row in rows for id in row], np.int64)
        self._counts = np.array([len(row) for row in rows], np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._beginnings: dict[int, tuple[list[str], list[tuple[int, int]]]] = {}

    def best(self, text: str) -> Iterator[int]:
        """The numbers of all titles that *text* may become, the likeliest first.

        Those that begin with it as it is written; with its words; with words like
        them; then the others.  Of equals those that have its words as they are, then
        with fewer mistakes, then shorter ones, then by number.
        """
        parts = _parts(text)
        if len(parts) > MOST_WORDS:
            raise InvalidQuery(bound="words", limit=MOST_WORDS, given=len(parts))
        if not parts or not self._folded:
            return iter(self._begun_by_signs(text))
        fitting = np.ones(len(self._folded), np.bool_)
        exact, mistakes = fitting.copy(), np.zeros(len(fitting), np.int64)
        in_place: dict[int, _Fits] = {}
        # What is long fits few titles: there is less to compare the others with.
        for place, part in sorted(enumerate(parts), key=lambda one: -len(one[1].text)):
            fits, in_place[place] = self._part_fits(part, place, fitting)
            fitting &= fits != _UNFIT
            if not fitting.any():
                return self._alike(text)
            exact &= fits == 0
            mistakes += np.where(fitting, fits >> 1, 0)
        tiers = self._tiers(text, [in_place[place] for place in range(len(parts))])
        keys = (((tiers * 2 + ~exact) * 256 + mistakes) << 16) + self._lengths
        (found,) = np.nonzero(fitting)
        return iter(found[np.argsort(keys[found], kind="stable")].tolist())

    def _tiers(self, text: str, in_place: Sequence[_Fits]) -> NDArray[np.int64]:
        """How each title begins: as it is written, with its words, with words like them, or not."""
        begin = [*(fits == 0 for fits in in_place[:-1]), in_place[-1] <= 1]
        follow = [fits != _UNFIT for fits in in_place]
        conditions = [self._written_so(text), np.all(begin, axis=0), np.all(follow, axis=0)]
        return np.select(conditions, [0, 1, 2], 3).astype(np.int64)

    def _written_so(self, text: str) -> _Flags:
        """Whether each title begins with *text* itself."""
        begun = np.zeros(len(self._folded), np.bool_)
        if written := fold(text.strip()):
            first = bisect_left(self._sorted, written)
            last = bisect_right(self._sorted, written + "\U0010ffff")
            begun[self._by_text[first:last]] = True
        return begun

    def _begun_by_signs(self, text: str) -> list[int]:
        """The numbers of the titles that begin with *text* itself, the shorter first."""
        (found,) = np.nonzero(self._written_so(text))
        shortest: list[int] = found[np.argsort(self._lengths[found], kind="stable")].tolist()
        return shortest

    @cached_property
    def _by_text(self) -> Sequence[int]:
        return sorted(range(len(self._folded)), key=self._folded.__getitem__)

    @cached_property
    def _sorted(self) -> Sequence[str]:
        return [self._folded[row] for row in self._by_text]

    def _alike(self, text: str) -> Iterator[int]:
        """The numbers of titles that begin nearly as *text* is written, the most alike first.

        What a mistake parted or joined is not to be found word by word.
        """
        written = fold(text.strip())[:_COMPARED]
        size = len(written)
        lengths = range(max(1, size - 2), size + 3)
        begun = [title[: lengths[-1]] for title in self._folded]
        found = []
        for title, _, row in process.extract(
            written, begun, scorer=OSA.distance, score_cutoff=2 * typos(size + 1), limit=None
        ):
            distance = min(OSA.distance(written, title[:length]) for length in lengths)
            if distance <= typos(max(size, len(title) if len(title) <= size + 1 else 0)):
                found.append((distance, len(self._folded[row]), row))
        return iter([row for _, _, row in sorted(found)])

    # -- words ------------------------------------------------------------

    def _part_fits(self, part: _Part, place: int, among: _Flags) -> tuple[_Fits, _Fits]:
        """How well a part fits the best of each title, and what is in that place.

        Of titles that are not *among* those in question, anything may be told.
        """
        if part.is_run:
            return self._run_fits(part.text, is_first=place == 0)
        asked = np.zeros(len(self._words) + 1, np.bool_)
        asked[self._flat[np.repeat(among, self._counts)]] = True
        (ids,) = np.nonzero(asked[:-1])
        fits = self._fits_of_few(part.text, ids) if len(ids) <= _FEW else self._fits(part.text)
        each = fits[self._flat]
        there = each[self._starts + np.minimum(place, self._counts - 1)]
        return np.minimum.reduceat(each, self._starts), there

    def _fits(self, word: str) -> _Fits:
        """How well *word* fits each word that there is."""
        fits = np.full(len(self._words) + 1, _UNFIT, np.uint8)
        as_begun = typos(len(word))
        for length, most in _lengths(word):
            beginnings, spans = self._begun(length)
            for beginning, distance, place in process.extract(
                word, beginnings, scorer=OSA.distance, score_cutoff=most, limit=None
            ):
                first, last = spans[place]
                if distance <= as_begun:
                    fits[first:last] = np.minimum(fits[first:last], 2 * distance + 1)
                # A word comes before all that it begins.
                if self._words[first] == beginning:
                    fits[first] = min(int(fits[first]), 2 * distance)
        return fits

    def _fits_of_few(self, word: str, ids: NDArray[np.int64]) -> _Fits:
        """The same for the words of those *ids*; the others are not looked at."""
        fits = np.full(len(self._words) + 1, _UNFIT, np.uint8)
        as_begun, lengths = typos(len(word)), list(_lengths(word))
        for id in ids.tolist():
            other, best = self._words[id], _UNFIT
            for length, most in lengths:
                distance = OSA.distance(word, other[:length], score_cutoff=most)
                if len(other) == length and distance <= most:
                    best = min(best, 2 * distance)
                elif len(other) > length and distance <= as_begun:
                    best = min(best, 2 * distance + 1)
            fits[id] = best
        return fits

    def _begun(self, length: int) -> tuple[list[str], list[tuple[int, int]]]:
        """The different beginnings of that *length*, and which of the words have each."""
        found = self._beginnings.get(length)
        if found is None:
            beginnings: list[str] = []
            spans: list[tuple[int, int]] = []
            for at, word in enumerate(self._words):
                if len(word) < length:
                    continue
                # Sorted, all words with one beginning are in a row.
                if not beginnings or not word.startswith(beginnings[-1]):
                    beginnings.append(word[:length])
                    spans.append((at, at))
                spans[-1] = spans[-1][0], at + 1
            found = self._beginnings[length] = beginnings, spans
        return found

    # -- runs of letters --------------------------------------------------

    def _run_fits(self, run: str, *, is_first: bool) -> tuple[_Fits, _Fits]:
        """How well *run* fits a part of each title, and, as the first part, its beginning."""
        fits = np.full(len(self._folded), _UNFIT, np.uint8)
        there = fits.copy() if is_first else np.zeros_like(fits)
        wrong: list[int] = []
        pieces = _pieces(run)
        for row in self._unspaced:
            title = self._folded[row]
            at = title.find(run)
            if at >= 0:
                fits[row] = 0
                there[row] = there[row] if at else 0
            elif pieces and any(piece in title for _, piece in pieces):
                wrong.append(row)
        for row in wrong[:_MOST_LOOKED_THROUGH]:
            distance, at = _nearest(run, pieces, self._folded[row])
            if distance <= typos(len(run)):
                fits[row] = 2 * distance
                there[row] = there[row] if at else 2 * distance
        return fits, there

    @cached_property
    def _unspaced(self) -> Sequence[int]:
        """The titles that hold letters of an unspaced script."""
        return [row for row, title in enumerate(self._folded) if _HAS_RUN.search(title)]


def _lengths(word: str) -> Iterator[tuple[int, int]]:
    """The lengths of what *word* may stand for, and in how many places it may be wrong there.

    >>> list(_lengths("tree")), list(_lengths("elm"))
    ([(3, 1), (4, 1), (5, 1)], [(3, 0), (4, 1)])
    """
    size = len(word)
    for length in range(max(1, size - 2), size + 3):
        # A whole word that is longer may be wrong in more places.
        most = typos(max(size, length))
        if abs(length - size) <= most:
            yield length, most


def _nearest(run: str, pieces: Iterable[tuple[int, str]], title: str) -> tuple[int, int]:
    """In how many places *run* is wrong where it fits *title* best, and where that is.

    One of its *pieces* is right: it is compared with what is around that.
    """
    most = typos(len(run))
    best = most + 1, 0
    for offset, piece in pieces:
        at = title.find(piece)
        if at < 0:
            continue
        for start in range(max(0, at - offset - most), max(0, at - offset + most) + 1):
            for size in range(len(run) - most, len(run) + most + 1):
                part = title[start : start + size]
                distance = OSA.distance(run, part, score_cutoff=most)
                best = min(best, (distance, start))
    return best


def _pieces(run: str) -> list[tuple[int, str]]:
    """*run* in so many pieces that one of them is right, each with where it begins.

    >>> _pieces("abcd"), _pieces("abc")
    ([(0, 'ab'), (2, 'cd')], [])
    """
    count = typos(len(run)) + 1
    if count == 1:
        return []
    ends = [len(run) * number // count for number in range(count + 1)]
    return [(first, run[first:last]) for first, last in pairwise(ends)]


def _parts(text: str) -> list[_Part]:
    """What a title has to have; each once.

    >>> [part.text for part in _parts("New 日本語 new")]
    ['new', '日本語']
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidQuery(bound="characters", limit=MOST_CHARACTERS, given=len(text))
    found: list[_Part] = []
    for unit in units(text):
        if unit.joined:
            found[-1] = _Part(found[-1].text + unit.text, True)
        elif unit.text:
            found.append(_Part(unit.text, unit.is_letter))
    return list(dict.fromkeys(found))


# Few writes change a title: what was made before one is as good behind it.
@lru_cache(maxsize=4)
def titles(texts: tuple[str, ...]) -> Titles:
    """*texts*, to be found by how they begin."""
    return Titles(texts)


# As long as a title stays, it need not be read again after each write.
@lru_cache(maxsize=1 << 16)
def _taken_apart(title: str) -> tuple[str, tuple[str, ...]]:
    """A title folded, and its words."""
    begun = title[:_LONGEST]
    return fold(begun), tuple(
        sys.intern(unit.text) for unit in units(begun) if unit.text and not unit.is_letter
    )

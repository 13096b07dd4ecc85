"""Highlighting: the parts of a text that a search was about, with what was found marked.

A text may be long, and taking all of it apart would take longer than the search.
So it is looked over for what may be a place first, in a form that is quickly made;
only the few lines around the best places are then read as the index reads them.
What is marked there was found, whatever else the first look took for it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple

from search_index import stemming
from search_index.aligning import Aligned, Located, gap
from search_index.analysis import LOST, MARKS, UNSPACED, units
from search_index.expression import Expression, Leaf, leaves

#: Fragments of one field, and about how many characters each has.
MOST_FRAGMENTS: Final = 3
FRAGMENT: Final = 160

#: A text up to this length is shown whole where that is asked for.
LONGEST_WHOLE: Final = 1024

#: How much of a text is looked over at a time, and how much of it again with what follows.
_STRETCH: Final = 16_384
_OVERLAP: Final = 512

#: Characters of which it is enough to know that a place is somewhere among them.
_BLOCK: Final = 32

#: Places of one leaf that are thought about, and how many are enough to look no further.
_MOST_PLACES: Final = 48
_ENOUGH: Final = 6

#: Characters before what was found.
_BEFORE: Final = 48

#: Characters around a fragment that are read with it, so that nothing at its edges is cut.
_MARGIN: Final = 96

_WORD: Final = re.compile(rf"[^\W_{UNSPACED}]")
_GAP: Final = re.compile(rf"(?:[^\w{MARKS}{UNSPACED}]|_){{0,128}}")
_LOST: Final = re.compile(f"[{LOST}]+")
#: Units of a row that are looked for at first sight.
_LOOKED_AT: Final = 4

_BLANKS: Final = re.compile(r"\s+")


class _Step(NamedTuple):
    """What one unit has to be, and the signs before it."""

    words: frozenset[str] = frozenset()
    beginning: str = ""
    joined: bool = False
    signs: tuple[str, ...] = ()

    @property
    def has_unit(self) -> bool:
        return bool(self.words or self.beginning)

    def holds(self, located: Located) -> bool:
        unit = located.unit
        if self.joined and not unit.joined:
            return False
        if self.words and unit.text not in self.words:
            return False
        if self.beginning and (unit.is_letter or not unit.text.startswith(self.beginning)):
            return False
        return all(sign in unit.sign for sign in self.signs)


class _Look(NamedTuple):
    """What a step looks like at first sight: its letters, and what may not stand beside them."""

    text: str
    opens: bool
    closes: bool
    joined: bool


class _Sought(NamedTuple):
    """One leaf in one language: its units in a row, and each way that they begin."""

    field: str | None
    steps: tuple[_Step, ...]
    looks: tuple[tuple[_Look, ...], ...]


#: By a word and a language, the other words that have its stem there.
Forms = Mapping[tuple[str, str], Collection[str]]


@dataclass(frozen=True, slots=True)
class Marker:
    """What marks in texts what an expression finds there.

    ``forms`` says of a word which others have its stem in a language; ``locale``
    is that of texts that have none.
    """

    expression: Expression | None
    forms: Forms
    locale: str | None
    _known: dict[str | None, list[_Sought]] = field(default_factory=dict)

    def fragments(
        self, name: str, texts: Iterable[str], locale: str | None, *, whole: bool = False
    ) -> list[str]:
        """The best fragments of the *texts* of the field *name*, as HTML; *whole*, all of a text.

        Nothing where nothing was found.
        """
        sought = [
            one
            for one in self._sought(stemming.language(locale or self.locale))
            if one.field in (None, name)
        ]
        found: list[str] = []
        for text in texts if sought else ():
            parts = [(0, len(text))] if whole and len(text) <= LONGEST_WHOLE else None
            for part in parts or _windows(text, sought):
                if shown := _marked(text, part, sought):
                    found.append(shown)
                if len(found) == MOST_FRAGMENTS:
                    return found
        return found

    def _sought(self, language: str | None) -> list[_Sought]:
        found = self._known.get(language)
        if found is None:
            wanted = leaves(self.expression) if self.expression is not None else ()
            found = self._known[language] = [
                _sought(one, self._forms(one, language)) for one in wanted
            ]
        return found

    def _forms(self, leaf: Leaf, language: str | None) -> Collection[str]:
        if not leaf.loose or language is None:
            return ()
        return self.forms.get((leaf.terms[0].text, language), ())


def loose_words(expression: Expression | None) -> list[str]:
    """The words that may as well be there in another form."""
    found = leaves(expression) if expression is not None else ()
    return list(dict.fromkeys(one.terms[0].text for one in found if one.loose))


# -- what is sought -----------------------------------------------------------


def _sought(leaf: Leaf, forms: Collection[str]) -> _Sought:
    steps = _steps(leaf, forms)
    rows = [_looks(steps)]
    if len(steps) == 1 and len(steps[0].words) > 1:
        rows = [_looks([_Step(frozenset({word}))]) for word in sorted(steps[0].words)]
    return _Sought(leaf.field, steps, tuple(rows))


def _steps(leaf: Leaf, forms: Collection[str]) -> tuple[_Step, ...]:
    """The units of a leaf's terms in a row; pairs of letters go back to letters."""
    found: dict[int, _Step] = {}
    for term in leaf.terms:
        before = found.get(term.at, _Step())
        if term.kind == "sign":
            found[term.at] = before._replace(signs=(*before.signs, term.text))
        elif term.kind == "prefix":
            found[term.at] = before._replace(beginning=term.text)
        else:
            first, *second = units(term.text)
            words = {term.text, *forms} if not first.is_letter else {first.text}
            found[term.at] = before._replace(words=frozenset(words))
            for other in second:
                found[term.at + 1] = _Step(frozenset({other.text}), joined=True)
    return tuple(found[at] for at in sorted(found))


def _looks(steps: Sequence[_Step]) -> tuple[_Look, ...]:
    found = []
    for step in steps[:_LOOKED_AT]:
        if step.has_unit:
            text = _quick(step.beginning or min(step.words))
            is_word = _WORD.match(text) is not None
            found.append(_Look(text, is_word, is_word and not step.beginning, step.joined))
        elif not found:
            found.append(_Look(_quick(step.signs[0]), False, False, True))
    return tuple(found)


def _quick(text: str) -> str:
    """*text* folded nearly as it should be, in a tenth of the time."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return _LOST.sub("", apart.replace("\u0438\u0306", "\u0439"))


# -- the first look -----------------------------------------------------------


class _Place(NamedTuple):
    """Where something seems to be, and which of those that are sought."""

    start: int
    end: int
    number: int


def _windows(text: str, sought: Sequence[_Sought]) -> Iterator[tuple[int, int]]:
    """Parts of *text* around what seems to be found, the best first, as far as they are wanted.

    The best have most of what is sought; of equals, the first.
    """
    places = sorted(_places(text, sought))
    taken: list[int] = []
    rated = []
    for first, place in enumerate(places):
        near = {place.number}
        for other in places[first + 1 : first + 1 + 2 * _ENOUGH]:
            if other.end > place.start + FRAGMENT - _BEFORE:
                break
            near.add(other.number)
        rated.append((-len(near), place.start, place.end))
    for _, start, end in sorted(rated):
        if any(abs(start - other) < FRAGMENT for other in taken):
            continue
        taken.append(start)
        yield _window(text, start, end)
        if len(taken) > 4 * MOST_FRAGMENTS:
            return


def _places(text: str, sought: Sequence[_Sought]) -> Iterator[_Place]:
    counts = [0] * len(sought)
    for start in range(0, len(text), _STRETCH):
        stretch = _Stretch(text[start : start + _STRETCH + _OVERLAP])
        for number, one in enumerate(sought):
            for looks in one.looks:
                for first, last in stretch.places(looks):
                    if counts[number] >= _MOST_PLACES:
                        break
                    counts[number] += 1
                    yield _Place(start + first, start + last, number)
        if min(counts) >= _ENOUGH:
            return


class _Stretch:
    """A part of a text, quickly folded."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._quick = _quick(text)

    def places(self, looks: Sequence[_Look]) -> Iterator[tuple[int, int]]:
        """Where *looks* seem to be in a row, give or take a few characters."""
        at = self._quick.find(looks[0].text)
        while at >= 0:
            if end := self._end(at, looks):
                yield self._origin(at), self._origin(end)
            at = self._quick.find(looks[0].text, at + 1)

    def _end(self, at: int, looks: Sequence[_Look]) -> int:
        """Where they end that begin there; nowhere, if they do not."""
        text = self._quick
        if looks[0].opens and at and _WORD.match(text, at - 1):
            return 0
        for number, look in enumerate(looks):
            if number and not look.joined and (found := _GAP.match(text, at)):
                at = found.end()
            if not text.startswith(look.text, at):
                return 0
            at += len(look.text)
            if look.closes and _WORD.match(text, at):
                return 0
        return at

    def _origin(self, at: int) -> int:
        if self._text.isascii():
            return at
        block = bisect_right(self._blocks, at) - 1
        return block * _BLOCK + min(at - self._blocks[block], _BLOCK)

    @cached_property
    def _blocks(self) -> Sequence[int]:
        """Where in the quick form each block of the text begins."""
        blocks = range(0, len(self._text), _BLOCK)
        lengths = (len(_quick(self._text[first : first + _BLOCK])) for first in blocks)
        return list(accumulate(lengths, initial=0))


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """About as much of *text* as a fragment has around a place, between blanks if there are any."""
    first = max(0, start - _BEFORE)
    if first and (blank := _BLANKS.search(text, first, start)):
        first = blank.end()
    last = max(end, first + FRAGMENT)
    if last < len(text):
        blank_at = max(text.rfind(blank, end, last) for blank in " \n\t")
        last = blank_at if blank_at > 0 else last
    return first, min(last, len(text))


# -- the second look ----------------------------------------------------------


def _marked(text: str, part: tuple[int, int], sought: Sequence[_Sought]) -> str | None:
    """A part of *text* as HTML, with all marked that is sought; nothing if there is none of it."""
    first, last = part
    start = max(0, first - _MARGIN)
    region = text[start : last + _MARGIN]
    aligned = Aligned.of(region)
    marks = sorted({one for each in sought for one in _found(aligned, each.steps)})
    shown = _shown(region, first - start, last - start, marks)
    if shown is None:
        return None
    before, after = "… " if first > 0 else "", " …" if last < len(text) else ""
    return before + shown + after


def _found(aligned: Aligned, steps: Sequence[_Step]) -> Iterator[tuple[int, int]]:
    """Where in the text *steps* are met."""
    located = aligned.units
    for at in range(len(located) - len(steps) + 1):
        if all(step.holds(located[at + number]) for number, step in enumerate(steps)):
            start = _start(aligned, at, steps[0])
            yield aligned.original(start, max(start + 1, _end(aligned, at + len(steps) - 1, steps)))


def _start(aligned: Aligned, at: int, step: _Step) -> int:
    first, last = gap(aligned.units, at)
    signs = [aligned.folded.rfind(sign, first, last) for sign in step.signs]
    return min((found for found in signs if found >= 0), default=last)


def _end(aligned: Aligned, at: int, steps: Sequence[_Step]) -> int:
    if steps[-1].has_unit:
        return aligned.units[at].end
    first, last = gap(aligned.units, at)
    ends = [aligned.folded.find(sign, first, last) + len(sign) for sign in steps[-1].signs]
    return max(ends)


def _shown(text: str, first: int, last: int, marks: Iterable[tuple[int, int]]) -> str | None:
    """A part of *text*, escaped, with the *marks* that are within; ``None`` if none is."""
    parts, at = [], first
    for start, end in marks:
        if start < at and end <= at:
            continue
        if start < first or end > last:
            continue
        start = max(start, at)
        parts.append(html.escape(text[at:start]))
        parts.append(f"<mark>{html.escape(text[start:end])}</mark>")
        at = end
    if not parts:
        return None
    parts.append(html.escape(text[at:last]))
    return _BLANKS.sub(" ", "".join(parts)).strip().replace("</mark><mark>", "")

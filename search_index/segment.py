"""A segment: what the words in it are, by the numbers that entries have there.

It never changes: what was once found out about a word holds as long as it is open, and
is kept, which is what makes a word that was asked for before cost so little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, reduce
from typing import Final, NamedTuple

import numpy as np

from search_index import occurrences, scoring
from search_index.expression import Leaf, Term
from search_index.keeping import Kept
from search_index.occurrences import Parts, Source
from search_index.postings import PLACES, Counts, Flags, Found, Numbers
from search_index.weighing import Weighed

TITLE: Final = "title"

#: Bytes of words that are kept of each segment.
MOST_KEPT: Final = 64 * 2**20

#: Words of a text that is looked for among titles with every search for it.
_FEW_WORDS: Final = 8

#: A leaf, whatever text it stands in.
Sought = tuple[tuple[Term, ...], bool]


class Title(NamedTuple):
    """What a title has to be made of: each word once, and how many units."""

    words: tuple[str, ...]
    units: int


class Spans(NamedTuple):
    """The texts of one field: which entry has each, ascending, and from where to where."""

    numbers: Numbers
    first: Numbers
    last: Numbers


class Worths(NamedTuple):
    """What an occurrence counts in the title of each entry, and in its other texts."""

    title: Counts
    text: Counts

    @classmethod
    def of(cls, units: tuple[Counts, Counts]) -> Worths:
        """By how many *units* there are in each."""
        title, text = units
        return cls(scoring.worths(title, scoring.TITLE), scoring.worths(text, scoring.TEXT))

    def weights(self, found: Found) -> Counts:
        """What all that was *found* counts in each entry."""
        entries = found.entries.astype(np.intp)
        weights = found.text * self.text[entries]
        titled = np.flatnonzero(found.title != 0)
        if len(titled):
            weights[titled] += found.title[titled] * self.title[entries[titled]]
        return weights


class Segment:
    """The words of one segment.

    *languages* flag its entries by language, *size* is beyond the last of their
    *numbers*, *units* says how many there are in titles and in other texts, and *spans*,
    when somebody asks, by field where the texts of each are.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        *,
        languages: Mapping[str, Flags],
        size: int,
        numbers: Numbers,
        units: tuple[Counts, Counts],
        spans: Callable[[], Mapping[str, Spans]],
    ) -> None:
        self.name = name
        self.source = source
        self.languages = languages
        self.size = size
        self.numbers = numbers
        self.units = units
        self._worths = Worths.of(units)
        self._told_spans = spans
        #: One for each field that was asked for, of which there are not many.
        self._parts: dict[str, Parts] = {}
        self._words: Kept[Sought, Weighed] = Kept(MOST_KEPT)
        self._found: Kept[str, Found] = Kept(MOST_KEPT // 16)
        self._entitled: Kept[Title, tuple[Numbers]] = Kept(MOST_KEPT // 16)

    @cached_property
    def spans(self) -> Mapping[str, Spans]:
        """By field where the texts of entries are."""
        return self._told_spans()

    def weighed(self, leaf: Leaf, source: Source | None = None) -> Weighed:
        """What *leaf* matches; *source* may remember what this segment's own one says."""

        def made() -> Weighed:
            parts = None if leaf.field is None else self.parts(leaf.field)
            found = occurrences.found(leaf, source or self.source, self.languages, parts)
            return Weighed.of(self.size, found.entries, self._worths.weights(found))

        # Of anything but a word alone there is no end, and few are asked for again.
        return self._words.of((leaf.terms, leaf.loose), made) if is_word(leaf) else made()

    def found(self, word: str) -> Found:
        """Where a *word* is; kept for as long as the segment is open, whatever is committed."""
        return self._found.of(word, lambda: self.source.word(word))

    def entitled(self, title: Title) -> Numbers:
        """The entries whose own title is of the same length, and has all those words."""

        def made() -> tuple[Numbers]:
            holding = [self.source.of(TITLE, word).entries for word in title.words]
            some = reduce(_common, holding).astype(np.int64)
            return (some[self.units[0][some] == title.units],)

        # Texts of many words are of all kinds, and hardly ever a title.
        return (self._entitled.of(title, made) if len(title.words) <= _FEW_WORDS else made())[0]

    def parts(self, field: str) -> Parts:
        """The parts of entries that are of *field*; a compound's hold those within it."""
        if field not in self._parts:
            spans = self.spans.get(field)
            of_titles = self.numbers if field == TITLE else self.numbers[:0]
            self._parts[field] = _parts([] if spans is None else [spans], of_titles)
        return self._parts[field]

    def parted(self, numbers: Collection[int], wanted: Callable[[int, str], bool]) -> Parts:
        """The parts of some entries of which *wanted* says yes, by number and field."""
        found = []
        for name, spans in self.spans.items():
            at = np.flatnonzero(np.isin(spans.numbers, list(numbers)))
            asked = [wanted(number, name) for number in spans.numbers[at].tolist()]
            at = at[np.array(asked, np.bool_)]
            found.append(Spans(*(one[at] for one in spans)))
        titled = [number for number in sorted(numbers) if wanted(number, TITLE)]
        return _parts(found, np.array(titled, np.int64))


def is_word(leaf: Leaf) -> bool:
    """Whether a leaf is one word, in whatever field and form."""
    return leaf.field is None and len(leaf.terms) == 1 and leaf.terms[0].kind == "word"


def _common(some: Numbers, others: Numbers) -> Numbers:
    return np.intersect1d(some, others, assume_unique=True)


def _parts(some: Sequence[Spans], titled: Numbers) -> Parts:
    """What lies within these spans, in order."""
    empty = np.empty(0, np.int64)
    starts = [one.numbers.astype(np.int64) * PLACES for one in some]
    pairs = list(zip(some, starts, strict=True))
    first = np.concatenate([empty, *(start + one.first for one, start in pairs)])
    last = np.concatenate([empty, *(start + one.last for one, start in pairs)])
    order = np.argsort(first)
    return Parts(first[order], last[order], titled)

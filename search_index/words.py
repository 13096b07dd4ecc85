"""Words: which rows of a catalogue a text asks for, from the postings of segments.

Between the engine, which knows numbers in segments, and the catalogue, which
knows rows: here the one becomes the other, and parts of entries are found by the
fields they are in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from typing import Final, NamedTuple

import numpy as np

from search_index import occurrences, scoring
from search_index.analysis import units
from search_index.catalogue import Catalogue, View
from search_index.expression import Expression, Leaf, leaves
from search_index.matching import Scored, matches
from search_index.occurrences import Parts, Remembered, Source
from search_index.postings import PLACES, Counts, Flags, Found, Numbers
from search_index.query import Query

TITLE: Final = "title"


class Spans(NamedTuple):
    """The texts of one field: which entry has each, ascending, and from where to where."""

    numbers: Numbers
    first: Numbers
    last: Numbers


class Segment:
    """The words of one segment, which never change, by its own numbers of entries.

    *languages* flag its entries by language, *size* is beyond the last of their
    *numbers*, and *spans* says by field where the texts of each are.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        *,
        languages: Mapping[str, Flags],
        size: int,
        numbers: Numbers,
        spans: Mapping[str, Spans],
    ) -> None:
        self.name = name
        self.source = source
        self.languages = languages
        self.size = size
        self._numbers = numbers
        self._spans = spans
        #: One for each field that was asked for, of which there are not many.
        self._parts: dict[str, Parts] = {}

    def parts(self, field: str) -> Parts:
        """The parts of entries that are of *field*; a compound's hold those within it."""
        if field not in self._parts:
            spans = self._spans.get(field)
            of_titles = self._numbers if field == TITLE else self._numbers[:0]
            self._parts[field] = _parts([] if spans is None else [spans], of_titles)
        return self._parts[field]

    def parted(self, numbers: Collection[int], wanted: Callable[[int, str], bool]) -> Parts:
        """The parts of some entries of which *wanted* says yes, by number and field."""
        found = []
        for name, spans in self._spans.items():
            at = np.flatnonzero(np.isin(spans.numbers, list(numbers)))
            asked = [wanted(number, name) for number in spans.numbers[at].tolist()]
            at = at[np.array(asked, np.bool_)]
            found.append(Spans(*(one[at] for one in spans)))
        titled = [number for number in sorted(numbers) if wanted(number, TITLE)]
        return _parts(found, np.array(titled, np.int64))


def _parts(some: Sequence[Spans], titled: Numbers) -> Parts:
    """What lies within these spans, in order."""
    empty = np.empty(0, np.int64)
    starts = [one.numbers.astype(np.int64) * PLACES for one in some]
    pairs = list(zip(some, starts, strict=True))
    first = np.concatenate([empty, *(start + one.first for one, start in pairs)])
    last = np.concatenate([empty, *(start + one.last for one, start in pairs)])
    order = np.argsort(first)
    return Parts(first[order], last[order], titled)


#: By the row that lends: the one that borrows, and whether it does so of a field of that name.
_Lending = Mapping[int, tuple[int, Callable[[str], bool]]]


#: What each occurrence in the title of a row counts, and in its other texts.
_Worths = tuple[Counts, Counts]


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A segment with the row of each of its entries; -1 where it was deleted.

    Of most, those that are there *ascend*.
    """

    words: Segment
    rows: Numbers
    ascends: bool

    @classmethod
    def of(cls, words: Segment, rows: Numbers) -> _Numbered:
        return cls(words, rows, bool((np.diff(rows[rows >= 0]) > 0).all()))


class Words:
    """All words of one state of an index."""

    def __init__(self, catalogue: Catalogue, segments: Iterable[Segment]) -> None:
        self._catalogue = catalogue
        self._segments = {
            one.name: _Numbered.of(one, catalogue.rows_of(one.name, one.size)) for one in segments
        }
        self._size = len(catalogue.entries)

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about, and how well."""
        view = self._catalogue.view(query)
        asked = list(leaves(expression))
        sources = {name: Remembered(one.words.source) for name, one in self._segments.items()}
        occurrences.check_expansions(asked, list(sources.values()))
        # Behind a cursor words count what they did before it, so that none changes its place.
        known = () if query.cursor is None else query.cursor.rarities
        rarities = dict(zip(asked, known, strict=False))
        found = matches(expression, self._leaf(view, rarities, sources), view.flags)
        scores = found.scores
        titled = self._titled(view, query.text or "", found.rows, sources)
        if len(titled):
            scores = scores + np.where(np.isin(found.rows, titled), scoring.WHOLE_TITLE, 0.0)
        if query.locales:
            near = self._catalogue.speaking(query.locales[0])[found.rows]
            scores = scores * np.where(near, 1.0, scoring.ELSEWHERE)
        return Scored(found.rows, scores, tuple([rarities[leaf] for leaf in asked]), shown=True)

    def _titled(
        self, view: View, text: str, rows: Numbers, sources: Mapping[str, Source]
    ) -> Numbers:
        """The rows whose title is just the *text*, of those that may be among *rows*."""
        wanted = list(units(text))
        # Of unspaced scripts letters are not kept one by one.
        words = {one.text for one in wanted if one.text and not one.is_letter}
        some = self._with_title_of(words, view, sources) if words else rows
        lengths = self._catalogue.units[0]
        alike = some[lengths[some] == len(wanted)].tolist()
        # A title that is borrowed is of another length than their own.
        alike += list(view.lenders)
        told = tuple([one.text for one in wanted])
        return np.array([row for row in alike if told == _units(view.title(row))], int)

    def _with_title_of(
        self, words: Collection[str], view: View, sources: Mapping[str, Source]
    ) -> Numbers:
        """The rows whose own title has all *words*."""
        found = []
        for name, one in self._segments.items():
            holding = [sources[name].of(TITLE, word).entries for word in words]
            found.append(one.rows[reduce(_common, holding)])
        rows = np.concatenate([np.empty(0, np.int64), *found])
        return rows[rows >= 0]

    def _leaf(
        self, view: View, rarities: dict[Leaf, float], sources: Mapping[str, Source]
    ) -> Callable[[Leaf], Scored]:
        """How well each row suits a leaf, by its rarity; one that is not known is told."""
        worths = self._worths(view)
        # Behind all rows stands what has none.
        flags = np.append(view.flags, False)

        def scored(leaf: Leaf) -> Scored:
            found = self._found(leaf, view, flags, sources)
            rows = found.entries
            rarity = rarities.setdefault(leaf, scoring.rarity(len(rows), view.size))
            return Scored(rows, scoring.scores(_occurring(found, worths), rarity))

        return scored

    @cached_property
    def _own_worths(self) -> _Worths:
        title, text = self._catalogue.units
        return scoring.worths(title, scoring.TITLE), scoring.worths(text, scoring.TEXT)

    def _worths(self, view: View) -> _Worths:
        """What occurrences count in each row as it is shown."""
        if not view.lenders:
            return self._own_worths
        rows = list(view.lenders)
        lengths = np.array([view.entries[row].units for row in rows], np.float64)
        titles, texts = (one.copy() for one in self._own_worths)
        titles[rows] = scoring.worths(lengths[:, 0], scoring.TITLE)
        texts[rows] = scoring.worths(lengths[:, 1], scoring.TEXT)
        return titles, texts

    def _found(self, leaf: Leaf, view: View, flags: Flags, sources: Mapping[str, Source]) -> Found:
        """Where *leaf* is, by rows, which ascend: those that have a flag, and what they borrow."""
        lending = _lending(view, leaf.field)
        own, lent = [], []
        for name, one in self._segments.items():
            source, languages = sources[name], one.words.languages
            parts = None if leaf.field is None else one.words.parts(leaf.field)
            found = occurrences.found(leaf, source, languages, parts)
            own.append(_shown(found, one.rows, flags))
            if lending and (some := _lent(one, lending)) is not None:
                found = occurrences.found(leaf, source, languages, some)
                lent.append(_shown(found, self._borrowers(one, lending), flags))
        if any(len(one.entries) for one in lent):
            return _added([*own, *lent], self._size)
        if len(own) == 1 and all(one.ascends for one in self._segments.values()):
            return own[0]
        joined = Found(*map(np.concatenate, zip(*own, strict=True)))
        order = np.argsort(joined.entries, kind="stable")
        return Found(*(one[order] for one in joined))

    def _borrowers(self, numbered: _Numbered, lending: _Lending) -> Numbers:
        """The row that each entry of a segment is borrowed by; -1 where it was deleted."""
        borrowers = np.append(np.arange(self._size, dtype=np.int64), -1)
        for row, (borrower, _) in lending.items():
            borrowers[row] = borrower
        return borrowers[numbered.rows]


def _common(some: Numbers, others: Numbers) -> Numbers:
    return np.intersect1d(some, others, assume_unique=True)


def _shown(found: Found, rows: Numbers, flags: Flags) -> Found:
    """What is *found* by numbers, by *rows*, as far as these have a flag."""
    # By numbers of any other width, arrays are looked up at half the pace.
    entries = rows[found.entries.astype(np.intp)]
    there = flags[entries]
    if there.all():
        return Found(entries, found.title, found.text)
    left = np.flatnonzero(there)
    return Found(entries[left], found.title[left], found.text[left])


def _added(some: Sequence[Found], size: int) -> Found:
    """All that is found, each row once."""
    entries, *counts = map(np.concatenate, zip(*some, strict=True))
    title, text = (np.bincount(entries, one, size) for one in counts)
    rows = np.flatnonzero(title + text)
    return Found(rows, title[rows], text[rows])


def _occurring(found: Found, worths: _Worths) -> Counts:
    """What is found in each row, by its weight."""
    rows, (titles, texts) = found.entries, worths
    occurring = found.text * texts[rows]
    titled = np.flatnonzero(found.title != 0)
    if len(titled):
        occurring[titled] += found.title[titled] * titles[rows[titled]]
    return occurring


def _lent(numbered: _Numbered, lending: _Lending) -> Parts | None:
    """The parts of a segment that others borrow."""
    numbers = np.flatnonzero(np.isin(numbered.rows, list(lending)))
    if not len(numbers):
        return None
    return numbered.words.parted(
        numbers.tolist(), lambda number, name: lending[int(numbered.rows[number])][1](name)
    )


@lru_cache(maxsize=1 << 16)
def _units(title: str) -> tuple[str, ...]:
    return tuple([one.text for one in units(title)])


def _lending(view: View, field: str | None) -> _Lending:
    found: dict[int, tuple[int, Callable[[str], bool]]] = {}
    for borrower, lenders in view.lenders.items():
        for lender in set(lenders.values()):
            names = {name for name, row in lenders.items() if row == lender}
            if field is None or field.partition(".")[0] in names:
                found[lender] = borrower, _Wanted(names, field)
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Whether a text, by its dotted name, is of one of these fields, or of just that one."""

    names: Collection[str]
    field: str | None

    def __call__(self, name: str) -> bool:
        if self.field is not None and name != self.field:
            return False
        return name.partition(".")[0] in self.names

"""Words: which rows of a catalogue a text asks for, from the postings of segments.

Between the engine, which knows numbers in segments, and the catalogue, which
knows rows: here the one becomes the other, and parts of entries are found by the
fields they are in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Final, NamedTuple

import numpy as np

from search_index import occurrences, scoring
from search_index.analysis import units
from search_index.catalogue import Catalogue, View
from search_index.expression import Expression, Leaf, leaves
from search_index.matching import Scored, matches
from search_index.occurrences import Parts, Remembered, Source, summed
from search_index.postings import PLACES, Counts, Flags, Numbers, Posting
from search_index.query import Query

TITLE: Final = "title"


class Spans(NamedTuple):
    """The texts of one field: which entry has each, ascending, and from where to where."""

    numbers: Numbers
    first: Numbers
    last: Numbers


class Segment:
    """The words of one segment, which never change, by its own numbers of entries.

    *languages* are its entries by language, *size* is beyond the last of their
    *numbers*, and *spans* says by field where the texts of each are.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        *,
        languages: Mapping[str, Numbers],
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

    def parts(self, field: str) -> Parts:
        """The parts of entries that are of *field*; a compound's hold those within it."""
        spans = self._spans.get(field)
        of_titles = self._numbers if field == TITLE else self._numbers[:0]
        return _parts([] if spans is None else [spans], of_titles)

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


@dataclass(frozen=True, slots=True)
class _Placed:
    """A segment with the row of each of its entries; -1 where it was deleted."""

    words: Segment
    rows: Numbers

    def in_rows(self, posting: Posting) -> Posting:
        """*posting* by rows; not in their order."""
        rows = self.rows[posting.entries]
        there = rows >= 0
        return Posting(rows[there], posting.counts[there])


class Words:
    """All words of one state of an index."""

    def __init__(self, catalogue: Catalogue, segments: Iterable[Segment]) -> None:
        self._catalogue = catalogue
        self._segments = {
            one.name: _Placed(one, catalogue.rows_of(one.name, one.size)) for one in segments
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
        return Scored(found.rows, scores, tuple([rarities[leaf] for leaf in asked]))

    def _titled(
        self, view: View, text: str, rows: Numbers, sources: Mapping[str, Source]
    ) -> Numbers:
        """Those of *rows* whose title is just the *text*."""
        wanted = tuple(units(text))
        lengths, _ = self._lengths(view)
        alike = rows[lengths[rows] == len(wanted)]
        # Of unspaced scripts letters are not kept one by one.
        words = {one.text for one in wanted if one.text and not one.is_letter}
        if words:
            alike = alike[self._with_title_of(words, view, sources)[alike]]
        told = tuple([one.text for one in wanted])
        return np.array([row for row in alike.tolist() if told == _units(view.title(row))], int)

    def _with_title_of(
        self, words: Collection[str], view: View, sources: Mapping[str, Source]
    ) -> Flags:
        """The rows whose title has all *words*, and those that may borrow such a title."""
        found = np.zeros(self._size, np.bool_)
        for name, one in self._segments.items():
            holding = [sources[name].of(TITLE, word).entries for word in words]
            numbers = reduce(np.intersect1d, holding)
            rows = one.rows[numbers]
            found[rows[rows >= 0]] = True
        found[list(view.lenders)] = True
        return found

    def _leaf(
        self,
        view: View,
        rarities: dict[Leaf, float],
        sources: Mapping[str, Source],
    ) -> Callable[[Leaf], Scored]:
        """How well each row suits a leaf, by its rarity; one that is not known is told."""
        lengths = self._lengths(view)

        def scored(leaf: Leaf) -> Scored:
            rows, occurring = self._weighted(self._found(leaf, view, sources), lengths)
            shown = view.flags[rows]
            rows, occurring = rows[shown], occurring[shown]
            rarity = rarities.setdefault(leaf, scoring.rarity(len(rows), view.size))
            return Scored(rows, scoring.scores(occurring, rarity))

        return scored

    def _weighted(
        self, found: tuple[Posting, Posting], lengths: tuple[Counts, Counts]
    ) -> tuple[Numbers, Counts]:
        """The rows of titles and texts, each once, and what is found in them by its weight."""
        title, text = found
        rows = text.entries
        occurring = scoring.weighted(text.counts, lengths[1][rows], scoring.TEXT)
        if not len(title.entries):
            return rows, occurring
        titled = scoring.weighted(title.counts, lengths[0][title.entries], scoring.TITLE)
        both = np.zeros(self._size)
        both[rows] = occurring
        others = title.entries[both[title.entries] == 0]
        both[title.entries] += titled
        rows = np.concatenate([rows, others])
        return rows, both[rows]

    def _lengths(self, view: View) -> tuple[Counts, Counts]:
        """How many units the title of each row has as it is shown, and all its other texts."""
        lengths = self._catalogue.units
        if not view.lenders:
            return lengths
        title, text = (length.copy() for length in lengths)
        for row in view.lenders:
            title[row], text[row] = view.entries[row].units
        return title, text

    def _found(
        self, leaf: Leaf, view: View, sources: Mapping[str, Source]
    ) -> tuple[Posting, Posting]:
        """Where *leaf* is, by row: in titles, and in all other texts, what is borrowed as well."""
        titles, texts = [], []
        lending = _lending(view, leaf.field)
        borrowers = np.arange(len(self._catalogue.entries), dtype=np.int64)
        for row, (borrower, _) in lending.items():
            borrowers[row] = borrower
        for name, one in self._segments.items():
            source, languages = sources[name], one.words.languages
            parts = None if leaf.field is None else one.words.parts(leaf.field)
            title, text = occurrences.found(leaf, source, languages, parts)
            titles.append(one.in_rows(title))
            texts.append(one.in_rows(text))
            if lending and (lent := _lent(one, lending)) is not None:
                title, text = occurrences.found(leaf, source, languages, lent)
                for found, postings in ((titles, title), (texts, text)):
                    rows, counts = one.in_rows(postings)
                    found.append(Posting(borrowers[rows], counts))
        return summed(titles), summed(texts)


def _lent(placed: _Placed, lending: _Lending) -> Parts | None:
    """The parts of a segment that others borrow."""
    numbers = np.flatnonzero(np.isin(placed.rows, list(lending)))
    if not len(numbers):
        return None
    return placed.words.parted(
        numbers.tolist(), lambda number, name: lending[int(placed.rows[number])][1](name)
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

"""Words: which rows of a catalogue a text asks for, from the postings of segments.

Between the engine, which knows numbers in segments, and the catalogue, which
knows rows: here the one becomes the other, and parts of entries are found by the
fields they are in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from content_repo import locales
from search_index import occurrences, scoring
from search_index.analysis import units
from search_index.catalogue import Catalogue
from search_index.expression import Expression, Leaf, leaves
from search_index.localising import View
from search_index.matching import Scored, matches
from search_index.occurrences import Parts, Remembered, Source, summed
from search_index.postings import PLACES, Counts, Numbers, Posting
from search_index.query import Query

TITLE: Final = "title"


class SegmentWords(NamedTuple):
    """The postings of a segment, its entries by language, and how many there are."""

    name: str
    source: Source
    languages: Mapping[str, Numbers]
    size: int


#: By the row that lends: the one that borrows, and whether it does so of a field of that name.
_Lending = Mapping[int, tuple[int, Callable[[str], bool]]]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A segment with the row of each of its entries; -1 where it was deleted."""

    words: SegmentWords
    rows: Numbers

    def in_rows(self, posting: Posting) -> Posting:
        """*posting* by rows; not in their order."""
        rows = self.rows[posting.entries]
        there = rows >= 0
        return Posting(rows[there], posting.counts[there])


class Words:
    """All words of one state of an index."""

    def __init__(self, catalogue: Catalogue, segments: Iterable[SegmentWords]) -> None:
        self._catalogue = catalogue
        self._segments = {
            one.name: _Placed(one, np.full(one.size, -1, np.int64)) for one in segments
        }
        #: One for each field that was asked for, of which there are not many.
        self._parts_of: dict[tuple[str, str], Parts] = {}
        for row, (name, number) in enumerate(catalogue.spots):
            self._segments[name].rows[number] = row

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about, and how well."""
        view = self._catalogue.view(query)
        everything = np.array(view.rows, np.int64)
        asked = list(leaves(expression))
        sources = {name: Remembered(one.words.source) for name, one in self._segments.items()}
        occurrences.check_expansions(asked, list(sources.values()))
        # Behind a cursor words count what they did before it, so that none changes its place.
        known = () if query.cursor is None else query.cursor.rarities
        rarities = dict(zip(asked, known, strict=False))
        found = matches(expression, self._leaf(view, everything, rarities, sources), everything)
        scores = found.scores + self._titled(view, query.text or "", found.rows)
        scores *= self._nearness(view, query.locales, found.rows)
        return Scored(found.rows, scores, tuple([rarities[leaf] for leaf in asked]))

    def _titled(self, view: View, text: str, rows: Numbers) -> Counts:
        """What it counts that a title is just the *text*."""
        wanted = [one.text for one in units(text)]
        same = [
            len(wanted) == view.entries[row].units[0]
            and wanted == [one.text for one in units(view.entries[row].title)]
            for row in rows.tolist()
        ]
        return np.where(same, scoring.WHOLE_TITLE, 0.0)

    def _nearness(self, view: View, wanted: Sequence[str], rows: Numbers) -> Counts:
        """What each of *rows* counts to who reads *wanted*: less, if in another locale."""
        if not wanted:
            return np.ones(len(rows))
        spoken = [view.entries[row].locale for row in rows.tolist()]
        near = [one is not None and locales.tag(one) == wanted[0] for one in spoken]
        return np.where(near, 1.0, scoring.ELSEWHERE)

    def _leaf(
        self,
        view: View,
        everything: Numbers,
        rarities: dict[Leaf, float],
        sources: Mapping[str, Source],
    ) -> Callable[[Leaf], Scored]:
        """How well each row suits a leaf, by its rarity; one that is not known is told."""
        lengths = self._lengths(view)

        def scored(leaf: Leaf) -> Scored:
            title, text = self._found(leaf, view, sources)
            counts = [
                scoring.weighted(counts, length[rows], weight)
                for (rows, counts), length, weight in (
                    (title, lengths[0], scoring.TITLE),
                    (text, lengths[1], scoring.TEXT),
                )
            ]
            both = summed([Posting(title.entries, counts[0]), Posting(text.entries, counts[1])])
            shown = np.isin(both.entries, everything, assume_unique=True)
            rows, occurring = both.entries[shown], both.counts[shown]
            order = np.argsort(rows)
            rarity = scoring.rarity(len(rows), len(everything))
            found = scoring.scores(occurring[order], rarities.setdefault(leaf, rarity))
            return Scored(rows[order], found)

        return scored

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
            parts = None if leaf.field is None else self._parts(one, leaf.field)
            title, text = occurrences.found(leaf, source, languages, parts)
            titles.append(one.in_rows(title))
            texts.append(one.in_rows(text))
            if lending and (lent := self._lent(one, lending)) is not None:
                title, text = occurrences.found(leaf, source, languages, lent)
                for found, postings in ((titles, title), (texts, text)):
                    rows, counts = one.in_rows(postings)
                    found.append(Posting(borrowers[rows], counts))
        return summed(titles), summed(texts)

    def _parts(self, placed: _Placed, field: str) -> Parts:
        """The parts of a segment that are of *field*; a compound's hold those within it."""
        key = placed.words.name, field
        if key not in self._parts_of:
            rows = placed.rows[placed.rows >= 0].tolist()
            parts = self._parted(placed, {row: lambda name: name == field for row in rows})
            self._parts_of[key] = parts
        return self._parts_of[key]

    def _lent(self, placed: _Placed, lending: _Lending) -> Parts | None:
        """The parts of a segment that others borrow."""
        here = {row: names for row in placed.rows.tolist() if (names := lending.get(row))}
        if not here:
            return None
        return self._parted(placed, {row: there[1] for row, there in here.items()})

    def _parted(self, placed: _Placed, wanted: Mapping[int, Callable[[str], bool]]) -> Parts:
        entries, spots = self._catalogue.entries, self._catalogue.spots
        first, last, titled = [], [], []
        for number, row in sorted((spots[row][1], row) for row in wanted):
            if wanted[row](TITLE):
                titled.append(number)
            spans = sorted(
                (start, end)
                for name, places in entries[row].spans.items()
                if wanted[row](name)
                for start, end in zip(places[::2], places[1::2], strict=True)
            )
            first += [number * PLACES + start for start, _ in spans]
            last += [number * PLACES + end for _, end in spans]
        return Parts(*(np.array(numbers, np.int64) for numbers in (first, last, titled)))


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

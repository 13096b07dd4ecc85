"""Words: which rows of a catalogue a text asks for, from the postings of segments.

Between the engine, which knows numbers in segments, and the catalogue, which knows
rows: an expression is matched in one slice after another, and what is found becomes rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from search_index import occurrences, scoring
from search_index.analysis import units
from search_index.borrowing import Borrowing
from search_index.catalogue import Catalogue, View
from search_index.expression import Expression, Leaf, leaves
from search_index.matching import Scored, matches
from search_index.occurrences import Remembered
from search_index.postings import Counts, Flags, Numbers
from search_index.query import Query
from search_index.ranking import Ranked, WordScored, joined
from search_index.segment import Segment, Title, is_word
from search_index.slices import Slice, sliced
from search_index.weighing import Weighed

#: Views in which something is borrowed whose words are kept apart.
_MOST_BORROWING: Final = 4


class Words:
    """All words of one state of an index."""

    def __init__(self, catalogue: Catalogue, segments: Iterable[Segment]) -> None:
        self.catalogue = catalogue
        self.parts = [(one, catalogue.rows_of(one.name, one.size)) for one in segments]
        self._slices = list(sliced(self.parts))
        self._borrowing: OrderedDict[int, tuple[View, Sequence[Slice]]] = OrderedDict()

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about, and how well."""
        asked = list(leaves(expression))
        search = _Search(self, query, asked)
        if isinstance(expression, Leaf) and is_word(expression) and search.title.words:
            return search.ranked(expression)
        rarities = tuple([search.rarity(leaf) for leaf in asked])
        return Scored(*search.matched(expression), rarities, shown=True)

    def slices(self, view: View) -> Sequence[Slice]:
        """All entries as the reader of a *view* is shown them."""
        if not view.lenders:
            return self._slices
        # Some have words that others lend them.
        found = self._borrowing.get(id(view))
        if found is None:
            made = [Borrowing(self.catalogue, self.parts, view)]
            # What is held here keeps its place in memory, and with it the number.
            found = self._borrowing[id(view)] = view, made
            if len(self._borrowing) > _MOST_BORROWING:
                self._borrowing.popitem(last=False)
        return found[1]


class _Search:
    """One text that is looked for."""

    def __init__(self, words: Words, query: Query, asked: Sequence[Leaf]) -> None:
        self._catalogue = words.catalogue
        self._query = query
        self._wanted = tuple(units(query.text or ""))
        # Of unspaced scripts letters are not kept one by one.
        whole = {one.text for one in self._wanted if one.text and not one.is_letter}
        #: What a title has to have that is just the text.
        self.title = Title(tuple(sorted(whole)), len(self._wanted))
        self._view = words.catalogue.view(query)
        self._slices = words.slices(self._view)
        self._sources = {one.name: Remembered(one.source) for one, _ in words.parts}
        self._weighed: dict[Leaf, list[Weighed]] = {}
        # Behind a cursor words count what they did before it, so that none changes its place.
        known = () if query.cursor is None else query.cursor.rarities
        self._rarities = dict(zip(asked, known, strict=False))
        self._counts: dict[Leaf, int] = {}
        occurrences.check_expansions(asked, list(self._sources.values()))

    def weighed(self, leaf: Leaf) -> list[Weighed]:
        """What *leaf* matches in each slice."""
        found = self._weighed.get(leaf)
        if found is None:
            found = [one.weighed(leaf, self._sources) for one in self._slices]
            self._weighed[leaf] = found
        return found

    def rarity(self, leaf: Leaf) -> float:
        """How rare *leaf* is among all that the reader is shown."""
        found = self._rarities.get(leaf)
        if found is None:
            found = scoring.rarity(self._count(leaf), self._view.size)
            self._rarities[leaf] = found
        return found

    def _count(self, leaf: Leaf) -> int:
        """In how much of what the reader is shown *leaf* is."""
        found = self._counts.get(leaf)
        if found is None:
            pairs = zip(self._slices, self.weighed(leaf), strict=True)
            found = sum(weighed.count(one.shown(self._view)) for one, weighed in pairs)
            self._counts[leaf] = found
        return found

    # -- all that match -----------------------------------------------------

    def matched(
        self, expression: Expression, titled: Numbers | None = None
    ) -> tuple[Numbers, Counts]:
        """The rows that *expression* holds for, ascending, and the score of each; *titled* are
        those whose title is just the text, if that is known."""
        found = [self._in(which, expression) for which in range(len(self._slices))]
        rows, scores = joined(found)
        if len(found) > 1 or not self._slices[0].ascends:
            order = np.argsort(rows, kind="stable")
            rows, scores = rows[order], scores[order]
        titled = self._titled(rows) if titled is None else titled
        if len(titled):
            scores = scores + np.where(np.isin(rows, titled), scoring.WHOLE_TITLE, 0.0)
        if self._query.locales:
            near = self._catalogue.speaking(self._query.locales[0])[rows]
            scores = scores * np.where(near, 1.0, scoring.ELSEWHERE)
        return rows, scores

    def _in(self, which: int, expression: Expression) -> tuple[Numbers, Counts]:
        one = self._slices[which]
        numbers, scores = matches(
            expression,
            lambda leaf: (self.weighed(leaf)[which], self.rarity(leaf)),
            one.shown(self._view).flags,
        )
        return one.rows[numbers], scores

    # -- one word -----------------------------------------------------------

    def ranked(self, word: Leaf) -> Scored:
        """The rows that have a *word*."""
        titled = self._titled(self._slices[0].rows[:0])
        ranked = [
            Ranked.of(one, found, one.shown(self._view), self._nearness(one), titled)
            for one, found in zip(self._slices, self.weighed(word), strict=True)
        ]
        # Postings are read now, by who holds the lock: later it takes what is in memory alone.
        return WordScored(
            ranked, self._count(word), self.rarity(word), lambda: self.matched(word, titled)
        )

    def _nearness(self, one: Slice) -> Sequence[tuple[Flags, float]]:
        """What a slice shows, and what scores are multiplied by there."""
        shown, locales = one.shown(self._view).flags, self._query.locales
        if not locales:
            return ((shown, 1.0),)
        near = one.speaking(locales[0], self._catalogue.speaking)
        return (shown & near, 1.0), (shown & ~near, scoring.ELSEWHERE)

    # -- titles -------------------------------------------------------------

    def _titled(self, rows: Numbers) -> Numbers:
        """The rows whose title is just the text, of those that may be among *rows*: where the
        text has a word, that says which."""
        if self.title.words:
            found = [one.rows[one.entitled(self.title)] for one in self._slices]
            some = np.concatenate(found) if len(found) > 1 else found[0]
        else:
            some = rows[self._lengths()[rows] == self.title.units]
        told = tuple([one.text for one in self._wanted])
        titles = self._view.title
        alike = [row for row in some.tolist() if row >= 0 and told == _told(titles(row))]
        return np.array(alike, np.int64)

    def _lengths(self) -> Counts:
        """How many units titles have, as they are shown."""
        lengths = self._catalogue.units[0]
        if self._view.lenders:
            lengths = lengths.copy()
            for row in self._view.lenders:
                lengths[row] = self._view.entries[row].units[0]
        return lengths


@lru_cache(maxsize=1 << 16)
def _told(title: str) -> tuple[str, ...]:
    """The units of a title."""
    return tuple([one.text for one in units(title)])

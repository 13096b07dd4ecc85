"""The index: what can be asked of it, whatever its engine."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Collection, Sequence

from search_index import stemming
from search_index.engine import Damaged, Hindered
from search_index.errors import IndexUnavailable
from search_index.highlighting import Forms, Marker, loose_words
from search_index.matching import NOTHING
from search_index.parsing import parse
from search_index.query import Completions, Hits, Query
from search_index.spelling import Vocabulary, corrected, has_choice
from search_index.titles import by_title
from search_index.upkeep import Shown, Upkeep


class Index(Upkeep):
    """One side of a repository, searchable; a :class:`search_index.query.SearchIndex`."""

    def search(self, query: Query) -> Hits:
        """What matches; in step where that takes no longer than the index waits."""
        deadline = time.monotonic() + self._wait
        shown = self._in_step(deadline)
        try:
            return self._answer(shown, query)
        except Damaged as damage:
            self._mend(damage, self._patience(deadline))
        try:
            return self._answer(self._in_step(deadline), query)
        except Damaged as damage:
            kept = self._shown
            if kept is None:
                raise IndexUnavailable(side=self.side.value) from damage
        try:
            return self._answer_by_title(kept, query)
        except Damaged as damage:
            # It takes entries that cannot be read.
            raise IndexUnavailable(side=self.side.value) from damage

    def _answer_by_title(self, shown: Shown, query: Query) -> Hits:
        """What can still be told; of no position, for it is not what that would say."""
        catalogue = shown.edition.catalogue
        expression = parse(query.text or "", catalogue.text_fields)
        titles = map(catalogue.title, range(len(catalogue.entries)))
        scored = NOTHING if expression is None else by_title(expression, titles)
        return Hits(**catalogue.page(query, scored)._asdict(), position=0, reached=0)

    def _answer(self, shown: Shown, query: Query) -> Hits:
        edition = shown.edition
        if query.text is None:
            part = edition.catalogue.page(query)
        else:
            with self._lock:
                # Exchanging editions closes files: ask the one that is open now.
                edition = (self._shown or shown).edition
                expression = parse(query.text, edition.catalogue.text_fields)
                scored = NOTHING if expression is None else edition.scored(query, expression)
            part = edition.catalogue.page(query, scored)
        return Hits(**part._asdict(), position=edition.bookmark.position, reached=shown.reached)

    def corrected(self, query: Query, *, finds: bool) -> str | None:
        """What the text of *query* may have meant; see :mod:`search_index.spelling`."""
        # What was found a moment ago was found in what is shown.
        shown = (self._shown if finds else None) or self._in_step(time.monotonic() + self._wait)
        expression = parse(query.text or "", shown.edition.catalogue.text_fields)
        if expression is None or (finds and not has_choice(expression)):
            return None

        def words() -> Sequence[Vocabulary]:
            with self._lock:
                return (self._shown or shown).edition.vocabularies()

        def total(asked: Query) -> int:
            return self._answer(shown, asked).total

        try:
            return corrected(query, expression, words, total, finds=finds)
        except (Damaged, Hindered):
            # Nobody asked for it: the next search mends what there is to mend.
            return None

    def completed(self, query: Query) -> Completions:
        """The titles that the text of *query* may become; see :mod:`search_index.completing`."""
        deadline = time.monotonic() + self._wait
        try:
            return _completed(self._in_step(deadline), query)
        except Damaged as damage:
            self._mend(damage, self._patience(deadline))
        try:
            return _completed(self._in_step(deadline), query)
        except Damaged:
            # Whoever types goes on without.
            return Completions((), 0, 0)

    def marker(self, text: str, locales: Collection[str | None]) -> Marker:
        """What shows where *text* was found; see :mod:`search_index.highlighting`."""
        shown = self._in_step(time.monotonic() + self._wait)
        expression = parse(text, shown.edition.catalogue.text_fields)
        language = self._follower.language
        languages = {stemming.language(one or language) for one in locales} - {None}
        words = loose_words(expression)
        forms: Forms = {}
        with contextlib.suppress(Damaged, Hindered), self._lock:
            forms = (self._shown or shown).edition.forms(words, sorted(filter(None, languages)))
        return Marker(expression, forms, language)


def _completed(shown: Shown, query: Query) -> Completions:
    edition = shown.edition
    items = edition.catalogue.completed(query)
    return Completions(items, edition.bookmark.position, shown.reached)

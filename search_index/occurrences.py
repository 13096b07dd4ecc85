"""Occurrences: which entries a leaf matches, and how often.

Works on postings as arrays, one segment at a time; nothing here knows who keeps
them.  A term's place is odd for units and even for signs, see
:func:`search_index.analysis.place`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, Protocol

import numpy as np

from search_index.bits import SHIFT, unpacked
from search_index.errors import InvalidQuery
from search_index.expression import Leaf, Term
from search_index.postings import (
    NOWHERE,
    PLACES,
    Flags,
    Found,
    Numbers,
    Placed,
    Posting,
    united,
)
from search_index.schema import FORMS, TEXT, TITLE
from search_index.stemming import SEPARATOR, stem

#: How many words the beginnings in one text may stand for.
MOST_EXPANSIONS: Final = 1024

#: Kinds of terms that stand for one word, or sign.
_EXACT: Final = frozenset({"word", "sign"})

#: Up to one entry in so many are few.
_FEW: Final = 16

#: What another form of a word counts, against the word itself.
OTHER_FORM: Final = 0.4


class Source(Protocol):
    """The postings of a segment."""

    def of(self, field: str, term: str) -> Posting: ...
    def word(self, term: str) -> Found: ...
    def places(self, field: str, term: str) -> Placed: ...
    def beginning(self, field: str, prefix: str) -> Iterator[str]: ...


class Parts(NamedTuple):
    """Parts of entries: those, from and up to which place, and the entries whose title counts."""

    first: Numbers
    last: Numbers
    titled: Numbers


#: Terms, what a place of them counts, and the entries in which it does (``None``: in all).
_Way = tuple[tuple[Term, ...], float, Flags | None]


def found(
    leaf: Leaf, source: Source, languages: Mapping[str, Flags], parts: Parts | None = None
) -> Found:
    """What *leaf* matches in *source*, whatever its field; with *parts*, in those only.

    *languages* has a flag for each entry, raised where it is of that language.
    """
    ways = list(_ways(leaf, source, languages))
    (first, _, _), *others = ways
    if parts is None and len(first) == 1:
        if not others and first[0].kind in _EXACT:
            return source.word(first[0].text)
        return united(*(_counted_words(ways, name, source) for name in (TITLE, TEXT)))
    title, text = (_placed(ways, name, source) for name in (TITLE, TEXT))
    if parts is not None:
        title = [(keys[np.isin(keys // PLACES, parts.titled)], worth) for keys, worth in title]
        text = [(_inside(keys, parts), worth) for keys, worth in text]
    return united(_counted(title), _counted(text))


def _ways(leaf: Leaf, source: Source, languages: Mapping[str, Flags]) -> Iterator[_Way]:
    yield leaf.terms, 1.0, None
    if leaf.loose:
        word = leaf.terms[0].text
        for language, entries in languages.items():
            for other in other_forms(word, language, source):
                yield (Term(other, 0),), OTHER_FORM, entries


def check_expansions(leaves: Iterable[Leaf], sources: Sequence[Source]) -> None:
    """Refuse beginnings that too many words of *sources* have, all together."""
    words: set[tuple[str, str]] = set()
    for leaf in leaves:
        # Which field of a text a word is in follows from its places only.
        names = (
            (TITLE,) if leaf.field == TITLE else (TITLE, TEXT) if leaf.field is None else (TEXT,)
        )
        for term in leaf.terms:
            if term.kind != "prefix":
                continue
            for source in sources:
                for name in names:
                    for word in source.beginning(name, term.text):
                        words.add((term.text, word))
                        if len(words) > MOST_EXPANSIONS:
                            bound = f"words behind its beginnings, such as {term.text!r}"
                            raise InvalidQuery(bound=bound, limit=MOST_EXPANSIONS, given="more")


class Remembered:
    """A source that is asked the same only once, for as long as one text is looked up."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[tuple[str, str, str], Any] = {}

    def of(self, field: str, term: str) -> Posting:
        key = ("of", field, term)
        if key not in self._known:
            self._known[key] = self._source.of(field, term)
        found: Posting = self._known[key]
        return found

    def word(self, term: str) -> Found:
        # Each is asked for once: leaves that are alike are one.
        return self._source.word(term)

    def places(self, field: str, term: str) -> Placed:
        key = ("places", field, term)
        if key not in self._known:
            self._known[key] = self._source.places(field, term)
        found: Placed = self._known[key]
        return found

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        key = ("beginning", field, prefix)
        if key not in self._known:
            # No more than are looked up, and one that says that there are more.
            some = islice(self._source.beginning(field, prefix), MOST_EXPANSIONS + 1)
            self._known[key] = list(some)
        found: list[str] = self._known[key]
        return iter(found)


def other_forms(word: str, language: str, source: Source) -> Iterator[str]:
    """The other words of *source* that have the stem of *word* in *language*."""
    root = stem(word, language)
    # A word that is its own stem is not listed under it.
    if root != word and stem(root, language) == root:
        yield root
    listed = SEPARATOR.join((language, root, ""))
    for term in source.beginning(FORMS, listed):
        if (other := term[len(listed) :]) != word:
            yield other


def _counted_words(ways: Iterable[_Way], name: str, source: Source) -> Posting:
    parts = []
    for terms, worth, entries in ways:
        posting = summed([source.of(name, word) for word in _words(terms[0], name, source)])
        if entries is not None:
            here = entries[posting.entries]
            posting = Posting(posting.entries[here], posting.counts[here] * worth)
        parts.append(posting)
    return summed(parts)


def summed(parts: Iterable[Posting]) -> Posting:
    """All postings as one: each entry once, its counts added up; they ascend."""
    parts = [one for one in parts if len(one.entries)]
    if len(parts) < 2:
        return parts[0] if parts else NOWHERE
    entries = np.concatenate([one.entries for one in parts])
    counts = np.concatenate([one.counts for one in parts])
    if len(entries) * _FEW > entries.max():
        # Of many, one place for each entry costs less than sorting.
        dense = np.bincount(entries, counts)
        entries = np.flatnonzero(dense)
        return Posting(entries, dense[entries])
    entries, places = np.unique(entries, return_inverse=True)
    return Posting(entries, np.bincount(places, counts))


def _placed(ways: Iterable[_Way], name: str, source: Source) -> list[tuple[Numbers, float]]:
    """Where each way begins, and what each place counts."""
    found = []
    for terms, worth, entries in ways:
        keys = _phrase(terms, name, source)
        if entries is not None:
            keys = keys[entries[keys // PLACES]]
        found.append((keys, worth))
    return found


def _phrase(terms: Sequence[Term], name: str, source: Source) -> Numbers:
    """Where the first unit is of each place at which all *terms* stand as they do here."""
    placed = [
        _either([source.places(name, word) for word in _words(one, name, source)]) for one in terms
    ]
    if not all(len(one.keys) for one in placed):
        return NOWHERE.entries
    shift = max(one.shift for one in placed)
    if any(one.shift < shift for one in placed):
        placed = [one.widened() for one in placed]
    # All are rarely in the same entry: what is looked through is far less then.
    among = _in_all(placed) if len(placed) > 1 else None
    keys: Numbers | None = None
    for term, one in zip(terms, placed, strict=True):
        here = one.keys
        if among is not None:
            here = here[np.flatnonzero(among[one.entries.astype(np.intp)])]
        there = here - one.keys.dtype.type(2 * term.at + (term.kind != "sign"))
        keys = there if keys is None else _common(keys, there)
    assert keys is not None
    # Moved to a unit's place: one before the first is in another entry, as it were.
    return placed[0]._replace(keys=keys).widened().keys + 1


def _either(placed: Sequence[Placed]) -> Placed:
    """Where any of several terms is."""
    if len(placed) == 1:
        return placed[0]
    keys = [one.widened().keys for one in placed]
    return Placed.wide(np.sort(np.concatenate([np.empty(0, np.int64), *keys])))


def _common(some: Numbers, others: Numbers) -> Numbers:
    """What is in both, each of which has nothing twice and ascends, or nearly so."""
    every = np.concatenate([some, others])
    # Two runs are merged, which takes a third of sorting.
    every.sort(kind="stable")
    twice: Flags = every[1:] == every[:-1]
    return every[:-1][twice]


def _in_all(placed: Sequence[Placed]) -> Flags:
    """A flag for each entry, raised for those that have one of each."""
    # Where one has no bits any more, it has no entries.
    words = min(len(one.bits) for one in placed)
    bits = np.bitwise_and.reduce([one.bits[:words] for one in placed])
    return unpacked(bits, max(len(one.bits) for one in placed) << SHIFT)


def _words(term: Term, name: str, source: Source) -> list[str]:
    """What is looked up for *term*."""
    if term.kind in _EXACT:
        return [term.text]
    return list(source.beginning(name, term.text))


def _inside(keys: Numbers, parts: Parts) -> Numbers:
    """Those of *keys* that are in some part; parts do not overlap, and ascend."""
    at = np.searchsorted(parts.first, keys, side="right") - 1
    inside = at >= 0
    inside[inside] = keys[inside] < parts.last[at[inside]]
    return keys[inside]


def _counted(placed: Sequence[tuple[Numbers, float]]) -> Posting:
    parts = []
    for keys, worth in placed:
        if len(keys):
            entries, counts = np.unique(keys // PLACES, return_counts=True)
            parts.append(Posting(entries, counts * worth))
    return summed(parts)

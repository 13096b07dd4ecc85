"""Words: however entries are spread over segments, a text finds the same, and as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content_repo import Kind
from search_index import Query, Window, analysis, choosing, scoring, slices, weighing
from search_index.columns import Leaf, Living, Tables, catalogue
from search_index.columns.ordering import Order
from search_index.matching import Scored
from search_index.parsing import parse
from search_index.postings import NOWHERE, Found, Placed, Posting, united
from search_index.ranking import Ranked
from search_index.scoring import rounded
from search_index.words import Words
from tests.search_index.made import entry

LOCALES: Final = (None, "en", "nl")

#: A document: the words of its title and of its text, its locale, and whether it is there.
Document = tuple[list[str], list[str], str | None, bool]

some_words = st.lists(st.sampled_from(["ant", "bee", "cat", "dog"]), max_size=5)
document = st.tuples(some_words, some_words, st.sampled_from(LOCALES), st.booleans())
documents = st.lists(document, min_size=1, max_size=40)
texts = st.sampled_from(
    ["ant", "bee", "emu", "ant bee", "ant OR bee", "cat -dog", '"ant bee"', "be*",
     "(ant OR bee) cat", "title:ant"]
)  # fmt: skip


class Source:
    """The words of some documents, by number."""

    def __init__(self, found: Sequence[Document]) -> None:
        self._places: dict[tuple[str, str], list[tuple[int, list[int]]]] = {}
        for number, (title, text, _, _) in enumerate(found):
            for field, words in (("title", title), ("text", text)):
                places: dict[str, list[int]] = {}
                analysis.place(" ".join(words), 0, places)
                for word, there in places.items():
                    self._places.setdefault((field, word), []).append((number, there))

    def of(self, field: str, term: str) -> Posting:
        found = self._places.get((field, term))
        if not found:
            return NOWHERE
        entries, places = zip(*found, strict=True)
        return Posting(np.array(entries), np.array(list(map(len, places))))

    def word(self, term: str) -> Found:
        return united(self.of("title", term), self.of("text", term))

    def places(self, field: str, term: str) -> Placed:
        found = [at for _, there in self._places.get((field, term), []) for at in there]
        return Placed.of(*self.of(field, term), np.array(found, np.int64), entry_bits=6)

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        yield from sorted(
            term for one, term in self._places if one == field and term.startswith(prefix)
        )


def words_of(batches: Sequence[list[tuple[int, Document]]]) -> tuple[Words, Any]:
    """The words of documents in as many segments, and their catalogue; each has a number, which
    its path is made of."""
    tables, living, segments = Tables(), [], []
    for which, batch in enumerate(batches):
        stored = [
            entry(
                f"{number:02}",
                title=" ".join(title),
                units=(len(title), len(text)),
                locale=locale,
                group=str(number),
            ).dumps()
            for number, (title, text, locale, _) in batch
        ]
        leaf = Leaf(str(which), stored, tables)
        there = [at for at, (_, one) in enumerate(batch) if one[3]]
        living.append(Living(leaf, np.array(there, np.int64)))
        segments.append(leaf.words(Source([one for _, one in batch])))
    found = catalogue(living, tables, columns=True)
    return Words(found, segments), found


def asked(text: str, locale: str | None) -> Query:
    return Query(
        kinds=frozenset({Kind.DOCUMENT}), roots=("",), window=Window(0, 10), text=text,
        locales=() if locale is None else (locale,),
    )  # fmt: skip


def scored(words: Words, text: str, locale: str | None) -> Scored:
    expression = parse(text)
    assert expression is not None
    return words.scored(asked(text, locale), expression)


@given(st.data(), documents, texts, st.sampled_from(LOCALES))
def test_segments_make_no_difference(
    data: st.DataObject, found: list[Document], text: str, locale: str | None
) -> None:
    """One segment in the order of paths, or some, large and small, in any order."""
    numbered = list(enumerate(found))
    alone, _ = words_of([numbered])
    shuffled = data.draw(st.permutations(numbered))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(found)), max_size=3)))
    batches = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(found)], strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "LARGE", data.draw(st.sampled_from([0, 10, 2000])))
        spread, _ = words_of(batches)

    one, other = scored(alone, text, locale), scored(spread, text, locale)
    assert one.total == other.total == len(one.rows)
    assert one.rows.tolist() == other.rows.tolist()
    assert one.scores.tolist() == pytest.approx(other.scores.tolist(), abs=1e-8)
    assert one.rarities == other.rarities


@given(st.data(), documents, st.sampled_from(["ant", "bee"]), st.sampled_from(LOCALES))
def test_the_best_of_some_are_the_best_of_all(
    data: st.DataObject, found: list[Document], text: str, locale: str | None
) -> None:
    """However few stand in order by what a word counts, and wherever they lie."""
    numbered = data.draw(st.permutations(list(enumerate(found))))
    half = len(numbered) // 2
    most = data.draw(st.integers(0, 12))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "HEAD", data.draw(st.sampled_from([1, 3, 8, 512])))
        patch.setattr(slices, "LARGE", data.draw(st.sampled_from([0, 2000])))
        words, _ = words_of([numbered[:half], numbered[half:]])
        one = scored(words, text, locale)
        rows, scores = one.best(most)
        few = rows[choosing.best(scores, rows, most)].tolist()

    every = one.rows[choosing.best(one.scores, one.rows, most)].tolist()
    assert few == every


class Entries(slices.Slice):
    """So many entries, each in the row of its number."""

    def weighed(self, leaf: Any, sources: Any) -> weighing.Weighed:
        raise NotImplementedError

    def entitled(self, title: Any) -> Any:
        raise NotImplementedError


@given(
    steps=st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=60),
    weight=st.sampled_from([0.3, 2.2395227]),
    rarity=st.sampled_from([1e-5, 0.009316477530987424, 2.0]),
    most=st.integers(1, 40),
    head=st.sampled_from([4, 16]),
)
@example([1] * 30 + [2] * 6, 2.2395227, 0.009316477530987424, 12, 16)
@example([1] * 6 + [0] * 20 + [1] * 6, 2.2395227, 0.009316477530987424, 12, 12)
def test_weights_that_have_one_score(
    steps: list[int], weight: float, rarity: float, most: int, head: int
) -> None:
    """Scores are rounded: of entries that then have the same the first come first."""
    near = np.nextafter(np.float32(weight), np.array([0, weight, 9], np.float32))
    weights = near[steps]
    size = len(weights)
    numbers, flags = np.arange(size), np.ones(size, np.bool_)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "HEAD", head)
        weighed = weighing.Weighed.of(size, numbers, weights)
    shown = weighing.Shown.of(flags)
    one = Ranked.of(Entries(numbers), weighed, shown, ((flags, 1.0),), numbers[:0])
    found = one.best(rarity, most)

    if found is not None:
        scores = rounded(scoring.scores(weights.astype(np.float32).astype(np.float64), rarity))
        rows, some = found
        best = rows[choosing.best(some, rows, most)].tolist()
        assert best == choosing.best(scores, numbers, most).tolist()


def test_the_best_are_found_without_a_look_at_all() -> None:
    """Ten of a thousand in which a word does not count the same."""
    found: list[tuple[int, Document]] = [
        (number, ([], ["ant"] * (1 + number % 700), None, True)) for number in range(1000)
    ]
    words, _ = words_of([found])
    rows, _ = scored(words, "ant", None).best(10)
    assert len(rows) == weighing.HEAD


@given(st.data(), documents, st.integers(0, 12))
def test_the_first_of_some_are_the_first_of_all(
    data: st.DataObject, found: list[Document], most: int
) -> None:
    """In whatever order, and wherever they lie."""
    numbered = data.draw(st.permutations(list(enumerate(found))))
    half = len(numbered) // 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "LARGE", data.draw(st.sampled_from([0, 2000])))
        words, entries = words_of([numbered[:half], numbered[half:]])
    rows = np.array(data.draw(st.permutations(range(len(entries.entries)))), np.int64)
    places = np.argsort(rows)
    one = scored(words, "ant", None)

    some = one.first(Order(rows, places.astype(np.int32)), most)
    assert (
        some[choosing.first(places[some], most)].tolist()
        == one.rows[choosing.first(places[one.rows], most)].tolist()
    )


@given(st.integers(1, 300), st.data())
def test_bits_say_what_numbers_do(size: int, data: st.DataObject) -> None:
    """Few are kept as numbers, many as bits: what is asked of them is answered alike."""
    numbers = np.array(sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1))), np.int64)
    weights = np.arange(1, 1 + len(numbers), dtype=np.float64)
    shown = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    one = weighing.Weighed.of(size, numbers, weights)
    by_number = dict(zip(numbers.tolist(), weights.tolist(), strict=True))
    expected = [number for number in by_number if shown[number]]

    assert np.flatnonzero(one.flags).tolist() == numbers.tolist()
    assert one.count(weighing.Shown.of(shown)) == len(expected)
    assert one.matching(weighing.Shown.of(shown)).tolist() == expected
    every = np.arange(size)
    assert one.among(every).tolist() == [number in by_number for number in range(size)]
    assert one.weights_of(np.array(expected, np.int64)).tolist() == [by_number[n] for n in expected]

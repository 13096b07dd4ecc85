"""Aligning: where in a text, as it was written, its units stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.aligning import Aligned, gap
from search_index.analysis import LONGEST_WORD, fold, units

#: What may stand next to each other in a text, whatever its script.
PIECES = (
    "a", "é", "e\u0301", "E", " ", "ß", "ﬁ", "Ⓐ", "Ĳ", "ё", "Й", "и\u0306", "한", "국",
    "日", "ガ", "ｶﾞ", "กี่", "न", "स्ते", "م", "שׁ", "+", "@", "-", "'", ".", "\n", "\u200d",
    "\u1112\u1161",
)  # fmt: skip


def shown(text: str) -> list[str]:
    """What stands in *text* where its units are."""
    aligned = Aligned.of(text)
    return [text[slice(*aligned.original(one.start, one.end))] for one in aligned.units]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Straße ﬁne!", ["Straße", "ﬁne"]),
        ("Cafe\u0301s, crème", ["Cafe\u0301s", "crème"]),
        ("йли и\u0306ли", ["йли", "и\u0306ли"]),
        ("日本ｶﾞ", ["日", "本", "ｶﾞ"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
    ],
)
def test_a_unit_is_found_as_it_was_written(text: str, parts: list[str]) -> None:
    """However folding changed its length, a unit is where its letters and marks are."""
    assert shown(text) == parts


def test_a_very_long_word_is_one_unit_to_its_end() -> None:
    """What counts of a word is bounded, where it stands is not."""
    word = "x" * (LONGEST_WORD + 9)

    assert shown(f"{word} x") == [word, "x"]


def test_a_gap_is_what_stands_before_a_unit() -> None:
    """Signs are looked for between a unit and the one before it."""
    aligned = Aligned.of("C++ or")

    assert aligned.folded[slice(*gap(aligned.units, 1))] == "++ "
    assert gap(aligned.units, 0) == (0, 0)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_units_are_those_of_the_index(text: str) -> None:
    """Letter by letter, a text folds to what it does as a whole, and no unit is left out."""
    aligned = Aligned.of(text)

    assert aligned.folded == fold(text)
    assert [one.unit for one in aligned.units] == list(units(text))
    for one in aligned.units:
        start, end = aligned.original(one.start, one.end) if one.unit.text else (0, 0)
        assert 0 <= start <= end <= len(text)

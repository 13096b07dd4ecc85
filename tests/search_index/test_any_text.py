"""Any text is a legal query, and finds what it says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search_index import analysis, occurrences
from search_index.expression import All, Any, Expression, Leaf, Not
from search_index.parsing import MOST_CHARACTERS, parse
from search_index.postings import NOWHERE, Found, Placed, Posting, united

# Of whatever makes words, letters, signs, punctuation and marks, enough to meet often.
CHARACTERS = "aB ß9 \u0301\u0e31\u0e01\u093f\u0915日本゙か한 ++@%._-'?!…\u200b\u200f\ufe0f❤\u302a"
texts = st.text(CHARACTERS, max_size=12) | st.text(max_size=20)


class OneTitle:
    """The words of a single entry that has a title and nothing else."""

    def __init__(self, title: str) -> None:
        self._places: dict[str, list[int]] = {}
        analysis.place(title, 0, self._places)

    def of(self, field: str, term: str) -> Posting:
        count = len(self.places(field, term).keys)
        return Posting(np.array([0]), np.array([float(count)])) if count else NOWHERE

    def places(self, field: str, term: str) -> Placed:
        found = np.array(self._places.get(term, []) if field == "title" else [], np.int64)
        return Placed.of(np.zeros(len(found), np.int64), np.ones(len(found), np.int64), found)

    def word(self, term: str) -> Found:
        return united(self.of("title", term), self.of("text", term))

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        if field == "title":
            yield from sorted(term for term in self._places if term.startswith(prefix))


def finds(text: str, title: str) -> bool:
    """Whether a search for *text* finds an entry of that *title*."""
    expression = parse(text)
    return expression is not None and holds(expression, OneTitle(title))


def holds(expression: Expression, source: OneTitle) -> bool:
    match expression:
        case Leaf():
            return len(occurrences.found(expression, source, {}).entries) > 0
        case All(parts):
            return all(holds(part, source) for part in parts)
        case Any(parts):
            return any(holds(part, source) for part in parts)
        case Not(part):
            return not holds(part, source)


def says_something(text: str) -> bool:
    return bool(analysis.fold(text).strip())


@given(texts)
@example("\u0e31\u0e01 a")
@example("???")
@example("… —")
@example("葛\U000e0100飾")
def test_a_quoted_text_finds_itself(text: str) -> None:
    """What is written in quotes finds a title that says just that, whatever it is."""
    text = text.replace('"', "")
    assert finds(f'"{text}"', text) or not says_something(text)


@given(texts, texts, texts)
def test_a_quoted_part_is_found(before: str, part: str, after: str) -> None:
    """What is written in quotes finds a title that has it between blanks, unless that says more
    than punctuation and it does not."""
    part = part.replace('"', "")
    said = f"{before} {part} {after}"
    is_silent = not says_something(part) or analysis.is_punctuation(list(analysis.units(part)))
    assert is_silent or finds(f'"{part}"', said)


@given(st.text('()*:;?!… "', max_size=8) | st.text("?!…", max_size=MOST_CHARACTERS))
def test_nothing_but_punctuation_finds_itself(text: str) -> None:
    """A text that is nothing but punctuation finds a title that is just that, without quotes."""
    assert finds(text, text) or not says_something(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("???", "???"), ("?", "???"), ("…", "..."), ("...", "…"), ("—", "—"), ('"—"', "—"),
        ("! ?", "?!"), ("(…)", "..."), ("()", "()"), ('"', '"'), ('""', '""'), ("-", "-"),
        ("title:…", "…"), ("OR", "this OR that"), ("AND NOT", "and not"), ("title:OR", "or"),
        ("OR OR OR", "or"), ("-NOT", "not"), ("??? OR …", "??? OR …"),
        ("hello", "\u202ahello\u202c"), ("\u200fhello", "hello"), ("foobar", "foo\u200bbar"),
        ("❤️", "❤"), ("葛飾", "葛\U000e0100飾"), ('"\u0e31\u0e01"', "(\u0e31\u0e01)"),
        ("ภาษาไทย", "ภาษา\u200bไทย"),
    ],
)  # fmt: skip
def test_what_is_found(text: str, title: str) -> None:
    """Punctuation alone, operators alone and what nobody sees are found as they are meant."""
    assert finds(text, title)


def test_operators_alone_are_words_of_a_field() -> None:
    """Behind the name of a field, they are looked for there only."""
    said = parse("title:OR intro:AND", ("title", "intro"))
    assert isinstance(said, All)
    assert [one.field for one in said.parts if isinstance(one, Leaf)] == ["title", "intro"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("?", "really?"), ("…", "and so on…"), ("???", "?"), ("…", "!"), ("really ???", "really"),
        ('-"?"', "?"), ("title:OR", "this"), (" ", " "), ("\u0301", "\u0301"), ("\u200b", "\u200b"),
    ],
)  # fmt: skip
def test_punctuation_beside_anything_says_nothing(text: str, title: str) -> None:
    """It is not found in a text that has words, nor looked for with any."""
    assert finds(text, title) is (text == "really ???")

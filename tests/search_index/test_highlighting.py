"""Highlighting: the parts of a text that a search was about."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.highlighting import FRAGMENT, MOST_FRAGMENTS, Marker, loose_words
from search_index.parsing import parse

FORMS: Mapping[tuple[str, str], list[str]] = {("river", "en"): ["rivers"]}
FIELDS = ("title", "content")


def fragments(asked: str, *texts: str, whole: bool = False, locale: str | None = None) -> list[str]:
    """What is shown of the field ``content`` that holds *texts*."""
    marker = Marker(parse(asked, FIELDS), FORMS, "en")
    return marker.fragments("content", texts, locale, whole=whole)


def marked(shown: str) -> list[str]:
    """What is marked in a fragment."""
    return [html.unescape(one) for one in re.findall("<mark>(.*?)</mark>", shown, re.DOTALL)]


@pytest.mark.parametrize(
    ("asked", "text", "found"),
    [
        ("river", "Two Rivers, one river, riverine", ["Rivers", "river"]),
        ('"river"', "Two Rivers, one river", ["river"]),
        ("riv*", "Riverine, the rivers; a driver", ["Riverine", "rivers"]),
        ("creme", "Crème, Cre\u0300me", ["Crème", "Cre\u0300me"]),
        ('"front matter"', "Front-Matter, front\nmatter, front of matter", None),
        ("c++", "C++ and C, c ++ too", ["C++", "c ++"]),
        ("@astrojs/react", "use @astrojs/react, not astrojs react", ["@astrojs/react"]),
        ("[[", "if [[ x ]]; a[b]", ["[["]),
        ("100%", "100% or 100", ["100%"]),
        ("日本語", "これは日本語です。日本 語", ["日本語"]),
        ("語", "日本語と 語", ["語", "語"]),
        ("한국", "나는 한국어를", ["한국"]),
        ("สวัสดี", "ฉันพูดสวัสดีครับ", ["สวัสดี"]),
        ("a OR b", "b then a", ["b", "a"]),
        ("a -b", "a and b", ["a"]),
        ("title:a b", "a and b", ["b"]),
        ("don't", "I don\u2019t know", ["don\u2019t"]),
        ("first_post", "the first_post", ["first_post"]),
        ("?!", "?!", ["?!"]),
        ('"ั ก"', "a ั ก", ["ั ก"]),
        ('"ก ั"', "a ก ั", ["ก ั"]),
        ("foobar", "a foo\u200bbar", ["foo\u200bbar"]),
    ],
)
def test_what_matched_is_marked(asked: str, text: str, found: list[str] | None) -> None:
    """A mark is around just what the search means: forms, beginnings, phrases, signs, parts."""
    (shown,) = fragments(asked, text)

    assert marked(shown) == (found or ["Front-Matter", "front matter"])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("river", "driver, riverine"),
        ("日本語", "日本 語"),
        ('"a b"', "b a"),
        ("c++", "c and c+"),
        ("-a", "a"),
        ("title:a", "a"),
        ("?!", "really?!"),
        ("a", ""),
    ],
)
def test_where_nothing_matched_nothing_is_shown(asked: str, text: str) -> None:
    """A text without anything that was found has no fragments."""
    assert fragments(asked, text) == []


def test_forms_are_those_of_the_texts_language() -> None:
    """A word in another form is marked where the text's language has that form."""
    assert marked(fragments("river", "rivers", locale="en-GB")[0]) == ["rivers"]
    assert fragments("river", "rivers", locale="nl") == []


def test_a_fragment_is_html() -> None:
    """What the author wrote is escaped; the marks are the only elements."""
    assert fragments("b", "<i>a</i> & b") == ["&lt;i&gt;a&lt;/i&gt; &amp; <mark>b</mark>"]


def test_a_fragment_is_a_line_around_what_was_found() -> None:
    """It is cut between words, with an ellipsis where something is left out."""
    text = "before " * 50 + "needle " + "after " * 50
    (shown,) = fragments("needle", text)

    assert re.fullmatch(r"… (before )+<mark>needle</mark>( after)+ …", shown)
    assert len(shown) <= FRAGMENT + len("… <mark></mark> …")


def test_the_best_fragments_come_first() -> None:
    """Where more of the search is, is shown rather than where only a part of it is."""
    text = f"one {'x ' * 200} two {'x ' * 200} one two {'x ' * 200} one"
    shown = fragments("one two", text)

    assert marked(shown[0]) == ["one", "two"]
    assert len(shown) == MOST_FRAGMENTS


def test_no_more_than_three_fragments_over_all_texts() -> None:
    """The values of one field share the fragments."""
    assert len(fragments("a", *["a b"] * 9)) == MOST_FRAGMENTS


def test_a_title_is_shown_whole() -> None:
    """A text that is asked for as a whole is not cut, unless it is no line any more."""
    title = "needle " + "word " * 100

    assert fragments("needle", title, whole=True) == [
        "<mark>needle</mark> " + "word " * 99 + "word"
    ]
    assert fragments("needle", title * 10, whole=True)[0].endswith("…")


@pytest.mark.parametrize("letter", ["x", "ж", "ä", "語", "각"])
def test_what_is_far_into_a_text_is_found(letter: str) -> None:
    """Wherever something is in a long text, in whatever script, it is marked."""
    for before in (16_380, 16_400, 70_000):
        text = f"{letter * 9} " * (before // 10) + "needle's eye " + f"{letter * 9} " * 99
        assert marked(fragments('"needle\'s eye"', text)[0]) == ["needle's eye"], before


@given(
    st.lists(st.sampled_from(["river", "Rivers", "\uff41", "é", "<b>", "日本", "++", "\n"])),
    st.sampled_from(["river", "日本", "a", "e*", '"river a"', "a++"]),
)
def test_nothing_is_lost(words: list[str], asked: str) -> None:
    """Without its marks, what is shown is the text itself."""
    text = " ".join(words)
    for shown in fragments(asked, text, whole=True):
        bare = html.unescape(re.sub("</?mark>", "", shown))
        assert bare == " ".join(text.split())


def test_words_that_have_forms() -> None:
    """Only single words without quotes may be met in another form."""
    assert loose_words(parse('river "lake" sea* front-matter NOT pond')) == ["river"]
    assert loose_words(None) == []

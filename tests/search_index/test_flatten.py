"""What of a node can be found, and what its values are compared as."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.flatten import LONGEST_VALUE, plain, shortened


@pytest.mark.parametrize(
    ("rich", "words"),
    [
        ("un<em>believ</em>able", "unbelievable"),
        ("H<sub>2</sub>O", "H2O"),
        ("data<wbr>base", "database"),
        ("<span>a</span><a href='x'>b</a>", "ab"),
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two", "one two"),
        ("data<img src='x.png'>base", "data base"),
        ("data<svg><path d='M0'/></svg>base", "data base"),
        ("data<input value='x'>base", "data base"),
        ("one<button>two</button>three", "one two three"),
        ("one<video src='x'></video>two", "one two"),
        ("<select><option>one</option><option>two</option></select>", "one two"),
        ("<details><summary>one</summary>two</details>three", "one two three"),
        ("<form>one<fieldset><legend>two</legend>three</fieldset></form>", "one two three"),
        ("one<script>two</script><style>three</style>", "one"),
        ("fish &amp; chips &lt;b&gt;", "fish & chips <b>"),
    ],
)
def test_words_are_parted_where_a_browser_parts_them(rich: str, words: str) -> None:
    """Lines, boxes and pictures stand between two words; what is only set otherwise does not."""
    assert " ".join(plain(rich).split()) == words


@given(st.text("ae\u0301\u00e9\u0308한", min_size=1).map(lambda text: text * 600))
def test_two_forms_of_a_string_are_compared_as_one(text: str) -> None:
    """Composed or not, short or long: it is one value."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    assert len({shortened(form) for form in forms}) == 1
    assert len(shortened(text).partition("\0")[0]) <= LONGEST_VALUE

"""Front matter is taken off a text exactly, and its values keep what was written."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal_delivery.exchange.formats import frontmatter, yaml_values
from hal_delivery.exchange.formats.unreadable import Unreadable


@pytest.mark.parametrize(
    ("text", "values", "body", "body_line"),
    [
        ("---\na: 1\n---\nbody\n", {"a": 1}, "body\n", 4),
        ("---\na: 1\n---\none\n---\ntwo\n", {"a": 1}, "one\n---\ntwo\n", 4),
        ("--- \t\na: 1\n--- \nbody", {"a": 1}, "body", 4),
        ("---\na: 1\n...\nbody", {"a": 1}, "body", 4),
        ("\n\n---\na: 1\n---\nbody", {"a": 1}, "body", 6),
        ("---\n---\nbody", {}, "body", 3),
        ("---\n# only a comment\n---\nbody", {}, "body", 4),
        ("---\na: 1\n---", {"a": 1}, "", 3),
        ("---\na: |\n  one\n  ---\n  two\n---\n", {"a": "one\n---\ntwo\n"}, "", 7),
        ("+++\na = 1\n[b]\nc = 'x'\n+++\nbody", {"a": 1, "b": {"c": "x"}}, "body", 6),
        ('{\n "a": {"b": [1]}\n}\nbody', {"a": {"b": [1]}}, "body", 4),
        ('\n{"a": "}"}\n\nbody', {"a": "}"}, "\nbody", 3),
        ("{}\nbody", {}, "body", 2),
        ("", {}, "", 1),
        ("body\n---\na: 1\n---\n", {}, "body\n---\na: 1\n---\n", 1),
        ("---- \na: 1\n---\n", {}, "---- \na: 1\n---\n", 1),
        ("{{< toc >}}\n", {}, "{{< toc >}}\n", 1),
        ("{.wide}\n", {}, "{.wide}\n", 1),
        ("{% include a %}\n", {}, "{% include a %}\n", 1),
    ],
)
def test_the_block_and_the_body(
    text: str, values: dict[str, Any], body: str, body_line: int
) -> None:
    """Only a block at the head is front matter, and the body is all that follows it."""
    assert frontmatter.split(text.encode()) == frontmatter.FrontMatter(values, body, body_line)


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_marks(line_end: str, mark: bytes) -> None:
    """A byte order mark and the line ends of other systems change nothing."""
    text = line_end.join(("---", "a: é", "---", "one", "two"))

    assert frontmatter.split(mark + text.encode()) == frontmatter.FrontMatter(
        {"a": "é"}, "one\ntwo", 4
    )


def test_a_western_encoding() -> None:
    """Bytes that are no UTF-8 are read as Windows-1252, and a note says so."""
    read = frontmatter.split(b"---\na: \x93caf\xe9\x94\n---\nna\xefve")

    assert (read.values, read.body) == ({"a": "“café”"}, "naïve")
    assert read.notes == ((None, "is not UTF-8; read as Windows-1252"),)


def test_a_block_without_an_end() -> None:
    """A first line of dashes that has no second one is text, and a note says so."""
    read = frontmatter.split(b"---\na: 1\n")

    assert (read.values, read.body, read.body_line) == ({}, "---\na: 1\n", 1)
    assert [line for line, _ in read.notes] == [None]


def test_a_key_given_twice() -> None:
    """The last value counts, and a note says so with the line of the file."""
    read = frontmatter.split(b"\n---\ntitle: One\ntags: [a]\ntitle: Two\n---\n# Three\n")

    assert read.values == {"title": "Two", "tags": ["a"]}
    assert read.notes == ((5, "the key 'title' is given twice; the last one counts"),)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"---\na: 1\nb: [1,\nc: 2\n---\n", 4, "YAML"),
        (b"\n---\na: 1\n\tb: 2\n---\n", 4, "YAML"),
        (b"---\n- a\n---\n", 2, "a list"),
        (b"---\nprose\n---\n", 2, "text"),
        (b"---\na: *b\n---\n", 2, "*b"),
        (b"---\n? [a, b]\n: 1\n---\n", 2, "key"),
        (b"---\na: 1\nb: !ruby/object {c: 1}\n---\n", 3, "!ruby/object"),
        (b'---\na: 1\nb: "\\0"\n---\n', 3, "NUL"),
        (b"+++\na = 1\nb = \n+++\n", 3, "TOML"),
        (b'{"a": 1,\n "b": }\n', 2, "JSON"),
        (b"---\na: 1\n---\nx\0y\n", 4, "NUL"),
        (b"\n\x81\xff\n", 2, "UTF-8"),
    ],
)
def test_what_cannot_be_read(content: bytes, line: int, said: str) -> None:
    """A broken block is refused, with what is wrong and the line of the file."""
    with pytest.raises(Unreadable) as refused:
        frontmatter.split(content)

    assert (refused.value.line, said in refused.value.reason) == (line, True)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("null", None),
        ("~", None),
        ("", None),
        ("2019", 2019),
        ("-7", -7),
        ("1.5", 1.5),
        ("-.5e3", -500.0),
        ("0x1F", 31),
        ("0o17", 15),
        ("007", "007"),
        ("1_000", "1_000"),
        ("1e5", "1e5"),
        ("12:30:45", "12:30:45"),
        (".nan", ".nan"),
        ("-.inf", "-.inf"),
        ("1.0e999", "1.0e999"),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", "9223372036854775808"),
        ("2020-02-30", "2020-02-30"),
        ("2020-02-03", datetime(2020, 2, 3, tzinfo=UTC)),
        ("2020-2-3 4:05:06.7", datetime(2020, 2, 3, 4, 5, 6, 700_000, UTC)),
        ("2020-02-03T04:05:06Z", datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2020-02-03T04:05:06-02:30", datetime(2020, 2, 3, 6, 35, 6, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
        ("'2020-02-03'", "2020-02-03"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ('!!int "12"', 12),
        ("!!binary aGk=", "aGk="),
        ("!!set {a, b}", {"a": None, "b": None}),
        ("!ENV HOME", "!ENV HOME"),
        ("! 12", "12"),
    ],
)
def test_values(written: str, value: object) -> None:
    """An unquoted word is a number, boolean or date only where nothing of it is lost."""
    read = yaml_values.load(f"a: {written}")["a"]

    assert (type(read), read) == (type(value), value)


def test_keys() -> None:
    """Keys are text as written, and a key given twice has its last value."""
    text = "1: a\nno: b\n2020-01-01: c\nnull: d\ncSpell:ignore: e\n1.10: f\nno: g\n"

    assert yaml_values.load(text) == {
        "1": "a",
        "no": "g",
        "2020-01-01": "c",
        "null": "d",
        "cSpell:ignore": "e",
        "1.10": "f",
    }


def test_merge_keys() -> None:
    """A map takes in what it merges, without losing what it says itself."""
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {b: 9, <<: [*x, *y]}\nw: {'<<': 1}\n"

    read = yaml_values.load(text)

    assert read["z"] == {"a": 1, "b": 9, "c": 4}
    assert read["w"] == {"<<": 1}


def test_a_billion_laughs() -> None:
    """Aliases that stand for too much are refused before anything is made of them."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="aliases"):
            frontmatter.split("\n".join(("---", *lines, "---", "")).encode())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 4_000_000


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "[" * 32 + "]" * 32,
        "a: &a [*a]",
        "a: &a " + "[" * 20 + "]" * 20 + "\nb: " + "[" * 20 + "*a" + "]" * 20,
        "a: " + "1" * 5000,
        "a: 1\n---\nb: 2\n",
    ],
)
def test_bounds(text: str) -> None:
    """What is too deep, too long or refers to itself is refused, however it is written."""
    with pytest.raises(Unreadable):
        yaml_values.load(text)


def test_toml_dates_and_numbers() -> None:
    """TOML's dates are dates in UTC, and what fits no number stays text."""
    text = "+++\na = 2020-02-03\nb = 2020-02-03T04:05:06+01:00\nc = 99999999999999999999\n+++\n"

    assert frontmatter.split(text.encode()).values == {
        "a": datetime(2020, 2, 3, tzinfo=UTC),
        "b": datetime(2020, 2, 3, 3, 5, 6, tzinfo=UTC),
        "c": "99999999999999999999",
    }


@given(st.text(alphabet=st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])))
def test_the_body_is_what_follows(body: str) -> None:
    """Whatever follows the block is the body, to the letter."""
    assert frontmatter.split(f"---\na: 1\n---\n{body}".encode()).body == body


@given(st.text(alphabet="-+{}:a1 \n'\"[]*&!#|>.=", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text whatever ends in another failure than a refusal with its reason."""
    try:
        read = frontmatter.split(text.encode())
    except Unreadable:
        return
    assert text.endswith(read.body)
    assert text.count("\n") - read.body.count("\n") == read.body_line - 1

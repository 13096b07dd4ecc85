"""Java's .properties files."""

from __future__ import annotations

import javaproperties
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import bundles
from hal_delivery.exchange.formats import properties
from hal_delivery.exchange.formats.unreadable import Unreadable

STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def texts(content: bytes) -> dict[str, str]:
    return dict(properties.read(content).texts)


@pytest.mark.parametrize(
    ("written", "key", "value"),
    [
        (b"a=b", "a", "b"),
        (b"a:b", "a", "b"),
        (b"a b", "a", "b"),
        (b"  a \t\f = \t b  ", "a", "b  "),
        (b"a : = b", "a", "= b"),
        (b"a==b", "a", "=b"),
        (b"a", "a", ""),
        (b"a =", "a", ""),
        (b"= b", "", "b"),
        (rb"a\ b\=c\:d = e", "a b=c:d", "e"),
        (rb"\#a = \!b\#c", "#a", "!b#c"),
        (rb"a = \t\n\r\f\\\z\"", "a", '\t\n\r\f\\z"'),
        (rb"a\\=b", "a\\", "b"),
        (rb"a = caf\u00e9 \uD83D\uDE00", "a", "café \U0001f600"),
        (rb"a = \\u0041", "a", "\\u0041"),
        ("a = \u2028b\u00a0".encode(), "a", "\u2028b\u00a0"),
        (b"a = It''s {0}", "a", "It''s {0}"),
    ],
)
def test_an_entry_is_read_as_java_reads_it(written: bytes, key: str, value: str) -> None:
    """Separators, blanks and escapes mean what they mean to Java; quotes are left alone."""
    assert texts(written) == {key: value}


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_backslash_joins_lines(end: bytes) -> None:
    """An entry goes on after a backslash, unless another escapes it; blanks then do not count."""
    lines = [b"a = b,\\", b"   c\\", b"# d", b"e = f\\\\", b"g = \\", b"", b"h\\u00\\", b"e9 = i"]

    assert texts(end.join(lines)) == {"a": "b,c# d", "e": "f\\", "g": "", "hé": "i"}


def test_comments_and_blank_lines_say_nothing() -> None:
    """Lines that begin with # or !, and lines of blanks, are no messages."""
    assert texts(b"# a = b\n  ! c = d \\\ne = f\n \t\n\\\n\n#") == {"e": "f"}


def test_a_last_backslash_joins_nothing() -> None:
    """A file may end in a backslash."""
    assert texts(b"a = b\\") == {"a": "b"}


def test_the_last_of_two_equal_keys_counts() -> None:
    """A key given twice has its last value, and the note says where both are."""
    found = properties.read(b"a = 1\nb = \\\n2\n\\u0061 = 3")

    assert found.texts == {"a": "3", "b": "2"}
    ((line, reason),) = found.notes
    assert line == 4
    assert "line 1" in reason


def test_a_byte_order_mark_is_no_part_of_a_key() -> None:
    """A file may begin with the mark of UTF-8."""
    assert texts("\ufeffa = b".encode()) == {"a": "b"}


def test_what_is_no_utf8_is_latin1() -> None:
    """A file in ISO-8859-1 is read as such, and the note says from which line it has to be."""
    found = properties.read(b"a = b\nc = caf\xe9")

    assert found.texts == {"a": "b", "c": "café"}
    assert [line for line, _ in found.notes] == [2]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (rb"a = \u12G4", 1),
        (b"a = b\n\nc = d\\\n  e\\\n  \\u12", 5),
        (b"a = \\\\u12\\\n \\u1", 2),
        (b"a = b\\\n\nc\\u00g0 = d", 3),
        (rb"a = \ud83d", 1),
        (b"a = b\n\\ude00\\ud83d = c", 2),
        (rb"a = \u0000", 1),
        (b"a = b\nc = \0", 2),
    ],
)
def test_what_no_text_can_hold_is_refused(content: bytes, line: int) -> None:
    """A broken escape, half a character and NUL are refused with their line."""
    with pytest.raises(Unreadable) as refused:
        properties.read(content)

    assert refused.value.line == line


def test_a_huge_file_is_refused() -> None:
    """Nothing above the bound is read."""
    with pytest.raises(Unreadable):
        properties.read(b"#" * (64 * 1024 * 1024 + 1))


@given(st.dictionaries(STORABLE, STORABLE))
def test_what_was_written_is_read(messages: dict[str, str]) -> None:
    """Messages written by the rules of the format come back as they were."""
    written = javaproperties.dumps(messages, timestamp=False, ensure_ascii=False)
    found = texts(written.encode())

    assert found == messages
    assert list(bundles.problems({"messages": {"default": found}})) == []


@given(st.lists(st.sampled_from(list("\\ua0=: \t\n#\r")), max_size=24).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text is misread: it means what the reference reader says, or is refused."""
    try:
        found = texts(text.encode())
    except Unreadable:
        return
    assert found == javaproperties.loads(text)

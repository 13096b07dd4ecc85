"""Gettext's .po files."""

from __future__ import annotations

from pathlib import Path

import polib  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import bundles
from hal_delivery.exchange.formats import po
from hal_delivery.exchange.formats.texts import Messages
from hal_delivery.exchange.formats.unreadable import Unreadable

HEADER = """\
# Words of a shop.
msgid ""
msgstr ""
"Language: nl_BE\\n"
"Content-Type: text/plain; charset={charset}\\n"

"""

LETTERS = st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])


def texts(content: str) -> dict[str, str]:
    return dict(po.read(content.encode()).texts)


def test_a_translation_is_found_by_what_it_translates() -> None:
    """A key is the msgid, with its context before it; the header is no message."""
    content = (
        HEADER.format(charset="UTF-8")
        + '#: shop.py:3\nmsgid "Cart"\nmsgstr "Mandje"\n\n'
        + 'msgctxt "verb"\nmsgid "Order"\nmsgstr ""\n"Be"\n"stellen\\n"\n'
    )
    found = po.read(content.encode())

    assert found.texts == {"Cart": "Mandje", "verb|Order": "Bestellen\n"}
    assert found.notes == ()
    assert found.language == "nl_BE"
    assert list(bundles.problems({"messages": {"nl_BE": found.texts}})) == []


def test_each_plural_form_has_a_key() -> None:
    """The forms of a plural are numbered; one that is empty is left out."""
    content = 'msgid "hit"\nmsgid_plural "hits"\nmsgstr[0] "treffer"\nmsgstr[1] "treffers"\n'

    assert texts(content) == {"hit[0]": "treffer", "hit[1]": "treffers"}
    assert texts(f'{content}msgstr[2] ""') == {"hit[0]": "treffer", "hit[1]": "treffers"}


def test_what_is_not_translated_is_left_out() -> None:
    """Untranslated and obsolete entries give nothing; a fuzzy one is noted with its line."""
    found = po.read(
        b'msgid "a"\nmsgstr ""\n\n#, fuzzy\nmsgid "b"\nmsgstr "B"\n\n'
        b'#~ msgid "c"\n#~ msgstr "C"\n#~| msgid "d"\n\nmsgid "e"\nmsgstr "E"\n'
    )

    assert found.texts == {"e": "E"}
    assert [line for line, _ in found.notes] == [4]


def test_the_last_of_two_equal_keys_counts() -> None:
    """An entry given twice has its last translation, and is noted."""
    found = po.read(b'msgid "b"\nmsgstr "1"\nmsgid "a"\nmsgstr "2"\nmsgid "a"\nmsgstr "3"\n')

    assert found.texts == {"b": "1", "a": "3"}
    assert [line for line, _ in found.notes] == [5]


@pytest.mark.parametrize("charset", ["UTF-8", "ISO-8859-15", "CHARSET"])
def test_a_file_is_in_the_charset_that_it_names(charset: str) -> None:
    """The header names the charset; a template's placeholder means UTF-8."""
    content = HEADER.format(charset=charset) + 'msgid "a"\nmsgstr "café"\n'
    codec = "utf-8" if charset == "CHARSET" else charset

    assert po.read(content.encode(codec)).texts == {"a": "café"}


def test_a_mark_and_other_line_ends_are_no_part_of_a_text() -> None:
    """A file may begin with the mark of UTF-8, and end its lines as Windows does."""
    assert texts('\ufeffmsgid "a"\r\nmsgstr "b"\r\n') == {"a": "b"}


def test_a_file_without_entries_has_no_messages() -> None:
    """An empty file is no error, and names no language."""
    assert po.read(b"") == Messages({})
    assert po.read(b"# nothing yet\n").texts == {}


def test_the_name_of_a_file_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file holds is never taken for the name of another one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "# name").write_text('msgid "a"\nmsgstr "b"\n', "utf-8")

    assert texts("# name") == {}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'msgid "a"\nmsgstr "b\n', 2),
        (b'msgid "a"\nmsgstr "b"c"\n', 2),
        (b'msgid "a"\nmsgstr "b\\"\n', 2),
        (b'msgid "a"\nmsgtxt "b"\n', 2),
        (b'msgid "a"\nmsgid_plural "b"\nmsgstr[10] "c"\n', 3),
        (b'msgid "a"\n\nmsgid "b"\nmsgstr "c"\n', 3),
        (b'#\nmsgstr "a"\n', 2),
        (b'msgid "a"\nmsgstr "\xff"\n', 2),
        (b'msgid "a"\nmsgstr "\0"\n', 2),
        (b'msgid ""\nmsgstr "Content-Type: text/plain; charset=rot13\\n"\n', None),
        (b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=cp9\\n"\n', None),
    ],
)
def test_a_broken_file_is_refused(content: bytes, line: int | None) -> None:
    """A text without its end, and whatever is no PO, is refused with its line."""
    with pytest.raises(Unreadable) as refused:
        po.read(content)

    assert refused.value.line == line


@given(st.dictionaries(st.text(LETTERS, min_size=1), st.text(LETTERS, min_size=1)))
def test_what_was_written_is_read(messages: dict[str, str]) -> None:
    """Translations written by the rules of the format come back as they were."""
    file = polib.POFile(wrapwidth=0)
    file.extend(polib.POEntry(msgid=key, msgstr=text) for key, text in messages.items())

    assert texts(str(file)) == messages


@given(st.binary(max_size=40) | st.text('msgidtrx_[]0"\\ \n#~|,', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever a file holds, it is read or refused."""
    try:
        found = po.read(content)
    except Unreadable:
        return
    assert list(bundles.problems({"messages": {"default": found.texts}})) == []

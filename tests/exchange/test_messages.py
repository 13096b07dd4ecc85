"""Message files in JSON, YAML and TOML."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import bundles
from hal_delivery.exchange.formats import messages
from hal_delivery.exchange.formats.unreadable import Unreadable

NESTED = {"home": {"title": "Start", "menu": {"open": "Open"}}, "hit": "{0} hits"}
FLAT = {"home.title": "Start", "home.menu.open": "Open", "hit": "{0} hits"}


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".json", json.dumps(NESTED)),
        (".YAML", "home:\n  title: Start\n  menu: {open: Open}\nhit: '{0} hits'\n"),
        (".yml", "\ufeffhome:\r\n  title: Start\r\n  menu: {open: Open}\r\nhit: '{0} hits'\r\n"),
        (".toml", 'hit = "{0} hits"\n[home]\ntitle = "Start"\nmenu.open = "Open"\n'),
    ],
)
def test_nested_keys_are_joined_by_dots(suffix: str, content: str) -> None:
    """One set of messages is the same in each format, nested or not."""
    found = messages.read(content.encode(), suffix)

    assert found.texts == FLAT
    assert found.notes == ()
    assert messages.is_messages(messages.load(content.encode(), suffix))
    assert list(bundles.problems({"messages": {"default": found.texts}})) == []


def test_yaml_keys_are_words() -> None:
    """What YAML could take for a number or for false is a key all the same."""
    assert messages.read(b"no: nej\n404: gone\n", ".yaml").texts == {"no": "nej", "404": "gone"}


def test_a_key_both_flat_and_nested_is_noted() -> None:
    """Of a flat key and a nested one that are the same, the last one counts."""
    found = messages.read(b'{"a.b": "1", "a": {"b": "2"}}', ".json")

    assert found.texts == {"a.b": "2"}
    assert ["'a.b'" in reason for _, reason in found.notes] == [True]


def test_another_charset_is_noted() -> None:
    """A file that is not UTF-8 is read, and the note says so."""
    found = messages.read(b"a: caf\xe9", ".yaml")

    assert found.texts == {"a": "café"}
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    "value",
    [None, "a", [], ["a"], {}, {"a": {}}, {"a": 1}, {"a": "b", "c": None}, {"a": {"b": ["c"]}},
     {"a": "b", "c": {"d": True}}],
)  # fmt: skip
def test_what_does_not_end_in_texts_is_no_messages(value: Any) -> None:
    """Lists, numbers, booleans and nothing at all make a map none of messages."""
    assert not messages.is_messages(value)


@pytest.mark.parametrize(
    ("suffix", "content", "line"),
    [
        (".json", b'{"a":\n x}', 2),
        (".yaml", b"a: b\nc: ]\n", 2),
        (".toml", b'a = "b"\nc = \n', 2),
        (".json", b'["a"]', None),
        (".json", b'{"a": {"b": 1}}', None),
        (".json", rb'{"a": "\ud800"}', None),
        (".json", rb'{"a\u0000": ""}', None),
        (".ini", b"a = b", None),
    ],
)
def test_a_broken_file_is_refused(suffix: str, content: bytes, line: int | None) -> None:
    """What cannot be read, or is no message file, is refused, with its line where there is one."""
    with pytest.raises(Unreadable) as refused:
        messages.read(content, suffix)

    assert refused.value.line == line


def test_aliases_do_not_grow_without_bound() -> None:
    """A YAML file whose aliases stand for billions of texts is refused at once."""
    lines = ["a0: &a0 {k: x}"]
    lines += [
        f"a{n}: &a{n} {{{', '.join(f'k{k}: *a{n - 1}' for k in range(9))}}}" for n in range(1, 12)
    ]
    with pytest.raises(Unreadable):
        messages.read("\n".join(lines).encode(), ".yaml")


@given(st.dictionaries(st.text("abc", min_size=1), st.text("xyz"), min_size=1))
def test_a_flat_map_is_read_as_it_is(texts: dict[str, str]) -> None:
    """Keys and texts without nesting come back as they were."""
    assert messages.is_messages(texts)
    assert messages.read(json.dumps(texts).encode(), ".json").texts == texts

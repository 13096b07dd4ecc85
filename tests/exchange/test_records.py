"""A record is one map of values, in YAML or JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal_delivery.exchange.formats import records
from hal_delivery.exchange.formats.unreadable import Unreadable

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab1"), inner, max_size=3),
    max_leaves=12,
)


def test_yaml() -> None:
    """A YAML record's values are those of front matter: a quoted date is text."""
    content = b"\xef\xbb\xbftitle: MySQL\r\ntags: [a, b]\r\ncreatedAt: '2020-02-02'\r\nno: on\r\n"

    for suffix in (".yml", ".YAML"):
        assert records.read(content, suffix) == {
            "title": "MySQL",
            "tags": ["a", "b"],
            "createdAt": "2020-02-02",
            "no": "on",
        }


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"null"])
def test_an_empty_record(content: bytes) -> None:
    """A YAML file that says nothing is a record without values."""
    assert records.read(content, ".yml") == {}


def test_json() -> None:
    """In JSON the last of equal keys holds, dates are text, and no number changes."""
    content = b'{"a": 1, "a": "2020-02-02", "b": 12345678901234567890, "c": 1e999, "d": 1.5}'

    assert records.read(content, ".json") == {
        "a": "2020-02-02",
        "b": "12345678901234567890",
        "c": "1e999",
        "d": 1.5,
    }


@given(st.dictionaries(st.text("ab1"), VALUES, max_size=4))
def test_json_comes_out_as_it_went_in(values: dict[str, Any]) -> None:
    """Whatever JSON can say within the bounds is read as it is."""
    assert records.read(json.dumps(values).encode(), ".json") == values


@pytest.mark.parametrize(
    ("content", "suffix", "line", "said"),
    [
        (b"[1]", ".json", None, "a list"),
        (b"- a", ".yml", None, "a list"),
        (b'{"a": 1,\n}', ".json", 2, "JSON"),
        (b'{"a": 1}\n\n{"b": 2}', ".json", 3, "goes on"),
        (b"", ".json", 1, "JSON"),
        (b'{"a": NaN}', ".json", None, "NaN"),
        (b'{"a": "\\ud800"}', ".json", None, "surrogate"),
        (b'{"a\\u0000": 1}', ".json", None, "NUL"),
        (b'{"a": ' + b"1" * 5000 + b"}", ".json", None, "digits"),
        (b"a: " + b"1" * 5000, ".yml", 1, "digits"),
        (b'{"a": ' + b"[" * 100_000, ".json", None, "deep"),
        (b'{"a": ' + b"[" * 32 + b"]" * 32 + b"}", ".json", None, "deeper"),
        (b"a: " + b"[" * 100_000, ".yaml", 1, "deeper"),
        (b"a: 1", ".ini", None, ".yaml"),
        (b"a: 1\n" + b"#" * 16 * 1024 * 1024, ".yml", None, "bytes"),
    ],
)
def test_what_cannot_be_read(content: bytes, suffix: str, line: int | None, said: str) -> None:
    """What is no map, is broken or exceeds a bound is refused, with its reason."""
    with pytest.raises(Unreadable) as refused:
        records.read(content, suffix)

    assert said in refused.value.reason
    assert refused.value.line == line


def test_a_key_given_twice_is_noted() -> None:
    """The last value holds, as it does everywhere, and the line of the key is told."""
    notes: list[tuple[int | None, str]] = []
    content = b"a: 1\nb:\n  c: 2\n  d: 3\n  c: 4\n'a': 5\n"

    assert records.read(content, ".yml", notes) == {"a": 5, "b": {"c": 4, "d": 3}}
    assert notes == [
        (5, "the key 'c' is given twice; the last one counts"),
        (6, "the key 'a' is given twice; the last one counts"),
    ]


def test_what_a_merge_brings_in_is_not_given_twice() -> None:
    """A key of one's own beside a merged one is what merging is for."""
    notes: list[tuple[int | None, str]] = []
    content = b"all: &all {a: 1}\nb:\n  <<: *all\n  a: 2\n"

    assert records.read(content, ".yml", notes)["b"] == {"a": 2}
    assert notes == []


def test_a_western_record_is_noted() -> None:
    """Bytes that are no UTF-8 are read as Windows-1252, and a note says so."""
    notes: list[tuple[int | None, str]] = []

    assert records.read(b"a: caf\xe9", ".yml", notes) == {"a": "caf\u00e9"}
    assert notes == [(None, "is not UTF-8; read as Windows-1252")]

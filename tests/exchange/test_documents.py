"""A page or record becomes the fields of a document, and nothing of it is lost."""

from __future__ import annotations

import doctest
import importlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from content_repo.doctypes import DocumentType, Types
from hal_delivery.exchange.formats import documents
from hal_delivery.exchange.formats.unreadable import Unreadable

OPEN = Types({"content:page": DocumentType(name="content:page", open=True)})


def read(content: str, suffix: str = ".md") -> documents.Document:
    return documents.read(content.encode(), suffix=suffix, name="the-name")


def page(front_matter: str, body: str = "") -> dict[str, Any]:
    return read(f"---\n{front_matter}\n---\n{body}").fields


@pytest.mark.parametrize(
    ("content", "title", "kept"),
    [
        ("---\ntitle: A b\n---\n# C", "A b", {}),
        ("---\ntitle: 2019\n---\n", "2019", {"title": 2019}),
        ("---\ntitle: true\n---\n", "true", {"title": True}),
        ("---\ntitle: ' A '\n---\n", "A", {"title": " A "}),
        (
            "---\ntitle: 2020-01-02\n---\n",
            "2020-01-02",
            {"title": datetime(2020, 1, 2, tzinfo=UTC)},
        ),
        ("---\ntitle:\n---\n## C\n", "C", {"title": None}),
        ("---\ntitle: ''\n---\n", "the-name", {"title": ""}),
        ("---\ntitle: [a]\n---\n# C", "C", {"title": ["a"]}),
        ("---\nTitle: A\n---\n", "the-name", {}),
        ("text", "the-name", {}),
        ("# A *b*", "A b", {}),
    ],
)
def test_titles(content: str, title: str, kept: dict[str, Any]) -> None:
    """The title is front matter's as text, else the first heading, else the file's name."""
    fields = read(content).fields

    assert fields["title"] == title
    assert fields.get("frontMatter", {}) == kept


def test_front_matter_becomes_fields() -> None:
    """Values are fields under their own names, dates and nulls among them."""
    fields = page("Title: A\nwhat-next: {b: [1]}\ncSpell:ignore: c\ndate: 2020-01-02\nd:", "*e*")

    assert fields == {
        "Title": "A",
        "what-next": {"b": [1]},
        "cSpell:ignore": "c",
        "date": datetime(2020, 1, 2, tzinfo=UTC),
        "d": None,
        "title": "the-name",
        "content": "<p><em>e</em></p>",
    }


def test_names_that_no_field_may_have() -> None:
    """What would be lost or refused under its own name stays below frontMatter."""
    long = "é" * 128
    kept = {
        "content": "a",
        "sourcePath": "b",
        "frontMatter": {"c": 1},
        "_links": "d",
        "_issues": "e",
        "": "f",
        long: "g",
    }

    fields = page(json.dumps(kept))

    assert fields.pop("frontMatter") == kept
    assert fields == {"title": "the-name", "content": ""}


def test_every_field_can_be_stored() -> None:
    """A repository takes all that is read, as deep as it may be."""
    deep = "[" * 31 + "]" * 31
    fields = page(f"_a: {deep}\nb: {deep}\nc: 9223372036854775808\n1: .nan\nno:")

    stored = {key: value for key, value in fields.items() if not isinstance(value, datetime)}

    assert OPEN.checked("content:page", stored) == stored


@pytest.mark.parametrize(
    ("weight", "rank"),
    [("7", 7), ("-3", -3), ("true", 0), ("1.5", 0), ("'4'", 0), ("9223372036854775808", 0)],
)
def test_ranks(weight: str, rank: int) -> None:
    """A weight that is an integer is the rank, and stays a field."""
    read_page = read(f"---\nweight: {weight}\n---\n")

    assert read_page.rank == rank
    assert "weight" in read_page.fields


@pytest.mark.parametrize("draft", ["true", "'true'", "yes", "' On '", "YES", "1", "'1'"])
def test_drafts(draft: str) -> None:
    """A draft says so with a boolean, or with any of the words that stand for one."""
    found = read(f"---\ndraft: {draft}\n---\n")

    assert (found.draft, found.notes) == (True, ())
    assert "draft" in found.fields


@pytest.mark.parametrize(
    "draft", ["false", "'False'", "no", "OFF", "0", "'0'", "", "~", "''", "' '", "[]", "{}"]
)
def test_what_is_no_draft(draft: str) -> None:
    """Whoever says no, or nothing, has no draft."""
    found = read(f"---\ndraft: {draft}\n---\n")

    assert (found.draft, found.notes) == (False, ())


@pytest.mark.parametrize("draft", ["maybe", "2", "-1", "0.5", "[false]", "{a: 1}", "2020-01-02"])
def test_what_may_be_a_draft_is_one(draft: str) -> None:
    """A page of which nobody can say is not published, and the reason is told."""
    found = read(f"---\ndraft: {draft}\n---\n")

    assert found.draft
    [(line, note)] = found.notes
    assert line is None
    assert "'draft' is neither true nor false" in note


@pytest.mark.parametrize(
    ("written", "aliases"),
    [("[/a, b/*, 1, ~]", ("/a", "b/*")), ("/a", ("/a",)), ("", ()), ("{a: b}", ())],
)
def test_aliases(written: str, aliases: tuple[str, ...]) -> None:
    """Aliases are the strings of a list, or one string."""
    assert read(f"---\naliases: {written}\n---\n").aliases == aliases


@pytest.mark.parametrize(
    ("content", "suffix", "fields"),
    [
        ("a: 1\ncontent: b", ".yml", {"a": 1, "frontMatter": {"content": "b"}}),
        ('{"a": "2020-01-01"}', ".json", {"a": "2020-01-01"}),
    ],
)
def test_records(content: str, suffix: str, fields: dict[str, Any]) -> None:
    """A record has no content of its own, only fields and a title."""
    assert read(content, suffix).fields == {"title": "the-name", **fields}


@pytest.mark.parametrize("suffix", [".html", ".HTM"])
def test_html(suffix: str) -> None:
    """A page of HTML has its title and what its body shows, front matter or not."""
    whole = "<html><head><title>A</title></head><body><p>b</p></body></html>"

    assert read(whole, suffix).fields == {"title": "A", "content": "<p>b</p>"}
    assert read(f"---\nc: 1\n---\n{whole}", suffix).fields["c"] == 1


def test_converters_and_shortcodes() -> None:
    """Another format is read through a converter to Markdown, shortcodes through renderers."""
    document = documents.read(
        b"A",
        suffix=".rst",
        name="n",
        converters={
            ".rst": lambda content: f"---\nb: 1\n---\n# {content.decode()}\n\n{{{{< c >}}}}"
        },
        shortcodes={"c": lambda name, arguments, inner: "<hr>"},
    )

    assert document.fields == {"title": "A", "b": 1, "content": "<h1>A</h1>\n<hr>"}


def test_notes() -> None:
    """What a reader of the file had to decide is told."""
    assert read("---\na: 1\n---\nb").notes == ()
    document = documents.read(b"\xe9\n\n" + b">" * 50 + b" a", suffix=".md", name="n")

    assert [line for line, _ in document.notes] == [None, None]
    assert "Windows-1252" in document.notes[0][1]


@pytest.mark.parametrize(
    ("content", "suffix", "line"),
    [("---\na: [\n---\n", ".md", 2), ("a: 1\nb: [", ".yml", 2), ("a", ".txt", None)],
)
def test_what_cannot_be_read(content: str, suffix: str, line: int | None) -> None:
    """A broken file is refused with its line, an unknown suffix with those that are known."""
    with pytest.raises(Unreadable) as refused:
        read(content, suffix)

    assert refused.value.line == line


@pytest.mark.parametrize(
    "name",
    [
        "bounds",
        "documents",
        "frontmatter",
        "json_values",
        "nesting",
        "records",
        "sanitising",
        "markup",
        "shortcodes",
        "toml_values",
        "yaml_values",
    ],
)
def test_examples_hold(name: str) -> None:
    """Every example in a docstring gives what it says."""
    module = importlib.import_module(f"hal_delivery.exchange.formats.{name}")
    failed, tried = doctest.testmod(module)

    assert tried > 0
    assert failed == 0

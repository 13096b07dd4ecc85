"""The comparison of console sessions tells what is as shown from what is not."""

from __future__ import annotations

import pytest

from tests.docs.console import Command, blocks, commands, first_difference


def test_commands_are_read_with_what_they_print() -> None:
    """Each ``$`` begins a command; a backslash continues it."""
    page = "Text.\n```console\n$ one \\\n    two\nprinted\n\n$ three\n```\n```json\n$ no\n```\n"

    assert commands(page) == [
        Command("one \\\n    two", ["printed", ""]),
        Command("three", []),
    ]
    assert blocks(page, "json") == ["$ no\n"]


def test_a_text_is_part_of_its_command() -> None:
    """What stands up to the mark is typed, whatever it looks like."""
    page = "```console\n$ cat <<'END'\na\n$ b\\\n\nEND\na\n$ two\n```\n"

    assert commands(page) == [
        Command("cat <<'END'\na\n$ b\\\n\nEND", ["a"]),
        Command("two", []),
    ]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "..."], ["a", "b", "c"]),
        (["a", "    ...", "c"], ["a", "b", "b", "c"]),
        (["...", "c"], ["c"]),
        (["a...z"], ["a and z"]),
        (["a", ""], ["a"]),
        ([], []),
    ],
)
def test_what_is_as_shown_passes(shown: list[str], printed: list[str]) -> None:
    """Elided lines, and elided parts of lines, may be anything."""
    assert first_difference(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["a"], ["b"]),
        (["a"], ["a", "b"]),
        (["a", "b"], ["a"]),
        (["a", "...", "c"], ["a", "b"]),
        (["a...z"], ["a and y"]),
        ([], ["a"]),
    ],
)
def test_what_differs_is_told(shown: list[str], printed: list[str]) -> None:
    """A line too many, too few or of another text is a difference."""
    assert first_difference(shown, printed) is not None

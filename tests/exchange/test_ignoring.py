"""Patterns of files to leave out, as git reads them."""

from __future__ import annotations

import pytest

from hal_delivery.exchange import ignoring
from hal_delivery.exchange.ignoring import Rules


def rules(folder: str, *patterns: str, above: Rules | None = None) -> Rules:
    return Rules(folder, ignoring.compiled(patterns), above)


@pytest.mark.parametrize(
    ("patterns", "path"),
    [
        (["*.log"], "deep/in/a.log"),
        (["build/"], "src/build/"),
        (["/notes"], "notes"),
        (["docs/*.tmp"], "docs/a.tmp"),
        (["a/**/z"], "a/b/c/z"),
        (["!keep.log", "*.log"], "keep.log"),
    ],
)
def test_a_pattern_leaves_out_what_it_matches(patterns: list[str], path: str) -> None:
    """Patterns match names at any depth, or from their folder if a slash is in them."""
    assert rules("", *patterns).leave_out(path)


@pytest.mark.parametrize(
    ("patterns", "path"),
    [
        (["build/"], "build"),
        (["/notes"], "deep/notes"),
        (["docs/*.tmp"], "docs/deep/a.tmp"),
        (["*.log", "!keep.log"], "keep.log"),
        (["# a comment", ""], "# a comment"),
    ],
)
def test_what_no_pattern_matches_stays(patterns: list[str], path: str) -> None:
    """A pattern for folders spares files, and a later pattern takes back what it matches."""
    assert not rules("", *patterns).leave_out(path)


def test_a_folder_has_the_last_word_on_what_is_in_it() -> None:
    """A folder's own patterns decide before those of the folders above."""
    above = rules("", "*.log", "*.tmp")
    below = rules("docs/", "!*.log", "/*.md", above=above)

    assert not below.leave_out("docs/a.log")
    assert below.leave_out("docs/a.tmp")
    assert below.leave_out("docs/a.md")
    assert not below.leave_out("docs/deep/a.md")


@pytest.mark.parametrize("text", ["!", "\\", "[z-a]", "tail\\"])
def test_what_git_could_not_read_is_no_pattern(text: str) -> None:
    """Text that no file could match is told apart before it is used."""
    assert not ignoring.is_pattern(text)


@pytest.mark.parametrize("text", ["", "# all", "*", "[[:alpha:]]", "[[a]", "a b", "ü*"])
def test_comments_and_odd_patterns_are_patterns(text: str) -> None:
    """What may stand in a file of patterns is one."""
    assert ignoring.is_pattern(text)


def test_lines_may_end_as_on_windows_and_begin_with_a_mark() -> None:
    """Neither a carriage return nor a byte order mark is a part of a pattern."""
    assert ignoring.lines(b"\xef\xbb\xbf*.log\r\n*.tmp") == ["*.log", "*.tmp"]

"""What a walk finds, what it leaves out, and what it remarks on."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal_delivery.exchange.plan import Remark
from hal_delivery.exchange.walking import (
    EXCLUDED,
    IGNORED,
    LINK,
    SPECIAL,
    Found,
    LeftOut,
    opened,
    walk,
)
from tests.exchange.trees import planted


class Walk:
    """One walk with all that it noted."""

    def __init__(self, source: Path, exclude: Sequence[str] = ()) -> None:
        noted: list[LeftOut | Remark] = []
        self.found: list[Found] = list(walk(source, exclude=exclude, note=noted.append))
        self.paths = [one.path for one in self.found]
        self.left_out = Counter(one.reason for one in noted if isinstance(one, LeftOut))
        self.remarks = [one for one in noted if isinstance(one, Remark)]


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """Files are found in code-point order of their whole paths, with their sizes."""
    planted(tmp_path, {"b.md": "four", "a/z.md": "", "a-b.md": "", "a/B.md": "", ".hidden": ""})

    walked = Walk(tmp_path)

    assert walked.paths == [".hidden", "a-b.md", "a/B.md", "a/z.md", "b.md"]
    assert walked.found[-1] == Found("b.md", 4)
    assert walked.paths == sorted(walked.paths)


@pytest.mark.parametrize("tool", [".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"])
def test_what_tools_keep_is_left_out_and_counted(tmp_path: Path, tool: str) -> None:
    """Files below a tool's folder, at any depth, are counted one by one."""
    planted(tmp_path, {f"docs/{tool}/a/b": "", f"docs/{tool}/c": "", f"docs/x{tool}": ""})

    walked = Walk(tmp_path)

    assert walked.paths == [f"docs/x{tool}"]
    assert walked.left_out == {f"in {tool}": 2}


def test_each_folders_patterns_hold_in_it_and_below(tmp_path: Path) -> None:
    """A ``.gitignore`` leaves out files and whole folders; one further down may take back."""
    planted(
        tmp_path,
        {
            ".gitignore": "*.log\nbuild/\n",
            "a.log": "",
            "build/deep/a.md": "",
            "build/.gitignore": "!*",
            "docs/.gitignore": "!keep.log\n/own.md\n",
            "docs/keep.log": "",
            "docs/other.log": "",
            "docs/own.md": "",
            "own.md": "",
        },
    )

    walked = Walk(tmp_path)

    assert walked.paths == [".gitignore", "docs/.gitignore", "docs/keep.log", "own.md"]
    assert walked.left_out == {IGNORED: 5}


def test_a_line_that_is_no_pattern_is_remarked_on(tmp_path: Path) -> None:
    """A bad line is named with its number, and the others hold."""
    planted(tmp_path, {".gitignore": "*.log\n[z-a]\n*.tmp\n", "a.log": "", "a.tmp": "", "a.md": ""})

    walked = Walk(tmp_path)

    assert walked.paths == [".gitignore", "a.md"]
    assert [(one.path, one.line, one.skipped) for one in walked.remarks] == [
        (".gitignore", 2, False)
    ]


def test_whoever_imports_excludes_more(tmp_path: Path) -> None:
    """Patterns to exclude are seen from the source, and stronger than what lies in it."""
    planted(
        tmp_path,
        {".gitignore": "*.log", "a.log": "", "b.log": "", "drafts/a.md": "", "docs/a.md": ""},
    )

    walked = Walk(tmp_path, exclude=["/drafts", "!a.log"])

    assert walked.paths == [".gitignore", "a.log", "docs/a.md"]
    assert walked.left_out == {EXCLUDED: 1, IGNORED: 1}


def test_what_is_no_pattern_cannot_exclude(tmp_path: Path) -> None:
    """A pattern that says nothing is refused by name."""
    with pytest.raises(ValueError, match="'!' is no pattern"):
        Walk(tmp_path, exclude=["!"])


def test_links_are_never_followed(tmp_path: Path) -> None:
    """Links to files, to folders, out of the source, in circles and to nothing are left out."""
    planted(tmp_path, {"outside/secret.md": "", "source/docs/a.md": ""})
    source = tmp_path / "source"
    for name, target in [
        ("file.md", source / "docs/a.md"),
        ("circle", source),
        ("out", tmp_path / "outside"),
        ("secret.md", tmp_path / "outside/secret.md"),
        ("nothing", tmp_path / "nothing"),
        (".gitignore", source / "docs/a.md"),
    ]:
        (source / "docs" / name).symlink_to(target)

    walked = Walk(source)

    assert walked.paths == ["docs/a.md"]
    assert walked.left_out == {LINK: 6}
    assert walked.remarks == []


def test_pipes_and_sockets_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no regular file is left out, and nobody waits for it, whatever it is called."""
    planted(tmp_path, {"a.md": ""})
    os.mkfifo(tmp_path / "pipe.md")
    os.mkfifo(tmp_path / ".gitignore")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as one:
        # By its short name: an address has at most some hundred bytes.
        one.bind("socket.md")

        walked = Walk(tmp_path)

    assert walked.paths == ["a.md"]
    assert walked.left_out == {SPECIAL: 3}


def test_what_has_become_a_link_or_a_pipe_is_not_read(tmp_path: Path) -> None:
    """A file that was exchanged for a link is refused, and a pipe in its place is empty."""
    planted(tmp_path, {"a.md": "four"})
    (tmp_path / "link").symlink_to(tmp_path / "a.md")
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="symbolic links"):
        opened(str(tmp_path / "link"))
    with opened(str(tmp_path / "pipe")) as pipe:
        assert pipe.read() == b""


def test_a_folder_without_a_name_is_remarked_on_once(tmp_path: Path) -> None:
    """A folder that no node could be called after is named, and the rest goes on."""
    planted(tmp_path, {"z/a.md": ""})
    bad = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(bad)

    walked = Walk(tmp_path)

    assert walked.paths == ["z/a.md"]
    assert [one.path for one in walked.remarks] == ["caf\\xe9"]
    assert "valid Unicode" in walked.remarks[0].reason


def test_a_folder_may_have_the_form_of_an_id(tmp_path: Path) -> None:
    """What lies in a folder named by a UUID is found: only its node is called otherwise."""
    path = "uploads/550e8400-e29b-41d4-a716-446655440000/a.jpg"
    planted(tmp_path, {path: ""})

    walked = Walk(tmp_path)

    assert (walked.paths, walked.remarks) == ([path], [])


def test_a_file_is_a_source_too(tmp_path: Path) -> None:
    """A single file is found under its name, also where the source is a link to it."""
    planted(tmp_path, {"a.md": "four", ".gitignore": "*"})
    (tmp_path / "link.md").symlink_to(tmp_path / "a.md")

    assert Walk(tmp_path / "a.md").found == [Found("a.md", 4)]
    assert Walk(tmp_path / "link.md").found == [Found("link.md", 4)]
    assert Walk(tmp_path / "a.md", exclude=["*.md"]).left_out == {EXCLUDED: 1}


def test_a_source_has_to_be_there(tmp_path: Path) -> None:
    """A source that is not there, or is no file at all, is refused."""
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FileNotFoundError):
        Walk(tmp_path / "nothing")
    with pytest.raises(ValueError, match="neither a folder nor a regular file"):
        Walk(tmp_path / "pipe")


def test_what_lies_too_deep_is_remarked_on(tmp_path: Path) -> None:
    """A folder whose path the system cannot say any more is named, and the rest goes on."""
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=at)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    planted(tmp_path, {"z.md": ""})

    walked = Walk(tmp_path)

    assert walked.paths == ["z.md"]
    assert walked.remarks[-1].reason == "cannot be read: File name too long"


@given(st.sets(st.sampled_from(["a", "b.md", "c/d", "c/e.log", "f/g/h", "f/.git/i"])))
def test_every_file_is_found_or_counted(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str]
) -> None:
    """Nothing is lost: what is not found is counted."""
    source = tmp_path_factory.mktemp("source")
    planted(source, dict.fromkeys(paths, ""))

    walked = Walk(source, exclude=["*.log"])

    assert len(walked.paths) + walked.left_out.total() == len(paths)

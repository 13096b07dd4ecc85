"""Which files lie in a source, in an order that is always the same.

Links are never followed, so neither one that leads back up nor one that leads
out of the source does any harm.  What is left out is counted by reason, file
by file; what cannot be read is remarked on, and the rest goes on.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from pathspec import GitIgnoreSpec

from content_repo import names
from content_repo.errors import InvalidName
from hal_delivery.exchange import ignoring
from hal_delivery.exchange.plan import Remark

#: Folders of tools, not of authors; a file of such a name (a worktree's ``.git``) is a tool's too.
TOOLS: Final = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})

IGNORED: Final = f"matched by {ignoring.FILE}"
EXCLUDED: Final = "excluded"
LINK: Final = "a symbolic link"
SPECIAL: Final = "a socket, device or pipe"

#: In bytes; a longer list of patterns would take hours to try.
_LARGEST_IGNORING: Final = 1024 * 1024

_Rules = ignoring.Rules | None


class Found(NamedTuple):
    """A regular file: its path relative to the source, as on disk, and its size in bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is left out, as it should be, for *reason*."""

    path: str
    reason: str


Note = Callable[[LeftOut | Remark], None]


def walk(source: Path, *, exclude: Sequence[str] = (), note: Note) -> Iterator[Found]:
    """The regular files of *source*, or *source* itself if it is one, in the order of their paths.

    *exclude* are patterns as in a ``.gitignore`` at the source's root, stronger
    than any that lies there.  A remark on a folder stands for all that is in it.
    """
    for pattern in exclude:
        if not ignoring.is_pattern(pattern):
            raise ValueError(f"{pattern!r} is no pattern to exclude; 'drafts/' or '*.tmp' is one")
    walker = _Walker(str(source), ignoring.compiled(exclude), note)
    return walker.below() if source.is_dir() else walker.alone(source.name)


def opened(path: str) -> BinaryIO:
    """The file at *path*, unless it has become a link; a pipe in its place keeps nobody waiting."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def printable(path: str) -> str:
    """*path* as any terminal can show it, even where it is no valid Unicode.

    >>> print(printable("caf\\udce9.md"))
    caf\\xe9.md
    """
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def said(failure: OSError) -> str:
    """What went wrong, without the path on this machine.

    >>> said(PermissionError(13, "Permission denied", "a.md"))
    'cannot be read: Permission denied'
    """
    return f"cannot be read: {failure.strerror or type(failure).__name__}"


class _Walker:
    """One walk; folders wait on a stack of their own, so that no depth can exhaust it.

    Paths of folders end in a slash here.
    """

    def __init__(self, root: str, excluded: GitIgnoreSpec, note: Note) -> None:
        self._root = root
        self._excluded = excluded
        self._note = note

    def alone(self, name: str) -> Iterator[Found]:
        """The source itself, which may be a link: whoever names it means what it leads to."""
        status = os.stat(self._root)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{self._root!r} is neither a folder nor a regular file")
        if self._excluded.match_file(name):
            self._note(LeftOut(name, EXCLUDED))
        else:
            yield Found(name, status.st_size)

    def below(self) -> Iterator[Found]:
        waiting = [self._within("", self._listed(""), None)]
        while waiting:
            listing, rules = waiting[-1]
            path = next(listing, None)
            if path is None:
                waiting.pop()
            elif reason := self._reason(path, rules):
                self._leave_out(path, reason)
            elif not path.endswith("/"):
                yield from self._file(path)
            elif self._has_a_name(path):
                waiting.append(self._within(path, self._tried(path), rules))

    def _within(
        self, folder: str, listed: list[str], above: _Rules
    ) -> tuple[Iterator[str], _Rules]:
        """What is in *folder*, one by one, with the patterns that hold there."""
        has_patterns = f"{folder}{ignoring.FILE}" in listed
        return iter(listed), self._rules(folder, above) if has_patterns else above

    def _file(self, path: str) -> Iterator[Found]:
        try:
            status = os.lstat(f"{self._root}/{path}")
        except OSError as failure:
            self._note(Remark(printable(path), said(failure)))
            return
        if stat.S_ISREG(status.st_mode):
            yield Found(path, status.st_size)
        else:
            self._note(LeftOut(path, LINK if stat.S_ISLNK(status.st_mode) else SPECIAL))

    def _listed(self, folder: str) -> list[str]:
        """The paths of all that lies in *folder*, in the order that whole paths have."""
        with os.scandir(f"{self._root}/{folder}") as entries:
            return sorted(
                f"{folder}{entry.name}/"
                if entry.is_dir(follow_symlinks=False)
                else f"{folder}{entry.name}"
                for entry in entries
            )

    def _tried(self, folder: str) -> list[str]:
        try:
            return self._listed(folder)
        except OSError as failure:
            self._note(Remark(printable(folder[:-1]), said(failure)))
            return []

    def _reason(self, path: str, rules: _Rules) -> str | None:
        """Why *path* is to be left out, or ``None``."""
        if (name := _name(path)) in TOOLS:
            return f"in {name}"
        decision = self._excluded.check_file(path).include
        if decision is not None:
            return EXCLUDED if decision else None
        return IGNORED if rules and rules.leave_out(path) else None

    def _leave_out(self, path: str, reason: str) -> None:
        """Count *path*, or every file below it if it is a folder."""
        waiting = [path]
        while waiting:
            here = waiting.pop()
            if not here.endswith("/"):
                self._note(LeftOut(here, reason))
                continue
            # A folder that nobody wants may as well be one that nobody can read.
            with contextlib.suppress(OSError):
                waiting.extend(self._listed(here))

    def _has_a_name(self, folder: str) -> bool:
        """Whether a node may be called after *folder*; if not, nothing below has a place."""
        name = _name(folder)
        if names.is_id(name):
            # No node is called so, but one may be with a number behind it.
            return True
        try:
            names.checked_name(name)
        except InvalidName as refused:
            reason = f"nothing in this folder is imported: {refused.facts['reason']}"
            self._note(Remark(printable(folder[:-1]), reason))
            return False
        return True

    def _rules(self, folder: str, above: _Rules) -> _Rules:
        """The patterns that hold in *folder*."""
        path = f"{folder}{ignoring.FILE}"
        patterns = []
        for number, line in enumerate(self._patterns(path), 1):
            if ignoring.is_pattern(line):
                patterns.append(line)
            else:
                reason = f"{printable(line)!r} is no pattern"
                self._note(Remark(path, reason, number, skipped=False))
        return ignoring.Rules(folder, ignoring.compiled(patterns), above) if patterns else above

    def _patterns(self, path: str) -> list[str]:
        """The lines of the ``.gitignore`` at *path*; a link or folder is none, as to git."""
        absolute = f"{self._root}/{path}"
        try:
            if not stat.S_ISREG(os.lstat(absolute).st_mode):
                return []
            with opened(absolute) as file:
                content = file.read(_LARGEST_IGNORING + 1)
        except FileNotFoundError:
            return []
        except OSError as failure:
            self._note(Remark(path, said(failure), skipped=False))
            return []
        if len(content) > _LARGEST_IGNORING:
            reason = f"has more than {_LARGEST_IGNORING} bytes; none of its patterns holds"
            self._note(Remark(path, reason, skipped=False))
            return []
        return ignoring.lines(content)


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]

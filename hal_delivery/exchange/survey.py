"""What a source holds: every file is read once, and a plan says what becomes of all of them.

Of each file no more is kept than its digest and what its bytes show, so that
memory grows with the number of files only.
"""

from __future__ import annotations

import difflib
import gc
import hashlib
import os
import posixpath
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from pathspec import GitIgnoreSpec

from content_repo import locales
from hal_delivery.exchange import crew, ignoring, layouts, roles
from hal_delivery.exchange.arranging import Locales, arranged
from hal_delivery.exchange.gathering import Surveyed
from hal_delivery.exchange.naming import suffixed
from hal_delivery.exchange.plan import Plan, Remark, Role, Source
from hal_delivery.exchange.roles import Shape
from hal_delivery.exchange.walking import Found, LeftOut, opened, printable, said, walk

CALLED_IGNORE: Final = "called 'ignore'"

_BLOCK: Final = 1024 * 1024
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever imports has said.

    ``as_kinds`` are pairs of a kind (``page record asset bundle taxonomy
    ignore``) and the pattern of the files that are one, of which the first that
    matches counts; ``converters`` are further suffixes of pages, such as
    ``.rst``; files of more than ``largest`` bytes are skipped.  ``locale`` is a
    language tag.
    """

    layouts: tuple[str, ...] = ()
    locale: str | None = None
    default_locale: str = "en"
    as_kinds: tuple[tuple[str, str], ...] = ()
    exclude: tuple[str, ...] = ()
    converters: frozenset[str] = frozenset()
    largest: int = roles.LARGEST_ASSET


def survey(
    source: Path, *, options: Options, progress: Callable[[int], None] | None = None
) -> Plan:
    """The plan for *source*; *progress* is told how many files have been read so far."""
    was_enabled = gc.isenabled()
    # Nothing in a plan refers to what holds it: to look for that takes a quarter of the time.
    gc.disable()
    try:
        return _survey(source, options, progress)
    finally:
        if was_enabled:
            gc.enable()


def _survey(source: Path, options: Options, progress: Callable[[int], None] | None) -> Plan:
    written = [layouts.parsed(one) for one in options.layouts]
    if options.locale is not None and not locales.is_tag(options.locale):
        raise ValueError(f"{options.locale!r} is no language tag; 'nl' and 'pt-BR' are")
    tally = _Tally()
    root = source if source.is_dir() else source.parent
    look = _Look(str(root), options)
    # What was found is let go as soon as it is read.
    files = list(
        _files(list(walk(source, exclude=options.exclude, note=tally.note)), look, tally, progress)
    )
    layout: layouts.Layout = layouts.FirstOf(written)
    if not written and options.locale is None:
        layout = layouts.guess({posixpath.dirname(one.source.path) for one in files})
        _point_out_translations(files, tally)
    how = Locales(layout, options.locale, options.default_locale)
    made = arranged(files, how, root.resolve().name)
    return Plan(
        folders=tuple(made.folders),
        entries=tuple(made.entries),
        layouts=options.layouts or tuple(sorted(made.patterns)),
        left_out=dict(sorted(tally.left_out.items())),
        remarks=tuple(sorted(tally.remarks + made.remarks, key=lambda one: (one.path, str(one)))),
        aliases=made.aliases,
    )


@dataclass(slots=True)
class _Tally:
    """What nothing comes of, counted by reason, and what is to be said of files."""

    left_out: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)

    def note(self, one: LeftOut | Remark) -> None:
        if isinstance(one, LeftOut):
            self.left_out[one.reason] += 1
        else:
            self.remarks.append(one)


@dataclass(frozen=True, slots=True)
class _Content:
    """What reading a file gave; ``shown`` are the bytes that were asked for."""

    digest: str
    size: int
    shown: bytes


def _point_out_translations(files: Sequence[Surveyed], tally: _Tally) -> None:
    """Tell how to say that pages are translations by the names of their files.

    Nothing is guessed from these: one page may well be about what another is not.
    """
    found = layouts.translations({one.source.path for one in files if one.role is Role.PAGE})
    if len(found) > 1:
        reason = (
            f"this page and {len(found) - 1:,} more look like translations; "
            "--layout '{path}.{locale}.{ext}' makes them so"
        )
        tally.note(Remark(printable(found[0]), reason, skipped=False))


def _files(
    found: Sequence[Found], look: _Look, tally: _Tally, progress: Callable[[int], None] | None
) -> Iterator[Surveyed]:
    """The files *found* of which something may come; of the others a note is made."""
    named = Counter(posixpath.dirname(one.path) for one in found if _names_a_locale(one.path))
    files = [_File(*one, named[posixpath.dirname(one.path)] > 1) for one in found]
    for count, (_, seen) in enumerate(crew.each(files, look, attrgetter("size")), 1):
        if isinstance(seen, Surveyed):
            yield seen
        else:
            tally.note(seen)
        if progress:
            progress(count)


class _File(NamedTuple):
    """A file to be read; whether those beside it are called after locales, too."""

    path: str
    size: int
    is_among_locales: bool


class _Refused(Exception):
    """Why nothing can come of a file."""


class _Look:
    """A look into files, each of which is read once, unless it changes meanwhile."""

    def __init__(self, root: str, options: Options) -> None:
        self._root = root
        self._options = options
        self._said_kinds = [(kind, _pattern(kind, glob)) for kind, glob in options.as_kinds]

    def __reduce__(self) -> tuple[type[_Look], tuple[str, Options]]:
        # Patterns do not travel between processes.
        return _Look, (self._root, self._options)

    def __call__(self, files: Sequence[_File]) -> list[Surveyed | LeftOut | Remark]:
        return [self._seen(one) for one in files]

    def _seen(self, one: _File) -> Surveyed | LeftOut | Remark:
        try:
            return self._surveyed(one)
        except OSError as failure:
            return Remark(printable(one.path), said(failure))
        except _Refused as refused:
            return Remark(printable(one.path), str(refused))

    def _surveyed(self, found: _File) -> Surveyed | LeftOut:
        name = posixpath.basename(found.path)
        stem, suffix = suffixed(name)
        kind = self._said_kind(found.path)
        if kind == "ignore":
            return LeftOut(found.path, CALLED_IGNORE)
        may_be_messages = found.is_among_locales and roles.is_message_file(stem, suffix)
        is_shown = kind is None and roles.is_looked_into(suffix, may_be_messages=may_be_messages)
        is_page = kind == "page" or (kind is None and self._is_page(suffix))
        content = self._content(found.path, is_kept=is_shown or is_page)
        shape = Shape.OTHER
        if is_shown:
            shape = roles.shape(content.shown, name, may_be_messages=may_be_messages)
        role = roles.role(suffix, shape, converters=self._options.converters)
        if kind is not None:
            role = roles.role_of_kind(kind, stem, suffix)
        largest = roles.LARGEST.get(role, self._options.largest)
        if content.size > largest:
            raise _Refused(f"has {content.size} bytes; as {role.value}, at most {largest} are read")
        aliases = roles.aliases(content.shown) if role is Role.PAGE else ()
        source = Source(found.path, content.digest, content.size)
        return Surveyed(source, role, shape, kind is not None, aliases)

    def _is_page(self, suffix: str) -> bool:
        return suffix in roles.PAGES or suffix in self._options.converters

    def _said_kind(self, path: str) -> str | None:
        return next((kind for kind, spec in self._said_kinds if spec.match_file(path)), None)

    def _content(self, path: str, *, is_kept: bool) -> _Content:
        """What is in the file at *path*, from a moment in which nobody wrote to it."""
        for _ in range(_ATTEMPTS):
            with opened(f"{self._root}/{path}") as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode):
                    raise _Refused("is no regular file any more")
                if before.st_size > self._options.largest:
                    largest = self._options.largest
                    raise _Refused(f"has {before.st_size} bytes; at most {largest} are read")
                content = _read(file, before.st_size, is_kept=is_kept)
                after = os.fstat(file.fileno())
            sizes = {before.st_size, content.size, after.st_size}
            if len(sizes) == 1 and before.st_mtime_ns == after.st_mtime_ns:
                return content
        raise _Refused("it changes while it is read; import again when it is at rest")


def _read(file: BinaryIO, size: int, *, is_kept: bool) -> _Content:
    """The bytes of *file*, which had *size* when it was opened, and no more than one beyond.

    Shown are all that are kept, or as many as tell a list from a map.
    """
    digest = hashlib.sha256()
    shown = b""
    rest = size + 1
    block = roles.LARGEST_SHOWN if is_kept else _BLOCK
    while rest and (read := file.read(min(rest, block))):
        digest.update(read)
        rest -= len(read)
        shown = shown or (read if is_kept else b"")
        block = _BLOCK
    return _Content(digest.hexdigest(), size + 1 - rest, shown)


def _names_a_locale(path: str) -> bool:
    stem, suffix = suffixed(posixpath.basename(path))
    return layouts.is_locale(stem) and roles.is_message_file(stem, suffix)


def _pattern(kind: str, glob: str) -> GitIgnoreSpec:
    """The pattern of files that somebody calls a *kind*."""
    if kind not in roles.KINDS:
        nearest = difflib.get_close_matches(kind, roles.KINDS, 1, 0.0)[0]
        raise ValueError(
            f"{kind!r} is no kind of file; {nearest!r} is, of {', '.join(roles.KINDS)}"
        )
    if not ignoring.is_pattern(glob):
        raise ValueError(f"{glob!r} is no pattern of files; 'data/*.yml' is one")
    return ignoring.compiled([glob])

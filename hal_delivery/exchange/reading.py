"""From the files of an entry to the fields of its node.

Runs in other processes than the one that writes: what goes in and comes out is
plain, and a file that cannot be read comes back as a remark.  So does one that
is not what it was when it was found: a link, a pipe, or too large by now.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from content_repo.bundles import DEFAULT
from content_repo.facts import facts
from hal_delivery.exchange import crew, roles
from hal_delivery.exchange.formats import (
    categories,
    documents,
    messages,
    po,
    properties,
    skos,
    territories,
)
from hal_delivery.exchange.formats.texts import Messages
from hal_delivery.exchange.formats.unreadable import Unreadable
from hal_delivery.exchange.naming import suffixed
from hal_delivery.exchange.plan import Entry, Remark, Role, Source
from hal_delivery.exchange.walking import opened, said

#: How often a file is read that changes under the reader's eyes.
_ATTEMPTS: Final = 3
_RESTLESS: Final = "it changes while it is read; import again when it is at rest"


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: where the source is, and which locale its default texts have.

    ``converters`` make HTML of bytes by the suffix of the file, ``shortcodes``
    by the name of a shortcode.  Assets of more than ``largest`` bytes are not read.
    """

    root: Path
    default_locale: str
    converters: Mapping[str, Callable[[bytes], str]] = field(default_factory=dict)
    shortcodes: Mapping[str, Callable[..., str]] = field(default_factory=dict)
    largest: int = roles.LARGEST_ASSET


class Read(NamedTuple):
    """What came of an entry.

    ``contents`` are the bytes of its sources, in their order; an asset's are not
    read.  Without ``fields``, nothing came of it, and ``remarks`` say why.
    """

    fields: dict[str, Any] | None
    sources: tuple[Source, ...] = ()
    contents: tuple[bytes, ...] = ()
    draft: bool = False
    rank: int = 0
    remarks: Sequence[Remark] = ()


def read_all(entries: Sequence[Entry], how: Reading) -> Iterator[tuple[Entry, Read]]:
    """Each entry with what came of it, in order; many are read in several processes."""
    return crew.each(entries, partial(_read_some, how=how), _weight)


def _read_some(entries: Sequence[Entry], how: Reading) -> list[Read]:
    return [read(entry, how) for entry in entries]


def _weight(entry: Entry) -> int:
    """How many bytes come back with what is read; an asset's stay where they are."""
    return 0 if entry.role is Role.ASSET else sum(one.size for one in entry.sources)


def read(entry: Entry, how: Reading) -> Read:
    """The fields of *entry*, from the bytes that its sources hold now."""
    if entry.role is Role.ASSET:
        return _asset(entry, how)
    contents: list[bytes] = []
    for one in entry.sources:
        try:
            contents.append(content_of(how, one, entry.role))
        except Unreadable as problem:
            return _refused(one.path, problem)
    found = _READERS[entry.role](entry, tuple(contents), how)
    sources = tuple(
        Source(one.path, hashlib.sha256(content).hexdigest(), len(content), one.locale)
        for one, content in zip(entry.sources, contents, strict=True)
    )
    return found._replace(sources=sources, contents=tuple(contents))


def content_of(how: Reading, source: Source, role: Role) -> bytes:
    """The bytes of a file that is read as *role*, which nobody wrote to meanwhile."""
    for _ in range(_ATTEMPTS):
        with _legible(), _opened(how, source, role) as stream:
            before = os.fstat(stream.fileno())
            found = stream.read(before.st_size + 1)
            if _is_at_rest(stream, before) and len(found) == before.st_size:
                return found
    raise Unreadable(_RESTLESS)


@contextmanager
def opened_asset(how: Reading, source: Source) -> Iterator[BinaryIO]:
    """The file of an asset, to be read within the block.

    Raises :class:`Unreadable` where it is no file that an asset can come from,
    and at the end of the block if somebody wrote to it meanwhile.
    """
    with _opened(how, source, Role.ASSET) as stream:
        before = os.fstat(stream.fileno())
        yield stream
        if not _is_at_rest(stream, before):
            raise Unreadable(_RESTLESS)


def _opened(how: Reading, source: Source, role: Role) -> BinaryIO:
    """A file as it is now, if it is one that can be read as *role*."""
    with _legible():
        stream = opened(f"{how.root}/{source.path}")
    try:
        _check(os.fstat(stream.fileno()), roles.LARGEST.get(role, how.largest))
    except Unreadable:
        stream.close()
        raise
    return stream


@contextmanager
def _legible() -> Iterator[None]:
    """Whatever the system refuses is a reason for which a file cannot be read."""
    try:
        yield
    except OSError as problem:
        raise Unreadable(said(problem)) from None


def _check(status: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable("is no regular file any more")
    if status.st_size > largest:
        raise Unreadable(f"has {status.st_size} bytes; at most {largest} are read")


def _is_at_rest(stream: BinaryIO, before: os.stat_result) -> bool:
    after = os.fstat(stream.fileno())
    return (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)


def _suffix(source: Source) -> str:
    return suffixed(posixpath.basename(source.path))[1]


def _refused(path: str, problem: Unreadable) -> Read:
    return Read(None, remarks=[Remark(path, problem.reason, problem.line)])


# -- one kind of file each -----------------------------------------------------


def _asset(entry: Entry, how: Reading) -> Read:
    (source,) = entry.sources
    try:
        with _legible(), opened_asset(how, source) as stream:
            return Read(facts(posixpath.basename(source.path), stream), (source,))
    except Unreadable as problem:
        return _refused(source.path, problem)


def _document(entry: Entry, contents: tuple[bytes, ...], how: Reading) -> Read:
    (source,) = entry.sources
    try:
        found = documents.read(
            contents[0],
            suffix=_suffix(source),
            name=entry.name,
            converters=how.converters,
            shortcodes=how.shortcodes,
        )
    except Unreadable as problem:
        return _refused(source.path, problem)
    except Exception as problem:
        # What the operator's own functions raise ends no import.
        if not (how.converters or how.shortcodes):
            raise
        return _refused(source.path, Unreadable(f"a converter or shortcode failed: {problem!r}"))
    return Read(
        {**found.fields, "sourcePath": source.path},
        draft=found.draft,
        rank=found.rank,
        remarks=[Remark(source.path, note, line, skipped=False) for line, note in found.notes],
    )


def _bundle(entry: Entry, contents: tuple[bytes, ...], how: Reading) -> Read:
    """All locales of a bundle; one that cannot be read is left out of it."""
    texts: dict[str, Mapping[str, str]] = {}
    remarks: list[Remark] = []
    for source, content in zip(entry.sources, contents, strict=True):
        try:
            found = _messages(entry.role, content, _suffix(source))
        except Unreadable as problem:
            remarks += _refused(source.path, problem).remarks
            continue
        texts[source.locale or DEFAULT] = found.texts
        remarks += [Remark(source.path, note, line, skipped=False) for line, note in found.notes]
    if not texts:
        return Read(None, remarks=remarks)
    fields: dict[str, Any] = {"basename": entry.key, "messages": texts}
    if DEFAULT not in texts:
        fields["defaultLocale"] = _default_of(texts, how.default_locale)
    return Read(fields, remarks=remarks)


def _messages(role: Role, content: bytes, suffix: str) -> Messages:
    if role is Role.PROPERTIES:
        return properties.read(content)
    return po.read(content) if role is Role.PO else messages.read(content, suffix)


def _default_of(texts: Mapping[str, Any], wanted: str) -> str:
    """Which locale's texts are the default ones: the wanted one's, else English, else the first."""
    return next((one for one in (wanted, "en") if one in texts), min(texts))


def _taxonomy(entry: Entry, contents: tuple[bytes, ...], how: Reading) -> Read:
    source = entry.sources[0]
    suffix = _suffix(source)
    try:
        if entry.role is Role.TERRITORIES:
            names = {
                suffixed(posixpath.basename(one.path))[0]: content
                for one, content in zip(entry.sources[1:], contents[1:], strict=True)
            }
            found = territories.read(contents[0], names)
        elif entry.role is Role.SKOS:
            found = skos.read(contents[0], suffix)
        else:
            found = categories.read(contents[0], suffix)
    except Unreadable as problem:
        return _refused(source.path, problem)
    return Read(
        found.fields,
        remarks=[Remark(source.path, note, line, skipped=False) for line, note in found.notes],
    )


_READERS: Final[Mapping[Role, Callable[[Entry, tuple[bytes, ...], Reading], Read]]] = {
    Role.PAGE: _document,
    Role.RECORD: _document,
    Role.PROPERTIES: _bundle,
    Role.PO: _bundle,
    Role.MESSAGES: _bundle,
    Role.SKOS: _taxonomy,
    Role.CATEGORIES: _taxonomy,
    Role.TERRITORIES: _taxonomy,
}

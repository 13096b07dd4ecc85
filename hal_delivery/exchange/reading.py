"""From the files of an entry to the fields of its node.

Runs in other processes than the one that writes: what goes in and comes out is
plain, and a file that cannot be read comes back as a remark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from content_repo.bundles import DEFAULT
from content_repo.facts import facts
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
from hal_delivery.exchange.plan import Entry, Remark, Role, Source

#: How often a file is read that changes under the reader's eyes.
_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: where the source is, and which locale its default texts have.

    ``converters`` make HTML of bytes by the suffix of the file, ``shortcodes``
    by the name of a shortcode.
    """

    root: Path
    default_locale: str
    converters: Mapping[str, Callable[[bytes], str]] = field(default_factory=dict)
    shortcodes: Mapping[str, Callable[..., str]] = field(default_factory=dict)


@dataclass(slots=True)
class Read:
    """What came of an entry.

    ``contents`` are the bytes of its sources, in their order; an asset's are not
    read.  Without ``fields``, nothing came of it, and ``remarks`` say why.
    """

    fields: dict[str, Any] | None
    sources: tuple[Source, ...] = ()
    contents: tuple[bytes, ...] = ()
    draft: bool = False
    rank: int = 0
    remarks: list[Remark] = field(default_factory=list)


def read(entry: Entry, how: Reading) -> Read:
    """The fields of *entry*, from the bytes that its sources hold now."""
    try:
        if entry.role is Role.ASSET:
            return _asset(entry, how)
        contents = tuple(_stable(how.root / one.path) for one in entry.sources)
    except OSError as problem:
        return _refused(entry.sources[0].path, Unreadable(problem.strerror or str(problem)))
    except Unreadable as problem:
        return _refused(entry.sources[0].path, problem)
    sources = tuple(
        Source(one.path, hashlib.sha256(content).hexdigest(), len(content), one.locale)
        for one, content in zip(entry.sources, contents, strict=True)
    )
    found = _READERS[entry.role](entry, contents, how)
    found.sources, found.contents = sources, contents
    return found


def _stable(file: Path) -> bytes:
    """The bytes of *file*, which nobody wrote to meanwhile."""
    for _ in range(_ATTEMPTS):
        before = file.stat()
        content = file.read_bytes()
        after = file.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, len(content)):
            return content
    raise Unreadable("it changes while it is read; import again when it is at rest")


def _refused(path: str, problem: Unreadable) -> Read:
    return Read(None, remarks=[Remark(path, problem.reason, problem.line)])


# -- one kind of file each -----------------------------------------------------


def _asset(entry: Entry, how: Reading) -> Read:
    (source,) = entry.sources
    file = how.root / source.path
    with file.open("rb") as stream:
        return Read(facts(file.name, stream), (source,))


def _document(entry: Entry, contents: tuple[bytes, ...], how: Reading) -> Read:
    (source,) = entry.sources
    path = PurePosixPath(source.path)
    try:
        found = documents.read(
            contents[0],
            suffix=path.suffix.lower(),
            name=entry.name,
            converters=how.converters,
            shortcodes=how.shortcodes,
        )
    except Unreadable as problem:
        return _refused(source.path, problem)
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
            found = _messages(entry.role, content, PurePosixPath(source.path).suffix.lower())
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
    suffix = PurePosixPath(source.path).suffix.lower()
    try:
        if entry.role is Role.TERRITORIES:
            names = {
                PurePosixPath(one.path).stem: content
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

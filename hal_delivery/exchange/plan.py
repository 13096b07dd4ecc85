"""A plan: which node each file of a source becomes, and where it lies.

Paths of nodes are relative to the folder that the import goes into; paths of
files, to the source's root, with slashes and in the spelling of the disk.

What there is one of for each file is a tuple: nothing travels faster between
processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from content_repo.model import Kind


class Role(StrEnum):
    """How a file is read."""

    PAGE = "page"
    RECORD = "record"
    PROPERTIES = "properties"
    PO = "po"
    MESSAGES = "messages"
    SKOS = "skos"
    CATEGORIES = "categories"
    TERRITORIES = "territories"
    ASSET = "asset"


class Source(NamedTuple):
    """One file.

    ``digest`` is the SHA-256 of its bytes in hexadecimal, ``size`` their number.
    Of a bundle's file, ``locale`` is the one whose messages are in it, as the
    file's name writes it (``default`` where it names none); of a file with the
    names of territories, the one that they are in.
    """

    path: str
    digest: str
    size: int
    locale: str | None = None


class Entry(NamedTuple):
    """One node that comes from files: from several only if a bundle or a taxonomy.

    ``group`` is what translations of one another have in common, ``key`` a
    bundle's basename.  A taxonomy's first source holds its tree.
    """

    kind: Kind
    role: Role
    name: str
    path: str
    sources: tuple[Source, ...]
    locale: str | None = None
    group: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder; ``page`` is the path of the node that is its own page, if it has one.

    ``source`` is its path on disk, relative to the import's root as all paths are.
    """

    name: str
    path: str
    source: str
    locale: str | None = None
    group: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that whoever imports has to be told of one file.

    ``line`` counts from 1.  Where ``skipped``, nothing came of the file.
    """

    path: str
    reason: str
    line: int | None = None
    skipped: bool = True

    def __str__(self) -> str:
        at = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{at}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a source holds.

    Folders come before what lies in them; entries are in the order of their
    paths.  ``layouts`` are the patterns that locales were found by, as
    ``--layout`` takes them; ``left_out`` counts files by the reason for which
    nothing comes of them, and that is as it should be; ``aliases`` are other
    addresses of documents (``/old/page``, by the path of the document's node).
    """

    folders: tuple[Folder, ...]
    entries: tuple[Entry, ...]
    layouts: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

"""Sources: which file of an imported tree a node came from.

A node is made from one file, or from several (a bundle from one for each
locale).  A file is known by the folder that its tree was imported into and by
its path in that tree.  The exact bytes of documents, bundles and taxonomies are
kept with it; those of assets lie among the media.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from content_repo.doctypes import Problem, json_problems
from content_repo.model import Kind

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

#: In bytes of UTF-8.  PostgreSQL refuses index entries above some 2,700 bytes.
LONGEST_PATH: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSource:
    """One file that a node is made from.

    ``root`` is the id of the folder that the tree was imported into, ``path``
    is relative to it and spelt as on disk; ``digest`` the SHA-256 of the bytes
    in hexadecimal, ``size`` their number; ``origin`` where the tree lay.
    Without ``content`` the bytes are those of the media under ``digest``.
    """

    root: str
    path: str
    digest: str
    size: int
    origin: str
    locale: str | None = None
    content: bytes | None = None


class SourceEntry(NamedTuple):
    """One file that a node came from, as it is found again; its bytes are read apart.

    The attributes are those of :class:`NodeSource`; ``revision`` is that of the
    node's fields which were made from the file.
    """

    node: str
    root: str
    path: str
    digest: str
    size: int
    locale: str | None
    revision: int
    origin: str
    #: The revision of the node's fields that holds now.
    fields_revision: int

    @property
    def is_edited(self) -> bool:
        """Whether the node's fields were written anew since they were made from the file."""
        return self.fields_revision != self.revision


class Standing(NamedTuple):
    """What has become of a node that came from a file, on the draft side."""

    node: str
    kind: Kind
    #: Some revision of it was published, and not taken back.
    is_published: bool


def problems(source: NodeSource) -> Iterator[Problem]:
    """What keeps *source* from being noted in every database."""
    said = {
        "root": source.root,
        "path": source.path,
        "locale": source.locale,
        "origin": source.origin,
        "size": source.size,
    }
    found = list(json_problems(said, "/sources"))
    yield from found
    if not found and not 0 < len(source.path.encode()) <= LONGEST_PATH:
        yield Problem("/sources/path", f"expected 1 to {LONGEST_PATH} bytes")
    if not _DIGEST.fullmatch(source.digest):
        yield Problem("/sources/digest", "expected a SHA-256 in hexadecimal")

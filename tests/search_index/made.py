"""Entries made by hand, for tests of what looks at nothing else."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any, Final

from content_repo import Kind
from search_index.entry import Entry

_ENTRY: Final = Entry(
    id="",
    number=1,
    kind=Kind.DOCUMENT,
    types=("site:article",),
    path="",
    locale=None,
    rank=0,
    title="",
    created_at=0,
    modified_at=0,
    published_at=None,
    revision=1,
    values={},
    refs={},
    keys={},
    group="",
    present=(),
    language=None,
    spans={},
    units=(0, 0),
    digest="",
)


def entry(path: str, **said: Any) -> Entry:
    """The entry at *path*, otherwise as plain as can be; id and number are its path's."""
    number = zlib.crc32(path.encode())
    return replace(_ENTRY, **{"id": f"id-{path}", "number": number, "path": path, **said})

"""Entries made by hand, for tests of what looks at nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from content_repo import Kind
from search_index.entry import Entry

_ENTRY: Final = Entry(
    id="",
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
    """The entry at *path*, of which the rest is as plain as can be; its id is its path's."""
    return replace(_ENTRY, **{"id": f"id-{path}", "path": path, **said})

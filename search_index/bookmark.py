"""The bookmark: how far an index has come, committed together with its entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from content_repo import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """What an index says of itself.

    ``reached`` is the last change taken in, and ``mark`` what that change was:
    a log in which it was another one is not the log that was followed.
    ``position`` is the last change that the index's side shows.  ``types`` says
    of each document type in which form its documents were read.
    """

    fingerprint: str
    reached: int
    mark: str
    position: int
    types: Mapping[str, str]

    def dumps(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def loads(cls, stored: bytes) -> Bookmark:
        found: dict[str, Any] = orjson.loads(stored)
        return cls(**found)


def mark(change: Change) -> str:
    """*change* in a few characters."""
    return f"{change.node} {change.action} {change.revision} {change.at}"

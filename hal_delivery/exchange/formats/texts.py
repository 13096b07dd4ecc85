"""What every reader of messages gives: texts by key, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from hal_delivery.exchange.formats.unreadable import Unreadable

#: In bytes; larger files of messages or concepts are not read.
LARGEST: Final = 64 * 1024 * 1024

#: What whoever imports is told, with the line (from 1) that it is about, where known.
Note: TypeAlias = tuple[int | None, str]
Notes: TypeAlias = tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Messages:
    """The messages of one file, in its order; ``language`` is the one that it names itself."""

    texts: Mapping[str, str]
    notes: Notes = ()
    language: str | None = None


def small_enough(content: bytes) -> None:
    """Refuse a file larger than any of its kind is."""
    if len(content) > LARGEST:
        raise Unreadable(f"has {len(content)} bytes; at most {LARGEST} can be read")


def line_of(content: bytes, offset: int) -> int:
    """The number of the line that the byte at *offset* is on."""
    return content.count(b"\n", 0, offset) + 1

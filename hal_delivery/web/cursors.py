"""Cursors as links carry them: short, opaque, and of no use in another order.

base64url (RFC 4648) of JSON and a checksum, which is also of the order: whoever
changes a letter, or puts a cursor into another question, is told so, and does not
read on from somewhere else.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

import orjson

from hal_delivery.web.vocabulary import LONGEST_CURSOR
from search_index.entry import Typed
from search_index.query import Cursor

_CHECKSUM: Final = 4


def written(cursor: Cursor, order: str) -> str | None:
    """*cursor* in *order* as text; ``None`` where it would be too long for a link.

    >>> text = written(Cursor((), "news/a", "1"), "title")
    >>> read(text, "title"), read(text, "-title")
    (Cursor(values=(), path='news/a', id='1', rarities=()), None)
    """
    parts = cursor.values, cursor.path, cursor.id, cursor.rarities
    said = orjson.dumps(parts)
    text = urlsafe_b64encode(said + _checksum(said, order)).rstrip(b"=").decode()
    return text if len(text) <= LONGEST_CURSOR else None


def read(text: str, order: str) -> Cursor | None:
    """The cursor that *text* is in *order*; ``None`` where it is none."""
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    said, checksum = found[:-_CHECKSUM], found[-_CHECKSUM:]
    if _checksum(said, order) != checksum:
        return None
    try:
        return _shaped(orjson.loads(said))
    except ValueError:
        return None


def _checksum(said: bytes, order: str) -> bytes:
    return crc32(said, crc32(order.encode("utf-8", "replace"))).to_bytes(_CHECKSUM, "big")


def _shaped(parts: Any) -> Cursor:
    # Checksums are no signatures: whoever wants to can make one for anything.
    match parts:
        case [list(values), str(path), str(id), list(rarities)]:
            return Cursor(tuple(map(_value, values)), path, id, _numbers(rarities))
        case _:
            raise ValueError(parts)


def _value(said: Any) -> Typed | None:
    match said:
        case None:
            return None
        case [int(order), (str() | int() | float()) as bare]:
            return order, bare
        case _:
            raise ValueError(said)


def _numbers(said: Sequence[Any]) -> tuple[float, ...]:
    if not all(isinstance(one, int | float) for one in said):
        raise ValueError(said)
    return tuple(said)

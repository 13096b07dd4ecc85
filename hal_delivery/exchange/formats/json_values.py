"""JSON as plain values; a key given twice has its last value.

Numbers that a 64-bit integer or a finite float cannot hold stay text, as they
are written.  A string that looks like a date is a string.
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from hal_delivery.exchange.formats.bounds import integer, number, plain
from hal_delivery.exchange.formats.unreadable import Unreadable


def load(text: str) -> Any:
    """The one value that *text* is.

    >>> load('{"a": 1, "a": 12345678901234567890}')
    {'a': '12345678901234567890'}
    """
    value, end = load_first(text)
    if rest := text[end:].strip(" \n\r\t"):
        raise Unreadable(f"goes on after its JSON ended: {rest[:20]!r}", _line(text, end))
    return value


def load_first(text: str) -> tuple[Any, int]:
    """The value that *text* begins with, and where it ends."""
    start = len(text) - len(text.lstrip(" \n\r\t"))
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as failure:
        reason = f"is no valid JSON: {failure.msg[:1].lower()}{failure.msg[1:]}"
        raise Unreadable(reason, failure.lineno) from None
    except RecursionError:
        raise Unreadable("is no valid JSON: nested too deep") from None
    return plain(value), end


def _line(text: str, position: int) -> int:
    rest = text[position:]
    return text.count("\n", 0, len(text) - len(rest.lstrip(" \n\r\t"))) + 1


def _refused(constant: str) -> NoReturn:
    raise Unreadable(f"is no valid JSON: {constant} is no number")


_DECODER: Final = json.JSONDecoder(parse_int=integer, parse_float=number, parse_constant=_refused)

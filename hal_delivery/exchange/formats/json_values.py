"""JSON as plain values; a key given twice has its last value.

Numbers that a 64-bit integer or a finite float cannot hold stay text, as they
are written.  A string that looks like a date is a string.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NoReturn

from hal_delivery.exchange.formats.bounds import integer, number, plain
from hal_delivery.exchange.formats.unreadable import OtherFormat, Unreadable


def load(text: str) -> Any:
    """The one value that *text* is; with comments or commas at ends it is in :class:`OtherFormat`.

    >>> load('{"a": 1, "a": 12345678901234567890}')
    {'a': '12345678901234567890'}
    """
    try:
        return _whole(text)
    except Unreadable as failure:
        if _is_commented(text):
            reason = f"is JSON with comments or commas that JSON lacks: {failure.reason}"
            raise OtherFormat(reason, failure.line) from None
        raise


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


def _whole(text: str) -> Any:
    value, end = load_first(text)
    if rest := text[end:].strip(" \n\r\t"):
        raise Unreadable(f"goes on after its JSON ended: {rest[:20]!r}", _line(text, end))
    return value


def _is_commented(text: str) -> bool:
    """Whether *text* is JSON, but for comments and for commas behind the last of several."""
    plain = _LAST_COMMA.sub(_without, _COMMENT.sub(_without, text))
    if plain == text:
        return False
    try:
        _whole(plain)
    except Unreadable:
        return False
    return True


def _without(found: re.Match[str]) -> str:
    return found[1] or " "


def _line(text: str, position: int) -> int:
    rest = text[position:]
    return text.count("\n", 0, len(text) - len(rest.lstrip(" \n\r\t"))) + 1


def _refused(constant: str) -> NoReturn:
    raise Unreadable(f"is no valid JSON: {constant} is no number")


# A string stays, whatever it holds.
_STRING: Final = r'("(?:[^"\\]|\\.)*+")'
_COMMENT: Final = re.compile(rf"{_STRING}|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?", re.DOTALL)
_LAST_COMMA: Final = re.compile(rf"{_STRING}|,(?=[ \n\r\t]*+[\]}}])", re.DOTALL)

_DECODER: Final = json.JSONDecoder(parse_int=integer, parse_float=number, parse_constant=_refused)

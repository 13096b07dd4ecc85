"""What every reader of values keeps to: how large, how deep, and which text.

Values are what JSON has, and ``datetime`` in UTC where a format writes dates
unquoted.  What no database could hold is refused here, with its reason; what
would lose something as a number stays the text that stands in the file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Final

from content_repo.doctypes import DEEPEST, INTEGERS
from content_repo.names import is_storable
from hal_delivery.exchange.formats.unreadable import Unreadable

#: In bytes; a larger file is no document that somebody wrote.
LARGEST: Final = 16 * 1024 * 1024

#: More digits than this are no number that somebody wrote.
MOST_DIGITS: Final = 1000

_BOM: Final = b"\xef\xbb\xbf"


def decoded(content: bytes) -> tuple[str, str | None]:
    """The text of a file with ``\\n`` line ends, and a note where it is not UTF-8.

    >>> decoded(b"caf\\xe9\\r\\n")
    ('café\\n', 'is not UTF-8; read as Windows-1252')
    """
    if len(content) > LARGEST:
        raise Unreadable(f"has {len(content)} bytes; at most {LARGEST} can be read")
    note = None
    try:
        text = content.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as failure:
        text, note = _western(content, failure.start), "is not UTF-8; read as Windows-1252"
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise Unreadable("holds NUL", text.count("\n", 0, text.index("\0")) + 1)
    return text, note


def _western(content: bytes, bad: int) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        line = content.count(b"\n", 0, bad) + 1
        reason = f"is neither UTF-8 (byte {content[bad]:#04x}) nor Windows-1252"
        raise Unreadable(reason, line) from None


def integer(written: str, base: int = 10) -> int | str:
    """The integer that *written* stands for, or its text if it needs more than 64 bits.

    >>> integer("42"), integer("9223372036854775808")
    (42, '9223372036854775808')
    """
    if len(written) > MOST_DIGITS:
        raise Unreadable(f"holds an integer of more than {MOST_DIGITS} digits")
    value = int(written, base)
    return value if value in INTEGERS else written


def number(written: str) -> float | str:
    """The number that *written* stands for, or its text if it is not finite.

    >>> number("1.5"), number("1e999")
    (1.5, '1e999')
    """
    value = float(written)
    return value if math.isfinite(value) else written


def plain(value: Any, depth: int = 0) -> Any:
    """*value* as only strings, numbers, booleans, dates, lists and maps, all of them storable."""
    match value:
        case str():
            return storable(value)
        case dict():
            shallow_enough(depth + 1)
            return {storable(key): plain(item, depth + 1) for key, item in value.items()}
        case list():
            shallow_enough(depth + 1)
            return [plain(item, depth + 1) for item in value]
        case bool() | None:
            return value
        case int():
            return value if value in INTEGERS else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case date():
            return moment(value)
        case _:
            return str(value)


def moment(value: date) -> datetime:
    """A date as midnight in UTC, a date with a time as that moment in UTC."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def storable(text: str, line: int | None = None) -> str:
    """*text*, unless no database could hold it."""
    if not is_storable(text):
        raise Unreadable("holds NUL" if "\0" in text else "holds a lone surrogate", line)
    return text


def shallow_enough(depth: int, line: int | None = None) -> None:
    """Refuse lists and maps that lie in one another deeper than a document may have them."""
    if depth > DEEPEST:
        raise Unreadable(f"is nested deeper than {DEEPEST}", line)


def mapping(value: Any, what: str, line: int | None = None) -> dict[str, Any]:
    """*value* as a map: empty where there is none, refused where it is anything else."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{what} is {_named(value)}, not a map", line)
    return value


def _named(value: object) -> str:
    names: Iterable[tuple[type, str]] = ((list, "a list"), (str, "text"), (bool, "true or false"))
    return next((name for kind, name in names if isinstance(value, kind)), "a number or date")

"""TOML as plain values; a date without a zone is one in UTC, a time of day is text."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from hal_delivery.exchange.formats.bounds import number, plain
from hal_delivery.exchange.formats.unreadable import Unreadable

_WHERE: Final = re.compile(r" \(at line (\d+), column \d+\)$")


def load(text: str) -> Any:
    """The map that *text* is.

    >>> load("weight = 10")
    {'weight': 10}
    """
    try:
        return plain(tomllib.loads(text, parse_float=number))
    except tomllib.TOMLDecodeError as failure:
        reason = str(failure)
        where = _WHERE.search(reason)
        line = int(where[1]) if where else None
        reason = _WHERE.sub("", reason)
        raise Unreadable(f"is no valid TOML: {reason[:1].lower()}{reason[1:]}", line) from None
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable("is no valid TOML: nested too deep") from None
    except (ValueError, OverflowError) as failure:
        raise Unreadable(f"is no valid TOML: {failure}") from None

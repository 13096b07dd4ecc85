"""Filters: what the names and values of a query string say that are no parameters of ours.

``date[gte]=2017`` has a name, in brackets how to compare (without them: whether it
equals), and a text, which is read by the kind of the field.  Which fields there are
is not known here.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from content_repo.doctypes import DATES, FieldKind, to_millis
from hal_delivery.web.vocabulary import LONGEST_LIST, OPERATORS
from search_index.entry import Order, Typed
from search_index.query import Operator

#: Those that take several values, joined by commas.
_LISTING: Final = ("in", "nin")

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_MILLISECONDS: Final = re.compile(r"-?[0-9]{1,15}")
_YEAR: Final = re.compile(r"[0-9]{4}")
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_MOMENT: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){2}([T ][0-9:.,]{5,18}(Z|[+-][0-9:]{2,6})?)?")
#: A plus sign that nobody encoded arrives as a blank.
_BARE_OFFSET: Final = re.compile(r"([T ][0-9:.,]{5,18}) ([0-9]{2}:?[0-9]{2})$")


class Unfit(ValueError):
    """A filter that cannot be, in words that say what was expected."""

    def __init__(
        self, reason: str, nearest: Sequence[str] = (), example: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason, self.nearest, self.example = reason, nearest, example


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as it was written, in its parts."""

    written: str
    name: str
    operator: Operator
    text: str

    @classmethod
    def parse(cls, written: str, text: str) -> Filter:
        """Read a name and a value of the query string.

        >>> one, other = Filter.parse("date[gte]", "2017"), Filter.parse("/a[b]", "x")
        >>> one.name, one.operator, other.name, other.operator
        ('date', 'gte', '/a[b]', 'eq')
        """
        name, bracket, said = written.removesuffix("]").rpartition("[")
        if not (bracket and name and written.endswith("]")):
            return cls(written, written, "eq", text)
        for operator in OPERATORS:
            if operator == said:
                return cls(written, name, operator, text)
        if name.startswith("/"):
            # Any character may stand in a pointer.
            return cls(written, written, "eq", text)
        close = difflib.get_close_matches(said.lower()[:20], OPERATORS, n=3, cutoff=0.5)
        example = f"{name[:80]}[{close[0] if close else OPERATORS[0]}]={text[:80]}"
        raise Unfit("has no such way to compare in its brackets", close or OPERATORS, example)

    def texts(self) -> list[str]:
        """The values that are asked for: several where the operator takes a list."""
        if self.operator not in _LISTING:
            return [self.text]
        found = [one for part in self.text.split(",") if (one := part.strip())]
        if not 0 < len(found) <= LONGEST_LIST:
            told = f"expected 1 to {LONGEST_LIST} values, joined by commas"
            raise Unfit(told, example="one,other")
        return found


# -- texts as values ----------------------------------------------------------


def boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def number(text: str) -> float | int | None:
    """A number as JSON has them, or ``None``.

    >>> number("12"), number("-1.5e3"), number("1_000"), number("1e999")
    (12, -1500.0, None, None)
    """
    if not _NUMBER.fullmatch(text):
        return None
    if len(text) < 20 and text.lstrip("-").isdigit():
        return int(text)
    found = float(text)
    return found if math.isfinite(found) else None


def date(text: str) -> int | None:
    """Epoch milliseconds, given as such or as ISO 8601; in UTC where nothing else is said.

    >>> date("2017"), date("2017-01-01T01:00+01:00"), date("1483228800000"), date("soon")
    (1483228800000, 1483228800000, 1483228800000, None)
    """
    if _YEAR.fullmatch(text):
        text += "-01-01"
    elif _MILLISECONDS.fullmatch(text):
        return int(text) if int(text) in DATES else None
    elif _MONTH.fullmatch(text):
        text += "-01"
    else:
        text = _BARE_OFFSET.sub(r"\1+\2", text)
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_millis(found if found.tzinfo else found.replace(tzinfo=UTC))


def _string(text: str) -> str:
    return text


_READERS: Final[Mapping[Order, Callable[[str], bool | float | str | None]]] = {
    Order.BOOLEAN: boolean,
    Order.NUMBER: number,
    Order.DATE: date,
    Order.STRING: _string,
}

#: As what the texts for fields of a kind are read; those of all other kinds are strings.
_ORDERS: Final[Mapping[FieldKind, Order]] = {
    FieldKind.BOOLEAN: Order.BOOLEAN,
    FieldKind.INTEGER: Order.NUMBER,
    FieldKind.NUMBER: Order.NUMBER,
    FieldKind.DATE: Order.DATE,
}

_EXPECTED: Final[Mapping[Order, tuple[str, str]]] = {
    Order.BOOLEAN: ("true or false", "true"),
    Order.NUMBER: ("a number such as 12 or 1.5", "12"),
    Order.DATE: (
        "a date: milliseconds, or ISO 8601 such as 2017, 2017-05-09 or 2017-05-09T14:30:00Z",
        "2017-05-09",
    ),
}


def read(text: str, orders: Iterable[Order] = tuple(Order)) -> tuple[Typed, ...]:
    """All that *text* can stand for, of the types that *orders* are.

    >>> read("2017", [Order.NUMBER]), read("yes")
    (((1, 2017),), ((3, 'yes'),))
    """
    found = ((order.value, _READERS[order](text)) for order in orders)
    return tuple((order, value) for order, value in found if value is not None)


def read_as(text: str, kinds: Iterable[FieldKind]) -> tuple[Typed, ...]:
    """What *text* stands for in fields of *kinds*; :class:`Unfit` if it can be none of them."""
    orders = sorted({_ORDERS.get(kind, Order.STRING) for kind in kinds})
    found = read(text, orders)
    if not found:
        expected = [_EXPECTED[order] for order in orders]
        raise Unfit(f"expected {', or '.join(one for one, _ in expected)}", example=expected[0][1])
    return found


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Those of the names *known* that may have been meant."""
    return difflib.get_close_matches(name[:80], [*known], n=3)

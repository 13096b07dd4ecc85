"""Translations: what one borrows from the others of its group."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple

from content_repo.doctypes import DATE_POINTERS
from content_repo.model import ROOT_ID

#: Nothing that a translator would have to say: these say something of the document itself.
_ITS_OWN: Final = frozenset({DATE_POINTERS, "sourcePath"})


def is_lacking(value: Any) -> bool:
    """Whether a field of that value says nothing: absent, empty, or pointing nowhere.

    >>> is_lacking(None), is_lacking(""), is_lacking([]), is_lacking(0), is_lacking(False)
    (True, True, True, False, False)
    """
    return value is None or value in ("", ROOT_ID) or value == []


def present(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of *fields* that say something and that translations may lend each other."""
    return tuple(
        name for name, value in fields.items() if name not in _ITS_OWN and not is_lacking(value)
    )


class Lender(NamedTuple):
    """Another translation: its id, its type, and the names of the fields that it has."""

    id: str
    type: str
    present: Iterable[str]


def lent(has: Iterable[str], lineage: Collection[str], lenders: Iterable[Lender]) -> dict[str, str]:
    """From whom each field comes that is not among those which a translation *has*.

    *lineage* are its type and all that this extends: what one of them declares it
    can hold as well.  Of any other type a field may be something else.  *lenders*
    are the others, the best first.

    >>> lenders = [Lender("be", "a:page", ["title", "date"]), Lender("en", "a:page", ["date", "x"])]
    >>> lent(["title"], ["a:page"], lenders), lent([], ["a:note"], lenders)
    ({'date': 'be', 'x': 'en'}, {})
    """
    had, found = set(has), {}
    for lender in lenders:
        for name in lender.present if lender.type in lineage else ():
            if name not in had:
                had.add(name)
                found[name] = lender.id
    return found

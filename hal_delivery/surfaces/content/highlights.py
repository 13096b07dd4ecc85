"""``_highlight`` as lists take it: names of text fields, and what was found in them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any, Final

from content_repo.model import Kind
from hal_delivery.hal.resource import Resource
from hal_delivery.services.delivery import Delivery, Page
from hal_delivery.services.highlighting import ALL, highlights, text_fields
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.vocabulary import HIGHLIGHT, TEXT

_ALONE: Final = f"has a meaning beside {TEXT.name} only: it shows where the text was found"


def checked(asked: Asked, delivery: Delivery, kind: Kind) -> Asked:
    """*asked* with the names of what to highlight known, by their short names.

    Unknown ones are mistakes; passed over, they are gone from links as well.
    """
    if not asked.highlight:
        return asked
    if asked.text is None:
        if HIGHLIGHT.name in asked.unasked or asked.lenient:
            return asked.without(HIGHLIGHT)
        raise BadParameters([_mistake(_ALONE, asked.given[HIGHLIGHT.name])])
    short = delivery.field_names() if kind is Kind.DOCUMENT else {}
    known = text_fields(delivery.types, kind)
    names = [short.get(name, name) for name in asked.highlight]
    unknown = [name for name in names if name != ALL and name not in known]
    if unknown and not asked.lenient:
        raise BadParameters([_unknown(name, sorted(known)) for name in unknown])
    kept = [name for name in names if name not in unknown]
    return asked if kept == list(asked.highlight) else asked.keeping(HIGHLIGHT, kept)


def highlighted(
    items: Sequence[Resource], page: Page[Any], asked: Asked, delivery: Delivery
) -> list[Resource]:
    """The *items* of a page, each with what was found in it."""
    found = highlights(delivery, page, asked.text or "", asked.highlight)
    return [
        {**item, "_meta": {**item.get("_meta", {}), "highlights": found[node.id]}}
        for item, node in zip(items, page.items, strict=True)
    ]


def _mistake(reason: str, value: str, **known: Any) -> Mistake:
    example = f"{TEXT.name}={TEXT.example}&{HIGHLIGHT.name}={HIGHLIGHT.example}"
    return Mistake(HIGHLIGHT.name, reason, value=value[:80], **{"example": example, **known})


def _unknown(name: str, known: Sequence[str]) -> Mistake:
    nearest = difflib.get_close_matches(name, known, n=3)
    return _mistake("names no text field that is known here", name, nearest=nearest or known[:12])

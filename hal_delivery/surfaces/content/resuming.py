"""Resuming: ``_after`` as lists take it, a cursor that only links ``next`` say."""

from __future__ import annotations

from typing import Final

from content_repo import names
from hal_delivery.surfaces.content import params
from hal_delivery.web import cursors
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.negotiation import NDJSON
from hal_delivery.web.vocabulary import AFTER, IDS, OFFSET, SORT, TEXT
from search_index.cursors import suits
from search_index.query import Cursor

_FOREIGN: Final = "is no place in this order; follow the link next of a page, or begin without it"
_STREAMING: Final = (
    f"an id has a meaning in streams only: send Accept: {NDJSON}, or follow the link next of a page"
)


def resumed(asked: Asked) -> Cursor | None:
    """Where *asked*, checked before, goes on; a cursor of another order is a mistake."""
    if asked.after is None:
        return None
    cursor = cursors.read(asked.after, _order(asked))
    sort, scored = params.sort_keys(asked.sort), asked.text is not None
    if cursor is not None and suits(cursor, sort, scored=scored):
        return cursor
    reason = _STREAMING if names.is_id(asked.after) else _FOREIGN
    raise BadParameters([Mistake(AFTER.name, reason, value=asked.after[:80])])


def following(asked: Asked, cursor: Cursor | None) -> str | None:
    """The query string that asks for what lies behind *cursor*; ``None``: by offset only.

    Who goes by offsets knows what they are, and goes on by them.
    """
    if cursor is None or OFFSET.name in asked.given:
        return None
    after = cursors.written(cursor, _order(asked))
    if after is None:
        return None
    # A cursor is made of letters that need no encoding.
    before, behind = asked.around(AFTER)
    return f"{before}{after}{behind}"


def _order(asked: Asked) -> str:
    """What tells the order of a list from any other."""
    return "\n".join(asked.given.get(one.name, "") for one in (SORT, TEXT, IDS))

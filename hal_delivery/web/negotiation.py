"""Negotiation: which of the offered media types the client takes.

By RFC 9110 §12.5.1; without an Accept header the first one offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from hal_delivery.web.failures import NotAcceptable

HAL: Final = "application/hal+json"
JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html"
NDJSON: Final = "application/x-ndjson"
XML: Final = "application/xml"

#: What resources come as; the same bytes, under the name that the client knows.
RESOURCE: Final = (HAL, JSON)

#: What collections come as: a page of them, or all of their resources, one on each line.
COLLECTION: Final = (*RESOURCE, NDJSON)


@lru_cache(maxsize=256)
def best(accept: str, offered: Sequence[str]) -> str:
    """The offered type that *accept* prefers, or :class:`NotAcceptable`.

    What comes in one form only is sent in it, as the RFC allows: clients with a
    fixed Accept header follow links to pages and descriptions too.
    """
    if not accept or len(offered) == 1:
        return offered[0]
    # Parameters, such as a charset, are nothing that these types could differ in.
    ranges = [
        (taken.partition(";")[0].strip(), quality)
        for taken, quality in parse_accept_header(accept, MIMEAccept)
    ]
    found = MIMEAccept(ranges).best_match(offered)
    if found is None:
        raise NotAcceptable(offered=" or ".join(offered))
    return found

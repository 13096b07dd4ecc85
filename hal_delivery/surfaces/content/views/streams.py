"""Collections as streams (NDJSON): all of their resources, one on each line.

The order is that of ids, always.  Ids never change, so a resource that is there
from the first line to the last comes exactly once, whatever is written, moved or
renamed meanwhile, and however many requests it takes.  A stream that is not
whole says so: its last line has nothing but a link ``next``, or is a problem
with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, Generic, TypeVar

import orjson
import structlog
from flask import Response, g

from content_repo import names
from content_repo.kept import Rendition
from content_repo.model import Node
from hal_delivery.hal.resource import Link, link
from hal_delivery.services.delivery import Stretch
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.views.answering import rendering
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.failures import BadParameters, Mistake, failure, plain_failure
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import NDJSON
from hal_delivery.web.vocabulary import (
    AFTER,
    FACETS,
    HIGHLIGHT,
    LIMIT,
    OFFSET,
    SORT,
    TOTAL,
    Parameter,
)
from search_index import BY_ID, Query

_log = structlog.get_logger(__name__)

#: Seconds after which a stream leaves the rest to another request.
LONGEST: Final = 8.0

_MOVING: Final = (
    "has no meaning in a stream: it is in the order of ids, so that nothing is left out or "
    f"repeated when content changes on the way; {AFTER.name} says where it goes on"
)
_COUNTING: Final = "has no meaning in a stream: what it tells is in a page"
_EXPECTED: Final = "expected a UUID: a stream is in the order of ids"
_BESIDE: Final = f"has no meaning beside {AFTER.name}, which says where the page begins"

Item = TypeVar("Item", bound=Node | Rendition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Generic[Item]):
    """One collection from where it was asked for: its stretches, and how an item looks.

    ``address`` is the collection's own; ``ends_at`` is when, by the clock of the
    mount's delivery, it leaves the rest to another request.
    """

    stretches: Iterator[Stretch[Item]]
    item: Callable[[Item, Rendering], Any]
    address: str
    asked: Asked
    ends_at: float

    def lines(self) -> Iterator[bytes]:
        """The lines, as many at a time as are read at once."""
        after = self.asked.after
        try:
            for stretch in self.stretches:
                shared = rendering(self.asked, stretch.items, stretch.lenders)
                if stretch.items:
                    yield b"".join([_line(self.item(one, shared)) for one in stretch.items])
                after = stretch.after
                if after is None:
                    return
                if here().delivery.clock() >= self.ends_at:
                    break
        except Exception as error:
            yield _line(self._broken(error, after))
        else:
            yield _line({"_links": {"next": self._next(after)}})

    def _broken(self, error: Exception, after: str | None) -> dict[str, Any]:
        """The problem that ends a stream: nobody shall take it for a whole one."""
        known = failure(error)
        if known is None:
            _log.error("defect", exc_info=error)
            known = plain_failure(500)
        told = answers.problem_shape(known, base=here().base, request_id=g.request_id)
        return {**told, "_links": {**told["_links"], "next": self._next(after)}}

    def _next(self, after: str | None) -> Link:
        rest = self.asked.query() if after is None else self.asked.query(after=after)
        return link(self.address + rest)


def answer(
    walk: Callable[[Query, int | None], Iterator[Stretch[Item]]],
    item: Callable[[Item, Rendering], Any],
    query: Query,
    asked: Asked,
    *,
    address: str,
    tags: Sequence[str],
) -> Response:
    """The stream of what *query* finds, from where *asked* says."""
    place = here()
    ends_at = place.delivery.clock() + LONGEST
    after = None if asked.after is None else asked.after.lower()
    stretches = walk(replace(query, sort=BY_ID, after=after), _most(asked))
    # What cannot be answered at all is refused before a line is sent.
    first = next(stretches)
    stream = Stream(
        stretches=chain((first,), stretches), item=item, address=address, asked=asked,
        ends_at=ends_at,
    )  # fmt: skip
    facts = Facts(
        version=0,
        tags=Tags(tuple(tags)),
        settled=False,
        media_types=(NDJSON,),
    )
    return answers.stream(place, stream.lines(), facts)


def of_stream(asked: Asked) -> Asked:
    """*asked* without what only pages have; that is a mistake where it was sent."""
    asked = _refusing(asked, (SORT, OFFSET), _MOVING)
    asked = _refusing(asked, (FACETS, TOTAL, HIGHLIGHT), _COUNTING)
    if asked.after is not None and not names.is_id(asked.after):
        return _refusing(asked, (AFTER,), _EXPECTED)
    return asked


def of_page(asked: Asked) -> Asked:
    """*asked* with one beginning: an offset beside a cursor is a mistake where it was sent."""
    return asked if asked.after is None else _refusing(asked, (OFFSET,), _BESIDE)


def _refusing(asked: Asked, parameters: Sequence[Parameter], reason: str) -> Asked:
    said = [one for one in parameters if one.name in asked.given]
    sent = [one.name for one in said if one.name not in asked.unasked]
    if sent and not asked.lenient:
        raise BadParameters([Mistake(name, reason, value=asked.given[name][:80]) for name in sent])
    return asked.without(*said) if said else asked


def _most(asked: Asked) -> int | None:
    """How many lines were asked for; neither a page's usual number nor its largest counts."""
    if LIMIT.name not in asked.given or LIMIT.name in asked.unasked:
        return None
    return asked.capped.get(LIMIT.name, asked.limit)


def _line(shape: Any) -> bytes:
    return orjson.dumps(shape, option=orjson.OPT_APPEND_NEWLINE)

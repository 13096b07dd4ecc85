"""The one way in which every list of nodes is answered.

Check what was asked, see whether the client has it, search, shape, answer; or
send the whole collection, where that is the form that the client takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import marshmallow as ma
from flask import Response

from content_repo.kept import Rendition
from content_repo.model import Kind, Node
from hal_delivery.services.delivery import Page, Stretch
from hal_delivery.surfaces.content import params, schemas
from hal_delivery.surfaces.content.serializers.documents import document, kept_document
from hal_delivery.surfaces.content.serializers.lists import listing
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import DOCUMENTS
from hal_delivery.surfaces.content.views import streams
from hal_delivery.surfaces.content.views.answering import (
    rendering,
    tags,
    takes_kept_fields,
)
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.here import current_request, here
from hal_delivery.web.negotiation import COLLECTION, NDJSON, best
from hal_delivery.web.operations import View, operation
from hal_delivery.web.vocabulary import STREAMED, TEXT
from search_index import Query
from search_index.errors import InvalidQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list: what it holds, where it is, how its items look.

    ``narrow`` are attributes of the query that the address itself decides.
    """

    address: str
    relation: str
    tags: tuple[str, ...]
    narrow: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)


Item = TypeVar("Item", bound=Node | Rendition)
Serializer = Callable[[Item, Rendering], Any]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Source(Generic[Item]):
    """Where the items of a list come from, a page or all of them, and how each looks."""

    search: Callable[[Query], Page[Item]]
    walk: Callable[[Query, int | None], Iterator[Stretch[Item]]]
    item: Serializer[Item]


def collection(summary: str, answer: type[ma.Schema]) -> Callable[[View], View]:
    """The operation of a list; *answer* is the shape of one page."""
    return operation(
        summary,
        reads=STREAMED,
        answer=answer,
        media_types=COLLECTION,
        otherwise={NDJSON: schemas.LINES},
        failures=(404, 503),
    )


def nodes(kind: Kind, wanted: Listing, asked: Asked, item: Serializer[Node]) -> Response:
    """The page of *wanted*, nodes of *kind*, that was asked for, or 304, or all of them."""
    delivery = here().delivery
    asked = params.checked(asked, delivery, kind)
    source = Source(partial(delivery.search, kind), partial(delivery.walk, kind), item)
    return _answer(wanted, asked, source)


def documents(wanted: Listing, asked: Asked, *, segment: str = DOCUMENTS) -> Response:
    """The same of documents; *segment* is their collection."""
    delivery = here().delivery
    if not takes_kept_fields(asked):
        return nodes(Kind.DOCUMENT, wanted, asked, partial(document, segment=segment))
    asked = params.checked(asked, delivery)
    as_kept = partial(kept_document, segment=segment)
    return _answer(wanted, asked, Source(delivery.documents, delivery.walk_documents, as_kept))


def _answer(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    accept = current_request().environ.get("HTTP_ACCEPT", "")
    if best(accept, COLLECTION) == NDJSON:
        return _stream(wanted, streams.of_stream(asked), source)
    return _page(wanted, streams.of_page(asked), source)


def _stream(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    query = params.query(asked, here().delivery, wanted.narrow)
    return _found(
        lambda: streams.answer(
            source.walk, source.item, query, asked, address=wanted.address, tags=wanted.tags
        )
    )


def _page(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    place = here()
    query = params.query(asked, place.delivery, wanted.narrow)
    if answers.asks_whether_changed() and (
        kept := answers.unchanged(place, _facts(wanted, asked, place.delivery.position()))
    ):
        return kept
    page = _found(lambda: source.search(query))
    shared = rendering(asked, page.items)
    shape = listing(
        page, [source.item(one, shared) for one in page.items], shared, relation=wanted.relation,
        address=wanted.address, asked=asked, links=wanted.links,
    )  # fmt: skip
    facts = _facts(
        wanted,
        asked,
        page.position,
        tags=tags(wanted.tags, [*page.items, *shared.around.all()]),
        settled=page.settled,
        links=shape["_links"],
    )
    return answers.resource(place, shape, facts)


def _found(ask: Callable[[], Answer]) -> Answer:
    """What is found; a text beyond its bounds is a mistake of the parameter."""
    try:
        return ask()
    except InvalidQuery as beyond:
        told = "takes at most {limit} {bound}, and has {given}".format(**beyond.facts)
        example = f"{TEXT.name}={TEXT.example}"
        raise BadParameters([Mistake(TEXT.name, told, example=example)]) from None


def _facts(
    wanted: Listing, asked: Asked, position: int, tags: Tags | None = None, **known: Any
) -> Facts:
    return Facts(
        version=position,
        tags=tags or Tags(wanted.tags),
        asked=asked.query(),
        lenient=asked.lenient,
        media_types=COLLECTION,
        **known,
    )

"""The one way in which every list of nodes is answered.

Check what was asked, see whether the client has it, search, shape, answer; or
send the whole collection, where that is the form that the client takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Generic, TypeVar

import marshmallow as ma
from flask import Response

from content_repo.kept import Rendition
from content_repo.model import Kind, Node
from hal_delivery.hal.resource import Link, link
from hal_delivery.services.delivery import Page, Stretch
from hal_delivery.surfaces.content import (
    embeds,
    faceting,
    highlights,
    leniency,
    params,
    resuming,
    schemas,
)
from hal_delivery.surfaces.content.relations import DID_YOU_MEAN, FACETS, curied
from hal_delivery.surfaces.content.serializers.documents import kept_document
from hal_delivery.surfaces.content.serializers.embedding import with_embedded
from hal_delivery.surfaces.content.serializers.facets import facet_list
from hal_delivery.surfaces.content.serializers.lists import listing
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import DOCUMENTS
from hal_delivery.surfaces.content.views import streams
from hal_delivery.surfaces.content.views.answering import (
    checked,
    preferring,
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
from hal_delivery.web.vocabulary import (
    AFTER,
    LISTING,
    OFFSET,
    PLAIN_LISTING,
    TEXT,
    UNOFFERED,
    Parameter,
    beyond,
)
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
    """Where the items of a list come from, a page or all of them, and how each looks.

    It ``is_open`` where a wish may have something else shown of them.
    """

    kind: Kind
    search: Callable[[Query], Page[Item]]
    walk: Callable[[Query, int | None], Iterator[Stretch[Item]]]
    item: Serializer[Item]
    is_open: bool = False


def collection(
    summary: str, answer: type[ma.Schema], kind: Kind = Kind.DOCUMENT
) -> Callable[[View], View]:
    """The operation of a list of nodes of *kind*; *answer* is the shape of one page."""
    return operation(
        summary,
        reads=(*_taken(kind), *UNOFFERED),
        answer=answer,
        media_types=COLLECTION,
        otherwise={NDJSON: schemas.LINES},
        failures=(404, 503),
    )


def nodes(kind: Kind, wanted: Listing, asked: Asked, item: Serializer[Node]) -> Response:
    """The page of *wanted*, nodes of *kind*, that was asked for, or 304, or all of them."""
    delivery = here().delivery
    asked = leniency.checked(asked, lambda one: highlights.checked(one, delivery, kind))
    asked = checked(asked, kind, wanted.narrow.get("types"))
    return _answer(wanted, asked, _as_stored(kind, item))


def _as_stored(kind: Kind, item: Serializer[Node], *, is_open: bool = False) -> Source[Node]:
    delivery = here().delivery
    search, walk = partial(delivery.search, kind), partial(delivery.walk, kind)
    return Source(kind, search, walk, item, is_open)


def documents(wanted: Listing, asked: Asked, *, segment: str = DOCUMENTS) -> Response:
    """The same of documents; *segment* is their collection."""
    # No wish may change what is listed, which beside an embedding a depth does not narrow.
    is_open = asked.depth is None and not _is_stream()
    answer = partial(_documents, wanted, segment=segment, is_open=is_open)
    return preferring(asked, answer) if is_open else answer(asked)


def _documents(wanted: Listing, asked: Asked, *, segment: str, is_open: bool) -> Response:
    delivery = here().delivery
    if asked.embed:
        asked = leniency.checked(asked, lambda one: embeds.checked(one, delivery))
    if asked.highlight:
        asked = leniency.checked(
            asked, lambda one: highlights.checked(one, delivery, Kind.DOCUMENT)
        )
    asked = checked(asked, types=wanted.narrow.get("types"))
    if takes_kept_fields(asked):
        as_kept = partial(kept_document, segment=segment)
        return _answer(
            wanted,
            asked,
            Source(Kind.DOCUMENT, delivery.documents, delivery.walk_documents, as_kept, is_open),
        )
    item = partial(with_embedded, segment=segment)
    return _answer(wanted, asked, _as_stored(Kind.DOCUMENT, item, is_open=is_open))


def _answer(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    if _is_stream():
        return _stream(wanted, streams.of_stream(asked), source)
    return _page(wanted, leniency.checked(asked, streams.of_page), source)


def _is_stream() -> bool:
    """Whether all is wanted, one resource on each line, and not a page."""
    return best(current_request().environ.get("HTTP_ACCEPT", ""), COLLECTION) == NDJSON


def _stream(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    query = params.query(asked, here().delivery, wanted.narrow)
    return found_or_told(
        asked,
        lambda: streams.answer(
            source.walk, source.item, query, asked, address=wanted.address, tags=wanted.tags
        ),
    )


def _page(wanted: Listing, asked: Asked, source: Source[Item]) -> Response:
    place = here()
    asked, facets = _facets(wanted, asked, source) if asked.facets else (asked, ())
    cursor = resuming.resumed(asked)
    if answers.asks_whether_changed():
        facts = _facts(wanted, asked, source, place.delivery.position())
        if (kept := answers.unchanged(place, facts)) is not None:
            return kept
    told = {"cursor": cursor, "facets": tuple([one.facet for one in facets])}
    query = params.query(
        asked, place.delivery, {**wanted.narrow, **told, **place.delivery.bounds(source.kind)}
    )
    page = found_or_told(asked, lambda: source.search(query))
    shared = rendering(asked, page.items, page.lenders)
    counted = [
        faceting.shown(one, found, asked, place.delivery)
        for one, found in zip(facets, page.hits.counted, strict=True)
    ]
    embedded = {}
    if counted:
        shapes = facet_list(counted, shared, address=wanted.address, asked=asked)
        embedded[curied(FACETS)] = shapes
    shape = listing(
        page, _items(page, source, shared, asked), shared, relation=wanted.relation,
        address=wanted.address, asked=asked, takes=_taken(source.kind),
        links={**_did_you_mean(wanted, asked, source.kind, query, page), **wanted.links},
        embedded=embedded,
    )  # fmt: skip
    targets = chain.from_iterable(one.targets.values() for one in counted)
    facts = _facts(
        wanted, asked, source, page.position,
        tags(wanted.tags, [*page.items, *shared.near(), *targets]),
        settled=page.settled, links=shape["_links"],
    )  # fmt: skip
    return answers.resource(place, shape, facts)


def _facets(
    wanted: Listing, asked: Asked, source: Source[Item]
) -> tuple[Asked, tuple[faceting.Faceted, ...]]:
    """*asked* with its facets checked, and what they are."""
    count = partial(
        faceting.faceted,
        delivery=here().delivery,
        kind=source.kind,
        among=wanted.narrow.get("types"),
    )
    if asked.lenient:
        asked = leniency.checked(asked, lambda one: count(one)[0])
    return count(asked)


def _taken(kind: Kind) -> tuple[Parameter, ...]:
    """What a list of nodes of *kind* takes that a template can offer."""
    return LISTING if kind is Kind.DOCUMENT else PLAIN_LISTING


def _items(
    page: Page[Item], source: Source[Item], shared: Rendering, asked: Asked
) -> Sequence[Any]:
    items = [source.item(one, shared) for one in page.items]
    if not asked.highlight:
        return items
    return highlights.highlighted(items, page, asked, here().delivery)


def _did_you_mean(
    wanted: Listing, asked: Asked, kind: Kind, query: Query, page: Page[Any]
) -> dict[str, Link]:
    """A link to the same list for what the text may have meant."""
    if asked.text is None:
        return {}
    other = here().delivery.corrected(kind, query, finds=page.total > 0)
    if other is None:
        return {}
    href = wanted.address + asked.without(OFFSET, AFTER).query(text=other)
    return {curied(DID_YOU_MEAN): link(href, title=other)}


def found_or_told(asked: Asked, ask: Callable[[], Answer]) -> Answer:
    """What is found; a text beyond its bounds is a mistake of the parameter."""
    try:
        return ask()
    except InvalidQuery as wrong:
        facts = wrong.facts
        told = beyond(facts["limit"], facts["bound"], facts["given"])
        example = f"{TEXT.name}={TEXT.example}"
        text = (asked.text or "")[:80]
        raise BadParameters([Mistake(TEXT.name, told, text, example=example)]) from None


def _facts(
    wanted: Listing,
    asked: Asked,
    source: Source[Item],
    position: int,
    tags: Tags | None = None,
    **known: Any,
) -> Facts:
    return Facts(
        version=position,
        tags=tags or Tags(wanted.tags),
        asked=asked.query(),
        lenient=asked.lenient,
        is_open=source.is_open,
        ignored=asked.ignored,
        media_types=COLLECTION,
        **known,
    )

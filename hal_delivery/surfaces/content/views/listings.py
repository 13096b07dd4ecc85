"""The one way in which every list of nodes is answered.

Check what was asked, see whether the client has it, search, shape, answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from flask import Response

from content_repo.kept import Rendition
from content_repo.model import Kind, Node
from hal_delivery.services.delivery import Page
from hal_delivery.surfaces.content import params
from hal_delivery.surfaces.content.serializers.documents import document, kept_document
from hal_delivery.surfaces.content.serializers.lists import listing
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import DOCUMENTS
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
from hal_delivery.web.here import here
from hal_delivery.web.vocabulary import TEXT
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


def nodes(kind: Kind, wanted: Listing, asked: Asked, item: Serializer[Node]) -> Response:
    """The page of *wanted*, nodes of *kind*, that was asked for, or 304."""
    delivery = here().delivery
    asked = params.checked(asked, delivery, kind)
    return _answer(wanted, asked, lambda query: delivery.search(kind, query), item)


def documents(wanted: Listing, asked: Asked, *, segment: str = DOCUMENTS) -> Response:
    """The page of documents that was asked for, or 304; *segment* is their collection."""
    delivery = here().delivery
    asked = params.checked(asked, delivery)
    if takes_kept_fields(asked):
        as_kept = partial(kept_document, segment=segment)
        return _answer(wanted, asked, delivery.documents, as_kept)
    return _answer(
        wanted,
        asked,
        lambda query: delivery.search(Kind.DOCUMENT, query),
        partial(document, segment=segment),
    )


def _answer(
    wanted: Listing,
    asked: Asked,
    search: Callable[[Query], Page[Item]],
    item: Serializer[Item],
) -> Response:
    place = here()
    query = params.query(asked, place.delivery, wanted.narrow)
    if answers.asks_whether_changed() and (
        kept := answers.unchanged(place, _facts(wanted, asked, place.delivery.position()))
    ):
        return kept
    page = _found(search, query)
    shared = rendering(asked, page.items)
    shape = listing(
        page, [item(one, shared) for one in page.items], shared, relation=wanted.relation,
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


def _found(search: Callable[[Query], Page[Item]], query: Query) -> Page[Item]:
    """The page; a text beyond the bounds of what may be asked is a mistake of the parameter."""
    try:
        return search(query)
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
        **known,
    )

"""The one way in which every list of nodes is answered.

Check what was asked, see whether the client has it, search, shape, answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Response

from content_repo.model import Kind, Node
from hal_delivery.hal.resource import Resource
from hal_delivery.surfaces.content import params
from hal_delivery.surfaces.content.serializers.lists import listing
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.views.answering import rendering, tags
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.here import here
from hal_delivery.web.vocabulary import TEXT
from search_index.errors import InvalidQuery

Serializer = Callable[[Node, Rendering], Resource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list: what it holds, where it is, how its items look.

    ``narrow`` are attributes of the query that the address itself decides.
    """

    kind: Kind
    address: str
    relation: str
    item: Serializer
    tags: tuple[str, ...]
    narrow: Mapping[str, Any] = field(default_factory=dict)
    links: Mapping[str, Any] = field(default_factory=dict)


def answer(wanted: Listing, asked: Asked) -> Response:
    """The page of *wanted* that was asked for, or 304."""
    place = here()
    asked = params.checked(asked, place.delivery, wanted.kind)
    query = replace(params.query(asked, place.delivery), **wanted.narrow)
    facts = Facts(
        version=place.delivery.position(),
        tags=Tags(wanted.tags),
        asked=asked.query(),
        lenient=asked.lenient,
    )
    if kept := answers.unchanged(place, facts):
        return kept
    try:
        page = place.delivery.search(wanted.kind, query)
    except InvalidQuery as beyond:
        told = "takes at most {limit} {bound}, and has {given}".format(**beyond.facts)
        example = f"{TEXT.name}={TEXT.example}"
        raise BadParameters([Mistake(TEXT.name, told, example=example)]) from None
    shared = rendering(asked, page.items)
    items = [wanted.item(one, shared) for one in page.items]
    shape = listing(
        page, items, shared, relation=wanted.relation, address=wanted.address, asked=asked,
        links=wanted.links,
    )  # fmt: skip
    facts = replace(
        facts,
        version=page.position,
        settled=page.settled,
        tags=tags(wanted.tags, [*page.items, *shared.around.all()]),
        links=shape["_links"],
    )
    return answers.resource(place, shape, facts)

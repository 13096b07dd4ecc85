"""Facets: values with their counts, each with a link that chooses it or takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from content_repo.doctypes import moment
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.faceting import Choice, Faceted, Shown, written
from hal_delivery.surfaces.content.relations import (
    FACETS,
    REFINE,
    REMOVE,
    TARGET,
    VALUES,
    curied,
)
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import part
from hal_delivery.web.asking import Asked, Pair
from hal_delivery.web.vocabulary import LONGEST_QUERY, MOST_FILTERS, MOST_PARAMETERS
from search_index.entry import Order


def facet_list(
    counted: Sequence[Shown], rendering: Rendering, *, address: str, asked: Asked
) -> list[Resource]:
    """The facets of the list at *address*, in which they have theirs."""
    whole = address + asked.query()
    return [
        _facet(
            one, rendering, here=part(whole, curied(FACETS), number), address=address, asked=asked
        )
        for number, one in enumerate(counted)
    ]


def _facet(
    shown: Shown, rendering: Rendering, *, here: str, address: str, asked: Asked
) -> Resource:
    values = []
    for number, choice in enumerate(shown.choices):
        own = link(part(here, curied(VALUES), number))
        links = {"self": own, **_links(choice, address, asked)}
        found: Resource = {
            "value": _value(shown.faceted, choice, rendering),
            "count": choice.count,
            "active": bool(choice.active),
            "_links": links,
        }
        target = shown.targets.get(choice.value[1])
        if target is not None:
            found["title"] = target.title
            links[curied(TARGET)] = link(rendering.urls.node(target))
        values.append(found)
    return resource(
        {"name": shown.faceted.written, "omitted": shown.omitted},
        links={"self": link(here)},
        embedded={curied(VALUES): values},
    )


def _links(choice: Choice, address: str, asked: Asked) -> dict[str, Link]:
    if choice.active:
        return {curied(REMOVE): link(address + _removing(asked, choice.active).query())}
    refined = _adding(asked, choice.filters)
    query = refined.query()
    if not choice.filters or len(refined.filters) > MOST_FILTERS or _is_too_long(query):
        return {}
    return {curied(REFINE): link(address + query)}


def _is_too_long(query: str) -> bool:
    """Whether nobody could ask with that query string, which begins with its mark."""
    return len(query) > LONGEST_QUERY + 1 or query.count("&") >= MOST_PARAMETERS


def _adding(asked: Asked, filters: Sequence[Pair]) -> Asked:
    return reduce(lambda found, pair: found.adding(*pair), filters, asked)


def _removing(asked: Asked, filters: Sequence[Pair]) -> Asked:
    return reduce(lambda found, pair: found.removing(*pair), filters, asked)


def _value(faceted: Faceted, choice: Choice, rendering: Rendering) -> Any:
    """A value as answers have it elsewhere; a year, a month or a day as ISO 8601 has it."""
    order, bare = choice.value
    if faceted.facet.unit is not None:
        return written(moment(bare).date(), faceted.facet.unit)
    return rendering.date(bare) if order == Order.DATE else bare

"""Facets: values with their counts, each with a link that chooses it or takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.faceting import Choice, Faceted, Shown, begun
from hal_delivery.surfaces.content.relations import (
    FACETS,
    REFINE,
    REMOVE,
    TARGET,
    VALUES,
    curied,
)
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import parts
from hal_delivery.web.asking import Asked
from hal_delivery.web.vocabulary import LONGEST_QUERY, MOST_FILTERS, MOST_PARAMETERS
from search_index.entry import Order

_VALUES: Final = curied(VALUES)
_REFINE: Final = curied(REFINE)
_REMOVE: Final = curied(REMOVE)


def facet_list(
    counted: Sequence[Shown], rendering: Rendering, *, address: str, asked: Asked
) -> list[Resource]:
    """The facets of the list at *address*, in which they have theirs."""
    selves, links = parts(address + asked.query(), curied(FACETS)), _Links(address, asked)
    return [
        _facet(one, rendering, links, here=f"{selves}{number}")
        for number, one in enumerate(counted)
    ]


def _facet(shown: Shown, rendering: Rendering, links: _Links, *, here: str) -> Resource:
    values, selves = [], parts(here, _VALUES)
    for number, choice in enumerate(shown.choices):
        own = {"self": link(f"{selves}{number}"), **links.of(choice)}
        found: Resource = {
            "value": _value(shown.faceted, choice, rendering),
            "count": choice.count,
            "active": bool(choice.active),
            "_links": own,
        }
        target = shown.targets.get(choice.value[1])
        if target is not None:
            found["title"] = target.title
            own[curied(TARGET)] = link(rendering.urls.node(target))
        values.append(found)
    return resource(
        {"name": shown.faceted.written, "omitted": shown.omitted},
        links={"self": link(here)},
        embedded={_VALUES: values},
    )


class _Links:
    """The links by which values are chosen from the list at *address*, and taken back."""

    def __init__(self, address: str, asked: Asked) -> None:
        self._address = address
        self._filters = asked.filters
        self._query = asked.filtering()

    def of(self, choice: Choice) -> dict[str, Link]:
        if choice.active:
            left = [one for one in self._filters if one not in choice.active]
            return {_REMOVE: link(self._address + self._query(left))}
        if not choice.filters:
            return {}
        refined = dict.fromkeys((*self._filters, *choice.filters))
        query = self._query(refined)
        if len(refined) > MOST_FILTERS or _is_too_long(query):
            return {}
        return {_REFINE: link(self._address + query)}


def _is_too_long(query: str) -> bool:
    """Whether nobody could ask with that query string, which begins with its mark."""
    return len(query) > LONGEST_QUERY + 1 or query.count("&") >= MOST_PARAMETERS


def _value(faceted: Faceted, choice: Choice, rendering: Rendering) -> Any:
    """A value as answers have it elsewhere; a year, a month or a day as ISO 8601 has it."""
    order, bare = choice.value
    if faceted.facet.unit is not None:
        return begun(bare, faceted.facet.unit)
    return rendering.date(bare) if order == Order.DATE else bare

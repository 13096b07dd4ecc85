"""Suggesting: the titles that a reader's text may become, of documents that a mount shows."""

from __future__ import annotations

from dataclasses import dataclass

from content_repo.model import Place
from hal_delivery.services.delivery import Delivery
from search_index import Query


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title, and a document that is called so."""

    title: str
    place: Place


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The likeliest first; ``position`` and ``settled`` are those of a page of a list."""

    items: tuple[Suggestion, ...]
    position: int
    settled: bool


def suggestions(delivery: Delivery, query: Query) -> Suggestions:
    """The titles that the text of *query* may become.

    A document that has gone since its title was read is left out.
    """
    found = delivery.completed(query)
    places = delivery.surroundings([one.id for one in found.items], ()).places
    items = tuple(Suggestion(one.title, places[one.id]) for one in found.items if one.id in places)
    return Suggestions(items, found.position, delivery.is_settled(found.reached))

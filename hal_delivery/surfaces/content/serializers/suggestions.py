"""Suggestions: titles to go on with, each with its document and a search for it."""

from __future__ import annotations

from typing import Final

from hal_delivery.hal.resource import Resource, link, resource
from hal_delivery.services.suggesting import Suggestion, Suggestions
from hal_delivery.surfaces.content import relations as rel
from hal_delivery.surfaces.content.relations import curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import DOCUMENTS, parts, template
from hal_delivery.web.asking import Asked
from hal_delivery.web.vocabulary import FALLBACK, LOCALE, LONGEST_TEXT, SCOPE, SUGGESTING, TEXT

#: What a search for a suggestion has of the question.
_REPEATED: Final = (TEXT, SCOPE, LOCALE, FALLBACK)


def suggestions(found: Suggestions, rendering: Rendering, asked: Asked) -> Resource:
    """All that was *found*, the likeliest first."""
    address = rendering.urls.suggest()
    here = address + asked.query()
    selves = parts(here, curied(rel.SUGGESTIONS))
    meta = {"limit": asked.limit, "size": len(found.items), "position": found.position}
    return resource(
        {"_meta": {**meta, "capped": asked.capped} if asked.capped else meta},
        links=rendering.top(
            {
                "self": link(here),
                "search": link(template(address, *SUGGESTING), templated=True),
                "up": link(rendering.urls.home()),
            }
        ),
        embedded={
            curied(rel.SUGGESTIONS): [
                _suggestion(one, rendering, asked, here=f"{selves}{number}")
                for number, one in enumerate(found.items)
            ]
        },
    )


def _suggestion(one: Suggestion, rendering: Rendering, asked: Asked, *, here: str) -> Resource:
    place, urls = one.place, rendering.urls
    meta = {"id": place.id, "path": rendering.path(place), "type": place.type}
    if place.locale is not None:
        meta["locale"] = place.locale
    search = asked.query(*_REPEATED, text=quoted(one.title))
    return resource(
        {"_meta": meta, "text": one.title},
        links={
            "self": link(here),
            curied(rel.DOCUMENT): link(urls.document(place.id)),
            "search": link(urls.collection(DOCUMENTS) + search),
        },
    )


def quoted(title: str) -> str:
    """A search text for just these words; of a very long title, for those it begins with.

    >>> quoted('The "Medusa" news')
    '"The Medusa news"'
    """
    words = title.replace('"', " ").split()
    while len(words) > 1 and sum(map(len, words)) + len(words) + 1 > LONGEST_TEXT:
        words.pop()
    return f'"{" ".join(words)[: LONGEST_TEXT - 2]}"'

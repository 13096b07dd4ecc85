"""The sitemap: where the site shows each document, for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from flask import Response
from flask.views import MethodView

from content_repo.model import Kind
from hal_delivery.services.delivery import Delivery
from hal_delivery.surfaces.content.serializers import sitemap
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import XML
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import AFTER
from search_index import BY_ID, Query, Window

#: Addresses in one file: the most that the protocol allows.
LARGEST: Final = 50_000

SITEMAP: Final[dict[str, Any]] = {
    "description": "A urlset or a sitemapindex of sitemaps.org's protocol 0.9."
}


class Sitemap(MethodView):
    """The sitemap."""

    @operation(
        "Read the sitemap", reads=(AFTER,), answer=SITEMAP, media_types=(XML,), failures=(503,)
    )
    def get(self, asked: Asked) -> Response:
        """Where the site shows each document, since when, and its translations.

        More addresses than one file may hold are in several; it is then their index.
        """
        place = here()
        facts = _facts(place.delivery.content_position(), asked)
        if answers.asks_whether_changed() and (kept := answers.unchanged(place, facts)):
            return kept
        parts = [] if asked.after else place.delivery.parts(Kind.DOCUMENT, LARGEST)
        if len(parts) > 1:
            own = Urls(place.base).sitemap()
            addresses = [own + asked.query(after=part) for part in parts]
            return answers.stream(place, sitemap.index(addresses), facts)
        stretches = _stretches(place.delivery, asked.after)
        # What cannot be answered at all is refused before anything is sent.
        whole = chain((next(stretches),), stretches)
        return answers.stream(
            place, sitemap.urls(whole, place.delivery.sites(place.outside)), facts
        )


def _stretches(delivery: Delivery, after: str | None) -> Iterator[sitemap.Stretch]:
    everything = Query(kinds=frozenset(), roots=(), window=Window(0, 0), sort=BY_ID)
    query = replace(everything, after=None if after is None else after.lower())
    for stretch in delivery.walk_places(Kind.DOCUMENT, query, LARGEST):
        groups = [one.group for one in stretch.items]
        yield stretch.items, delivery.surroundings((), groups)


def _facts(position: int, asked: Asked) -> Facts:
    return Facts(
        version=position,
        tags=Tags(("documents", "folders")),
        asked=asked.query(),
        media_types=(XML,),
    )

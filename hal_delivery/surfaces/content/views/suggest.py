"""Suggestions: what a reader may be about to write."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from hal_delivery.services.suggesting import suggestions
from hal_delivery.surfaces.content import params, schemas
from hal_delivery.surfaces.content.serializers import suggestions as serializer
from hal_delivery.surfaces.content.views.answering import checked, rendering
from hal_delivery.surfaces.content.views.listings import found_or_told
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import SUGGESTING


class Suggest(MethodView):
    """Titles as a reader writes them."""

    @operation(
        "Suggest titles",
        reads=SUGGESTING,
        answer=schemas.SuggestionListSchema,
        failures=(404, 503),
    )
    def get(self, asked: Asked) -> Response:
        """Titles of documents that the text may become, the likeliest first, each once.

        The words of the text begin words of the title; from four letters on a word may be
        wrong in one place, from eight on in two.  Without a text there is nothing to suggest.
        """
        place = here()
        asked = checked(asked)
        query = params.query(asked, place.delivery, {})
        if answers.asks_whether_changed() and (
            kept := answers.unchanged(place, _facts(asked, place.delivery.position()))
        ):
            return kept
        found = found_or_told(asked, lambda: suggestions(place.delivery, query))
        shape = serializer.suggestions(found, rendering(asked), asked)
        facts = _facts(asked, found.position, settled=found.settled, links=shape["_links"])
        return answers.resource(place, shape, facts)


def _facts(asked: Asked, position: int, **known: Any) -> Facts:
    return Facts(
        version=position,
        tags=Tags(("documents",)),
        asked=asked.query(),
        lenient=asked.lenient,
        ignored=asked.ignored,
        **known,
    )

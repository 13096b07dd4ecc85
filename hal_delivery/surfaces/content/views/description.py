"""The machine-readable description of a mount (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask.views import MethodView

from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import JSON
from hal_delivery.web.openapi import describe
from hal_delivery.web.operations import operation

DESCRIPTION: dict[str, Any] = {"type": "object"}


class Description(MethodView):
    """The description."""

    @operation("Describe this mount", answer=DESCRIPTION, media_types=(JSON,), failures=())
    def get(self, asked: Asked) -> Response:
        """Every route of this mount, as OpenAPI 3.1."""
        return _description()


class Swagger(MethodView):
    """The description, where older clients look for it."""

    @operation(
        "Describe this mount, at its old address",
        answer=DESCRIPTION,
        media_types=(JSON,),
        failures=(),
    )
    def get(self, asked: Asked) -> Response:
        """The same as ``openapi.json``."""
        return _description()


def _description() -> Response:
    place = here()
    facts = Facts(version=0, tags=Tags(("openapi",)), media_types=(JSON,))
    return answers.resource(place, describe(current_app, place), facts)

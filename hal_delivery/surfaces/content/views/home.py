"""The entry point, and the pages that explain what is found from it."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from content_repo.doctypes import REFERRING
from content_repo.errors import NodeNotFound
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.relations import RELATIONS
from hal_delivery.surfaces.content.serializers import home
from hal_delivery.surfaces.content.views.answering import gathered_facts, rendering
from hal_delivery.web import answers, pages
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import rows
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import HTML
from hal_delivery.web.operations import operation

PAGE = {"type": "string"}


class Home(MethodView):
    """The entry point."""

    @operation("Start here", answer=schemas.HomeSchema, failures=())
    def get(self, asked: Asked) -> Response:
        """Links to every list, and templates for single resources."""
        place = here()
        root = place.delivery.root()
        shape = home.home(place.mount, root, rendering(asked))
        return answers.resource(place, shape, gathered_facts(root, (), shape["_links"], asked))


class Relation(MethodView):
    """What a link relation means."""

    @operation("Explain a link relation", answer=PAGE, media_types=(HTML,))
    def get(self, asked: Asked, name: str) -> Response:
        """A relation of this service, or a field that refers to other documents."""
        place = here()
        meaning = RELATIONS.get(name) or _field_meaning(name)
        if meaning is None:
            raise NodeNotFound(kind="link relation", address=name)
        return answers.page(place, pages.relation(name, meaning, place))


class Problem(MethodView):
    """What a problem means."""

    @operation("Explain a problem", answer=PAGE, media_types=(HTML,), needs_token=False)
    def get(self, asked: Asked, code: str) -> Response:
        """The meaning of a problem's code, and what to do about it."""
        place = here()
        row = rows().get(code)
        if row is None:
            raise NodeNotFound(kind="problem", address=code)
        return answers.page(place, pages.problem(row, place))


class Docs(MethodView):
    """The manual of this mount."""

    @operation("Read the manual", answer=PAGE, media_types=(HTML,), failures=())
    def get(self, asked: Asked) -> Response:
        """Parameters, link relations and problems on one page."""
        place = here()
        return answers.page(place, pages.manual(place, RELATIONS))


def _field_meaning(name: str) -> str | None:
    types = here().delivery.types
    owners = sorted(
        one.name
        for one in types.by_name.values()
        if (declared := types.fields(one.name).get(name)) and declared.kind in REFERRING
    )
    if not owners:
        return None
    return f"What the field {name} points at, in documents of the types {', '.join(owners)}."

"""Document types, described."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from content_repo.errors import NodeNotFound
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.serializers import types
from hal_delivery.surfaces.content.serializers.rendering import whole
from hal_delivery.surfaces.content.views.answering import rendering
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation


class Types(MethodView):
    """All document types."""

    @operation("List document types", answer=schemas.TypeListSchema, failures=())
    def get(self, asked: Asked) -> Response:
        """All types with their fields, compound ones too."""
        place = here()
        known = place.delivery.types.by_name
        shape = types.document_types(
            [known[name] for name in sorted(known)], rendering(asked), asked
        )
        return answers.resource(place, shape, _facts(shape, asked))


class Type(MethodView):
    """One document type."""

    @operation("Read a document type", answer=schemas.TypeSchema)
    def get(self, asked: Asked, name: str) -> Response:
        """A type by its full name."""
        place = here()
        one = place.delivery.types.by_name.get(name)
        if one is None:
            raise NodeNotFound(kind="document type", address=name)
        shared = rendering(asked)
        shape = whole(types.document_type(one, shared), shared)
        return answers.resource(place, shape, _facts(shape, asked))


def _facts(shape: dict[str, object], asked: Asked) -> Facts:
    links = shape["_links"]
    assert isinstance(links, dict)
    return Facts(
        version=0,
        tags=Tags(("types",)),
        lenient=asked.lenient,
        ignored=asked.ignored,
        links=links,
    )

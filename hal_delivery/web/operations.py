"""Operations: what a view reads, what it answers, and its line in the description.

One declaration serves all three, so that the OpenAPI description cannot say
anything else than what happens.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import marshmallow as ma
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import request
from flask_smorest import Blueprint

from hal_delivery.web import asking
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import PROBLEM, RESOURCE
from hal_delivery.web.vocabulary import Parameter

View = TypeVar("View", bound=Callable[..., Any])

_converter: Final = OpenAPIConverter("3.1.0", lambda schema: None, None)  # type: ignore[arg-type]

#: Statuses of failures, as the description explains them.
FAILURES: Final = {
    400: "The request is wrong; the answer says where, and what would be right.",
    401: "The mount is read with a token.",
    404: "Nothing is there that may be seen.",
    406: "None of the accepted media types is offered.",
    414: "The query is too long.",
    416: "The range lies beyond the end.",
    503: "The service cannot answer just now; Retry-After says when to ask again.",
}


class ProblemSchema(ma.Schema):
    """Problem details (RFC 9457)."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.Url(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    requestId = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Dict())


def operation(
    summary: str,
    *,
    answer: type[ma.Schema] | dict[str, Any],
    reads: Sequence[Parameter] = (),
    media_types: Sequence[str] = RESOURCE,
    failures: Sequence[int] = (404,),
    revalidates: bool = True,
) -> Callable[[View], View]:
    """A view that takes what was asked of *reads* as its first argument."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def asked_view(self: Any, **address: str) -> Any:
            place = here()
            asked = asking.parse(
                request.query_string.decode("ascii", "replace"),
                reads,
                place.mount,
                ignored=place.ignored_parameters,
                lenient="handling=lenient" in request.headers.get("Prefer", "").replace(" ", ""),
            )
            return view(self, asked, **address)

        documented = Blueprint.doc(
            summary=summary,
            parameters=[_described(one) for one in reads],
            responses=_responses(answer, media_types, failures, revalidates=revalidates),
        )
        found: View = documented(asked_view)
        return found

    return decorate


def _described(one: Parameter) -> dict[str, Any]:
    """The parameter as OpenAPI describes it."""
    described: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "description": one.description,
        "schema": _converter.field2property(one.field),
        "example": one.example.split(",") if one.is_list else one.example,
    }
    if one.is_list:
        described.update(style="form", explode=False)
    return described


def _responses(
    answer: type[ma.Schema] | dict[str, Any],
    media_types: Sequence[str],
    failures: Sequence[int],
    *,
    revalidates: bool,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {
            "description": "As asked.",
            "content": {media_type: {"schema": answer} for media_type in media_types},
        }
    }
    if revalidates:
        responses["304"] = {"description": "The client has it already."}
    for status in sorted({400, 401, 406, 414, *failures}):
        responses[str(status)] = {
            "description": FAILURES[status],
            "content": {PROBLEM: {"schema": ProblemSchema}},
        }
    return responses

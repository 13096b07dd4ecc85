"""Operations: what a view reads, what it answers, and its line in the description.

One declaration serves all three, so that the OpenAPI description cannot say
anything else than what happens.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

import marshmallow as ma
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask_smorest import Blueprint

from hal_delivery.web import asking
from hal_delivery.web.here import current_request, here
from hal_delivery.web.negotiation import PROBLEM, RESOURCE, best
from hal_delivery.web.vocabulary import FILTERS, Parameter

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


class LinkSchema(ma.Schema):
    """A link (draft-kelly-json-hal-11, section 5)."""

    class Meta:
        unknown = ma.INCLUDE

    href = ma.fields.String(required=True)
    templated = ma.fields.Boolean()
    type = ma.fields.String()
    name = ma.fields.String()
    title = ma.fields.String()
    hreflang = ma.fields.String()


class ProblemLinksSchema(ma.Schema):
    """Where to go on from a problem."""

    class Meta:
        unknown = ma.INCLUDE

    home = ma.fields.Nested(LinkSchema, required=True)


class MistakeSchema(ma.Schema):
    """One thing that is wrong with a request, and how to put it right."""

    class Meta:
        unknown = ma.INCLUDE

    parameter = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    value = ma.fields.String()
    nearest = ma.fields.List(ma.fields.String())
    example = ma.fields.String()


class ProblemSchema(ma.Schema):
    """Problem details (RFC 9457)."""

    class Meta:
        unknown = ma.INCLUDE

    # Relative where the host that was asked is none of ours.
    type = ma.fields.String(required=True, metadata={"format": "uri-reference"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    requestId = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(MistakeSchema))
    links = ma.fields.Nested(ProblemLinksSchema, data_key="_links", required=True)


_SAME: Final[Mapping[str, dict[str, Any]]] = MappingProxyType({})


def operation(
    summary: str,
    *,
    answer: type[ma.Schema] | dict[str, Any],
    reads: Sequence[Parameter] = (),
    media_types: Sequence[str] = RESOURCE,
    failures: Sequence[int] = (404,),
    otherwise: Mapping[str, dict[str, Any]] = _SAME,
    in_ranges: bool = False,
    needs_token: bool = True,
) -> Callable[[View], View]:
    """A view that takes what was asked of *reads* as its first argument.

    *otherwise* are the shapes of media types that have one of their own.  Only
    a resource can name what was passed over, so only there can leniency be had.  A
    view that needs no token needs none on mounts that are read with one either.
    """

    taken = tuple(reads)
    content = {one: {"schema": otherwise.get(one, answer)} for one in media_types}

    def tells(accept: str) -> bool:
        """Whether the form that is taken has a place for what was passed over."""
        taken = best(accept, media_types)
        return isinstance(otherwise.get(taken, answer), type)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def asked_view(self: Any, **address: str) -> Any:
            place = here()
            environ = current_request().environ
            prefer = environ.get("HTTP_PREFER", "")
            asked = place.reading.parse(
                environ.get("QUERY_STRING", ""),
                taken,
                lenient=asking.is_lenient(prefer) and tells(environ.get("HTTP_ACCEPT", "")),
            )
            return view(self, asked, **address)

        name, method = view.__qualname__.split(".")
        documented = Blueprint.doc(
            operationId=f"{method}{name}",
            summary=summary,
            description=inspect.cleandoc(view.__doc__ or ""),
            parameters=[_described(one) for one in reads],
            responses=_responses(content, failures, in_ranges=in_ranges),
            **({} if needs_token else {"security": []}),
        )
        found: View = documented(asked_view)
        vars(found)["needs_token"] = needs_token
        return found

    return decorate


def needs_token(endpoint: Callable[..., Any] | None) -> bool:
    """Whether what answers at *endpoint*, a view of Flask's, needs a token where its mount does."""
    operation = getattr(getattr(endpoint, "view_class", None), "get", None)
    return bool(getattr(operation, "needs_token", True))


def _described(one: Parameter) -> dict[str, Any]:
    """The parameter as OpenAPI describes it."""
    if one is FILTERS:
        return _described_filters()
    described: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "description": one.description,
        # As if it were not there.
        "allowEmptyValue": True,
        "schema": _converter.field2property(one.field),
        "example": one.read((one.example,)),
    }
    if one.is_list or one.is_repeated:
        described.update(style="form", explode=one.is_repeated)
    return described


def _described_filters() -> dict[str, Any]:
    """All filters at once, as one object each property of which is a parameter."""
    name, _, value = FILTERS.example.partition("=")
    return {
        "name": FILTERS.name,
        "in": "query",
        "description": FILTERS.description,
        "style": "form",
        "explode": True,
        "schema": _converter.field2property(FILTERS.field),
        "example": {name: value},
    }


def _responses(
    content: Mapping[str, Any],
    failures: Sequence[int],
    *,
    in_ranges: bool,
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        "200": {"description": "As asked.", "content": content},
        "304": {"description": "The client has it already."},
    }
    if in_ranges:
        responses["206"] = {"description": "The range that was asked for.", "content": content}
    negotiated = (406,) if len(content) > 1 else ()
    for status in sorted({400, 401, 414, *negotiated, *failures}):
        responses[str(status)] = {
            "description": FAILURES[status],
            "content": {PROBLEM: {"schema": ProblemSchema}},
        }
    return responses

"""Failures: the one table in which content errors and HTTP meet.

Every failure that reaches a client has a row here, with a status, a stable
code, a title and a page that explains it.  What has no row is a defect of ours
and answered as ``internal_error``, without its message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Final

from content_repo import errors as content
from hal_delivery.auth.tokens import InvalidToken
from search_index import errors as index


class HttpFailure(Exception):
    """Base of what goes wrong with a request before anyone looks at content."""

    code: ClassVar[str]
    template: ClassVar[str]

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.template.format(**facts))
        self.facts = facts


class QueryTooLong(HttpFailure):
    code = "query_too_long"
    template = (
        "A query may have {most} {unit} at most; this one has {given}, and {parameter!r} is its "
        "longest parameter."
    )


class BadHost(HttpFailure):
    code = "unknown_host"
    template = (
        "This service does not answer for the host {host!r}. "
        "The setting HAL_DELIVERY_HOSTS lists those it answers for."
    )


class EncodedSlash(HttpFailure):
    code = "encoded_slash"
    template = "An encoded slash (%2F) has no meaning in a path: no name holds one."


class BadPath(HttpFailure):
    code = "invalid_address"
    template = "The path is not valid UTF-8, or holds NUL."


class NotAcceptable(HttpFailure):
    code = "not_acceptable"
    template = "This resource comes as {offered}; the Accept header takes none of these."


class MissingToken(HttpFailure):
    code = "token_required"
    template = "This mount is read with a token: Authorization: Bearer <token>."


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a parameter, and how to put it right."""

    parameter: str
    reason: str
    value: str | None = None
    nearest: Sequence[str] = ()
    example: str | None = None

    def sentence(self) -> str:
        """The mistake as it is told."""
        said = f"{self.parameter} {self.reason}"
        if self.value is not None:
            said = f"{self.parameter}={self.value}: {self.reason}"
        if self.nearest:
            said += f"; valid here: {', '.join(self.nearest)}"
        return said

    def shape(self) -> dict[str, Any]:
        """The mistake as clients read it."""
        return {
            "parameter": self.parameter,
            "reason": self.reason,
            **({} if self.value is None else {"value": self.value}),
            **({"nearest": list(self.nearest)} if self.nearest else {}),
            **({} if self.example is None else {"example": self.example}),
        }


class BadParameters(Exception):
    """Everything that is wrong with a request's parameters."""

    code: ClassVar[str] = "invalid_parameter"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("; ".join(one.sentence() for one in mistakes) + ".")
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Failure:
    """What a surface renders."""

    status: HTTPStatus
    code: str
    title: str
    detail: str
    mistakes: Sequence[Mistake] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """How one class of error is told, and the page that explains it."""

    status: HTTPStatus
    code: str
    title: str
    advice: str


def _row(error: type[Any], status: int, title: str, advice: str) -> tuple[type[Any], Row]:
    return error, Row(HTTPStatus(status), error.code, title, advice)


STATUS: Final[Mapping[type[Exception], Row]] = dict(
    [
        _row(
            BadParameters,
            400,
            "A parameter is wrong",
            "The member errors lists each parameter with the reason, the nearest valid choices "
            "and an example. Send 'Prefer: handling=lenient' to have unknown names passed over.",
        ),
        _row(
            QueryTooLong,
            414,
            "The query is too long",
            "Ask in several requests.",
        ),
        _row(
            BadHost,
            400,
            "The host is unknown",
            "Links are made from the host that was asked, so only known hosts are answered. "
            "Whoever runs the service lists them in HAL_DELIVERY_HOSTS, or sets "
            "HAL_DELIVERY_PUBLIC_URL.",
        ),
        _row(
            EncodedSlash,
            400,
            "The path holds an encoded slash",
            "Separate the names of a path by plain slashes.",
        ),
        _row(BadPath, 400, "The path is not valid", "Encode paths as UTF-8, without NUL."),
        _row(
            NotAcceptable,
            406,
            "No acceptable form",
            "Ask for one of the media types that detail names, or leave the Accept header out.",
        ),
        _row(
            MissingToken,
            401,
            "A token is needed",
            "Whoever runs the service makes one with: hal-delivery token --mount NAME.",
        ),
        _row(content.NodeNotFound, 404, "Not found",
             "Nothing is there, or nothing that may be seen at this mount. Start from the entry "
             "point, the link 'home' of the answer, and follow links."),
        _row(content.InvalidName, 422, "Not a name", "Choose another name."),
        _row(content.InvalidPath, 400, "Not a path", "A path lists names, joined by slashes."),
        _row(content.NameTaken, 409, "The name is taken", "detail offers a free one."),
        _row(content.KeyTaken, 409, "The key is taken", "Choose another key."),
        _row(content.NotAFolder, 409, "Not a folder", "Only folders hold other nodes."),
        _row(content.InvalidMove, 409, "The move is not possible", "Choose another folder."),
        _row(content.StaleRevision, 412, "Changed in the meantime",
             "Read it again, and repeat the change on what you find."),
        _row(content.WrongState, 409, "Not possible in this state", "Look at the node's state."),
        _row(content.InvalidFields, 422, "Fields break the document's type",
             "errors points at each field."),
        _row(content.UnknownType, 422, "Unknown document type", "See the list of types."),
        _row(content.InvalidType, 422, "The type cannot hold", "Mend its definition."),
        _row(content.BlobMissing, 503, "The bytes are not at hand",
             "The media folder lacks a file that the repository names; restore it."),
        _row(content.DatabaseUnavailable, 503, "The database does not answer",
             "Ask again shortly."),
        _row(content.StorageFull, 507, "There is no room left",
             "What was written before is safe; make room and send it again."),
        _row(content.InvalidId, 422, "Not an id", "Ids are UUIDs."),
        _row(content.IdTaken, 409, "The id is taken", "Choose another id, or none."),
        _row(content.InvalidSeed, 422, "A file cannot be loaded", "detail names it."),
        _row(index.InvalidQuery, 400, "The search cannot be answered", "Ask for less."),
        _row(index.IndexUnavailable, 503, "The search index is being rebuilt",
             "Look-ups by path and id go on; ask again shortly."),
        (InvalidToken, Row(HTTPStatus.UNAUTHORIZED, "invalid_token", "The token is not accepted",
                           "Make a new one with: hal-delivery token --mount NAME.")),
    ]
)  # fmt: skip

#: What routing and the server itself refuse, by status.
PLAIN: Final[Mapping[int, Row]] = {
    row.status: row
    for row in (
        Row(HTTPStatus.BAD_REQUEST, "bad_request", "The request cannot be read",
            "Mend the request."),
        Row(HTTPStatus.NOT_FOUND, "no_such_address", "No such address",
            "Start from the entry point and follow links."),
        Row(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not possible here",
            "The Allow header lists the possible ones."),
        Row(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", "The body is too large",
            "Send less."),
        Row(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large",
            "The headers are too large", "Send fewer header fields, or shorter ones."),
        Row(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "range_not_satisfiable",
            "No such range", "The Content-Range header says how many bytes there are."),
        Row(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "A defect of this service",
            "It is in the log under the request id; please report it."),
    )
}  # fmt: skip


def rows() -> Mapping[str, Row]:
    """Every failure by its code."""
    return {row.code: row for row in (*STATUS.values(), *PLAIN.values())}


def failure(error: Exception) -> Failure | None:
    """*error* as a failure, or ``None`` where it is a defect of ours."""
    for one in type(error).__mro__:
        if one in STATUS:
            row = STATUS[one]
            mistakes = error.mistakes if isinstance(error, BadParameters) else ()
            return Failure(row.status, row.code, row.title, str(error), mistakes, _headers(row))
    return None


def plain_failure(status: int, detail: str | None = None) -> Failure:
    """What routing or the server refused."""
    row = PLAIN.get(status, PLAIN[HTTPStatus.BAD_REQUEST])
    return Failure(HTTPStatus(status), row.code, row.title, detail or row.advice)


def _headers(row: Row) -> Mapping[str, str]:
    if row.status is HTTPStatus.UNAUTHORIZED:
        # The reason only where a token was sent (RFC 6750 §3.1).
        reason = ', error="invalid_token"' if row.code == "invalid_token" else ""
        return {"WWW-Authenticate": f'Bearer realm="hal-delivery"{reason}'}
    if row.status is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": "2"}
    return {}

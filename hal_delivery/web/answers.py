"""Answers: where a shape becomes a response.

Every resource and page of a mount goes through here, and gets the same headers
from the same facts: media type, validators, lifetime, tags, links.  The bytes
of assets, which are files, get theirs from the framework and the rest here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from flask import Response, request, stream_with_context
from werkzeug.datastructures import Headers

from content_repo import locales
from hal_delivery.web.caching import (
    Tags,
    entity_tag,
    is_current,
    last_modified,
    lifetime,
)
from hal_delivery.web.failures import Failure, Mistake
from hal_delivery.web.headers import append
from hal_delivery.web.here import Here, current_request
from hal_delivery.web.negotiation import HTML, NDJSON, PROBLEM, RESOURCE, XML, best

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Part of every tag of a list: raised when the same content is rendered otherwise.
RENDERING: Final = b"2"

#: The charset parameter says nothing new where the type is JSON, but has always been sent.
_CHARSETS: Final[Mapping[str, str]] = {
    NDJSON: "; charset=utf-8",
    XML: "; charset=utf-8",
}
_CHARSET: Final = ";charset=UTF-8"

#: Relations that the Link header repeats, for readers that do not speak HAL.
LINK_HEADER: Final = (
    "canonical", "collection", "first", "prev", "next", "last", "up", "profile",
    "service-desc", "service-doc",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the headers of an answer are made from, and what was passed over on the way to it.

    ``version`` is a node's revision or a list's position; ``modified`` is in
    epoch milliseconds.  ``asked`` is what a list's tag is made from: the
    request, put the same way however it was written.  Not ``alone``, the answer
    also tells of other nodes, one of which may leave without a trace in its
    date: If-Modified-Since is then no question that can be answered.  Not
    ``settled``, it is known to lag behind what was written.  It ``is_open`` where a
    wish in the header Prefer, sent or not, can have another answer made.
    """

    version: int
    tags: Tags
    asked: str | None = None
    modified: int | None = None
    alone: bool = True
    locale: str | None = None
    lenient: bool = False
    is_open: bool = False
    ignored: Sequence[Mistake] = ()
    settled: bool = True
    media_types: tuple[str, ...] = RESOURCE
    links: Mapping[str, Any] = field(default_factory=dict)


def resource(here: Here, shape: Mapping[str, Any] | orjson.Fragment, facts: Facts) -> Response:
    """*shape* as JSON under the media type that the client prefers; maybe a 304."""
    environ = current_request().environ
    media_type = best(environ.get("HTTP_ACCEPT", ""), facts.media_types)
    body = orjson.dumps(_telling(shape, facts.ignored))
    etag = _tag(here, facts, media_type, body)
    dated = facts.modified if facts.alone else None
    kept = None if is_current(environ, etag, dated) else body
    return _response(here, kept, media_type, etag, facts)


def _telling(
    shape: Mapping[str, Any] | orjson.Fragment, ignored: Sequence[Mistake]
) -> Mapping[str, Any] | orjson.Fragment:
    """*shape* with what was ignored in its ``_meta``."""
    if not ignored:
        return shape
    assert isinstance(shape, Mapping)
    told = [one.shape() for one in ignored]
    return {**shape, "_meta": {**shape.get("_meta", {}), "ignored": told}}


def asks_whether_changed() -> bool:
    """Whether the client has an answer, and says which."""
    # "*" holds for whatever can be answered, and that is not known yet.
    said = current_request().environ.get("HTTP_IF_NONE_MATCH", "*")
    return bool(said.strip() != "*")


def unchanged(here: Here, facts: Facts) -> Response | None:
    """A 304 for a list that the client has, before anyone makes the list."""
    environ = current_request().environ
    media_type = best(environ.get("HTTP_ACCEPT", ""), facts.media_types)
    etag = _tag(here, facts, media_type, b"")
    if not is_current(environ, etag, None):
        return None
    # Which nodes are in it is not known here; a cache keeps the tags that it has.
    return _response(here, None, media_type, etag, facts, tagged=False)


def _tag(here: Here, facts: Facts, media_type: str, body: bytes) -> str:
    """A list's tag is known before the list is; any other is a digest of its bytes."""
    if facts.asked is None:
        return entity_tag(facts.version, body + media_type.encode())
    path = current_request().path
    asked = f"{here.base}\n{path}\n{facts.asked}\n{media_type}\n{here.setup}"
    if facts.ignored:
        asked += "".join([f"\n{one.sentence()}" for one in facts.ignored])
    return entity_tag(facts.version, RENDERING + asked.encode("utf-8", "replace"))


def page(here: Here, html: str) -> Response:
    """A page for people."""
    facts = Facts(version=0, tags=Tags(("pages",)), media_types=(HTML,))
    body = html.encode()
    etag = entity_tag(0, body)
    kept = None if is_current(request.environ, etag, None) else body
    return _response(here, kept, HTML, etag, facts)


def stream(here: Here, body: Iterator[bytes], facts: Facts) -> Response:
    """*body* as it is made, a piece at a time, in the one form that *facts* offer.

    With ``asked`` in *facts* it has a list's tag; otherwise none, for nobody knows
    yet what will be in it.
    """
    (media_type,) = facts.media_types
    etag = None if facts.asked is None else _tag(here, facts, media_type, b"")
    if etag is not None and is_current(request.environ, etag, None):
        return _response(here, None, media_type, etag, facts)
    if current_request().method == "HEAD":
        return _response(here, iter(()), media_type, etag, facts)
    return _response(here, stream_with_context(body), media_type, etag, facts)


def file(here: Here, content: bytes, facts: Facts) -> Response:
    """The bytes of a file that somebody wrote, to be read and never run."""
    try:
        content.decode()
        media_type = "text/plain"
    except UnicodeDecodeError:
        media_type = "application/octet-stream"
    etag = entity_tag(facts.version, content)
    kept = None if is_current(request.environ, etag, None) else content
    return _response(here, kept, media_type, etag, facts)


def immutable(response: Response, here: Here, tags: Tags) -> Response:
    """Bytes whose address names their digest: whoever has them has them for good."""
    headers = response.headers
    scope = "public" if here.mount.readers == "public" else "private"
    headers["Cache-Control"] = f"{scope}, max-age=31536000, immutable"
    # A picture may hold a script (SVG); here it runs nowhere and reads nothing.
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    append(headers, tags.headers())
    return response


def problem(failure: Failure, *, base: str, request_id: str) -> Response:
    """A failure as problem details (RFC 9457)."""
    shape = problem_shape(failure, base=base, request_id=request_id)
    response = Response(orjson.dumps(shape), status=failure.status, content_type=PROBLEM)
    response.headers.update(failure.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def problem_shape(failure: Failure, *, base: str, request_id: str) -> dict[str, Any]:
    """What problem details say of *failure*."""
    shape: dict[str, Any] = {
        "type": f"{base}/problems/{failure.code}",
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
        "instance": request.path,
        "code": failure.code,
        "requestId": request_id,
    }
    if failure.mistakes:
        shape["errors"] = [one.shape() for one in failure.mistakes]
    shape["_links"] = {"home": {"href": f"{base}/"}}
    return shape


class Answer(Response):
    """A response whose headers were complete when it was made."""

    # None is said of what has no body.
    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """What is whole goes out as it is; the framework would look through it once more."""
        if self.is_streamed:
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        without = self.status_code == 304 or environ["REQUEST_METHOD"] == "HEAD"
        return () if without else cast(Iterable[bytes], self.response)


def _response(
    here: Here,
    body: bytes | Iterator[bytes] | None,
    media_type: str,
    etag: str | None,
    facts: Facts,
    *,
    tagged: bool = True,
) -> Response:
    """The response with all its headers; 304 where there is no body."""
    pairs = [
        ("Vary", "Accept, Prefer" if facts.lenient or facts.is_open else "Accept"),
        ("Cache-Control", lifetime(here.mount, settled=facts.settled)),
    ]
    if etag is not None:
        pairs.append(("ETag", etag))
    if facts.lenient:
        pairs.append(("Preference-Applied", "handling=lenient"))
    if tagged:
        pairs += facts.tags.headers()
    if link := _link_header(facts.links):
        pairs.append(("Link", link))
    headers = Headers()
    append(headers, pairs)
    if body is None:
        return Answer(status=304, headers=headers)
    _describe(headers, media_type, facts)
    if not isinstance(body, bytes):
        return Answer(body, headers=headers)
    append(headers, [("Content-Length", str(len(body)))])
    return Answer([body], headers=headers)


def _describe(headers: Headers, media_type: str, facts: Facts) -> None:
    """What a body is: type, date, language."""
    told = [("Content-Type", media_type + _CHARSETS.get(media_type, _CHARSET))]
    if facts.modified is not None:
        told.append(("Last-Modified", last_modified(facts.modified)))
    append(headers, told)
    if facts.locale is not None:
        # As its author wrote it, where it is no language tag.
        headers.add("Content-Language", locales.tag(facts.locale))


def _link_header(links: Mapping[str, Any]) -> str:
    """Some of *links* as RFC 8288 writes them."""
    return ", ".join(
        f'<{links[relation]["href"]}>; rel="{relation}"'
        for relation in LINK_HEADER
        if relation in links
    )

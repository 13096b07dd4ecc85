"""CORS (https://fetch.spec.whatwg.org/#http-cors-protocol): which pages may read us.

Credentials are bearer tokens that a script sends itself, never cookies, so
``Access-Control-Allow-Credentials`` is never needed.
"""

from __future__ import annotations

from typing import Final

from flask import Request, Response

from hal_delivery.mounts import Mount

METHODS: Final = "GET, HEAD, OPTIONS"
ASKED_HEADERS: Final = (
    "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Range, "
    "Prefer, Range, X-Request-Id"
)
EXPOSED_HEADERS: Final = (
    "Allow, Content-Language, Content-Range, ETag, Link, Preference-Applied, Retry-After, "
    "X-Request-Id"
)


def is_preflight(request: Request) -> bool:
    """Whether a browser asks, on behalf of a script, what it may send."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight(mount: Mount, request: Request) -> Response:
    """What a script of the asking origin may send."""
    response = Response(status=204)
    if _allowed(mount, request) is not None:
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = ASKED_HEADERS
        response.headers["Access-Control-Max-Age"] = "86400"
    return response


def headers(mount: Mount, request: Request) -> list[tuple[str, str]]:
    """What lets pages of the mount's origins read the answer."""
    found = [] if mount.cors_origins == ("*",) else [("Vary", "Origin")]
    allowed = _allowed(mount, request)
    if allowed is not None:
        found.append(("Access-Control-Allow-Origin", allowed))
        found.append(("Access-Control-Expose-Headers", EXPOSED_HEADERS))
    return found


def _allowed(mount: Mount, request: Request) -> str | None:
    # Said without an Origin as well, or a cache would keep the answer without it.
    if "*" in mount.cors_origins:
        return "*"
    origin = request.headers.get("Origin")
    return origin if origin in mount.cors_origins else None

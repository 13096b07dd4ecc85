"""What happens before and after every request, whatever it asks for.

Before: a request id, the outside address, the mount and who asks.  After: the
headers that every answer has, CORS, one line in the log.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import structlog
from flask import Flask, Request, Response, current_app, g, request
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestedRangeNotSatisfiable,
)

from hal_delivery import logs
from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.mounts import Mount
from hal_delivery.services.delivery import Delivery
from hal_delivery.web import answers, cors
from hal_delivery.web.asking import Reading
from hal_delivery.web.failures import (
    BadPath,
    EncodedSlash,
    Failure,
    MissingToken,
    failure,
    plain_failure,
)
from hal_delivery.web.headers import append
from hal_delivery.web.here import Here, current_request
from hal_delivery.web.operations import needs_token
from hal_delivery.web.outside import Outside

_log = structlog.get_logger(__name__)

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")

#: Paths that are answered for any host: whoever watches the service asks by address.
ANY_HOST: Final = frozenset({"/healthz", "/readyz", "/metrics"})

_SECURITY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)

_POLICY: Final = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
)


class Requests:
    """The hooks of one application; see the module."""

    def __init__(
        self, outside: Outside, deliveries: Mapping[Mount, Delivery], signer: TokenSigner
    ) -> None:
        self._outside = outside
        self._signer = signer
        # Longest base first, so that the mount found is the nearest.
        self._deliveries = sorted(
            deliveries.items(), key=lambda pair: len(pair[0].base), reverse=True
        )
        self._setups = {mount.name: repr(mount) for mount in deliveries}
        ignored = outside.settings.ignored_parameters
        self._readings = {one.name: Reading(one, ignored=ignored) for one in deliveries}

    def install(self, app: Flask) -> None:
        app.before_request(self.begin)
        app.after_request(self.end)
        app.register_error_handler(Exception, self.refuse)
        # The nearest class wins, and flask-smorest registered one for these.
        app.register_error_handler(HTTPException, self.refuse)

    # -- before -------------------------------------------------------------

    def begin(self) -> Response | None:
        """Place the request; whoever may not pass is refused here."""
        asked = current_request()
        environ = asked.environ
        sent = environ.get("HTTP_X_REQUEST_ID", "")
        kept = g._get_current_object()
        kept.started = time.perf_counter()
        kept.request_id = logs.begin_request(sent if _REQUEST_ID.fullmatch(sent) else None)
        if asked.path in ANY_HOST:
            return None
        kept.outside = self._outside.url(environ)
        found = self._mount(asked.path)
        if found is not None:
            kept.mount = found[0]
        _check_path(asked)
        if found is not None:
            mount, delivery = found
            if cors.is_preflight(asked):
                return cors.preflight(mount, asked)
            base = f"{kept.outside}{mount.base}"
            self._admit(mount)
            name = mount.name
            kept.here = Here(mount, delivery, self._setups[name], base, self._readings[name])
        return None

    def _mount(self, path: str) -> tuple[Mount, Delivery] | None:
        for mount, delivery in self._deliveries:
            if path.startswith(mount.base) and path[len(mount.base) :][:1] in ("", "/"):
                return mount, delivery
        return None

    def _admit(self, mount: Mount) -> None:
        """Refuse whoever may not read *mount*.

        A public mount asks nobody; a token sent there says nothing.
        """
        if mount.readers == "public" or request.method == "OPTIONS":
            return
        # A 401 links to a page that nobody needs a token for.
        if not needs_token(current_app.view_functions.get(request.endpoint or "")):
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise MissingToken
        self._signer.read(token.strip(), mount.name)

    # -- after --------------------------------------------------------------

    def end(self, response: Response) -> Response:
        """What every answer carries, and its line in the log."""
        headers, asked, kept = response.headers, current_request(), g._get_current_object()
        has_policy = not isinstance(response, answers.Answer) and _POLICY[0] in headers
        policy = () if has_policy else (_POLICY,)
        append(headers, (*_SECURITY, *policy, ("X-Request-Id", kept.request_id)))
        if asked.method == "OPTIONS" and response.status_code < 400:
            # The framework lists methods in no order, and types a body that is not there.
            if "Allow" in headers:
                headers["Allow"] = ", ".join(sorted(response.allow))
            headers.pop("Content-Type", None)
        mount: Mount | None = kept.get("mount")
        if mount is not None:
            append(headers, cors.headers(mount, asked))
            for name, value in mount.headers.items():
                headers[name] = value
        took = time.perf_counter() - kept.started
        logs.answered(asked.method, asked.path, response.status_code, took, kept.request_id)
        return response

    def refuse(self, error: Exception) -> Response:
        """Any error as a problem; what is no failure of the client's is logged."""
        known = failure(error)
        if known is None and isinstance(error, HTTPException):
            known = _refused_by_routing(error)
        if known is None:
            _log.error("defect", exc_info=error)
            known = plain_failure(500)
        return answers.problem(known, base=self._problem_base(), request_id=g.request_id)

    def _problem_base(self) -> str:
        """The mount whose pages explain the problem; the first where there is none."""
        mount = g.get("mount") or self._deliveries[-1][0]
        return f"{g.get('outside', '')}{mount.base}"


def _check_path(asked: Request) -> None:
    """Refuse what decoding the path would hide."""
    environ, path = asked.environ, asked.path
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    if "%2f" in raw.partition("?")[0].lower():
        raise EncodedSlash
    if "//" in environ.get("PATH_INFO", ""):
        # No name is empty; at either end, the framework would take such slashes away.
        raise NotFound
    if "\0" in path or "\ufffd" in path:
        raise BadPath


def _refused_by_routing(error: HTTPException) -> Failure:
    status = error.code or 500
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        found = plain_failure(
            status, f"{request.method} is not possible here; these are: {allowed}."
        )
        return Failure(
            found.status, found.code, found.title, found.detail, headers={"Allow": allowed}
        )
    if isinstance(error, RequestedRangeNotSatisfiable):
        found = plain_failure(status, f"There are {error.length} bytes.")
        return replace(found, headers={"Content-Range": f"bytes */{error.length}"})
    if status == 404:
        return plain_failure(status, f"Nothing answers at {request.path[:200]}.")
    return plain_failure(status)

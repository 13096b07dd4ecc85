"""What the service itself answers, outside all mounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson
from flask import Flask, Response, g, request

from hal_delivery.hal.resource import link, resource
from hal_delivery.mounts import Mount
from hal_delivery.web.negotiation import HAL, JSON
from hal_delivery.web.pages import STYLE


def install(
    app: Flask, mounts: Sequence[Mount], readiness: Callable[[], dict[str, object]]
) -> None:
    """Answer at ``/``, ``/healthz``, ``/readyz`` and ``/style.css``.

    *readiness* tells why the service is not ready in its member ``problems``.
    """

    def home() -> Response:
        """The mounts, as links."""
        shape = resource(
            {},
            links={
                "self": link(f"{g.outside}/"),
                "item": [
                    link(f"{g.outside}{mount.base}/", name=mount.name, title=mount.title)
                    for mount in mounts
                ],
            },
        )
        response = _json(shape, HAL, "public, max-age=60")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.add_etag()
        response.make_conditional(request)
        return response

    def healthz() -> Response:
        """Whether the process answers at all."""
        return _json({"status": "ok"}, JSON, "no-store")

    def readyz() -> Response:
        """Whether requests can be sent here."""
        state = readiness()
        response = _json(state, JSON, "no-store")
        response.status_code = 503 if state["problems"] else 200
        return response

    def style() -> Response:
        response = Response(STYLE, content_type="text/css;charset=UTF-8")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/style.css", "style", style)


def _json(shape: object, media_type: str, lifetime: str) -> Response:
    response = Response(orjson.dumps(shape), content_type=f"{media_type};charset=UTF-8")
    response.headers["Cache-Control"] = lifetime
    return response

"""What the service itself answers, outside all mounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
from flask import Flask, Response, g, request

from hal_delivery.hal.resource import link, resource
from hal_delivery.mounts import Mount
from hal_delivery.web.negotiation import HAL, JSON
from hal_delivery.web.pages import STYLE

#: What is measured: its type, what it means, and where it stands in the status of
#: an index, of each of which there is one value; none: it stands beside them.
METRICS: Final[Mapping[str, tuple[str, str, str | None]]] = {
    "committed_position": ("gauge", "The last position in the change log.", None),
    "index_lag": ("gauge", "Positions that the index is behind it.", "lag"),
    "index_available": ("gauge", "1 while there is an index to answer from, else 0.", "available"),
    "index_entries": ("gauge", "Nodes in the index.", "entries"),
    "index_segments": ("gauge", "Segments that the index consists of.", "segments"),
    "index_followed": ("gauge", "1 while an indexer takes in changes, else 0.", "followed"),
    "index_builds_total": ("counter", "Times that the index was built from nothing.", "built"),
    "index_damages_total": ("counter", "Times that the index was found damaged.", "damaged"),
}

#: https://prometheus.io/docs/instrumenting/exposition_formats/
_EXPOSITION: Final = "text/plain; version=0.0.4; charset=utf-8"


def install(
    app: Flask,
    mounts: Sequence[Mount],
    readiness: Callable[[], dict[str, object]],
    statuses: Callable[[], Sequence[Mapping[str, Any]]],
) -> None:
    """Answer at ``/``, ``/healthz``, ``/readyz``, ``/metrics`` and ``/style.css``.

    *readiness* tells why the service is not ready in its member ``problems``;
    *statuses* how each index is.
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

    def metrics() -> Response:
        """What whoever watches the service measures, in the form that Prometheus reads."""
        response = Response("".join(_exposed(statuses())), content_type=_EXPOSITION)
        response.headers["Cache-Control"] = "no-store"
        return response

    def style() -> Response:
        response = Response(STYLE, content_type="text/css;charset=UTF-8")
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)
    app.add_url_rule("/style.css", "style", style)


def _exposed(statuses: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of all metrics; what an index does not say has none."""
    for name, (kind, meaning, member) in METRICS.items():
        full = f"hal_delivery_{name}"
        yield f"# HELP {full} {meaning}\n# TYPE {full} {kind}\n"
        if member is None:
            yield f"{full} {statuses[0]['committed']}\n"
            continue
        for status in statuses:
            if member in status:
                yield f'{full}{{side="{status["side"]}"}} {int(status[member])}\n'


def _json(shape: object, media_type: str, lifetime: str) -> Response:
    response = Response(orjson.dumps(shape), content_type=f"{media_type};charset=UTF-8")
    response.headers["Cache-Control"] = lifetime
    return response

"""The floor: bare Flask, answering prepared bytes from memory."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from flask import Flask, Response, request


def create_app() -> Flask:
    """Answers each path with its query as the service did when asked before."""
    # Written by the benchmark itself a moment ago.
    prepared = pickle.loads(Path(os.environ["BENCH_FLOOR"]).read_bytes())
    app = Flask(__name__, static_folder=None)

    with_headers = bool(os.environ.get("BENCH_FLOOR_HEADERS"))

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def answer(path: str) -> Response:
        body, headers = prepared[f"/{path}?{request.query_string.decode()}"]
        sent = headers if with_headers else None
        if "If-None-Match" in request.headers:
            return Response(status=304, headers=sent)
        return Response(body, headers=sent, content_type="application/hal+json")

    return app

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
        key = f"/{path}?{request.query_string.decode()}"
        body, headers = prepared[key]
        if with_headers:
            return Response(body, headers=headers)
        return Response(body, content_type="application/hal+json")

    return app

"""A service of a few lines, run by the tests of the server: ``HOST PORT THREADS``.

It says what reached it, so that a test sees what the server lets through.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from hal_delivery import logs, server
from hal_delivery.settings import StartError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def tiny_service(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with what a request looks like from inside; ``/made`` is made as its query says."""
    if environ["PATH_INFO"] == "/made":
        return made(environ, start_response)
    seen = {
        "scheme": environ["wsgi.url_scheme"],
        "path": environ["PATH_INFO"],
        "script": environ["SCRIPT_NAME"],
        "from": environ["REMOTE_ADDR"],
        "threads": environ["wsgi.multithread"],
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


def made(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Nothing, a file, pieces, or one long text, whoever asks."""
    how, text = environ["QUERY_STRING"], b"0123456789" * 100_000
    if how == "nothing":
        start_response("304 Not Modified", [("ETag", '"1"')])
        return []
    if how == "pieces":
        start_response("200 OK", [])
        return iter([text[:10], b"", text[10:]])
    start_response("200 OK", [("Content-Length", str(len(text)))])
    if environ["REQUEST_METHOD"] == "HEAD":
        return []
    if how == "file":
        with tempfile.TemporaryFile() as file:
            file.write(text)
            file.seek(0)
            wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](
                os.fdopen(os.dup(file.fileno()), "rb")
            )
            return wrapped
    return [text]


def main(host: str, port: str, threads: str) -> None:
    """Serve until told to stop."""
    logs.configure()
    try:
        listener = server.reserve(host, int(port))
    except StartError as error:
        click.echo(error, err=True)
        sys.exit(error.exit_code)
    server.serve(
        lambda: tiny_service,
        listener,
        workers=2,
        threads=int(threads),
        when_ready=lambda: click.echo(listener.url),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

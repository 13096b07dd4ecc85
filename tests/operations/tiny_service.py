"""A service of a few lines, run by the tests of the server: ``HOST PORT THREADS``.

It says what reached it, so that a test sees what the server lets through.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from hal_delivery import logs, server
from hal_delivery.settings import StartError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def tiny_service(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with what a request looks like from inside."""
    seen = {
        "scheme": environ["wsgi.url_scheme"],
        "path": environ["PATH_INFO"],
        "script": environ["SCRIPT_NAME"],
        "from": environ["REMOTE_ADDR"],
        "threads": environ["wsgi.multithread"],
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


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

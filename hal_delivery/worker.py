"""The worker: gunicorn's synchronous one, with less to do for each answer.

It sends the head of an answer together with its body, and does not wait for the client
to close a connection on which nothing can come any more: both cost as much as a small
answer takes to be made.  That it is alive it says from time to time only.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any, Final

import gunicorn.http.wsgi
from gunicorn.workers.sync import SyncWorker

#: Whoever sends one of these may still be sending when the answer is on its way.
_ANNOUNCING: Final = frozenset({"CONTENT-LENGTH", "TRANSFER-ENCODING"})


#: Seconds between two such signs; whoever gives none for 30 is ended.
_SAID_EVERY: Final = 1.0


class Worker(SyncWorker):  # type: ignore[misc]
    """One request after another, each on a connection of its own."""

    _said_at = float("-inf")

    def notify(self) -> None:
        """Say that this worker is alive: not for each request, as who listens waits for longer."""
        now = time.monotonic()
        if now - self._said_at >= _SAID_EVERY:
            self._said_at = now
            super().notify()

    def accept(self, listener: Any) -> None:
        """Answer the next who waits; ``OSError`` if nobody does."""
        client, addr = listener.accept()
        # Children do not get it: what Python opens is none of theirs.
        client.setblocking(True)
        self.handle(listener, client, addr)

    def handle_request(
        self, listener: Any, req: Any, client: socket.socket, addr: tuple[str, int]
    ) -> None:
        """Answer *req*; whoever may be cut off is left to gunicorn, which waits for them."""
        super().handle_request(listener, req, client, addr)
        # Closing with something unread would take back what was just sent (RFC 9112 §9.6).
        if _ANNOUNCING.isdisjoint(name for name, _ in req.headers) and not _sends(client):
            client.close()


def _sends(client: socket.socket) -> bool:
    """Whether something came that nobody read, such as a second request."""
    try:
        return bool(client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False


class Response(gunicorn.http.wsgi.Response):  # type: ignore[misc]
    """An answer whose head waits for the first of its body."""

    headers_sent: bool
    _head = b""

    def send_headers(self) -> None:
        if self.headers_sent:
            return
        lines = [*self.default_headers(), *_lines(self.headers), "\r\n"]
        self._head = "".join(lines).encode("latin-1")
        self.headers_sent = True

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            self._send_head()
            super()._emit_body(data)
        else:
            self._send_head(data)

    def sendfile(self, respiter: Any) -> bool:
        self.send_headers()
        self._send_head()
        return bool(super().sendfile(respiter))

    def close(self) -> None:
        self.send_headers()
        self._send_head()
        super().close()

    def _send_head(self, data: bytes = b"") -> None:
        sent, self._head = self._head + data, b""
        if sent:
            self.sock.sendall(sent)


def _lines(headers: list[tuple[str, str]]) -> Iterator[str]:
    return (f"{name}: {value}\r\n" for name, value in headers)

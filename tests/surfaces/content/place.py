"""One mount, as a client talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(frozen=True, slots=True)
class Place:
    """A mount's base, and what is sent along with every request."""

    client: FlaskClient
    base: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, address: str = "/", **headers: str) -> TestResponse:
        """The answer at *address*, an href or what follows the base.

        Header names are given with underscores.
        """
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str = "/", **headers: str) -> TestResponse:
        """The answer to *method*."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            self._target(address),
            method=method,
            headers={**self.headers, **sent},
            # Read to the end and closed, as a server would.
            buffered=True,
        )

    def read(self, address: str = "/", **headers: str) -> dict[str, Any]:
        """The resource at *address*, which has to be there."""
        response = self.get(address, **headers)
        assert response.status_code == 200, (address, response.status_code, response.data[:300])
        found: dict[str, Any] = response.get_json(force=True)
        return found

    def documents(self, address: str) -> list[dict[str, Any]]:
        """The documents embedded at *address*."""
        found: list[dict[str, Any]] = self.read(address)["_embedded"]["documents"]
        return found

    def names(self, address: str) -> list[str]:
        """The names of the documents embedded at *address*, in order."""
        return [one["_meta"]["name"] for one in self.documents(address)]

    def total(self, address: str) -> int:
        """How many items the list at *address* has on all its pages."""
        return int(self.read(address)["_meta"]["totalSize"])

    def pages(self, address: str) -> Iterator[dict[str, Any]]:
        """The page at *address* and all that follow it by their links."""
        at: str | None = address
        while at is not None:
            page = self.read(at)
            yield page
            at = page["_links"].get("next", {}).get("href")

    def _target(self, address: str) -> str:
        if not address.startswith("http"):
            return self.base + address
        parts = urlsplit(address)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def hrefs(shape: Any) -> Iterator[str]:
    """Every href in *shape*, at whatever depth, templates up to their first variable."""
    if isinstance(shape, dict):
        for name, value in shape.items():
            if name == "href" and isinstance(value, str):
                yield value.partition("{")[0]
            else:
                yield from hrefs(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from hrefs(value)


def tags(response: TestResponse) -> set[str]:
    """The tags by which caches purge *response*."""
    return set(response.headers["Surrogate-Key"].split())

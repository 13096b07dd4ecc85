"""Exchanges: a scenario sent to the application, and its text as it is kept.

What differs from one run to the next is normalised, and nothing else: request
ids, tokens, and the date that a server writes.  Content is the demo's, whose
ids and dates are fixed, so tags of entities are kept as they are sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .scenarios import NDJSON, XML, Scenario

EXAMPLES: Final = Path(__file__).parent / "examples"
HOST: Final = "localhost:8080"

#: What stands in the place of a request id that the service made up.
REQUEST_ID: Final = "0123456789abcdef"

_LONG_RUN: Final = re.compile(r"(.)\1{200,}")


@dataclass(frozen=True)
class Exchange:
    """A scenario, the headers really sent with it, and the answer."""

    scenario: Scenario
    sent: Mapping[str, str]
    response: TestResponse

    def text(self) -> str:
        """The exchange as it is kept."""
        scenario, response = self.scenario, self.response
        lines = [
            f"{scenario.method} {_abbreviated(scenario.url or '/')} HTTP/1.1",
            *(f"{name}: {value}" for name, value in _shown(self.sent).items()),
            "",
            f"HTTP/1.1 {response.status}",
            *(f"{name}: {value}" for name, value in sorted(self._headers().items())),
            "",
            *self._body(),
        ]
        return "\n".join(lines).rstrip("\n") + "\n"

    def _headers(self) -> dict[str, str]:
        # A header that is sent twice would be lost here, and is a mistake in each of ours.
        assert len(set(self.response.headers.keys())) == len(self.response.headers)
        headers = dict(self.response.headers)
        headers.pop("Date", None)
        if "X-Request-Id" not in self.sent:
            headers["X-Request-Id"] = REQUEST_ID
        return headers

    def _body(self) -> list[str]:
        body = self.response.data
        if not body:
            return []
        media_type = self.response.mimetype or ""
        if media_type == "application/json" and '"openapi":' in self.response.text:
            return [f"<the description, kept as tests/contract/openapi-{self.scenario.mount}.json>"]
        if media_type.endswith("+json") or media_type == "application/json":
            shape = json.loads(body)
            if "requestId" in shape and "X-Request-Id" not in self.sent:
                shape["requestId"] = REQUEST_ID
            return [json.dumps(shape, indent=2, ensure_ascii=False)]
        if media_type.startswith("text/") or media_type in (NDJSON, XML):
            return [body.decode()]
        return [f"<{len(body)} bytes, sha256 {sha256(body).hexdigest()}>"]


def path_of(scenario: Scenario) -> Path:
    """Where the exchange of *scenario* is kept."""
    return EXAMPLES / scenario.mount / f"{scenario.name}.http"


def perform(client: FlaskClient, scenario: Scenario, tokens: Mapping[str, str]) -> Exchange:
    """Send *scenario*, its placeholders replaced by *tokens* and by the target's tag."""
    headers = {"Host": HOST, **scenario.headers}
    wanting = [name for name, value in headers.items() if "<etag>" in value]
    if wanting:
        plain = {name: value for name, value in headers.items() if name not in wanting}
        etag = _send(client, "GET", scenario.url, _filled(plain, tokens)).headers["ETag"]
        headers = {name: value.replace("<etag>", etag) for name, value in headers.items()}
    response = _send(client, scenario.method, scenario.url, _filled(headers, tokens))
    return Exchange(scenario, headers, response)


def _send(client: FlaskClient, method: str, url: str, headers: Mapping[str, str]) -> TestResponse:
    response = client.open(url, method=method, headers=dict(headers))
    # The whole body now, and the file it may come from closed.
    response.get_data()
    response.close()
    return response


def _filled(headers: Mapping[str, str], tokens: Mapping[str, str]) -> dict[str, str]:
    filled = dict(headers)
    for placeholder, token in tokens.items():
        filled = {name: value.replace(placeholder, token) for name, value in filled.items()}
    return filled


def _shown(headers: Mapping[str, str]) -> dict[str, str]:
    first = {"Host": headers["Host"]}
    return first | {name: headers[name] for name in sorted(headers)}


def _abbreviated(url: str) -> str:
    return _LONG_RUN.sub(lambda run: f"{run[1]}...({len(run[0])} times)", url)

"""What an address takes is what its description says, and what templates that lead to it offer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import uritemplate
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hal_delivery.web.negotiation import NDJSON
from hal_delivery.web.vocabulary import FILTERS, UNOFFERED, VOCABULARY
from tests.http.exchanges import HOST
from tests.http.fixtures import Send
from tests.http.routes import path_of_rule
from tests.http.scenarios import BASES, SCENARIOS

MEDUSA: Final = "c580ac64-3874-4717-a6d9-e5ad72080abe"

#: Query strings that say one parameter sensibly, and what it needs beside it.
SAID: Final[Mapping[str, str]] = {
    **{name: f"{name}={one.example}" for name, one in VOCABULARY.items()},
    "_references": f"_references={MEDUSA}",
    "_fallback": "_fallback=chain&_locale=nl",
    "_facets": "_facets=_meta.type",
    "_highlight": "_highlight=title&_q=medusa",
    "_embed": "_embed=authors",
    "_fields": "_fields=title",
    FILTERS.name: "_meta.name=medusa",
}

#: As what a refusal names the filters of ``SAID``.
TOLD: Final = {FILTERS.name: "_meta.name"}

Description = Mapping[str, Any]


@pytest.fixture(params=("site", "preview"))
def mount(request: pytest.FixtureRequest) -> str:
    """Each mount in turn."""
    return str(request.param)


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    """What is sent with every request."""
    return {"Host": HOST, "Authorization": f"Bearer {token}"}


def description(client: FlaskClient, mount: str, headers: Mapping[str, str]) -> Description:
    """What the mount says of itself."""
    found = client.get(f"{BASES[mount]}/openapi.json", headers=headers).json
    assert isinstance(found, dict)
    return found


def taken(operation: Mapping[str, Any]) -> set[str]:
    """The query parameters that an operation is described with."""
    return {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}


def example(path: str, item: Mapping[str, Any]) -> str:
    """The address of something that is there."""
    parts = {one["name"]: one["example"] for one in item.get("parameters", ())}
    return uritemplate.expand(path.replace("{address}", "{+address}"), parts)


def refused(answer: TestResponse) -> set[str]:
    """The parameters that an answer says have no place here."""
    if answer.status_code != 400:
        return set()
    told = answer.get_json()["errors"]
    return {
        one["parameter"] for one in told
        if "no meaning at this address" in one["reason"] or "no parameter" in one["reason"]
    }  # fmt: skip


def test_what_is_described_is_taken_and_nothing_else(
    client: FlaskClient, mount: str, headers: Mapping[str, str]
) -> None:
    """Each parameter works wherever it is described, and has no meaning anywhere else."""
    wrong = []
    for path, item in description(client, mount, headers)["paths"].items():
        address, described = example(path, item), taken(item["get"])
        for name, alone in SAID.items():
            # Of a document, a depth is that of what is embedded.
            embedding = name == "_depth" and "_embed" in described
            said = f"{alone}&{SAID['_embed']}" if embedding else alone
            # Only of a stream can be said where it goes on without having had a page of it.
            accept = f"{NDJSON}, */*;q=0.1" if name == "_after" else "*/*"
            answer = client.get(f"{address}?{said}", headers={**headers, "Accept": accept})
            works = answer.status_code == 200
            if works != (name in described) or (TOLD.get(name, name) in refused(answer)) == works:
                wrong.append(f"{path} {said}: {answer.status_code}")
    assert wrong == []


def templates(shape: Any) -> Iterator[str]:
    """Every template in *shape*, at whatever depth."""
    if isinstance(shape, Mapping):
        if shape.get("templated") is True:
            yield shape["href"]
        for value in shape.values():
            yield from templates(value)
    elif isinstance(shape, list):
        for value in shape:
            yield from templates(value)


def test_templates_offer_what_their_targets_take(
    app: Flask, client: FlaskClient, mount: str, headers: Mapping[str, str], send: Send
) -> None:
    """Every template of every recorded answer has just the parameters of what it leads to.

    But for filters, which are named by fields, and for cursors, which only links can say.
    """
    paths = description(client, mount, headers)["paths"]
    adapter = app.url_map.bind(HOST)
    met: dict[str, set[str]] = {}
    for scenario in SCENARIOS:
        if scenario.mount != mount or scenario.method != "GET":
            continue
        answer = send(scenario).response
        for href in templates(answer.get_json()) if answer.is_json else ():
            # Its own variables are the path's; all others are offered behind a question mark.
            plain, _, offered = href.partition("{?")
            address = uritemplate.expand(plain, dict.fromkeys(uritemplate.variables(plain), "x"))
            path = address.partition(HOST)[2]
            rule, _ = adapter.match(path, "GET", return_rule=True)
            difference = set(re.findall("[^,}]+", offered)) ^ taken(
                paths[path_of_rule(rule.rule)]["get"]
            )
            met[href] = difference - {one.name for one in UNOFFERED}

    assert {href: names for href, names in met.items() if names} == {}
    assert len(met) > 15

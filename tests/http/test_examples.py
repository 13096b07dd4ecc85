"""Every exchange is recorded, and nothing on the wire changes unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from .exchanges import EXAMPLES, path_of
from .fixtures import Keep, Send
from .routes import path_of_rule, rule_of
from .scenarios import BASES, SCENARIOS, TARGETS, Scenario

#: Statuses that are described and not recorded, with the reason.
NOT_RECORDED: Final[Mapping[int, str]] = {
    503: "the index or the media folder would have to be broken first",
}


@pytest.fixture
def asked(app: Flask) -> Mapping[str, list[Scenario]]:
    """The scenarios of each route; what asks no route is left out."""
    found: dict[str, list[Scenario]] = {}
    for one in SCENARIOS:
        if rule := rule_of(app, one):
            found.setdefault(rule, []).append(one)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.mount}/{one.name}")
def test_an_exchange_is_as_recorded(scenario: Scenario, send: Send, keep: Keep) -> None:
    """A request is answered to the header and the value as it is recorded."""
    exchange = send(scenario)
    assert exchange.response.status_code == scenario.status, exchange.text()
    keep(path_of(scenario), exchange.text())


def test_scenarios_have_names_of_their_own() -> None:
    """Two scenarios of one mount are never kept in one file."""
    paths = [path_of(one) for one in SCENARIOS]
    assert len(set(paths)) == len(paths)


def test_no_file_is_stale(pytestconfig: pytest.Config) -> None:
    """A file whose scenario has gone is gone as well."""
    stale = set(EXAMPLES.rglob("*.http")) - {path_of(one) for one in SCENARIOS}
    if pytestconfig.getoption("--rewrite-examples"):
        while stale:
            stale.pop().unlink()
    assert sorted(path.name for path in stale) == []


def test_every_route_and_method_has_a_recorded_success(
    app: Flask, asked: Mapping[str, list[Scenario]]
) -> None:
    """Whatever the application can be asked is recorded once at least as it succeeds."""
    recorded = {
        (rule, one.method) for rule, found in asked.items() for one in found if one.status < 300
    }
    routed = {
        (rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()
    }
    assert sorted(routed - recorded) == []


def test_every_documented_status_is_recorded(
    client: FlaskClient, token: str, asked: Mapping[str, list[Scenario]]
) -> None:
    """Each success and each failure that an operation's description names is recorded."""
    missing = [
        (rule, status)
        for rule, operation in operations(client, token)
        for status in operation["responses"]
        if int(status) not in NOT_RECORDED
        if not any(one.method == "GET" and one.status == int(status) for one in asked[rule])
    ]
    assert missing == []


def test_every_recorded_status_is_documented(
    client: FlaskClient, token: str, asked: Mapping[str, list[Scenario]]
) -> None:
    """No answer of an operation has a status that its description does not name."""
    undocumented = [
        (rule, one.name, one.status)
        for rule, operation in operations(client, token)
        for one in asked[rule]
        if one.method == "GET" and str(one.status) not in operation["responses"]
    ]
    assert undocumented == []


def test_each_route_has_one_target(app: Flask) -> None:
    """The table of targets has one row for each route of a mount, in their order."""
    routes = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(BASES["site"])]
    targets = [rule_of(app, Scenario(one.name, "site", "GET", one.path, 200)) for one in TARGETS]
    assert targets == routes


def operations(client: FlaskClient, token: str) -> Iterator[tuple[str, Any]]:
    """Every operation of both descriptions, by the rule of its route."""
    rules = {path_of_rule(one.rule): one.rule for one in client.application.url_map.iter_rules()}
    for mount in ("site", "preview"):
        headers = {"Authorization": f"Bearer {token}"}
        description = client.get(f"{BASES[mount]}/openapi.json", headers=headers).json
        assert description is not None
        for path, item in description["paths"].items():
            yield rules[path], item["get"]

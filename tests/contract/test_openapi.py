"""Each mount's description is valid, says what is there, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.http.exchanges import HOST
from tests.http.fixtures import Keep, Send
from tests.http.routes import path_of_rule, rule_of
from tests.http.scenarios import BASES, SCENARIOS, Scenario

HERE: Final = Path(__file__).parent
MOUNTS: Final = ("site", "preview")

Description = Mapping[str, Any]


@pytest.fixture(params=MOUNTS)
def mount(request: pytest.FixtureRequest) -> str:
    """Each mount in turn."""
    return str(request.param)


@pytest.fixture
def described(mount: str, client: FlaskClient, token: str) -> Description:
    """The mount's description, as it is sent."""
    headers = {"Host": HOST, "Authorization": f"Bearer {token}"}
    answer = client.get(f"{BASES[mount]}/openapi.json", headers=headers).json
    assert isinstance(answer, dict)
    return answer


def operations(described: Description) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every operation by its path."""
    for path, item in described["paths"].items():
        assert set(item) <= {"get", "parameters"}
        yield path, item["get"]


def parameters(described: Description) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every parameter of every operation by path and name."""
    for path, item in described["paths"].items():
        for one in (*item.get("parameters", ()), *item["get"].get("parameters", ())):
            yield f"{path} {one['name']}", one


def answers(
    app: Flask, mount: str, described: Description
) -> Iterator[tuple[Scenario, Mapping[str, Any]]]:
    """Every recorded GET of the mount's operations, with what is described of its status."""
    for one in SCENARIOS:
        rule = rule_of(app, one)
        if one.mount == mount and one.method == "GET" and rule is not None:
            operation = described["paths"][path_of_rule(rule)]["get"]
            yield one, operation["responses"].get(str(one.status), {})


def validator(described: Description, schema: Mapping[str, Any]) -> Validator:
    """A validator of *schema*, whose references are into the description."""
    whole = {"components": described["components"], **schema}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_it_is_as_recorded(mount: str, described: Description, keep: Keep) -> None:
    """A change of the description is seen, and meant."""
    keep(HERE / f"openapi-{mount}.json", json.dumps(described, indent=2) + "\n")


def test_it_is_valid(described: Description) -> None:
    """A description is OpenAPI 3.1, by the schema that its authors publish."""
    assert described["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_the_swagger_address_has_the_same(client: FlaskClient) -> None:
    """Where older clients look for a description there is the same one."""
    one, other = (
        client.get(f"/site/api/{name}").data for name in ("openapi.json", "api-docs/swagger.json")
    )
    assert one == other


def test_its_paths_are_the_routes(app: Flask, mount: str, described: Description) -> None:
    """Every route of the mount is described, and no other."""
    routes = [
        path_of_rule(rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASES[mount])
    ]
    assert sorted(described["paths"]) == sorted(routes)


def test_its_server_is_where_it_was_asked(described: Description) -> None:
    """Paths are resolved against the host that was asked for the description."""
    assert described["servers"] == [{"url": f"http://{HOST}"}]


def test_every_operation_is_explained(described: Description) -> None:
    """Each operation has a summary, a description and an id that no other has."""
    found = [operation for _, operation in operations(described)]
    assert all(operation["summary"] and operation["description"] for operation in found)
    assert len({operation["operationId"] for operation in found}) == len(found)


def test_every_parameter_is_explained(described: Description) -> None:
    """Each parameter has a description and an example that its own schema allows."""
    unexplained = [
        name
        for name, one in parameters(described)
        if not one.get("description")
        or not validator(described, one["schema"]).is_valid(one["example"])
    ]
    assert unexplained == []


def test_every_parameter_has_bounds(described: Description) -> None:
    """Nothing that a query holds is without an upper bound."""
    bound = {
        "integer": "maximum",
        "string": "maxLength",
        "array": "maxItems",
        "object": "maxProperties",
    }
    unbounded = [
        name
        for name, one in parameters(described)
        if one["in"] == "query"
        if not {bound[one["schema"]["type"]], "enum"} & set(one["schema"])
    ]
    assert unbounded == []


def test_a_401_is_described_where_a_token_is_needed(mount: str, described: Description) -> None:
    """A public mount never answers 401; one with a token everywhere but on its problem pages."""
    refusing = {
        path for path, operation in operations(described) if "401" in operation["responses"]
    }
    open_pages = {f"{BASES[mount]}/problems/{{code}}"}
    assert refusing == (set() if mount == "site" else set(described["paths"]) - open_pages)
    assert ("security" in described) == (mount == "preview")


def test_media_types_are_those_sent(
    app: Flask, mount: str, described: Description, send: Send
) -> None:
    """Each recorded answer has a media type that is described, and each described one is sent."""
    promised, sent = set(), set()
    for scenario, response in answers(app, mount, described):
        path = path_of_rule(str(rule_of(app, scenario)))
        promised |= {(path, scenario.status, one) for one in response.get("content", {})}
        answer = send(scenario).response
        if answer.data:
            # What bytes are is said by each asset.
            is_file = "/bytes/" in path or path.endswith("/source")
            kept = "*/*" if is_file and scenario.status < 300 else answer.mimetype
            sent.add((path, scenario.status, kept))
    assert sent == promised


def test_recorded_answers_keep_to_their_schemas(
    app: Flask, mount: str, described: Description, send: Send
) -> None:
    """Every recorded JSON, success or problem, is valid by the schema of its status."""
    broken = []
    for scenario, response in answers(app, mount, described):
        answer = send(scenario).response
        if answer.is_json:
            schema = response["content"][answer.mimetype]["schema"]
            errors = validator(described, schema).iter_errors(answer.json)
            broken += [f"{scenario.name}: {error.json_path} {error.message}" for error in errors]
    assert broken == []


def test_no_component_is_idle(described: Description) -> None:
    """Whatever is described as a component is referred to."""
    text = json.dumps(described)
    idle = [
        f"{kind}/{name}"
        for kind, components in described["components"].items()
        if kind != "securitySchemes"
        for name in components
        if f'"#/components/{kind}/{name}"' not in text
    ]
    assert idle == []

"""Requests that nobody thought of: made from the descriptions, with them and against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, Config, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema

from tests.http.exchanges import HOST
from tests.http.scenarios import BASES

#: Requests of each operation, for each way of making them.
REQUESTS: Final = 8

#: What a description can say is not all that makes a request right: which names of
#: fields are known is said by the content.
TOO_STRICT: Final = {"enabled": False}

#: What is wrong may be too long as well.
REFUSING: Final = {"expected-statuses": [400, 401, 404, 406, 414]}


@pytest.fixture
def headers(tokens: Mapping[str, str]) -> dict[str, str]:
    """What is sent with every request."""
    return {"Host": HOST, "Authorization": f"Bearer {tokens['<token>']}"}


@pytest.fixture(params=("site", "preview"))
def description(
    request: pytest.FixtureRequest, app: Flask, headers: Mapping[str, str]
) -> BaseSchema:
    """Each mount's description in turn."""
    address = f"{BASES[request.param]}/openapi.json"
    checks = {"negative_data_rejection": REFUSING, "positive_data_acceptance": TOO_STRICT}
    # The token is ours to send; that nothing is read without it is recorded.
    generation = {"with-security-parameters": False}
    config = Config.from_dict({"checks": checks, "generation": generation})
    return schemathesis.openapi.from_wsgi(address, app, config=config, headers=headers)


def real_parts(operation: APIOperation[Any, Any, Any, Any]) -> dict[str, Any]:
    """The parts of an address at which there is something."""
    return {one.name: one.definition["example"] for one in operation.path_parameters}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("real", [True, False], ids=["where-something-is", "anywhere"])
def test_no_request_is_answered_otherwise_than_described(
    description: BaseSchema, headers: dict[str, str], mode: GenerationMode, real: bool
) -> None:
    """Whatever is asked, the answer has a status, a media type and a shape that is described."""
    for found in description.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not list(operation.query):
            # Nothing but texts of any kind: no request breaks the description.
            continue
        parts = real_parts(operation) if real else None

        @settings(
            max_examples=REQUESTS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=parts))
        def ask(case: Case[Any]) -> None:
            case.call_and_validate(headers=headers)

        ask()

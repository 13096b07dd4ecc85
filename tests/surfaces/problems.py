"""What every refusal looks like, whoever refuses."""

from __future__ import annotations

import json
from typing import Any, Final

from werkzeug.test import TestResponse

MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code", "requestId"}


def problem(response: TestResponse, status: int | None = None) -> dict[str, Any]:
    """The problem that *response* tells, which has to be a whole one."""
    assert 400 <= response.status_code < 500, (response.status_code, response.data[:300])
    assert status in (None, response.status_code), response.data[:300]
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = json.loads(response.data)
    assert told.keys() >= MEMBERS
    assert told["status"] == response.status_code
    assert told["type"].endswith(f"/problems/{told['code']}")
    assert told["requestId"] == response.headers["X-Request-Id"]
    for mistake in told.get("errors", ()):
        assert mistake["reason"]
        assert "parameter" in mistake
    return told


def mistake(response: TestResponse, parameter: str) -> dict[str, Any]:
    """What is said of *parameter* in a refusal with status 400."""
    errors = problem(response, 400)["errors"]
    named = [one for one in errors if one["parameter"] == parameter]
    assert len(named) == 1, errors
    found: dict[str, Any] = named[0]
    return found

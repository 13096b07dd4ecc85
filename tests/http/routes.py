"""Which route a scenario asks, and how descriptions spell it."""

from __future__ import annotations

import re

from flask import Flask

from .scenarios import Scenario

_VARIABLE = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


def rule_of(app: Flask, scenario: Scenario) -> str | None:
    """The route that a scenario asks; none where nothing answers."""
    adapter = app.url_map.bind("localhost")
    path = scenario.url.partition("?")[0]
    if not adapter.test(path, "GET"):
        return None
    rule, _ = adapter.match(path, "GET", return_rule=True)
    return str(rule.rule)


def path_of_rule(rule: str) -> str:
    """A rule of ours as a path of OpenAPI.

    >>> path_of_rule("/documents/<address:address>")
    '/documents/{address}'
    """
    return _VARIABLE.sub(r"{\1}", rule)

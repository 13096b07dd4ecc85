"""What exchanges are sent with, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.bootstrap import Services

from .exchanges import Exchange, perform
from .scenarios import Scenario

__all__ = ["Keep", "Send", "keep", "send", "tokens"]

Send = Callable[[Scenario], Exchange]
Keep = Callable[[Path, str], None]

HINT = (
    "{name} is not what is sent now. If the change is meant, record it and look at the "
    "difference: python -m pytest tests/http tests/contract --rewrite-examples"
)


@pytest.fixture(scope="session")
def tokens(services: Services) -> Mapping[str, str]:
    """Tokens by the placeholders that scenarios have for them."""
    hour = timedelta(hours=1)
    signer = services.signer
    last_year = TokenSigner(signer.key, clock=lambda: signer.clock() - 365 * 24 * 3600)
    return {
        "<token>": signer.issue("preview", "reader", hour, "test"),
        "<expired>": last_year.issue("preview", "reader", hour, "test"),
        "<of-another-mount>": signer.issue("elsewhere", "reader", hour, "test"),
    }


@pytest.fixture(scope="session")
def send(app: Flask, tokens: Mapping[str, str]) -> Send:
    """Sends a scenario; each only once, however many tests look at its answer."""
    answered: dict[tuple[str, str], Exchange] = {}

    def once(scenario: Scenario) -> Exchange:
        key = (scenario.mount, scenario.name)
        if key not in answered:
            answered[key] = perform(app.test_client(use_cookies=False), scenario, tokens)
        return answered[key]

    return once


@pytest.fixture(scope="session")
def keep(pytestconfig: pytest.Config) -> Keep:
    """Holds a text against the file that it is kept in; ``--rewrite-examples`` writes it."""

    def against(path: Path, text: str) -> None:
        if pytestconfig.getoption("--rewrite-examples"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        assert text.splitlines() == kept.splitlines(), HINT.format(name=path.name)

    return against

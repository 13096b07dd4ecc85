"""What every test may ask for: the demo, served in process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from content_repo import ROOT_ID, Repository
from content_repo.sources import NodeSource
from hal_delivery.app import create_app
from hal_delivery.bootstrap import Services, build_services, prepare
from hal_delivery.settings import Settings
from search_index.upkeep import Upkeep

# Nothing in the tests is timed: a busy machine fails none.
hypothesis.settings.register_profile("untimed", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("untimed")

#: The document of the demo that came from a file.
SOURCED: Final = "30584a41-1b54-45d5-8b16-75d690f5b979"


def pytest_addoption(parser: pytest.Parser) -> None:
    """What can be asked of a run besides."""
    parser.addoption(
        "--rewrite-examples",
        action="store_true",
        help="record the exchanges in tests/http and the descriptions in tests/contract anew",
    )


@pytest.fixture(scope="session", autouse=True)
def patient_indexes() -> None:
    """Indexes that are built by the request which needs them first, however busy the machine is."""
    made: Any = Upkeep.__init__
    assert "wait" in made.__kwdefaults__
    made.__kwdefaults__["wait"] = 5.0


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with a data folder of this run's own, the demo loaded into it."""
    folder = tmp_path_factory.mktemp("demo")
    environ = {"HAL_DELIVERY_DATA_DIR": str(folder), "HAL_DELIVERY_LOG_LEVEL": "error"}
    found = Settings.from_env(environ)
    prepare(found, demo=True)
    services = build_services(found)
    _note_a_source(services.repository)
    services.close()
    return found


def _note_a_source(repository: Repository) -> None:
    """One document of the demo is as if it had come from a file."""
    content = b"# About the museum\n"
    source = NodeSource(
        root=ROOT_ID, path="about-the-museum.md", digest=hashlib.sha256(content).hexdigest(),
        size=len(content), origin="/site", content=content,
    )  # fmt: skip
    with repository.write() as tx:
        tx.note_sources(SOURCED, [source])


@pytest.fixture(scope="session")
def services(settings: Settings) -> Iterator[Services]:
    """The demo's services; whoever writes makes some of their own."""
    found = build_services(settings)
    yield found
    found.close()


@pytest.fixture(scope="session")
def app(settings: Settings, services: Services) -> Flask:
    """The application that serves the demo."""
    return create_app(settings, services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without cookies; requests raise what the application would log."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def token(services: Services) -> str:
    """A token that reads the preview mount."""
    from datetime import timedelta

    return services.signer.issue("preview", "reader", timedelta(hours=1), "test")

"""The mounts under attack, and a measure of the work that a request makes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.hostile.work import Measured
from tests.surfaces.content.place import Place


@pytest.fixture
def site(client: FlaskClient) -> Place:
    """The demo's public mount."""
    return Place(client, "/site/api")


@pytest.fixture
def preview(client: FlaskClient) -> Place:
    """The demo's preview mount, without a token."""
    return Place(client, "/preview/api")


@pytest.fixture
def measured(site: Place) -> Measured:
    """The public mount, each request's work bounded."""
    return Measured(site)

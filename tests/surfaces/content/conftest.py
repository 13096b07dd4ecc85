"""Mounts to talk to: the demo's, and a small service of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio, opened


@pytest.fixture
def site(client: FlaskClient) -> Place:
    """The demo's public mount."""
    return Place(client, "/site/api")


@pytest.fixture
def preview(client: FlaskClient, token: str) -> Place:
    """The demo's preview mount, read with a token."""
    return Place(client, "/preview/api", {"Authorization": f"Bearer {token}"})


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A service whose content the test writes."""
    with opened(tmp_path / "studio") as found:
        yield found

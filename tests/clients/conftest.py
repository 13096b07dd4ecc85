"""The demo as a server of its own, and a client library's way into each of its mounts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from halchemy import Api

from tests.operations.processes import ROOT, environment, running

COMMAND: Final = str(Path(sys.executable).parent / "hal-delivery")


@pytest.fixture(scope="session")
def apis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The library's own starting point for each mount of a demo served on this machine."""
    folder = tmp_path_factory.mktemp("halchemy")
    env = environment(HAL_DELIVERY_DATA_DIR=str(folder / "data"))
    with running([COMMAND, "serve", "--demo", "--port", "0"], folder / "log", env) as service:
        command = [COMMAND, "token", "--mount", "preview"]
        made = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True
        )
        headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
        yield {
            "site": Api(f"{service.url}/site/api"),
            "preview": Api(f"{service.url}/preview/api", headers=headers),
        }


@pytest.fixture(params=["site", "preview"])
def api(request: pytest.FixtureRequest, apis: dict[str, Any]) -> Any:
    return apis[request.param]

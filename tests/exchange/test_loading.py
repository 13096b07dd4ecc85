"""Processes that read hold nothing that only writing needs."""

from __future__ import annotations

import subprocess
import sys

from hal_delivery.exchange import crew

LOADED = "import importlib, sys; [importlib.import_module(one) for one in sys.argv[1:]]"


def test_reading_loads_no_database() -> None:
    """Whoever reads files loads neither SQLAlchemy nor Alembic, nor the repository itself."""
    command = [sys.executable, "-c", f"{LOADED}; print(*sys.modules, sep='\\n')", *crew._LOADED]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())

    assert {"content_repo", "hal_delivery.exchange.reading"} <= loaded
    assert loaded.isdisjoint({"sqlalchemy", "alembic", "content_repo.repository"})

"""Processes that read hold nothing that only writing needs."""

from __future__ import annotations

import subprocess
import sys

LOADED = "import sys, hal_delivery.exchange.reading; print(*sys.modules, sep='\\n')"


def test_reading_loads_no_database() -> None:
    """Whoever reads files loads neither SQLAlchemy nor Alembic, nor the repository itself."""
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())

    assert "content_repo" in loaded
    assert loaded.isdisjoint({"sqlalchemy", "alembic", "content_repo.repository"})

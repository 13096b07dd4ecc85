"""The PostgreSQL that tests run on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg

from tests import postgres
from tests.content_repo.writers import ROOT

SCRIPT: Final = """
from tests import postgres
with postgres.database() as url:
    print(postgres.server().folder)
"""


def test_a_database_is_there_for_a_block() -> None:
    """Each database is fresh, and gone after its block."""
    with postgres.database() as first, postgres.database() as second:
        assert first != second
        with psycopg.connect(first.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE mine (id integer)")
    with psycopg.connect(postgres.server().url("postgres").replace("+psycopg", "")) as connection:
        names = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    assert not {url.rpartition("?")[0].rpartition("/")[2] for url in (first, second)} & names


def test_nothing_is_left_of_a_server() -> None:
    """A process that used a server ends without a warning, its server and its folder gone."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    folder = Path(done.stdout.strip())
    assert done.stderr == ""
    assert folder.name.startswith("pg-")
    assert not folder.exists()

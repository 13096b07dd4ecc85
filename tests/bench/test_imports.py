"""A tenth of the benchmark of imports: what is true of it on any machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench import imports, sites

PAGES = 4000

#: What an import may hold in memory, whatever it imports, in MB.
MOST = 300


@dataclass(frozen=True, slots=True)
class Twice:
    """A site that was imported twice, and the position that each import left."""

    first: imports.Ran
    again: imports.Ran
    positions: tuple[int, int]


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Twice:
    folder = tmp_path_factory.mktemp("imports")
    sites.write(folder / "site", PAGES)
    command, data = imports.import_command(folder / "site"), folder / "data"
    first = imports.run(command, data)
    position = last_position(data)
    again = imports.run(command, data)
    return Twice(first, again, (position, last_position(data)))


def last_position(data: Path) -> int:
    """Every write raises it by one."""
    with closing(sqlite3.connect(data / "content.sqlite3")) as connection:
        return int(connection.execute("SELECT max(position) FROM change").fetchone()[0])


def test_an_import_stays_within_its_memory(twice: Twice) -> None:
    """All processes of an import together hold less than 300 MB."""
    # Whoever reads pages and writes nodes holds some; less means that nothing was looked at.
    assert 50 < twice.first.peak < MOST
    assert twice.again.peak < MOST


def test_an_import_takes_in_every_page(twice: Twice) -> None:
    """Every page of the site is reported as new the first time."""
    assert f"{PAGES:,} new" in twice.first.said


def test_the_same_import_again_writes_nothing(twice: Twice) -> None:
    """Importing what is there as it is reports so, and appends no change."""
    assert f"all {PAGES:,} are" in twice.again.said
    first, again = twice.positions
    assert first > PAGES
    assert again == first


def test_a_site_is_the_same_each_time() -> None:
    """Pages follow from their number alone, and half of them are in each locale."""
    pages = dict(sites.pages(500))
    assert pages == dict(sites.pages(500))
    locales = [path.split("/")[1] for path in pages]
    assert [locales.count(locale) for locale in sites.LOCALES] == [250, 250]


def test_the_bare_loop_takes_every_page_once(tmp_path: Path) -> None:
    """However many processes share the files, each page has one row, with its HTML."""
    sites.write(tmp_path / "site", 60)
    imports.run(imports.bare_command(tmp_path / "site", tmp_path / "bare.sqlite3"), tmp_path)
    with closing(sqlite3.connect(tmp_path / "bare.sqlite3")) as connection:
        rows = connection.execute("SELECT path, content FROM document").fetchall()
    assert {path for path, _ in rows} == {path for path, _ in sites.pages(60)}
    assert all("<h1>" in content for _, content in rows)

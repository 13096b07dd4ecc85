"""A disk that is full stops an import; nothing that is in is lost, and it can go on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from content_repo import Repository
from content_repo.errors import StorageFull
from hal_delivery.exchange import sowing
from tests.exchange.sites import Shelf, imported, write


def pages(folder: Path, count: int) -> Path:
    """So many pages of some kilobytes."""
    text = "word " * 800
    return write(folder, {f"p{n:03}.md": f"# Page {n}\n\n{text}\n" for n in range(count)})


def opened(folder: Path) -> Repository:
    return Repository.open(f"sqlite:///{folder / 'content.sqlite3'}", folder)


def limited(repository: Repository, more: int) -> Callable[[], None]:
    """Let the database grow by so many pages only; returns what lifts that."""
    engine = repository._database.engine
    with engine.connect() as connection:
        most = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + more

    def limit(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    def lift() -> None:
        sa.event.remove(engine, "begin", limit)
        # A connection remembers it.
        engine.dispose()

    sa.event.listen(engine, "begin", limit)
    return lift


def test_a_full_database_stops_an_import_which_then_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole batches are in; with room again, the rest comes, as if nothing had been."""
    monkeypatch.setattr(sowing, "AT_ONCE", 20)
    site = pages(tmp_path / "site", 200)
    repository, undisturbed = opened(tmp_path / "a"), opened(tmp_path / "b")
    try:
        lift = limited(repository, 300)
        with pytest.raises(StorageFull):
            imported(repository, site)
        there = len(Shelf(repository).paths())
        assert 0 < there < 200
        lift()
        assert imported(repository, site).counts["new"] == 200 - there
        imported(undisturbed, site)
        assert Shelf(repository).state() == Shelf(undisturbed).state()
    finally:
        repository.close()
        undisturbed.close()

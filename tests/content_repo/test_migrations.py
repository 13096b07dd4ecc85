"""The schema: made from nothing, taken back, and equal to what the code says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import content_repo
from content_repo import ROOT_ID, Side
from content_repo.sources import NodeSource
from content_repo.sql.database import Database
from content_repo.sql.tables import metadata
from tests.content_repo import stores
from tests.content_repo.content import must, new_id, one_page, page, paths
from tests.content_repo.history import History
from tests.content_repo.stores import Store

MIGRATIONS = Path(content_repo.__file__).parent / "migrations"


@pytest.fixture
def empty(backend: str, tmp_path: Path) -> Iterator[Store]:
    with stores.empty(backend, tmp_path) as store:
        yield store


@pytest.fixture
def store(empty: Store) -> Store:
    """A repository in a database that no other test sees."""
    stores.prepare(empty.url, empty.folder)
    return empty


@contextmanager
def connected(store: Store) -> Iterator[sa.Connection]:
    engine = sa.create_engine(store.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        yield connection


def migrate(store: Store) -> None:
    database = Database(store.url)
    database.migrate()
    database.close()


def downgrade(store: Store, to: str = "base") -> None:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with connected(store) as connection:
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, to)


def tables(store: Store) -> set[str]:
    with connected(store) as connection:
        return set(sa.inspect(connection).get_table_names())


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with connected(store) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_the_migrations_make_what_the_code_says(empty: Store) -> None:
    """A database that was upgraded from nothing has exactly the tables of the code."""
    migrate(empty)

    with connected(empty) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
    assert tables(empty) == {"alembic_version", *metadata.tables}


def test_the_conditions_of_indexes_are_those_of_the_code(empty: Store) -> None:
    """Uniqueness among the living is kept by the database, in each of them."""
    migrate(empty)
    if empty.is_sqlite:
        rows = empty.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    else:
        rows = empty.rows("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")

    partial = {name: sql.partition("WHERE")[2] for name, sql in rows if sql and "WHERE" in sql}

    assert partial.keys() == {"ux_node_kind_key", "ux_node_parent_name"}
    assert "live" in partial["ux_node_parent_name"]
    assert "archived" in partial["ux_node_parent_name"]
    assert "trashed" not in partial["ux_node_parent_name"]
    assert partial["ux_node_kind_key"].lower().count("is not null") == 2


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    """A schema that is the newest is left alone, with all that is in it."""
    with store.opened() as repository:
        one_page(repository, published=True)
    before = everything(store)

    migrate(store)

    assert everything(store) == before
    with store.opened(migrate=True) as repository:
        assert repository.reader(Side.PUBLISHED).at("page")
    assert everything(store) == before


def test_a_schema_with_content_can_be_taken_back(store: Store) -> None:
    """Downgraded, nothing of ours is left; upgraded again, the repository works as new."""
    with store.opened() as repository:
        one_page(repository, published=True)

    downgrade(store)
    assert tables(store) <= {"alembic_version"}

    with store.opened(migrate=True) as repository:
        draft = repository.reader(Side.DRAFT)
        assert draft.at("page") is None
        assert must(draft.at("")).id == ROOT_ID
        with repository.write() as tx:
            tx.define(stores.TYPES)
        one_page(repository, "again", published=True)
        assert "again" in paths(repository.reader(Side.PUBLISHED))
    History(store).check()


def test_content_of_before_is_carried_over(store: Store) -> None:
    """Numbers, positions, and what is noted of nodes and revisions come of any older database."""
    group, file = new_id(), NodeSource(root=ROOT_ID, path="a", digest="0" * 64, size=0, origin="/")
    with store.opened() as repository, repository.write() as tx:
        one, two = page(tx, "one", group=group), page(tx, "two", group=group)
        tx.note_sources(one, [file])
        tx.publish(one)
        linking = page(tx, "three", fields={"content": '<a href="one">a</a><a href="no">b</a>'})
        tx.revise(one, {"title": "again"})
        tx.trash(two)
    before = everything(store)

    downgrade(store, "0004")
    assert "rendition" not in tables(store)
    migrate(store)

    assert everything(store) == before
    with store.opened() as repository:
        draft, published = map(repository.reader, (Side.DRAFT, Side.PUBLISHED))
        assert (must(published.get(one)).is_sourced, must(draft.get(one)).is_sourced) == (1, 0)
        assert must(draft.get(one)).is_translated
        assert not must(draft.get(linking)).is_translated
        assert [link.target for link in draft.links([linking])[linking]] == [one, None]


def test_opening_an_empty_database_makes_a_repository(empty: Store) -> None:
    """Nobody has to prepare anything: opening makes the schema and the standard folders."""
    with empty.opened(migrate=True) as repository:
        found = paths(repository.reader(Side.PUBLISHED))
        position = repository.position
    assert "content/documents" in found

    with empty.opened(migrate=True) as repository:
        assert repository.position == position
    History(empty).check()

"""Moving, renaming, throwing away, taking back, erasing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from content_repo import ROOT_ID, Action, Kind, Reader, Repository, State
from content_repo.errors import InvalidMove, NameTaken, NodeNotFound, NotAFolder, WrongState
from tests.content_repo.content import folder, must, new_id, one_page, page, paths
from tests.content_repo.stores import Store

TABLES = ("node", "revision", "placement", "publication")


def test_all_below_a_moved_folder_goes_along(repository: Repository, draft: Reader) -> None:
    """A folder's move is one change, and the paths of all its descendants follow."""
    with repository.write() as tx:
        one, two = folder(tx, "one"), folder(tx, "two")
        leaf = page(tx, "leaf", folder(tx, "inner", one))
    before = repository.position
    revision = must(draft.get(leaf)).revision

    with repository.write() as tx:
        tx.move(one, parent=two, name="moved")

    assert paths(draft, "two") == ["two/moved", "two/moved/inner", "two/moved/inner/leaf"]
    assert must(draft.get(leaf)).path == "two/moved/inner/leaf"
    assert must(draft.get(leaf)).revision == revision
    assert [change.node for change in repository.changes(before)] == [one]


def test_renaming_keeps_the_folder(repository: Repository, draft: Reader) -> None:
    """A node renamed stays where it is."""
    with repository.write() as tx:
        id = page(tx, "old", folder(tx, "a"))
        assert tx.move(id, name="new") == 2

    assert paths(draft, "a") == ["a/new"]
    assert must(draft.get(id)).revision == 2


def test_a_move_shows_on_both_sides_at_once(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """Name and place belong to the node, not to a side."""
    id = one_page(repository, published=True)

    with repository.write() as tx:
        tx.move(id, name="elsewhere")

    assert must(draft.at("elsewhere")).id == must(published.at("elsewhere")).id == id
    assert draft.at("page") is None
    assert published.at("page") is None


def test_a_published_node_takes_its_new_folder_along(
    repository: Repository, published: Reader
) -> None:
    """A published node that is moved into an unpublished folder publishes that, too."""
    id = one_page(repository, published=True)
    with repository.write() as tx:
        inner = folder(tx, "inner", folder(tx, "outer"))
        tx.move(id, parent=inner)

    assert paths(published, "outer") == ["outer/inner", "outer/inner/page"]


def test_no_folder_is_moved_into_itself(repository: Repository) -> None:
    """A folder cannot come to lie within itself, and the root stays where it is."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        inner = folder(tx, "inner", outer)
        for target in (outer, inner):
            with pytest.raises(InvalidMove):
                tx.move(outer, parent=target)
        with pytest.raises(InvalidMove):
            tx.move(ROOT_ID, parent=outer, name="x")
        with pytest.raises(InvalidMove):
            tx.trash(ROOT_ID)


def test_moves_need_a_folder_that_is_there(repository: Repository) -> None:
    """A move to nowhere, or into a document, is refused."""
    with repository.write() as tx:
        id, other = page(tx, "page"), page(tx, "other")
        with pytest.raises(NodeNotFound):
            tx.move(id, parent=new_id())
        with pytest.raises(NodeNotFound):
            tx.move(new_id(), parent=ROOT_ID)
        with pytest.raises(NotAFolder):
            tx.move(id, parent=other)


def test_the_trash_frees_the_name(repository: Repository, draft: Reader) -> None:
    """A trashed node is nowhere to be found, and another may have its name."""
    id = one_page(repository)
    with repository.write() as tx:
        tx.trash(id)
    assert draft.get(id) is None
    assert draft.at("page") is None

    successor = one_page(repository)

    assert must(draft.at("page")).id == successor


def test_all_below_a_trashed_folder_is_gone_and_comes_back(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """A folder takes along what lies in it, into the trash and out of it."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        inner = folder(tx, "inner", outer)
        tx.publish(page(tx, "shown", inner))
        page(tx, "hidden", inner)
    seen = paths(draft), paths(published)

    with repository.write() as tx:
        tx.trash(outer)
    assert paths(draft, "outer") == paths(published, "outer") == []
    assert draft.children(outer) == []

    with repository.write() as tx:
        tx.restore(outer)
    assert (paths(draft), paths(published)) == seen


def test_what_was_trashed_before_its_folder_stays_there(
    repository: Repository, draft: Reader
) -> None:
    """Restoring a folder does not bring back what was thrown away on its own."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        first = page(tx, "page", outer)
        tx.trash(first)
        second = page(tx, "page", outer)
        tx.trash(outer)
        with pytest.raises(NodeNotFound):
            tx.restore(first)
        tx.restore(outer)

    assert must(draft.at("outer/page")).id == second


def test_restoring_onto_a_taken_name_offers_another(repository: Repository, draft: Reader) -> None:
    """A name given away meanwhile is a conflict; under the name offered it works."""
    id = one_page(repository)
    with repository.write() as tx:
        tx.trash(id)
        page(tx, "page")
        with pytest.raises(NameTaken) as refusal:
            tx.restore(id)
        tx.restore(id, name=refusal.value.facts["suggestion"])

    assert must(draft.get(id)).path == "page-1"
    assert must(draft.get(id)).state is State.LIVE
    assert must(draft.get(id)).deleted_at is None


def test_only_trash_is_restored(repository: Repository) -> None:
    """A node that is not in the trash cannot be taken out of it."""
    id = one_page(repository)

    with repository.write() as tx:
        with pytest.raises(WrongState):
            tx.restore(id)
        with pytest.raises(NodeNotFound):
            tx.restore(new_id())


def test_nothing_is_written_to_trash(repository: Repository) -> None:
    """A trashed node is restored or purged, and nothing else is done to it."""
    id = one_page(repository, published=True)
    with repository.write() as tx:
        tx.trash(id)
        writes: tuple[Callable[[], int], ...] = (
            lambda: tx.revise(id, {}),
            lambda: tx.label(id, rank=1),
            lambda: tx.move(id, name="x"),
            lambda: tx.trash(id),
            lambda: tx.publish(id),
            lambda: tx.unpublish(id),
        )
        for write in writes:
            with pytest.raises(NodeNotFound):
                write()


def test_purging_leaves_no_trace_but_the_change(repository: Repository, store: Store) -> None:
    """Purge erases nodes with their history; the log says that it happened."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        ids = [page(tx, "shown", outer), page(tx, "trashed", outer), outer]
        tx.publish(ids[0])
        tx.trash(ids[1])
    before = repository.position

    with repository.write() as tx:
        tx.purge(outer)

    for table in TABLES:
        column = "id" if table == "node" else "node"
        assert not {row[0] for row in store.rows(f"SELECT {column} FROM {table}")} & set(ids)
    after = repository.changes(before)
    assert {change.node for change in after} == set(ids)
    assert {change.action for change in after} == {Action.PURGED}
    assert after[-1].node == outer


def test_only_what_is_there_is_purged(repository: Repository) -> None:
    """Neither strangers nor the root can be purged."""
    with repository.write() as tx:
        for id in (new_id(), ROOT_ID):
            with pytest.raises(NodeNotFound):
                tx.purge(id)


def test_a_refused_change_leaves_nothing_behind(repository: Repository, store: Store) -> None:
    """A transaction that goes on after a refusal holds nothing of what was refused."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        tx.create(Kind.BUNDLE, outer, "labels", key="site.labels")
        tx.trash(outer)
        tx.create(Kind.BUNDLE, ROOT_ID, "labels", key="site.labels")
    before = {table: store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}

    with repository.write() as tx, pytest.raises(Exception, match=r"site\.labels"):
        tx.restore(outer)

    assert before == {table: store.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}


def test_a_failed_transaction_is_undone(repository: Repository, draft: Reader) -> None:
    """All of a transaction is committed, or nothing of it."""
    before = repository.position

    def write() -> None:
        with repository.write() as tx:
            folder(tx, "first")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()

    assert draft.at("first") is None
    assert repository.position == repository.committed_position() == before


def test_a_write_within_a_write_is_refused(repository: Repository) -> None:
    """A second transaction inside the first would wait forever, and is refused instead."""
    with repository.write() as tx:
        folder(tx, "outer")
        with pytest.raises(RuntimeError), repository.write():
            pass

    with repository.write() as tx:
        folder(tx, "later")

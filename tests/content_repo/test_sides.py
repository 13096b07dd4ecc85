"""Draft and published: what a reader sees, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from content_repo import ROOT_ID, DocumentType, Field, FieldKind, Kind, Reader, Repository
from content_repo.errors import StaleRevision, WrongState
from tests.content_repo.content import folder, must, one_page, page, paths
from tests.content_repo.stores import Clock

TWO_SIDED = (Kind.DOCUMENT, Kind.BUNDLE, Kind.TAXONOMY)
ONE_SIDED = (Kind.FOLDER, Kind.ASSET, Kind.OBJECT)


def test_what_is_new_shows_on_the_draft_side_only(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """Nothing is published by being written."""
    id = one_page(repository)

    assert must(draft.get(id)).is_published is False
    assert published.get(id) is None
    assert published.at("page") is None
    assert "page" not in paths(published)
    assert published.children(ROOT_ID) == [must(published.at("content")),
                                           must(published.at("extensions"))]  # fmt: skip


@pytest.mark.parametrize("kind", TWO_SIDED)
def test_a_draft_write_shows_nowhere_on_the_published_side(
    repository: Repository, draft: Reader, published: Reader, kind: Kind
) -> None:
    """Fields, revision and time of the published side stay until the next publish."""
    with repository.write() as tx:
        type_name = "play:note" if kind is Kind.DOCUMENT else None
        id = tx.create(kind, ROOT_ID, "node", type=type_name, fields={"title": "old"})
        tx.publish(id)
    before = must(published.get(id))

    with repository.write() as tx:
        tx.revise(id, {"title": "new"})

    assert must(published.get(id)) == before
    assert before.fields == {"title": "old"}
    assert must(draft.get(id)).fields == {"title": "new"}
    assert must(draft.get(id)).revision > before.revision
    with repository.write() as tx:
        tx.publish(id)
    assert must(published.get(id)).fields == {"title": "new"}
    assert must(published.get(id)).modified_at > before.modified_at


@pytest.mark.parametrize("kind", ONE_SIDED)
def test_kinds_with_one_set_of_fields_show_it_at_once(
    repository: Repository, draft: Reader, published: Reader, kind: Kind
) -> None:
    """A published folder or asset shows every change of its fields."""
    with repository.write() as tx:
        type_name = "play:object" if kind is Kind.OBJECT else None
        id = tx.create(kind, ROOT_ID, "node", type=type_name, fields={"title": "old"})
        tx.publish(id)
        tx.revise(id, {"title": "new"})

    assert must(published.get(id)).fields == must(draft.get(id)).fields == {"title": "new"}


def test_an_unpublished_folder_stays_hidden_when_it_is_revised(
    repository: Repository, published: Reader
) -> None:
    """Showing at once is for what is published."""
    with repository.write() as tx:
        id = folder(tx, "folder")
        tx.revise(id, {"title": "new"})

    assert published.get(id) is None


def test_publishing_publishes_the_folders_above(repository: Repository, published: Reader) -> None:
    """Whatever is published has only published folders above it."""
    with repository.write() as tx:
        inner = folder(tx, "inner", folder(tx, "outer"))
        page(tx, "draft", inner)
        tx.publish(page(tx, "shown", inner))

    assert paths(published, "outer") == ["outer/inner", "outer/inner/shown"]


def test_publishing_publishes_the_linked_assets(repository: Repository, published: Reader) -> None:
    """A published page comes with its pictures; documents that it mirrors stay as they are."""
    fields = (
        Field(name="photo", kind=FieldKind.IMAGE_LINK),
        Field(name="related", kind=FieldKind.MIRROR, multiple=True),
    )
    with repository.write() as tx:
        tx.define([DocumentType(name="play:story", fields=fields)])
        photo = tx.create(Kind.ASSET, folder(tx, "album"), "photo.png")
        draft = page(tx, "draft")
        linked = {"photo": photo, "related": [draft]}
        tx.publish(page(tx, "story", type="play:story", fields=linked))

    assert must(published.get(photo)).path == "album/photo.png"
    assert published.get(draft) is None


def test_unpublishing_a_folder_hides_all_below(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """A folder that is taken off the published side takes all below along; drafts stay."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        inner = folder(tx, "inner", outer)
        shown = page(tx, "shown", inner)
        tx.publish(shown)
    everything = paths(draft, "outer")

    with repository.write() as tx:
        tx.unpublish(outer)

    assert paths(published, "outer") == []
    assert published.get(shown) is None
    assert paths(draft, "outer") == everything
    with repository.write() as tx:
        tx.publish(inner)
    assert paths(published, "outer") == ["outer/inner"]


def test_what_lay_in_the_trash_comes_back_unpublished_with_its_folder(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """Unpublishing a folder also covers what was thrown away from it."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        id = page(tx, "page", outer)
        tx.publish(id)
        tx.trash(id)
        tx.unpublish(outer)
        tx.restore(id)

    assert must(draft.get(id)).is_published is False
    assert published.get(id) is None


def test_a_published_node_comes_back_published(repository: Repository, published: Reader) -> None:
    """The trash hides a published node, and restoring shows it again."""
    id = one_page(repository, published=True)
    before = must(published.get(id))
    with repository.write() as tx:
        tx.trash(id)
    assert published.get(id) is None

    with repository.write() as tx:
        tx.restore(id)

    now = must(published.get(id))
    assert replace(now, modified_at=before.modified_at) == before


def test_only_what_is_published_is_unpublished(repository: Repository) -> None:
    """There must be something to take back."""
    id = one_page(repository)

    with repository.write() as tx, pytest.raises(WrongState):
        tx.unpublish(id)


def test_labels_belong_to_the_node(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """What is said of a node besides its fields shows on both sides at once."""
    id = one_page(repository, published=True)

    with repository.write() as tx:
        revised = tx.label(
            id, rank=7, owner="ann", labels={"a": "b"}, annotations={"c": "d"}, finalizers=["x"]
        )

    for reader in (draft, published):
        node = must(reader.get(id))
        assert (node.rank, node.owner, node.finalizers) == (7, "ann", ("x",))
        assert (node.labels, node.annotations) == ({"a": "b"}, {"c": "d"})
    assert must(draft.get(id)).revision == revised
    with repository.write() as tx, pytest.raises(TypeError):
        tx.label(id, colour="red")


def test_every_write_raises_the_revision_by_one(repository: Repository, draft: Reader) -> None:
    """Write, publish, move, label, trash and restore each count."""
    id = one_page(repository)
    with repository.write() as tx:
        counted = [
            tx.revise(id, {}), tx.publish(id), tx.move(id, name="b"), tx.label(id, rank=1),
            tx.unpublish(id), tx.trash(id), tx.restore(id),
        ]  # fmt: skip

    assert counted == list(range(2, 9))
    assert must(draft.get(id)).revision == 8


def test_a_stale_revision_is_refused(repository: Repository, draft: Reader) -> None:
    """Nobody writes over a revision that they have not seen."""
    id = one_page(repository, published=True)
    before = must(draft.get(id))
    with repository.write() as tx:
        writes: tuple[Callable[[], int], ...] = (
            lambda: tx.revise(id, {}, expected=1),
            lambda: tx.label(id, rank=1, expected=1),
            lambda: tx.move(id, name="x", expected=3),
            lambda: tx.trash(id, expected=1),
            lambda: tx.publish(id, expected=1),
            lambda: tx.unpublish(id, expected=1),
        )
        for write in writes:
            with pytest.raises(StaleRevision) as refusal:
                write()
            assert refusal.value.facts["current"] == 2
    assert must(draft.get(id)) == before

    with repository.write() as tx:
        assert tx.revise(id, {}, expected=2) == 3


def test_times_are_those_of_the_transaction(
    repository: Repository, draft: Reader, clock: Clock
) -> None:
    """Everything in one transaction happens at one moment."""
    with repository.write() as tx:
        id = page(tx, "page")
        tx.publish(id)
        created = clock.time
    with repository.write() as tx:
        tx.revise(id, {})

    node = must(draft.get(id))
    assert (node.created_at, node.published_at, node.modified_at) == (created, created, clock.time)


def test_content_from_elsewhere_keeps_its_times(
    repository: Repository, draft: Reader, published: Reader, clock: Clock
) -> None:
    """What is dated bears the times it had; the log says when it was written here."""
    before = repository.position
    with repository.write() as tx:
        with tx.dated(2_000):
            id = page(tx, "old", created_at=1_000)
            tx.publish(id)
        young = page(tx, "new")

    for reader in (draft, published):
        node = must(reader.get(id))
        assert (node.created_at, node.modified_at, node.published_at) == (1_000, 2_000, 2_000)
    assert must(draft.get(young)).modified_at == clock.time
    assert {change.at for change in repository.changes(before)} == {clock.time}

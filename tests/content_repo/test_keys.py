"""Bundles are also found by their basename, taxonomies by their name."""

from __future__ import annotations

from typing import Any

import pytest

from content_repo import ROOT_ID, Kind, Reader, Repository, Transaction
from content_repo.errors import InvalidFields, KeyTaken
from tests.content_repo.content import folder, must


def bundle(tx: Transaction, name: str, basename: str | None = None, **rest: Any) -> str:
    fields = {} if basename is None else {"basename": basename}
    return tx.create(Kind.BUNDLE, rest.pop("parent", ROOT_ID), name, fields=fields, **rest)


def test_a_bundle_is_found_by_its_basename(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """The basename is a bundle's key, on the published side once it is published."""
    with repository.write() as tx:
        id = bundle(tx, "labels", "site.labels")
    assert must(draft.keyed(Kind.BUNDLE, "site.labels")).id == id
    assert published.keyed(Kind.BUNDLE, "site.labels") is None

    with repository.write() as tx:
        tx.publish(id)

    assert must(published.keyed(Kind.BUNDLE, "site.labels")).id == id


def test_a_bundle_without_basename_is_found_by_its_name(
    repository: Repository, draft: Reader
) -> None:
    """Where no basename is given, the key is the one given, or the name."""
    with repository.write() as tx:
        plain, keyed = bundle(tx, "plain"), bundle(tx, "other", key="some.key")
        both = bundle(tx, "third", "basename", key="key")

    assert must(draft.keyed(Kind.BUNDLE, "plain")).id == plain
    assert must(draft.keyed(Kind.BUNDLE, "some.key")).id == keyed
    assert must(draft.keyed(Kind.BUNDLE, "basename")).id == both


def test_a_key_is_unique_among_its_kind(repository: Repository, draft: Reader) -> None:
    """Two bundles never share a basename, wherever they lie; a taxonomy may have it."""
    with repository.write() as tx:
        bundle(tx, "one", "same")
        with pytest.raises(KeyTaken):
            bundle(tx, "two", "same", parent=folder(tx, "elsewhere"))
        taxonomy = tx.create(Kind.TAXONOMY, ROOT_ID, "same")

    assert must(draft.keyed(Kind.TAXONOMY, "same")).id == taxonomy


def test_the_trash_frees_the_key(repository: Repository, draft: Reader) -> None:
    """A trashed bundle's basename is free; while another has it, it stays in the trash."""
    with repository.write() as tx:
        outer = folder(tx, "outer")
        first = bundle(tx, "one", "same", parent=outer)
        tx.trash(outer)
        second = bundle(tx, "two", "same")
        with pytest.raises(KeyTaken):
            tx.restore(outer)
    assert must(draft.keyed(Kind.BUNDLE, "same")).id == second

    with repository.write() as tx:
        tx.purge(second)
        tx.restore(outer)

    assert must(draft.keyed(Kind.BUNDLE, "same")).id == first


def test_a_bundle_moves_with_its_key(repository: Repository, draft: Reader) -> None:
    """Moving or renaming a bundle does not change how it is looked up."""
    with repository.write() as tx:
        id = bundle(tx, "one", "same")
        tx.move(id, parent=folder(tx, "elsewhere"), name="other")
        tx.trash(id)
        tx.restore(id, name="third")

    assert must(draft.keyed(Kind.BUNDLE, "same")).path == "elsewhere/third"


def test_a_draft_bundle_may_change_its_basename(repository: Repository, draft: Reader) -> None:
    """Until a bundle is published its key follows its basename."""
    with repository.write() as tx:
        bundle(tx, "other", "taken")
        id = bundle(tx, "labels", "old")
        with pytest.raises(KeyTaken):
            tx.revise(id, {"basename": "taken"})
        tx.revise(id, {"basename": "new"})

    assert draft.keyed(Kind.BUNDLE, "old") is None
    assert must(draft.keyed(Kind.BUNDLE, "new")).id == id


def test_a_published_bundle_keeps_its_basename(repository: Repository, published: Reader) -> None:
    """Readers rely on a published key: a draft cannot change it under them."""
    with repository.write() as tx:
        id = bundle(tx, "labels", "old")
        tx.publish(id)
        with pytest.raises(InvalidFields) as refusal:
            tx.revise(id, {"basename": "new"})
        tx.revise(id, {"basename": "old", "messages": {}})

    assert [one.pointer for one in refusal.value.facts["problems"]] == ["/basename"]
    assert must(published.keyed(Kind.BUNDLE, "old")).id == id


def test_a_renamed_taxonomy_is_found_by_its_new_name(repository: Repository, draft: Reader) -> None:
    """A taxonomy's key is its name, also after a move or a restore under another."""
    with repository.write() as tx:
        id = tx.create(Kind.TAXONOMY, ROOT_ID, "old")
        tx.create(Kind.TAXONOMY, folder(tx, "elsewhere"), "taken")
        with pytest.raises(KeyTaken):
            tx.move(id, name="taken")
        tx.move(id, name="new")
    assert draft.keyed(Kind.TAXONOMY, "old") is None
    assert must(draft.keyed(Kind.TAXONOMY, "new")).id == id

    with repository.write() as tx:
        tx.trash(id)
        tx.restore(id, name="newest")

    assert must(draft.keyed(Kind.TAXONOMY, "newest")).id == id


def test_a_key_is_short(repository: Repository) -> None:
    """A basename that no index could hold is refused."""
    with repository.write() as tx, pytest.raises(InvalidFields):
        bundle(tx, "labels", "".join(chr(0x4E00 + number) for number in range(3000)))

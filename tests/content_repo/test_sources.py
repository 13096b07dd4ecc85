"""Which files nodes came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from content_repo import ROOT_ID, Kind, Reader, Repository
from content_repo.errors import BlobMissing, InvalidFields, NodeNotFound
from content_repo.sources import NodeSource, SourceEntry
from content_repo.sql import sources as statements
from tests.content_repo.content import folder, new_id, one_page, page
from tests.content_repo.stores import Store


def a_source(path: str, *, root: str = ROOT_ID, content: bytes | None = b"bytes") -> NodeSource:
    digest = hashlib.sha256(content or b"").hexdigest()
    return NodeSource(
        root=root, path=path, digest=digest, size=len(content or b""), locale="nl",
        origin="/src", content=content,
    )  # fmt: skip


def note(repository: Repository, id: str, *sources: NodeSource) -> None:
    with repository.write() as tx:
        tx.note_sources(id, sources)


def noted(entries: Iterator[SourceEntry] | list[SourceEntry]) -> list[str]:
    return [entry.path for entry in entries]


def test_what_was_noted_is_found(repository: Repository, draft: Reader) -> None:
    """A node tells its files by path, all that was said of them, and not their bytes."""
    id = one_page(repository)
    one = a_source("b/é.md")
    note(repository, id, one, a_source("a.md"))

    found = draft.sources(id)

    assert noted(found) == ["a.md", "b/é.md"]
    assert found[1] == SourceEntry(
        node=id, root=ROOT_ID, path=one.path, digest=one.digest, size=5, locale="nl",
        revision=1, origin="/src", fields_revision=1,
    )  # fmt: skip
    assert noted(repository.sources(ROOT_ID)) == ["a.md", "b/é.md"]
    assert draft.sources_of([id, new_id()]) == {id: found}
    assert draft.sources(new_id()) == []


def test_noting_writes_no_change(repository: Repository) -> None:
    """Where a node came from is not content: no revision, no position."""
    id = one_page(repository)
    before = repository.committed_position()
    note(repository, id, a_source("a.md"))

    assert repository.committed_position() == before


def test_a_file_is_the_last_node_s_that_it_was_noted_for(
    repository: Repository, draft: Reader
) -> None:
    """One file is one row: noted again, with other bytes or for another node, the last holds."""
    first, second = one_page(repository, "first"), one_page(repository, "second")
    note(repository, first, a_source("a.md"), a_source("b.md"))
    note(repository, second, a_source("a.md", content=b"new"), a_source("a.md", content=b"newest"))

    assert noted(draft.sources(first)) == ["b.md"]
    assert noted(draft.sources(second)) == ["a.md"]
    with repository.source_bytes(ROOT_ID, "a.md") as stream:
        assert stream.read() == b"newest"


def test_an_edited_node_differs_from_its_file(repository: Repository, draft: Reader) -> None:
    """Fields written anew are not the file's any more, until they are noted to be."""
    id = one_page(repository, published=True)
    note(repository, id, a_source("a.md"))
    assert not draft.sources(id)[0].is_edited

    with repository.write() as tx:
        tx.label(id, rank=3)
        tx.move(id, name="moved")
    assert not draft.sources(id)[0].is_edited

    with repository.write() as tx:
        tx.revise(id, {"title": "new"})
    assert draft.sources(id)[0].is_edited
    assert next(repository.sources(ROOT_ID)).is_edited

    note(repository, id, a_source("a.md"))
    assert not draft.sources(id)[0].is_edited


def test_a_draft_s_file_is_not_published(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """The published side tells a file only while it shows the fields made from it."""
    id = one_page(repository)
    note(repository, id, a_source("a.md"))
    assert published.sources(id) == []

    with repository.write() as tx:
        tx.publish(id)
    assert noted(published.sources(id)) == ["a.md"]

    with repository.write() as tx:
        tx.revise(id, {"title": "draft"})
        tx.note_sources(id, [a_source("a.md", content=b"secret")])
    assert published.sources(id) == []
    assert noted(draft.sources(id)) == ["a.md"]


def test_files_of_trees_are_apart(repository: Repository) -> None:
    """Two trees may have a file at the same path."""
    with repository.write() as tx:
        other = folder(tx, "other")
        one, two = page(tx, "one"), page(tx, "two")
        tx.note_sources(one, [a_source("a.md", content=b"1")])
        tx.note_sources(two, [a_source("a.md", content=b"2", root=other)])

    assert [entry.node for entry in repository.sources(ROOT_ID)] == [one]
    assert [entry.node for entry in repository.sources(other)] == [two]
    with repository.source_bytes(other, "a.md") as stream:
        assert stream.read() == b"2"


def test_files_come_in_the_order_of_their_paths(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, they come one by one, by code point, whole or below a folder."""
    monkeypatch.setattr(statements, "_PAGE", 2)
    statements._entries.cache_clear()
    paths = ["a", "a/b", "a/c", "a0", "b/é", "b/\U0001f600", "b/\uffff", "e\u0301", "\u00e9"]
    note(repository, one_page(repository), *map(a_source, reversed(paths)))

    assert noted(repository.sources(ROOT_ID)) == sorted(paths)
    assert noted(repository.sources(ROOT_ID, below="a")) == ["a/b", "a/c"]
    assert noted(repository.sources(ROOT_ID, below="c")) == []
    assert noted(repository.sources(ROOT_ID, below="\0")) == []
    statements._entries.cache_clear()


def test_bytes_are_exact(repository: Repository) -> None:
    """Bytes are kept as they are, none and NUL among them; those of assets lie in the media."""
    id = one_page(repository)
    digest = repository.media.put(b"media")
    inside = NodeSource(root=ROOT_ID, path="c", digest=digest, size=5, origin="/src")
    note(repository, id, a_source("a", content=b""), a_source("b", content=b"\0\xff\r\n"), inside)

    found = []
    for path in ("a", "b", "c"):
        with repository.source_bytes(ROOT_ID, path) as stream:
            found.append(stream.read())
    assert found == [b"", b"\0\xff\r\n", b"media"]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_bytes_that_are_not_there_are_missing(repository: Repository) -> None:
    """An unknown file is not found; of a known one whose bytes are lost that is said."""
    with pytest.raises(NodeNotFound):
        repository.source_bytes(ROOT_ID, "a.md")
    with pytest.raises(NodeNotFound):
        repository.source_bytes(ROOT_ID, "\0")
    note(repository, one_page(repository), a_source("a.md", content=None))
    with pytest.raises(BlobMissing):
        repository.source_bytes(ROOT_ID, "a.md")


def test_only_purging_erases(repository: Repository, draft: Reader) -> None:
    """A node in the trash keeps its files, for it may come back; a purged one has none."""
    with repository.write() as tx:
        above = folder(tx, "above")
        id = page(tx, "page", above)
        tx.note_sources(id, [a_source("a.md")])
        tx.trash(above)
    assert draft.sources(id) == []
    assert noted(repository.sources(ROOT_ID)) == ["a.md"]

    with repository.write() as tx:
        tx.purge(above)
    assert noted(repository.sources(ROOT_ID)) == []


def test_files_can_be_forgotten(repository: Repository, draft: Reader) -> None:
    """Forgetting a node's files leaves those of others."""
    one, two = one_page(repository, "one"), one_page(repository, "two")
    note(repository, one, a_source("a"), a_source("b"))
    note(repository, two, a_source("c"))
    with repository.write() as tx:
        tx.forget_sources(one)

    assert draft.sources(one) == []
    assert noted(draft.sources(two)) == ["c"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": ""},
        {"path": "a\0"},
        {"path": "\udcff"},
        {"path": "é" * 1025},
        {"digest": "0" * 63},
        {"digest": "G" * 64},
        {"size": 2**63},
        {"origin": "\udcff"},
    ],
)
def test_what_no_database_holds_is_refused(store: Store, wrong: dict[str, object]) -> None:
    """What one of the databases could not hold is refused by all, before anything is written."""
    given: dict[str, object] = {
        "root": ROOT_ID, "path": "a", "digest": "0" * 64, "size": 0, "origin": "/", **wrong,
    }  # fmt: skip
    with store.opened() as repository:
        with repository.write() as tx:
            id = tx.create(Kind.FOLDER, ROOT_ID, "a")
            with pytest.raises(InvalidFields):
                tx.note_sources(id, [NodeSource(**given)])  # type: ignore[arg-type]
        assert noted(repository.sources(ROOT_ID)) == []


def test_the_fields_of_any_revision_are_found(repository: Repository) -> None:
    """What a node said in an earlier revision is still known."""
    id = one_page(repository)
    with repository.write() as tx:
        tx.revise(id, {"title": "new"})

    assert repository.fields_at(id, 1) == {"title": "page"}
    assert repository.fields_at(id, 2) == {"title": "new"}
    assert repository.fields_at(id, 3) is None

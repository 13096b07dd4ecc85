"""Append-only history: revisions, placements, publications, and the log of changes."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from content_repo import ROOT_ID, Action, Change, Kind, Reader, Repository, Side, Transaction
from content_repo.errors import ContentError
from tests.content_repo.content import folder, must, one_page, page
from tests.content_repo.history import History, shown
from tests.content_repo.stores import Store

STEPS: Final = 150


def ranges(store: Store, table: str, id: str, value: str) -> list[tuple[Any, ...]]:
    rows = store.rows(
        f"SELECT node, from_position, to_position, {value} FROM {table} ORDER BY from_position"
    )
    return [tuple(row[1:]) for row in rows if row[0] == id]


def test_each_write_of_fields_is_a_revision(repository: Repository, store: Store) -> None:
    """Fields are never overwritten: each version stays, with who wrote it, when and why."""
    with repository.write(author="ann", message="first words") as tx:
        id = page(tx, "x", fields={"title": "one"})
    with repository.write(author="bob") as tx:
        tx.label(id, rank=1)
        tx.revise(id, {"title": "two"})

    rows = store.rows("SELECT node, revision, fields, author, message, position FROM revision")
    found = [tuple(row[1:]) for row in rows if row[0] == id]
    last = repository.position
    assert sorted(found) == [
        (1, '{"title":"one"}', "ann", "first words", last - 2),
        (3, '{"title":"two"}', "bob", None, last),
    ]


def test_places_follow_one_another_without_gap(repository: Repository, store: Store) -> None:
    """From each position to the next a node has one place; in the trash it has none."""
    id = one_page(repository, "a")
    begin = repository.position
    with repository.write() as tx:
        tx.move(id, name="b")
        tx.trash(id)
        tx.restore(id, name="c")

    assert ranges(store, "placement", id, "name") == [
        (begin, begin + 1, "a"), (begin + 1, begin + 2, "b"), (begin + 3, None, "c"),
    ]  # fmt: skip


def test_publications_follow_one_another(repository: Repository, store: Store) -> None:
    """From each position to the next the published side shows one revision, or none."""
    id = one_page(repository, "a")
    begin = repository.position
    with repository.write() as tx:
        tx.publish(id)
        tx.revise(id, {"title": "new"})
        tx.publish(id)
        tx.unpublish(id)
        tx.publish(id)

    assert ranges(store, "publication", id, "revision") == [
        (begin + 1, begin + 3, 1), (begin + 3, begin + 4, 3), (begin + 5, None, 3),
    ]  # fmt: skip


def test_the_log_says_what_happened(repository: Repository) -> None:
    """Each change names its node, its kind, what was done, the revision and the author."""
    before = repository.position
    with repository.write(author="ann") as tx:
        id = folder(tx, "x")
        tx.publish(id)
        tx.revise(id, {"title": "y"})

    changes = repository.changes(before)
    at = changes[0].at
    assert changes == [
        Change(before + 1, id, Kind.FOLDER, Action.CREATED, 1, False, at, "ann"),
        Change(before + 2, id, Kind.FOLDER, Action.PUBLISHED, 2, True, at, "ann"),
        Change(before + 3, id, Kind.FOLDER, Action.REVISED, 3, True, at, "ann"),
    ]


def test_the_log_is_read_in_pieces(repository: Repository) -> None:
    """A follower reads on behind the position that it reached, and misses nothing."""
    with repository.write() as tx:
        for number in range(10):
            folder(tx, f"f{number}")

    found: list[Change] = []
    while piece := repository.changes(len(found), limit=3):
        found += piece

    assert [change.position for change in found] == list(range(1, repository.position + 1))
    assert found == repository.changes(0)


def test_a_defined_type_is_a_change(repository: Repository) -> None:
    """Followers learn from the log that the types are others now."""
    before = repository.position
    with repository.write() as tx:
        tx.define(tx.types.by_name.values())

    assert {change.action for change in repository.changes(before)} == {Action.TYPED}
    assert {change.node for change in repository.changes(before)} == {ROOT_ID}


class Editors:
    """People who do whatever comes to mind, each thing in a transaction of its own."""

    def __init__(self, repository: Repository, seed: int) -> None:
        self._repository = repository
        self._random = random.Random(seed)
        self._ids = [ROOT_ID]

    def act(self) -> None:
        """Do one thing, which may be refused."""
        actions: list[Callable[[Transaction], None]] = [
            self._create, self._create, self._create, self._revise, self._move, self._trash,
            self._restore, self._restore, self._publish, self._publish, self._publish,
            self._unpublish, self._label,
        ]  # fmt: skip
        with contextlib.suppress(ContentError), self._repository.write() as tx:
            self._random.choice(actions)(tx)

    def _one(self) -> str:
        return self._random.choice(self._ids[1:] or self._ids)

    def _name(self) -> str:
        return self._random.choice("abcdefghij")

    def _create(self, tx: Transaction) -> None:
        parent, name = self._random.choice(self._ids), self._name()
        if self._random.random() < 0.6:
            self._ids.append(folder(tx, name, parent, fields={"title": name}))
        else:
            self._ids.append(page(tx, name, parent))

    def _revise(self, tx: Transaction) -> None:
        tx.revise(self._one(), {"title": str(self._random.random())})

    def _move(self, tx: Transaction) -> None:
        tx.move(self._one(), parent=self._random.choice(self._ids), name=self._name())

    def _trash(self, tx: Transaction) -> None:
        tx.trash(self._one())

    def _restore(self, tx: Transaction) -> None:
        tx.restore(self._one())

    def _publish(self, tx: Transaction) -> None:
        tx.publish(self._one())

    def _unpublish(self, tx: Transaction) -> None:
        tx.unpublish(self._one())

    def _label(self, tx: Transaction) -> None:
        tx.label(self._one(), rank=self._random.randrange(9))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_past_can_be_read_from_history(
    repository: Repository, store: Store, draft: Reader, published: Reader, seed: int
) -> None:
    """Replayed up to any position, history gives what both sides showed at that position."""
    editors, seen = Editors(repository, seed), {}
    for _ in range(STEPS):
        editors.act()
        seen[repository.position] = shown(draft), shown(published)

    history = History(store)
    history.check()
    assert len(seen) > STEPS / 3
    for position, (drafts, publications) in seen.items():
        assert history.content(position, published=False) == drafts
        assert history.content(position, published=True) == publications


@pytest.mark.parametrize("seed", [3, 4])
def test_a_change_that_is_not_public_changes_nothing_in_public(
    repository: Repository, published: Reader, seed: int
) -> None:
    """Whoever follows the published side may skip what the log does not call public."""
    editors, hidden = Editors(repository, seed), 0
    for _ in range(STEPS):
        before, position = full(published), repository.position
        editors.act()
        changes = repository.changes(position)
        if not any(change.public for change in changes):
            hidden += len(changes)
            assert full(published) == before

    assert hidden > STEPS / 10


def full(reader: Reader) -> dict[str, Any]:
    return dict(reader.get_many(place.id for place in reader.below("")))


def test_followers_of_the_log_end_with_the_same_content(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """A copy kept up by looking again at what each change reaches is the content itself."""
    editors = Editors(repository, 5)
    copies: dict[Side, dict[str, Any]] = {Side.DRAFT: {}, Side.PUBLISHED: {}}
    reached = 0
    for _ in range(STEPS):
        editors.act()
        for change in repository.changes(reached):
            reached = change.position
            for reader in (draft, published):
                copy = copies[reader.side]
                for id in {change.node, *affected(copy, change.node), *now_below(reader, change)}:
                    node = reader.get(id)
                    if node is None:
                        copy.pop(id, None)
                    else:
                        copy[id] = node

    for reader in (draft, published):
        assert copies[reader.side] == full(reader) | root_of(copies[reader.side])


def affected(copy: dict[str, Any], id: str) -> Iterator[str]:
    """All that the copy has below a node."""
    if id in copy:
        yield from (one for one, node in copy.items() if node.path.startswith(f"{copy[id].path}/"))


def now_below(reader: Reader, change: Change) -> Iterator[str]:
    node = reader.get(change.node)
    if node is not None:
        yield from (place.id for place in reader.below(node.path))


def root_of(copy: dict[str, Any]) -> dict[str, Any]:
    return {id: node for id, node in copy.items() if id == ROOT_ID}


def test_history_outlives_many_writers(repository: Repository, store: Store) -> None:
    """What the standard folders and types left in the log is whole, too."""
    History(store).check()
    assert must(repository.reader(Side.DRAFT).get(ROOT_ID)).revision == 1

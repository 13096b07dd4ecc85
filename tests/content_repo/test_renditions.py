"""What pages are read by: numbers, positions, and what is noted of nodes and revisions.

It follows from other tables, where it would have to be looked for each time; here
everything is looked for, and has to be what was noted.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from content_repo import ROOT_ID, Kind, Reader, Repository, Side, Transaction
from content_repo.errors import ContentError
from content_repo.kept import Rendition
from content_repo.planting import Seedling
from content_repo.sources import NodeSource
from tests.content_repo.content import folder, must, new_id, one_page, page
from tests.content_repo.stores import PAGE, Store

STEPS: Final = 100

#: Of each node, what its sides show, and whether another is in its group: as noted, and as it is.
NODES: Final = """
SELECT 'noted', id, draft_position, published_position, is_translated FROM node
UNION ALL
SELECT 'so', node.id, draft.position, published.position, EXISTS (
    SELECT 1 FROM node AS other WHERE other."group" = node."group" AND other.id <> node.id
)
FROM node
JOIN revision AS draft ON draft.node = node.id AND draft.revision = node.draft_revision
LEFT JOIN revision AS published
    ON published.node = node.id AND published.revision = node.published_revision
"""

#: Of each revision, whether any file is its own.
REVISIONS: Final = """
SELECT 'noted', position, is_sourced FROM rendition
UNION ALL
SELECT 'so', position, EXISTS (
    SELECT 1 FROM source WHERE source.node = made.node AND source.revision = made.revision
)
FROM revision AS made
"""


def flags(store: Store) -> set[tuple[str, bool]]:
    """The flags that are noted; fails unless all that is noted is so."""
    found = set()
    for statement in (NODES, REVISIONS):
        rows = store.rows(statement)
        noted, so = (sorted(row[1:] for row in rows if row[0] == of) for of in ("noted", "so"))
        assert noted == so
        found |= {(statement, bool(row[-1])) for row in noted}
    return found


def a_source(path: str) -> NodeSource:
    digest = hashlib.sha256(path.encode()).hexdigest()
    return NodeSource(root=ROOT_ID, path=path, digest=digest, size=1, origin="/src", content=b"a")


class Undone(Exception):
    """Raised to have a transaction undone."""


class Editors:
    """People and importers who share a few groups and files."""

    def __init__(self, repository: Repository, seed: int) -> None:
        self._repository = repository
        self._random = random.Random(seed)
        self._groups = [new_id() for _ in range(2)]
        self._ids = [ROOT_ID]
        self._folders = [ROOT_ID]

    def act(self) -> None:
        """Do a thing or two in one transaction, some of which are refused or undone."""
        actions: list[Callable[[Transaction], object]] = [
            self._create, self._create, self._plant, self._plant, self._plant, self._note,
            self._note, self._forget, self._publish, self._publish, self._publish,
            self._unpublish, self._revise, self._revise, self._move, self._trash, self._restore,
            self._restore, self._purge,
        ]  # fmt: skip
        with contextlib.suppress(ContentError, Undone), self._repository.write() as tx:
            for action in self._random.choices(actions, k=self._random.choice([1, 1, 2, 3])):
                action(tx)
            if self._random.random() < 0.1:
                raise Undone

    def _one(self) -> str:
        return self._random.choice(self._ids)

    def _name(self) -> str:
        return self._random.choice("abcdefghij")

    def _group(self) -> str | None:
        if self._random.random() < 0.3:
            self._groups[self._random.randrange(2)] = new_id()
        return self._random.choice([None, *self._groups])

    def _sources(self) -> tuple[NodeSource, ...]:
        return tuple(map(a_source, self._random.sample("xyz", self._random.randrange(3))))

    def _create(self, tx: Transaction) -> None:
        parent = self._random.choice(self._folders)
        if self._random.random() < 0.5:
            self._folders.append(folder(tx, self._name(), parent, group=self._group()))
            self._ids.append(self._folders[-1])
        else:
            self._ids.append(page(tx, self._name(), parent, group=self._group()))

    def _plant(self, tx: Transaction) -> None:
        batch = [
            Seedling(
                kind=Kind.DOCUMENT, type=PAGE, parent=self._random.choice(self._folders),
                name=self._name(), group=self._group(), publish=self._random.random() < 0.5,
                sources=self._sources(),
            )
            for _ in range(self._random.randrange(1, 4))
        ]  # fmt: skip
        self._ids += tx.plant(batch).ids.values()

    def _note(self, tx: Transaction) -> None:
        tx.note_sources(self._one(), self._sources())

    def _forget(self, tx: Transaction) -> None:
        tx.forget_sources(self._one())

    def _publish(self, tx: Transaction) -> None:
        tx.publish(self._one())

    def _unpublish(self, tx: Transaction) -> None:
        tx.unpublish(self._one())

    def _revise(self, tx: Transaction) -> None:
        tx.revise(self._one(), {"title": self._name()})

    def _move(self, tx: Transaction) -> None:
        tx.move(self._one(), parent=self._random.choice(self._folders), name=self._name())

    def _trash(self, tx: Transaction) -> None:
        tx.trash(self._one())

    def _restore(self, tx: Transaction) -> None:
        tx.restore(self._one())

    def _purge(self, tx: Transaction) -> None:
        tx.purge(self._one())


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_noted_is_what_is_so(repository: Repository, store: Store, seed: int) -> None:
    """Whatever is written, and whatever of it undone: what is noted of nodes and revisions is
    what the other tables say."""
    editors, seen, read = Editors(repository, seed), flags(store), 0
    for _ in range(STEPS):
        editors.act()
        seen |= flags(store)
        read += sum(check_reading(repository.reader(side)) for side in Side)

    assert len(seen) == 4
    assert read > STEPS


def check_reading(reader: Reader) -> int:
    """How many documents there are; fails unless by number, by id and one by one they are found
    as their nodes are."""
    nodes = reader.get_many([ROOT_ID, *(place.id for place in reader.below(""))])
    documents = {id for id, one in nodes.items() if one.kind is Kind.DOCUMENT}
    found = reader.renditions(one.number for one in nodes.values())
    assert found.keys() == documents
    assert found == reader.renditions_of(nodes) == dict(one_by_one(reader, documents))
    for id, one in found.items():
        assert said(one) == said(nodes[id])
    return len(found)


def one_by_one(reader: Reader, ids: set[str]) -> Iterator[tuple[str, Rendition | None]]:
    for id in ids:
        yield id, reader.rendition("id", id)


def said(one: Any) -> list[Any]:
    """What documents and renditions both say."""
    return [
        getattr(one, name) for name in Rendition._fields if name not in ("links", "kept_by", "kept")
    ]


def test_what_nobody_has_is_absent(repository: Repository, published: Reader) -> None:
    """Folders, what is hidden, and numbers that nobody has are no documents of a side."""
    shown, hidden = one_page(repository, "shown", published=True), one_page(repository, "hidden")
    draft = repository.reader(Side.DRAFT)
    numbers = {id: must(draft.get(id)).number for id in (shown, hidden, ROOT_ID)}

    assert published.renditions([*numbers.values(), *numbers.values(), 10**9]).keys() == {shown}
    assert draft.renditions(numbers.values()).keys() == {shown, hidden}
    assert published.renditions([]) == {}


def test_more_than_one_statement_names_are_found(repository: Repository, published: Reader) -> None:
    """However many documents are asked for at once, all are found."""
    batch = [
        Seedling(kind=Kind.DOCUMENT, type=PAGE, parent=ROOT_ID, name=f"n{number}")
        for number in range(1100)
    ]
    with repository.write() as tx:
        ids = set(tx.plant(batch).ids.values())
    numbers = [one.number for one in published.get_many(ids).values()]

    assert published.renditions(numbers).keys() == ids


def test_translations_keep_each_other_company(repository: Repository, draft: Reader) -> None:
    """A node is translated while any other is in its group, in the trash as well."""
    group = new_id()
    with repository.write() as tx:
        one = page(tx, "one", group=group)
    assert not must(draft.get(one)).is_translated

    with repository.write() as tx:
        two, three = page(tx, "two", group=group), page(tx, "three", group=group)
    assert all(must(draft.get(id)).is_translated for id in (one, two, three))

    with repository.write() as tx:
        tx.trash(two)
        tx.purge(three)
    assert must(draft.get(one)).is_translated

    with repository.write() as tx:
        tx.purge(two)
    assert not must(draft.get(one)).is_translated


def test_a_batch_may_be_a_group_of_its_own(repository: Repository, draft: Reader) -> None:
    """Nodes that are planted together are each other's translations, too."""
    group = new_id()
    batch = [
        Seedling(kind=Kind.FOLDER, parent=ROOT_ID, name=name, group=group) for name in ("a", "b")
    ]
    with repository.write() as tx:
        ids = tx.plant(batch).ids.values()

    assert [must(draft.get(id)).is_translated for id in ids] == [True, True]

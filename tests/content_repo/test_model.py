"""Whatever editors do, in whatever order: the repository is equal to a plain dictionary.

Hypothesis writes programs of changes; each is run on the repository and on
:class:`Model`, and after every step both show the same on both sides.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from content_repo import Kind, Repository, Side, Transaction
from content_repo.errors import ContentError
from content_repo.sql import database
from tests.content_repo.content import folder, page
from tests.content_repo.history import History
from tests.content_repo.model import Model
from tests.content_repo.stores import Store

#: Programs on SQLite; a tenth of them on PostgreSQL.
PROGRAMS: Final = 300
STEPS: Final = 30

NAMES: Final = st.sampled_from(["a", "b", "c", "a.b"])
TITLES: Final = st.sampled_from(["one", "two"])


class Editing(RuleBasedStateMachine):
    """A program of changes below a folder of its own."""

    repository: ClassVar[Repository]
    numbers: ClassVar[Iterator[int]]
    programs: ClassVar[int] = 0
    steps: ClassVar[int] = 0

    nodes: Bundle[str] = Bundle("nodes")

    def __init__(self) -> None:
        super().__init__()
        type(self).programs += 1
        self.home = f"program-{next(self.numbers)}"
        with self.repository.write() as tx:
            self.top = folder(tx, self.home)
            tx.publish(self.top)
        self.model = Model(self.top)
        #: What the published side showed before the step.
        self.public: dict[str, tuple[str, Any]] = {}

    def check(
        self, expected: type[ContentError] | None, act: Callable[[Transaction], object]
    ) -> None:
        """Do in the repository what the model did, or see it refused alike."""
        type(self).steps += 1
        refusal: type[ContentError] | None = None
        position = self.repository.position
        try:
            with self.repository.write() as tx:
                act(tx)
        except ContentError as problem:
            refusal = type(problem)
        assert refusal is expected
        changes = self.repository.changes(position)
        assert bool(changes) is (refusal is None)
        if not any(change.public for change in changes):
            assert self.seen(Side.PUBLISHED) == self.public

    def seen(self, side: Side) -> dict[str, tuple[str, Any]]:
        reader = self.repository.reader(side)
        places = reader.below(self.home)
        nodes = reader.get_many(place.id for place in places)
        assert [nodes[place.id].path for place in places] == [place.path for place in places]
        return {
            place.path.removeprefix(f"{self.home}/"): (place.id, dict(nodes[place.id].fields))
            for place in places
        }

    @rule(target=nodes, parent=nodes | st.none(), name=NAMES, title=TITLES, is_folder=st.booleans())
    def create(self, parent: str | None, name: str, title: str, is_folder: bool) -> Any:
        above, made, fields = parent or self.top, "", {"title": title}

        def act(tx: Transaction) -> None:
            nonlocal made
            write = folder if is_folder else page
            made = write(tx, name, above, fields=fields)

        refusal = self.model.objection_to_place(above, name)
        self.check(refusal, act)
        if refusal is not None:
            return multiple()
        self.model.create(made, above, name, is_folder, fields)
        return made

    @rule(id=nodes, title=TITLES)
    def revise(self, id: str, title: str) -> None:
        fields = {"title": title}
        self.check(self.model.revise(id, fields), lambda tx: tx.revise(id, fields))

    @rule(id=nodes, parent=nodes | st.none(), name=NAMES)
    def move(self, id: str, parent: str | None, name: str) -> None:
        above = parent or self.top
        self.check(
            self.model.move(id, above, name), lambda tx: tx.move(id, parent=above, name=name)
        )

    @rule(id=nodes)
    def trash(self, id: str) -> None:
        self.check(self.model.trash(id), lambda tx: tx.trash(id))

    @rule(id=nodes, name=NAMES | st.none())
    def restore(self, id: str, name: str | None) -> None:
        self.check(self.model.restore(id, name), lambda tx: tx.restore(id, name=name))

    @rule(id=nodes)
    def publish(self, id: str) -> None:
        self.check(self.model.publish(id), lambda tx: tx.publish(id))

    @rule(id=nodes)
    def unpublish(self, id: str) -> None:
        self.check(self.model.unpublish(id), lambda tx: tx.unpublish(id))

    @rule(id=nodes)
    def purge(self, id: str) -> None:
        self.check(self.model.purge(id), lambda tx: tx.purge(id))

    @rule(id=nodes)
    def look_up(self, id: str) -> None:
        """One node, by id, by path and among its siblings, on both sides."""
        for side in Side:
            reader = self.repository.reader(side)
            shown = self.model.shown(published=side is Side.PUBLISHED)
            path = next((path for path, (one, _) in shown.items() if one == id), None)
            node = reader.get(id)
            assert (node is None) is (path is None)
            if node is None:
                continue
            assert node.path == f"{self.home}/{path}"
            assert reader.at(node.path) == node
            assert node.is_published is (self.model.nodes[id].published is not None)
            assert node.kind is (Kind.FOLDER if self.model.nodes[id].is_folder else Kind.DOCUMENT)
            if side is Side.DRAFT:
                assert node.revision == self.model.nodes[id].revision
            assert node.parent is not None
            siblings = sorted(
                other.rpartition("/")[2]
                for other in shown
                if other.rpartition("/")[0] == str(path).rpartition("/")[0]
            )
            assert [one.name for one in reader.children(node.parent)] == siblings

    @invariant()
    def both_sides_are_those_of_the_model(self) -> None:
        self.public = self.seen(Side.PUBLISHED)
        assert self.public == self.model.shown(published=True)
        assert self.seen(Side.DRAFT) == self.model.shown(published=False)


@pytest.fixture
def without_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs are not about power cuts, and run ten times as fast without flushing."""
    configure = database._configure_sqlite

    def configured(connection: Any, record: object) -> None:
        configure(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(database, "_configure_sqlite", configured)


@pytest.mark.usefixtures("without_flushing")
def test_the_repository_is_equal_to_a_dictionary(store: Store) -> None:
    """After any program of changes both sides show what plain dictionaries would."""
    programs = PROGRAMS if store.is_sqlite else PROGRAMS // 10
    with store.opened() as opened:

        class Program(Editing):
            repository = opened
            numbers = itertools.count()

        run(
            Program,
            settings=settings(
                max_examples=programs,
                stateful_step_count=STEPS,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert Program.programs >= programs
    assert Program.steps >= programs * STEPS / 4
    History(store).check()

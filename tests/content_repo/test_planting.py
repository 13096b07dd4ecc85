"""Many new nodes at once."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from content_repo import ROOT_ID, ContentError, Kind, Reader, Repository, Side, Transaction
from content_repo.errors import (
    IdTaken,
    InvalidFields,
    InvalidId,
    InvalidName,
    InvalidPath,
    KeyTaken,
    NameTaken,
    NodeNotFound,
    NotAFolder,
    UnknownType,
)
from content_repo.planting import Seedling
from content_repo.sources import NodeSource
from content_repo.sql.tables import metadata
from tests.content_repo import stores
from tests.content_repo.content import folder, must, new_id, page, paths
from tests.content_repo.history import History
from tests.content_repo.stores import NOTE, PAGE, Clock, Store

Rows = dict[str, list[tuple[Any, ...]]]

#: Ids that are the same in both repositories of a comparison.
IDS: Final = [str(uuid.UUID(int=number + (4 << 76) + (8 << 60))) for number in range(1, 60)]
FOLDER, HIDDEN, PICTURE, TEXT, NEWS, LABELS, TOPICS, LATER = IDS[:8]


def seed(number: int, kind: Kind, parent: str, name: str, **rest: Any) -> Seedling:
    """A seedling whose id and group are always the same."""
    given = {"id": IDS[number], "group": IDS[-1 - number], **rest}
    if kind is Kind.DOCUMENT:
        given.setdefault("type", PAGE)
    return Seedling(kind=kind, parent=parent, name=name, **given)


def one_by_one(tx: Transaction, batch: Sequence[Seedling]) -> dict[int, ContentError]:
    """Plant as somebody would who knows ``create`` and ``publish`` only."""
    failures: dict[int, ContentError] = {}
    for index, one in enumerate(batch):
        with ExitStack() as stack:
            if one.modified_at is not None:
                stack.enter_context(tx.dated(one.modified_at))
            try:
                id = tx.create(
                    one.kind, one.parent, one.name, fields=one.fields, type=one.type, id=one.id,
                    locale=one.locale, group=one.group, key=one.key, rank=one.rank,
                    owner=one.owner, created_at=one.created_at,
                )  # fmt: skip
            except ContentError as failure:
                failures[index] = failure
                continue
            if one.publish:
                tx.publish(id)
            tx.note_sources(id, one.sources)
    return failures


def everything(store: Store) -> Rows:
    engine = sa.create_engine(store.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def written(
    store: Store, batches: Sequence[Sequence[Seedling]], *, at_once: bool
) -> tuple[Rows, list[dict[int, str]]]:
    """All tables after the batches, each in a transaction, and what was refused."""
    refused = []
    with store.opened(clock=Clock()) as repository:
        for batch in batches:
            with repository.write(author="ann", message="many") as tx:
                failures = tx.plant(batch).failures if at_once else one_by_one(tx, batch)
            refused.append({index: repr(failure) for index, failure in sorted(failures.items())})
        assert repository.position == repository.committed_position()
    return everything(store), refused


def both_ways(
    backend: str, folder: Path, batches: Sequence[Sequence[Seedling]]
) -> tuple[tuple[Rows, list[dict[int, str]]], tuple[Rows, list[dict[int, str]]]]:
    found = []
    for at_once in (False, True):
        with stores.fresh(backend, folder) as store:
            found.append(written(store, batches, at_once=at_once))
            History(store).check()
    return found[0], found[1]


A_SOURCE: Final = NodeSource(
    root=ROOT_ID, path="a/b.md", digest="0" * 64, size=3, origin="/src", content=b"# b"
)

#: All kinds, both sides, dates, and what is published because something else is.
GARDEN: Final = [
    seed(0, Kind.FOLDER, ROOT_ID, "site", locale="pt_br", owner="ann"),
    seed(1, Kind.FOLDER, FOLDER, "hidden", publish=False),
    seed(2, Kind.ASSET, HIDDEN, "a.png", publish=False, fields={"digest": "0" * 64}),
    seed(3, Kind.DOCUMENT, FOLDER, "text", fields={"title": "é", "image": PICTURE}, rank=3),
    seed(4, Kind.DOCUMENT, HIDDEN, "news", type=NOTE, fields={"title": "n", "mood": 1, "at": [2]}),
    seed(5, Kind.BUNDLE, FOLDER, "labels", key="site.labels", fields={"messages": {"nl": {}}}),
    seed(6, Kind.TAXONOMY, FOLDER, "topics", fields={"categories": []}, publish=False),
    seed(7, Kind.DOCUMENT, FOLDER, "later", type=NOTE, fields={"way": 1}, publish=False),
    seed(8, Kind.DOCUMENT, HIDDEN, "dated", created_at=5, modified_at=7, sources=(A_SOURCE,)),
    seed(9, Kind.OBJECT, ROOT_ID, "thing", type="play:thing", fields={"any": None}),
    seed(10, Kind.FOLDER, HIDDEN, "deep", publish=False),
    seed(14, Kind.ASSET, HIDDEN, "c.png", publish=False),
    seed(
        15,
        Kind.DOCUMENT,
        FOLDER,
        "linking",
        locale="pt_br",
        fields={
            "content": '<a href="text">t</a><img src="hidden/c.png"><a href="/news">n</a>'
            '<a href="#top">s</a><a href="gone">g</a><a href="//x.org">x</a>',
            "above": IDS[4],
        },
    ),
    seed(
        16,
        Kind.DOCUMENT,
        FOLDER,
        "when",
        type=NOTE,
        fields={"on": datetime(2017, 2, 3, tzinfo=UTC)},
    ),
]

#: A second import: into what the first left hidden, and linking what it left.
SECOND: Final = [
    seed(11, Kind.DOCUMENT, IDS[10], "deepest", fields={"image": PICTURE, "above": IDS[3]}),
    seed(12, Kind.ASSET, FOLDER, "b.png", publish=False),
    seed(13, Kind.DOCUMENT, FOLDER, "two", fields={"image": IDS[12]}, modified_at=9),
    seed(17, Kind.ASSET, IDS[10], "d.png", publish=False),
    seed(18, Kind.FOLDER, FOLDER, "en", locale="en"),
    seed(19, Kind.FOLDER, FOLDER, "nl", locale="nl"),
    seed(20, Kind.DOCUMENT, IDS[18], "only"),
    seed(
        21,
        Kind.DOCUMENT,
        IDS[19],
        "page",
        locale="nl",
        fields={"content": '<a href="/only">o</a><img src="../hidden/deep/d.png">'},
    ),
]


def test_many_at_once_are_as_one_by_one(backend: str, tmp_path: Path) -> None:
    """Every row of every table is what creating and publishing one by one leaves."""
    alone, at_once = both_ways(backend, tmp_path, [GARDEN, SECOND, []])

    assert at_once == alone
    assert at_once[1] == [{}, {}, {}]


REFUSED: Final = [
    seed(0, Kind.FOLDER, ROOT_ID, "site"),
    seed(1, Kind.FOLDER, ROOT_ID, "site"),
    seed(2, Kind.DOCUMENT, ROOT_ID, "a/b"),
    seed(3, Kind.DOCUMENT, FOLDER, "text", fields={"title": 1}),
    seed(4, Kind.DOCUMENT, IDS[3], "below what was refused"),
    seed(5, Kind.DOCUMENT, FOLDER, "text"),
    seed(6, Kind.DOCUMENT, IDS[5], "below a document"),
    seed(7, Kind.DOCUMENT, new_id(), "nowhere", fields={"title": 1}),
    seed(8, Kind.DOCUMENT, FOLDER, "unknown", type="no:type"),
    seed(9, Kind.DOCUMENT, FOLDER, "same id", id=FOLDER.upper()),
    seed(10, Kind.DOCUMENT, FOLDER, "no id", id="no-id"),
    seed(11, Kind.BUNDLE, FOLDER, "labels", key="labels"),
    seed(12, Kind.BUNDLE, FOLDER, "others", fields={"basename": "labels"}),
    seed(13, Kind.DOCUMENT, FOLDER, "text"),
    seed(14, Kind.DOCUMENT, FOLDER, "group", group="none"),
    seed(15, Kind.DOCUMENT, "", "nowhere"),
    seed(16, Kind.FOLDER, "no id", "nowhere"),
    seed(17, Kind.TAXONOMY, FOLDER, "topics"),
    seed(18, Kind.TAXONOMY, ROOT_ID, "topics"),
    seed(19, Kind.DOCUMENT, FOLDER, "e\u0301"),
    seed(20, Kind.DOCUMENT, FOLDER, "é"),
]


def test_what_is_refused_is_refused_as_alone(backend: str, tmp_path: Path) -> None:
    """Each failure is the one that a single call raises, and the rest is planted."""
    again = [
        seed(30, Kind.FOLDER, ROOT_ID, "site"),
        seed(31, Kind.BUNDLE, ROOT_ID, "mine", key="labels"),
        seed(32, Kind.FOLDER, ROOT_ID, "other", id=IDS[5]),
        seed(33, Kind.FOLDER, IDS[5], "below a document"),
    ]
    alone, at_once = both_ways(backend, tmp_path, [REFUSED, again])

    assert at_once == alone
    assert [sorted(one) for one in at_once[1]] == [
        [1, 2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 18, 20],
        [0, 1, 2, 3],
    ]


@pytest.mark.parametrize("backend", ["sqlite"])
def test_failures_are_told_by_place(repository: Repository) -> None:
    """Who plants is told of each seedling either its id or why it was refused."""
    with repository.write() as tx:
        planted = tx.plant(REFUSED)

    assert planted.ids.keys() | planted.failures.keys() == set(range(len(REFUSED)))
    assert not planted.ids.keys() & planted.failures.keys()
    assert planted.ids[0] == FOLDER
    kinds: dict[int, type[ContentError]] = {
        1: NameTaken, 2: InvalidName, 3: InvalidFields, 4: NodeNotFound, 6: NotAFolder,
        8: UnknownType, 9: IdTaken, 10: InvalidId, 12: KeyTaken,
    }  # fmt: skip
    assert {index: type(planted.failures[index]) for index in kinds} == kinds
    assert planted.failures[1].facts["suggestion"] == "site-1"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_path_that_is_too_long_is_refused(repository: Repository, draft: Reader) -> None:
    """No path grows beyond its bound, however deep a batch goes."""
    batch = [
        seed(number, Kind.FOLDER, IDS[number - 1] if number else ROOT_ID, "x" * 255)
        for number in range(9)
    ]
    with repository.write() as tx:
        planted = tx.plant(batch)

    assert {index: type(one) for index, one in planted.failures.items()} == {8: InvalidPath}
    assert draft.get(IDS[7])


def test_a_suggested_name_is_free(repository: Repository) -> None:
    """A suggestion is free in the repository and in the batch."""
    with repository.write() as tx:
        folder(tx, "a")
        folder(tx, "a-1")
    with repository.write() as tx:
        planted = tx.plant(
            [seed(0, Kind.FOLDER, ROOT_ID, "a-2"), seed(1, Kind.FOLDER, ROOT_ID, "a")]
        )

    assert planted.failures[1].facts["suggestion"] == "a-3"


def test_a_name_in_the_trash_is_free(repository: Repository, draft: Reader) -> None:
    """A node in the trash frees its name, keeps its id, and takes no new nodes."""
    with repository.write() as tx:
        trashed = folder(tx, "a")
        tx.trash(trashed)
    with repository.write() as tx:
        planted = tx.plant(
            [
                seed(0, Kind.FOLDER, ROOT_ID, "a"),
                seed(1, Kind.FOLDER, ROOT_ID, "b", id=trashed),
                seed(2, Kind.FOLDER, trashed, "c"),
            ]
        )

    assert {index: type(one) for index, one in planted.failures.items()} == {
        1: IdTaken, 2: NodeNotFound,
    }  # fmt: skip
    assert must(draft.at("a")).id == IDS[0]


def test_what_was_hidden_is_published_with_what_is_planted(
    repository: Repository, published: Reader
) -> None:
    """Folders above are published once, even the root, and linked assets with theirs."""
    with repository.write() as tx:
        above = folder(tx, "above")
        beside = folder(tx, "beside")
        picture = tx.create(Kind.ASSET, beside, "a.png")
        tx.unpublish(ROOT_ID)
    before = repository.position
    with repository.write() as tx:
        tx.plant([seed(0, Kind.DOCUMENT, above, "one", fields={"image": picture})])

    assert paths(published) == ["above", "above/one", "beside", "beside/a.png"]
    # Root, above, beside, the picture; the page created and published.
    assert repository.position == before + 6


def test_single_writes_go_on_after_a_batch(repository: Repository, draft: Reader) -> None:
    """Numbers and positions go on without a gap, in the same transaction and in the next."""
    with repository.write() as tx:
        planted = tx.plant([seed(0, Kind.FOLDER, ROOT_ID, "a"), seed(1, Kind.FOLDER, IDS[0], "b")])
        after = page(tx, "after", planted.ids[1])
        tx.plant([seed(2, Kind.DOCUMENT, planted.ids[1], "last")])
    found = draft.get_many([IDS[0], IDS[1], after, IDS[2]])

    numbers = [one.number for one in found.values()]
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 4))
    changes = repository.changes(0)
    assert [one.position for one in changes] == list(range(1, repository.position + 1))


def test_a_batch_that_is_undone_leaves_nothing(store: Store) -> None:
    """Planting is part of its transaction: undone, no table shows a trace."""
    before = everything(store)
    with suppress(ZeroDivisionError), store.opened() as repository, repository.write() as tx:
        assert not tx.plant(GARDEN).failures
        raise ZeroDivisionError

    assert everything(store) == before


@pytest.mark.parametrize("backend", ["sqlite"])
def test_statements_do_not_grow_with_the_batch(repository: Repository) -> None:
    """Planting four hundred takes as many statements as planting four."""
    counts = []
    for start, size in ((0, 4), (4, 400)):
        ran: list[str] = []
        engine = repository._database.engine
        with repository.write() as tx:

            def note(*told: Any, ran: list[str] = ran) -> None:
                ran.append(told[2])

            sa.event.listen(engine, "before_cursor_execute", note)
            tx.plant(
                [
                    Seedling(
                        kind=Kind.DOCUMENT,
                        parent=ROOT_ID,
                        name=f"n{number}",
                        type=NOTE,
                        fields={f"f{start}": number},
                    )
                    for number in range(start, start + size)
                ]
            )
            sa.event.remove(engine, "before_cursor_execute", note)
        counts.append(len(ran))

    assert counts[0] == counts[1] < 20


def links(store: Store, id: str) -> list[tuple[str, str | None]]:
    """What the links of a new node lead to, and the nodes that it points at."""
    (row,) = store.rows(
        f"SELECT links FROM rendition NATURAL JOIN revision WHERE node = '{id}' AND revision = 1"
    )
    return [(kind, target) for _, _, _, kind, target in orjson.loads(row[0])]


def test_links_lead_to_what_is_planned(store: Store) -> None:
    """A link may lead to any node of the batch, and to what only later batches will hold."""
    later, wrong = new_id(), new_id()
    html = '<a href="z">z</a><a href="later">l</a><a href="old">o</a><a href="thing">t</a>'
    with store.opened() as repository:
        with repository.write() as tx:
            old = page(tx, "old")
        with repository.write() as tx:
            tx.plant(
                [
                    seed(0, Kind.DOCUMENT, ROOT_ID, "a", fields={"content": html}),
                    seed(1, Kind.DOCUMENT, ROOT_ID, "z"),
                    seed(2, Kind.OBJECT, ROOT_ID, "thing", type="play:thing"),
                ],
                {"later": (later, Kind.DOCUMENT), "elsewhere": (wrong, Kind.DOCUMENT)},
            )

    assert links(store, IDS[0]) == [
        ("internal", IDS[1]), ("internal", later), ("internal", old), ("broken", None),
    ]  # fmt: skip
    pointed = store.rows(f"SELECT target FROM reference WHERE node = '{IDS[0]}'")
    assert {target for (target,) in pointed} == {IDS[1], later, old}


def test_a_picture_that_comes_later_is_not_published_before(store: Store) -> None:
    """A page publishes the pictures that are there; those after it in the batch stay drafts."""
    with store.opened() as repository:
        with repository.write() as tx:
            tx.plant(
                [
                    seed(0, Kind.DOCUMENT, ROOT_ID, "a", fields={"content": '<img src="b.png">'}),
                    seed(1, Kind.ASSET, ROOT_ID, "b.png", publish=False),
                ]
            )
        assert "b.png" not in paths(repository.reader(Side.PUBLISHED))
    History(store).check()


NAMES: Final = st.sampled_from(["a", "b", "c", "x/y", "é", "e\u0301", ""])


@st.composite
def batches(draw: st.DrawFn) -> list[list[Seedling]]:
    """Batches that stumble over themselves and over one another."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from([Kind.FOLDER, Kind.FOLDER, Kind.DOCUMENT, Kind.ASSET, Kind.BUNDLE]),
                st.sampled_from([ROOT_ID, *IDS[:6]]),
                NAMES,
                st.sampled_from(IDS[:20]),
                st.booleans(),
                st.sampled_from([None, *IDS[:6]]),
            ),
            max_size=14,
        )
    )
    every = [
        Seedling(
            kind=kind, parent=parent, name=name, id=id, publish=publish, group=IDS[-1],
            type=PAGE if kind is Kind.DOCUMENT else None,
            fields={"image": image} if kind is Kind.DOCUMENT and image in earlier else {},
        )
        for number, (kind, parent, name, id, publish, image) in enumerate(drawn)
        for earlier in [{one[3] for one in drawn[:number]}]
    ]  # fmt: skip
    cut = draw(st.integers(0, len(every)))
    return [every[:cut], every[cut:]]


@pytest.mark.parametrize("backend", ["sqlite"])
@settings(max_examples=30, deadline=None)
@given(batches())
def test_any_batch_is_as_one_by_one(backend: str, drawn: list[list[Seedling]]) -> None:
    """Whatever is planted, and in whatever batches, the tables are as if one by one."""
    with tempfile.TemporaryDirectory() as above:
        (place := Path(above) / "test").mkdir()
        alone, at_once = both_ways(backend, place, drawn)

    assert at_once == alone

"""Laws that hold whatever is written and asked."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from content_repo import ROOT_ID, ContentError, Kind, Repository, Side, Transaction
from search_index import Hits, InvalidQuery, Query, SortKey, WhooshIndex, Window, analysis
from search_index.analysis import fold, units
from search_index.expression import Leaf, leaves
from search_index.parsing import DEEPEST, MOST_CHARACTERS, MOST_CLAUSES, parse
from tests.search_index.content import AGES, DOCUMENTS, EVERYTHING, found, opened
from tests.search_index.oracle import OracleIndex

some = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# Few of each, so that they meet.
VOCABULARY = ("alpha", "Béta", "GAMMA", "delta-one", "one")
NAMES = ("a", "B", "b", "ä", "a b", "a!", "Z")

text = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
scalar = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | text
fields = st.fixed_dictionaries(
    {},
    optional={
        "title": text,
        "intro": text,
        "body": text.map("<p>{}</p>".format),
        "tags": st.lists(text, max_size=2),
        "count": st.integers(-2, 2) | st.floats(-2, 2),
        "flag": st.booleans(),
        "date": st.integers(-2, 2),
        "any": scalar | st.lists(scalar, max_size=3),
        "free": scalar,
        "description": text,
        "regions": st.lists(st.sampled_from("xyz"), max_size=2),
        "boxes": st.lists(st.fixed_dictionaries({}, optional={"label": text}), max_size=2),
    },
)

verbs = ("folder", "document", "revise", "publish", "unpublish", "move", "trash", "restore",
         "purge", "rank")  # fmt: skip
step = st.tuples(
    st.sampled_from(verbs), st.integers(0, 50), st.integers(0, 50), st.sampled_from(NAMES), fields
)
steps = st.lists(step, min_size=3, max_size=25)

sort_key = st.builds(
    SortKey,
    st.sampled_from(("title", "tags", "count", "flag", "date", "any", "free", "boxes.label")),
    st.booleans(),
) | st.builds(
    SortKey,
    st.sampled_from(("path", "name", "type", "locale", "rank", "title", "modified_at",
                     "published_at")),
    st.booleans(),
    st.just("node"),
)  # fmt: skip
place = st.sampled_from(("", "site", "site/a", "site/B", "site/a/b", "nowhere"))
queries = st.builds(
    Query,
    kinds=st.sampled_from((EVERYTHING, DOCUMENTS)),
    roots=st.lists(place, min_size=1, max_size=2).map(tuple),
    window=st.just(Window(0, 1000)),
    types=st.none() | st.sampled_from([frozenset({"site:base"}), frozenset({"site:report"})]),
    scopes=st.lists(place, max_size=1).map(tuple),
    deepest=st.none() | st.integers(0, 4),
    taxonomy=st.sampled_from((None, "regions", "topics")),
    categories=st.none() | st.frozensets(st.sampled_from("xyz"), max_size=2),
    sort=st.lists(sort_key, max_size=3).map(tuple),
)


@contextlib.contextmanager
def fresh(empty: Path) -> Iterator[tuple[Path, Repository]]:
    """A repository of its own for each example."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(empty, Path(name) / "repository"))
        repository = opened(folder, clock=itertools.count(1_000_000).__next__)
        with repository.write() as tx:
            tx.publish(tx.create(Kind.FOLDER, ROOT_ID, "site"))
        yield folder, repository
        repository.close()


class Author:
    """Writes at random below ``site``; what the repository refuses is left undone."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        top = repository.reader(Side.DRAFT).at("site")
        assert top is not None
        self.ids = [top.id]

    def write(self, steps: list[tuple[str, int, int, str, dict[str, Any]]]) -> None:
        with self.repository.write() as tx:
            for verb, which, where, name, said in steps:
                with contextlib.suppress(ContentError):
                    self.do(tx, verb, self.pick(which), self.pick(where), name, said)

    def pick(self, number: int) -> str:
        return self.ids[number % len(self.ids)]

    def do(
        self, tx: Transaction, verb: str, id: str, other: str, name: str, said: dict[str, Any]
    ) -> None:
        match verb:
            case "folder":
                self.ids.append(tx.create(Kind.FOLDER, id, name, fields=said))
            case "document":
                type = "site:report" if name.isupper() else "site:article"
                self.ids.append(tx.create(Kind.DOCUMENT, id, name, type=type, fields=said))
            case "revise":
                tx.revise(id, said)
            case "move":
                tx.move(id, parent=other, name=name)
            case "rank":
                tx.label(id, rank=len(name))
            case _:
                getattr(tx, verb)(id)


@pytest.mark.parametrize("side", list(Side))
@some
@given(batches=st.lists(steps, max_size=4), asked=st.lists(queries, min_size=1, max_size=4))
def test_the_index_answers_as_the_oracle_does(
    empty: Path, side: Side, batches: list[list[Any]], asked: list[Query]
) -> None:
    """After any writes, each query has the same hits in the same order as a look at everything."""
    with fresh(empty) as (folder, repository):
        index = WhooshIndex(folder / "index", side, repository, wait=AGES)
        oracle, author = OracleIndex(side, repository), Author(repository)
        for batch in ([], *batches):
            author.write(batch)
            for one in asked:
                assert told(index.search(one)) == told(oracle.search(one))
            for words in ("alpha", "beta one", '"delta one"', "absent"):
                one = replace(asked[0], text=words, sort=(SortKey("path", of="node"),))
                assert told(index.search(one)) == told(oracle.search(one))
        assert index.verify() == []
        index.close()


def told(hits: Hits) -> tuple[object, ...]:
    """What an oracle says as well."""
    return hits.ids, hits.numbers, hits.total, hits.position, hits.reached


def contents(index: WhooshIndex) -> list[Hits]:
    """All that an index has to say, but for scores."""
    everything = Query(
        kinds=EVERYTHING, roots=("",), window=Window(0, 1000), sort=(SortKey("path", of="node"),)
    )
    return [found(index, replace(everything, text=words)) for words in (None, *VOCABULARY)]


@pytest.mark.parametrize("side", list(Side))
@some
@given(batches=st.lists(steps, max_size=4))
def test_rebuilding_is_catching_up_from_nothing(
    empty: Path, side: Side, batches: list[list[Any]]
) -> None:
    """An index that followed each change equals one that is built of what is there."""
    with fresh(empty) as (folder, repository):
        index = WhooshIndex(folder / "index", side, repository, wait=AGES)
        author = Author(repository)
        for batch in batches:
            author.write(batch)
            assert index.catch_up()
        followed = contents(index)
        index.rebuild()
        other = WhooshIndex(folder / "other", side, repository, wait=AGES)

        assert contents(index) == followed == contents(other)
        index.close()
        other.close()


@some
@given(before=steps, after=steps)
def test_replay_is_harmless(empty: Path, before: list[Any], after: list[Any]) -> None:
    """Following the same changes twice leaves what following them once did."""
    with fresh(empty) as (folder, repository):
        author = Author(repository)
        author.write(before)
        index = WhooshIndex(folder / "index", Side.DRAFT, repository, wait=AGES)
        assert index.catch_up()
        shutil.copytree(folder / "index", folder / "earlier", symlinks=True)
        author.write(after)
        followed = contents(index)
        # The older copy sees the same log again, from its own bookmark on.
        older = WhooshIndex(folder / "earlier", Side.DRAFT, repository, wait=AGES)

        assert contents(older) == followed
        assert older.verify() == []
        index.close()
        older.close()


@some
@given(batch=steps, asked=queries, size=st.integers(1, 7), words=st.none() | text)
def test_pages_partition_the_listing(
    empty: Path, batch: list[Any], asked: Query, size: int, words: str | None
) -> None:
    """All pages together are the listing, in order, without a repetition or a gap."""
    with fresh(empty) as (folder, repository):
        Author(repository).write(batch)
        index = WhooshIndex(folder / "index", Side.DRAFT, repository, wait=AGES)
        whole = index.search(replace(asked, text=words))
        pages: list[str] = []
        for offset in range(0, whole.total + size, size):
            page = index.search(replace(asked, text=words, window=Window(offset, size)))
            assert page.total == whole.total
            pages += page.ids

        assert tuple(pages) == whole.ids
        assert len(set(pages)) == whole.total == len(pages)
        index.close()


@given(st.text())
def test_folding_twice_is_folding_once(given: str) -> None:
    """A folded text folds to itself, and its units are its units."""
    assert fold(fold(given)) == fold(given)
    assert list(units(fold(given))) == list(units(given))


@given(st.text(max_size=600) | st.text('ab "()-*:ORNT[]', max_size=60))
def test_every_text_is_a_legal_query(given: str) -> None:
    """No text is a syntax error; the only refusal is of one beyond its bounds."""
    try:
        found = parse(given)
    except InvalidQuery:
        beyond = (len(given) > MOST_CHARACTERS, len(given.split()) > MOST_CLAUSES)
        assert any(beyond) or given.count("(") > DEEPEST or len(given) > 2 * MOST_CLAUSES
    else:
        assert found is not None or not any(one.text for one in units(given))


@given(st.lists(st.sampled_from(["alpha", "Béta", "c++", "@x/y", "日本", "50%"]), min_size=1))
def test_plain_chunks_are_all_wanted(given: list[str]) -> None:
    """What has no operator in it asks for each of its chunks, in their order."""
    found = parse(" ".join(given[:MOST_CLAUSES]))
    assert found is not None
    said = [one for one in leaves(found) if isinstance(one, Leaf)]
    assert [" ".join(given)[slice(*one.span)] for one in said] == given[:MOST_CLAUSES]


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_text_holds_its_parts(before: str, part: str) -> None:
    """What stands between blanks has its terms among those of the text, unless it is nothing
    but punctuation, which says something only where nothing else is said."""
    assume(not analysis.is_punctuation(list(units(part))))
    whole: dict[str, list[int]] = {}
    alone: dict[str, list[int]] = {}
    analysis.place(f"{before} {part} {before}", 0, whole)
    analysis.place(f" {part} ", 0, alone)
    assert alone.keys() <= whole.keys()

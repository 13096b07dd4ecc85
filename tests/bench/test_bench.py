"""The benchmark on two hundred documents: what it asks, and the tables that come of it."""

from __future__ import annotations

import doctest
import importlib
import pickle
import re
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import pytest

from content_repo import Repository, Side
from tests.bench import answers, corpus, lines, queries, rivals, searching, servers, writes
from tests.bench.__main__ import CASES, Plan
from tests.bench.answers import Answers, Turn
from tests.bench.engines import Buildable, Ours
from tests.bench.floor import create_app
from tests.bench.lines import Line
from tests.bench.servers import Measured, Request
from tests.bench.tables import Table

SIZE = 200
MANUAL = Path(__file__).parents[2] / "docs" / "benchmark.md"

#: What a cell holds that is a figure, whether it misses its target or not.
FIGURE = re.compile(r"(\*\*)?\d+(\.\d+)?\1?( times| different)?|-|")

#: Named in the first column, by the case.
NAMED = {
    "reads": [one.name for one in lines.reads(queries.queries(SIZE), SIZE)],
    "search": [one.name for one in lines.searches(queries.queries(SIZE), SIZE)],
    "engine": [one.name for one in searching.questions(queries.queries(SIZE), SIZE)],
    "writes": ["one write, found", "100 writes in a batch, found", "200 documents, once"],
    "memory": ["200"],
}


def one_after_another(port: int, requests: Sequence[Request], seconds: int) -> Measured:
    """Each request once: a load that needs no other program."""
    taken = []
    for one in requests[:5]:
        begun = time.monotonic()
        status, _, _ = servers.answer(port, one)
        taken.append((time.monotonic() - begun) * 1000)
        assert status == (200 if one.tag is None else 304)
    return Measured(1000 * len(taken) / sum(taken), median(taken), max(taken))


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("bench")
    return Plan((SIZE,), 1, 1, 20, 0, folder, one_after_another, different=4)


@pytest.fixture(scope="module")
def kept(plan: Plan) -> Path:
    """The corpus that all cases share."""
    return plan.corpora()[SIZE]


# -- tables ----------------------------------------------------------------


def rows_of(text: str) -> list[list[str]]:
    """The cells of a table below its head, each row as wide as the head."""
    head, rule, *rows = (line.strip("| ").split(" | ") for line in text.splitlines())
    assert set(rule) == {"---"}
    # A last cell that is empty is stripped with its bar.
    return [row + [""] * (len(head) - len(row)) for row in rows]


@pytest.mark.parametrize("case", NAMED)
def test_a_case_gives_tables_with_a_row_for_each_line(case: str, plan: Plan) -> None:
    """Every line of a case has a row, and every cell behind its name is a figure."""
    tables = [rows_of(text) for text in CASES[case](plan) if text.startswith("|")]
    named = [row[0].partition(" (**")[0] for table in tables for row in table]
    for name in NAMED[case]:
        assert any(one.startswith(name) for one in named), name
    for row in (row for table in tables for row in table):
        assert [cell for cell in row[1:] if not FIGURE.fullmatch(cell)] == []


def test_growth_is_judged_between_the_smallest_and_the_largest() -> None:
    """What takes longer than its line allows is set in bold."""

    def found(p50: float) -> list[Answers]:
        each = Measured(1, p50, p50)
        turn = Turn(each, each, each, None)
        return [Answers(Line("one", ("/",), 1.0, grows=2.0), (turn,), 0, 1)]

    table = answers.growth({10: found(1), 100: found(3), 1000: found(2.5)})
    assert table.head[0] == "10 to 1000 documents"
    assert table.rows == [("one", "1.0", "2.5", "**2.5**", "2.0")]


def test_a_row_is_as_wide_as_its_head() -> None:
    """A row of too few cells is refused."""
    with pytest.raises(ValueError, match="2 cells"):
        Table(("what", "ms")).add("one")


def test_the_manual_has_a_section_for_each_case() -> None:
    """Every case that can be run is explained, under its name."""
    headings = re.findall(r"^## (\w+)", MANUAL.read_text(), re.MULTILINE)
    assert {name.capitalize() for name in CASES} <= set(headings)


@pytest.mark.parametrize("name", ["answers", "servers", "tables"])
def test_examples_hold(name: str) -> None:
    """Every example in a docstring gives what it says."""
    failed, tried = doctest.testmod(importlib.import_module(f"tests.bench.{name}"))
    assert tried > 0
    assert failed == 0


# -- the corpus and what is asked of it ------------------------------------


def test_a_corpus_is_the_same_each_time() -> None:
    """Documents follow from their number alone, however many there are."""
    assert list(corpus.documents(60))[:50] == list(corpus.documents(50))


def test_a_corpus_is_made_once(plan: Plan, kept: Path) -> None:
    """A second run finds everything where the first one put it."""
    made = {path: path.stat().st_mtime_ns for path in kept.glob("*.json")}
    assert made
    assert plan.corpora()[SIZE] == kept
    assert {path: path.stat().st_mtime_ns for path in kept.glob("*.json")} == made


def test_common_words_are_in_three_of_ten_documents() -> None:
    """Each of three hundred words is in some 30 % of the documents, on average in just so many."""
    texts = [set(f"{one.title.lower()} {one.text}".split()) for one in corpus.documents(1000)]
    held = [sum(word in text for text in texts) for word in queries.queries(1000).common]
    assert len(set(held)) > 1
    assert 290 < sum(held) / len(held) < 310
    assert min(held) > 200


def test_queries_are_of_documents_that_are_there(kept: Path) -> None:
    """Ids and paths belong together, and lead to documents of the repository."""
    found = queries.kept(kept, SIZE)
    with closing(Repository.open(f"sqlite:///{kept}/data/content.sqlite3", kept / "data")) as it:
        reader = it.reader(Side.PUBLISHED)
        for id, path in zip(found.ids[:20], found.paths, strict=False):
            node = reader.at(f"content/documents/{path}")
            assert node is not None
            assert node.id == id


def test_queries_are_hundreds_of_each_class() -> None:
    """No class of what is asked has the same twice, or less than two hundred to ask for."""
    found = queries.queries(2000)
    for some in (found.rare, found.medium, found.common, found.phrases, found.ids, found.paths):
        assert len(set(some)) == len(some) >= 300
    assert len(set(found.authors)) == corpus.AUTHORS
    assert found.hits["rare"] == 1
    assert 30 < found.hits["medium"] < 50
    assert 580 < found.hits["common"] < 620


# -- those that are compared -----------------------------------------------


def test_engines_find_the_same(kept: Path) -> None:
    """What is ordered by date, and what is counted, is the same whoever is asked."""
    asked = queries.kept(kept, SIZE)
    with corpus.copied(kept) as data, searching.opened(kept, data, SIZE) as engines:
        ours, *others = engines
        for one in others:
            for words in (asked.common[0], asked.medium[0], asked.pairs[0]):
                assert one.by_date(words) == ours.by_date(words)
                assert one.count(words) == ours.count(words) > 0
            assert one.newest(50) == ours.newest(50)
            assert one.of_author(asked.authors[0]) == ours.of_author(asked.authors[0])
            assert set(one.phrase(asked.phrases[0])) == set(ours.phrase(asked.phrases[0]))


@pytest.mark.parametrize("kind", [Ours, *rivals.installed()])
def test_an_engine_finds_what_was_written(kind: type[Buildable], kept: Path) -> None:
    """A document that is written anew is found by its new words, and by none of its old ones."""
    asked = queries.kept(kept, SIZE)
    with writes.writable(kept, SIZE) as engines:
        engine = next(one for one in engines if type(one) is kind)
        (found, *_) = engine.by_date(asked.medium[0])
        fresh = next(corpus.documents(1))._replace(id=found, title="Sevenfold", body="", author="x")
        engine.replace([fresh._replace(introduction="nothing")])
        assert engine.by_score("sevenfold") == [found]
        assert found not in engine.by_date(asked.medium[0])


def test_the_floor_answers_as_the_service_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The floor sends the prepared bytes, and nothing to whoever has them."""
    prepared = {"/a?b=1": (b"{}", [("ETag", '"7"'), ("Content-Type", "text/plain")])}
    (tmp_path / "floor").write_bytes(pickle.dumps(prepared))
    monkeypatch.setenv("BENCH_FLOOR", str(tmp_path / "floor"))
    bare = create_app().test_client().get("/a?b=1")
    assert (bare.data, bare.content_type) == (b"{}", "application/hal+json")
    monkeypatch.setenv("BENCH_FLOOR_HEADERS", "1")
    client = create_app().test_client()
    assert client.get("/a?b=1").headers["ETag"] == '"7"'
    again = client.get("/a?b=1", headers={"If-None-Match": '"7"'})
    assert (again.status_code, again.data) == (304, b"")


def test_something_is_written_meanwhile(kept: Path) -> None:
    """While a line is asked, documents are revised and published."""
    with (
        corpus.copied(kept) as data,
        closing(Repository.open(f"sqlite:///{data}/content.sqlite3", data)) as repository,
    ):
        before = repository.committed_position()
        with answers.writing(data):
            pass
        assert repository.committed_position() > before

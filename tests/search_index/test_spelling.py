"""Spelling: what a search may have meant that finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import Repository, Side
from search_index import Query, WhooshIndex
from search_index.spelling import Vocabulary, nearest
from tests.search_index.content import AGES, put, query, revise


@pytest.fixture
def index(repository: Repository, folder: Path) -> Iterator[WhooshIndex]:
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    yield index
    index.close()


@pytest.fixture
def stocked(repository: Repository, index: WhooshIndex) -> WhooshIndex:
    """An index of a few words, some of them only where readers of ``site`` may not look."""
    put(repository, "site/a", title="The lantern fish", body="<p>lives in deep waters</p>")
    put(repository, "site/b", title="Lanterns", intro="deep dish baskets", tags=["Crème"])
    put(repository, "site/c", title="日本語 lamp", body="<p>front matter</p>")
    put(repository, "other/d", title="secretive lantems", body="secretive")
    put(repository, "site/e", published=False, title="hiddenly")
    return index


def corrected(index: WhooshIndex, asked: Query) -> str | None:
    """What *asked* may have meant, as a list asks for it."""
    return index.corrected(asked, finds=index.search(asked).total > 0)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("lanternn", "lantern"),
        ("latnern fish", "lantern fish"),
        ("LANTREN -deep OR fissh", "lantern -deep OR fish"),
        ('"lantren fish"', '"lantern fish"'),
        ("title:lanten", "title:lantern"),
        ("(lanten OR lanterm) deep", "(lantern OR lantern) deep"),
        ("fromt-matter", "front-matter"),
        ("créme bakets", "créme baskets"),
        ("Fissh lant*", "fish lant*"),
        ("日本語 lampp", "日本語 lamp"),
        ("fis", "fish"),
    ],
)
def test_a_word_that_is_nowhere_is_one_like_it(
    stocked: WhooshIndex, asked: str, meant: str
) -> None:
    """A letter more, less, other, or two exchanged; everything else stays as it was written."""
    assert corrected(stocked, query(asked)) == meant


@pytest.mark.parametrize(
    "asked",
    [
        "lantern",
        "zzzzzzz",
        "fi",
        "lan*",
        "lanterm*",
        "-lanten",
        "lantexx",
        "lnxtrens",
        "日本誤",
        "?!",
        "2017",
    ],
)
def test_what_is_meant_as_it_is_stays(stocked: WhooshIndex, asked: str) -> None:
    """Nothing is proposed for what is found, too short, too different, no word, or denied."""
    assert corrected(stocked, query(asked)) is None


def test_one_of_several_choices_may_be_wrong(stocked: WhooshIndex) -> None:
    """A word that finds nothing is told of even where another one does."""
    assert corrected(stocked, query("lantern OR baskts")) == "lantern OR baskets"
    assert corrected(stocked, query("lantern OR baskets")) is None


def test_words_that_do_not_go_together(stocked: WhooshIndex) -> None:
    """Where each word is there but not all in one text, one of them may be another."""
    assert corrected(stocked, query("waters dish")) == "waters fish"


def test_nobody_hears_of_words_he_may_not_see(stocked: WhooshIndex) -> None:
    """What is beyond the roots, or unpublished, is no correction, beside other words neither."""
    for asked in ("secretve", "hiddenlyy", "lantern OR secretve", "lantemz OR deep"):
        assert corrected(stocked, query(asked)) in (None, "lantern OR deep", "lanterns OR deep")
    assert corrected(stocked, query("secretve", roots=("other",))) == "secretive"


def test_the_corrected_search_finds_something(stocked: WhooshIndex) -> None:
    """Scopes and kinds hold for it as well: a link to nothing is none."""
    assert corrected(stocked, query("lanternn", scopes=("site/c",))) is None
    assert corrected(stocked, query("lanternn waters")) == "lantern waters"


def test_words_follow_what_is_written(repository: Repository, stocked: WhooshIndex) -> None:
    """A word is known from the moment on at which it is found."""
    assert corrected(stocked, query("zeppelim")) is None
    id = put(repository, "site/z", title="zeppelin")
    assert corrected(stocked, query("zeppelim")) == "zeppelin"
    revise(repository, id, title="balloon")
    assert corrected(stocked, query("zeppelim")) is None


def test_of_words_as_alike_the_more_used_one(repository: Repository, index: WhooshIndex) -> None:
    """Between two words at the same distance it is the one that more texts have."""
    put(repository, "site/a", title="marble")
    for name in "bc":
        put(repository, f"site/{name}", title="warble")

    assert corrected(index, query("xarble")) == "warble"


def test_the_words_of_an_index_are_counted_by_entries(
    repository: Repository, stocked: WhooshIndex
) -> None:
    """Its vocabulary has each word of titles and texts, with how many entries have it."""
    put(repository, "site/f", title="deep", body="<p>deep deep</p>")
    stocked.search(query("deep"))
    words = stocked._latest().edition.vocabularies()

    assert sum(one.count("waters") for one in words) == 1
    assert sum(one.count("deep") for one in words) >= 3
    assert not any(one.count("日本") for one in words)
    assert not any(one.count("\x1f".join(("en", "lantern", "lanterns"))) for one in words)


@given(st.sets(st.text("abc", min_size=3, max_size=9)), st.text("abc", min_size=3, max_size=9))
def test_near_words_are_those_of_few_differences(words: set[str], word: str) -> None:
    """Nothing is near that differs by more than the longer word allows, and nothing else is left
    out."""
    near = set(nearest(word, [Vocabulary((one, 1) for one in words)]))

    def most(one: str) -> int:
        longer = max(len(word), len(one))
        return (longer >= 4) + (longer >= 8)

    assert near == {one for one in words if 0 < _distance(word, one) <= most(one)}


def _distance(one: str, other: str) -> int:
    """Letters more, less, others, or exchanged with the next."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, start=1):
        row = [i]
        for j, right in enumerate(other, start=1):
            best = min(row[j - 1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]

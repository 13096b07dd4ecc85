"""Completing: the titles that a text may become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import Kind, Repository, Side
from search_index import InvalidQuery, WhooshIndex, Window
from search_index.completing import MOST_CHARACTERS, MOST_WORDS, Titles
from tests.search_index.content import AGES, DOCUMENTS, id_at, put, query, revise

TITLES = (
    "Getting started",
    "Getting started with lanterns",
    "Lanterns: getting started",
    "Started getting old",
    "Configuration",
    "Crème brûlée",
    "C++ for @scouts",
    "スタートガイド",
    "配置指南",
    "Collector 安装与配置指南",
    "한국어 안내",
    "!!",
    "!",
    "@home with scouts",
    "go",
)


def best(text: str, titles: tuple[str, ...] = TITLES) -> list[str]:
    """What *text* may become, the likeliest first."""
    return [titles[number] for number in Titles(titles).best(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("get", "Getting started"),
        ("GETTING  star", "Getting started"),
        ("started", "Started getting old"),
        ("lant sta", "Lanterns: getting started"),
        ("getting started w", "Getting started with lanterns"),
        ("creme br", "Crème brûlée"),
        ("c++", "C++ for @scouts"),
        ("scouts c", "C++ for @scouts"),
        ("配置", "配置指南"),
        ("指南", "配置指南"),
        ("안내", "한국어 안내"),
        ("collector 安装", "Collector 安装与配置指南"),
        ("go", "go"),
    ],
)
def test_every_word_begins_one_of_the_titles(text: str, first: str) -> None:
    """Words in any order, whole or begun; letters of an unspaced script anywhere."""
    assert best(text)[0] == first


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Confguration", "Configuration"),
        ("Configrutaion", "Configuration"),
        ("confgi", "Configuration"),
        ("lanterms getting", "Lanterns: getting started"),
        ("getting stard", "Getting started"),
        ("gettingstarted", "Getting started"),
        ("getting st arted", "Getting started"),
        ("配制指南", "配置指南"),
        ("スタrートガイド", "スタートガイド"),
        ("Collector 安装与配指南", "Collector 安装与配置指南"),
        ("安装与配指南", "Collector 安装与配置指南"),
    ],
)
def test_a_mistake_is_forgiven(text: str, title: str) -> None:
    """One from four letters on, two from eight; between words as well as within."""
    assert best(text)[0] == title


def test_without_a_word_titles_begin_just_so() -> None:
    """Signs and punctuation complete what begins with them, the shortest first."""
    assert best("!") == ["!", "!!"]
    assert best(" !! ") == ["!!"]
    assert best("@") == ["@home with scouts"]
    assert best(" ") == []


@pytest.mark.parametrize(
    "text", ["gxx", "cxnfigxratxon", "gettinx stxxted", "配错", "", "!?", "lantern tea"]
)
def test_what_is_too_different_is_no_title(text: str) -> None:
    """Short words have to be right, and every word has to be somewhere in the title."""
    assert best(text) == []


def test_the_likeliest_first() -> None:
    """As written, with its words, with words like them, then elsewhere; then exact, then short."""
    titles = (
        "Oak tree",
        "tree-top",
        "tree top view",
        "trees toppled",
        "The tree, the top",
        "tee top",
    )

    assert best("tree top", titles) == [
        "tree top view",
        "tree-top",
        "trees toppled",
        "tee top",
        "The tree, the top",
    ]


def test_of_equals_the_first() -> None:
    """Titles that differ in nothing that counts come by number."""
    assert list(Titles(["b ab", "a ab", "a ab"]).best("ab")) == [0, 1, 2]


def test_bounds() -> None:
    """A text of too many words or characters is refused with the bound; words count once."""
    assert best("go " * MOST_WORDS * 2) == ["go"]
    with pytest.raises(InvalidQuery) as refused:
        best(" ".join(f"w{number}" for number in range(MOST_WORDS + 1)))
    assert refused.value.facts == {"bound": "words", "limit": MOST_WORDS, "given": MOST_WORDS + 1}
    with pytest.raises(InvalidQuery):
        best("x" * (MOST_CHARACTERS + 1))


words = st.sampled_from(["alder", "Birch", "cedar", "elm", "日本語", "çam", "-", "C++"])
written = st.lists(words, min_size=1, max_size=5).map(" ".join)


@given(st.lists(written, min_size=1, max_size=12), st.data())
def test_the_beginning_of_a_title_finds_it(titles: list[str], data: st.DataObject) -> None:
    """However much of a title was written, it is among what that may become, and no other twice."""
    title = data.draw(st.sampled_from(titles))
    text = title[: data.draw(st.integers(1, len(title)))]
    found = list(Titles(titles).best(text))

    if any(letter.isalnum() for letter in text):
        assert title in [titles[number] for number in found]
    assert len(found) == len(set(found))


@pytest.fixture
def index(repository: Repository, folder: Path) -> Iterator[WhooshIndex]:
    index = WhooshIndex(folder / "index", Side.PUBLISHED, repository, wait=AGES)
    yield index
    index.close()


def completed(index: WhooshIndex, text: str, most: int = 10, **said: Any) -> list[str]:
    """The titles that the index has for *text*."""
    asked = query(text, kinds=DOCUMENTS, window=Window(0, most), **said)
    return [one.title for one in index.completed(asked).items]


def test_only_documents_within_the_query(repository: Repository, index: WhooshIndex) -> None:
    """Roots, scopes and sides hold for titles; folders have none to suggest."""
    put(repository, "site/in/a", title="lantern one")
    put(repository, "site/out/b", title="lantern two")
    put(repository, "other/c", title="lantern three")
    put(repository, "site/d", published=False, title="lantern four")
    put(repository, "site/lantern", Kind.FOLDER, title="lantern five")

    assert completed(index, "lant") == ["lantern one", "lantern two"]
    assert completed(index, "lant", scopes=("site/out",)) == ["lantern two"]
    assert completed(index, "lant", outside=("site/out",)) == ["lantern one"]
    assert completed(index, "lant", most=1) == ["lantern one"]


def test_each_title_once(repository: Repository, index: WhooshIndex) -> None:
    """Of documents that are called the same, the first by path stands for all."""
    first = put(repository, "site/a", title="lantern")
    put(repository, "site/b", title="lantern")
    found = index.completed(query("lantern", kinds=DOCUMENTS, window=Window(0, 5)))

    assert [(one.title, one.id) for one in found.items] == [("lantern", first)]
    assert (found.position, found.reached) == (index.position, index.reached)


def test_titles_follow_what_is_written(repository: Repository, index: WhooshIndex) -> None:
    """A title is suggested from the moment on at which it is written, and no longer."""
    id = put(repository, "site/a", title="lantern")
    assert completed(index, "lan") == ["lantern"]
    revise(repository, id, title="basket")
    assert completed(index, "lan") == []
    assert completed(index, "bas") == ["basket"]


def test_a_reader_is_told_the_titles_he_is_shown(
    repository: Repository, index: WhooshIndex
) -> None:
    """Of translations the best one's title, and where that has none, the one that it borrows."""
    translated(repository, "lanterns", {"nl": "lantaarn", "en": "lantern"})
    shown = translated(repository, "lamps", {"nl": None, "en": "lamplight"})
    asked = query("la", kinds=DOCUMENTS, window=Window(0, 9), locales=("nl", "en"))
    alone = query("la", kinds=DOCUMENTS, window=Window(0, 9), locales=("nl",), borrowing=False)

    found = {one.title: one.id for one in index.completed(asked).items}
    assert list(found) == ["lantaarn", "lamplight"]
    assert found["lamplight"] == shown["nl"]
    assert [one.title for one in index.completed(alone).items] == ["lamps-nl", "lantaarn"]
    assert completed(index, "la") == ["lantern", "lamps-nl", "lantaarn", "lamplight"]


def translated(
    repository: Repository, name: str, titles: Mapping[str, str | None]
) -> dict[str, str]:
    """The ids, by locale, of documents that are translations of one another."""
    put(repository, f"site/{name}", Kind.FOLDER)
    found: dict[str, str] = {}
    for locale, title in titles.items():
        first = repository.reader(Side.DRAFT).get(next(iter(found.values()), ""))
        with repository.write() as tx:
            found[locale] = tx.create(
                Kind.DOCUMENT, id_at(repository, f"site/{name}"), f"{name}-{locale}",
                type="site:article", locale=locale, group=first.group if first else None,
                fields={"title": title} if title else {"count": 1},
            )  # fmt: skip
            tx.publish(found[locale])
    return found

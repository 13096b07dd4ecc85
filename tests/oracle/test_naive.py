"""The judge judged: what the oracle answers of a site that fits on a screen."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest

from tests.exchange.sites import write
from tests.oracle import files, language
from tests.oracle.language import Words
from tests.oracle.naive import Mount, Request, Site
from tests.oracle.requests import Asker

SITE: Final = {
    "en/a.md": "---\ntitle: Loading ships\nsize: 2\ndate: 2017-05-09\ntags: [sea, '2']\n---\nC++.",
    "en/b.md": "---\ntitle: The harbour\nsize: '2'\n---\nShips don't load, we loaded. Front door.",
    "en/d/c.md": "---\ntitle: Apart\nsize: 10\ndraft: true\n---\nHarbour ++ C, and ships at 100%.",
    "ja/a.md": "---\ntitle: 港\nsize:\n---\nデータセンターの三階、港 へ。",
    "ja/b.md": "---\ntitle: 船\n---\n",
}
PUBLISHED: Final = Mount("/site/api")
DRAFT: Final = Mount("/preview/api", shows_drafts=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Five pages, one of them a draft, two of them translations."""
    return Site(files.pages(write(tmp_path_factory.mktemp("site"), SITE)))


def found(site: Site, mount: Mount = DRAFT, **asked: Any) -> list[str]:
    return list(site.answer(Request(mount=mount, **asked)).paths)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("load", ["en/b", "en/a"]),
        ('"load"', ["en/b"]),
        ("c++", ["en/a"]),
        ("front-door", ["en/b"]),
        ('"loaded front"', ["en/b"]),
        ("don't", ["en/b"]),
        ("harb*", ["en/b", "en/d/c"]),
        ("title:harbour", ["en/b"]),
        ("content:harbour", ["en/d/c"]),
        ("%", ["en/d/c"]),
        ("三階", ["ja/a"]),
        ("港へ", []),
        ('"港 へ"', ["ja/a"]),
        ("タセン", ["ja/a"]),
        ("harbour -ships", []),
        ("-ships", ["ja/a", "ja/b"]),
        ("harbour OR 港 三階", ["ja/a", "en/b", "en/d/c"]),
        ("(harbour OR 港) 三階", ["ja/a"]),
        ("...", []),
    ],
)
def test_texts_find_what_they_say(site: Site, text: str, paths: list[str]) -> None:
    """Stems and exact words, phrases, signs, prefixes, fields, substrings and operators."""
    assert found(site, text=text) == paths


@pytest.mark.parametrize(
    ("condition", "paths"),
    [
        (("size", "eq", "2"), ["en/a", "en/b"]),
        (("size", "gt", "2"), ["en/d/c"]),
        (("size", "exists", "false"), ["ja/a", "ja/b"]),
        (("size", "ne", "2"), ["en/d/c", "ja/a", "ja/b"]),
        (("tags", "in", "sea,x"), ["en/a"]),
        (("date", "gte", "2017-05"), ["en/a"]),
        (("date", "eq", "1494288000000"), ["en/a"]),
        (("title", "prefix", "L"), ["en/a"]),
        (("title", "contains", "h"), ["en/a", "en/b"]),
        (("_meta.locale", "eq", "ja"), ["ja/a", "ja/b"]),
    ],
)
def test_filters_pass_what_fits(
    site: Site, condition: tuple[str, str, str], paths: list[str]
) -> None:
    """Values are compared by their types, and what has no value is not equal to any."""
    assert found(site, filters=(condition,)) == paths


def test_ranges_of_a_name_are_one(site: Site) -> None:
    """Between two ends lies one value, and not one beyond each."""
    between = (("tags", "gt", "1"), ("tags", "lt", "3"))
    apart = (("tags", "gt", "3"), ("tags", "lt", "3"))

    assert found(site, filters=between) == ["en/a"]
    assert [found(site, filters=(one,)) for one in apart] == [["en/a"], ["en/a"]]
    assert found(site, filters=apart) == []


def test_ids_stand_for_what_is_shown(site: Site) -> None:
    """By the id of a page that is not shown comes its translation, in the order of the ids."""
    ids = ("en/b", "en/a", "ja/a")

    assert found(site, ids=ids) == ["en/b", "en/a", "ja/a"]
    assert found(site, ids=ids, locale="ja") == ["ja/b", "ja/a"]
    assert found(site, ids=("en/d/c",), locale="ja", fallback=False) == []


def test_scores_are_those_of_the_formula(site: Site) -> None:
    """Occurrences weigh by where they are, how long it is there, and how rare the word is."""
    pages = site.visible(DRAFT)
    title, body = Words.of(pages[1].title, "en"), Words.of(pages[1].body, "en")
    text = language.Text(
        language.Value("title", title, "en"), (language.Value("content", body, "en"),)
    )
    leaf = language.Word("load", exact=False)

    # "load" once as it is and once as "loaded", among eight words; nothing in the title.
    frequency = 1.4 / (0.25 + 0.75 * 8 / 400)
    assert text.frequency(leaf) == pytest.approx(frequency)
    rarity = math.log(1 + (5 - 2 + 0.5) / (2 + 0.5))
    assert language.rarity(5, 2) == pytest.approx(rarity)
    expected = round(rarity * frequency * 2.2 / (1.2 + frequency), 9)
    assert language.score(leaf, text, {leaf: rarity}) == expected


def test_what_lacks_the_key_is_last_both_ways(site: Site) -> None:
    """Numbers are before strings, ties in the order of paths."""
    assert found(site, sort=("size",)) == ["en/a", "en/d/c", "en/b", "ja/a", "ja/b"]
    assert found(site, sort=("-size",)) == ["en/b", "en/d/c", "en/a", "ja/a", "ja/b"]


def test_translations_borrow_what_they_lack(site: Site) -> None:
    """A locale's page is shown with what the default locale lends, unless nothing may be lent."""
    condition = (("size", "eq", "2"),)
    assert found(site, locale="ja-JP", filters=condition) == ["ja/a", "ja/b"]
    assert found(site, locale="ja", text="loaded") == ["ja/b"]
    assert found(site, locale="ja", fallback=False) == ["ja/a", "ja/b"]
    assert found(site, locale="ja", fallback=False, filters=condition) == []


def test_mounts_show_their_side_and_their_root(site: Site) -> None:
    """Drafts and what is outside are nowhere, and paths begin at the root."""
    assert found(site, PUBLISHED, text="harbour") == ["en/b"]
    assert found(site, Mount("/en/api", "en", shows_drafts=True)) == ["a", "b", "d/c"]


def test_facets_count_before_the_window(site: Site) -> None:
    """Each value once per document, most frequent first, then in the order of sorting."""
    answer = site.answer(Request(mount=DRAFT, facets=("size", "date(year)"), limit=1))
    assert answer.facets["size"] == ((("2", 1), ("10", 1), ("2", 1)), 0)
    assert answer.facets["date(year)"] == ((("2017", 1),), 0)


def test_requests_follow_from_their_seed(site: Site) -> None:
    """The same seed asks the same, another one something else."""
    mounts = (PUBLISHED, DRAFT)
    some = [list(Asker(site, mounts, seed).requests(30)) for seed in (1, 1, 2)]
    assert some[0] == some[1] != some[2]

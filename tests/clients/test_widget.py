"""A search widget goes wherever its reader wants to, by links and templates alone.

It is in the hand of halchemy, and knows the entry point, relations, and names of parameters
and fields; it puts no address together.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from .reading import follow, pages

WORD: Final = "museum"
FACETS: Final = "type,image,date(month)"


@pytest.fixture
def results(api: Any) -> Any:
    """What the widget shows once its reader has written a word: two hits, and choices."""
    return follow(
        api,
        api.home.get(),
        "search",
        _q=WORD,
        _facets=FACETS,
        _highlight="title,introduction,content",
        _limit="2",
    )


def hits(page: Any) -> list[str]:
    """The titles that a page shows."""
    return [one["title"] for one in page.embedded_many("documents")]


def values(page: Any, name: str) -> dict[str, Any]:
    """The choices under the facet of that *name*, as the widget labels them."""
    (facet,) = (one for one in page.embedded_many("c:facets") if one["name"] == name)
    found = facet.embedded_many("c:values")
    return {one.get("title", one["value"]): one for one in found}


def every_hit(api: Any, page: Any) -> list[str]:
    return [title for one in pages(api, page) for title in hits(one)]


def test_it_shows_what_was_found_in_each_hit(results: Any) -> None:
    """Each hit has a part to show in which the word is marked, however it is written there."""
    for hit in results.embedded_many("documents"):
        parts = [part for found in hit["_meta"]["highlights"].values() for part in found]
        marked = {word for part in parts for word in re.findall("<mark>(.*?)</mark>", part)}
        assert {word.casefold() for word in marked} == {WORD}


def test_it_offers_the_choices_that_there_are(results: Any) -> None:
    """Each facet that was asked for has values, none of them chosen, and none left out."""
    facets = results.embedded_many("c:facets")

    assert [one["name"] for one in facets] == FACETS.split(",")
    assert {one["omitted"] for one in facets} == {0}
    for name in FACETS.split(","):
        assert {one["active"] for one in values(results, name).values()} == {False}
    assert (
        sum(one["count"] for one in values(results, "type").values())
        == (results["_meta"]["totalSize"])
    )


@pytest.mark.parametrize("name", FACETS.split(","))
def test_it_narrows_by_a_choice_and_takes_it_back(api: Any, results: Any, name: str) -> None:
    """What the number beside a value promises is there, and without the choice all is as before."""
    for label, value in values(results, name).items():
        narrowed = follow(api, value, "c:refine")
        chosen = values(narrowed, name)[label]
        assert (narrowed["_meta"]["totalSize"], chosen["active"]) == (value["count"], True)
        assert len(every_hit(api, narrowed)) == value["count"]
        assert set(every_hit(api, narrowed)) <= set(every_hit(api, results))
        assert follow(api, chosen, "c:remove") == results


def test_it_narrows_by_one_choice_after_the_other(api: Any, results: Any) -> None:
    """Choices under different facets hold together, and can be taken back in any order."""
    first = next(iter(values(results, "type").values()))
    by_type = follow(api, first, "c:refine")
    second = next(iter(values(by_type, "date(month)").values()))
    by_both = follow(api, second, "c:refine")

    assert by_both["_meta"]["totalSize"] == second["count"]
    assert second["count"] < first["count"] < results["_meta"]["totalSize"]
    (active,) = (one for one in values(by_both, "type").values() if one["active"])
    by_month = follow(api, active, "c:remove")
    (active,) = (one for one in values(by_month, "date(month)").values() if one["active"])
    assert follow(api, active, "c:remove") == results


def test_it_shows_a_picture_by_its_name(api: Any, results: Any) -> None:
    """The value of a reference has the title of what is pointed at, and a link to it."""
    for label, value in values(results, "image").items():
        target = follow(api, value, "c:target")
        assert target["_meta"]["displayName"] == label
        assert target["_meta"]["id"] == value["value"]


def test_it_shows_more_until_there_is_no_more(api: Any, results: Any) -> None:
    """Page by page each hit comes once, every page with the same choices."""
    walked = list(pages(api, results))
    ids = [hit["_meta"]["id"] for page in walked for hit in page.embedded_many("documents")]

    assert len(walked) > 2
    assert len(ids) == len(set(ids)) == results["_meta"]["totalSize"]
    for page in walked:
        assert counts(page) == counts(results)
        assert (
            follow(api, page, "first")["_embedded"]["documents"]
            == (results["_embedded"]["documents"])
        )


def counts(page: Any) -> dict[str, dict[str, int]]:
    return {
        name: {label: one["count"] for label, one in values(page, name).items()}
        for name in FACETS.split(",")
    }


def test_it_corrects_a_mistyped_word(api: Any, results: Any) -> None:
    """Nothing is found, the word that was meant is offered, and that is searched just the same."""
    nothing = follow(
        api,
        results,
        "search",
        _q="musuem",
        _facets=FACETS,
        _highlight="title,introduction,content",
        _limit="2",
    )

    assert hits(nothing) == []
    assert nothing["_links"]["c:did-you-mean"]["title"] == WORD
    assert follow(api, nothing, "c:did-you-mean") == results


def test_it_does_not_correct_what_is_right(results: Any) -> None:
    """Where the word is found, no other one is offered."""
    assert not results.has_rel("c:did-you-mean")


@pytest.mark.parametrize("written", ["gas", "the gastr", "gastopoda"])
def test_it_completes_what_its_reader_writes(api: Any, written: str) -> None:
    """From a beginning, even a mistyped one, a title comes up, and leads to its document."""
    suggested = follow(api, api.home.get(), "c:suggest", _q=written)
    (first, *_) = suggested.embedded_many("c:suggestions")
    document = follow(api, first, "c:document")

    assert first["text"] == document["title"] == "The gastropoda news"
    assert document["_meta"]["id"] == first["_meta"]["id"]
    assert document["title"] in hits(follow(api, first, "search"))


def test_it_suggests_from_where_it_has_suggested(api: Any) -> None:
    """The next letter is asked for with the template of the last answer, as at the beginning."""
    home = api.home.get()
    before = follow(api, home, "c:suggest", _q="li")

    assert follow(api, before, "search", _q="lig") == follow(api, home, "c:suggest", _q="lig")

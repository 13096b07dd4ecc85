"""Suggestions: titles, as a reader writes them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import mistake, problem


def suggested(place: Place, address: str) -> list[str]:
    """The titles that are suggested at *address*."""
    return [one["text"] for one in items(place, address)]


def items(place: Place, address: str) -> list[dict[str, Any]]:
    """The suggestions at *address*."""
    found: list[dict[str, Any]] = place.read(address)["_embedded"]["c:suggestions"]
    return found


@pytest.fixture
def pages(studio: Studio) -> Studio:
    """A service with documents about lanterns, one of each hidden in another way."""
    studio.document("in/one", locale="en", fields={"title": 'The "old" lantern'})
    studio.document("in/two", fields={"title": "Lantern"})
    studio.document("out/three", fields={"title": "Lanterns, everywhere"})
    studio.document("out/draft", published=False, fields={"title": "Lantern draft"})
    studio.document("/content/documents/other/far", fields={"title": "Lantern far"})
    trashed = studio.document("in/gone", fields={"title": "Lantern gone"})
    with studio.writing() as tx:
        tx.trash(trashed)
    return studio


def test_titles_that_the_text_may_become(pages: Studio) -> None:
    """The likeliest first: what begins with it before what has it elsewhere."""
    assert suggested(pages.site, "/suggest?_q=lant") == [
        "Lantern",
        "Lanterns, everywhere",
        'The "old" lantern',
    ]
    assert suggested(pages.site, "/suggest?_q=lantren") == suggested(
        pages.site, "/suggest?_q=lantern"
    )
    assert suggested(pages.site, "/suggest?_q=lant&_limit=1") == ["Lantern"]


def test_a_suggestion_names_its_document_and_a_search(pages: Studio) -> None:
    """It leads to the document, and to the list of all that have its words."""
    (one,) = items(pages.site, "/suggest?_q=old&_locale=en")
    document = pages.site.read(one["_links"]["c:document"]["href"])
    search = one["_links"]["search"]["href"]

    assert one["_meta"] == {
        "id": document["_meta"]["id"],
        "path": "in/one",
        "type": "play:note",
        "locale": "en",
    }
    assert document["title"] == one["text"]
    assert parse_qs(urlsplit(search).query) == {"_q": ['"The old lantern"'], "_locale": ["en"]}
    assert pages.site.names(search) == ["one"]


def test_scopes_narrow_what_is_suggested(pages: Studio) -> None:
    """Only titles of what lies below a scope, or of what does not."""
    assert suggested(pages.site, "/suggest?_q=lant&_scope=out") == ["Lanterns, everywhere"]
    assert "Lanterns, everywhere" not in suggested(pages.site, "/suggest?_q=lant&_scope=-out")
    assert (
        "_scope=out"
        in items(pages.site, "/suggest?_q=lant&_scope=out")[0]["_links"]["search"]["href"]
    )
    problem(pages.site.get("/suggest?_q=lant&_scope=nowhere"), 404)


def test_titles_are_those_of_the_readers_locale(studio: Studio) -> None:
    """Of translations the one that suits the locale best."""
    group = "6c1d2f0e-0000-4000-8000-000000000008"
    studio.document("en", locale="en", group=group, fields={"title": "lantern"})
    studio.document("nl", locale="nl", group=group, fields={"title": "lantaarn"})

    assert suggested(studio.site, "/suggest?_q=lant&_locale=nl") == ["lantaarn"]
    assert suggested(studio.site, "/suggest?_q=lant&_locale=en") == ["lantern"]
    assert suggested(studio.site, "/suggest?_q=lant&_locale=nl&_fallback=none") == ["lantaarn"]
    assert suggested(studio.site, "/suggest?_q=lant") == ["lantern", "lantaarn"]


def test_drafts_are_suggested_to_those_who_see_them(pages: Studio) -> None:
    """Neither drafts nor what is outside or in the trash is suggested to anybody else."""
    assert "Lantern draft" in suggested(pages.preview, "/suggest?_q=lant")
    for address in ("/suggest?_q=lant", "/suggest?_q=lantern%20f", "/suggest?_q=lantern%20g"):
        hidden = {"Lantern draft", "Lantern far", "Lantern gone"}
        assert hidden.isdisjoint(suggested(pages.site, address))


def test_nothing_written_nothing_suggested(pages: Studio) -> None:
    """An empty field of a form is no mistake."""
    assert suggested(pages.site, "/suggest") == suggested(pages.site, "/suggest?_q=") == []
    assert suggested(pages.site, "/suggest?_q=?!") == []


def test_bounds_are_told(pages: Studio) -> None:
    """A text of too many words is a mistake that names the bound; limits are capped as of lists."""
    words = "+".join(f"w{number}" for number in range(33))

    assert "32" in mistake(pages.site.get(f"/suggest?_q={words}"), "_q")["reason"]
    assert "512" in mistake(pages.site.get(f"/suggest?_q={'a' * 513}"), "_q")["reason"]
    assert pages.site.read("/suggest?_q=lant&_limit=1000")["_meta"]["capped"] == {"_limit": 1000}
    assert mistake(pages.site.get("/suggest?_q=lant&_sort=title"), "_sort")


def test_whoever_has_them_is_not_sent_them_again(pages: Studio) -> None:
    """Suggestions have a tag that changes with what is shown, and may be kept like lists."""
    first = pages.site.get("/suggest?_q=lant")
    again = pages.site.get("/suggest?_q=lant", If_None_Match=first.headers["ETag"])
    pages.document("in/new", fields={"title": "lanterns anew"})
    later = pages.site.get("/suggest?_q=lant", If_None_Match=first.headers["ETag"])

    assert (first.status_code, again.status_code, later.status_code) == (200, 304, 200)
    assert "public" in first.headers["Cache-Control"]
    assert "documents" in first.headers["Surrogate-Key"]


def test_a_widget_finds_them_by_links(pages: Studio) -> None:
    """The entry point has a template for them, and so have they."""
    template = pages.site.read("/")["_links"]["c:suggest"]

    assert template["templated"]
    assert template["href"].endswith("/suggest{?_q,_scope,_locale,_fallback,_limit}")
    assert pages.site.read("/suggest?_q=lant")["_links"]["search"] == template
    for name in ("suggest", "suggestions"):
        assert pages.site.get(f"/rels/{name}").status_code == 200


def test_a_long_title_can_be_searched_for(studio: Studio) -> None:
    """Of a title that is longer than a search may be, it is the beginning that is asked for."""
    title = " ".join(f"word{number}" for number in range(200))
    studio.document("long", fields={"title": title})
    (one,) = items(studio.site, "/suggest?_q=word0%20word1")

    assert one["text"] == title
    assert studio.site.names(one["_links"]["search"]["href"]) == ["long"]

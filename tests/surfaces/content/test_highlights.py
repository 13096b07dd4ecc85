"""Highlights: the parts of the hits that a search was about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import mistake


def highlights(place: Place, address: str) -> dict[str, Any]:
    """By name, the highlights of each document at *address*."""
    return {one["_meta"]["name"]: one["_meta"]["highlights"] for one in place.documents(address)}


@pytest.fixture
def pages(studio: Studio) -> Studio:
    """A service with two letters about lanterns."""
    studio.document(
        "one",
        type="play:letter",
        fields={
            "title": "Lanterns & lamps",
            "content": "<p>A <b>lantern</b> is a lamp.</p><p>&lt;b&gt; is none.</p>",
            "sender": "a lantern maker",
        },
    )
    studio.document("two", fields={"title": "Dark", "content": "<p>One lantern</p>"})
    return studio


def test_fragments_of_the_fields_that_are_named(pages: Studio) -> None:
    """Of each of those fields of each hit, what was found; other fields are left alone."""
    found = highlights(pages.site, "/documents/?_q=lantern&_highlight=title,content")

    assert found == {
        "one": {
            "title": ["<mark>Lanterns</mark> &amp; lamps"],
            "content": ["A <mark>lantern</mark> is a lamp. &lt;b&gt; is none."],
        },
        "two": {"content": ["One <mark>lantern</mark>"]},
    }


def test_a_star_stands_for_all_text_fields(pages: Studio) -> None:
    """Every field that the search reads is shown where it was found there."""
    found = highlights(pages.site, "/documents/?_q=lantern&_highlight=*")

    assert found["one"].keys() == {"title", "content", "sender"}
    assert found["two"].keys() == {"content"}


def test_a_field_of_the_search_is_the_only_one_marked(pages: Studio) -> None:
    """What was asked of one field is not marked in another."""
    found = highlights(pages.site, "/documents/?_q=title:lamps&_highlight=*")

    assert found == {"one": {"title": ["Lanterns &amp; <mark>lamps</mark>"]}}


def test_a_field_answers_to_its_full_name(pages: Studio) -> None:
    """A name with its namespace is the same, and links have the short one."""
    page = pages.site.read("/documents/?_q=lantern&_highlight=play:content")

    assert "_highlight=content" in page["_links"]["self"]["href"]
    assert page["_embedded"]["documents"][0]["_meta"]["highlights"]["content"]


def test_highlights_need_no_field_to_be_shown(pages: Studio) -> None:
    """What fields are sent has no say in what is highlighted."""
    address = "/documents/?_q=lantern&_highlight=content&_fields=title"

    assert highlights(pages.site, address)["two"] == {"content": ["One <mark>lantern</mark>"]}


def test_borrowed_texts_are_highlighted_too(studio: Studio) -> None:
    """What a reader is shown of another translation is marked, with the forms of its language."""
    group = "6c1d2f0e-0000-4000-8000-000000000007"
    fields = {"title": "Lanterns", "content": "<p>many lanterns</p>"}
    studio.document("en", locale="en", group=group, fields=fields)
    studio.document("nl", locale="nl", group=group, fields={"title": "Licht"})

    found = highlights(studio.site, "/documents/?_q=lantern&_highlight=*&_locale=nl")
    assert found == {"nl": {"content": ["many <mark>lanterns</mark>"]}}


def test_every_list_can_show_what_was_found(studio: Studio) -> None:
    """Bundles show messages, taxonomies names, folders and assets what describes them."""
    studio.bundle("/content/documents/site/words", {"default": {"a": "a lantern"}})
    studio.taxonomy()
    bundles = studio.site.documents("/resourcebundles/?_q=lantern&_highlight=*")
    taxonomies = studio.site.read("/taxonomies/?_q=whelks&_highlight=categories")

    assert bundles[0]["_meta"]["highlights"] == {"messages": ["a <mark>lantern</mark>"]}
    shown = taxonomies["_embedded"]["taxonomies"][0]["_meta"]["highlights"]
    assert shown["categories"][0] == "<mark>whelks</mark>"


def test_without_a_search_there_is_nothing_to_show(pages: Studio) -> None:
    """Highlights without a text are a mistake that says so; lenient, they are passed over."""
    told = mistake(pages.site.get("/documents/?_highlight=title"), "_highlight")
    lenient = pages.site.read("/documents/?_highlight=title", Prefer="handling=lenient")

    assert "_q" in told["reason"]
    assert "_highlight" not in lenient["_links"]["self"]["href"]


def test_an_unknown_field_is_a_mistake(pages: Studio) -> None:
    """A name that is no text field's is told with the nearest that are."""
    told = mistake(pages.site.get("/documents/?_q=a&_highlight=contents"), "_highlight")

    assert told["nearest"][0] == "content"
    assert mistake(pages.site.get("/documents/?_q=a&_highlight=size"), "_highlight")
    assert mistake(pages.site.get("/folders/?_q=a&_highlight=content"), "_highlight")


def test_streams_have_no_highlights(pages: Studio) -> None:
    """In a stream, which has no best hits, they are a mistake."""
    stream = pages.site.get(
        "/documents/?_q=lantern&_highlight=title", Accept="application/x-ndjson"
    )

    assert mistake(stream, "_highlight")


def test_links_repeat_the_highlights(pages: Studio) -> None:
    """The next page shows the same of its items."""
    (first, second) = pages.site.pages("/documents/?_q=lantern&_highlight=content&_limit=1")

    for page in (first, second):
        (one,) = page["_embedded"]["documents"]
        assert one["_meta"]["highlights"]["content"]

"""Filters and searches forgive how text is spelled, and reach what answers show of a node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio, opened
from tests.surfaces.problems import mistake

#: One word in two forms: accents as one with the letter, and behind it.
COMPOSED: Final = "caf\u00e9"
APART: Final = "cafe\u0301"


@pytest.fixture(scope="module")
def cafes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Two documents that say the same in two forms, and one that says something else."""
    with opened(tmp_path_factory.mktemp("cafes")) as studio:
        for name, said in (("composed", COMPOSED), ("apart", APART), ("other", "cafe")):
            fields = {"title": f"{said} noir", "place": said, "kept": [said]}
            studio.document(name, type="play:loose", fields=fields)
        yield studio


@pytest.mark.parametrize("written", [COMPOSED, APART])
@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("place={}", ["apart", "composed"]),
        ("kept={}", ["apart", "composed"]),
        ("place[ne]={}", ["other"]),
        ("place[in]=x,{}", ["apart", "composed"]),
        ("place[nin]=x,{}", ["other"]),
        ("place[prefix]={}", ["apart", "composed"]),
        ("place[contains]={}", ["apart", "composed"]),
        ("place[gte]={}", ["apart", "composed"]),
        ("place[gt]={}", []),
        ("title={} noir", ["apart", "composed"]),
        ("_meta.displayName={} noir", ["apart", "composed"]),
        ("_meta.displayName[prefix]={}", ["apart", "composed"]),
    ],
)
def test_accents_are_compared_however_they_are_written(
    cafes: Studio, written: str, condition: str, expected: list[str]
) -> None:
    """Text in either of Unicode's forms fits text in the other, in every way to compare."""
    name, _, value = condition.partition("=")
    assert cafes.site.names(f"/documents/?{name}={quote(value.format(written))}") == expected


def test_values_stay_as_they_are_written(cafes: Studio) -> None:
    """What is compared in one form is shown in the one that was written, and counted once."""
    page = cafes.site.read("/documents/?_facets=place")
    shown = {one["_meta"]["name"]: one["place"] for one in page["_embedded"]["documents"]}
    (facet,) = page["_embedded"]["c:facets"]

    assert shown == {"composed": COMPOSED, "apart": APART, "other": "cafe"}
    counted = {one["value"]: one["count"] for one in facet["_embedded"]["c:values"]}
    assert counted == {COMPOSED: 2, "cafe": 1}


# -- what answers show of a node -------------------------------------------------


def test_revisions_are_filtered_and_sorted(studio: Studio) -> None:
    """``_meta.revision`` is a number that lists choose and order by."""
    studio.document("b")
    written = studio.document("a")
    with studio.writing() as tx:
        tx.revise(written, {"title": "written again"})
        tx.publish(written)
    later, first = (one["_meta"]["revision"] for one in studio.site.documents("/documents/"))

    assert first < later
    assert studio.site.names(f"/documents/?_meta.revision={later}") == ["a"]
    assert studio.site.names(f"/documents/?_meta.revision[lt]={later}") == ["b"]
    assert studio.site.names("/documents/?_sort=_meta.revision") == ["b", "a"]
    assert studio.preview.names("/documents/?_sort=-_meta.revision") == ["a", "b"]
    mistake(studio.site.get("/documents/?_meta.revision=new"), "_meta.revision")
    mistake(studio.site.get("/documents/?_meta.revision[prefix]=1"), "_meta.revision[prefix]")


def embedded(place: Place, address: str, relation: str, name: str) -> list[Any]:
    return [one[name] for one in place.read(address)["_embedded"][relation]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("basename=Common", ["Common"]),
        ("basename[prefix]=C", ["Cards", "Common"]),
        ("locales=nl", ["Cards", "Common"]),
        ("locales=pt_BR", ["Common"]),
        ("locales=pt-br", ["Common"]),
        ("locales[ne]=pt-BR", ["Cards", "Errors"]),
        ("locales[exists]=false", ["Errors"]),
        ("_sort=-basename", ["Errors", "Common", "Cards"]),
    ],
)
def test_bundles_by_what_their_answers_show(
    studio: Studio, query: str, expected: list[str]
) -> None:
    """Bundles are chosen and ordered by ``basename`` and ``locales``."""
    said = {"hello": "Hello"}
    studio.bundle("/content/bundles/Errors", {"default": said})
    studio.bundle("/content/bundles/Cards", {"default": said, "nl": said})
    studio.bundle("/content/bundles/Common", {"default": said, "nl": said, "pt_BR": said})

    assert embedded(studio.site, f"/resourcebundles/?{query}", "documents", "basename") == expected


def test_taxonomies_by_what_their_answers_show(studio: Studio) -> None:
    """Taxonomies are chosen and ordered by ``name`` and ``locales``."""
    studio.taxonomy("shells")
    studio.taxonomy("stones")

    def found(query: str) -> list[Any]:
        return embedded(studio.site, f"/taxonomies/?{query}", "taxonomies", "name")

    assert found("name=stones") == ["stones"]
    assert found("locales=en&_sort=-name") == ["stones", "shells"]
    assert found("locales=nl") == []


# -- texts ----------------------------------------------------------------------


@pytest.mark.parametrize("operator", ["", "[contains]", "[prefix]"])
def test_whole_texts_are_not_kept(studio: Studio, operator: str) -> None:
    """A filter on a text field is refused, and told how to ask for its words instead."""
    studio.document("one", type="play:letter", fields={"content": "<p>brown ink</p>"})
    told = mistake(
        studio.site.get(f"/documents/?content{operator}=brown ink"), f"content{operator}"
    )

    assert "_q" in told["reason"]
    assert told["example"] == '_q=content:"brown ink"'
    assert studio.site.names(f"/documents/?{told['example']}") == ["one"]


@pytest.mark.parametrize("name", ["description", "summary", "excerpt", "subtitle", "linkTitle"])
def test_what_describes_a_page_is_found(studio: Studio, name: str) -> None:
    """Where no type declares them, the names that everybody has for descriptions hold text."""
    studio.document("one", type="play:loose", fields={name: "Nine lanterns", "other": "lanterns"})
    studio.document("two", type="play:loose", fields={"other": "lanterns"})

    assert studio.site.names("/documents/?_q=lantern") == ["one"]
    assert studio.site.names(f'/documents/?_q={name}:"nine lanterns"') == ["one"]
    assert studio.site.names(f"/documents/?{name}=Nine lanterns") == ["one"]
    (found,) = studio.site.documents(f"/documents/?_q=lantern&_highlight={name}")
    assert found["_meta"]["highlights"] == {name: ["Nine <mark>lanterns</mark>"]}


@pytest.mark.parametrize("value", [7, 1.5, True, None, {"en": "lanterns"}, [1, {"a": "lanterns"}]])
def test_a_description_may_be_anything(studio: Studio, value: Any) -> None:
    """What is no text is kept and shown as it is, and has no words."""
    studio.document("one", type="play:loose", fields={"description": value})

    assert studio.site.read("/documents/one")["description"] == value
    assert studio.site.names("/documents/?_q=lanterns") == []
    assert studio.site.names("/documents/?_q=one") == ["one"]


def test_every_keyword_is_a_text_of_its_own(studio: Studio) -> None:
    """Of a list each text is found; a phrase does not reach from one to the next."""
    studio.document("one", type="play:loose", fields={"keywords": ["oil lamp", "wick", 3]})

    assert studio.site.names('/documents/?_q="oil lamp" wick') == ["one"]
    assert studio.site.names('/documents/?_q="lamp wick"') == []


# -- punctuation ------------------------------------------------------------------


@pytest.mark.parametrize("text", ["???", "…", "«»", "“?!”"])
def test_a_title_of_punctuation_is_found(studio: Studio, text: str) -> None:
    """A title that is nothing but punctuation is found, marked and completed by it."""
    studio.document("one", fields={"title": text})
    studio.document("two", fields={"title": f"Really{text}"})
    asked = quote(text)

    (found,) = studio.site.documents(f"/documents/?_q={asked}&_highlight=title")
    assert found["_meta"]["highlights"] == {"title": [f"<mark>{text}</mark>"]}
    (completed,) = studio.site.read(f"/suggest?_q={asked}")["_embedded"]["c:suggestions"]
    assert completed["text"] == text
    assert studio.site.names(completed["_links"]["search"]["href"]) == ["one"]


def test_operators_alone_are_words(studio: Studio) -> None:
    """Where there is nothing to join, AND, OR and NOT are looked for."""
    studio.document("one", fields={"title": "This OR that"})
    studio.document("two", fields={"title": "Neither"})

    for text in ("OR", "OR OR OR", "-OR", "(OR)", "title:OR"):
        assert studio.site.names(f"/documents/?_q={quote(text)}") == ["one"]
    assert studio.site.names("/documents/?_q=AND NOT") == []

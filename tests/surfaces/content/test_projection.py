"""Projection: _fields shows a part, and says that it is one."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import mistake

NEWS = "/newsdocument/"
AUTHOR = "/documents/blog/authors/Hippo Author"
ALWAYS = {"_links", "_meta"}


def test_named_fields_are_all_that_is_shown(site: Place) -> None:
    """With names, only those fields are there; links and _meta stay."""
    for one in site.documents(f"{NEWS}?_fields=title,introduction"):
        assert one.keys() == ALWAYS | {"title", "introduction"}


def test_a_leading_minus_leaves_a_field_out(site: Place) -> None:
    """With names to leave out only, all others are there."""
    whole = site.documents(NEWS)[0]

    assert site.documents(f"{NEWS}?_fields=-content")[0].keys() == whole.keys() - {"content"}


def test_leaving_out_wins_over_showing(site: Place) -> None:
    """Names to show come first, then those to leave out are taken away."""
    for query in ("title,content,-content", "-content,content,title"):
        assert site.documents(f"{NEWS}?_fields={query}")[0].keys() == ALWAYS | {"title"}


def test_repeated_parameters_are_one_list(site: Place) -> None:
    """Saying _fields twice is the same as a comma, encoded or not, blanks or none."""
    shown = site.documents(f"{NEWS}?_fields=title,date")
    for query in (
        "_fields=title&_fields=date",
        "_fields=title%2Cdate",
        "_fields=%20title%20,,date",
    ):
        assert [one.keys() for one in site.documents(f"{NEWS}?{query}")] == [
            one.keys() for one in shown
        ]


def test_dots_reach_into_compounds(site: Place) -> None:
    """A dotted name keeps the way to what it names, and its siblings out."""
    inner = site.read(f"{AUTHOR}?_fields=accounts.link")
    outer = site.read(f"{AUTHOR}?_fields=-accounts.link")

    assert inner.keys() == ALWAYS | {"accounts"}
    assert {frozenset(one) for one in inner["accounts"]} == {frozenset({"_meta", "link"})}
    assert {frozenset(one) for one in outer["accounts"]} == {frozenset({"_meta", "type"})}
    assert "fullname" in outer


def test_a_pointer_and_a_full_name_are_the_same_field(site: Place) -> None:
    """A JSON Pointer, a full name and the short name show the same."""
    plain = site.documents(f"{NEWS}?_fields=title")
    shown = [
        [{k: v for k, v in one.items() if k != "_links"} for one in site.documents(address)]
        for address in (
            f"{NEWS}?_fields=title",
            f"{NEWS}?_fields=/title",
            f"{NEWS}?_fields=hippoaddoncontenthalapidemo:title",
        )
    ]

    assert shown[0] == shown[1] == shown[2]
    assert plain[0]["title"]


def test_a_pointer_names_what_dots_cannot(studio: Studio) -> None:
    """A field whose name holds dots, commas or slashes is shown by its pointer."""
    names = ("a.b", "c/d", "e~f")
    studio.document(
        "one", type="play:loose", fields={"a": {"b": 1}, **dict.fromkeys(names, "here")}
    )

    for name in names:
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        assert studio.site.read(f"/documents/one?_fields={pointer}").keys() == ALWAYS | {name}
    assert studio.site.read("/documents/one?_fields=/a/b")["a"] == {"b": 1}


def test_self_carries_the_projection_and_canonical_does_not(site: Place) -> None:
    """No client takes the part for the whole: self names the part, canonical the whole."""
    listed = site.documents(f"{NEWS}?_fields=title&_dates=iso")[0]["_links"]
    alone = site.read(f"{AUTHOR}?_fields=fullname")["_links"]

    assert listed["self"]["href"].endswith("?_fields=title&_dates=iso")
    assert alone["self"]["href"].endswith("?_fields=fullname")
    for links in (listed, alone):
        assert "?" not in links["canonical"]["href"]
        assert "content" in site.read(links["canonical"]["href"])
    assert site.read(listed["self"]["href"]).keys() == ALWAYS | {"title"}


def test_an_embedded_part_equals_what_its_self_shows(site: Place) -> None:
    """What a list embeds is what its self link answers, but for the curies."""
    for one in site.documents("/documents/?_fields=title,-content&_dates=iso&_limit=100"):
        alone = site.read(one["_links"]["self"]["href"])
        alone["_links"].pop("curies")
        assert alone == one


def test_folders_and_trees_show_parts_too(site: Place) -> None:
    """The documents in a folder and in the tree are projected alike."""
    folder = site.documents("/folders/pages?_fields=title")
    tree = site.read("/tree?_fields=title")["_embedded"]["folders"]

    assert {frozenset(one) for one in folder} == {frozenset(ALWAYS | {"title"})}
    pages = next(one for one in tree if one["_meta"]["name"] == "pages")
    assert [one["title"] for one in pages["_embedded"]["documents"]] == [
        one["title"] for one in folder
    ]
    assert all("content" not in one for one in pages["_embedded"]["documents"])


@pytest.mark.parametrize(("name", "near"), [("titel", "title"), ("-contnt", "content")])
def test_an_unknown_name_is_a_mistake_with_the_nearest(site: Place, name: str, near: str) -> None:
    """A field that nothing has is a 400 that names the nearest that something has."""
    told = mistake(site.get(f"{NEWS}?_fields={name}"), "_fields")

    assert near in told["nearest"]
    assert told["value"] == name.removeprefix("-")


def test_a_field_of_another_type_is_no_mistake(site: Place) -> None:
    """In a list of many types a field is rarely on all of them."""
    for one in site.documents(f"{NEWS}?_fields=fullname,title"):
        assert one.keys() == ALWAYS | {"title"}

"""Types: documents of one type, under its short and its full name."""

from __future__ import annotations

import pytest

from content_repo import DocumentType
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import problem

NEWS = "newsdocument"
SPACE = "hippoaddoncontenthalapidemo"


def test_short_and_full_names_list_the_same(site: Place) -> None:
    """Both names of a type list its documents; self keeps the name that was asked."""
    short, full = site.read(f"/{NEWS}/"), site.read(f"/{SPACE}:{NEWS}/")

    assert site.names(f"/{NEWS}/") == site.names(f"/{SPACE}:{NEWS}/")
    assert len(short["_embedded"]["documents"]) == 3
    for page, segment in ((short, NEWS), (full, f"{SPACE}:{NEWS}")):
        for one in page["_embedded"]["documents"]:
            assert f"/{segment}/" in one["_links"]["self"]["href"]
            assert one["_links"]["collection"] == {"href": page["_links"]["self"]["href"]}


def test_a_slash_at_the_end_says_nothing(site: Place) -> None:
    """Lists and documents answer with and without a slash at the end of their address."""
    for address in (f"/{NEWS}", "/documents", "/folders", "/types", "/assets", "/taxonomies"):
        assert site.get(address).data == site.get(f"{address}/").data
    id = site.documents(f"/{NEWS}/")[0]["_meta"]["id"]
    assert site.get(f"/documents/{id}").data == site.get(f"/documents/{id}/").data


def test_a_base_type_lists_what_extends_it(studio: Studio) -> None:
    """Documents of sub-types are among those of their base, and not the other way round."""
    for name, type_name in (("a", "play:note"), ("b", "play:letter"), ("c", "play:card")):
        studio.document(name, type=type_name)
    site = studio.site

    assert site.names("/base/") == ["a", "b", "c"]
    assert site.names("/note/") == ["a", "b"]
    assert site.names("/play:letter/") == ["b"]
    assert site.names("/card/") == ["c"]


def test_a_document_is_found_in_the_collections_of_its_lineage(studio: Studio) -> None:
    """A document answers under its own type and those it extends, by id and by path."""
    id = studio.document("b", type="play:letter")
    for segment in ("documents", "letter", "note", "base", "play:letter", "play:base"):
        for address in (id, "b"):
            shown = studio.site.read(f"/{segment}/{address}")
            assert shown["_meta"]["id"] == id
            assert shown["_links"]["self"]["href"].endswith(f"/{segment}/{id}")


def test_a_document_of_another_type_is_not_found(studio: Studio) -> None:
    """Under a type that it is not of, a document is as unknown as any."""
    id = studio.document("b", type="play:card")

    for address in (id, "b"):
        told = problem(studio.site.get(f"/note/{address}"), 404)
        assert told["code"] == "not_found"


@pytest.mark.parametrize("name", ["nosuch", "Newsdocument", "other:newsdocument", ":", "news:"])
def test_an_unknown_type_is_not_found(site: Place, name: str) -> None:
    """A type that nobody defined has no list, not even an empty one."""
    problem(site.get(f"/{name}/"), 404)
    problem(site.get(f"/{name}/x"), 404)


def test_a_short_name_of_two_namespaces_lists_both(studio: Studio) -> None:
    """Where two types share a short name it lists the documents of both; full names, of one."""
    with studio.writing() as tx:
        tx.define([DocumentType(name="work:card", base="play:base")])
    studio.document("a", type="play:card")
    studio.document("w", type="work:card")

    assert studio.site.names("/card/") == ["a", "w"]
    assert studio.site.names("/play:card/") == ["a"]
    assert studio.site.names("/work:card/") == ["w"]


def test_types_are_described_with_what_they_inherit(site: Place) -> None:
    """Each type tells its fields, inherited ones too, and links to its documents."""
    types = {one["name"]: one for one in site.read("/types/")["_embedded"]["types"]}
    author = site.read(f"/types/{SPACE}:author")

    assert {"fullname", "content", "accounts"} <= {one["name"] for one in author["fields"]}
    assert author["_links"]["up"]["href"].endswith(f"/types/{SPACE}:basedocument")
    for name, one in types.items():
        alone = site.read(one["_links"]["self"]["href"])
        alone["_links"].pop("curies")
        assert alone == one
        if not one.get("compound"):
            assert site.total(one["_links"]["c:documents"]["href"]) == site.total(f"/{name}/")


def test_compounds_have_no_documents_of_their_own(site: Place) -> None:
    """A compound type is described, but links to no documents."""
    assert "c:documents" not in site.read(f"/types/{SPACE}:account")["_links"]

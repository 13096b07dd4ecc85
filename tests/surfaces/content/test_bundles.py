"""Resource bundles: messages in all locales, or in one with what it borrows."""

from __future__ import annotations

import pytest

from content_repo import Kind, Side
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import problem

HOME = "/resourcebundles/essentials.homepage"
JSON = "application/json"


def test_the_list_has_no_messages(site: Place) -> None:
    """A list tells basenames and locales, and links to the messages."""
    for one in site.documents("/resourcebundles/?_limit=100"):
        assert "bundles" not in one
        whole = site.read(one["_links"]["self"]["href"])
        assert whole["basename"] == one["basename"]
        assert set(whole["bundles"]) == {"default", *one["locales"]}


def test_a_locale_borrows_up_the_chain(site: Place) -> None:
    """What Flanders lacks comes from Dutch, and what Dutch lacks from the default."""
    found = site.read(f"{HOME}/nl_BE")

    assert found["messages"]["homepage.text"].startswith("Twee stapelhuizen")
    assert found["messages"]["homepage.title"] == "Welkom in het Tideline Museum"
    assert found["borrowed"]["homepage.title"] == "nl"
    assert "homepage.text" not in found["borrowed"]
    german = site.read(f"{HOME}/de")
    assert german["messages"]["homepage.watertable"] == "High water at {0}"
    assert german["borrowed"] == {
        "homepage.opentoday": "default",
        "homepage.watertable": "default",
    }


def test_every_locale_has_every_key(site: Place) -> None:
    """However little a locale holds, its reader gets all messages."""
    keys = site.read(f"{HOME}/default")["messages"].keys()

    for one in site.read(HOME)["_links"]["c:locales"]:
        assert site.read(one["href"])["messages"].keys() == keys


@pytest.mark.parametrize("written", ["nl_BE", "nl-BE", "nl-be", "NL_be"])
def test_a_locale_is_found_however_it_is_written(site: Place, written: str) -> None:
    """Spellings of one locale are one resource, delivered as its author wrote it."""
    response = site.get(f"{HOME}/{written}")

    assert response.data == site.get(f"{HOME}/nl_BE").data
    assert response.get_json()["locale"] == "nl_BE"
    assert response.headers["Content-Language"] == "nl-BE"


def test_a_locale_is_answered_by_its_parent(site: Place) -> None:
    """Austria reads what Germany has, all of it borrowed."""
    austria = site.read(f"{HOME}/de-AT")

    assert austria["messages"] == site.read(f"{HOME}/de")["messages"]
    assert set(austria["borrowed"].values()) == {"de", "default"}


def test_a_locale_that_nobody_translated_borrows_everything(site: Place) -> None:
    """Whoever is to translate sees every message, all of them borrowed from the default."""
    french = site.read(f"{HOME}/fr")

    assert french["messages"] == site.read(f"{HOME}/default")["messages"]
    assert french["borrowed"].keys() == french["messages"].keys()
    assert set(french["borrowed"].values()) == {"default"}


@pytest.mark.parametrize("locale", ["nosuchlocale", "x" * 200, "x-" * 3000, "*", "%20", "1", ".."])
def test_what_is_no_locale_is_not_found(site: Place, locale: str) -> None:
    """A name that no language has is no locale, and an unknown bundle has none."""
    problem(site.get(f"{HOME}/{locale}"), 404)
    problem(site.get("/resourcebundles/nosuch/nl"), 404)


def test_as_json_it_is_the_flat_map(site: Place) -> None:
    """Loaders of message files get key and message, and nothing else."""
    flat = site.get(f"{HOME}/nl_BE", Accept=JSON)

    assert flat.content_type.startswith(JSON)
    assert flat.get_json() == site.read(f"{HOME}/nl_BE")["messages"]
    assert all(isinstance(text, str) for text in flat.get_json().values())


def test_the_two_forms_do_not_share_a_tag(site: Place) -> None:
    """Map and resource vary with Accept and have tags of their own."""
    flat, whole = site.get(f"{HOME}/nl", Accept=JSON), site.get(f"{HOME}/nl")

    assert "Accept" in flat.headers["Vary"]
    assert "Accept" in whole.headers["Vary"]
    assert flat.headers["ETag"] != whole.headers["ETag"]
    tag = flat.headers["ETag"]
    assert site.get(f"{HOME}/nl", Accept=JSON, If_None_Match=tag).status_code == 304
    assert site.get(f"{HOME}/nl", If_None_Match=tag).status_code == 200


def test_each_locale_has_its_own_tag_and_language(site: Place) -> None:
    """Locales are told apart by ETag and Content-Language; the default is the mount's."""
    answers = {one: site.get(f"{HOME}/{one}") for one in ("default", "de", "nl", "nl_BE")}

    assert len({one.headers["ETag"] for one in answers.values()}) == 4
    assert [one.headers["Content-Language"] for one in answers.values()] == [
        "en", "de", "nl", "nl-BE",
    ]  # fmt: skip


def test_locales_link_to_each_other(site: Place) -> None:
    """alternate names the other locales by their BCP 47 form, up the whole bundle."""
    links = site.read(f"{HOME}/nl_BE")["_links"]

    assert {one["hreflang"] for one in links["alternate"]} >= {"de", "nl"}
    for one in links["alternate"]:
        assert site.read(one["href"])["basename"] == "essentials.homepage"
    assert site.read(links["up"]["href"])["basename"] == "essentials.homepage"


def test_a_bundle_need_not_have_a_default(studio: Studio) -> None:
    """A bundle without a default answers with what it has, and an empty default beside it."""
    studio.bundle("/content/documents/words", {"nl": {"a": "A"}, "nl_BE": {"b": "B"}})
    place = studio.site

    assert place.read("/resourcebundles/words")["bundles"]["default"] == {}
    assert place.read("/resourcebundles/words/nl_BE")["messages"] == {"a": "A", "b": "B"}
    assert place.read("/resourcebundles/words/default")["messages"] == {}


def test_a_bundle_is_found_by_its_id(studio: Studio) -> None:
    """By its id and by its basename, the same answer; hidden, or of another kind, it is none."""
    id = studio.bundle("/content/documents/words", {"nl": {"a": "A"}})
    draft = studio.bundle("/content/documents/new", {"nl": {"a": "A"}}, published=False)
    place = studio.site

    for address in (id, id.upper()):
        assert place.get(f"/resourcebundles/{address}").data == (
            place.get("/resourcebundles/words").data
        )
        assert place.read(f"/resourcebundles/{address}/nl")["messages"] == {"a": "A"}
    for other in (draft, studio.taxonomy(), studio.document("page")):
        problem(place.get(f"/resourcebundles/{other}"), 404)


def test_a_basename_may_have_the_form_of_an_id(studio: Studio) -> None:
    """A bundle is found by it, unless it is the id of another one."""
    words = studio.bundle("/content/documents/words", {})
    basename = "550e8400-e29b-41d4-a716-446655440000"
    for name, key in {"like": basename, "taken": words}.items():
        with studio.writing() as tx:
            fields = {"basename": key, "messages": {}}
            parent = studio.services.repository.reader(Side.DRAFT).at("content/documents")
            assert parent is not None
            tx.publish(tx.create(Kind.BUNDLE, parent.id, name, fields=fields))

    def found(address: str) -> object:
        return studio.site.read(f"/resourcebundles/{address}")["_meta"]["name"]

    assert (found(basename), found(words)) == ("like", "words")


def test_a_basename_may_be_any_name(studio: Studio) -> None:
    """Dots, blanks and other scripts in a basename are in its links as UTF-8."""
    studio.bundle("/content/documents/größe & mehr.v1", {"default": {"a": "A"}})
    (one,) = studio.site.documents("/resourcebundles/")

    assert studio.site.read(one["_links"]["self"]["href"])["basename"] == "größe & mehr.v1"

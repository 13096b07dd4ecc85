"""Search: full text, and the part of the mount that it looks through."""

from __future__ import annotations

import uuid

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.problems import mistake, problem

ROOT = "content/documents/hippoaddoncontenthalapidemo"


def test_all_words_have_to_be_there(site: Place) -> None:
    """A search finds what holds all its words, however they are written."""
    assert site.names("/documents/?_q=medusa") == ["the-medusa-news"]
    assert site.names("/documents/?_q=MEDUSA%20%20news!") == ["the-medusa-news"]
    assert site.names("/documents/?_q=medusa%20lighthouse") == []


def test_a_second_equals_sign_says_nothing(site: Place) -> None:
    """What HTTPie's users write as _q==medusa is the same search."""
    assert site.names("/documents/?_q==medusa") == site.names("/documents/?_q=medusa")
    assert site.names("/documents/?_limit==1&_sort==-title") == site.names(
        "/documents/?_limit=1&_sort=-title"
    )


@pytest.mark.parametrize(
    "text", ["((((", "***", "%22", "AND", "OR", "NOT", "-", "a:b", "~^", "%5B*"]
)
def test_every_text_is_a_legal_search(site: Place, text: str) -> None:
    """Punctuation is punctuation: no text is a syntax error."""
    assert site.total(f"/documents/?_q={text}") <= 13


def test_an_empty_text_is_no_search(site: Place) -> None:
    """A text of nothing counts as not given; one without any word finds nothing."""
    assert site.total("/documents/?_q=") == 13
    assert site.total("/documents/?_q=%20") == site.total("/documents/?_q=!!") == 0


def test_a_search_says_how_long_it_may_be(site: Place) -> None:
    """A text of too many characters or words is a mistake that names _q and the bound."""
    assert "512" in mistake(site.get("/documents/?_q=" + "a" * 600), "_q")["reason"]
    words = "+".join(f"w{number}" for number in range(40))
    assert "32" in mistake(site.get(f"/documents/?_q={words}"), "_q")["reason"]


def test_every_list_can_be_searched(site: Place) -> None:
    """Folders, bundles, assets and taxonomies are searched as documents are."""
    assert site.total("/assets/?_q=snail") >= 1
    assert site.total("/folders/?_q=authors") == 1
    assert site.total("/resourcebundles/?_q=welkom") == 1
    assert site.total("/newsdocument/?_q=workshop") == 0


def test_a_folder_is_named_by_id_or_path(site: Place) -> None:
    """A scope is the same by id, by the path from the mount's root and by the absolute one."""
    folder = site.read("/folders/blog")["_meta"]["id"]
    scopes = (folder, folder.upper(), "blog", "blog/", f"/{ROOT}/blog", f"/{ROOT}/blog/")
    found = [site.names(f"/documents/?_scope={scope}") for scope in scopes]

    assert set(found[0]) == {"first-blog-post", "Hippo Author"}
    assert all(names == found[0] for names in found)


def test_a_scope_narrows_what_is_searched(site: Place) -> None:
    """Text and scope hold together."""
    assert site.names("/documents/?_q=medusa&_scope=news") == ["the-medusa-news"]
    assert site.names("/documents/?_q=medusa&_scope=blog") == []
    assert site.total("/folders/?_scope=blog") == 3


def test_depth_counts_from_the_scope(site: Place) -> None:
    """With _depth, only so many levels below the scope are looked through."""
    direct = {
        one["_meta"]["path"] for one in site.read("/folders/?_depth=1")["_embedded"]["folders"]
    }
    assert direct == {"banners", "blog", "events", "news", "pages"}
    assert site.names("/documents/?_scope=blog&_depth=2") == ["Hippo Author"]


OUTSIDE = (
    "/content",
    "/content/documents",
    "/content/documents/administration",
    "/",
    "/extensions",
    "../administration",
    "cafebabe-cafe-babe-cafe-babecafebabe",
    "no/such/folder",
    f"/{ROOT}x",
)


@pytest.mark.parametrize("scope", OUTSIDE)
def test_a_scope_outside_the_mount_is_as_unknown_as_any(site: Place, scope: str) -> None:
    """What lies outside the mount is not found, in the words for what is nowhere."""
    unknown = str(uuid.uuid4())
    told = problem(site.get(f"/documents/?_scope={scope}"), 404)
    other = problem(site.get(f"/documents/?_scope={unknown}"), 404)

    assert "_scope" in told["detail"]
    assert told["detail"].replace(scope, "") == other["detail"].replace(unknown, "")
    assert {**told, "detail": "", "requestId": ""} == {**other, "detail": "", "requestId": ""}


def test_best_hits_come_first(site: Place) -> None:
    """Where a word is in a title, the document comes before one that has it in its text."""
    assert site.names("/documents/?_q=workshop")[0] == "workshop"

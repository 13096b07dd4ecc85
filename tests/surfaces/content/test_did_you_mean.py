"""Did you mean: where a search with a misspelt word may go on."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio

RELATION = "c:did-you-mean"


@pytest.fixture
def pages(studio: Studio) -> Studio:
    """A service with letters about lanterns, and a secret one."""
    for name in ("one", "two"):
        studio.document(name, fields={"title": f"Lantern {name}", "size": 7})
    studio.document("secret", published=False, fields={"title": "Zeppelins"})
    studio.document("/content/documents/other/far", fields={"title": "Submarines"})
    return studio


def meant(place: Place, address: str) -> str | None:
    """The text that the list at *address* proposes, and that finds something."""
    links = place.read(address)["_links"]
    if RELATION not in links:
        return None
    assert place.total(links[RELATION]["href"]) > 0
    return str(links[RELATION]["title"])


def test_a_list_that_finds_nothing_says_what_was_meant(pages: Studio) -> None:
    """The link has the text as its title, and leads to what that finds."""
    assert meant(pages.site, "/documents/?_q=lanten") == "lantern"
    assert meant(pages.site, "/documents/?_q=%22lanten%20one%22%20-two") == '"lantern one" -two'


def test_a_choice_that_finds_nothing_is_told_of(pages: Studio) -> None:
    """Beside what was found, a word that nothing has may have been another."""
    pages.document("three", fields={"title": "candlelight"})

    assert meant(pages.site, "/documents/?_q=lantern%20OR%20candelight") == "lantern OR candlelight"


def test_the_link_asks_all_else_the_same(pages: Studio) -> None:
    """Filters, limits and shapes are kept; the page is the first one."""
    address = "/documents/?_q=lanten&_limit=1&_offset=3&_fields=title&size=7"
    link = pages.site.read(address)["_links"][RELATION]

    assert link["href"].endswith("/documents/?_q=lantern&_limit=1&_fields=title&size=7")
    assert link["title"] == "lantern"


def test_a_link_to_nothing_is_none(pages: Studio) -> None:
    """Where the other text finds nothing either, there is no link."""
    assert meant(pages.site, "/documents/?_q=lanten&size=8") is None
    assert meant(pages.site, "/documents/?_q=zzzzzzz") is None
    assert meant(pages.site, "/documents/?_q=lantern") is None
    assert meant(pages.site, "/documents/") is None


def test_nobody_is_told_what_he_may_not_see(pages: Studio) -> None:
    """Words of drafts, and of what lies outside of a mount, are proposed to nobody else."""
    for asked in ("zeppelin", "submarin", "lantern%20OR%20zepelins", "lantern%20OR%20submarinez"):
        assert meant(pages.site, f"/documents/?_q={asked}") is None
    assert meant(pages.preview, "/documents/?_q=zepelins") == "zeppelins"


def test_every_list_proposes(studio: Studio) -> None:
    """Bundles and all others do the same with their own words."""
    studio.bundle("/content/documents/site/words", {"default": {"a": "lantern"}})

    assert meant(studio.site, "/resourcebundles/?_q=lanten") == "lantern"
    assert meant(studio.site, "/documents/?_q=lanten") is None


def test_the_relation_is_explained(site: Place) -> None:
    """As every relation of ours, it has a page."""
    assert site.get("/rels/did-you-mean").status_code == 200

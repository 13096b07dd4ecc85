"""The pages for people are whole, and fetch nothing."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from hal_delivery.web.pages import STYLE

PAGES = ("docs/", "rels/documents", "problems/invalid_parameter")
WITHOUT_END = {"meta", "link"}


class Reading(HTMLParser):
    """What stands in a page; fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def values(self, attribute: str) -> list[str]:
        return [value for _, found in self.tags if (value := found.get(attribute))]


def read(client: FlaskClient, name: str) -> Reading:
    answer = client.get(f"/site/api/{name}")
    assert answer.status_code == 200
    return Reading(answer.get_data(as_text=True))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_what_readers_and_programs_look_for(client: FlaskClient, name: str) -> None:
    """A language, one main heading, one main part, a width for small screens."""
    reading = read(client, name)
    tags = [tag for tag, _ in reading.tags]

    assert ("html", {"lang": "en"}) in reading.tags
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    assert "viewport" in reading.values("name")
    assert len(set(reading.values("id"))) == len(reading.values("id"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_neither_scripts_nor_styles_of_its_own(client: FlaskClient, name: str) -> None:
    """What the content security policy would refuse is not there to begin with."""
    reading = read(client, name)

    assert not {"script", "style", "img", "iframe"} & {tag for tag, _ in reading.tags}
    assert not [key for _, found in reading.tags for key in found if key.startswith("on")]
    assert reading.values("style") == reading.values("src") == []


def test_every_link_of_the_manual_leads_somewhere(client: FlaskClient) -> None:
    """Links within the page have their target, links beyond it an answer."""
    reading = read(client, "docs/")
    ids = set(reading.values("id"))

    for target in reading.values("href"):
        if target.startswith("#"):
            assert target[1:] in ids
        else:
            assert client.get(target, headers={"Accept": "*/*"}).status_code == 200, target


def test_the_sheet_is_served_as_a_style_sheet(client: FlaskClient) -> None:
    """The address that pages link to gives the sheet."""
    (address,) = (str(found["href"]) for tag, found in read(client, "docs/").tags if tag == "link")
    answer = client.get(address)

    assert answer.mimetype == "text/css"
    assert answer.get_data(as_text=True) == STYLE

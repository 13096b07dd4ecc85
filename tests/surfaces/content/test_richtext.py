"""Links in rich text: said beside it, and replaced where that is asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest

from content_repo import Kind
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import ROOT, Studio

PIXEL = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def texts(studio: Studio) -> Studio:
    """A page with a link of each kind, among pages in two locales."""
    root = studio.folder(ROOT)
    with studio.writing() as tx:
        for locale in ("en", "nl"):
            tx.publish(tx.create(Kind.FOLDER, root, locale, locale=locale))
    studio.document("en/guide/_index", locale="en")
    studio.document("en/guide/first steps", locale="en")
    studio.document("en/hidden", locale="en", published=False)
    studio.asset("pixel.gif", PIXEL, "image/gif")
    studio.document(
        "en/page",
        locale="en",
        fields={
            "content": (
                '<p><a href="guide/first%20steps?x=1#top">Start &amp; go</a> <a href="/guide/">all'
                '</a> <a href="https://example.org/?a=1&amp;b=2">out</a> <a href="#here">here</a> '
                '<a href="missing.md">gone</a> <a href="hidden">secret</a>'
                '<img src="/content/gallery/pixel.gif"></p>'
            )
        },
    )
    return studio


def references(place: Place, address: str = "/documents/en/page") -> list[Any]:
    """The references of the page, or of what is at *address*."""
    found: list[Any] = place.read(address)["_links"]["c:references"]
    return found


def test_each_link_says_what_it_leads_to(texts: Studio) -> None:
    """In the order of the text: its type, where that is, and how it was written."""
    found = references(texts.preview)

    assert [(one["type"], one["name"]) for one in found] == [
        ("internal", "guide/first%20steps?x=1#top"),
        ("internal", "/guide/"),
        ("external", "https://example.org/?a=1&b=2"),
        ("internal", "#here"),
        ("broken", "missing.md"),
        ("internal", "hidden"),
        ("binary", "/content/gallery/pixel.gif"),
    ]
    assert found[0]["title"] == "Start & go"
    assert found[2]["href"] == "https://example.org/?a=1&b=2"
    names = {one["name"]: texts.preview.read(one["href"])["_meta"]["name"] for one in found[:2]}
    assert names == {"guide/first%20steps?x=1#top": "first steps", "/guide/": "_index"}


def test_what_the_reader_may_not_see_is_a_broken_link(texts: Studio) -> None:
    """On the published side a link to a draft is as if nothing had ever been there."""
    hidden = references(texts.site)[5]

    assert hidden == {"href": "hidden", "type": "broken", "name": "hidden", "title": "secret"}


def test_the_text_stays_as_it_was_written(texts: Studio) -> None:
    """Unless its addresses are asked for, not one byte of it differs."""
    content = texts.site.read("/documents/en/page")["content"]["content"]

    assert '<a href="guide/first%20steps?x=1#top">Start &amp; go</a>' in content
    assert '<img src="/content/gallery/pixel.gif">' in content


def test_on_the_site_links_are_the_sites_addresses(texts: Studio) -> None:
    """Pages by the mount's pattern, folders' pages by the folder's, the rest untouched."""
    content = texts.site.read("/documents/en/page?_html=site")["content"]["content"]
    hrefs = re.findall('href="([^"]*)"', content)

    assert hrefs == [
        "http://localhost/en/guide/first%20steps/?x=1#top",
        "http://localhost/en/guide/",
        "https://example.org/?a=1&amp;b=2",
        "#here",
        "missing.md",
        "hidden",
    ]


def test_on_the_site_an_image_has_its_bytes(texts: Studio) -> None:
    """Its address answers with the picture; it is never without an alternative text."""
    content = texts.site.read("/documents/en/page?_html=site")["content"]["content"]
    (source,) = re.findall('<img src="([^"]*)"', content)

    assert texts.site.get(source).data == PIXEL
    assert 'alt=""' in content


def test_the_form_of_texts_is_part_of_self(texts: Studio) -> None:
    """A client's cache keeps the two apart, and knows which one is the whole."""
    shown = texts.site.read("/documents/en/page?_html=site")

    assert shown["_links"]["self"]["href"].endswith("?_html=site")
    assert "?" not in shown["_links"]["canonical"]["href"]


@pytest.mark.parametrize("query", ["", "?_html=site", "?_fields=content"])
def test_a_page_may_point_at_itself(texts: Studio, query: str) -> None:
    """Its links to itself lead there in whatever form its texts are asked for."""
    id = texts.document("en/self", locale="en")
    hrefs = ("#h", "", "./", "self.md")
    content = "".join(f'<a href="{one}">x</a>' for one in hrefs)
    with texts.writing() as tx:
        tx.revise(id, {"title": "Self", "content": content})
        tx.publish(id)

    found = texts.site.read(f"/documents/{id}{query}")

    assert [one["type"] for one in found["_links"]["c:references"]] == ["internal"] * len(hrefs)


@pytest.mark.parametrize("query", ["", "?_html=site", "?_fields=friend"])
def test_a_page_may_mirror_itself(studio: Studio, query: str) -> None:
    """A mirror of its own document is filled like any other, whatever else is asked for."""
    id = studio.document("self")
    with studio.writing() as tx:
        tx.revise(id, {"title": "Self", "friend": id})
        tx.publish(id)

    shown = studio.site.read(f"/documents/{id}{query}")["friend"]

    assert shown["_meta"]["mirror"] == {"id": id, "path": f"{ROOT}/self"}


def test_on_the_site_a_page_s_link_to_itself_is_its_address(texts: Studio) -> None:
    """Only a fragment alone stays as it is, for it holds wherever the page is shown."""
    fields = {"content": '<a href="./#x">x</a><a href="#x">x</a>'}
    texts.document("en/own/_index", locale="en", fields=fields)
    shown = texts.site.read("/documents/en/own/_index?_html=site")["content"]["content"]

    assert re.findall('href="([^"]*)"', shown) == ["http://localhost/en/own/#x", "#x"]


def test_a_list_shows_texts_likewise(texts: Studio) -> None:
    """What _html asks for holds for every document in an answer."""
    (page,) = [
        one
        for one in texts.site.documents("/documents/?_html=site&_limit=100")
        if one["_meta"]["name"] == "page"
    ]

    assert "http://localhost/en/guide/" in page["content"]["content"]


def test_a_rename_breaks_no_link(texts: Studio) -> None:
    """The link names its target; both forms of the text follow it."""
    target = texts.site.read("/documents/en/guide/first%20steps")["_meta"]["id"]
    with texts.writing() as tx:
        tx.move(target, name="begin")

    assert references(texts.site)[0]["href"].endswith(target)
    content = texts.site.read("/documents/en/page?_html=site")["content"]["content"]
    assert 'href="http://localhost/en/guide/begin/?x=1#top"' in content


def test_a_page_links_those_that_point_at_it(texts: Studio) -> None:
    """By their texts and by their fields; the link answers with the list of them."""
    steps = texts.site.read("/documents/en/guide/first%20steps")
    texts.document("en/friend", fields={"friend": steps["_meta"]["id"]})

    assert texts.site.names(steps["_links"]["c:referrers"]["href"]) == ["friend", "page"]


@pytest.mark.parametrize("address", ["en/guide/first%20steps", f"/{ROOT}/en/guide/first%20steps"])
def test_referrers_are_asked_for_as_scopes_are(texts: Studio, address: str) -> None:
    """By path as by id."""
    assert texts.site.names(f"/documents/?_references={address}") == ["page"]


def test_nobody_points_at_what_is_not_there(texts: Studio) -> None:
    """What the reader may not see is not found, whether it exists or not."""
    hidden = texts.preview.read("/documents/en/hidden")["_meta"]["id"]
    answers = [
        texts.site.get(f"/documents/?_references={one}")
        for one in (hidden, "00000000-0000-4000-8000-000000000000")
    ]

    assert [one.status_code for one in answers] == [404, 404]
    assert "_references" in answers[0].get_json(force=True)["detail"]


def test_hidden_pages_point_at_nothing(texts: Studio) -> None:
    """A draft's links show on the draft side only."""
    steps = texts.site.read("/documents/en/guide/first%20steps")["_meta"]["id"]
    texts.document(
        "en/later", published=False, fields={"content": '<a href="guide/first steps">x</a>'}
    )

    assert texts.site.names(f"/documents/?_references={steps}") == ["page"]
    assert texts.preview.names(f"/documents/?_references={steps}") == ["later", "page"]


def test_a_document_without_links_has_an_empty_relation(texts: Studio) -> None:
    """A to-many relation is always an array."""
    assert references(texts.site, "/documents/en/guide/_index") == []


GALLERY = "/content/gallery"
MEDIA = (
    f'<picture><source srcset="{GALLERY}/pixel.gif 1x, {GALLERY}/big.gif 2x">'
    f'<img src="{GALLERY}/pixel.gif" srcset="https://cdn.org/a,b.gif 3x, {GALLERY}/big.gif 4x">'
    "</picture>"
    f'<video src="{GALLERY}/film.bin" poster="{GALLERY}/pixel.gif">'
    f'<source src="{GALLERY}/film.bin"></video>'
    f'<audio src="{GALLERY}/gone.bin"></audio>'
)


@pytest.fixture
def media(texts: Studio) -> Studio:
    """A page with every element that shows something, beside its pictures."""
    for name, content in (("big", PIXEL + b"\n"), ("film", b"film")):
        suffix = "bin" if name == "film" else "gif"
        texts.asset(f"{name}.{suffix}", content, "image/gif")
    texts.document("en/media", locale="en", fields={"content": MEDIA})
    return texts


def test_films_sounds_and_other_sizes_are_references(media: Studio) -> None:
    """What ``srcset``, ``poster`` and ``src`` name is listed as an image is."""
    found = references(media.site, "/documents/en/media")

    assert [(one["type"], one["name"]) for one in found] == [
        ("binary", f"{GALLERY}/pixel.gif"),
        ("binary", f"{GALLERY}/big.gif"),
        ("binary", f"{GALLERY}/pixel.gif"),
        ("external", "https://cdn.org/a,b.gif"),
        ("binary", f"{GALLERY}/big.gif"),
        ("binary", f"{GALLERY}/film.bin"),
        ("binary", f"{GALLERY}/pixel.gif"),
        ("binary", f"{GALLERY}/film.bin"),
        ("broken", f"{GALLERY}/gone.bin"),
    ]


def test_on_the_site_every_size_has_its_bytes(media: Studio) -> None:
    """Of each address in a ``srcset`` only the address changes; a film gets no ``alt``."""
    shown = media.site.read("/documents/en/media?_html=site")["content"]["content"]
    source, image = re.findall('srcset="([^"]*)"', shown)

    one, _, rest = source.partition(" 1x, ")
    two, _, end = rest.partition(" 2x")
    assert [media.site.get(address).data for address in (one, two)] == [PIXEL, PIXEL + b"\n"]
    assert end == ""
    assert image == f"https://cdn.org/a,b.gif 3x, {two} 4x"
    (video,) = re.findall("<video[^>]*>", shown)
    film, poster = re.findall('="([^"]*)"', video)
    assert media.site.get(film).data == b"film"
    assert poster == one
    assert f'src="{GALLERY}/gone.bin"' in shown

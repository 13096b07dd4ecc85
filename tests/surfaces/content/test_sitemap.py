"""The sitemap: what a site publishes, where, since when, and in which languages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from content_repo import Kind, Side
from hal_delivery.services.sites import Sites
from hal_delivery.surfaces.content.views import sitemap
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import MOUNTS, ROOT, Studio, opened
from tests.surfaces.problems import problem

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
HOST = "http://localhost"
GROUP = "6c1d2f0e-0000-4000-8000-00000000000{}"


def parsed(response: TestResponse) -> ET.Element:
    assert response.status_code == 200, response.data[:300]
    assert response.content_type == "application/xml; charset=utf-8"
    return ET.fromstring(response.data)


def shown(place: Place, address: str = "/sitemap.xml") -> dict[str, ET.Element]:
    """The entries of a sitemap by their addresses; each is there once."""
    found = parsed(place.get(address)).findall("s:url", NAMES)
    by_address = {one.findtext("s:loc", None, NAMES) or "": one for one in found}
    assert len(by_address) == len(found)
    return by_address


def alternates(entry: ET.Element) -> dict[str, str]:
    """The addresses of an entry's translations, by language."""
    links = entry.findall("x:link", NAMES)
    assert {one.get("rel") for one in links} <= {"alternate"}
    return {one.get("hreflang") or "": one.get("href") or "" for one in links}


@pytest.fixture
def languages(studio: Studio) -> Studio:
    """A site in two languages, with folders whose own pages are documents."""
    with studio.writing() as tx:
        for name, locale in (("en", "en"), ("pt-br", "pt_BR")):
            top = tx.create(Kind.FOLDER, studio.folder(ROOT), name, locale=locale)
            below = tx.create(Kind.FOLDER, top, "docs", locale=locale)
            for folder in (top, below):
                tx.publish(folder)
    for locale, folder in (("en", "en"), ("pt_BR", "pt-br")):
        studio.document(f"{folder}/_index", locale=locale, group=GROUP.format(1))
        studio.document(f"{folder}/docs/README", locale=locale, group=GROUP.format(2))
        studio.document(f"{folder}/docs/first page", locale=locale, group=GROUP.format(3))
    studio.document("en/only", locale="en")
    studio.document("about/us")
    studio.document("en/hidden", locale="en", published=False, group=GROUP.format(4))
    studio.document("pt-br/shown", locale="pt_BR", group=GROUP.format(4))
    return studio


def test_every_published_document_has_its_address(languages: Studio) -> None:
    """Paths start below the locale's folder; a folder's own page has the folder's address."""
    assert sorted(shown(languages.site)) == [
        f"{HOST}/about/us/",
        f"{HOST}/en/",
        f"{HOST}/en/docs/",
        f"{HOST}/en/docs/first%20page/",
        f"{HOST}/en/only/",
        f"{HOST}/pt-br/",
        f"{HOST}/pt-br/docs/",
        f"{HOST}/pt-br/docs/first%20page/",
        f"{HOST}/pt-br/shown/",
    ]


def test_translations_name_one_another(languages: Studio) -> None:
    """Each names all that can be seen, itself included; one that is alone names nobody."""
    found = shown(languages.site)
    for path in ("", "docs/", "docs/first%20page/"):
        named = {"en": f"{HOST}/en/{path}", "pt-BR": f"{HOST}/pt-br/{path}"}
        for address in named.values():
            assert alternates(found[address]) == named
    for path in ("en/only/", "about/us/", "pt-br/shown/"):
        assert alternates(found[f"{HOST}/{path}"]) == {}


def test_each_says_when_it_changed(languages: Studio) -> None:
    """The time of the last change that readers see, in UTC; a draft's is none."""
    node = languages.site.read("/documents/about/us")["_meta"]
    with languages.writing() as tx:
        tx.revise(node["id"], {"title": "draft"})
    changed = shown(languages.site)[f"{HOST}/about/us/"].findtext("s:lastmod", None, NAMES)

    assert changed is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", changed)
    assert datetime.fromisoformat(changed) == datetime.fromtimestamp(node["modifiedAt"] / 1000, UTC)


def test_the_demo(site: Place) -> None:
    """All documents of the mount, and no other."""
    found = shown(site)

    assert len(found) == site.total("/documents/") == 13
    assert f"{HOST}/en/news/2017/02/the-medusa-news/" in found
    assert f"{HOST}/nl/pages/over-het-museum/" in found


def test_a_mount_of_drafts_has_none(preview: Place, site: Place) -> None:
    """Search engines have no business with drafts: no address, no link, no description."""
    problem(preview.get("/sitemap.xml"), 404)

    for place, has in ((site, True), (preview, False)):
        assert ("c:sitemap" in place.read("/")["_links"]) is has
        paths = place.read("/openapi.json")["paths"]
        assert any(path.endswith("/sitemap.xml") for path in paths) is has
    link = site.read("/")["_links"]["c:sitemap"]
    assert link["type"] == site.get(link["href"]).mimetype
    assert "sitemaps.org" in site.get("/rels/sitemap").text


def test_names_are_escaped(studio: Studio) -> None:
    """What XML reserves comes out of it as it is written in addresses."""
    for locale in ("en", "nl"):
        studio.document(f"{locale} & <'q'>", locale=locale, group=GROUP.format(9))
    addresses = [f"{HOST}/{locale}/{locale}%20&%20%3C'q'%3E/" for locale in ("en", "nl")]

    found = shown(studio.site)
    assert sorted(found) == addresses
    assert sorted(alternates(found[addresses[0]]).values()) == addresses


def test_only_what_the_mount_shows(studio: Studio) -> None:
    """Documents outside the content root have no address on its site."""
    studio.document("/content/documents/other/page")
    studio.document("page")

    assert [*shown(studio.site)] == [f"{HOST}/page/"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://www.example.org/{locale}/{path}", "https://www.example.org/en/docs/first%20page"),
        ("/{path}.html", f"{HOST}/docs/first%20page.html"),
        ("/site/{path}/{locale}/", f"{HOST}/site/docs/first%20page/en/"),
    ],
)
def test_a_mount_says_how_its_site_has_addresses(tmp_path: Path, url: str, address: str) -> None:
    """With a host of its own, or at the one that was asked."""
    mounts = MOUNTS.replace('name = "site"\n', f'name = "site"\nsite_url = "{url}"\n')
    with opened(tmp_path, mounts) as studio:
        with studio.writing() as tx:
            tx.publish(tx.create(Kind.FOLDER, studio.folder(ROOT), "en", locale="en"))
        studio.document("en/docs/first page", locale="en")

        assert [*shown(studio.site)] == [address]


def test_a_locale_can_begin_below_another(languages: Studio) -> None:
    """A folder of another locale than the one above it is where that locale begins."""
    with languages.writing() as tx:
        tx.publish(tx.create(Kind.FOLDER, languages.folder(f"{ROOT}/en"), "fr", locale="fr"))
        tx.create(Kind.FOLDER, languages.folder(ROOT), "nl", locale="nl")
    languages.document("en/fr/page", locale="fr")
    reader = languages.services.repository.reader(Side.PUBLISHED)

    assert f"{HOST}/fr/page/" in shown(languages.site)
    assert reader.locale_roots() == {
        f"{ROOT}/en": "en",
        f"{ROOT}/en/fr": "fr",
        f"{ROOT}/pt-br": "pt_BR",
    }


# -- in several files ---------------------------------------------------------


def test_more_than_one_file_holds_is_in_several(
    languages: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sitemap is then an index; its parts together hold each address once."""
    whole = sorted(shown(languages.site))
    for size in (2, 3, 4, 8):
        monkeypatch.setattr(sitemap, "LARGEST", size)
        index = parsed(languages.site.get("/sitemap.xml"))
        assert index.tag == f"{{{NAMES['s']}}}sitemapindex"
        addresses = [one.text or "" for one in index.findall("s:sitemap/s:loc", NAMES)]
        parts = [[*shown(languages.site, address)] for address in addresses]

        assert sorted(one for part in parts for one in part) == whole
        assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
        assert 0 < len(parts[-1]) <= size
    monkeypatch.setattr(sitemap, "LARGEST", len(whole))
    assert sorted(shown(languages.site)) == whole


def test_nothing_published_is_an_empty_sitemap(studio: Studio) -> None:
    """Without documents there is a sitemap without addresses."""
    assert shown(studio.site) == {}


# -- caching ------------------------------------------------------------------


def test_it_is_cached_as_lists_are(languages: Studio) -> None:
    """Its tag is that of the position: a draft changes nothing, what is published does."""
    first = languages.site.get("/sitemap.xml")
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"].startswith("public, max-age=60")
    assert "documents" in tags(first)
    languages.document("draft", published=False)
    for asked in (etag, f'"other", W/{etag}', "*"):
        kept = languages.site.get("/sitemap.xml", If_None_Match=asked)
        assert (kept.status_code, kept.data, kept.headers["ETag"]) == (304, b"", etag)

    languages.document("fresh")
    assert languages.site.get("/sitemap.xml", If_None_Match=etag).status_code == 200
    assert languages.site.ask("HEAD", "/sitemap.xml").data == b""
    other = languages.site.get("/sitemap.xml?_after=00000000-0000-0000-0000-000000000000")
    assert other.headers["ETag"] != languages.site.get("/sitemap.xml").headers["ETag"]


def test_a_locale_folder_that_moves_moves_its_addresses(languages: Studio) -> None:
    """Nothing that was known of the folders before is kept."""
    before = shown(languages.site)
    with languages.writing() as tx:
        tx.move(languages.folder(f"{ROOT}/pt-br"), name="pt")
    after = shown(languages.site)

    assert {one.replace("/pt-br/", "/pt/") for one in before} == set(after)
    assert alternates(after[f"{HOST}/en/"])["pt-BR"] == f"{HOST}/pt/"


# -- addresses ----------------------------------------------------------------


def of(path: str, locale: str | None = None, **said: Any) -> str:
    """The address of a document of a site in two languages."""
    known: Mapping[str, Any] = {
        "url": "/{locale}/{path}/",
        "outside": "",
        "content_root": "site",
        "locale_roots": {
            "site/en": "en",
            "site/pt-br": "pt-BR",
            "site/en/box/en": "en",
            "site/dutch": "nl",
            "site/dutch/box/nl": "nl",
        },
        **said,
    }
    return Sites(**known).of(f"site/{path}", locale)


@pytest.mark.parametrize(
    ("path", "locale", "address"),
    [
        ("en/a/b", "en", "/en/a/b/"),
        # The folder's name as written, whatever spelling the document has.
        ("pt-br/a", "pt_BR", "/pt-br/a/"),
        # A folder that is called otherwise does not name its locale.
        ("dutch/a", "nl", "/nl/a/"),
        # Of folders within one another the outermost is the locale's.
        ("en/box/en/a", "en", "/en/box/en/a/"),
        # But one that is called by it goes before one that is not.
        ("dutch/box/nl/a", "nl", "/nl/a/"),
        ("dutch/box/nl/nl/a", "nl", "/nl/nl/a/"),
        # No folder of its locale: the path from the root, its own locale before it.
        ("a/about.fr", "fr", "/fr/a/about.fr/"),
        ("en/french", "fr", "/fr/en/french/"),
        ("en/none", None, "/en/none/"),
        ("a", None, "/a/"),
        ("index", None, "/"),
        ("en/Index.md", "en", "/en/"),
        ("en/a/readme", "en", "/en/a/"),
        ("en/indexes", "en", "/en/indexes/"),
        ("en/_index/b", "en", "/en/_index/b/"),
        ("über/100%?#", None, "/%C3%BCber/100%25%3F%23/"),
    ],
)
def test_an_address_follows_from_path_and_locale(
    path: str, locale: str | None, address: str
) -> None:
    """By the pattern of the mount; each name percent-encoded."""
    assert of(path, locale) == address


@pytest.mark.parametrize(
    ("url", "path", "locale", "address"),
    [
        ("/{path}.html", "en/a/index", "en", "/a.html"),
        ("/docs/{locale}/{path}.html", "en/index", "en", "/docs/en/"),
        ("https://example.org/{path}", "en/index", "en", "https://example.org/"),
        ("https://example.org/{locale}/{path}", "a", None, "https://example.org/a"),
    ],
)
def test_what_stands_for_nothing_leaves_no_trace(
    url: str, path: str, locale: str | None, address: str
) -> None:
    """Neither a second slash nor a suffix of nothing."""
    assert of(path, locale, url=url) == address


name = st.text(min_size=1, max_size=5).filter(
    lambda text: "/" not in text and text not in (".", "..") and text.isprintable()
)


@given(st.lists(name, min_size=1, max_size=4), st.sampled_from([None, "en", "pt_BR", "fr"]))
def test_no_address_has_two_slashes_or_what_urls_do_not_hold(
    names: list[str], locale: str | None
) -> None:
    """Whatever names there are, addresses are plain ASCII with one slash between names."""
    assert re.fullmatch(r"(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/", of("/".join(names), locale))


def test_a_sitemap_does_not_wait_for_the_index(studio: Studio) -> None:
    """It has what was just published, under a tag that no later one will have."""
    studio.document("before")
    first = studio.site.get("/sitemap.xml")
    index = studio.services.indexes[Side.PUBLISHED]
    with index._folder.writing(None):
        studio.document("fresh")
        early = studio.site.get("/sitemap.xml", If_None_Match=first.headers["ETag"])

    assert early.status_code == 200
    assert early.text.count("<loc>") == 2
    assert early.headers["ETag"] != first.headers["ETag"]

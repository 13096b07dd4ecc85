"""Hostile paths: nothing outside a mount is reached, and no two spellings name two documents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.hostile.work import Measured
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio, opened
from tests.surfaces.problems import problem

PREFIXES: Final = ("/documents/", "/newsdocument/", "/folders/", "/assets/", "/taxonomies/",
                   "/resourcebundles/", "/types/", "/rels/", "/problems/")  # fmt: skip
OUTWARD: Final = (
    "..",
    "../",
    "../..",
    "../../../../etc/passwd",
    "%2e%2e",
    "%2E%2E/x",
    ".%2e/x",
    "%252e%252e/x",
    "%25252e",
    "..;/x",
    "..%5cx",
    "%5c..%5cx",
    "..%00",
    "%c0%ae%c0%ae/x",
    "%e0%80%ae/x",
    ".",
    "./x",
    "%2e",
    "x/../y",
    "x/./y",
    "x/..",
    "....//x",
    "..../x",
    "~root",
    "%7eroot",
    "C:%5Cwindows",
    "x:y",
    "\\\\server\\share",
    "file:///etc/passwd",
    "%EF%BC%8F..%EF%BC%8Fx",
    "%E2%80%A5/x",
    "..%EF%BC%8Fx",
    "%E2%88%95etc",
    "CON",
    "nul.txt",
    ".git/config",
    ".env",
    "x%0d%0aX-Evil:1",
    "x%09y",
    "x;y=1",
    "x%3Fy",
    "x%23y",
    "%25",
    "%2525",
    "%7B0%7D",
    "%25s%25n",
    "$%7B7*7%7D",
    "%3Cscript%3E",
    "'%22",
    "%F0%9F%92%A9",
    "%E2%80%AE",
    "%EF%BB%BF",
    "%E2%80%8B",
    "%CC%81",
    "%EF%BF%BE",
    "*",
    "[a-z]",
)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", OUTWARD)
def test_no_path_leads_out(measured: Measured, prefix: str, path: str) -> None:
    """Dots, slashes and look-alikes in a path are names, and nothing has such a name."""
    told = measured.refused(prefix + path)

    assert told["status"] in (400, 404)


@pytest.mark.parametrize("prefix", [*PREFIXES, "/", "/nosuch/"])
@pytest.mark.parametrize(
    "path", ["a%2fb", "a%2Fb", "%2f", "%2F%2F", "..%2f..", "blog%2f2017", "%2e%2e%2f", "a/b%2F"]
)
def test_an_encoded_slash_is_refused(measured: Measured, prefix: str, path: str) -> None:
    """No name holds a slash, so that an encoded one is said to be a mistake."""
    assert "%2F" in measured.refused(prefix + path, 400)["detail"]


def test_an_encoded_slash_in_the_query_is_a_slash(site: Place) -> None:
    """Only in paths is it refused: a scope may well be sent encoded."""
    assert site.names("/documents/?_scope=blog%2Fauthors") == ["Hippo Author"]


@pytest.mark.parametrize("prefix", [*PREFIXES, "/", "/nosuch/"])
@pytest.mark.parametrize(
    "path",
    ["%00", "a%00", "a%00b", "%ED%A0%80", "%FF", "%C3", "%C0%AF", "%E0%80%AF", "%F8%88", "a%80"],
)
def test_what_is_no_utf_8_is_refused(measured: Measured, prefix: str, path: str) -> None:
    """NUL, lone surrogates, overlong forms and stray bytes are no part of any name."""
    assert measured.refused(prefix + path, 400)["code"] == "invalid_address"


@pytest.mark.parametrize(
    "address",
    ["//documents/", "/documents//", "/documents//x", "//", "/folders//blog", "/folders/blog//2017",
     "/documents/x//", "/documents///", "/taxonomies//seashore", "//documents/pages/visiting-us",
     "/assets//x", "/newsdocument//x", "/tree/", "/tree//"],
)  # fmt: skip
def test_slashes_are_not_collapsed(measured: Measured, address: str) -> None:
    """Two slashes hold an empty name between them, and nothing has that name."""
    if address == "/tree/":
        assert measured.get(address).data == measured.get("/tree").data
        return
    measured.refused(address, 404)


def test_slashes_before_the_base_are_not_collapsed(site: Place) -> None:
    """A path that begins with two slashes is no address of ours either."""
    environ = {"PATH_INFO": "//site/api/documents/", "RAW_URI": "//site/api/documents/"}

    problem(site.client.get("/site/api/documents/", environ_overrides=environ), 404)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "name", ["a" * 4096, "a/" * 2048, "é" * 1400, "a" * 8000, "/" * 4096, "%25" * 2000]
)
def test_a_path_of_thousands_of_characters_is_no_path(
    measured: Measured, prefix: str, name: str
) -> None:
    """Longer than any path can be, it is as unknown as any."""
    measured.refused(prefix + name, 404)
    measured.refused(prefix + name + "/x", 404)


IDS: Final = (
    "00000000-0000-0000-0000-000000000000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "9fd0ecd8acd649468a29d7913e326eee", "{9fd0ecd8-acd6-4946-8a29-d7913e326eee}",
    "urn:uuid:9fd0ecd8-acd6-4946-8a29-d7913e326eee", "9fd0ecd8-acd6-4946-8a29-d7913e326eee%20",
    "9fd0ecd8-acd6-4946-8a29-d7913e326ee", "9fd0ecd8-acd6-4946-8a29-d7913e326eeee",
    "9fd0ecd8-acd6-4946-8a29-d7913e326ee%D9%A1", "9fd0ecd8_acd6_4946_8a29_d7913e326eee",
    "cafebabe-cafe-babe-cafe-babecafebabe", "gggggggg-gggg-gggg-gggg-gggggggggggg",
    "9fd0ecd8-acd6-4946-8a29-d7913e326eee.json", "9fd0ecd8-acd6-4946-8a29-d7913e326eee/x",
)  # fmt: skip


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("prefix", PREFIXES[:4])
def test_what_is_only_like_an_id_is_unknown(measured: Measured, prefix: str, id: str) -> None:
    """An id has one form; anything near it is a name that nothing has."""
    measured.refused(prefix + id, 404)


def test_an_id_is_found_in_any_case(site: Place) -> None:
    """Case says nothing in an id, and the answer is the same."""
    id = "9fd0ecd8-acd6-4946-8a29-d7913e326eee"

    assert site.get(f"/documents/{id.upper()}").data == site.get(f"/documents/{id}").data


# -- Unicode --------------------------------------------------------------------------

WRITTEN: Final = (
    "Ångström",
    "café",
    "ﬁsh",
    "ﬀ",
    "Привет",
    "日本語",
    "אב",
    "한글",
    "e\u0323\u0302",
    "Ⅷ",
    "ß",
    "İstanbul",
    "naïve résumé",
    "a b",
    "100%",
    "q?x#y",
    "a&b=c",
    "👩‍👩‍👧",
)


@pytest.fixture(scope="module")
def spelt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Documents whose names can be spelt in several ways."""
    with opened(tmp_path_factory.mktemp("spelt") / Path("data")) as studio:
        for name in WRITTEN:
            studio.document(f"in/{name}", fields={"title": name})
        yield studio


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_canonical_spellings_name_one_document(spelt: Studio, name: str, form: str) -> None:
    """Composed or decomposed, a name is the same name: by path, in a scope, in a search."""
    written = quote(unicodedata.normalize(form, name))  # type: ignore[arg-type]
    shown = spelt.site.read(f"/documents/in/{written}")

    assert shown["title"] == name
    assert shown["_meta"]["name"] == unicodedata.normalize("NFC", name)
    problem(spelt.site.get(f"/documents/?_scope=in/{written}x"), 404)


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("ﬁsh", "fish"),
        ("ﬀ", "ff"),
        ("Ⅷ", "VIII"),
        ("ß", "ss"),
        ("café", "cafe"),
        ("café", "CAFÉ"),
        ("Привет", "\u041fp\u0438\u0432\u0435\u0442"),
        ("İstanbul", "istanbul"),
        ("a b", "a\u00a0b"),
        ("a b", "a+b"),
        ("한글", "한 글"),
        ("100%", "100\uff05"),
        ("日本語", "日本語\u200b"),
        ("Ångström", "Angstrom"),
    ],
)
def test_look_alikes_are_other_names(spelt: Studio, name: str, alike: str) -> None:
    """Case, ligatures, widths and letters of other scripts tell names apart."""
    assert spelt.site.get(f"/documents/in/{quote(name)}").status_code == 200
    problem(spelt.site.get(f"/documents/in/{quote(alike)}"), 404)


def test_self_links_of_any_name_work(spelt: Studio) -> None:
    """Every link of every document is ASCII and leads to that document."""
    listed = spelt.site.documents("/documents/?_limit=100")
    assert len(listed) == len(WRITTEN)
    for one in listed:
        path = one["_meta"]["path"]
        assert one["_links"]["self"]["href"].isascii()
        assert spelt.site.read(f"/documents/{quote(path)}")["_meta"]["id"] == one["_meta"]["id"]

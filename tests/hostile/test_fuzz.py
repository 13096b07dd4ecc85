"""Whatever is sent: a grammar of requests, most of them nearly right."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, quote_from_bytes

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

EXAMPLES: Final = 1000

IDS: Final = (
    "9fd0ecd8-acd6-4946-8a29-d7913e326eee", "a19fc733-68f9-4f70-855c-01cd13291799",
    "cafebabe-cafe-babe-cafe-babecafebabe", "00000000-0000-0000-0000-000000000000",
    "4709f797-61ae-4c36-93d4-63b5d50fc200", "9FD0ECD8-ACD6-4946-8A29-D7913E326EEE",
)  # fmt: skip
WORDS: Final = (
    "documents",
    "folders",
    "tree",
    "types",
    "assets",
    "taxonomies",
    "resourcebundles",
    "rels",
    "docs",
    "problems",
    "openapi.json",
    "api-docs",
    "swagger.json",
    "newsdocument",
    "author",
    "basedocument",
    "hippoaddoncontenthalapidemo:author",
    "blog",
    "2017",
    "02",
    "pages",
    "visiting-us",
    "authors",
    "Hippo Author",
    "seashore",
    "categories",
    "animals",
    "snails",
    "essentials.homepage",
    "nl_BE",
    "bytes",
    "content",
    "gallery",
    "title",
    "-title",
    "date",
    "-date",
    "_meta.name",
    "_score",
    "medusa",
    "museum",
    "iso",
    "millis",
    "0",
    "1",
    "2",
    "-1",
    "10",
    "101",
    "9223372036854775808",
    "*",
    "..",
    ".",
    "",
    "/",
    "//",
    "%",
    "(",
    '"',
    "not_found",
    "accounts.link",
    "/title",
    "default",
    "suggest",
    "jobs",
)
PARAMETERS: Final = (
    "_q",
    "_scope",
    "_sort",
    "_offset",
    "_limit",
    "_depth",
    "_fields",
    "_dates",
    "_",
    "utm_x",
    "q",
    "title",
    "_at",
    "_facets",
    "_embed",
    "_locale",
)
HEADERS: Final = (
    "Accept",
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "If-Range",
    "Prefer",
    "Authorization",
    "Origin",
    "X-Request-Id",
    "X-Forwarded-Host",
    "Content-Type",
    "Accept-Language",
    "Cache-Control",
)
HEADER_VALUES: Final = (
    "*/*",
    "application/json",
    "application/hal+json;q=0",
    "text/html",
    "*",
    '"x"',
    'W/"1-2", "3"',
    "bytes=0-1",
    "bytes=-1",
    "bytes=1-,2-",
    "handling=lenient",
    "handling=strict",
    "Bearer x",
    "Bearer",
    "null",
    "https://example.org",
    "no-cache",
    "Mon, 01 Jan 2024 00:00:00 GMT",
    "Mon, 99 Jan 99999999999",
)

piece: Final[SearchStrategy[str]] = st.one_of(
    st.sampled_from(WORDS).map(lambda word: quote(word, safe="")),
    st.sampled_from(IDS),
    st.text(max_size=12).map(lambda text: quote(text, safe="", errors="surrogatepass")),
    st.binary(max_size=6).map(quote_from_bytes),
    st.sampled_from(["%2f", "%2F", "%5C", "%00", "%ED%A0%80", "%C0%AF", "%2e%2e", "%252e", "%"]),
)
value: Final = st.one_of(
    piece,
    st.lists(piece, min_size=1, max_size=5).map(",".join),
    st.lists(piece, min_size=1, max_size=4).map("/".join),
    st.lists(piece, min_size=1, max_size=4).map(".".join),
    st.integers().map(str),
    st.sampled_from(["a" * 600, "9" * 5000, "a," * 100, "(" * 300, "a" * 9000]),
)
parameter: Final = st.tuples(st.one_of(st.sampled_from(PARAMETERS), piece), value)
path: Final = st.lists(piece, max_size=6).map("/".join)
query: Final = st.lists(parameter, max_size=5).map(
    lambda pairs: "&".join(f"{name}={text}" for name, text in pairs)
)
header: Final = st.tuples(
    st.sampled_from(HEADERS),
    st.one_of(
        st.sampled_from(HEADER_VALUES),
        st.text(
            st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"),
            max_size=30,
        ),
        st.lists(st.sampled_from(HEADER_VALUES), max_size=4).map(", ".join),
    ),
)
method: Final = st.sampled_from(["GET"] * 12 + ["HEAD", "OPTIONS", "POST", "FOO"])
profile: Final = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

#: What an answer may be, other than a problem.
FINE: Final = (200, 204, 206, 304)


def sound(place: Place, method: str, address: str, headers: dict[str, str]) -> None:
    """The answer is one that may be, and a whole one."""
    answer = place.ask(method, address, **{k.replace("-", "_"): v for k, v in headers.items()})
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.status_code in FINE:
        assert answer.status_code == 204 or method == "OPTIONS" or answer.headers["ETag"]
    elif method != "HEAD":
        problem(answer)
    else:
        assert 400 <= answer.status_code < 500


@given(method=method, path=path, query=query, headers=st.lists(header, max_size=3).map(dict))
@profile
def test_any_request_is_answered_or_refused(
    app: Flask, method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    """No path, parameter or header is a defect of ours; each refusal is a problem."""
    place = Place(app.test_client(use_cookies=False), "/site/api")
    sound(place, method, f"/{path}" + (f"?{query}" if query else ""), headers)


LISTS: Final = (
    "/documents/",
    "/newsdocument/",
    "/folders/",
    "/folders/blog",
    "/assets/",
    "/tree",
    "/taxonomies/seashore",
    "/resourcebundles/",
    "/taxonomies/seashore/categories/animals/documents",
)


@given(
    address=st.sampled_from(LISTS),
    pairs=st.lists(st.tuples(st.sampled_from(PARAMETERS[:8]), value), min_size=1, max_size=4),
    lenient=st.booleans(),
)
@profile
def test_any_parameter_is_understood_or_refused(
    app: Flask, address: str, pairs: list[tuple[str, str]], lenient: bool
) -> None:
    """Every value of every parameter is a page whose links work, or a problem that says why."""
    place = Place(app.test_client(use_cookies=False), "/site/api")
    asked = "&".join(f"{name}={text}" for name, text in pairs)
    answer = place.get(f"{address}?{asked}", Prefer="handling=lenient" if lenient else "")
    if answer.status_code != 200:
        problem(answer)
        return
    shown = answer.get_json()
    shown["_meta"].pop("ignored", None)
    links = shown["_links"]
    again = place.get(links["self"]["href"])
    assert (again.status_code, again.get_json()) == (200, shown)
    for relation in ("first", "prev", "next", "last"):
        if relation in links:
            assert place.get(links[relation]["href"]).status_code == 200


@pytest.mark.parametrize("base", ["/preview/api", "", "/site", "/site/ap", "/preview"])
def test_elsewhere_too(app: Flask, base: str) -> None:
    """Without a token, and outside all mounts, every request is refused as a problem."""

    @given(method=method, path=path, query=query, headers=st.lists(header, max_size=2).map(dict))
    @settings(profile, max_examples=EXAMPLES // 10)
    def anywhere(method: str, path: str, query: str, headers: dict[str, str]) -> None:
        place = Place(app.test_client(use_cookies=False), base)
        address = f"/nowhere/{path}" if not base.endswith("api") else f"/{path}"
        answer = place.ask(
            method, f"{address}?{query}", **{k.replace("-", "_"): v for k, v in headers.items()}
        )
        if method == "OPTIONS" and answer.status_code == 200:
            return
        assert 400 <= answer.status_code < 500
        if method != "HEAD":
            problem(answer)

    anywhere()

"""Problems: every refusal says what is wrong, where, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from flask import Flask

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import MOUNTS, opened
from tests.surfaces.problems import mistake, problem

MEDUSA: Final = "c580ac64-3874-4717-a6d9-e5ad72080abe"
REFUSALS: Final[tuple[tuple[str, str, dict[str, str], int, str | None], ...]] = (
    ("GET", "/documents/nosuch", {}, 404, "not_found"),
    ("GET", "/nosuch/", {}, 404, "not_found"),
    ("GET", "/nosuch/a/b/../c//d", {}, 404, None),
    ("GET", "/types/x/y", {}, 404, "no_such_address"),
    ("GET", "/documents/?_limit=0", {}, 400, "invalid_parameter"),
    ("GET", "/documents/a%2Fb", {}, 400, "encoded_slash"),
    ("GET", "/documents/%FF", {}, 400, "invalid_address"),
    ("GET", "/documents/", {"Host": "evil.example"}, 400, "unknown_host"),
    ("GET", "/documents/?_q=" + "a" * 9000, {}, 414, "query_too_long"),
    ("GET", "/documents/", {"Accept": "text/html"}, 406, "not_acceptable"),
    ("POST", "/documents/", {}, 405, "method_not_allowed"),
    ("DELETE", "/", {}, 405, "method_not_allowed"),
    ("FOO", "/tree", {}, 405, "method_not_allowed"),
)


@pytest.mark.parametrize(("method", "address", "headers", "status", "code"), REFUSALS)
def test_every_refusal_is_a_problem_with_a_page(
    site: Place, method: str, address: str, headers: dict[str, str], status: int, code: str | None
) -> None:
    """The type of a problem is the address of a page that explains it."""
    told = problem(site.ask(method, address, **headers), status)

    assert code in (None, told["code"])
    page = site.get(
        told["type"] if told["type"].startswith("http") else f"/problems/{told['code']}"
    )
    assert (page.status_code, page.content_type) == (200, "text/html;charset=UTF-8")
    assert told["code"] in page.text
    assert str(told["status"]) in page.text
    home = told["_links"]["home"]["href"]
    assert home.endswith("/site/api/")


def test_problems_of_the_preview_can_be_read_without_a_token(site: Place) -> None:
    """Whoever is refused for want of a token may read why."""
    told = problem(Place(site.client, "/preview/api").get("/documents/"), 401)

    page = site.get(told["type"])
    assert "/preview/api/problems/" in told["type"]
    assert page.status_code == 200


def test_every_route_refuses_other_methods_with_the_right_allow(app: Flask, site: Place) -> None:
    """405 and OPTIONS name the same methods, and those are the ones that work."""
    addresses = (
        "/", "/documents/", "/documents/x", "/newsdocument/", "/newsdocument/x", "/folders/",
        "/folders/blog", "/tree", "/resourcebundles/", "/resourcebundles/x", "/taxonomies/",
        "/resourcebundles/x/nl", "/taxonomies/x", "/taxonomies/x/categories/y", "/assets/",
        "/taxonomies/x/categories/y/documents", "/assets/x", "/types/", "/types/x",
        "/rels/documents", "/problems/not_found", "/docs/", "/openapi.json",
        "/api-docs/swagger.json", f"/assets/{'0' * 8}-0000-0000-0000-{'0' * 12}/bytes/a/b",
    )  # fmt: skip
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(site.base)}
    assert len(routes) >= 24

    for address in addresses:
        listed = {one.strip() for one in site.ask("OPTIONS", address).headers["Allow"].split(",")}
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "FOO"):
            refused = site.ask(method, address)
            problem(refused, 405)
            allowed = {one.strip() for one in refused.headers["Allow"].split(",")}
            assert allowed == listed == {"GET", "HEAD", "OPTIONS"}
        assert site.ask("OPTIONS", address).status_code in (200, 204)
        assert site.ask("HEAD", address).status_code != 405


def test_unknown_addresses_of_the_service_are_problems(site: Place) -> None:
    """Outside all mounts as well."""
    root = Place(site.client, "")
    for address in ("/nowhere", "/site", "/metrics/x", "/.env", "/static/x", "/favicon.ico/"):
        problem(root.get(address), 404)
    assert problem(root.ask("POST", "/"), 405)["code"] == "method_not_allowed"
    problem(root.get("/nowhere%2fx"), 400)


def test_all_mistakes_are_told_at_once(site: Place) -> None:
    """Nobody has to find their mistakes one request at a time."""
    told = problem(site.get("/documents/?_limti=5&_offset=-1&_dates=never&_sort=titel"), 400)

    assert [one["parameter"] for one in told["errors"]] == ["_limti", "_offset", "_dates"]
    for one in told["errors"]:
        assert one["parameter"] in told["detail"]
        assert one["example"].partition("=")[0].startswith("_")


@pytest.mark.parametrize(
    ("query", "parameter", "near"),
    [
        ("_limti=5", "_limti", "_limit"),
        ("limit=5", "limit", "_limit"),
        ("_ofset=5", "_ofset", "_offset"),
        ("_feilds=title", "_feilds", "_fields"),
        ("q=x", "q", "_q"),
        ("_dates=ISO", "_dates", "iso"),
        ("_dates=mills", "_dates", "millis"),
        ("_sort=tilte", "_sort", "title"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(
    site: Place, query: str, parameter: str, near: str
) -> None:
    """A mistake names the nearest valid choice."""
    assert near in mistake(site.get(f"/documents/?{query}"), parameter)["nearest"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "1e3", "%D9%A1", "", " 5", "+5", "0x10"])
def test_a_limit_is_a_whole_number_from_one(site: Place, number: str) -> None:
    """Anything else is refused, but for nothing at all, which says nothing."""
    answer = site.get(f"/documents/?_limit={number.replace('+', '%2B')}")
    if not number:
        assert answer.status_code == 200
    else:
        assert "whole number" in mistake(answer, "_limit")["reason"]


@pytest.mark.parametrize(
    ("said", "bounds", "nearest"),
    [
        ("_limit=0", "from 1 to 100", ["1"]),
        ("_limit=-7", "from 1 to 100", ["1"]),
        (f"_limit={10**30}", "from 1 to 100", ["100"]),
        ("_limit=ten", "from 1 to 100", None),
        ("_offset=-1", "from 0 to 2147483647", ["0"]),
        ("_offset=2147483648", "from 0 to 2147483647", ["2147483647"]),
        ("_depth=0", "from 1 to 32", ["1"]),
        ("_depth=33", "from 1 to 32", ["32"]),
    ],
)
def test_a_number_out_of_bounds_says_them_and_the_nearest_within(
    site: Place, said: str, bounds: str, nearest: list[str] | None
) -> None:
    """The bounds are those of this mount; what is no number at all is near none."""
    told = mistake(site.get(f"/documents/?{said}"), said.partition("=")[0])

    assert bounds in told["reason"]
    assert told.get("nearest") == nearest


def test_the_bounds_of_a_limit_are_the_mounts(tmp_path: Path) -> None:
    """A mount that gives fewer items at once says so."""
    with opened(tmp_path, f"{MOUNTS}max_limit = 20\n") as studio:
        told = mistake(studio.preview.get("/documents/?_limit=0"), "_limit")

    assert "from 1 to 20" in told["reason"]


@pytest.mark.parametrize(
    ("said", "bound", "given"),
    [
        (f"_q={'x' * 513}", "512 characters", "513"),
        (f"_q={'[' * 600}", "512 characters", "600"),
        (f"_q={'a+' * 33}", "32 words", "33"),
        (f"_q={'[[+' * 40}", "32 words", "40"),
        (f"_q={'(' * 9}a{')' * 9}", "8 levels", "9"),
        (f"_scope={'x' * 2049}", "2048 characters", "2049"),
        (f"_scope={'x,' * 64}x", "64 folders", "65"),
        (f"_sort={'title,' * 64}title", "64 names", "65"),
        (f"_ids={','.join([MEDUSA] * 101)}", "100 ids", "101"),
        (f"_locale={'x' * 65}", "64 characters", "65"),
        (f"_after={'x' * 2049}", "2048 characters", "2049"),
    ],
)
def test_too_much_says_the_bound_and_what_was_given(
    site: Place, said: str, bound: str, given: str
) -> None:
    """Whoever is beyond a bound learns which, by how much, and what of theirs was read."""
    name, _, value = said.partition("=")
    told = mistake(site.get(f"/documents/?{said}"), name)

    assert f"at most {bound}" in told["reason"]
    assert told["reason"].endswith(f"has {given}")
    assert value.replace("+", " ").startswith(told["value"].rstrip())


def test_a_parameter_in_the_wrong_place_says_which_have_a_place(site: Place) -> None:
    """A known parameter without meaning here is refused with those that have one."""
    told = mistake(site.get("/types/?_limit=5"), "_limit")

    assert "no meaning" in told["reason"]
    assert "_depth" in mistake(site.get("/taxonomies/seashore?_limit=5"), "_limit")["nearest"]


def test_security_headers_are_on_answers_and_refusals(site: Place) -> None:
    """No answer can be sniffed, framed or scripted."""
    for address in (
        "/",
        "/documents/nosuch",
        "/docs/",
        "/documents/?_limit=0",
        "/problems/not_found",
    ):
        headers = site.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>"])
def test_pages_repeat_nothing_of_the_request(site: Place, text: str) -> None:
    """What is asked comes back as JSON, never inside a page."""
    for address in (f"/rels/{text}", f"/problems/{text}", f"/docs/?{text}=1"):
        problem(site.get(address))

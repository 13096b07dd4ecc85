"""Negotiation: which form of a resource a client gets."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

HAL = "application/hal+json;charset=UTF-8"
JSON = "application/json;charset=UTF-8"
RESOURCES = ("/", "/documents/", "/folders/blog", "/tree", "/types/", "/taxonomies/seashore")

FORMS = (
    ("*/*", HAL),
    ("", HAL),
    ("application/*", HAL),
    ("application/hal+json", HAL),
    ("Application/HAL+JSON", HAL),
    ("application/json", JSON),
    ("application/hal+json;charset=UTF-8", HAL),
    ("application/json; charset=utf-8", JSON),
    ('application/hal+json; profile="https://example.org/p"', HAL),
    ("application/json, application/hal+json", HAL),
    ("application/hal+json;q=0.5, application/json", JSON),
    ("application/hal+json;q=0.5, application/json;q=0.4", HAL),
    ("application/hal+json;q=0, */*", JSON),
    ("text/html, application/xhtml+xml, */*;q=0.8", HAL),
    (
        "application/prs.hal-forms+json;q=1.0, application/hal+json;q=0.9, application/json;q=0.7",
        HAL,
    ),
    ("application/vnd.api+json, application/json;q=0.1", JSON),
)


@pytest.mark.parametrize("address", RESOURCES)
@pytest.mark.parametrize(("accept", "given"), FORMS)
def test_the_preferred_form_is_given(site: Place, address: str, accept: str, given: str) -> None:
    """By quality, then by precision; without a preference it is HAL."""
    answer = site.get(address, Accept=accept)

    assert (answer.status_code, answer.content_type) == (200, given)
    assert "Accept" in answer.headers["Vary"]


def test_without_the_header_it_is_hal(site: Place) -> None:
    """A client that says nothing gets what the product is about."""
    assert site.get("/documents/").content_type == HAL


@pytest.mark.parametrize("address", ["/", "/documents/", "/folders/blog", "/taxonomies/seashore"])
def test_both_forms_hold_the_same(site: Place, address: str) -> None:
    """Plain JSON is the same resource under another name."""
    assert site.get(address, Accept="application/json").data == site.get(address).data


REFUSED = (
    "text/html",
    "application/xml",
    "*/*;q=0",
    "application/hal+json;q=0",
    "image/*",
    "garbage",
    ";;,,",
)


@pytest.mark.parametrize("accept", REFUSED)
@pytest.mark.parametrize("address", RESOURCES)
def test_what_is_not_offered_is_a_406_that_names_what_is(
    site: Place, address: str, accept: str
) -> None:
    """Whoever takes none of the forms is told which there are."""
    detail = problem(site.get(address, Accept=accept), 406)["detail"]

    assert "application/hal+json" in detail
    assert "application/json" in detail


def test_pages_for_people_are_html(site: Place) -> None:
    """Relations, problems and the manual are pages, whatever who follows a link accepts."""
    for address in ("/rels/documents", "/problems/not_found", "/docs/"):
        for accept in ("text/html", "*/*", "text/html;charset=UTF-8", "application/json", ""):
            assert site.get(address, Accept=accept).content_type == "text/html;charset=UTF-8"


def test_the_description_is_json(site: Place) -> None:
    """The OpenAPI description is JSON at both of its addresses."""
    one, other = site.get("/openapi.json"), site.get("/api-docs/swagger.json")

    assert one.content_type == other.content_type == JSON
    assert one.data == other.data
    assert one.get_json()["openapi"].startswith("3.1")
    for accept in ("application/json", "*/*", "application/vnd.oai.openapi+json, */*;q=0.1"):
        assert site.get("/openapi.json", Accept=accept).content_type == JSON


def test_a_problem_is_a_problem_whatever_is_accepted(site: Place) -> None:
    """Failures come in their own form even to who asked for another."""
    for accept in ("application/hal+json", "application/json", "text/html", "image/png"):
        problem(site.get("/documents/nosuch", Accept=accept))


def test_bytes_are_sent_whatever_is_accepted(site: Place) -> None:
    """A picture has one form; an img element's Accept header is no obstacle."""
    href = site.read("/assets/")["_embedded"]["assets"][0]["_links"]["enclosure"]["href"]
    for accept in ("image/avif,image/webp,*/*;q=0.8", "text/html", "image/*"):
        assert site.get(href, Accept=accept).status_code == 200

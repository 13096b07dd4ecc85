"""Prefer: handling=lenient, for clients that would rather have an answer than a lesson."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

LENIENT = "handling=lenient"
MISTAKES = (
    "nosuch=1", "_limti=5", "_limit=0", "_limit=x", "_offset=-1", "_offset=9223372036854775808",
    "_sort=nosuch", "_fields=nosuch", "_dates=never", "_depth=99", "_limit=1&_limit=2", "_q=%00",
    "nosuch[gt]=x", "_fields=title,nosuch", "_sort=nosuch,-date",
)  # fmt: skip


@pytest.mark.parametrize("query", MISTAKES)
def test_mistakes_are_passed_over(site: Place, query: str) -> None:
    """Strictly it is a 400; leniently an answer, and it says that it was lenient."""
    address = f"/newsdocument/?{query}"
    problem(site.get(address), 400)
    answer = site.get(address, Prefer=LENIENT)

    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == LENIENT
    assert "Prefer" in answer.headers["Vary"]
    assert answer.get_json()["_meta"]["totalSize"] == 3


@pytest.mark.parametrize("query", MISTAKES)
def test_what_was_passed_over_is_in_no_link(site: Place, query: str) -> None:
    """Links repeat only what was understood, so that they work for strict readers too."""
    page = site.read(f"/newsdocument/?_limit=2&{query}" if "_limit" not in query
                     else f"/newsdocument/?{query}", Prefer=LENIENT)  # fmt: skip

    for relation in ("self", "first", "last", "next"):
        if relation in page["_links"]:
            href = page["_links"][relation]["href"]
            assert "nosuch" not in href
            assert site.get(href).status_code == 200


def test_a_list_keeps_the_names_that_it_knows(site: Place) -> None:
    """Of several names, the unknown are passed over and the others count."""
    page = site.read("/newsdocument/?_fields=nosuch,title&_sort=nosuch,-title", Prefer=LENIENT)

    titles = [one["title"] for one in page["_embedded"]["documents"]]
    assert titles == sorted(titles, reverse=True)
    assert page["_links"]["self"]["href"].endswith("?_sort=-title&_fields=title")
    assert all(one.keys() == {"_links", "_meta", "title"} for one in page["_embedded"]["documents"])


@pytest.mark.parametrize(
    "prefer",
    [
        "handling=lenient",
        "Handling=Lenient",
        'handling="lenient"',
        "handling = lenient",
        "return=minimal, handling=lenient",
        "handling=lenient; note=x, respond-async",
        "respond-async,wait=10 ,handling=lenient",
    ],
)
def test_the_header_is_read_as_rfc_7240_writes_it(site: Place, prefer: str) -> None:
    """Case, blanks, quotes and other preferences beside it do not matter."""
    assert site.get("/documents/?nosuch=1", Prefer=prefer).status_code == 200


@pytest.mark.parametrize(
    "prefer",
    [
        "",
        "handling=strict",
        "handling",
        "lenient",
        "handling=lenientish",
        "xhandling=lenient",
        'x="handling=lenient"',
        "handling=strict, handling=lenient",
        "x; handling=lenient",
        "," * 5000,
    ],
)
def test_any_other_preference_is_strict(site: Place, prefer: str) -> None:
    """Only that preference passes mistakes over; where it is said twice, the first counts."""
    problem(site.get("/documents/?nosuch=1", Prefer=prefer), 400)
    assert "Preference-Applied" not in site.get("/documents/", Prefer=prefer).headers


def test_what_is_no_mistake_of_a_parameter_stays_a_refusal(site: Place) -> None:
    """Leniency is about parameters: what is missing is missing."""
    problem(site.get("/documents/nosuch", Prefer=LENIENT), 404)
    problem(site.get("/documents/?_scope=nosuch", Prefer=LENIENT), 404)
    problem(site.get("/documents/", Prefer=LENIENT, Accept="text/html"), 406)
    problem(site.get("/documents/?_q=" + "a" * 9000, Prefer=LENIENT), 414)


@pytest.mark.parametrize("name", ["utm_source", "utm_x", "fbclid", "gclid", "msclkid", "_"])
def test_what_others_append_is_dropped_without_asking(site: Place, name: str) -> None:
    """Parameters of trackers change nothing: not the bytes, not the links, not the tag."""
    plain, sent = site.get("/documents/"), site.get(f"/documents/?{name}=x&{name}=y")

    assert (sent.status_code, sent.data) == (200, plain.data)
    assert sent.headers["ETag"] == plain.headers["ETag"]

"""Prefer: handling=lenient, for clients that would rather have an answer than a lesson."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

LENIENT = "handling=lenient"
UNKNOWN = (
    "nosuch=1", "_limti=5", "_nosuch=", "_sort=nosuch", "_fields=nosuch", "nosuch[gt]=x",
    "_fields=title,nosuch", "_sort=nosuch,-date", "_facets=nosuch", "_embed=nosuch",
    "_locale=nosuch!", "_fallback=none", "_highlight=title", "_meta.nosuch=1",
)  # fmt: skip
WRONG = (
    "_limit=0", "_limit=x", "_offset=-1", "_offset=9223372036854775808", "_dates=never",
    "_depth=99", "_limit=1&_limit=2", "_q=%00", "_after=nosuch", f"_q={'x' * 513}", "_ids=nosuch",
    f"_q={'(' * 9}a{')' * 9}", "date=soon", "date[after]=2017", "title=%FF",
    f"_scope={'a,' * 70}",
)  # fmt: skip


@pytest.mark.parametrize("query", UNKNOWN)
def test_unknown_names_are_passed_over(site: Place, query: str) -> None:
    """Strictly it is a 400; leniently an answer, and it says that it was lenient."""
    address = f"/newsdocument/?{query}"
    problem(site.get(address), 400)
    answer = site.get(address, Prefer=LENIENT)

    assert answer.status_code == 200
    assert answer.headers["Preference-Applied"] == LENIENT
    assert "Prefer" in answer.headers["Vary"]
    assert answer.get_json()["_meta"]["totalSize"] == 3


@pytest.mark.parametrize("query", UNKNOWN)
def test_what_was_passed_over_is_told(site: Place, query: str) -> None:
    """The answer names what it ignored just as the refusal does."""
    address = f"/newsdocument/?{query}"
    refused = problem(site.get(address), 400)["errors"]

    assert site.read(address, Prefer=LENIENT)["_meta"]["ignored"] == refused


@pytest.mark.parametrize("query", WRONG)
def test_what_has_a_wrong_value_is_refused_still(site: Place, query: str) -> None:
    """Without it the question is another one: a search without its text finds everything."""
    strict = problem(site.get(f"/newsdocument/?{query}"), 400)
    lenient = problem(site.get(f"/newsdocument/?{query}&nosuch=1", Prefer=LENIENT), 400)

    assert lenient["errors"] == strict["errors"]


def test_nothing_is_told_where_nothing_was_passed_over(site: Place) -> None:
    """An answer that ignored nothing is the one that strict readers get."""
    for address in ("/documents/", "/documents/pages/visiting-us", "/", "/folders/news"):
        assert site.get(address, Prefer=LENIENT).get_data() == site.get(address).get_data()


ADDRESSES = (
    "/", "/tree", "/types/", "/types/hippoaddoncontenthalapidemo:newsdocument", "/folders/news",
    "/documents/pages/visiting-us", "/resourcebundles/essentials.global", "/taxonomies/seashore",
    "/resourcebundles/essentials.global/nl", "/taxonomies/seashore/categories/animals",
    "/assets/", "/taxonomies/", "/resourcebundles/", "/folders/", "/suggest?_q=med",
    "/documents/?_q=medusa",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_resource_tells_it(site: Place, address: str) -> None:
    """Whatever is asked, its _meta has what was ignored, and is otherwise the same."""
    plain = site.read(address)
    asked = f"{address}{'&' if '?' in address else '?'}_nosuch=1"
    told = site.read(asked, Prefer=LENIENT)

    (ignored,) = told["_meta"].pop("ignored")
    assert ignored["parameter"] == "_nosuch"
    assert told.get("_meta") or "_meta" not in plain
    assert {**told, "_meta": None} == {**plain, "_meta": None}
    assert plain.get("_meta", {}) == told["_meta"]


@pytest.mark.parametrize("address", ["/docs/", "/sitemap.xml", "/openapi.json", "/rels/documents"])
def test_what_has_no_place_to_tell_it_is_strict(site: Place, address: str) -> None:
    """Leniency that nobody would hear of is not had, nor said to be."""
    problem(site.get(f"{address}?nosuch=1", Prefer=LENIENT), 400)
    assert "Preference-Applied" not in site.get(address, Prefer=LENIENT).headers


def test_a_plain_map_of_messages_is_strict(site: Place) -> None:
    """As JSON, a bundle in a locale is nothing but messages."""
    address = "/resourcebundles/essentials.global/nl?nosuch=1"
    problem(site.get(address, Prefer=LENIENT, Accept="application/json"), 400)
    assert site.read(address, Prefer=LENIENT)["_meta"]["ignored"]


def test_what_was_ignored_is_part_of_a_lists_tag(site: Place) -> None:
    """Two answers of which one ignored more are not one and the same."""
    one, other = (
        site.get(f"/documents/?{name}=1", Prefer=LENIENT).headers["ETag"] for name in ("x1", "x2")
    )
    assert one != other
    assert site.get("/documents/?x1=1", Prefer=LENIENT, If_None_Match=one).status_code == 304


@pytest.mark.parametrize("query", UNKNOWN)
def test_what_was_passed_over_is_in_no_link(site: Place, query: str) -> None:
    """Links repeat only what was understood, so that they work for strict readers too."""
    page = site.read(f"/newsdocument/?_limit=2&{query}", Prefer=LENIENT)

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

"""halchemy, a client library for HAL as others wrote it, reads what is really served."""

from __future__ import annotations

from typing import Any, Final

import pytest
from halchemy.resource import HalResource

from .reading import follow, pages

#: Links to pages for people, files, and the description: no HAL behind them.
NOT_HAL: Final = ("service-desc", "service-doc", "enclosure", "c:sitemap")


def test_it_takes_the_entry_point_for_hal(api: Any) -> None:
    """The first answer is a resource to the library, with links of ours and registered ones."""
    home = api.home.get()

    assert isinstance(home, HalResource)
    assert {"self", "curies", "search", "c:documents", "c:folders", "c:types"} <= set(home.links)


def test_it_goes_wherever_links_lead(api: Any) -> None:
    """Every to-one link is followed to a resource, from whole and embedded ones alike."""
    waiting, seen = [api.home.get()], set()
    while waiting:
        resource = waiting.pop()
        for relation in resource.links:
            link = resource["_links"][relation]
            if isinstance(link, list) or link.get("templated") or relation in NOT_HAL:
                continue
            if link["href"] not in seen:
                seen.add(link["href"])
                waiting.append(follow(api, resource, relation))
        for relation in resource.embedded_rels:
            waiting += resource.embedded_many(relation)

    assert len(seen) > 150


@pytest.mark.parametrize(
    ("relation", "embedded"),
    [
        ("c:documents", "documents"),
        ("c:folders", "folders"),
        ("c:resourcebundles", "documents"),
        ("c:taxonomies", "taxonomies"),
        ("c:assets", "assets"),
    ],
)
def test_it_pages_through_a_list(api: Any, relation: str, embedded: str) -> None:
    """With two to a page, next leads the library to every item once, and then ends."""
    first = api.follow(api.home.get()).to(relation).with_parameters({"_limit": 2}).get()
    found = [one for page in pages(api, first) for one in page.embedded_many(embedded)]
    addresses = {one["_links"]["self"]["href"] for one in found}

    assert len(found) == len(addresses) == first["_meta"]["totalSize"] > 0


def test_it_searches_with_the_template(api: Any) -> None:
    """The search template takes the library's values, and its pages keep them."""
    home = api.home.get()
    first = follow(api, home, "search", _q="museum", _sort="title", _limit="2")
    titles = [one["title"] for page in pages(api, first) for one in page.embedded_many("documents")]

    assert len(titles) == first["_meta"]["totalSize"] > 2
    assert titles == sorted(titles)


def test_it_finds_nothing_without_a_failure(api: Any) -> None:
    """A search without hits is an empty list, to be gone through like any other."""
    found = follow(api, api.home.get(), "search", _q="aardwolf")

    assert found.embedded_many("documents") == []
    assert not found.has_rel("next")


def test_it_addresses_a_document_by_its_path(api: Any) -> None:
    """Blanks and slashes of a path survive the library's expansion of the template."""
    path = "blog/authors/Hippo Author"
    found = follow(api, api.home.get(), "c:document", address=path)

    assert found["_meta"]["path"] == path
    assert follow(api, found, "canonical")["_links"]["self"] == found["_links"]["self"]


def test_it_tells_a_problem_from_a_resource(api: Any) -> None:
    """A failure is no resource to the library, and its words can be read."""
    asked = api.follow(api.home.get()).to("c:document").with_template_values({"address": "none"})
    found = asked.get()

    assert not isinstance(found, HalResource)
    assert found._halchemy.response.status_code == 404
    assert found._halchemy.response.body["code"] == "not_found"

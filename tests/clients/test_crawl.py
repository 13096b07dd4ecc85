"""The laws of HAL hold wherever links and templates lead from the entry point of a mount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import uritemplate
from flask import Flask

from content_repo import taxonomy
from content_repo.model import Kind, Place, Side
from hal_delivery.bootstrap import Services

from .crawler import HAL, Answer, Crawl, Link, Met, each, header_links, nested

HOST: Final = "http://localhost"

#: A value for each parameter of a template; each finds something in the demo.
ASKED: Final = {
    "_q": "museum",
    "_scope": "/content/documents/hippoaddoncontenthalapidemo",
    "_sort": "title",
    "_offset": "1",
    "_limit": "2",
    "_depth": "2",
    "_references": "9f32434e-84e3-4150-a6f2-d89a67be2fb1",
    "_fields": "title",
    "_html": "site",
    "_dates": "iso",
}
#: Parameters that change what a resource shows, so that part of it could pass for the whole.
SHAPING: Final = ("_fields", "_html", "_dates")

MOUNTS: Final = ("site", "preview")
Crawls = Mapping[str, Crawl]


@pytest.fixture(scope="module")
def crawls(app: Flask, services: Services) -> Crawls:
    """Every mount, crawled with the credentials that it asks for."""
    bases = {mount.name: mount.base for mount in services.deliveries}
    return {name: crawled(app, services, name, base) for name, base in bases.items()}


@pytest.fixture(params=MOUNTS)
def crawl(request: pytest.FixtureRequest, crawls: Crawls) -> Crawl:
    return crawls[request.param]


def crawled(app: Flask, services: Services, mount: str, base: str) -> Crawl:
    token = services.signer.issue(mount, "reader", timedelta(hours=1), "test")
    credentials = {"Authorization": f"Bearer {token}"} if mount == "preview" else {}
    client = app.test_client(use_cookies=False)

    def fetch(url: str) -> Answer:
        with client.get(url, base_url=HOST, headers=credentials) as response:
            headers = dict(response.headers)
            return Answer(url, response.status_code, headers, response.get_data())

    crawl = Crawl(HOST + base, fetch)
    crawl.follow([crawl.entry_point])
    crawl.expand(known_values(crawl), ASKED)
    return crawl


def known_values(crawl: Crawl) -> Mapping[str, set[str]]:
    """What may stand in the path of each template, told by the answers."""
    known: dict[str, set[str]] = defaultdict(set)
    home = crawl.at(crawl.entry_point)["_links"]
    for _, resource in crawl.whole():
        links, meta = resource["_links"], resource.get("_meta", {})
        kind = kind_of(links, crawl)
        for relation in ("document", "folder"):
            # The folder that paths start from has none.
            if kind == f"{relation}s" and meta.get("path"):
                known[home[f"c:{relation}"]["href"]] |= {meta["id"], meta["path"]}
        if "bundles" in resource:
            known[home["c:resourcebundle"]["href"]].add(resource["basename"])
            known[links["c:locale"]["href"]] |= set(resource["bundles"])
        if "c:category" in links and "categories" in resource:
            known[home["c:taxonomy"]["href"]].add(resource["name"])
            keys = {one["key"] for one in nested(resource["categories"])}
            known[links["c:category"]["href"]] |= keys
    # Also those that lead nowhere yet.
    known[home["curies"][0]["href"]] = {
        relation.partition(":")[2]
        for _, whole in crawl.whole()
        for holder in nested(whole)
        for relation in holder["_links"]
        if ":" in relation
    }
    return known


def kind_of(links: Mapping[str, Any], crawl: Crawl) -> str:
    """The collection that a resource belongs to, by its canonical address."""
    canonical = links.get("canonical", links["self"])["href"]
    return str(canonical).removeprefix(crawl.entry_point).partition("/")[0]


def shaping(url: str) -> list[tuple[str, str]]:
    return [pair for pair in parse_qsl(urlsplit(url).query) if pair[0] in SHAPING]


def named(found: Iterable[Any]) -> list[Any]:
    """A few of *found*, for a message that can be read."""
    return list(found)[:5]


def test_every_mount_is_crawled(crawls: Crawls) -> None:
    """No mount of the demo is left out."""
    assert tuple(crawls) == MOUNTS


def test_every_link_answers(crawl: Crawl) -> None:
    """What is linked, or made from a template, is there for whoever got the link."""
    refused = [(one.url, one.status) for one in crawl.answers.values() if one.status != 200]

    assert len(crawl.answers) > 500
    assert named(refused) == []


def test_every_address_is_absolute_and_of_the_same_mount(crawl: Crawl) -> None:
    """A client never has to join addresses, and never leaves the mount that it entered."""
    outside = {(one.relation, one.href) for one in crawl.links if not inside(one.href, crawl)}

    assert named(outside) == []


def inside(href: str, crawl: Crawl) -> bool:
    return href.startswith(crawl.entry_point)


def test_a_template_says_that_it_is_one(crawl: Crawl) -> None:
    """Braces stand in links marked as templates only, and these have variables."""
    variables = {one.href: uritemplate.variables(one.href) for one in crawl.links}
    wrong = {one.href for one in crawl.links if bool(variables[one.href]) != one.is_template}
    unescaped = {one.href for one in crawl.links if set(one.href) & set(' "<>\\^`|')}

    assert named(wrong) == []
    assert named(unescaped) == []


def test_a_link_tells_the_type_of_what_it_leads_to(crawl: Crawl) -> None:
    """Where a link has a type, the answer is of it; where it has none, the answer is HAL."""
    plain = [one for one in crawl.links if not one.is_template]
    wrong = [
        (one.href, crawl.answers[one.href].media_type)
        for one in plain
        if crawl.answers[one.href].media_type != one.properties.get("type", HAL)
    ]

    assert named(wrong) == []


def test_every_resource_says_where_it_is(crawl: Crawl) -> None:
    """One link to itself is on every resource: whole, embedded, or nested without being that."""
    holders = [(met.answer, met.resource["_links"]) for met in crawl.met]
    holders += [
        (answer.url, one["_links"]) for answer, whole in crawl.whole() for one in nested(whole)
    ]
    without = [
        url
        for url, links in holders
        if not isinstance(links.get("self"), dict) or links["self"].get("templated")
    ]

    assert len(holders) > len(crawl.met)
    assert named(without) == []


def test_a_resource_is_the_same_where_it_says_it_is(crawl: Crawl) -> None:
    """However a resource was asked for, its own address answers with the same."""
    different = [
        (answer.url, resource["_links"]["self"]["href"])
        for answer, resource in crawl.whole()
        if crawl.at(resource["_links"]["self"]["href"]) != resource
    ]

    assert named(different) == []


def test_an_embedded_resource_says_what_its_own_address_says(crawl: Crawl) -> None:
    """A copy may be partial; what it has is what its address answers, links included."""
    contradictions = [
        (met.answer, met.url, name)
        for met in crawl.met
        if met.relation is not None
        for name in contradicted(met.resource, crawl.at(met.url))
    ]

    assert named(contradictions) == []


def contradicted(copy: Mapping[str, Any], whole: Mapping[str, Any]) -> list[str]:
    """The properties of *copy* that *whole* has otherwise.

    A path within a folder's answer is the name of what is in it, as the reference page has it.
    What a copy embeds is held against its own address in turn.
    """
    own = {name: value for name, value in copy.items() if not name.startswith("_")}
    apart = [name for name, value in own.items() if whole.get(name) != value]
    for part in ("_links", "_meta"):
        there = whole.get(part, {})
        apart += [
            f"{part}/{name}"
            for name, value in copy.get(part, {}).items()
            if there.get(name) != value and (part, name) != ("_meta", "path")
        ]
    path, full = copy.get("_meta", {}).get("path"), whole.get("_meta", {}).get("path")
    if path != full and path != str(full).rpartition("/")[2]:
        apart.append("_meta/path")
    return apart


def test_a_relation_is_always_one_or_always_many(crawls: Crawls) -> None:
    """No relation is an object here and an array there, on whatever resource and mount."""
    forms: dict[tuple[str, str], dict[type, str]] = defaultdict(dict)
    for crawl in crawls.values():
        for met in crawl.met:
            for part in ("_links", "_embedded"):
                for relation, value in met.resource.get(part, {}).items():
                    forms[part, relation].setdefault(type(value), met.url)

    assert {name: found for name, found in forms.items() if len(found) > 1} == {}
    assert {kind for found in forms.values() for kind in found} == {dict, list}


def test_a_to_many_relation_is_there_when_it_is_empty(crawl: Crawl) -> None:
    """What is an array on one resource is an array on all of its type, if need be an empty one."""
    relations: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for met in crawl.met:
        many = {name for name, value in met.links.items() if isinstance(value, list)}
        relations[form(met, crawl)][met.url] = many - {"curies"}
    missing = [
        (kind, url, set().union(*found.values()) - many)
        for kind, found in relations.items()
        for url, many in found.items()
        if many != set().union(*found.values())
    ]

    assert {"alternate", "c:authors", "c:related", "c:locales"} <= {
        name for found in relations.values() for many in found.values() for name in many
    }
    assert named(missing) == []


def form(met: Met, crawl: Crawl) -> str:
    """What a resource is: a list, or something of a type; a bundle in a locale is apart."""
    if is_list(met.resource):
        return "list"
    kind = met.resource.get("_meta", {}).get("type") or kind_of(met.links, crawl)
    return f"{kind} in a locale" if "messages" in met.resource else kind


def test_a_list_is_an_array_also_when_nothing_is_in_it(crawl: Crawl) -> None:
    """A page of a list embeds one array, whose length it tells; there are empty ones."""
    sizes = set()
    for answer, resource in crawl.whole():
        if is_list(resource):
            (items,) = resource["_embedded"].values()
            assert isinstance(items, list), answer.url
            assert resource["_meta"]["size"] == len(items), answer.url
            sizes.add(len(items))

    assert {0, 1, 2, 10} <= sizes


def is_list(resource: Mapping[str, Any]) -> bool:
    return "limit" in resource.get("_meta", {}) and "id" not in resource["_meta"]


def test_a_folder_has_its_documents_and_its_folders(crawl: Crawl) -> None:
    """Both arrays are in the answer of every folder, and of the tree, also when empty."""
    wrong, empty = [], set()
    for answer, resource in crawl.whole():
        if resource.get("_meta", {}).get("type") == "hippostd:folder":
            embedded = resource.get("_embedded", {})
            arrays = {name for name, items in embedded.items() if isinstance(items, list)}
            if arrays != {"documents", "folders"}:
                wrong.append(answer.url)
            empty |= {name for name, items in embedded.items() if not items}

    assert named(wrong) == []
    assert empty == {"documents", "folders"}


def test_every_relation_of_ours_has_a_page(crawl: Crawl) -> None:
    """The curie of an answer turns each short relation in it into an address of an HTML page."""
    pages = set()
    for answer, resource in crawl.whole():
        curies = resource["_links"]["curies"]
        hrefs = {one["name"]: one["href"] for one in curies}
        assert all(one["templated"] is True for one in curies), answer.url
        for holder in nested(resource):
            for prefix, _, name in (one.partition(":") for one in holder["_links"]):
                if name:
                    pages.add(uritemplate.expand(hrefs[prefix], rel=name))
    found = {crawl.answers[page].media_type for page in pages}

    assert len(pages) > 15
    assert found == {"text/html"}


def test_a_partial_copy_is_not_taken_for_the_whole(crawl: Crawl) -> None:
    """What was shaped by the request says so in its address; canonical leads to the whole."""
    shaped = 0
    for met in crawl.met:
        asked = shaping(met.answer)
        if "canonical" not in met.links or "collection" not in met.links:
            continue
        canonical = met.links["canonical"]["href"]
        # A list of taxonomies shows them without their categories, whatever it was asked.
        if "/taxonomies/" in met.answer and "_fields" not in dict(asked):
            asked = shaping(met.url)
        assert shaping(met.url) == asked, (met.answer, met.url)
        assert urlsplit(canonical).query == "", met.answer
        if asked:
            shaped += 1
            assert canonical != met.url
            whole = crawl.at(canonical)
            assert whole["_links"]["self"]["href"] == canonical
            assert set(met.resource) <= set(whole), (met.answer, met.url)

    assert shaped > 100


def test_pages_lead_through_the_whole_list(crawl: Crawl) -> None:
    """From the first page of a list, next leads to every item once, and prev back."""
    walked = set()
    for _, resource in crawl.whole():
        links = resource["_links"]
        if is_list(resource) and links["first"]["href"] not in walked:
            walked.add(links["first"]["href"])
            pages = list(walk(crawl, links["first"]["href"]))
            items = [one["_links"]["self"]["href"] for page in pages for one in embedded(page)]
            where = links["first"]["href"]
            assert len(items) == len(set(items)) == resource["_meta"]["totalSize"], where
            assert "prev" not in pages[0]["_links"], where
            assert pages[-1] == crawl.at(links["last"]["href"]), where
            for before, after in pairwise(pages):
                assert crawl.at(after["_links"]["prev"]["href"]) == before, where

    assert len(walked) > 20


def walk(crawl: Crawl, first: str) -> Iterable[Mapping[str, Any]]:
    page = crawl.at(first)
    yield page
    while "next" in page["_links"]:
        page = crawl.at(page["_links"]["next"]["href"])
        yield page


def embedded(page: Mapping[str, Any]) -> list[Any]:
    (items,) = page["_embedded"].values()
    return each(items)


def test_page_links_keep_what_was_asked(crawl: Crawl) -> None:
    """Only the offset differs between the pages of a list."""
    changed = [
        (one.answer, one.href)
        for one in crawl.links
        if one.relation in ("first", "prev", "next", "last")
        and but_offset(one.href) != but_offset(own_address(one, crawl))
    ]

    assert named(changed) == []


def own_address(link: Link, crawl: Crawl) -> str:
    return str(crawl.at(link.answer)["_links"]["self"]["href"])


def but_offset(url: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    return parts.path, sorted(pair for pair in parse_qsl(parts.query) if pair[0] != "_offset")


def test_the_link_header_repeats_links_of_the_body(crawl: Crawl) -> None:
    """Readers of headers are led to the same places as readers of HAL."""
    repeated = set()
    for answer, resource in crawl.whole():
        found = header_links(answer.headers["Link"])
        body = {(name, one["href"]) for name, of in resource["_links"].items() for one in each(of)}
        assert set(found) <= body, answer.url
        assert found, answer.url
        repeated |= {relation for relation, _ in found}

    assert {"canonical", "collection", "first", "prev", "next", "last", "up"} <= repeated


@pytest.mark.parametrize(
    ("kind", "collection"),
    [
        (Kind.DOCUMENT, "documents"),
        (Kind.FOLDER, "folders"),
        (Kind.BUNDLE, "resourcebundles"),
        (Kind.TAXONOMY, "taxonomies"),
        (Kind.ASSET, "assets"),
    ],
    ids=lambda one: str(one),
)
def test_everything_in_the_demo_is_reached(
    kind: Kind, collection: str, crawl: Crawl, services: Services
) -> None:
    """The entry point leads to all nodes of the mount, and to none besides."""
    reached = {
        resource["_meta"]["id"]
        for _, resource in crawl.whole()
        if "id" in resource.get("_meta", {}) and kind_of(resource["_links"], crawl) == collection
    }
    expected = {one.id for one in places(crawl, services) if one.kind is kind}
    home = crawl.at(crawl.entry_point)["_links"]

    assert home[f"c:{collection}"]["href"] == f"{crawl.entry_point}{collection}/"
    assert expected
    assert reached == expected


def places(crawl: Crawl, services: Services) -> list[Place]:
    """The nodes that a mount shows, as the repository has them."""
    (mount,) = (one for one in services.deliveries if HOST + one.base == crawl.base)
    reader = services.repository.reader(mount.side)
    root = reader.at(mount.content_root)
    assert root is not None
    inside = reader.below(mount.content_root)
    shared = [one for one in reader.below("") if one.kind is not Kind.DOCUMENT]
    kept = [one for one in shared if one.kind not in (Kind.FOLDER, Kind.OBJECT)]
    return [*inside, *kept, *reader.places([root.id]).values()]


def test_every_category_is_reached(crawl: Crawl, services: Services) -> None:
    """Each category of each taxonomy answers at an address of its own, and so do its documents."""
    reader = services.repository.reader(Side.PUBLISHED)
    nodes = [reader.get(one.id) for one in places(crawl, services) if one.kind is Kind.TAXONOMY]
    expected = {
        (node.name, category.key)
        for node in nodes
        if node is not None
        for top in taxonomy.categories(node)
        for category in top.walk()
    }
    reached = {
        (resource["_links"]["c:taxonomy"]["href"].rpartition("/")[2], resource["key"])
        for _, resource in crawl.whole()
        if "key" in resource
    }

    assert len(expected) > 10
    assert reached == expected


def test_every_type_is_reached(crawl: Crawl, services: Services) -> None:
    """Each type is described, and the documents of each that can have some are listed."""
    types = services.repository.types
    described = {
        resource["name"]
        for _, resource in crawl.whole()
        if kind_of(resource["_links"], crawl) == "types" and "fields" in resource
    }
    listed = {link["href"] for link in crawl.at(crawl.entry_point)["_links"]["c:collections"]}

    assert described == set(types.by_name)
    assert len(listed) == sum(not one.compound for one in types.by_name.values())


def test_drafts_are_reached_on_the_mount_of_drafts_only(crawls: Crawls) -> None:
    """One mount leads to documents that the other leads nobody to."""
    site, preview = (
        {met.resource["_meta"]["id"] for met in crawls[name].met if "profile" in met.links}
        for name in MOUNTS
    )

    assert site < preview

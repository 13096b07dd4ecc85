"""The laws of HAL hold wherever links and templates lead from the entry point of a mount."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

from .crawler import HAL, Answer, Crawl, Link, Met, each, header_links, nested, relations

HOST: Final = "http://localhost"

#: A picture, the news item and the page that show it, and a page that does not.
LIGHTHOUSE: Final = "7f1bf6dd-480f-406f-a320-c0dc579ffa4a"
SHOWING: Final = "3da67cae-e57e-4f0c-9527-cc85d5f6ca42,05a138a8-1160-4217-8b03-0119c48709bc"
BESIDES: Final = "30584a41-1b54-45d5-8b16-75d690f5b979"

#: Values for each parameter of a template; the first of each find something in the demo together.
ASKED: Final[Mapping[str, Sequence[str]]] = {
    "_q": ("museum", "musuem"),
    "_scope": ("/content/documents/hippoaddoncontenthalapidemo", "-news"),
    "_references": (LIGHTHOUSE,),
    "_sort": ("title", "-_meta.type"),
    "_ids": (f"{SHOWING},{BESIDES}",),
    "_locale": ("en", "nl-BE"),
    "_fallback": ("none", "chain"),
    "_offset": ("1",),
    "_limit": ("2",),
    "_total": ("none", "exact"),
    "_facets": ("type,date(year)", "_meta.locale,related,image"),
    "_highlight": ("*", "title"),
    "_embed": ("related(image),image", "authors,up"),
    "_depth": ("2",),
    "_fields": ("title",),
    "_html": ("site",),
    "_dates": ("iso",),
}
#: Parameters that mean something beside another one only, where that is offered.
NEEDS: Final = {"_fallback": "_locale", "_highlight": "_q", "_depth": "_embed"}

#: Parameters that change what a resource shows, so that part of it could pass for the whole.
SHAPING: Final = ("_fields", "_html", "_dates")
#: Those that do so with documents only, which have translations and references.
SHAPING_DOCUMENTS: Final = (*SHAPING, "_locale", "_fallback", "_embed", "_depth")
#: Those that go on to what a document embeds.
SHAPING_EMBEDDED: Final = ("_html", "_dates")
#: With documents, but for other translations, the locale does so as well.
SHAPING_TARGETS: Final = (*SHAPING_EMBEDDED, "_locale", "_fallback")

#: The relations of what is embedded in an answer, and is nothing without it.
PARTS: Final = {"c:facets", "c:values", "c:suggestions"}

#: The relations under which lists and folders embed what they hold.
LISTED: Final = ("documents", "folders", "taxonomies", "assets")

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
    crawl.expand(known_values(crawl), ASKED, NEEDS)
    # What is only met by asking, such as facets, has relations of its own to be explained.
    crawl.expand(known_values(crawl), ASKED, NEEDS)
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
        for relation in relations(whole)
        if ":" in relation
    }
    return known


def kind_of(links: Mapping[str, Any], crawl: Crawl) -> str:
    """The collection that a resource belongs to, by its canonical address."""
    canonical = links.get("canonical", links["self"])["href"]
    return str(canonical).removeprefix(crawl.entry_point).partition("/")[0]


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))


def shaping(url: str, names: Sequence[str] = SHAPING_DOCUMENTS) -> list[tuple[str, str]]:
    """What *url* asks for, of the parameters of these *names*."""
    # Without anything to embed, a depth narrows the list.
    kept = [name for name in names if name != "_depth" or "_embed" in query(url)]
    return [pair for pair in query(url).items() if pair[0] in kept]


def shaped_by(met: Met, crawl: Crawl) -> Sequence[str]:
    """The parameters of an answer that shape what was met in it."""
    is_document = kind_of(met.links, crawl) == "documents"
    if met.relation is not None and met.relation not in LISTED:
        is_target = is_document and met.relation != "alternate"
        return SHAPING_TARGETS if is_target else SHAPING_EMBEDDED
    return SHAPING_DOCUMENTS if is_document else SHAPING


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


def test_all_parameters_together_find_something(crawl: Crawl) -> None:
    """What is asked in every way at once is no empty question."""
    sizes = [
        len(embedded(resource))
        for answer, resource in crawl.whole()
        if query(answer.url).keys() >= ASKED.keys()
    ]

    assert max(sizes) > 0


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
        (one.href, crawl.answer(one.href).media_type)
        for one in plain
        if crawl.answer(one.href).media_type != one.properties.get("type", HAL)
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


def test_a_part_of_an_answer_says_where_in_it_it_is(crawl: Crawl) -> None:
    """What is only embedded has the answer's own address, and points at its place there."""
    parts = [met for met in crawl.met if met.relation in PARTS]
    elsewhere = [
        (met.answer, met.url)
        for met in parts
        if met.url.partition("#")[0] != crawl.at(met.answer)["_links"]["self"]["href"]
        or crawl.at(met.url) != met.resource
    ]
    others = {met.relation for met in crawl.met if "#" in met.url}

    assert {met.relation for met in parts} == others == PARTS
    assert named(elsewhere) == []


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
        if name not in said_of_the_answer(met)
    ]

    assert named(contradictions) == []


def said_of_the_answer(met: Met) -> list[str]:
    """What a resource has to tell of the answer that it is in, where that was asked for.

    What was found in an item of a list, and what was left out of what a document embeds.
    """
    asked = query(met.answer)
    if met.relation in LISTED:
        return ["_meta/highlights"] if "_highlight" in asked else []
    return ["_meta/cut"] if "_embed" in asked else []


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
    if met.relation in PARTS:
        return met.relation
    if is_list(met.resource):
        return "list"
    kind = met.resource.get("_meta", {}).get("type") or kind_of(met.links, crawl)
    return f"{kind} in a locale" if "messages" in met.resource else kind


def test_a_list_is_an_array_also_when_nothing_is_in_it(crawl: Crawl) -> None:
    """A page of a list embeds one array, whose length it tells; there are empty ones."""
    sizes = set()
    for answer, resource in crawl.whole():
        if is_list(resource):
            items = embedded(resource)
            assert isinstance(items, list), answer.url
            assert resource["_meta"]["size"] == len(items), answer.url
            sizes.add(len(items))

    assert {0, 1, 2, 10} <= sizes


def is_list(resource: Mapping[str, Any]) -> bool:
    return "limit" in resource.get("_meta", {}) and "id" not in resource["_meta"]


def is_paged(resource: Mapping[str, Any]) -> bool:
    """Whether there are more pages than one: of suggestions only the first are worth it."""
    return is_list(resource) and "c:suggestions" not in resource["_embedded"]


def test_a_list_says_how_many_items_there_are(crawl: Crawl) -> None:
    """Unless it was asked not to count them: then it does not say where the last ones are."""
    told = {
        (url, "totalSize" in resource["_meta"], "last" in resource["_links"])
        for url, resource in ((answer.url, whole) for answer, whole in crawl.whole())
        if is_paged(resource)
    }
    wrong = [one for one in told if one[1:] != (query(one[0]).get("_total") != "none",) * 2]

    assert {is_told for _, is_told, _ in told} == {True, False}
    assert named(wrong) == []


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
        for prefix, _, name in (one.partition(":") for one in relations(resource)):
            if name:
                pages.add(uritemplate.expand(hrefs[prefix], rel=name))
    found = {crawl.answers[page].media_type for page in pages}

    assert len(pages) > 15
    assert found == {"text/html"}


def test_a_partial_copy_is_not_taken_for_the_whole(crawl: Crawl) -> None:
    """What was shaped by the request says so in its address; canonical leads to the whole."""
    shaped = 0
    seen: set[str] = set()
    for met in crawl.met:
        if "canonical" not in met.links or "collection" not in met.links:
            continue
        asked = shaping(met.answer, shaped_by(met, crawl))
        canonical = met.links["canonical"]["href"]
        # A list of taxonomies shows them without their categories, whatever it was asked.
        if met.relation == "taxonomies" and "_fields" not in dict(asked):
            asked = shaping(met.url)
        assert shaping(met.url) == asked, (met.answer, met.url)
        assert urlsplit(canonical).query == "", met.answer
        if asked:
            shaped += 1
            assert canonical != met.url
            whole = crawl.at(canonical)
            assert whole["_links"]["self"]["href"] == canonical
            more = {"_embedded"} if "_embed" in query(met.answer) else set()
            assert set(met.resource) <= set(whole) | more, (met.answer, met.url)
            seen |= dict(asked).keys()

    assert shaped > 100
    assert seen == set(SHAPING_DOCUMENTS)


def test_pages_lead_through_the_whole_list(crawl: Crawl) -> None:
    """From the first page of a list, next leads to every item once, and prev back."""
    walked = set()
    for _, resource in crawl.whole():
        links = resource["_links"]
        if is_paged(resource) and links["first"]["href"] not in walked:
            walked.add(links["first"]["href"])
            pages = list(walk(crawl, links["first"]["href"]))
            items = [one["_links"]["self"]["href"] for page in pages for one in embedded(page)]
            where = links["first"]["href"]
            assert len(items) == len(set(items)), where
            assert "prev" not in pages[0]["_links"], where
            if query(where).get("_total") != "none":
                assert len(items) == resource["_meta"]["totalSize"], where
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


def embedded(page: Mapping[str, Any]) -> Any:
    """The items of a page, beside which there may be facets."""
    (items,) = (found for name, found in page["_embedded"].items() if name != "c:facets")
    return items


def test_pages_are_the_same_by_cursor_and_by_offset(crawl: Crawl) -> None:
    """Who asks for no offset is led by cursors, through the same pages."""
    walked = 0
    for answer, resource in crawl.whole():
        links = resource["_links"]
        by_place = {"_offset", "_after"} & set(query(answer.url))
        if is_paged(resource) and "next" in links and not by_place:
            walked += 1
            behind = [page["_links"]["self"]["href"] for page in walk(crawl, answer.url)][1:]
            by_cursor = [but_place(page) for page in walk(crawl, answer.url)]
            by_offset = [but_place(page) for page in walk(crawl, links["first"]["href"])]
            assert all("_after" in query(url) for url in behind), answer.url
            assert by_cursor == by_offset, answer.url

    assert walked > 20


def but_place(page: Mapping[str, Any]) -> Mapping[str, Any]:
    """A page without the links that say by which way it was reached."""
    own = page["_links"]["self"]["href"]
    links = {name: to for name, to in page["_links"].items() if name not in ("self", "next")}
    kept: Mapping[str, Any] = json.loads(
        json.dumps({**page, "_links": links}).replace(f'"{own}#', '"#')
    )
    return kept


def test_leaving_the_total_out_leaves_out_no_item(crawl: Crawl) -> None:
    """Lists that were not to be counted lead to as many items as those that were."""
    sizes: dict[tuple[str, frozenset[tuple[str, str]]], set[int]] = defaultdict(set)
    uncounted = set()
    for answer, resource in crawl.whole():
        if is_paged(resource):
            path, asked = but_offset(answer.url)
            same = path, frozenset(pair for pair in asked if pair[0] != "_total")
            if "totalSize" in resource["_meta"]:
                sizes[same].add(resource["_meta"]["totalSize"])
            else:
                uncounted.add((same, resource["_links"]["first"]["href"]))
    found = {
        same: {sum(len(embedded(page)) for page in walk(crawl, first))}
        for same, first in uncounted
        if same in sizes
    }

    assert len(found) > 10
    assert found == {same: sizes[same] for same in found}


def test_a_value_of_a_facet_leads_to_what_it_counts(crawl: Crawl) -> None:
    """Each can be chosen, or taken back if it is chosen, and both lead to where they say."""
    followed: dict[str, int] = defaultdict(int)
    for address, page, value in values_of_facets(crawl):
        (relation,) = value["_links"].keys() - {"self", "c:target"}
        assert relation == ("c:remove" if value["active"] else "c:refine"), address
        there = crawl.at(value["_links"][relation]["href"])
        where = there["_links"]["self"]["href"]
        followed[relation] += 1
        if relation == "c:refine":
            assert there["_meta"].get("totalSize", value["count"]) == value["count"], where
            assert but_offset(address)[0] == but_offset(where)[0]
            assert set(but_offset(address)[1]) < set(but_offset(where)[1]), where
        else:
            assert set(but_offset(address)[1]) > set(but_offset(where)[1]), where
            assert value["count"] == page["_meta"].get("totalSize", value["count"]), where

    assert followed["c:refine"] > 100
    assert followed["c:remove"] > 100


def values_of_facets(crawl: Crawl) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Every value with the page that counts it, and this one's address."""
    for answer, page in crawl.whole():
        for facet in page.get("_embedded", {}).get("c:facets", ()):
            for value in facet["_embedded"]["c:values"]:
                yield answer.url, page, value


def test_the_target_of_a_value_is_called_as_the_value_says(crawl: Crawl) -> None:
    """Where a facet is of a reference, each value leads to what is pointed at."""
    targets = {
        (value["title"], crawl.at(value["_links"]["c:target"]["href"])["_meta"]["displayName"])
        for _, _, value in values_of_facets(crawl)
        if "c:target" in value["_links"]
    }

    assert len(targets) > 3
    assert [one for one in targets if one[0] != one[1]] == []


def test_a_suggestion_leads_to_a_document_of_its_title(crawl: Crawl) -> None:
    """The document is called so, and the search for the suggestion finds it."""
    suggested = [met for met in crawl.met if met.relation == "c:suggestions"]
    for met in suggested:
        document = crawl.at(met.links["c:document"]["href"])
        found = embedded(crawl.at(met.links["search"]["href"]))
        assert document["title"] == met.resource["text"]
        assert met.resource["_meta"].items() <= document["_meta"].items()
        assert document["_meta"]["id"] in {one["_meta"]["id"] for one in found}, met.answer

    assert len(suggested) > 10


def test_what_was_meant_is_found(crawl: Crawl) -> None:
    """Where a word is found nowhere, the text in its stead finds something."""
    meant = [one for one in crawl.links if one.relation == "c:did-you-mean"]
    for link in meant:
        assert query(link.href)["_q"] == link.properties["title"] != query(link.answer)["_q"]
        assert embedded(crawl.at(link.href)), link.answer

    assert len(meant) > 1


def test_page_links_keep_what_was_asked(crawl: Crawl) -> None:
    """Only the offset, or the cursor in its stead, differs between the pages of a list."""
    changed = [
        (one.answer, one.href)
        for one in crawl.links
        if one.relation in ("first", "prev", "next", "last")
        and but_offset(one.href) != but_offset(own_address(one, crawl))
    ]

    confused = [one.href for one in crawl.links if {"_offset", "_after"} <= set(query(one.href))]

    assert named(changed) == []
    assert named(confused) == []


def own_address(link: Link, crawl: Crawl) -> str:
    return str(crawl.at(link.answer)["_links"]["self"]["href"])


def but_offset(url: str) -> tuple[str, list[tuple[str, str]]]:
    parts = urlsplit(url)
    asked = parse_qsl(parts.query)
    return parts.path, sorted(pair for pair in asked if pair[0] not in ("_offset", "_after"))


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

"""The public page of example requests, read from top to bottom against the demo content.

The page is not part of this project. Its facts are recorded in ``exchanges/``; where a copy of
the page itself lies beside the project, that copy is read too, and must say the same.
"""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .elisions import Shown, differences
from .exchanges import HOST, Exchange, ReferencePage, parse_page, recorded_exchanges

HERE = Path(__file__).resolve().parent
PAGE_FILE = HERE.parents[2] / "shared" / "reference" / "content-hal-payloads.txt"

DOCUMENTS = "/site/api/documents/"
NEWS = "/site/api/newsdocument/"
GASTROPODA_ID = "aeda2bcd-b21d-4ead-a2e6-c64a2ca051c8"
MEDUSA_ID = "c580ac64-3874-4717-a6d9-e5ad72080abe"

PROJECTED = f"{DOCUMENTS}?_fields=title,introduction"
SEARCHED = f"{PROJECTED}&_q==medusa"
SORTED = f"{PROJECTED}&_sort=title,-date"
SECOND_PAGE = f"{SORTED}&_offset=10&_limit=10"
DOCUMENT_FORMS = [
    f"{NEWS}{GASTROPODA_ID}",
    f"{NEWS}news/2017/02/the-gastropoda-news",
    f"{DOCUMENTS}{GASTROPODA_ID}",
    f"{DOCUMENTS}news/2017/02/the-gastropoda-news",
]
FOLDER_FORMS = [
    "/site/api/folders/e39779ae-586c-438b-a6ce-685a21581b48",
    "/site/api/folders/blog/2017",
]
# Every address that the prose of the page writes out, in its order.
ADDRESSES = [
    DOCUMENTS,
    PROJECTED,
    SEARCHED,
    SORTED,
    SECOND_PAGE,
    NEWS,
    *DOCUMENT_FORMS,
    *FOLDER_FORMS,
]

RECORDED = recorded_exchanges(HERE / "exchanges")


def reference_page() -> ReferencePage:
    """Give the page itself if there is a copy of it, else what is recorded of it."""
    if PAGE_FILE.exists():
        return parse_page(PAGE_FILE.read_text(encoding="utf-8"))
    prose = "\n".join(f"http://{HOST}{address}" for address in ADDRESSES)
    return ReferencePage(exchanges=RECORDED, prose=prose)


PAGE = reference_page()


def get(client: FlaskClient, target: str) -> TestResponse:
    """Ask for a target as the page does: no header but the host."""
    return client.get(target, headers={"Host": HOST})


def read(client: FlaskClient, target: str) -> Any:
    """Give the JSON of an answer which must be a 200 of our media type."""
    response = get(client, target)
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/hal+json"
    return response.json


def documents(client: FlaskClient, target: str) -> list[dict[str, Any]]:
    """Give the documents embedded in an answer."""
    found: list[dict[str, Any]] = read(client, target)["_embedded"]["documents"]
    return found


def ids(items: list[dict[str, Any]]) -> list[str]:
    """Give the id of each item."""
    return [item["_meta"]["id"] for item in items]


def fields(resource: dict[str, Any]) -> dict[str, Any]:
    """Give what is left of a resource without its links and its metadata."""
    return {name: value for name, value in resource.items() if name not in ("_links", "_meta")}


def assert_holds(client: FlaskClient, exchange: Exchange) -> None:
    """Hold one exchange against the live answer: status, media type, every value shown."""
    response = get(client, exchange.target)
    assert response.status_code == exchange.status, response.text
    assert response.headers["Content-Type"] == exchange.content_type
    assert differences(exchange.shown, response.json) == []


@pytest.mark.parametrize("exchange", RECORDED, ids=lambda exchange: exchange.name)
def test_a_recorded_request_is_answered_as_recorded(
    client: FlaskClient, exchange: Exchange
) -> None:
    """Each request of the page is answered with each value that the page shows."""
    assert_holds(client, exchange)


@pytest.mark.parametrize("exchange", PAGE.exchanges, ids=lambda exchange: exchange.name)
def test_a_request_of_the_page_is_answered_as_shown(
    client: FlaskClient, exchange: Exchange
) -> None:
    """The page itself, where it can be read, says nothing that is not so."""
    assert_holds(client, exchange)


def test_every_block_of_the_page_is_recorded() -> None:
    """The recorded exchanges are those of the page, all of them, in its order."""

    def facts(exchange: Exchange) -> tuple[object, ...]:
        return (exchange.target, exchange.status, exchange.content_type, exchange.shown)

    assert [facts(shown) for shown in PAGE.exchanges] == [facts(kept) for kept in RECORDED]
    assert len(RECORDED) == 9


def test_no_block_of_the_page_is_taken_for_prose() -> None:
    """Nothing between the exchanges looks like a command, an answer or a piece of JSON."""
    leftover = [
        line
        for line in PAGE.prose.splitlines()
        if line.startswith(("$", "HTTP/", "{", "}", "[", "]", " ", '"'))
    ]
    assert leftover == []


def test_every_address_in_the_prose_is_tested() -> None:
    """The prose writes out twelve addresses of ours, and each of them has its test below."""
    assert PAGE.addresses == ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_in_the_prose_is_answered(client: FlaskClient, address: str) -> None:
    """Each address that the page writes out can be followed as it stands."""
    read(client, address)


def test_all_documents_are_embedded(client: FlaskClient) -> None:
    """All documents of a result are embedded in the property ``documents``."""
    answer = read(client, DOCUMENTS)
    assert len(answer["_embedded"]["documents"]) == answer["_meta"]["size"] == 10


def test_fields_gives_those_fields_and_the_metadata(client: FlaskClient) -> None:
    """``_fields=title,introduction`` leaves of each document those of the two that it has."""
    whole = documents(client, DOCUMENTS)
    projected = documents(client, PROJECTED)
    assert [fields(item) for item in projected] == [
        {name: item[name] for name in ("title", "introduction") if name in item} for item in whole
    ]
    assert [item["_meta"] for item in projected] == [item["_meta"] for item in whole]
    assert all("self" in item["_links"] for item in projected)


def test_fields_changes_neither_the_selection_nor_the_count(client: FlaskClient) -> None:
    """A document without any of the fields asked for, such as an author, is in the result still."""
    window: Shown = {"limit": 10, "offset": 0, "size": 10, "totalSize": 13}
    assert differences({"_meta": window}, read(client, PROJECTED)) == []
    assert {} in [fields(item) for item in documents(client, PROJECTED)]


def test_q_gives_only_the_documents_that_contain_the_word(client: FlaskClient) -> None:
    """``_q==medusa`` gives the one document that contains the word, with the fields asked for."""
    answer = read(client, SEARCHED)
    assert differences({"_meta": {"size": 1, "totalSize": 1}}, answer) == []
    (found,) = answer["_embedded"]["documents"]
    assert found["_meta"]["id"] == MEDUSA_ID
    assert set(fields(found)) == {"title", "introduction"}
    assert found["title"] == "The medusa news"


def test_q_may_be_written_with_one_sign_or_two(client: FlaskClient) -> None:
    """``_q==medusa``, as HTTPie spells it, is the same search as ``_q=medusa``."""
    twice = documents(client, SEARCHED)
    once = documents(client, SEARCHED.replace("==", "="))
    assert ids(once) == ids(twice) == [MEDUSA_ID]


def test_sort_is_by_title_and_then_by_date_newest_first(client: FlaskClient) -> None:
    """``_sort=title,-date`` orders by title, then the later date first; no title comes last."""
    whole = documents(client, f"{DOCUMENTS}?_limit=100")
    expected = sorted(
        whole,
        key=lambda item: ("title" not in item, item.get("title", ""), -item.get("date", 0)),
    )
    assert len(whole) == 13
    assert ids(documents(client, SORTED)) == ids(expected)[:10]
    assert ids(documents(client, SECOND_PAGE)) == ids(expected)[10:]


def test_the_second_sort_key_decides_between_equal_titles(client: FlaskClient) -> None:
    """Of two pages with one title, ``-date`` puts the later first, against their paths."""
    titled = [item for item in documents(client, SORTED) if item.get("title") == "Over het museum"]
    names = [item["_meta"]["name"] for item in titled]
    assert names == ["over-het-museum-vlaanderen", "over-het-museum"]


def test_offset_and_limit_give_the_second_page(client: FlaskClient) -> None:
    """``_offset=10&_limit=10`` gives the second page: the three documents not on the first."""
    second = read(client, SECOND_PAGE)
    window: Shown = {"limit": 10, "offset": 10, "size": 3, "totalSize": 13}
    assert differences({"_meta": window}, second) == []
    both = ids(documents(client, SORTED)) + ids(second["_embedded"]["documents"])
    assert len(both) == len(set(both)) == 13


def test_a_type_narrows_the_collection(client: FlaskClient) -> None:
    """``newsdocument/`` gives the news documents only, and all of them."""
    everything = documents(client, f"{DOCUMENTS}?_limit=100")
    news = documents(client, NEWS)
    full_name = "hippoaddoncontenthalapidemo:newsdocument"
    assert {item["_meta"]["type"] for item in news} == {full_name}
    assert ids(news) == ids([one for one in everything if one["_meta"]["type"] == full_name])


@pytest.mark.parametrize(
    ("collection", "relation", "total"),
    [
        ("newsdocument", "documents", 3),
        ("resourcebundles", "documents", 6),
        ("folders", "folders", 12),
    ],
)
def test_the_parameters_hold_for_the_other_collections(
    client: FlaskClient, collection: str, relation: str, total: int
) -> None:
    """What the page leaves out for simplicity in its later sections works there as well."""
    whole = read(client, f"/site/api/{collection}/?_limit=100")["_embedded"][relation]
    answer = read(client, f"/site/api/{collection}/?_offset={total - 1}&_limit=2")
    window: Shown = {"limit": 2, "offset": total - 1, "size": 1, "totalSize": total}
    assert differences({"_meta": window}, answer) == []
    assert ids(answer["_embedded"][relation]) == ids(whole)[-1:]


@pytest.mark.parametrize("address", DOCUMENT_FORMS)
def test_a_document_is_the_same_by_id_and_by_path_and_by_type(
    client: FlaskClient, address: str
) -> None:
    """A document is read by UUID or by relative path, below ``documents`` or below its type."""
    first = read(client, DOCUMENT_FORMS[0])
    answer = read(client, address)
    assert fields(answer) == fields(first)
    assert answer["_meta"] == first["_meta"]


@pytest.mark.parametrize("address", DOCUMENT_FORMS)
def test_a_document_names_itself_by_id_in_the_collection_asked(
    client: FlaskClient, address: str
) -> None:
    """However a document was asked for, ``self`` is its id below the collection of the request."""
    collection = NEWS if address.startswith(NEWS) else DOCUMENTS
    href = read(client, address)["_links"]["self"]["href"]
    assert href == f"http://{HOST}{collection}{GASTROPODA_ID}"


def test_a_folder_is_the_same_by_id_and_by_path(client: FlaskClient) -> None:
    """A folder's two addresses return the same data, to the byte."""
    by_id, by_path = (get(client, address) for address in FOLDER_FORMS)
    assert by_id.status_code == by_path.status_code == 200
    assert by_id.data == by_path.data

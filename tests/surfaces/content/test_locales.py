"""Locales: of translations the one that suits a reader, and what it borrows from the others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from content_repo import DocumentType, Field, FieldKind, Kind, Side
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import MOUNTS, ROOT, Studio, opened
from tests.surfaces.problems import mistake, problem

PIXEL: Final = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
ALPHA: Final = "6c1d2f0e-0000-4000-8000-00000000000a"
BETA: Final = "6c1d2f0e-0000-4000-8000-00000000000b"
ROME: Final = 1487085120000

#: A page that may hold anything, a compound among it.
COMPOUND: Final = (
    DocumentType(
        name="play:place",
        compound=True,
        fields=(
            Field(name="town", kind=FieldKind.STRING),
            Field(name="near", kind=FieldKind.MIRROR),
        ),
    ),
    DocumentType(
        name="play:page",
        open=True,
        fields=(
            Field(name="title", kind=FieldKind.STRING),
            Field(name="content", kind=FieldKind.RICH_TEXT),
            Field(name="aside", kind=FieldKind.RICH_TEXT),
            Field(name="place", kind=FieldKind.COMPOUND, type="play:place"),
        ),
    ),
)


@pytest.fixture
def pages(studio: Studio) -> Studio:
    """A type of pages that may hold anything, and nothing else."""
    with studio.writing() as tx:
        tx.define(COMPOUND)
    return studio


@pytest.fixture
def notes(studio: Studio) -> Studio:
    """A few notes in several locales."""
    return _with_notes(studio)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same, for tests that write nothing."""
    with opened(tmp_path_factory.mktemp("place")) as found:
        found.asset("a.txt", b"a", "text/plain")
        found.bundle("/content/documents/words", {"default": {"a": "A"}})
        yield _with_notes(found).site


def _with_notes(studio: Studio) -> Studio:
    """Two groups of translations, a note in Dutch alone, and one of no locale.

    Of the first, the Dutch one lacks all but its title; the second has no Dutch one.
    """
    card = studio.document("card", type="play:card")
    studio.document(
        "en/alpha", locale="en", group=ALPHA,
        fields={
            "title": "Alpha", "content": "<p>snails</p>", "friend": card, "others": [card],
            "date": 2000, "size": 2, "kinds": ["whelks"],
        },
    )  # fmt: skip
    studio.document("nl/alpha", locale="nl", group=ALPHA, fields={"title": "Zet"})
    studio.document("en/beta", locale="en", group=BETA, fields={"title": "Beta", "size": 1})
    studio.document("fr/beta", locale="fr", group=BETA, fields={"title": "Bêta"})
    studio.document("nl/only", locale="nl", fields={"title": "Only"})
    studio.document("plain", fields={"title": "Plain"})
    studio.taxonomy()
    return studio


def paths(place: Place, address: str) -> list[str]:
    """The paths of the documents embedded at *address*, in order."""
    return [one["_meta"]["path"] for one in place.documents(address)]


def id_of(place: Place, path: str) -> str:
    """The id of the document at *path*."""
    id: str = place.read(f"/documents/{path}")["_meta"]["id"]
    return id


def lines(place: Place, address: str) -> list[dict[str, Any]]:
    """The resources of the stream at *address*."""
    response = place.get(address, Accept="application/x-ndjson")
    assert response.status_code == 200, response.data
    return [json.loads(line) for line in response.data.splitlines()]


# -- lists ----------------------------------------------------------------------------

SHOWN: Final[Mapping[str, list[str]]] = {
    "nl": ["card", "en/beta", "nl/alpha", "nl/only", "plain"],
    "nl-BE": ["card", "en/beta", "nl/alpha", "nl/only", "plain"],
    "en": ["card", "en/alpha", "en/beta", "plain"],
    "fr": ["card", "en/alpha", "fr/beta", "plain"],
    "de": ["card", "en/alpha", "en/beta", "plain"],
}


@pytest.mark.parametrize("locale", SHOWN)
def test_a_list_has_one_of_each_group(place: Place, locale: str) -> None:
    """Of translations a list shows the best one for its locale, the mount's default last; what
    has no locale is shown to everyone, what has none of those to nobody."""
    shown = place.read(f"/documents/?_locale={locale}")

    assert paths(place, f"/documents/?_locale={locale}") == SHOWN[locale]
    assert shown["_meta"]["totalSize"] == shown["_meta"]["size"] == len(SHOWN[locale])


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("nl", ["card", "nl/alpha", "nl/only", "plain"]), ("nl-BE", ["card", "plain"])],
)
def test_without_fallback_only_the_locale_itself_is_shown(
    place: Place, locale: str, shown: list[str]
) -> None:
    """_fallback=none leaves documents of just that locale, or without one, and lends nothing."""
    address = f"/documents/?_locale={locale}&_fallback=none"

    assert paths(place, address) == shown
    for one in [*place.documents(address), *lines(place, address)]:
        assert "borrowed" not in one["_meta"]
        assert ("size" in one) == (one["_meta"]["path"] == "nowhere")


def test_pages_are_of_what_is_shown(place: Place) -> None:
    """Every page of a walk through a list asks for the same locale, and none repeats a group."""
    walked = [
        one["_meta"]["path"]
        for page in place.pages("/documents/?_locale=nl&_fallback=chain&_limit=2")
        for one in page["_embedded"]["documents"]
    ]
    first = place.read("/documents/?_locale=nl&_fallback=chain&_limit=2")["_links"]

    assert walked == SHOWN["nl"]
    for name in ("self", "first", "next", "last"):
        assert "?_locale=nl&_fallback=chain&" in first[name]["href"]


def test_a_walk_by_cursors_is_of_what_is_shown(place: Place) -> None:
    """Behind a cursor comes what is behind it in the order of what is shown."""
    cursor = place.read("/documents/?_locale=nl&_sort=title&_limit=2&_total=none")
    behind = cursor["_links"]["next"]["href"]

    assert [*paths(place, "/documents/?_locale=nl&_sort=title")] == [
        "en/beta", "card", "nl/only", "plain", "nl/alpha",
    ]  # fmt: skip
    assert "_after=" in behind
    assert paths(place, behind) == ["nl/only", "plain"]


NARROWED: Final = {
    "size=2": ["nl/alpha"],
    "size[exists]=false": ["card", "nl/only", "plain"],
    "title=Alpha": [],
    "title=Zet": ["nl/alpha"],
    "date[gte]=1970": ["nl/alpha"],
    "kinds=snails": ["nl/alpha"],
    "friend[exists]=true": ["nl/alpha"],
    "friend.title=card": ["nl/alpha"],
    "_meta.locale=nl": ["nl/alpha", "nl/only"],
    "_meta.locale=fr": [],
    "_q=snails": ["nl/alpha"],
    "_q=content:snails": ["nl/alpha"],
    "_q=title:alpha": [],
    "_q=zet": ["nl/alpha"],
    "_q=-zet": ["card", "en/beta", "nl/only", "plain"],
    "_q=b%C3%AAta": ["en/beta"],
    "_sort=-size": ["nl/alpha", "en/beta", "card", "nl/only", "plain"],
    "_sort=-size&_limit=1": ["nl/alpha"],
    "_scope=nl": ["nl/alpha", "nl/only"],
}


@pytest.mark.parametrize("asked", NARROWED)
def test_lists_are_narrowed_and_sorted_by_what_is_shown(place: Place, asked: str) -> None:
    """Filters, text and order see what is borrowed, and nothing that is not shown."""
    assert paths(place, f"/documents/?_locale=nl&{asked}") == NARROWED[asked]


def test_what_is_borrowed_points_at_others(linked: Studio) -> None:
    """_references finds what is shown to point there, by fields and by links in texts."""
    card = linked.document("card", type="play:card")
    compound = {"place": {"near": card}}
    linked.document("nl/place", type="play:page", locale="nl", group=BETA)
    linked.document("en/place", type="play:page", locale="en", group=BETA, fields=compound)
    found = {
        target: paths(linked.site, f"/documents/?_locale=nl&_references={target}")
        for target in ("card", "en/near", "nl/near", "en/far")
    }

    assert found == {
        "card": ["nl/place"], "en/near": ["nl/page"], "nl/near": ["nl/page"], "en/far": [],
    }  # fmt: skip
    assert paths(linked.site, "/documents/?_locale=nl&_references=card&_fallback=none") == []
    assert paths(linked.site, "/documents/?_references=card") == ["en/place"]


def test_facets_count_what_is_shown(place: Place) -> None:
    """A group counts once, with what it shows."""
    facets = place.read("/documents/?_locale=nl&_facets=kinds,_meta.locale,size")["_embedded"]
    counted = {
        one["name"]: {value["value"]: value["count"] for value in one["_embedded"]["c:values"]}
        for one in facets["c:facets"]
    }

    assert counted == {
        "kinds": {"snails": 1, "whelks": 1},
        "_meta.locale": {"nl": 2, "en": 1},
        "size": {1: 1, 2: 1},
    }


def test_what_is_found_is_marked_in_what_is_borrowed(place: Place) -> None:
    """A highlight is of the text that is shown, whoever wrote it."""
    (found,) = place.documents("/documents/?_locale=nl&_q=snails&_highlight=content")

    assert found["_meta"]["highlights"] == {"content": ["<mark>snails</mark>"]}


def test_an_id_stands_for_what_is_shown_instead(place: Place) -> None:
    """By the id of any translation a list has the one that is shown, once, in the ids' order."""
    ids = [id_of(place, path) for path in ("plain", "fr/beta", "en/alpha", "nl/alpha", "nl/only")]
    address = f"/documents/?_ids={','.join(ids)}"

    assert paths(place, f"{address}&_locale=nl") == ["plain", "en/beta", "nl/alpha", "nl/only"]
    assert paths(place, f"{address}&_locale=nl&_sort=title&_limit=2") == ["en/beta", "nl/only"]
    assert paths(place, f"{address}&_locale=nl&_fallback=none") == ["plain", "nl/alpha", "nl/only"]
    assert paths(place, f"{address}&_locale=nl&_references={id_of(place, 'card')}") == ["nl/alpha"]
    assert paths(place, f"/documents/?_ids={ids[4]}&_locale=fr") == []
    assert place.read(f"{address}&_locale=nl")["_links"]["self"]["href"].endswith(
        f"?_ids={','.join(ids)}&_locale=nl"
    )


def test_ids_of_what_is_hidden_stand_for_nothing(notes: Studio) -> None:
    """A draft is not there: its id leads to no translation of it."""
    draft = notes.document("nl/beta", locale="nl", group=BETA, published=False)

    assert paths(notes.site, f"/documents/?_locale=fr&_ids={draft}") == []
    assert paths(notes.preview, f"/documents/?_locale=fr&_ids={draft}") == ["fr/beta"]


def test_pages_of_ids_are_of_what_is_shown(place: Place) -> None:
    """A walk from page to page keeps the order of the ids that the reader has given."""
    ids = [id_of(place, path) for path in ("en/alpha", "plain", "fr/beta")]
    walked = [
        one["_meta"]["path"]
        for page in place.pages(f"/documents/?_locale=nl&_limit=1&_ids={','.join(ids)}")
        for one in page["_embedded"]["documents"]
    ]
    streamed = lines(place, f"/documents/?_locale=nl&_ids={','.join(ids)}")

    assert walked == ["nl/alpha", "plain", "en/beta"]
    assert {one["_meta"]["path"] for one in streamed} == set(walked)


def test_a_typed_list_has_the_type_of_what_is_shown(notes: Studio) -> None:
    """A list of one type is of the translations that are shown, as they are."""
    notes.document("en/mixed", type="play:letter", locale="en", group=BETA[:-1] + "c")
    notes.document("nl/mixed", type="play:note", locale="nl", group=BETA[:-1] + "c")

    assert paths(notes.site, "/letter/?_locale=en") == ["en/mixed"]
    assert paths(notes.site, "/letter/?_locale=nl") == []
    assert problem(notes.site.get("/letter/en/mixed?_locale=nl"), 404)
    assert paths(notes.site, "/note/?_locale=nl&_scope=nl") == ["nl/alpha", "nl/mixed", "nl/only"]
    assert "documents" in tags(notes.site.get("/letter/?_locale=en"))


def test_a_category_has_what_borrows_its_key(place: Place) -> None:
    """The documents of a category are those that are shown with its key, borrowed or not."""
    address = "/taxonomies/shells/categories/snails/documents"

    assert paths(place, f"{address}?_locale=nl") == ["nl/alpha"]
    assert paths(place, f"{address}?_locale=nl&_fallback=none") == []


def test_only_a_field_that_is_lent_brings_its_keys(notes: Studio) -> None:
    """A document is in the categories of its own keys, though it borrows another field."""
    group = BETA[:-1] + "d"
    notes.document("en/keys", locale="en", group=group, fields={"kinds": ["clams"], "size": 9})
    notes.document("nl/keys", locale="nl", group=group, fields={"kinds": ["snails"]})
    address = "/taxonomies/shells/categories/clams/documents"

    group = BETA[:-1] + "e"
    fields = {"kinds": ["snails"], "sender": "clams"}
    said: dict[str, Any] = {"type": "play:letter", "group": group}
    notes.document("en/word", locale="en", fields=fields, **said)
    notes.document("nl/word", locale="nl", **said)

    assert paths(notes.site, "/documents/?_locale=nl&size=9") == ["nl/keys"]
    assert paths(notes.site, "/documents/?_locale=nl&sender=clams") == ["nl/word"]
    assert paths(notes.site, f"{address}?_locale=nl") == []
    assert paths(notes.site, f"{address}?_locale=en") == ["en/keys"]


def test_a_stream_has_the_same_as_the_list(place: Place) -> None:
    """Each line of a stream is what the list embeds."""
    for asked in ("", "&_fallback=none", "&_q=snails", "&size=2", "&_fields=date&_dates=iso"):
        listed = place.documents(f"/documents/?_locale=nl{asked}&_limit=100")
        streamed = lines(place, f"/documents/?_locale=nl{asked}")

        assert sorted(streamed, key=lambda one: one["_meta"]["path"]) == sorted(
            listed, key=lambda one: one["_meta"]["path"]
        )
        assert listed


def test_folders_and_assets_are_everyones(place: Place) -> None:
    """Lists of what has no locale are the same, but for a locale in their links, and what they
    embed leads to addresses that answer."""
    for kind in ("folders", "assets", "taxonomies", "resourcebundles"):
        whole = place.read(f"/{kind}/")
        shown = place.read(f"/{kind}/?_locale=nl")

        assert shown["_embedded"] == whole["_embedded"]
        (embedded,) = shown["_embedded"].values()
        assert embedded
        for one in embedded:
            assert place.get(one["_links"]["self"]["href"]).status_code == 200


def test_a_folder_in_a_locale_is_shown_to_who_reads_it(studio: Studio) -> None:
    """Folders have translations like documents."""
    root = studio.folder(ROOT)
    with studio.writing() as tx:
        for locale in ("en", "nl", "fr"):
            tx.publish(tx.create(Kind.FOLDER, root, locale, locale=locale))
    shown = studio.site.read("/folders/?_locale=nl")["_embedded"]["folders"]

    assert [one["_meta"]["name"] for one in shown] == ["en", "nl"]


# -- what is borrowed ---------------------------------------------------------------


def test_a_document_says_what_it_borrows_and_from_whom(place: Place) -> None:
    """Fields that a translation lacks are another's; _meta.borrowed names its locale."""
    alpha = place.read("/documents/nl/alpha?_locale=nl")
    lender = place.read("/documents/en/alpha")
    borrowed = {"content", "date", "friend", "kinds", "others", "size"}

    assert alpha["_meta"]["borrowed"] == dict.fromkeys(borrowed, "en")
    assert {name: alpha[name] for name in borrowed} == {name: lender[name] for name in borrowed}
    assert alpha["title"] == alpha["_meta"]["displayName"] == "Zet"
    assert alpha["_meta"]["locale"] == "nl"


def test_a_document_is_the_same_alone_and_in_lists(place: Place) -> None:
    """What a list embeds is what the document's own address answers."""
    for one in place.documents("/documents/?_locale=nl"):
        alone = place.read(one["_links"]["self"]["href"])
        del alone["_links"]["curies"]

        assert list(alone) == list(one)
        assert alone == one


def test_references_that_are_borrowed_are_linked(place: Place) -> None:
    """Borrowed mirrors have their links."""
    links = place.read("/documents/nl/alpha?_locale=nl")["_links"]
    card = {"href": f"http://localhost/site/api/documents/{id_of(place, 'card')}"}

    assert links["c:friend"] == card
    assert links["c:others"] == [card]


@pytest.mark.parametrize("nothing", [None, "", []])
def test_what_says_nothing_is_lacking(pages: Studio, nothing: Any) -> None:
    """Absent, null, an empty text and an empty list are borrowed; zero and false are values."""
    own = {"said": nothing, "zero": 0, "no": False, "map": {}}
    other = {"said": "x", "zero": 1, "no": True, "map": {"a": 1}, "more": 2}
    pages.document("nl", type="play:page", locale="nl", group=ALPHA, fields=own)
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields=other)
    shown = pages.site.read("/documents/nl?_locale=nl")

    assert shown["_meta"]["borrowed"] == {"said": "en", "more": "en"}
    assert [shown[name] for name in ("said", "zero", "no", "map")] == ["x", 0, False, {}]
    for asked in ("said=x", "zero=0", "no=false", "more=2"):
        assert paths(pages.site, f"/documents/?_locale=nl&{asked}") == ["nl"]
    for asked in ("said=", "zero=1", "no=true", "map.a=1"):
        assert paths(pages.site, f"/documents/?_locale=nl&{asked}") == []


def test_an_empty_text_is_not_found_where_more_is_shown(pages: Studio) -> None:
    """Nothing is found by the empty text that a borrowed map stands in for."""
    pages.document("nl", type="play:page", locale="nl", group=ALPHA, fields={"said": ""})
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields={"said": {"in": 1}})

    assert paths(pages.site, "/documents/?_locale=nl&said=") == []
    assert paths(pages.site, "/documents/?_locale=nl&said.in=1") == ["nl"]
    assert paths(pages.site, "/documents/?_locale=nl&_fallback=none&said=") == ["nl"]


def test_the_first_that_has_a_field_lends_it(pages: Studio) -> None:
    """Each field comes from the first locale of the chain that has it."""
    said = {"pt_BR": {}, "pt": {"a": "pt"}, "en": {"a": "en", "b": "en"}, "fr": {"c": "fr"}}
    for locale, fields in said.items():
        pages.document(locale, type="play:page", locale=locale, group=ALPHA, fields=fields)
    shown = pages.site.read("/documents/fr?_locale=pt-br")

    assert shown["_meta"]["name"] == "pt_BR"
    assert (shown["a"], shown["b"], "c" in shown) == ("pt", "en", False)
    assert shown["_meta"]["borrowed"] == {"a": "pt", "b": "en"}


def test_names_with_dots_are_lent_as_they_are(pages: Studio) -> None:
    """A field whose name holds dots is one field, to be found by what is shown."""
    other = {"a.b": "dotted", "a": "plain", "c": {"d": "deep"}}
    own = {"a": "own", "sourcePath": "x.md"}
    pages.document("nl", type="play:page", locale="nl", group=ALPHA, fields=own)
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields=other)

    assert pages.site.read("/documents/nl?_locale=nl")["_meta"]["borrowed"] == {
        "a.b": "en", "c": "en",
    }  # fmt: skip
    for asked in ("a=own", "/a.b=dotted", "c.d=deep", "sourcePath=x.md"):
        assert paths(pages.site, f"/documents/?_locale=nl&{asked}") == ["nl"]
    assert paths(pages.site, "/documents/?_locale=nl&a=plain") == []


def test_dates_that_nobody_declared_are_lent_as_dates(pages: Studio) -> None:
    """A borrowed date is shown as a date, and compared as one, however deep it lies."""
    when = datetime.fromtimestamp(ROME / 1000, UTC)
    pages.document("nl", type="play:page", locale="nl", group=ALPHA, fields={"own": when})
    pages.document(
        "en", type="play:page", locale="en", group=ALPHA,
        fields={"own": 5, "event": {"days": [when]}, "when": when},
    )  # fmt: skip
    for html in ("stored", "site"):
        shown = pages.site.read(f"/documents/nl?_locale=nl&_dates=iso&_html={html}")
        iso = "2017-02-14T15:12:00.000Z"

        assert (shown["own"], shown["when"], shown["event"]) == (iso, iso, {"days": [iso]})
    assert pages.site.read("/documents/nl?_locale=nl")["when"] == ROME
    assert paths(pages.site, "/documents/?_locale=nl&when[gte]=2017-02-14") == ["nl"]


def test_compounds_are_lent_whole(pages: Studio) -> None:
    """A borrowed compound has its own fields, its mirrors are linked and filtered by."""
    near = pages.document("near", type="play:card")
    place = {"town": "Rotterdam", "near": near}
    pages.document("nl", type="play:page", locale="nl", group=ALPHA)
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields={"place": place})
    shown = pages.site.read("/documents/nl?_locale=nl")

    assert shown["place"] == pages.site.read("/documents/en")["place"]
    assert [one["href"].rpartition("/")[2] for one in shown["_links"]["c:place"]] == [near]
    assert paths(pages.site, "/page/?_locale=nl&place.town=Rotterdam") == ["nl"]
    assert paths(pages.site, "/page/?_locale=nl&_q=rotterdam") == ["nl"]


def test_a_borrowed_title_is_the_name_of_what_is_shown(pages: Studio) -> None:
    """A document without a title is called, sorted and found by the one that it borrows."""
    pages.document("nl", type="play:page", locale="nl", group=ALPHA, fields={"title": ""})
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields={"title": "Museum"})
    pages.document("old", type="play:page", fields={"title": "Zoo", "content": "<p>museum</p>"})
    (shown,) = pages.site.documents("/documents/?_locale=nl&title=Museum")

    assert shown["title"] == shown["_meta"]["displayName"] == "Museum"
    assert paths(pages.site, "/documents/?_locale=nl&_sort=title") == ["nl", "old"]
    assert paths(pages.site, "/documents/?_locale=nl&_q=museum") == ["nl", "old"]


def test_a_borrowed_text_counts_as_long_as_it_is(pages: Studio) -> None:
    """The score of what is borrowed is that of the same text in its own document."""
    long = "<p>museum " + "word " * 900 + "</p>"
    pages.document("nl", type="play:page", locale="nl", group=ALPHA)
    pages.document("en", type="play:page", locale="en", group=ALPHA, fields={"content": long})
    pages.document("z", type="play:page", fields={"content": "<p>museum " + "word " * 20 + "</p>"})

    assert paths(pages.site, "/documents/?_locale=nl&_q=museum") == ["z", "nl"]


# -- rich text ------------------------------------------------------------------------


@pytest.fixture
def linked(pages: Studio) -> Studio:
    """A page in two locales, in which the same address leads to two places.

    The Dutch one has a text of its own and borrows the other.
    """
    for locale in ("en", "nl"):
        pages.document(f"{locale}/near", type="play:card")
        pages.document(f"{locale}/far", type="play:card")
    pages.asset("pixel.gif", PIXEL, "image/gif")
    link, far = '<p><a href="near">near</a></p>', '<p><a href="far">far</a></p>'
    image = '<img src="/content/gallery/pixel.gif">'
    pages.document(
        "en/page", type="play:page", locale="en", group=ALPHA,
        fields={"content": far, "aside": link + image},
    )  # fmt: skip
    pages.document("nl/page", type="play:page", locale="nl", group=ALPHA, fields={"content": link})
    return pages


def test_links_of_borrowed_texts_lead_where_their_author_meant(linked: Studio) -> None:
    """References are those of the texts that are shown, each as it was resolved."""
    links = linked.site.read("/documents/nl/page?_locale=nl")["_links"]["c:references"]

    assert [(one["name"], one["href"].rpartition("/")[2]) for one in links[:2]] == [
        ("near", id_of(linked.site, "nl/near")), ("near", id_of(linked.site, "en/near")),
    ]  # fmt: skip
    assert [one["type"] for one in links] == ["internal", "internal", "binary"]


def test_the_site_shows_borrowed_texts_with_its_own_addresses(linked: Studio) -> None:
    """_html=site replaces the addresses in each text by those it leads to."""
    for address in ("/documents/en/page?_locale=nl", "/documents/?_locale=nl&_sort=-content"):
        shown = linked.site.read(f"{address}&_html=site")
        shown = shown["_embedded"]["documents"][0] if "_embedded" in shown else shown

        assert 'href="http://localhost/nl/near/"' in shown["content"]["content"]
        assert 'href="http://localhost/en/near/"' in shown["aside"]["content"]
        assert f"/assets/{_pixel(linked)}/bytes/" in shown["aside"]["content"]


def test_what_borrowed_texts_link_to_can_be_embedded(linked: Studio) -> None:
    """What is embedded is what the links lead to."""
    shown = linked.site.read("/documents/nl/page?_locale=nl&_embed=references")
    embedded = [one["_meta"]["path"] for one in shown["_embedded"]["c:references"]]

    assert embedded == ["nl/near", "en/near", "content/gallery/pixel.gif"]


def _pixel(studio: Studio) -> str:
    found = studio.services.repository.reader(Side.DRAFT).at("content/gallery/pixel.gif")
    assert found is not None
    return found.id


# -- what documents point at ----------------------------------------------------------


@pytest.fixture
def crew(studio: Studio) -> Studio:
    """Ships in two languages, whose captains have a page in one or both."""
    image = studio.asset("ann.png", PIXEL, "image/gif")
    english = {
        "title": "Ann", "size": 3, "image": image, "content": '<p><a href="bob">b</a></p>',
    }  # fmt: skip
    ann = studio.document("en/ann", locale="en", group=ALPHA, fields=english)
    nann = studio.document("nl/ann", locale="nl", group=ALPHA, fields={"title": "Anna"})
    bob = studio.document("en/bob", locale="en", fields={"title": "Bob", "friend": nann})
    _publish_anew(studio, "en/ann", {**english, "friend": bob})
    studio.document("en/ship", locale="en", group=BETA, fields={"friend": ann, "others": [bob]})
    fields = {"friend": ann, "others": [nann, bob, ann], "title": "Schip"}
    studio.document("nl/ship", locale="nl", group=BETA, fields=fields)
    return studio


def _inner(shape: dict[str, Any], *relations: str) -> Any:
    for relation in relations:
        shape = shape["_embedded"][relation]
    return shape


@pytest.mark.parametrize("locale", ["nl", "nl-BE", "en", "nl&_fallback=none"])
@pytest.mark.parametrize("form", ["", "&_html=site&_dates=iso", "&_fields=title"])
def test_what_is_embedded_is_what_its_self_answers(crew: Studio, locale: str, form: str) -> None:
    """Each resource in a resource is, whatever the locale, what its own address answers."""
    wanted = "friend(image,references,friend(friend),alternate),others(up),up,alternate(friend)"
    address = f"/documents/en/ship?_locale={locale}&_embed={wanted}{form}"
    found = list(_embedded_in(crew.site.read(address)))

    assert len(found) >= 5
    for one in found:
        alone = crew.site.read(one["_links"]["self"]["href"])
        alone["_links"].pop("curies")
        if one["_meta"]["type"].startswith("play:") or "fileName" in one:
            assert alone == _uncut(one)
        else:
            # A folder alone holds what is in it as well.
            assert alone["_links"]["self"] == one["_links"]["self"]


def _embedded_in(shape: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All resources that *shape* holds, at whatever depth."""
    for some in shape.get("_embedded", {}).values():
        for one in some if isinstance(some, list) else [some]:
            yield one
            yield from _embedded_in(one)


def _uncut(shape: dict[str, Any]) -> dict[str, Any]:
    meta = {name: value for name, value in shape["_meta"].items() if name != "cut"}
    return {**{name: one for name, one in shape.items() if name != "_embedded"}, "_meta": meta}


def test_what_is_embedded_is_in_the_readers_locale(crew: Studio) -> None:
    """A reference to any translation embeds the one that is shown, with what it borrows, once."""
    asked = "_locale=nl&_embed=friend(friend,image),others"
    listed = [
        *crew.site.documents(f"/documents/?{asked}"),
        *lines(crew.site, f"/documents/?{asked}"),
    ]
    ships = [one for one in listed if one["_meta"]["path"] == "nl/ship"]

    assert len(ships) == 2
    for found in (crew.site.read(f"/documents/en/ship?{asked}"), *ships):
        ann = _inner(found, "c:friend")
        assert (ann["_meta"]["path"], ann["title"], ann["size"]) == ("nl/ann", "Anna", 3)
        assert ann["_meta"]["borrowed"]["size"] == "en"
        assert _inner(ann, "c:image")["fileName"] == "ann.png"
        assert _inner(ann, "c:friend")["title"] == "Bob"
        paths = [one["_meta"]["path"] for one in _inner(found, "c:others")]
        assert paths == ["nl/ann", "en/bob"]
        assert found["_links"]["c:friend"]["href"].endswith(id_of(crew.site, "en/ann"))


def test_a_folder_of_the_group_stands_for_no_document(crew: Studio) -> None:
    """Of one group, the reader's folder is not what is shown instead of somebody's document."""
    fields = {"friend": id_of(crew.site, "en/bob")}
    group = crew.site.read("/documents/en/bob")["_meta"]["id"]
    bob = crew.document("en/rob", locale="en", group=group, fields=fields)
    root = crew.folder(ROOT)
    with crew.writing() as tx:
        tx.publish(tx.create(Kind.FOLDER, root, "rob", locale="nl", group=group))
    crew.document("rib", fields={"friend": bob})
    found = crew.site.read("/documents/rib?_locale=nl&_embed=friend")

    assert _inner(found, "c:friend")["_meta"]["id"] == bob
    assert paths(crew.site, f"/documents/?_locale=nl&_ids={bob}") == ["en/rob"]
    assert paths(crew.site, f"/documents/?_locale=nl&friend={bob}") == ["rib"]


def test_a_document_is_not_embedded_in_its_own_translation(crew: Studio) -> None:
    """What leads back to what is shown already is a cycle, by whichever translation."""
    found = crew.site.read("/documents/nl/ann?_locale=nl&_embed=friend(friend)")
    (cut,) = _inner(found, "c:friend")["_meta"]["cut"]

    assert (cut["reason"], cut["href"]) == ("cycle", found["_links"]["canonical"]["href"])


def test_other_translations_are_embedded_as_they_are(crew: Studio) -> None:
    """alternate embeds what is not shown instead of them; what they point at is the reader's."""
    found = crew.site.read("/documents/nl/ship?_locale=nl&_embed=alternate(friend)")
    (english,) = _inner(found, "alternate")

    assert english["_links"]["self"] == english["_links"]["canonical"]
    assert _inner(english, "c:friend")["title"] == "Anna"


def test_what_nobody_translated_is_missing(crew: Studio) -> None:
    """Where no translation suits the reader, there is nothing to embed, to filter or count by."""
    none = "_locale=nl&_fallback=none"
    ship = crew.site.read(f"/documents/nl/ship?{none}&_embed=others")

    assert [one["title"] for one in _inner(ship, "c:others")] == ["Anna"]
    assert "size" not in _inner(ship, "c:others")[0]
    assert ship["_meta"]["cut"] == [{"relation": "c:others", "reason": "missing"}]
    for asked in ("others.title=Bob", f"others={id_of(crew.site, 'en/bob')}", "friend.size=3"):
        assert paths(crew.site, f"/documents/?{none}&{asked}") == []
        assert "nl/ship" in paths(crew.site, f"/documents/?_locale=nl&{asked}")


POINTING: Final[Mapping[str, Mapping[str, list[str]]]] = {
    "friend.title=Anna": {"nl": ["en/bob", "nl/ship"], "en": []},
    "friend.title=Ann": {"nl": [], "en": ["en/bob", "en/ship"]},
    "friend.size=3": {"nl": ["en/bob", "nl/ship"], "en": ["en/bob", "en/ship"]},
    "friend._meta.locale=nl": {"nl": ["en/bob", "nl/ship"], "en": []},
    "others[exists]=false": {"nl": ["en/bob", "nl/ann"], "en": ["en/ann", "en/bob"]},
}


@pytest.mark.parametrize("asked", POINTING)
@pytest.mark.parametrize("locale", ["nl", "en"])
def test_filters_see_what_references_lead_to_as_it_is_shown(
    crew: Studio, asked: str, locale: str
) -> None:
    """Through a reference a filter sees the translation that is shown, and what it borrows."""
    assert paths(crew.site, f"/documents/?_locale={locale}&{asked}") == POINTING[asked][locale]


def test_a_reference_is_asked_for_by_the_id_of_any_translation(crew: Studio) -> None:
    """Whichever translation a document names and the reader names, it is the same."""
    for name in ("en/ann", "nl/ann"):
        id = id_of(crew.site, name)
        assert paths(crew.site, f"/documents/?_locale=nl&friend={id}") == ["en/bob", "nl/ship"]
        assert paths(crew.site, f"/documents/?_locale=nl&friend[ne]={id}") == ["nl/ann"]
    assert paths(crew.site, f"/documents/?friend={id_of(crew.site, 'nl/ann')}") == ["en/bob"]


def test_facets_name_what_references_lead_to_as_it_is_shown(crew: Studio) -> None:
    """The translations of a target are one value, with the title that the reader is shown."""
    (facet,) = crew.site.read("/documents/?_locale=nl&_facets=friend")["_embedded"]["c:facets"]
    anna, bob = facet["_embedded"]["c:values"]

    assert (anna["title"], anna["count"], bob["title"], bob["count"]) == ("Anna", 2, "Bob", 1)
    assert anna["_links"]["c:target"]["href"].endswith(id_of(crew.site, "nl/ann"))
    assert crew.site.total(anna["_links"]["c:refine"]["href"]) == 2


def test_a_facet_has_the_title_that_its_target_borrows(crew: Studio) -> None:
    """A target without a title is called by the one that is shown."""
    _publish_anew(crew, "nl/ann", {"title": ""})
    (facet,) = crew.site.read("/documents/?_locale=nl&_facets=friend")["_embedded"]["c:facets"]

    assert [one["title"] for one in facet["_embedded"]["c:values"]] == ["Ann", "Bob"]


def test_what_is_lent_to_what_is_embedded_is_known_to_caches(crew: Studio) -> None:
    """The tags of an answer name who lends to what is embedded in it."""
    english = id_of(crew.site, "en/ann")
    for address in ("/documents/en/bob?", "/documents/?_ids=" + id_of(crew.site, "en/bob") + "&"):
        before = crew.site.get(f"{address}_locale=nl&_embed=friend")
        assert f"doc-{english}" in tags(before)
        _publish_anew(crew, "en/ann", {"title": "Ann", "size": len(address)})
        after = crew.site.get(
            f"{address}_locale=nl&_embed=friend", If_None_Match=before.headers["ETag"]
        )
        assert (after.status_code, f'"size":{len(address)}' in after.text) == (200, True)


def test_a_locale_costs_each_level_the_same(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many documents of a level are translated, they are read at once."""
    for number in range(12):
        group = f"{number:08}{ALPHA[8:]}"
        one = studio.document(f"en/p{number}", locale="en", group=group, fields={"size": 1})
        studio.document(f"nl/p{number}", locale="nl", group=group)
        studio.document(f"ships/s{number:02}", fields={"friend": one})
    query = "/documents/?_scope=ships&_locale=nl&_embed=friend(alternate)"
    counts = [_questions(studio, monkeypatch, f"{query}&_limit={limit}") for limit in (1, 12)]

    assert counts[0] == counts[1] < 20


def _questions(studio: Studio, monkeypatch: pytest.MonkeyPatch, address: str) -> int:
    """How often the repository is asked for what is at *address*."""
    asked: list[Any] = []
    studio.site.read(address)
    reader = next(iter(studio.services.deliveries.values()))._reader
    fetch = reader._fetch

    def counted(*said: Any) -> Any:
        asked.append(said)
        return fetch(*said)

    with monkeypatch.context() as patched:
        patched.setattr(reader, "_fetch", counted)
        studio.site.read(address)
    assert asked
    return len(asked)


# -- one document -------------------------------------------------------------------


def test_any_address_of_a_group_is_answered_by_the_best(place: Place) -> None:
    """By the id or path of another translation one is given that which suits."""
    for address in ("en/alpha", "nl/alpha", id_of(place, "en/alpha")):
        shown = place.read(f"/documents/{address}?_locale=nl")

        assert shown["_meta"]["path"] == "nl/alpha"


def test_links_tell_the_view_from_the_whole(place: Place) -> None:
    """self repeats the locale and what else was asked; canonical is the document that is shown,
    as it is; alternate are its translations."""
    response = place.get("/documents/en/alpha?_fields=title&_fallback=chain&_locale=nl-BE")
    links = response.get_json()["_links"]
    own = f"http://localhost/site/api/documents/{id_of(place, 'nl/alpha')}"
    other = f"http://localhost/site/api/documents/{id_of(place, 'en/alpha')}"

    assert links["self"]["href"] == f"{own}?_locale=nl-BE&_fallback=chain&_fields=title"
    assert links["canonical"]["href"] == own
    assert links["alternate"] == [{"href": other, "hreflang": "en"}]
    assert response.headers["Content-Language"] == "nl"
    assert place.read(links["self"]["href"]) == response.get_json()
    assert "borrowed" not in place.read(own)["_meta"]


def test_without_a_translation_nothing_is_found(place: Place) -> None:
    """Where none of the locales has a translation, the refusal says so."""
    told = problem(place.get("/documents/nl/only?_locale=fr"), 404)
    none = problem(place.get("/documents/en/beta?_locale=nl&_fallback=none"), 404)

    assert "translation into fr" in told["detail"]
    assert "translation into nl" in none["detail"]


def test_what_has_no_locale_is_answered_as_it_is(place: Place) -> None:
    """A document without a locale suits everyone."""
    shown = place.read("/documents/plain?_locale=nl&_fallback=none")

    assert shown["_meta"]["path"] == "plain"
    assert "locale" not in shown["_meta"]


def test_a_projection_is_of_what_is_shown(place: Place) -> None:
    """_fields chooses among fields, borrowed or not; _meta stays whole."""
    address = "/documents/nl/alpha?_locale=nl&_fields=size,title"
    shown = place.read(address)

    assert {name for name in shown if name[0] != "_"} == {"size", "title"}
    assert shown["size"] == 2
    assert shown["_meta"]["borrowed"]["content"] == "en"


# -- matching -----------------------------------------------------------------------


@pytest.mark.parametrize("written", ["pt_BR", "pt-br", "PT-br", "pt_br"])
def test_a_locale_is_the_same_however_it_is_written(studio: Studio, written: str) -> None:
    """Locales are compared by what they are, and delivered as their authors wrote them."""
    studio.document("one", locale="pt_BR")
    shown = studio.site.read(f"/documents/one?_locale={written}&_fallback=none")

    assert shown["_meta"]["locale"] == "pt_BR"


def test_parents_are_asked_only_upwards(studio: Studio) -> None:
    """A reader of zh-TW understands zh, but nothing that is below it."""
    group = iter((ALPHA, BETA))
    studio.document("hans", locale="zh-Hans", group=next(group))
    studio.document("zh", locale="zh", group=next(group))

    assert paths(studio.site, "/documents/?_locale=zh-TW") == ["zh"]
    assert paths(studio.site, "/documents/?_locale=zh") == ["zh"]
    assert paths(studio.site, "/documents/?_locale=zh-Hans-CN") == ["hans", "zh"]


def test_of_several_in_one_locale_the_first_path_is_shown(studio: Studio) -> None:
    """Where a group has a locale twice, the path decides, and the other one lends first."""
    for name, size in (("b", 1), ("a", None), ("c", 2)):
        fields = {} if size is None else {"size": size}
        studio.document(name, locale="nl", group=ALPHA, fields=fields)

    assert paths(studio.site, "/documents/?_locale=nl&size=1") == ["a"]
    assert studio.site.read("/documents/c?_locale=nl")["size"] == 1
    assert lines(studio.site, "/documents/?_locale=nl")[0]["size"] == 1
    assert "size" not in studio.site.read("/documents/c?_locale=nl&_fallback=none")


def test_only_what_a_type_may_hold_is_lent(studio: Studio) -> None:
    """A field of another type may be something else: only a type that one extends lends."""
    sender = {"sender": "Ann", "size": 3}
    studio.document("letter", type="play:letter", locale="en", group=ALPHA, fields=sender)
    studio.document("note", type="play:note", locale="nl", group=ALPHA)
    studio.document("letter2", type="play:letter", locale="nl", group=BETA)
    studio.document("note2", type="play:note", locale="en", group=BETA, fields={"size": 4})

    listed = {one["_meta"]["name"]: one for one in studio.site.documents("/documents/?_locale=nl")}
    streamed = {one["_meta"]["name"]: one for one in lines(studio.site, "/documents/?_locale=nl")}
    for shown in (studio.site.read("/documents/note?_locale=nl"), listed["note"], streamed["note"]):
        assert "size" not in shown
        assert "sender" not in shown
    assert studio.site.read("/documents/letter2?_locale=nl")["size"] == 4
    assert paths(studio.site, "/documents/?_locale=nl&size[exists]=true") == ["letter2"]


# -- mistakes -----------------------------------------------------------------------


def test_what_is_no_locale_is_refused(notes: Studio) -> None:
    """The refusal names the nearest locale in use, and an example."""
    notes.document("fy", locale="fy_NL")
    for address in ("/documents/?_locale=fy_Nl!", "/documents/plain?_locale=fy_Nl!"):
        told = mistake(notes.site.get(address), "_locale")

        assert told["nearest"] == ["fy-NL"]
        assert told["example"] == "_locale=fy-NL"
    assert mistake(notes.site.get("/documents/?_locale=nosuch!"), "_locale")["nearest"] == [
        "en", "nl", "fr", "fy-NL",
    ]  # fmt: skip


def test_drafts_give_no_locale_away(studio: Studio) -> None:
    """A refusal names only locales of what its side shows."""
    studio.document("secret", locale="tlh", published=False)

    assert "nearest" not in mistake(studio.site.get("/documents/?_locale=!"), "_locale")
    assert mistake(studio.preview.get("/documents/?_locale=!"), "_locale")["nearest"] == ["tlh"]


def test_a_locale_that_authors_made_up_can_be_asked_for(studio: Studio) -> None:
    """What is in use is a locale, whatever the standard says."""
    studio.document("one", locale="default")

    assert paths(studio.site, "/documents/?_locale=default") == ["one"]
    assert mistake(studio.site.get("/documents/?_locale=defaulted"), "_locale")


def test_fallback_says_nothing_without_a_locale(place: Place) -> None:
    """_fallback has a meaning beside _locale only."""
    for address in ("/documents/?_fallback=none", "/documents/plain?_fallback=chain"):
        assert "_locale" in mistake(place.get(address), "_fallback")["reason"]


def test_lenient_readers_are_shown_everything_instead(place: Place) -> None:
    """Passed over, a wrong locale is gone from links as well."""
    for asked in ("_locale=nosuch!&_fallback=none", "_fallback=none", "_locale=nosuch!"):
        shown = place.read(f"/documents/?{asked}", Prefer="handling=lenient")

        assert shown["_meta"]["totalSize"] == 7
        assert shown["_links"]["self"]["href"] == "http://localhost/site/api/documents/"


# -- mounts -------------------------------------------------------------------------


def test_a_mount_may_have_a_locale_of_its_own(tmp_path: Path) -> None:
    """A default _locale of a mount is asked for wherever the request says none."""
    defaults = 'name = "site"\ndefault_parameters = { _locale = "nl", _fallback = "none" }\n'
    with opened(tmp_path, MOUNTS.replace('name = "site"\n', defaults)) as studio:
        studio.document("en", locale="en", group=ALPHA, fields={"size": 1})
        studio.document("nl", locale="nl", group=ALPHA)
        studio.folder(f"{ROOT}/folder")

        assert paths(studio.site, "/documents/") == ["nl"]
        assert studio.site.read("/documents/en")["_meta"]["path"] == "nl"
        assert paths(studio.site, "/documents/?_locale=en") == ["en"]
        assert studio.site.read("/documents/nl?_fallback=chain")["size"] == 1
        assert studio.site.get("/folders/").status_code == 200
        assert studio.site.get("/folders/folder").status_code == 200
        assert studio.site.get("/tree").status_code == 200


def test_a_mount_s_fallback_says_nothing_without_a_locale(tmp_path: Path) -> None:
    """Nobody asked for it, and nobody is told off."""
    defaults = 'name = "site"\ndefault_parameters = { _fallback = "none" }\n'
    with opened(tmp_path, MOUNTS.replace('name = "site"\n', defaults)) as studio:
        studio.document("nl", locale="nl")

        assert paths(studio.site, "/documents/") == ["nl"]
        assert studio.site.read("/documents/nl?_locale=nl")["_meta"]["path"] == "nl"
        assert problem(studio.site.get("/documents/nl?_locale=nl-BE"), 404)


def test_the_mount_s_default_locale_comes_last(tmp_path: Path) -> None:
    """The chain ends with the mount's default locale and its parents."""
    mounts = MOUNTS.replace('name = "site"\n', 'name = "site"\ndefault_locale = "pt_BR"\n')
    with opened(tmp_path, mounts) as studio:
        for locale in ("en", "pt", "nl"):
            size = {"pt": 1, "en": 2}.get(locale)
            fields = {} if size is None else {"size": size}
            studio.document(locale, locale=locale, group=ALPHA, fields=fields)

        assert studio.site.read("/documents/nl?_locale=nl")["size"] == 1
        assert studio.preview.read("/documents/nl?_locale=nl")["size"] == 2


def test_drafts_are_neither_shown_nor_lend(notes: Studio) -> None:
    """On the published side, only what is published translates."""
    notes.document("nl/beta", locale="nl", group=BETA, published=False)
    notes.document(
        "be/alpha", locale="nl-BE", group=ALPHA, published=False, fields={"title": "Be", "size": 9}
    )

    assert notes.site.read("/documents/en/alpha?_locale=nl-BE")["size"] == 2
    assert notes.preview.read("/documents/en/alpha?_locale=nl-BE")["size"] == 9
    assert "nl/beta" not in paths(notes.site, "/documents/?_locale=nl")
    assert "en/beta" not in paths(notes.preview, "/documents/?_locale=nl&_limit=100")


def test_what_lies_outside_the_mount_is_neither_shown_nor_lends(studio: Studio) -> None:
    """A translation elsewhere is nobody's business here."""
    elsewhere = "/content/documents/elsewhere"
    studio.document(f"{elsewhere}/nl", locale="nl", group=ALPHA, fields={"size": 1})
    studio.document(f"{elsewhere}/en", locale="en", group=ALPHA, fields={"size": 2})
    studio.document("be", locale="nl-BE", group=ALPHA)
    for asked in ("nl-BE", "nl-BE-x-antwerp"):
        for shown in (
            studio.site.read(f"/documents/be?_locale={asked}"),
            *studio.site.documents(f"/documents/?_locale={asked}"),
            *lines(studio.site, f"/documents/?_locale={asked}"),
        ):
            assert "size" not in shown
    assert paths(studio.site, "/documents/?_locale=nl") == []
    assert problem(studio.site.get("/documents/be?_locale=nl"), 404)


# -- caching ------------------------------------------------------------------------

CACHED: Final = (
    "/documents/nl/alpha?_locale=nl",
    "/documents/?_locale=nl",
    "/note/?_locale=nl",
    "/documents/?_locale=nl&_fields=size",
)


def _publish_anew(studio: Studio, path: str, fields: Mapping[str, Any]) -> str:
    id = id_of(studio.preview, path)
    with studio.writing() as tx:
        tx.revise(id, dict(fields))
        tx.publish(id)
    return id


@pytest.mark.parametrize("address", CACHED)
def test_what_is_lent_changes_the_tag(notes: Studio, address: str) -> None:
    """After a lender changed, what borrows from it is no longer current, and carries its tag."""
    before = notes.site.get(address)
    tag = before.headers["ETag"]
    same = notes.site.get(address, If_None_Match=tag)
    id = _publish_anew(notes, "en/alpha", {"title": "Alpha", "size": 77})
    after = notes.site.get(address, If_None_Match=tag)

    assert same.status_code == 304
    assert f"doc-{id}" in tags(before)
    assert after.status_code == 200
    assert after.headers["ETag"] != tag
    assert b"77" in after.data


@pytest.mark.parametrize("address", CACHED[1:])
def test_a_list_s_tag_tells_locales_apart(place: Place, address: str) -> None:
    """Two locales, with and without fallback, are three lists."""
    asked = (address, address.replace("=nl", "=fr"), f"{address}&_fallback=none")

    assert len({place.get(one).headers["ETag"] for one in asked}) == 3


def test_a_borrowing_document_is_as_new_as_its_lenders(notes: Studio) -> None:
    """Last-Modified is no older than what was lent; alone it proves nothing."""
    address = "/documents/nl/alpha?_locale=nl"
    _publish_anew(notes, "en/alpha", {"title": "Alpha", "size": 77})
    lender = notes.site.get("/documents/en/alpha").headers["Last-Modified"]
    shown = notes.site.get(address)
    since = notes.site.get(address, If_Modified_Since=shown.headers["Last-Modified"])

    assert shown.headers["Last-Modified"] == lender
    assert since.status_code == 200


def test_answers_in_a_locale_are_kept_like_others(place: Place) -> None:
    """A locale is part of the address: caches need no other key."""
    for address in ("/documents/nl/alpha", "/documents/"):
        plain, shown = place.get(address), place.get(f"{address}?_locale=nl")

        for name in ("Vary", "Cache-Control"):
            assert shown.headers[name] == plain.headers[name]
        asked = place.get(f"{address}?_locale=nl", Accept_Language="en")
        assert asked.data == shown.data


def test_large_groups_cost_no_more_questions(studio: Studio) -> None:
    """However many translations there are, they are read at once."""
    root = studio.folder(ROOT)
    with studio.writing() as tx:
        for number in range(300):
            locale = "nl" if number % 100 == 0 else f"de-x-n{number}"
            id = tx.create(
                Kind.DOCUMENT, root, f"{number:03}", type="play:note", locale=locale, group=ALPHA,
                fields={"size": number} if number == 200 else {},
            )  # fmt: skip
            tx.publish(id)
    for shown in (
        studio.site.read("/documents/299?_locale=nl"),
        *studio.site.documents("/documents/?_locale=nl"),
        *lines(studio.site, "/documents/?_locale=nl"),
    ):
        assert shown["_meta"]["name"] == "000"
        assert shown["size"] == 200

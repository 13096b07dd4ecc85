"""Filters: only what has certain values, by the names of fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from content_repo import DocumentType, Field, FieldKind
from hal_delivery.mounts import DEFAULT_MOUNTS
from hal_delivery.web.asking import parse
from hal_delivery.web.vocabulary import LISTING, OFFSET, UNOFFERED
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio, opened
from tests.surfaces.problems import mistake, problem

DAY: Final = 24 * 3600 * 1000

TYPES: Final = (
    DocumentType(
        name="play:box",
        compound=True,
        fields=(
            Field(name="label", kind=FieldKind.STRING),
            Field(name="weight", kind=FieldKind.NUMBER),
            Field(name="owner", kind=FieldKind.MIRROR),
        ),
    ),
    DocumentType(
        name="play:item",
        base="play:base",
        fields=(
            Field(name="place", kind=FieldKind.STRING),
            Field(name="words", kind=FieldKind.STRING, multiple=True),
            Field(name="intro", kind=FieldKind.TEXT),
            Field(name="body", kind=FieldKind.RICH_TEXT),
            Field(name="sold", kind=FieldKind.BOOLEAN),
            Field(name="count", kind=FieldKind.INTEGER),
            Field(name="price", kind=FieldKind.NUMBER),
            Field(name="when", kind=FieldKind.DATE),
            Field(name="maker", kind=FieldKind.MIRROR),
            Field(name="makers", kind=FieldKind.MIRROR, multiple=True),
            Field(name="photo", kind=FieldKind.IMAGE_LINK),
            Field(name="kinds", kind=FieldKind.TAXONOMY_KEYS, taxonomy="shells"),
            Field(name="boxes", kind=FieldKind.COMPOUND, type="play:box", multiple=True),
            Field(name="rest", kind=FieldKind.JSON),
        ),
    ),
)


def millis(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Four items: one with everything, one with other things, one empty, one with lists."""
    with opened(tmp_path_factory.mktemp("shelf")) as studio:
        yield filled(studio)


@pytest.fixture
def own_shelf(studio: Studio) -> Studio:
    """The same, to be written to."""
    return filled(studio)


def filled(studio: Studio) -> Studio:
    with studio.writing() as tx:
        tx.define(TYPES)
    studio.taxonomy()
    ann = studio.document("people/ann", fields={"title": "Ann", "size": 3})
    bob = studio.document("people/bob", fields={"title": "Bob", "friend": ann})
    photo = studio.asset("one.png", b"1234", "image/png")
    all_of_it: dict[str, Any] = {
        "place": "Rotterdam", "words": ["Old", "rare"], "intro": "A text.", "body": "<p>B</p>",
        "sold": True, "count": 12, "price": 1.5, "when": millis(2017, 5, 9), "maker": ann,
        "makers": [ann, bob], "photo": photo, "kinds": ["red-whelks"],
        "boxes": [{"label": "big", "weight": 2, "owner": bob}, {"label": "small"}],
        "rest": {"a": {"b": [1, "x"]}},
    }  # fmt: skip
    others: dict[str, Any] = {
        "place": "rotterdam", "words": ["new"], "sold": False, "count": 2, "price": 12,
        "when": millis(2018, 1, 1), "makers": [bob], "kinds": ["clams"],
    }  # fmt: skip
    studio.document("items/a", type="play:item", fields=all_of_it)
    studio.document("items/b", type="play:item", fields=others)
    studio.document("items/c", type="play:item")
    studio.document(
        "items/d", type="play:item", fields={"place": "Delft", "words": ["old", "new"], "count": -1}
    )
    return studio


def names(studio: Studio, *filters: str) -> str:
    """The names of the items that pass *filters*, put together."""
    return "".join(studio.site.names(f"/item/?{'&'.join(filters)}"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("place=Rotterdam", "a"),
        ("place[eq]=Rotterdam", "a"),
        ("place%5Beq%5D=Rotterdam", "a"),
        ("place=", ""),
        ("place[ne]=Rotterdam", "bcd"),
        ("place[in]=Rotterdam,Delft", "ad"),
        ("place[in]= Delft , ", "d"),
        ("place[nin]=Rotterdam,Delft", "bc"),
        ("place[prefix]=Rot", "a"),
        ("place[contains]=otter", "ab"),
        ("place[gt]=delft", "ab"),
        ("place[lte]=DELFT", "d"),
        ("place[exists]=true", "abd"),
        ("place[exists]=false", "c"),
        ("words=new", "bd"),
        ("words[ne]=new", "ac"),
        ("words[nin]=new,rare", "c"),
        ("words[contains]=ld", "ad"),
        ("sold=true", "a"),
        ("sold[ne]=true", "bcd"),
        ("sold=false", "b"),
        ("count=12", "a"),
        ("count=12.0", "a"),
        ("count[lt]=2", "d"),
        ("count[gte]=-1", "abd"),
        ("count[in]=2,-1,99", "bd"),
        ("price=1.5", "a"),
        ("price[gt]=15e-1", "b"),
        ("when=2017-05-09", "a"),
        ("when[ne]=2017-05-09", "bcd"),
        ("when[gte]=2017", "ab"),
        ("when[lt]=2018", "a"),
        ("when[lte]=2018", "ab"),
        ("when[gt]=2017-05", "ab"),
        ("when[gt]=2017-05-09", "b"),
        ("when=2017-05-09T02:00:00%2B02:00", "a"),
        ("when=2017-05-09T02:00:00+02:00", "a"),
        ("when=2017-05-09 00:00", "a"),
        (f"when={millis(2017, 5, 9)}", "a"),
        ("when[in]=2017-05-09,2018", "ab"),
        ("intro[exists]=true", "a"),
        ("body[exists]=false", "bcd"),
        ("body.content[exists]=true", "a"),
        ("boxes.label=small", "a"),
        ("boxes.weight[gt]=1", "a"),
        ("boxes.weight[gt]=2", ""),
        ("boxes[exists]=true", "a"),
        ("rest.a.b=1", "a"),
        ("rest.a.b=x", "a"),
        ("rest[exists]=true", "a"),
        ("play:place=Delft", "d"),
        ("/place=Delft", "d"),
        ("/boxes/label[eq]=big", "a"),
        ("title=c", "c"),
    ],
)
def test_a_filter_keeps_what_fits(shelf: Studio, written: str, expected: str) -> None:
    """Each way to compare, for each kind of field: some value has to fit, and what has none is
    different from anything."""
    assert names(shelf, written.replace(" ", "%20")) == expected


def test_all_filters_hold(shelf: Studio) -> None:
    """Filters are joined by and, also those of one name."""
    assert names(shelf, "words=old", "words=new") == "d"
    assert names(shelf, "count[gt]=-1", "count[lt]=12", "sold=false") == "b"
    assert names(shelf, "place[ne]=Delft", "place[ne]=Rotterdam") == "bc"


def test_filters_count_with_all_else_that_is_asked(shelf: Studio) -> None:
    """Filters narrow searches, scopes, sorted lists and their totals."""
    assert names(shelf, "count[exists]=true", "_sort=-count") == "abd"
    assert names(shelf, "_q=a", "count=12") == "a"
    assert names(shelf, "_scope=people", "title[exists]=true") == ""
    assert shelf.site.total("/item/?count[gt]=-5&_limit=1") == 3


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("kinds=red-whelks", "a"),
        ("kinds=snails", "a"),
        ("kinds=clams", "b"),
        ("kinds[ne]=snails", "bcd"),
        ("kinds[in]=snails,clams", "ab"),
        ("kinds[nin]=whelks,nosuch", "bcd"),
        ("kinds=nosuch", ""),
        ("kinds[prefix]=red", "a"),
        ("kinds[exists]=true", "ab"),
    ],
)
def test_a_category_stands_for_those_below_it(shelf: Studio, written: str, expected: str) -> None:
    """Who asks for a category gets what carries it, or any category below it."""
    assert names(shelf, written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("maker.title=Ann", "a"),
        ("makers.title=Bob", "ab"),
        ("makers.title[ne]=Ann", "bcd"),
        ("makers.size[gte]=3", "a"),
        ("makers.size[exists]=false", "bcd"),
        ("makers._meta.name[prefix]=b", "ab"),
        ("maker[exists]=true", "a"),
        ("makers[exists]=false", "cd"),
        ("boxes.owner.title=Bob", "a"),
        ("boxes.owner[exists]=true", "a"),
        ("photo.mediaType=image/png", "a"),
        ("photo.size[gt]=3", "a"),
        ("photo._meta.path[contains]=one", "a"),
    ],
)
def test_filters_reach_through_one_reference(shelf: Studio, written: str, expected: str) -> None:
    """A name goes on behind a reference with the fields of what that leads to."""
    assert names(shelf, written) == expected


def test_a_reference_is_asked_for_by_id(shelf: Studio) -> None:
    """What points at a node is found by the node's id, however that is written."""
    bob = shelf.site.read("/documents/people/bob")["_meta"]["id"]
    ann = shelf.site.read("/documents/people/ann")["_meta"]["id"]

    assert names(shelf, f"makers={bob}") == "ab"
    assert names(shelf, f"makers={bob.upper()}") == "ab"
    assert names(shelf, f"makers={bob}", f"makers[ne]={ann}") == "b"
    assert names(shelf, f"maker[in]={bob},{ann}") == "a"
    assert names(shelf, f"makers[nin]={bob},{ann}") == "cd"


def test_what_the_reader_does_not_see_is_not_there(own_shelf: Studio) -> None:
    """A draft that a published document points at is absent for readers of what is published."""
    shelf = own_shelf
    draft = shelf.document("people/eve", published=False, fields={"title": "Eve"})
    elsewhere = shelf.document("/content/documents/other/dan", fields={"title": "Dan"})
    shelf.document("items/e", type="play:item", fields={"maker": draft, "makers": [elsewhere]})

    for written in (f"maker={draft}", "maker.title=Eve", "makers.title=Dan", f"makers={elsewhere}"):
        assert names(shelf, written) == ""
    assert "e" in names(shelf, "maker[exists]=false", "makers[exists]=false")
    assert shelf.preview.names("/item/?maker.title=Eve") == ["e"]
    assert shelf.preview.names("/item/?makers.title=Dan") == []


META: Final[tuple[tuple[str, list[str]], ...]] = (
    ("_meta.name=a", ["a"]),
    ("_meta.displayName[in]=a,b", ["a", "b"]),
    ("_meta.type=item&_meta.name[gt]=b", ["c", "d"]),
    ("_meta.type=play:note", ["ann", "bob"]),
    ("_meta.type[ne]=item", ["ann", "bob"]),
    ("_meta.type[prefix]=play:i&_meta.name=c", ["c"]),
    ("_meta.path=items/a", ["a"]),
    ("_meta.path[prefix]=people/", ["ann", "bob"]),
    ("_meta.path[contains]=documents", []),
    ("_meta.locale[exists]=true", []),
    ("_meta.publishedAt[exists]=false", []),
    ("_meta.createdAt[gte]=2017&_meta.name=a", ["a"]),
    ("_meta.modifiedAt[lt]=2017", []),
)


@pytest.mark.parametrize(("written", "expected"), META)
def test_what_a_node_has_of_its_own_is_filtered_too(
    shelf: Studio, written: str, expected: list[str]
) -> None:
    """The members of _meta have the names and the values that answers show."""
    assert shelf.site.names(f"/documents/?{written}") == expected


def test_locales_are_compared_by_their_tags(studio: Studio) -> None:
    """A locale is found however it and the question are written."""
    studio.document("x", locale="pt_BR")
    studio.document("y", locale="nl")

    for written in ("_meta.locale=pt-BR", "_meta.locale=pt_br", "_meta.locale[prefix]=pt"):
        assert studio.site.names(f"/documents/?{written}") == ["x"]


def test_one_node_by_its_id(shelf: Studio) -> None:
    """An id is one whatever the case of its letters."""
    id = shelf.site.read("/documents/items/b")["_meta"]["id"]

    assert shelf.site.names(f"/documents/?_meta.id={id.upper()}") == ["b"]
    mistake(shelf.site.get("/documents/?_meta.id=b"), "_meta.id")
    mistake(shelf.site.get(f"/documents/?_meta.id[gt]={id}"), "_meta.id[gt]")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"any": "10"}, ("any=10", "any[prefix]=1", "any[gte]=1")),
        ({"any": 10}, ("any=10", "any[gt]=9.5", "any[lt]=11", "any[in]=x,10")),
        ({"any": True}, ("any=true", "any[ne]=false")),
        ({"any": datetime(2017, 5, 9, tzinfo=UTC)}, ("any=2017-05-09", "any[gt]=2017")),
        ({"any": ["x", {"any": 1}]}, ("any=x", "any.any=1")),
        ({"any": {"deep.er": "x"}}, ("/any/deep.er=x", "any[exists]=true")),
        ({"a.ny": "x"}, ("/a.ny=x", "/a.ny[ne]=y")),
        ({"a[b]": "x"}, ("/a[b]=x", "/a[b][prefix]=x", "/a[b][eq]=x")),
        ({"a,b": "x"}, ("a,b=x", "/a,b=x")),
    ],
)
def test_an_undeclared_value_fits_as_whatever_it_is(
    studio: Studio, value: dict[str, Any], found: tuple[str, ...]
) -> None:
    """Nobody says what is in such a field: a text stands for all that it can be read as."""
    studio.document("one", type="play:loose", fields=value)
    studio.document("other", type="play:loose", fields={"another": "y"})

    for written in found:
        expected = ["one", "other"] if "[ne]" in written else ["one"]
        assert studio.site.names(f"/documents/?{written}") == expected


def test_a_pointer_sorts_by_a_name_with_dots(studio: Studio) -> None:
    """What a filter finds by its pointer, a list is sorted by."""
    for name, value in (("a", 2), ("b", 3), ("c", 1)):
        studio.document(name, type="play:loose", fields={"x.y": {"z": value}})

    assert studio.site.names("/documents/?_sort=-/x.y/z") == ["b", "a", "c"]


def test_undeclared_values_beside_declared_ones(own_shelf: Studio) -> None:
    """Where others declare a name, values that nobody declares are found as what they are; in the
    list of a type that declares it, only by its kind."""
    shelf = own_shelf
    shelf.document("one", type="play:loose", fields={"maker": "Jane", "intro": "Hello"})
    shelf.document("two", type="play:loose", fields={"maker": {"title": "x"}, "when": "2017-05-09"})

    assert shelf.site.names("/documents/?maker=Jane") == ["one"]
    assert shelf.site.names("/documents/?intro=Hello") == ["one"]
    assert shelf.site.names("/documents/?when=2017-05-09") == ["a", "two"]
    mistake(shelf.site.get("/item/?maker=Jane"), "maker")
    mistake(shelf.site.get("/item/?intro=Hello"), "intro")
    mistake(shelf.site.get("/documents/?when=soon"), "when")


def test_other_lists_have_filters_too(shelf: Studio) -> None:
    """Assets and folders are filtered by what they have."""

    def found(address: str, relation: str) -> list[str]:
        return [one["_meta"]["name"] for one in shelf.site.read(address)["_embedded"][relation]]

    assert found("/assets/?size[gte]=4&mediaType[prefix]=image/", "assets") == ["one.png"]
    assert found("/assets/?size[gt]=4", "assets") == []
    assert found("/folders/?_meta.name[in]=items,nosuch", "folders") == ["items"]
    assert shelf.site.names("/taxonomies/shells/categories/snails/documents?count=12") == ["a"]
    assert shelf.site.names("/taxonomies/shells/categories/snails/documents?count=2") == []
    mistake(shelf.site.get("/assets/?size=big"), "size")


# -- mistakes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("count=many", "a number"),
        ("count[in]=1,two", "a number"),
        ("count=1e999", "a number"),
        ("count=1_000", "a number"),
        ("count=", "a number"),
        ("price[gt]=cheap", "a number"),
        ("sold=yes", "true or false"),
        ("sold=True", "true or false"),
        ("when=soon", "a date"),
        ("when=2017-13", "a date"),
        ("when=2017-05-09T25:00", "a date"),
        ("when[gte]=99999999999999999", "a date"),
        ("place[exists]=maybe", "true or false"),
        ("place[in]=,", "joined by commas"),
        ("place[in]=" + ",".join(map(str, range(65))), "64"),
        ("maker=Ann", "the id of a node"),
        ("maker[gt]=Ann", "cannot be compared"),
        ("makers.size=large", "a number"),
        ("boxes.weight=heavy", "a number"),
        ("boxes=big", "cannot be compared"),
        ("when[prefix]=2017", "cannot be compared"),
        ("count[contains]=1", "cannot be compared"),
        ("intro=A text.", "_q"),
        ("body[contains]=B", "_q"),
        ("_meta.createdAt=soon", "a date"),
        ("_meta.type=itm", "document type"),
    ],
)
def test_a_value_of_another_type_is_a_mistake(shelf: Studio, written: str, expected: str) -> None:
    """What cannot be a value of the field is refused, in words that say what can."""
    name, _, value = written.partition("=")
    told = mistake(shelf.site.get(f"/item/?{name}={quote(value)}"), name)

    assert expected in told["reason"]
    assert told["value"] == value[:80]


@pytest.mark.parametrize(
    "written",
    ["count=many", "sold=yes", "when=soon", "place[exists]=maybe", "maker[gt]=Ann", "boxes=big",
     "when[prefix]=2017", "when[get]=2017", "limit=x", "_meta.type=itm", "intro=x", "maker=Ann",
     "place[in]=,", "plaec=x", "plaec[gt]=x", "_meta.nam=x"],
)  # fmt: skip
def test_the_example_of_a_mistake_is_right(shelf: Studio, written: str) -> None:
    """Whoever does as the example says is answered."""
    name = written.partition("=")[0]
    told = mistake(shelf.site.get(f"/item/?{written}"), name)

    shelf.site.read(f"/item/?{told['example']}")


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("plaec=x", "place"),
        ("counts[gt]=1", "count"),
        ("limit=5", "_limit"),
        ("sort=title", "_sort"),
        ("_meta.nam=x", "_meta.name"),
        ("boxes.lable=x", "boxes"),
        ("count[get]=1", "gte"),
        ("count[GTE]=1", "gte"),
        ("count[]=1", "eq"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(shelf: Studio, written: str, near: str) -> None:
    """A slip in a name or in how to compare never returns everything."""
    told = mistake(shelf.site.get(f"/item/?{written}"), written.partition("=")[0])

    assert near in told["nearest"]


@pytest.mark.parametrize(
    "name",
    ["nosuch", "boxes.nosuch", "place.nosuch", "maker.nosuch", "makers._meta.nosuch", "_meta",
     "place._meta.name", "photo.nosuch", "x_meta.name", "__class__", "[eq]", "count[eq", "title."],
)  # fmt: skip
def test_a_name_that_nothing_has_is_a_mistake(shelf: Studio, name: str) -> None:
    """Whatever is known by no name is refused by it."""
    mistake(shelf.site.get(f"/item/?{name}=1"), name)


def test_one_reference_is_the_most(shelf: Studio) -> None:
    """A name that leads through two references is told so."""
    assert "two" in mistake(shelf.site.get("/item/?maker.friend.title=x"),
                            "maker.friend.title")["reason"]  # fmt: skip


def test_all_mistakes_are_told_at_once(shelf: Studio) -> None:
    """Filters that are wrong are told together with names that are."""
    told = problem(shelf.site.get("/item/?nosuch=1&count=x&_sort=nosuch"), 400)

    assert {one["parameter"] for one in told["errors"]} == {"nosuch", "count", "_sort"}


def test_only_lists_are_filtered(shelf: Studio) -> None:
    """At a document, a tree or the entry point a field's name is no parameter."""
    for address in ("/documents/items/a", "/tree", "/", "/folders/items", "/sitemap.xml"):
        assert "no parameter" in mistake(shelf.site.get(f"{address}?count=12"), "count")["reason"]


def test_lenient_readers_lose_the_filter_that_is_unknown(shelf: Studio) -> None:
    """Passed over, a filter is gone from the links as well, and told; the others count."""
    unknown = "nosuch=1&nosuch[gt]=1&_meta.nosuch=1"
    page = shelf.site.read(f"/item/?{unknown}&place=Delft", Prefer="handling=lenient")

    assert [one["_meta"]["name"] for one in page["_embedded"]["documents"]] == ["d"]
    assert page["_links"]["self"]["href"].endswith("/item/?place=Delft")
    told = {one["parameter"] for one in page["_meta"]["ignored"]}
    assert told == {"nosuch", "nosuch[gt]", "_meta.nosuch"}


@pytest.mark.parametrize("wrong", ["count=x", "count[prefix]=1", "count[after]=1", "_meta.id=1"])
def test_a_known_filter_is_never_passed_over(shelf: Studio, wrong: str) -> None:
    """Without it the answer would be to another question, so it is refused to anyone."""
    answer = shelf.site.get(f"/item/?nosuch=1&{wrong}", Prefer="handling=lenient")

    assert [one["parameter"] for one in problem(answer, 400)["errors"]] == [wrong.partition("=")[0]]


def test_there_are_only_so_many_filters(shelf: Studio) -> None:
    """Each looks at every node: the first one too many is refused to anyone."""
    filters = "&".join(f"count[ne]={number}" for number in range(32))

    assert names(shelf, filters) == "cd"
    for prefer in ("", "handling=lenient"):
        answer = shelf.site.get(f"/item/?{filters}&place=Delft", Prefer=prefer)
        assert "32" in mistake(answer, "place")["reason"]


@pytest.mark.parametrize("value", ["%00", "%FF", "a%ED%A0%80"])
def test_what_is_no_text_is_refused_by_name(shelf: Studio, value: str) -> None:
    """NUL and stray bytes are mistakes in filters too."""
    assert "UTF-8" in mistake(shelf.site.get(f"/item/?place={value}"), "place")["reason"]


# -- links ------------------------------------------------------------------------


def test_every_link_of_a_page_repeats_the_filters(shelf: Studio) -> None:
    """Filters come behind the parameters: by name, and then as they were given."""
    page = shelf.site.read(
        "/item/?words[ne]=z&count[lt]=99&_limit=1&count[gt]=-9&words[ne]=a&_sort=title"
    )
    filters = [("count[gt]", "-9"), ("count[lt]", "99"), ("words[ne]", "z"), ("words[ne]", "a")]

    for relation in ("self", "first", "next", "last"):
        asked = parse_qsl(urlsplit(page["_links"][relation]["href"]).query)
        assert asked[-4:] == filters
        assert ("_sort", "title") in asked
    walked = [one["_embedded"]["documents"][0]["_meta"]["name"]
              for one in shelf.site.pages("/item/?count[lt]=99&_limit=1")]  # fmt: skip
    assert walked == ["a", "b", "d"]


def test_names_and_values_are_encoded_in_links(studio: Studio) -> None:
    """Whatever a name or a value holds, a link that repeats it finds the same."""
    studio.document("one", type="play:loose", fields={"a&b=c#é": "x+y&z=1;%"})
    name, value = quote("a&b=c#é", safe=""), quote("x+y&z=1;%", safe="")
    page = studio.site.read(f"/documents/?{name}={value}")
    href = page["_links"]["self"]["href"]

    assert page["_meta"]["totalSize"] == 1
    assert "[" not in href
    assert href.isascii()
    assert studio.site.read(href)["_links"]["self"]["href"] == href


def test_a_filter_is_asked_once(shelf: Studio) -> None:
    """What is said twice is said once in links, and changes no tag."""
    once, twice = (shelf.site.get(f"/item/?count=12{more}") for more in ("", "&count=12"))

    assert once.headers["ETag"] == twice.headers["ETag"]
    assert once.data == twice.data


def test_a_changed_order_of_filters_is_the_same_question(shelf: Studio) -> None:
    """Lists that mean the same have one tag, others have others."""
    one = shelf.site.get("/item/?count=12&place=Rotterdam").headers["ETag"]
    other = shelf.site.get("/item/?place=Rotterdam&count=12").headers["ETag"]
    another = shelf.site.get("/item/?place=Rotterdam&count=13").headers["ETag"]

    assert one == other != another
    assert shelf.site.get("/item/?count=12&place=Rotterdam", If_None_Match=one).status_code == 304


def test_streams_are_filtered(shelf: Studio) -> None:
    """All that passes the filters comes, one on each line, in the order of ids."""
    lines = shelf.site.get("/item/?count[exists]=true", Accept="application/x-ndjson").data
    ids = [one["_meta"]["id"] for one in shelf.site.documents("/item/?count[exists]=true")]

    assert [id for id in sorted(ids) if id.encode() in lines] == sorted(ids)
    assert lines.count(b"\n") == 3


def test_the_description_says_what_filters_are(shelf: Studio, site: Place) -> None:
    """Lists have one parameter for all filters, an object each property of which is one."""
    paths = shelf.site.read("/openapi.json")["paths"]
    described = {
        address: [one for one in operation["get"]["parameters"] if one["name"] == "filters"]
        for address, operation in paths.items()
    }
    (filters,) = described["/site/api/documents/"]

    assert (filters["style"], filters["explode"]) == ("form", True)
    assert filters["schema"]["type"] == "object"
    assert described["/site/api/tree"] == []


def test_a_type_that_changes_changes_what_filters_mean(own_shelf: Studio) -> None:
    """A field that a type declares from now on, or as another kind, is read so at once."""
    site = own_shelf.site
    assert site.get("/documents/?added=1").status_code == 400
    for kind, text, expected in (
        (FieldKind.NUMBER, "1.0", 200), (FieldKind.NUMBER, "true", 400),
        (FieldKind.BOOLEAN, "1.0", 400), (FieldKind.BOOLEAN, "true", 200),
    ):  # fmt: skip
        with own_shelf.writing() as tx:
            tx.define([DocumentType(name="play:more", fields=(Field(name="added", kind=kind),))])
        assert site.get(f"/documents/?added={text}").status_code == expected, (kind, text)


def test_a_filter_more_or_less_begins_at_the_first_item() -> None:
    """Who refines a list, or takes that back, sees its beginning; all else stays as it was."""
    asked = parse(
        "_sort=title&_offset=20&size=1&_limit=5", (*LISTING, *UNOFFERED), DEFAULT_MOUNTS[0]
    )
    query = asked.filtering()
    twice = [*asked.filters, ("size[lt]", "9"), ("place", "a b"), ("size", "1")]

    assert query(twice) == "?_sort=title&_limit=5&place=a%20b&size=1&size%5Blt%5D=9"
    assert query([]) == "?_sort=title&_limit=5"
    assert query(asked.filters) == asked.without(OFFSET).query()
    alone = parse("size=1", (*LISTING, *UNOFFERED), DEFAULT_MOUNTS[0]).filtering()
    assert (alone([("a", "=")]), alone([])) == ("?a==%3D", "")

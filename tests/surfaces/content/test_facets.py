"""Facets: counts over all that was found, and links that choose and take back."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from content_repo import DocumentType, Field, FieldKind, Kind
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import ROOT, Studio, opened
from tests.surfaces.problems import mistake

GROUP: Final = "-0000-4000-8000-00000000000a"

#: A type with fields of every kind that facets count.
STALL: Final = (
    DocumentType(
        name="play:stall",
        base="play:note",
        fields=(
            Field(name="open", kind=FieldKind.BOOLEAN),
            Field(name="name", kind=FieldKind.STRING),
            Field(name="days", kind=FieldKind.DATE, multiple=True),
        ),
    ),
)

#: Facets of values in so many types that some have no link.
MIXED: Final = ("any", "one", "kinds", "kinds(year)", *(f"{a}({b})" for a in ("any", "one") for b in
                ("year", "month", "day")))  # fmt: skip

FACETED = "type,title,date(year),date(month),date(day),_meta.name,_meta.path,_meta.createdAt(year)"


def facets(page: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The values of each facet of *page*, by its name."""
    return {
        one["name"]: one["_embedded"]["c:values"] for one in page["_embedded"].get("c:facets", ())
    }


def values(site: Place, address: str) -> list[dict[str, Any]]:
    """The values of the one facet that *address* asks for."""
    (found,) = facets(site.read(address)).values()
    return found


def counts(site: Place, address: str) -> dict[Any, int]:
    """The counts of the one facet that *address* asks for, in their order."""
    return {one["value"]: one["count"] for one in values(site, address)}


def href(value: dict[str, Any], relation: str) -> str:
    found: str = value["_links"][relation]["href"]
    return found


def asked(address: str) -> list[tuple[str, str]]:
    """The parameters of a link."""
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


@pytest.fixture
def shore(studio: Studio) -> Studio:
    """Notes by two people, of two years and three sizes; a letter; and what nobody declares."""
    studio.taxonomy()
    ann, bob = studio.document("people/ann"), studio.document("people/bob")
    for number, (size, day, friend, kinds) in enumerate(
        [
            (1, "2016-12-31T23:30:00Z", ann, ["snails"]),
            (1, "2017-01-01T00:30:00Z", ann, ["whelks", "clams"]),
            (2, "2017-05-09T12:00:00Z", bob, ["whelks"]),
            (None, None, None, []),
        ]
    ):
        said = {"size": size, "date": day, "friend": friend, "kinds": kinds, "others": [bob, ann]}
        fields = {name: value for name, value in said.items() if value}
        studio.document(f"notes/{number}", fields={"title": f"Note {number}", **fields})
    studio.document("letters/0", type="play:letter", fields={"size": 2, "sender": "=Ann, & co."})
    return studio


def test_values_come_with_counts_over_all_pages(shore: Studio) -> None:
    """The most frequent comes first, and the window changes no count."""
    whole = counts(shore.site, "/documents/?_facets=size")

    assert list(whole.items()) == [(1, 2), (2, 2)]
    assert counts(shore.site, "/documents/?_facets=size&_limit=1&_offset=3") == whole
    behind = shore.site.read("/documents/?_facets=size&_limit=1")["_links"]["next"]["href"]
    assert counts(shore.site, behind) == whole


def test_a_facet_and_a_value_say_where_they_are_in_the_answer(shore: Studio) -> None:
    """The address of a facet, and of each of its values, is the list's with the way to it."""
    page = shore.site.read("/documents/?_facets=size,date(year)")
    embedded = page["_embedded"]["c:facets"]
    counted = [value for facet in embedded for value in facet["_embedded"]["c:values"]]
    assert counted
    for one in (*embedded, *counted):
        address, _, way = href(one, "self").partition("#")
        found: Any = page
        for step in way.split("/")[1:]:
            found = found[int(step)] if isinstance(found, list) else found[step]
        assert (address, found) == (href(page, "self"), one)


def test_a_facet_has_a_name_and_says_what_is_omitted(shore: Studio) -> None:
    """Facets come in the order of the request, by the names that it used, each once."""
    page = shore.site.read("/documents/?_facets=type,size,play:size,date(year),size")

    assert [one["name"] for one in page["_embedded"]["c:facets"]] == ["type", "size", "date(year)"]
    assert {one["omitted"] for one in page["_embedded"]["c:facets"]} == {0}
    assert dict(asked(page["_links"]["self"]["href"]))["_facets"] == "type,size,date(year)"


def test_without_facets_nothing_is_embedded_for_them(site: Place) -> None:
    """A list that was not asked for facets has no word of them."""
    assert site.read("/documents/")["_embedded"].keys() == {"documents"}


def test_more_than_a_hundred_values_are_cut(studio: Studio) -> None:
    """What is left out is counted."""
    parent = studio.folder(ROOT)
    with studio.writing() as tx:
        for number in range(103):
            fields = {"sender": f"s{number:03}"}
            name = f"n{number}"
            tx.publish(tx.create(Kind.DOCUMENT, parent, name, type="play:letter", fields=fields))
    (facet,) = studio.site.read("/documents/?_facets=sender")["_embedded"]["c:facets"]

    assert len(facet["_embedded"]["c:values"]) == 100
    assert facet["omitted"] == 3


@pytest.mark.parametrize(
    "narrowed", ["", "_q=news OR the&", "_scope=news&", "_meta.type=newsdocument&"]
)
@pytest.mark.parametrize("facet", FACETED.split(","))
def test_every_value_leads_to_just_what_it_counts(site: Place, facet: str, narrowed: str) -> None:
    """Refined by a value, the list has as many items as was said; taken back, it is as before."""
    before = site.read(f"/documents/?{narrowed}_facets={facet}&_limit=2")
    for one in facets(before)[facet]:
        if one["active"]:
            continue
        refined = site.read(href(one, "c:refine"))
        assert refined["_meta"]["totalSize"] == one["count"]
        chosen = [each for each in facets(refined)[facet] if each["value"] == one["value"]]
        assert [each["active"] for each in chosen] == [True]
        assert "c:refine" not in chosen[0]["_links"]
        assert href(chosen[0], "c:remove") == before["_links"]["self"]["href"]


def test_a_link_that_would_be_refused_is_not_there(shore: Studio) -> None:
    """As many filters as there may be, or as long an address, leave no room for one more."""
    filters = [f"_meta.name[ne]=n{number}" for number in range(32)]
    for some in (filters, [f"_q=note&_meta.name[ne]={'x' * 8150}"]):
        full = values(shore.site, f"/documents/?_facets=size&{'&'.join(some)}")
        assert [one["_links"].keys() for one in full] == [{"self"}] * len(full) != []
        (fitting, *_) = values(shore.site, f"/documents/?_facets=size&{'&'.join(some[1:])}")
        assert shore.site.total(href(fitting, "c:refine")) == fitting["count"]


def test_refining_begins_at_the_first_item_and_keeps_all_else(shore: Studio) -> None:
    """A link repeats what was asked, other filters too, without where the page begins."""
    said = "/documents/?_q=note&_sort=-title&_offset=1&_limit=1&_facets=size&title[exists]=true"
    (one, *_) = values(shore.site, said)

    assert asked(href(one, "c:refine")) == [
        ("_q", "note"), ("_sort", "-title"), ("_limit", "1"), ("_facets", "size"),
        ("size", "1"), ("title[exists]", "true"),
    ]  # fmt: skip
    behind = shore.site.read("/documents/?_limit=1&_facets=size")["_links"]["next"]["href"]
    assert "_after" not in dict(asked(href(values(shore.site, behind)[0], "c:refine")))


def test_a_filter_is_active_however_it_is_written(shore: Studio) -> None:
    """What means the same is the same: short names of types, other forms of dates, an operator."""
    for facet, filters in (
        ("type", "_meta.type=note"),
        ("date", "date[eq]=2017-05-09T14:00%2B02:00"),
        ("size", "size=2.0&size[eq]=2"),
        ("size", "play:size=2"),
        ("date(day)", "date[gte]=2017-05-09&date[lt]=2017-05-10T00:00Z"),
    ):
        active = [
            one for one in values(shore.site, f"/documents/?_facets={facet}&{filters}")
            if one["active"]
        ]  # fmt: skip
        assert len(active) == 1, facet
        assert asked(href(active[0], "c:remove")) == [("_facets", facet)]


def test_what_somebody_else_asked_for_stays(shore: Studio) -> None:
    """Of filters that say the same, the link takes back the one that a link has added."""
    mine = "/documents/?_facets=date(year)&date[gte]=2017-01-01"
    (year,) = values(shore.site, mine)
    (chosen,) = values(shore.site, href(year, "c:refine"))

    assert chosen["active"]
    assert asked(href(chosen, "c:remove")) == asked(mine)


def test_taken_back_a_value_is_no_longer_chosen(shore: Studio) -> None:
    """Where the filter is there twice, in two forms, both are taken back."""
    twice = "date[gte]=2017&date[gte]=2017-01-01&date[lt]=2018&date[lt]=2018-01-01"
    for facet, filters in (("date(year)", twice), ("size", "size=2&size=2.0")):
        (chosen,) = [
            one for one in values(shore.site, f"/documents/?_facets={facet}&{filters}")
            if one["active"]
        ]  # fmt: skip
        assert asked(href(chosen, "c:remove")) == [("_facets", facet)]


def test_half_a_span_is_no_choice(shore: Studio) -> None:
    """A year is active where its beginning and its end are asked for, not one of them."""
    found = values(shore.site, "/documents/?_facets=date(year)&date[gte]=2017")

    assert [(one["value"], one["active"]) for one in found] == [("2017", False)]
    assert asked(href(found[0], "c:refine"))[1:] == [("date[gte]", "2017"), ("date[lt]", "2018")]


def test_dates_are_counted_by_unit_in_utc(shore: Studio) -> None:
    """A year, month or day is written as ISO 8601 has it."""
    assert counts(shore.site, "/documents/?_facets=date(year)") == {"2017": 2, "2016": 1}
    assert [*counts(shore.site, "/documents/?_facets=date(month)")] == [
        "2016-12", "2017-01", "2017-05",
    ]  # fmt: skip
    assert [*counts(shore.site, "/documents/?_facets=date(day)")] == [
        "2016-12-31", "2017-01-01", "2017-05-09",
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["year", "month", "day"])
def test_the_end_of_all_calendars_can_be_chosen(studio: Studio, unit: str) -> None:
    """The last year has a beginning and no end."""
    studio.document("last", fields={"date": "9999-12-31T00:00:00Z"})
    studio.document("first", fields={"date": "0001-01-01T00:00:00Z"})
    first, last = values(studio.site, f"/documents/?_facets=date({unit})")

    assert studio.site.names(href(first, "c:refine")) == ["first"]
    assert studio.site.names(href(last, "c:refine")) == ["last"]


def test_dates_are_written_as_the_reader_wants_them(shore: Studio) -> None:
    """Whole dates are numbers or texts as in documents; the links are the same."""
    millis = values(shore.site, "/documents/?_facets=date")
    iso = values(shore.site, "/documents/?_facets=date&_dates=iso")

    assert millis[0]["value"] == 1483227000000
    assert iso[0]["value"] == "2016-12-31T23:30:00.000Z"
    assert shore.site.total(href(iso[0], "c:refine")) == 1


def test_references_are_counted_by_their_targets(shore: Studio) -> None:
    """The value is an id, with the target's title and a link to it; tags name the target."""
    response = shore.site.get("/documents/?_facets=friend&_limit=1&_sort=-title")
    (ann, bob) = facets(response.get_json())["friend"]
    id = ann["value"]

    assert (ann["title"], ann["count"], bob["title"], bob["count"]) == ("ann", 2, "bob", 1)
    assert shore.site.read(href(ann, "c:target"))["_meta"]["id"] == id
    assert shore.site.total(href(ann, "c:refine")) == 2
    assert f"doc-{id}" in tags(response)
    assert counts(shore.site, "/documents/?_facets=others") == {id: 4, bob["value"]: 4}


def test_what_a_reader_may_not_see_is_no_value(shore: Studio) -> None:
    """A target that is a draft, or outside of the mount, is neither counted nor named."""
    draft = shore.document("people/eve", published=False)
    outside = shore.document("/content/documents/other/zoe")
    shore.document("notes/9", fields={"others": [draft, outside]})

    titles = [one["title"] for one in values(shore.site, "/documents/?_facets=others")]
    assert titles == ["ann", "bob"] or titles == ["bob", "ann"]
    assert {one["title"] for one in values(shore.preview, "/documents/?_facets=others")} == {
        "ann", "bob", "eve",
    }  # fmt: skip


def test_categories_are_counted_with_all_below_them(shore: Studio) -> None:
    """A document counts once for each category that it is in or below, as filters find it; a key
    that the taxonomy does not know counts as it is."""
    fields = {"kinds": ["red-whelks", "snails", "unheard-of"]}
    shore.document("notes/red", fields=fields)
    found = values(shore.site, "/documents/?_facets=kinds")

    assert {one["value"]: one["count"] for one in found} == {
        "snails": 4, "whelks": 3, "clams": 1, "red-whelks": 1, "unheard-of": 1,
    }  # fmt: skip
    assert asked(href(found[0], "c:refine"))[1:] == [("kinds", "snails")]
    assert shore.site.total(href(found[0], "c:refine")) == 4


def test_a_taxonomy_that_is_not_there_has_nothing_below(studio: Studio) -> None:
    """Without the taxonomy, every key counts as it is."""
    studio.document("a", fields={"kinds": ["whelks"]})

    assert counts(studio.site, "/documents/?_facets=kinds") == {"whelks": 1}


def test_strings_are_repeated_to_the_letter(shore: Studio) -> None:
    """A value with signs of query strings in it is chosen like any other."""
    (one,) = values(shore.site, "/documents/?_facets=sender")

    assert one["value"] == "=Ann, & co."
    refined = shore.site.read(href(one, "c:refine"))
    assert refined["_meta"]["totalSize"] == 1
    assert refined["_links"]["self"]["href"] == href(one, "c:refine")


@pytest.mark.parametrize(
    "said",
    [
        [10, "10"],
        [10, "10", 1, "1e0"],
        ["2017", 2017, "2017-01-01T00:00:00.000Z"],
        [1.5, "1.5", 1e300, "1e300", -0.25],
        ["", "=", "==", " ", ",", "a,b", "é", "e"],
        [True, False, "yes"],
        ["x[gte]", "%", "+", "&"],
    ],
)
def test_what_nobody_declares_is_chosen_by_its_type(studio: Studio, said: list[Any]) -> None:
    """Where a text can be read as several types, the link says which one is meant."""
    for number, value in enumerate([*said, said[0]]):
        studio.document(
            f"loose/{number}", type="play:loose", fields={"free": value, "x": {"y": value}}
        )

    for facet in ("free", "x.y", "/x/y"):
        found = values(studio.site, f"/documents/?_facets={facet}")
        assert len(found) == len(said)
        for one in found:
            assert studio.site.total(href(one, "c:refine")) == one["count"], one


#: Values of a field that several documents hold one or more of, in all their types.
HELD: Final[Sequence[Any]] = (
    *("2017", "2017-05", "2017-05-09", "17", "9999-12-31", "1494288000000", "text", "texts", ""),
    *(2017, 17, 1494288000000, 0.5, True, False, "true", "6c1d2f0e-0000-4000-8000-00000000000a"),
    *(datetime(year, month, 9, tzinfo=UTC) for year in (476, 2017, 2018) for month in (1, 5)),
    datetime(9999, 12, 31, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Documents in two languages with fields of every kind, by chance and always the same."""
    with opened(tmp_path_factory.mktemp("market")) as studio:
        with studio.writing() as tx:
            tx.define(STALL)
        studio.taxonomy()
        _fill(studio, random.Random(5))
        yield studio


def _fill(studio: Studio, chance: random.Random) -> None:
    friends = [
        studio.document(f"{locale}/{name}", locale=locale, group=name * 8 + GROUP)
        for name in "ab" for locale in ("en", "nl")
    ]  # fmt: skip
    friends.append(studio.document("hidden", published=False))
    kinds = ("snails", "whelks", "red-whelks", "clams", "unknown", "17")
    for number in range(60):
        said = {
            "any": chance.sample(HELD, chance.randint(1, 3)),
            "one": chance.choice(HELD),
            "kinds": chance.choice((17, "17", *HELD)),
            "friend": chance.choice(("Ann", friends[0])),
        }
        closed = {
            "kinds": chance.sample(kinds, 2),
            "friend": chance.choice(friends),
            "others": chance.sample(friends, 2),
            "size": chance.choice((1, 2, -3)),
            "open": chance.random() < 0.5,
            "name": chance.choice(("=Ann", "ann", "A, B & co", "é")),
            "days": chance.sample([one for one in HELD if isinstance(one, datetime)], 2),
        }
        kind, fields = ("play:loose", said) if number % 3 else ("play:stall", closed)
        locale, group = chance.choice(("en", "nl")), f"{number // 2:08}{GROUP}"
        name = f"{number}/{chance.choice('xyz')}"
        given = {name: value for name, value in fields.items() if chance.random() < 0.8}
        studio.document(name, type=kind, locale=locale, group=group, fields=given)


@pytest.mark.parametrize(
    "narrowed", ["", "_locale=nl", "_locale=nl&_fallback=none", "_meta.name[ne]=x"]
)
@pytest.mark.parametrize("facet", [
    *("type", "_meta.locale", "_meta.path", "_meta.name", "_meta.displayName", "_meta.id"),
    *("_meta.createdAt", "_meta.createdAt(day)", "title", "size", "open", "name", "days"),
    *("days(year)", "days(month)", "days(day)", "any", "any(year)", "any(month)", "any(day)"),
    *("one", "one(year)", "one(month)", "one(day)", "kinds", "kinds(year)", "friend", "others"),
])  # fmt: skip
def test_a_count_is_that_of_what_the_link_finds(market: Studio, facet: str, narrowed: str) -> None:
    """Whatever the facet, each value's link finds as many as it counts, chooses the value, and is
    taken back by the link that is there then."""
    before = market.site.read(f"/documents/?_limit=1&{narrowed}&_facets={facet}")
    found = facets(before)[facet]
    for one in found:
        if "c:refine" not in one["_links"]:
            continue
        refined = market.site.read(href(one, "c:refine"))
        assert refined["_meta"]["totalSize"] == one["count"], (one, href(one, "c:refine"))
        (chosen,) = [each for each in facets(refined)[facet] if _is_same(each, one)]
        assert (chosen["active"], chosen["count"]) == (True, one["count"])
        assert asked(href(chosen, "c:remove")) == asked(before["_links"]["self"]["href"])

    linked = [one for one in found if "c:refine" in one["_links"] or one["active"]]
    assert linked
    assert facet in MIXED or linked == found


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two facets have the same value; to Python true is one."""
    return repr(one["value"]) == repr(other["value"])


def test_what_no_filter_says_alone_has_no_link(studio: Studio) -> None:
    """True and "true" cannot be told apart in a link: the one that would take both has none."""
    for number, value in enumerate([True, "true"]):
        studio.document(f"loose/{number}", type="play:loose", fields={"free": value})
    yes, text = values(studio.site, "/documents/?_facets=free")

    assert (yes["value"], yes["_links"].keys()) == (True, {"self"})
    assert studio.site.total(href(text, "c:refine")) == 1


def test_facets_see_what_the_reader_is_shown(studio: Studio) -> None:
    """With a locale, of translations only one counts, with the values that it borrows."""
    group = str(uuid.uuid4())
    studio.document("en", locale="en", group=group, fields={"size": 5})
    studio.document("nl", locale="nl", group=group)

    assert counts(studio.site, "/documents/?_facets=size&_locale=nl") == {5: 1}
    assert counts(studio.site, "/documents/?_facets=_meta.locale&_locale=nl") == {"nl": 1}
    assert counts(studio.site, "/documents/?_facets=size&_locale=nl&_fallback=none") == {}


@pytest.mark.parametrize("address", ["/folders/", "/assets/", "/resourcebundles/", "/taxonomies/"])
def test_every_kind_of_list_has_facets(site: Place, address: str) -> None:
    """Lists of other kinds count what is in them."""
    before = site.read(f"{address}?_facets=type&_limit=1")
    (one,) = facets(before)["type"]

    assert one["count"] == before["_meta"]["totalSize"]
    assert site.total(href(one, "c:refine")) == one["count"]


def test_a_list_of_one_type_knows_its_fields(shore: Studio) -> None:
    """Facets of a collection refine within it."""
    (one,) = values(shore.site, "/letter/?_facets=size")

    assert (one["value"], one["count"]) == (2, 1)
    assert "/letter/?" in href(one, "c:refine")
    assert shore.site.total(href(one, "c:refine")) == 1


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("tittle", "title"),
        ("content", "title"),
        ("content.content", "title"),
        ("date(week)", "year"),
        ("_meta.nme", "_meta.name"),
        ("typ", "type"),
    ],
)
def test_what_cannot_be_counted_is_told(shore: Studio, name: str, nearest: str) -> None:
    """Text, and what nobody knows, is refused with the nearest that is possible."""
    told = mistake(shore.site.get(f"/documents/?_facets={name}"), "_facets")

    assert nearest in told["nearest"]
    assert name.startswith(told["value"])


@pytest.mark.parametrize(
    "name", ["title(year)", "_meta.type(day)", "friend.title", "friend.friend.title"]
)
def test_what_is_no_value_of_the_list_is_told(shore: Studio, name: str) -> None:
    """Only dates have years, and what references lead to is none of the list."""
    mistake(shore.site.get(f"/documents/?_facets={name}"), "_facets")


def test_more_than_ten_facets_are_refused(site: Place) -> None:
    """Ten names are the most; passed over, the first ten are counted."""
    units = [f"_meta.{name}({unit})" for name in ("createdAt", "modifiedAt", "publishedAt")
             for unit in ("year", "month", "day")]  # fmt: skip
    names = ["type", *units, "title"]

    assert "10" in mistake(site.get(f"/documents/?_facets={','.join(names)}"), "_facets")["reason"]
    lenient = site.read(f"/documents/?_facets={','.join(names)}", Prefer="handling=lenient")
    assert [*facets(lenient)] == names[:10]
    site.read(f"/documents/?_facets={','.join([*names[:10], 'type', 'type'])}")


def test_lenient_passes_over_bad_facets(shore: Studio) -> None:
    """What cannot be counted is gone from the answer and its links; the others are there."""
    address = "/documents/?_facets=size,nothing,content"
    page = shore.site.read(address, Prefer="handling=lenient")

    assert [*facets(page)] == ["size"]
    assert dict(asked(page["_links"]["self"]["href"]))["_facets"] == "size"


def test_facets_are_part_of_a_lists_tag(site: Place) -> None:
    """Another facet is another answer; the same one is not sent twice."""
    by_type, by_title = (site.get(f"/documents/?_facets={name}") for name in ("type", "title"))
    etag = by_type.headers["ETag"]

    assert etag != by_title.headers["ETag"]
    assert site.get("/documents/?_facets=type", If_None_Match=etag).status_code == 304


@pytest.mark.parametrize("relation", ["facets", "values", "refine", "remove", "target"])
def test_the_relations_of_facets_are_explained(site: Place, relation: str) -> None:
    """Each has a page."""
    assert site.get(f"/rels/{relation}").status_code == 200

"""Embedding: what documents point at, in the same answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import DocumentType, Field, FieldKind
from hal_delivery.services import embedding
from hal_delivery.web import embeds
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import MOUNTS, ROOT, Studio, opened
from tests.surfaces.problems import mistake, problem

NDJSON: Final = "application/x-ndjson"

DESK: Final = (
    DocumentType(
        name="play:person",
        compound=True,
        fields=(
            Field(name="role", kind=FieldKind.STRING),
            Field(name="page", kind=FieldKind.MIRROR),
            Field(name="badge", kind=FieldKind.IMAGE_LINK),
            Field(name="deputy", kind=FieldKind.COMPOUND, type="play:person"),
        ),
    ),
    DocumentType(
        name="play:desk",
        base="play:base",
        fields=(
            Field(name="head", kind=FieldKind.COMPOUND, type="play:person"),
            Field(name="staff", kind=FieldKind.COMPOUND, type="play:person", multiple=True),
            Field(name="plain", kind=FieldKind.COMPOUND, type="play:plain"),
            Field(name="up", kind=FieldKind.MIRROR),
        ),
    ),
    DocumentType(
        name="play:plain",
        compound=True,
        fields=(Field(name="role", kind=FieldKind.STRING),),
    ),
)


def embedded(shape: dict[str, Any], *relations: str) -> Any:
    """What is embedded in *shape*, one relation within the other."""
    for relation in relations:
        shape = shape["_embedded"][relation]
    return shape


def ids(shapes: Sequence[dict[str, Any]]) -> list[str]:
    return [one["_meta"]["id"] for one in shapes]


def cuts(shape: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """What *shape* says was left out: relation, reason, and the id at the end of the href."""
    return [
        (one["relation"], one["reason"], one.get("href", "").rpartition("/")[2] or None)
        for one in shape["_meta"].get("cut", ())
    ]


def chain(studio: Studio, length: int) -> list[str]:
    """The ids of documents each of which has the one before as its friend."""
    made: list[str] = []
    for number in range(length):
        fields = {"friend": made[-1]} if made else {}
        made.append(studio.document(f"chain/c{number:02}", fields=fields))
    return made


@pytest.fixture
def desk(studio: Studio) -> Studio:
    """A service with a type whose compounds point at other nodes."""
    with studio.writing() as tx:
        tx.define(DESK)
    return studio


# -- what is embedded ---------------------------------------------------------


def test_a_to_one_reference_is_embedded_as_an_object(studio: Studio) -> None:
    """What a field points at is embedded under the relation of its link, which stays."""
    ann = studio.document("ann", fields={"content": "<p>Hello</p>"})
    studio.document("bob", fields={"friend": ann})

    bob = studio.site.read("/documents/bob?_embed=friend")

    assert embedded(bob, "c:friend")["_meta"]["id"] == ann
    assert bob["_links"]["c:friend"]["href"].endswith(ann)
    assert "cut" not in bob["_meta"]


def test_a_to_many_reference_is_an_array_even_when_empty(studio: Studio) -> None:
    """To-many relations are arrays, in the order of the links, and [] where nothing is."""
    some = [studio.document(name) for name in ("zed", "ann", "moe")]
    studio.document("full", fields={"others": some})
    studio.document("one", fields={"others": some[:1]})
    studio.document("none")

    for name, expected in (("full", some), ("one", some[:1]), ("none", [])):
        found = studio.site.read(f"/documents/{name}?_embed=others")
        assert ids(embedded(found, "c:others")) == expected


def test_an_absent_to_one_reference_embeds_nothing(studio: Studio) -> None:
    """A to-one relation without a target is absent, and so is an empty _embedded."""
    studio.document("alone")

    assert "_embedded" not in studio.site.read("/documents/alone?_embed=friend,image")


def test_an_embedded_resource_is_what_its_self_answers(studio: Studio) -> None:
    """Documents and assets are embedded as they are at their address, but for the curies."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("ann", fields={"image": image, "content": "<p>Hi</p>", "date": 1})
    studio.document("bob", fields={"friend": ann})

    for query in ("", "&_dates=iso", "&_html=site&_dates=iso", "&_fields=title"):
        bob = studio.site.read(f"/documents/bob?_embed=friend,friend(image){query}")
        for one in (embedded(bob, "c:friend"), embedded(bob, "c:friend", "c:image")):
            alone = studio.site.read(one["_links"]["self"]["href"])
            alone["_links"].pop("curies")
            assert alone == {name: value for name, value in one.items() if name != "_embedded"}
            assert "_embed" not in one["_links"]["self"]["href"]


def test_parentheses_embed_in_what_is_embedded(studio: Studio) -> None:
    """authors(image) embeds the image in the author, and not in the document."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("ann", fields={"image": image})
    studio.document("bob", fields={"friend": ann, "image": image})

    bob = studio.site.read("/documents/bob?_embed=friend(image)")

    assert bob["_embedded"].keys() == {"c:friend"}
    assert embedded(bob, "c:friend", "c:image")["fileName"] == "ann.png"


def test_a_list_embeds_in_each_of_its_items(studio: Studio) -> None:
    """Items of a list are embedded in as documents alone are, and their self says so."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("people/ann", fields={"image": image})
    for name in ("bob", "cid"):
        studio.document(f"news/{name}", fields={"friend": ann, "others": [ann]})

    query = "_embed=friend(image),others&_fields=title"
    for address in ("/documents/?_scope=news&", "/note/?_scope=news&"):
        items = studio.site.documents(address + query)
        assert len(items) == 2
        for one in items:
            assert embedded(one, "c:friend", "c:image")["_meta"]["id"] == image
            assert one["_links"]["self"]["href"].endswith(f"?{query}")
            alone = studio.site.read(one["_links"]["self"]["href"])
            alone["_links"].pop("curies")
            assert alone == one


def test_every_link_of_a_list_repeats_what_is_embedded(studio: Studio) -> None:
    """self, first, next and last ask the same again, in the vocabulary's order."""
    chain(studio, 3)
    page = studio.site.read("/documents/?_fields=title&_depth=1&_embed=friend&_limit=1&_offset=1")

    for relation in ("self", "first", "prev", "next", "last"):
        href = page["_links"][relation]["href"]
        assert href.endswith("&_limit=1&_embed=friend&_depth=1&_fields=title"), relation


def test_fields_are_those_of_the_document_only(studio: Studio) -> None:
    """_fields shows a part of the document; what is embedded in it is whole."""
    ann = studio.document("ann", fields={"size": 3})
    studio.document("bob", fields={"friend": ann, "size": 4})

    bob = studio.site.read("/documents/bob?_embed=friend&_fields=title")

    assert "size" not in bob
    assert embedded(bob, "c:friend")["size"] == 3


def test_references_within_compounds(desk: Studio) -> None:
    """A dotted name follows one field of a compound, the compound's own name all of it."""
    image = desk.asset("badge.png", b"png", "image/png")
    people = [desk.document(name) for name in ("ann", "bob", "cid")]
    desk.document(
        "desk",
        type="play:desk",
        fields={
            "head": {"role": "a", "page": people[0], "badge": image},
            "staff": [
                {"role": "b", "page": people[1], "deputy": {"role": "c", "page": people[2]}},
                {"role": "d"},
                {"role": "e", "page": people[1]},
            ],
        },
    )
    expected = {
        "head": {"c:head": [people[0], image]},
        "head.page": {"c:head": [people[0]]},
        "/head/badge": {"c:head": [image]},
        "head.page,head.badge": {"c:head": [people[0], image]},
        "staff": {"c:staff": people[1:]},
        "staff.page": {"c:staff": [people[1]]},
        "staff.deputy": {"c:staff": [people[2]]},
        "staff.deputy.page,head.page": {"c:staff": [people[2]], "c:head": [people[0]]},
    }

    for names, relations in expected.items():
        found = desk.site.read(f"/documents/desk?_embed={names}")
        assert {name: ids(some) for name, some in found["_embedded"].items()} == relations, names
        assert found["_links"].keys() >= relations.keys()


def test_a_field_wins_over_a_relation_of_its_name(desk: Studio) -> None:
    """A field called up is the field's; documents without it have the folder above."""
    ann = desk.document("in/ann")
    desk.document("in/desk", type="play:desk", fields={"up": ann})

    desk_up = desk.site.read("/documents/in/desk?_embed=up")
    ann_up = desk.site.read("/documents/in/ann?_embed=up")

    assert embedded(desk_up, "c:up")["_meta"]["id"] == ann
    assert embedded(ann_up, "up")["_meta"]["name"] == "in"


def test_the_folders_above(studio: Studio) -> None:
    """up(up) embeds the folder and the one above it, up to the mount's root and no further."""
    studio.document("a/b/page")

    page = studio.site.read("/documents/a/b/page?_embed=up(up(up(up)))")
    above = [embedded(page, *["up"] * depth) for depth in (1, 2, 3)]

    assert [one["_meta"]["path"] for one in above] == ["a/b", "a", ""]
    assert [one["_links"]["self"]["href"] for one in above[:2]] == [
        one["_links"]["up"]["href"] for one in (page, above[0])
    ]
    assert "_embedded" not in above[2]
    assert "cut" not in above[2]["_meta"]


def test_translations(studio: Studio) -> None:
    """alternate embeds the translations that the mount shows."""
    group = "6c1d2f0e-0000-4000-8000-000000000001"
    english = studio.document("en/page", locale="en", group=group)
    dutch = studio.document("nl/page", locale="nl", group=group)
    studio.document("de/page", locale="de", group=group, published=False)
    studio.document("alone")

    assert ids(
        embedded(studio.site.read(f"/documents/{english}?_embed=alternate"), "alternate")
    ) == [dutch]
    assert embedded(studio.site.read("/documents/alone?_embed=alternate"), "alternate") == []


def test_what_texts_link_to(studio: Studio) -> None:
    """references embeds what rich texts link to here, each target once; not what is elsewhere."""
    image = studio.asset("shell.png", b"png", "image/png")
    ann = studio.document("ann")
    text = (
        '<a href="ann">1</a><a href="ann#part">2</a><a href="https://example.org/">3</a>'
        '<img src="/content/gallery/shell.png"><a href="nowhere">4</a><a href="nothing">5</a>'
    )
    studio.document("page", fields={"content": text})

    page = studio.site.read("/documents/page?_embed=references")
    linked = [
        one["href"].rpartition("/")[2]
        for one in page["_links"]["c:references"]
        if one["type"] in ("internal", "binary")
    ]

    assert set(linked) == {ann, image}
    assert ids(embedded(page, "c:references")) == list(dict.fromkeys(linked))
    assert cuts(page) == [("c:references", "missing", None)]
    studio.document("out", fields={"content": '<a href="https://example.org/">3</a>'})
    assert cuts(studio.site.read("/documents/out?_embed=references")) == []


def test_the_authors_of_the_demo(site: Place) -> None:
    """Every author of a post is embedded as the author's own address answers."""
    found = 0
    for one in site.documents("/blogpost/?_embed=authors"):
        for author in embedded(one, "c:authors"):
            alone = site.read(author["_links"]["self"]["href"])
            alone["_links"].pop("curies")
            assert alone == author
            found += 1

    assert found


# -- what is left out -----------------------------------------------------------


def test_a_cycle_is_cut(studio: Studio) -> None:
    """What a resource is embedded in is not embedded in it again, and the answer says so."""
    ann = studio.document("ann")
    bob = studio.document("bob", fields={"friend": ann, "others": [ann]})
    with studio.writing() as tx:
        tx.revise(ann, {"title": "ann", "friend": bob, "others": [ann, bob]})
        tx.publish(ann)

    found = studio.site.read("/documents/bob?_embed=friend(friend(friend),others)")
    inner = embedded(found, "c:friend")

    assert cuts(found) == []
    assert cuts(inner) == [("c:friend", "cycle", bob), ("c:others", "cycle", ann),
                           ("c:others", "cycle", bob)]  # fmt: skip
    assert inner["_embedded"] == {"c:others": []}
    assert inner["_links"]["c:friend"]["href"].endswith(bob)


def test_a_document_that_points_at_itself(studio: Studio) -> None:
    """The shortest cycle is cut as well."""
    ann = studio.document("ann")
    with studio.writing() as tx:
        tx.revise(ann, {"title": "ann", "friend": ann})
        tx.publish(ann)

    assert cuts(studio.site.read("/documents/ann?_embed=friend")) == [("c:friend", "cycle", ann)]


def test_the_same_resource_on_two_ways_is_no_cycle(studio: Studio) -> None:
    """A resource is embedded wherever it is asked for, as long as it is not within itself."""
    ann = studio.document("ann")
    bob = studio.document("bob", fields={"friend": ann})
    studio.document("cid", fields={"friend": ann, "others": [bob, ann]})

    cid = studio.site.read("/documents/cid?_embed=friend,others(friend)")

    assert embedded(cid, "c:friend")["_meta"]["id"] == ann
    assert ids(embedded(cid, "c:others")) == [bob, ann]
    assert embedded(embedded(cid, "c:others")[0], "c:friend")["_meta"]["id"] == ann


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 32])
def test_a_depth_caps_the_expression(studio: Studio, depth: int) -> None:
    """_depth embeds that many levels; below, it is said what was left out."""
    made = chain(studio, 6)
    address = f"?_embed=friend(friend(friend(friend)))&_depth={depth}"
    listed = studio.site.documents(f"/documents/{address}&_limit=100")

    for top in (studio.site.read(f"/documents/{made[-1]}{address}"), listed[-1]):
        levels = min(depth, 4)
        last = embedded(top, *["c:friend"] * levels)
        assert last["_meta"]["id"] == made[-1 - levels]
        assert "_embedded" not in last
        assert cuts(last) == ([("c:friend", "depth", made[-2 - depth])] if depth < 4 else [])


def test_a_depth_beside_an_embedding_narrows_no_list(studio: Studio) -> None:
    """In a list with _embed, _depth caps what is embedded and not what is listed."""
    studio.document("a/b/c/deep")
    studio.document("top")

    assert studio.site.total("/documents/?_depth=1") == 1
    assert studio.site.total("/documents/?_depth=1&_embed=friend") == 2


def test_a_depth_alone_is_a_mistake_of_a_document(studio: Studio) -> None:
    """On one document a depth says nothing but how deep to embed."""
    studio.document("ann")

    assert "_embed" in mistake(studio.site.get("/documents/ann?_depth=2"), "_depth")["reason"]
    lenient = studio.site.read("/documents/ann?_depth=2", Prefer="handling=lenient")
    assert "?" not in lenient["_links"]["self"]["href"]


def test_an_answer_embeds_so_many_and_no_more(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the bound nothing is embedded, what comes first in breadth is, and it is said."""
    people = [studio.document(f"people/p{number}") for number in range(6)]
    heads = [
        studio.document(f"heads/h{number}", fields={"others": people[3 * number :][:3]})
        for number in range(2)
    ]
    studio.document("all", fields={"others": heads})
    grown = embedding.grown

    def bounded(*args: Any, **said: Any) -> embedding.Forest:
        return grown(*args, **said, most=4)

    monkeypatch.setattr(embedding, "grown", bounded)
    found = studio.site.read("/documents/all?_embed=others(others)")
    first, second = embedded(found, "c:others")

    assert ids([first, second]) == heads
    assert ids(embedded(first, "c:others")) == people[:2]
    assert cuts(first) == [("c:others", "bound", people[2])]
    assert embedded(second, "c:others") == []
    assert cuts(second) == [("c:others", "bound", one) for one in people[3:]]


def test_the_bound_is_five_hundred(studio: Studio) -> None:
    """A list whose items point at more than may be embedded has the first five hundred."""
    people = [studio.document(f"people/p{number:02}") for number in range(60)]
    for number in range(10):
        studio.document(f"news/n{number}", fields={"others": people})

    items = studio.site.documents("/documents/?_scope=news&_embed=others&_limit=100")
    counts = [len(embedded(one, "c:others")) for one in items]

    assert counts == [60] * 8 + [20, 0]
    assert [len(cuts(one)) for one in items] == [0] * 8 + [40, 60]


# -- who may see what -----------------------------------------------------------


def test_what_the_mount_does_not_show_is_missing(studio: Studio) -> None:
    """Drafts, the trashed, what lies outside and empty mirrors cannot be told apart."""
    hidden = [
        studio.document("draft", published=False),
        studio.document("/content/documents/elsewhere/outside"),
        studio.document("trashed"),
    ]
    shown = studio.document("shown")
    with studio.writing() as tx:
        tx.trash(hidden[2])
    studio.document("all", fields={"others": [*hidden, shown], "friend": hidden[0]})

    answer = studio.site.get("/documents/all?_embed=others,friend")
    found = answer.get_json(force=True)

    assert ids(embedded(found, "c:others")) == [shown]
    assert "c:friend" not in found["_embedded"]
    assert cuts(found) == [("c:others", "missing", None), ("c:friend", "missing", None)]
    for one in hidden:
        assert one not in answer.text
        assert one not in answer.headers["Surrogate-Key"]


def test_each_side_embeds_its_own(studio: Studio) -> None:
    """A preview embeds drafts, the site what is published, each with links to itself."""
    ann = studio.document("ann")
    studio.document("bob", fields={"friend": ann})
    with studio.writing() as tx:
        tx.revise(ann, {"title": "changed"})

    for place, title in ((studio.site, "ann"), (studio.preview, "changed")):
        inner = embedded(place.read("/documents/bob?_embed=friend"), "c:friend")
        assert inner["title"] == title
        assert f"{place.base}/" in inner["_links"]["self"]["href"]


# -- caches ---------------------------------------------------------------------


def test_tags_and_validators_take_in_what_is_embedded(studio: Studio) -> None:
    """A change of what is embedded, at whatever depth, is another answer for caches."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("people/ann", fields={"image": image})
    studio.document("bob", fields={"friend": ann})

    for address in (
        "/documents/bob?_embed=friend(image),up",
        "/documents/?_embed=friend(image),up",
    ):
        before = studio.site.get(address)
        assert {f"doc-{ann}", f"asset-{image}", f"folder-{studio.folder(ROOT)}"} <= tags(before)
        etag = before.headers["ETag"]
        assert studio.site.get(address, If_None_Match=etag).status_code == 304
        with studio.writing() as tx:
            tx.revise(ann, {"title": f"new at {address}", "image": image})
            tx.publish(ann)
        after = studio.site.get(address, If_None_Match=etag)
        assert (after.status_code, after.headers["ETag"] != etag) == (200, True)


def test_no_date_answers_for_what_is_embedded(studio: Studio) -> None:
    """Last-Modified is that of the newest; asked by date alone, the answer is always sent."""
    ann = studio.document("a/ann")
    studio.document("bob", fields={"friend": ann})
    answer = studio.site.get("/documents/bob?_embed=friend(up)")
    date = answer.headers["Last-Modified"]

    assert (
        studio.site.get("/documents/bob?_embed=friend", If_Modified_Since=date).status_code == 200
    )


def test_lists_that_embed_differ_from_those_that_do_not(studio: Studio) -> None:
    """What is embedded is part of what a list's tag is made from."""
    chain(studio, 2)
    plain, more = (studio.site.get(f"/documents/{query}") for query in ("", "?_embed=friend"))

    assert plain.headers["ETag"] != more.headers["ETag"]


def test_a_level_is_read_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of many asks the repository as often as a list of few."""
    images = [studio.asset(f"i{number}.png", b"png", "image/png") for number in range(12)]
    for number, image in enumerate(images):
        ann = studio.document(f"people/p{number:02}", fields={"image": image})
        studio.document(f"news/n{number:02}", fields={"friend": ann, "others": [ann]})
    query = "/documents/?_scope=news&_embed=friend(image,up),others(image),references,alternate"
    counts = [_questions(studio, monkeypatch, f"{query}&_limit={limit}") for limit in (1, 12)]

    assert counts[0] == counts[1] < 20


def _questions(studio: Studio, monkeypatch: pytest.MonkeyPatch, address: str) -> int:
    studio.site.read(address)
    asked = []
    fetch = type(studio.services.repository._database).fetch

    def counted(database: Any, statement: str, parameters: Any) -> Any:
        asked.append(statement)
        return fetch(database, statement, parameters)

    with monkeypatch.context() as patched:
        reader = next(iter(studio.services.deliveries.values()))._reader
        patched.setattr(
            reader, "_fetch", lambda *said: counted(studio.services.repository._database, *said)
        )
        studio.site.read(address)
    assert asked
    return len(asked)


# -- mistakes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "nearest"),
    [
        ("frend", "friend"),
        ("friend(imge)", "image"),
        ("others(friend(otters))", "others"),
        ("reference", "references"),
        ("staff.pge", "staff.page"),
    ],
)
def test_an_unknown_name_is_a_mistake_with_the_nearest(
    desk: Studio, names: str, nearest: str
) -> None:
    """A name that is no reference, at whatever level, is a 400 that names the nearest one."""
    desk.document("ann")

    for address in ("/documents/ann", "/documents/"):
        told = mistake(desk.site.get(f"{address}?_embed={names}"), "_embed")
        assert nearest in told["nearest"]
        assert told["example"].startswith("_embed=")


def test_a_name_of_many_steps_is_told_apart_at_once(desk: Studio) -> None:
    """However often a compound is named within itself, the name is looked up step by step."""
    deep = "head" + ".deputy" * 900

    assert desk.site.get(f"/documents/?_embed={deep}.page").status_code == 200
    assert mistake(desk.site.get(f"/documents/?_embed={deep}.role"), "_embed")


@pytest.mark.parametrize("name", ["title", "content", "kinds", "plain", "head.role", "up.x", "/"])
def test_a_field_that_refers_to_nothing_is_a_mistake(desk: Studio, name: str) -> None:
    """Fields that hold no references cannot be embedded."""
    assert "reference" in mistake(desk.site.get(f"/documents/?_embed={name}"), "_embed")["reason"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("friend(", "closing"),
        ("friend(image", "closing"),
        ("friend)", "opening"),
        ("(friend)", "a name"),
        ("friend,(image)", "a name"),
        ("friend()(image)", "a name"),
        ("friend(image)others", "comma"),
        ("friend(" * 32 + "friend" + ")" * 32, "32 levels"),
        (";".join(f"f{number}" for number in range(65)), "64 names"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(
    studio: Studio, names: str, expected: str
) -> None:
    """An expression that is none is a 400 that says what should have been there."""
    assert expected in mistake(studio.site.get(f"/documents/?_embed={names}"), "_embed")["reason"]


@pytest.mark.parametrize("address", ["/folders/", "/assets/", "/taxonomies/", "/resourcebundles/"])
def test_only_documents_have_references(studio: Studio, address: str) -> None:
    """Lists of other nodes have nothing to embed."""
    assert "no meaning" in mistake(studio.site.get(f"{address}?_embed=up"), "_embed")["reason"]
    assert studio.site.get(f"{address}?_embed=up", Prefer="handling=lenient").status_code == 200


def test_an_address_without_embeds_refuses_them(site: Place) -> None:
    """Where nothing can be embedded, _embed is no parameter."""
    for address in ("/folders/blog", "/tree", "/types/"):
        problem(site.get(f"{address}?_embed=author"), 400)


def test_leniently_the_known_names_are_embedded(studio: Studio) -> None:
    """Lenient, unknown names are passed over and gone from the links."""
    ann = studio.document("ann")
    studio.document("bob", fields={"friend": ann})
    for names in ("friend(nosuch),nosuch", "friend(title)"):
        bob = studio.site.read(f"/documents/bob?_embed={names}", Prefer="handling=lenient")
        assert bob["_embedded"].keys() == {"c:friend"}
        assert bob["_links"]["self"]["href"].endswith("?_embed=friend")


def test_names_may_be_written_otherwise(studio: Studio) -> None:
    """Relations, full names, pointers, blanks and repeats say the same, and links say it short."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("ann", fields={"image": image})
    studio.document("bob", fields={"friend": ann})
    for query in (
        "_embed=c:friend(c:image)",
        "_embed=play:friend(/image)",
        "_embed=%20friend%20(%20image%20,)%20,",
        "_embed=friend&_embed=friend(image)",
        "_embed=friend,c:friend(image)",
    ):
        bob = studio.site.read(f"/documents/bob?{query}")
        assert bob["_links"]["self"]["href"].endswith("?_embed=friend(image)"), query
        assert embedded(bob, "c:friend", "c:image")["_meta"]["id"] == image


# -- the header -----------------------------------------------------------------


@pytest.mark.parametrize("address", ["/documents/bob", "/note/bob", "/documents/?_scope=bobs"])
def test_a_preference_is_the_same_as_the_parameter(studio: Studio, address: str) -> None:
    """Prefer: transclude answers what _embed answers, and says that it did."""
    image = studio.asset("ann.png", b"png", "image/png")
    ann = studio.document("ann", fields={"image": image})
    for name in ("bob", "bobs/one"):
        studio.document(name, fields={"friend": ann, "others": [ann]})
    wish = "friend(image),others"

    wished = studio.site.get(address, Prefer=f'transclude="{wish}"')
    mark = "&" if "?" in address else "?"
    asked = studio.site.get(f"{address}{mark}_embed={wish}")

    assert wished.data == asked.data
    assert wished.headers["ETag"] == asked.headers["ETag"]
    assert wished.headers["Preference-Applied"] == f'transclude="{wish}"'
    assert "Preference-Applied" not in asked.headers
    again = studio.site.get(
        address, Prefer=f'transclude="{wish}"', If_None_Match=wished.headers["ETag"]
    )
    assert (again.status_code, "Prefer" in again.headers["Vary"]) == (304, True)


@pytest.mark.parametrize(
    "prefer",
    [
        "transclude=friend",
        "transclude=c:friend",
        'Transclude = "friend"; x=1',
        'transclude="c:friend;nosuch"',
        'return=minimal, transclude="http://localhost/site/api/rels/friend"',
        'transclude="friend,nosuch", transclude=others',
    ],
)
def test_preferences_are_written_in_many_ways(studio: Studio, prefer: str) -> None:
    """Relations by name, curie or address, with commas or semicolons; the unknown are left out."""
    ann = studio.document("ann")
    studio.document("bob", fields={"friend": ann})

    answer = studio.site.get("/documents/bob", Prefer=prefer)

    assert answer.get_json(force=True)["_embedded"].keys() == {"c:friend"}
    assert answer.headers["Preference-Applied"] == 'transclude="friend"'


@pytest.mark.parametrize(
    "prefer",
    [
        'transclude="others;depth=1"',
        'transclude="others,depth=1"',
        'transclude="depth=1;others"',
        'Transclude = "others; Depth = 1 ;nosuch"; depth=3',
        'transclude="others"; depth=1',
        "transclude=others;depth=1",
        'return=minimal, transclude="others"; x=1; depth="1"',
    ],
)
@pytest.mark.parametrize("address", ["/documents/bob", "/documents/?_scope=bobs"])
def test_a_preference_says_how_deep(studio: Studio, prefer: str, address: str) -> None:
    """A depth in the header is _depth beside _embed, and the answer says that it was granted."""
    ann = studio.document("ann")
    for name in ("bob", "bobs/one"):
        studio.document(name, fields={"others": [ann]})
    wished = studio.site.get(address, Prefer=prefer)
    mark = "&" if "?" in address else "?"
    asked = studio.site.get(f"{address}{mark}_embed=others&_depth=1")

    assert wished.data == asked.data
    assert wished.headers["ETag"] == asked.headers["ETag"]
    assert wished.headers["Preference-Applied"] == 'transclude="others;depth=1"'


def test_a_depth_in_the_header_cuts(studio: Studio) -> None:
    """No more levels are embedded than the header says, and below it is said what is left out."""
    made = chain(studio, 4)
    wish = 'transclude="friend(friend(friend));depth=2"'
    found = studio.site.read(f"/documents/{made[-1]}", Prefer=wish)

    assert cuts(embedded(found, "c:friend", "c:friend")) == [("c:friend", "depth", made[0])]


def test_the_depth_of_the_address_wins(studio: Studio) -> None:
    """Whoever says both depths gets that of the address, and is not told of the other."""
    made = chain(studio, 3)
    answer = studio.site.get(
        f"/documents/{made[-1]}?_depth=1", Prefer='transclude="friend(friend);depth=2"'
    )

    assert "_embedded" not in embedded(answer.get_json(force=True), "c:friend")
    assert answer.headers["Preference-Applied"] == 'transclude="friend(friend)"'


def test_a_mount_that_embeds_by_default_goes_as_deep_as_wished(tmp_path: Path) -> None:
    """The same names as the mount's own, with a depth, are a wish of their own."""
    defaults = 'name = "site"\ndefault_parameters = { _embed = "friend(friend)", _dates = "iso" }\n'
    with opened(tmp_path, MOUNTS.replace('name = "site"\n', defaults)) as studio:
        made = chain(studio, 3)
        found = studio.site.read(
            f"/documents/{made[-1]}", Prefer='transclude="friend(friend);depth=1"'
        )

    assert "_embedded" not in embedded(found, "c:friend")
    query = "?_embed=friend(friend)&_depth=1&_dates=iso"
    assert found["_links"]["self"]["href"].endswith(query)


@pytest.mark.parametrize(
    "prefer",
    [
        *("transclude", "transclude=item", 'transclude="friend("', "return=minimal"),
        *(
            'transclude="friend;depth=0"',
            'transclude="friend;depth=33"',
            "transclude=friend;depth=x",
        ),
        *('transclude="friend(friend;depth=2)"', 'transclude=";depth=2"'),
    ],
)
def test_a_wish_that_cannot_be_granted_is_passed_over(studio: Studio, prefer: str) -> None:
    """What a header wishes for in vain changes nothing, and nothing says that it was applied."""
    studio.document("bob")
    plain = studio.site.get("/documents/bob")
    answer = studio.site.get("/documents/bob", Prefer=prefer)

    assert (answer.status_code, answer.data) == (200, plain.data)
    assert "Preference-Applied" not in answer.headers


def test_the_parameter_wins_over_the_header(studio: Studio) -> None:
    """Whoever says both gets what the address says."""
    ann = studio.document("ann")
    studio.document("bob", fields={"friend": ann, "others": [ann]})

    answer = studio.site.get("/documents/bob?_embed=others", Prefer="transclude=friend")

    assert answer.get_json(force=True)["_embedded"].keys() == {"c:others"}
    assert "Preference-Applied" not in answer.headers


def test_both_preferences_are_told(studio: Studio) -> None:
    """A lenient answer that embeds as well says both."""
    studio.document("bob")
    answer = studio.site.get(
        "/documents/bob?nosuch=1", Prefer='handling=lenient, transclude="friend,others"'
    )

    assert answer.headers["Preference-Applied"] == ('handling=lenient, transclude="friend,others"')


def test_caches_keep_answers_apart_by_preference(studio: Studio) -> None:
    """Where a preference could be granted, Vary names it, sent or not."""
    studio.document("bob")
    for address in ("/documents/bob", "/documents/", "/note/", "/documents/bob?_embed=friend"):
        assert studio.site.get(address).headers["Vary"] == "Accept, Prefer", address


def test_a_wish_does_not_change_what_is_listed(studio: Studio) -> None:
    """A list that _depth narrows stays as it is, whatever the header wishes."""
    studio.document("a/b/c/deep")
    answer = studio.site.get("/documents/?_depth=1", Prefer="transclude=friend")

    assert answer.get_json(force=True)["_meta"]["totalSize"] == 0
    assert "Preference-Applied" not in answer.headers


# -- streams, and the law -------------------------------------------------------


def test_a_stream_embeds_as_pages_do(studio: Studio) -> None:
    """Each line of a stream has embedded what the item of a page has."""
    chain(studio, 4)
    paged = studio.site.documents("/documents/?_embed=friend(friend)&_limit=100")
    streamed = studio.site.get("/documents/?_embed=friend(friend)", Accept=NDJSON)
    lines = [json.loads(line) for line in streamed.data.splitlines()]

    assert sorted(lines, key=_by_id) == sorted(paged, key=_by_id)


def _by_id(shape: dict[str, Any]) -> str:
    return str(shape["_meta"]["id"])


names = st.text("abcxyz./-:", min_size=1, max_size=6)
trees: st.SearchStrategy[Any] = st.recursive(
    st.just({}), lambda below: st.dictionaries(names, below, max_size=3), max_leaves=12
)


@given(trees)
def test_what_is_written_is_read_again(tree: embedding.Embeds) -> None:
    """Reading undoes writing."""
    assert embeds.parse(embeds.written(tree)) == tree


@given(st.text("ab(),; ", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is written is an expression or a mistake, and an expression means the same again."""
    try:
        read = embeds.parse(text)
    except embeds.BadEmbeds:
        return
    assert embeds.parse(embeds.written(read)) == read


def levels(shape: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The chains of ids that *shape* embeds."""
    own = shape["_meta"]["id"]
    yield (own,)
    for found in shape.get("_embedded", {}).values():
        for one in found if isinstance(found, list) else [found]:
            for below in levels(one):
                yield (own, *below)


def test_no_chain_has_a_resource_twice(studio: Studio) -> None:
    """Documents that all point at each other embed each other in every order, none in itself."""
    made = [studio.document(f"n{number}") for number in range(4)]
    with studio.writing() as tx:
        for one in made:
            tx.revise(one, {"title": one, "others": made, "friend": made[0]})
            tx.publish(one)

    found = studio.site.read(f"/documents/{made[0]}?_embed=others(others(others(others)))")
    chains = list(levels(found))

    assert all(len(set(one)) == len(one) for one in chains)
    assert len(chains) == 1 + 3 + 3 * 2 + 3 * 2 * 1

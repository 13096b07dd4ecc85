"""Document types: what fields may hold, and how it is stored.

Most of this needs no database; what does is at the end.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import (
    ROOT_ID,
    DocumentType,
    Field,
    FieldKind,
    Kind,
    Reader,
    Repository,
    Side,
    Types,
)
from content_repo.doctypes import DEEPEST, Problem
from content_repo.errors import InvalidFields, InvalidType, UnknownType
from tests.content_repo.content import must, one_page, page
from tests.content_repo.stores import NOTE, PAGE, TYPES

KNOWN: Final = Types({one.name: one for one in TYPES})
A_UUID: Final = "2f54c1a5-3f0e-4f1b-9d3e-0a5d3a1c7b60"


def checked(fields: dict[Any, Any], name: str = PAGE) -> dict[str, Any]:
    return KNOWN.checked(name, fields)


def problems(fields: dict[Any, Any], name: str = PAGE) -> list[Problem]:
    with pytest.raises(InvalidFields) as refusal:
        KNOWN.checked(name, fields)
    return list(refusal.value.facts["problems"])


def pointers(fields: dict[Any, Any], name: str = PAGE) -> list[str]:
    return [one.pointer for one in problems(fields, name)]


GOOD: Final[list[tuple[str, Any, Any]]] = [
    ("title", "", ""),
    ("title", "é🐚", "é🐚"),
    ("summary", "two\nlines", "two\nlines"),
    ("content", "<p>Text</p>", "<p>Text</p>"),
    ("words", [], []),
    ("words", ["b", "a", "b"], ["b", "a", "b"]),
    ("ready", True, True),
    ("ready", False, False),
    ("count", 0, 0),
    ("count", -(2**63), -(2**63)),
    ("count", 2**63 - 1, 2**63 - 1),
    ("price", 1, 1),
    ("price", -0.5, -0.5),
    ("price", 1e308, 1e308),
    ("date", 0, 0),
    ("date", "1970-01-01T01:00:00+01:00", 0),
    ("date", "2017-02-14T16:12:00.250Z", 1487088720250),
    ("date", "1969-12-31T23:59:59Z", -1000),
    ("date", datetime(1970, 1, 1, tzinfo=UTC), 0),
    ("date", "9999-12-31T23:59:59Z", 253402300799000),
    ("author", {"name": "Ann"}, {"_type": "play:person", "name": "Ann"}),
    (
        "author",
        {"_type": "play:employee", "name": "Ann", "office": "1"},
        {"_type": "play:employee", "name": "Ann", "office": "1"},
    ),
    ("author", {"name": "Ann", "home": None}, {"_type": "play:person", "name": "Ann",
                                               "home": ROOT_ID}),
    ("parts", [{"_type": "play:box", "inner": {"_type": "play:box"}}],
     [{"_type": "play:box", "inner": {"_type": "play:box"}}]),
    ("above", None, ROOT_ID),
    ("above", A_UUID.upper(), A_UUID),
    ("related", [A_UUID, A_UUID.upper()], [A_UUID, A_UUID]),
    ("image", A_UUID, A_UUID),
    ("topics", ["snails"], ["snails"]),
    ("extra", {"a": [1, 2.5, None, True, "x", {}]}, {"a": [1, 2.5, None, True, "x", {}]}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given_value", "stored"), GOOD)
def test_good_values(name: str, given_value: Any, stored: Any) -> None:
    """Every kind of field takes its values, and stores them in one form."""
    assert checked({name: given_value}) == {name: stored}
    assert checked(checked({name: given_value})) == {name: stored}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def each(name: str, *values: Any) -> list[tuple[str, Any, str]]:
    """That field with each of the values, all of them wrong as a whole."""
    return [(name, value, f"/{name}") for value in values]


BAD: Final[list[tuple[str, Any, str]]] = [
    *((name, 1, f"/{name}") for name in ("title", "summary", "content", "words", "topics")),
    *((name, "a\0b", f"/{name}") for name in ("title", "summary", "content", "extra", "date")),
    *((name, "a\ud800b", f"/{name}") for name in ("title", "content", "extra", "above")),
    ("words", "a", "/words"),
    ("words", ["a", 1], "/words/1"),
    ("words", ["a", None], "/words/1"),
    ("words", ["\udfff"], "/words/0"),
    ("topics", ["a", "\0"], "/topics/1"),
    *each("ready", 0, 1, "true", []),
    *each("count", True, 1.0, "1", 2**63, -(2**63) - 1, 10**100),
    *each("price", True, "1", 2**63, float("nan"), float("inf"), -float("inf")),
    *each(
        "date", True, 1.5, "soon", "2017-02-14", "2017-02-14T16:12:00", [],
        2**62, -(2**62), 253_402_300_800_000, datetime(1970, 1, 1),
    ),
    *each("author", "Ann", [], 1),
    ("author", {}, "/author/name"),
    ("author", {"name": 1}, "/author/name"),
    ("author", {"name": "Ann", "age": 1}, "/author/age"),
    ("author", {"_type": "play:box"}, "/author"),
    ("author", {"_type": 1}, "/author"),
    ("parts", {"_type": "play:box"}, "/parts"),
    ("parts", [{}], "/parts/0"),
    ("parts", [{"_type": "play:page"}], "/parts/0"),
    ("parts", [{"_type": "play:box", "inner": {"_type": "no"}}], "/parts/0/inner"),
    *each("above", "", "content", 1, [A_UUID], "0" * 32),
    ("related", A_UUID, "/related"),
    ("related", [A_UUID, "x"], "/related/1"),
    ("image", {"id": A_UUID}, "/image"),
    ("extra", float("nan"), "/extra"),
    ("extra", {"a": [{"b": 2**63}]}, "/extra/a/0/b"),
    ("extra", {"a/b": {"c~d": "\0"}}, "/extra/a~1b/c~0d"),
    ("extra", {"a\0": 1}, "/extra/a\0"),
    ("extra", {1: 1}, "/extra/1"),
    ("extra", {"a": object()}, "/extra/a"),
    ("extra", {"a": (1, 2)}, "/extra/a"),
    ("extra", nested(DEEPEST + 1), "/extra" + "/0" * DEEPEST),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "pointer"), BAD)
def test_bad_values(name: str, value: Any, pointer: str) -> None:
    """Whatever a field cannot hold is refused, and a JSON pointer says where."""
    assert pointer in pointers({name: value})


@pytest.mark.parametrize("name", [PAGE, NOTE])
def test_an_unset_field_is_left_out(name: str) -> None:
    """Null means that a declared field has no value, and is not stored."""
    assert checked({"title": None}, name) == {}


def test_values_may_be_nested_to_a_depth() -> None:
    """A value at the greatest depth is stored, one deeper is refused."""
    assert checked({"extra": nested(DEEPEST)}) == {"extra": nested(DEEPEST)}
    assert pointers({"extra": nested(100_000)}) == ["/extra" + "/0" * DEEPEST]


def test_compounds_may_be_nested_to_a_depth() -> None:
    """Compounds in compounds end, too."""
    box: dict[str, Any] = {"_type": "play:box"}
    for _ in range(500):
        box = {"_type": "play:box", "inner": box}

    assert [one.reason for one in problems({"parts": [box]})] == [f"nested deeper than {DEEPEST}"]


def test_all_problems_are_said_at_once() -> None:
    """A writer learns everything that is wrong, not only the first of it."""
    found = pointers({"title": 1, "words": [1, "x", 2], "author": {"home": "x"}, "nope": 1})

    assert found == ["/title", "/words/0", "/words/2", "/author/home", "/author/name", "/nope"]


@pytest.mark.parametrize(
    ("key", "hint"), [("titel", "title"), ("sumary", "summary"), ("xyzzy", None)]
)
def test_a_misspelt_field_is_told_its_nearest_name(key: str, hint: str | None) -> None:
    """A closed type names the field that was probably meant."""
    (problem,) = problems({key: "x"})

    assert (f"did you mean {hint!r}?" in problem.reason) is (hint is not None)


def test_a_closed_type_takes_declared_fields_only() -> None:
    """What the type does not declare is refused, and so is what metadata is called."""
    assert pointers({"other": 1, "_meta": 1}) == ["/other", "/_meta"]


def test_an_open_type_takes_any_json_besides() -> None:
    """Undeclared fields are any JSON, kept as they are; declared ones are checked."""
    fields = {"title": "x", "other": {"deep": [None]}, "nothing": None}

    assert checked(fields, NOTE) == fields
    assert pointers({"title": 1, "_meta": 1, "other": float("nan")}, NOTE) == [
        "/title", "/_meta", "/other",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["a\0b", "a\ud800b", "x" * 256, "é" * 128, 1, None])
def test_an_undeclared_field_has_a_name_that_can_be_stored(key: Any) -> None:
    """A field's name is text of at most 255 bytes, without NUL and lone surrogates."""
    (problem,) = problems({key: 1}, NOTE)

    assert problem.pointer.encode().startswith(b"/")


def test_required_fields_are_there() -> None:
    """A required field is neither absent nor null."""
    assert pointers({"author": {}}) == pointers({"author": {"name": None}}) == ["/author/name"]


# -- inheritance ---------------------------------------------------------------


def types(*given_types: DocumentType) -> Types:
    return Types({one.name: one for one in given_types})


def declared(name: str, *names: str, base: str | None = None, open: bool = False) -> DocumentType:
    own = tuple(Field(name=one, kind=FieldKind.STRING, label=name) for one in names)
    return DocumentType(name=name, base=base, open=open, fields=own)


def test_a_type_has_its_own_and_its_inherited_fields() -> None:
    """Fields of all types that a type extends are its own, the nearest first."""
    known = types(
        declared("a:top", "one"),
        declared("a:mid", "two", base="a:top"),
        declared("a:low", "three", base="a:mid"),
    )

    assert list(known.fields("a:low")) == ["three", "two", "one"]
    assert list(known.fields("a:top")) == ["one"]


def test_a_type_may_declare_a_field_of_its_base_anew() -> None:
    """Within a namespace the extending type's declaration holds."""
    known = types(declared("a:base", "title"), declared("a:one", "title", base="a:base"))

    assert [one.label for one in known.fields("a:one").values()] == ["a:one"]


def test_the_own_namespace_has_the_short_name() -> None:
    """A base type of another namespace gives its field under the full name where it must."""
    known = types(declared("b:base", "title", "date"), declared("a:one", "title", base="b:base"))

    found = known.fields("a:one")

    assert {name: one.label for name, one in found.items()} == {
        "title": "a:one", "b:title": "b:base", "date": "b:base",
    }  # fmt: skip
    assert known.checked("a:one", {"title": "x", "b:title": "y"}) == {"title": "x", "b:title": "y"}


def test_openness_is_inherited() -> None:
    """A type that extends an open one is open."""
    known = types(declared("a:base", open=True), declared("a:one", base="a:base"))

    assert known.is_open("a:one")
    assert not KNOWN.is_open(PAGE)


def test_types_are_found_by_full_and_by_short_name() -> None:
    """A short name stands for all document types of that name; compounds are none."""
    known = types(
        declared("a:news"), declared("b:news"), DocumentType(name="c:news", compound=True)
    )

    assert [one.name for one in known.find("news")] == ["a:news", "b:news"]
    assert [one.name for one in known.find("b:news")] == ["b:news"]
    assert known.find("c:news") == known.find("none") == known.find("a:none") == ()


@pytest.mark.parametrize(
    "broken",
    [
        [declared("noname")],
        [declared(":x")],
        [declared("x:")],
        [declared("a:b/c")],
        [declared("a:b", base="a:none")],
        [declared("a:b", base="a:b")],
        [declared("a:b", base="a:c"), declared("a:c", base="a:b")],
        [declared("a:b", "_x")],
        [declared("a:b", "")],
        [declared("a:b", "x", "x")],
        [declared("a:b\0")],
        [declared("a:b", "x\ud800")],
    ],
)
def test_types_that_cannot_hold(broken: list[DocumentType]) -> None:
    """A type has a namespace, bases that exist and end, and fields one can address."""
    with pytest.raises(InvalidType):
        types(*broken)


@pytest.mark.parametrize("one", TYPES)
def test_a_definition_is_read_as_it_was_written(one: DocumentType) -> None:
    """A type survives being written down as JSON."""
    assert DocumentType.parse(one.definition()) == one


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"name": 1},
        {"name": "a:b", "colour": "red"},
        {"name": "a:b", "base": []},
        {"name": "a:b", "open": "yes"},
        {"name": "a:b", "fields": 1},
        {"name": "a:b", "fields": ["x"]},
        {"name": "a:b", "fields": [{"name": "x"}]},
        {"name": "a:b", "fields": [{"kind": "string"}]},
        {"name": "a:b", "fields": [{"name": 1, "kind": "string"}]},
        {"name": "a:b", "fields": [{"name": "x", "kind": "colour"}]},
        {"name": "a:b", "fields": [{"name": "x", "kind": "mirror", "targets": 1}]},
        {"name": "a:b", "fields": [{"name": "x", "kind": "mirror", "targets": [1]}]},
        {"name": "a:b", "fields": [{"name": "x", "kind": "string", "multiple": 1}]},
    ],
)
def test_a_definition_that_is_none(definition: dict[str, Any]) -> None:
    """Whatever is not a type's definition is refused as such."""
    with pytest.raises(InvalidType):
        DocumentType.parse(definition)


ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*KNOWN.fields(PAGE), "other"]), ANYTHING))
def test_checking_ends_in_fields_or_in_a_refusal(fields: dict[str, Any]) -> None:
    """No value whatever makes checking fail in another way, and what passed passes again."""
    for name in (PAGE, NOTE):
        with contextlib.suppress(InvalidFields):
            stored = KNOWN.checked(name, fields)
            assert KNOWN.checked(name, stored) == stored


# -- in the repository ---------------------------------------------------------


def test_types_are_kept(repository: Repository) -> None:
    """Types that were defined are there, for every transaction and for every reader."""
    assert repository.types == KNOWN
    with repository.write() as tx:
        assert tx.types == KNOWN


def test_a_type_holds_in_the_transaction_that_defines_it(
    repository: Repository, draft: Reader
) -> None:
    """A new type can be used at once, and by others once it is committed."""
    with repository.write() as tx:
        tx.define([declared("play:new", "title")])
        id = page(tx, "x", type="play:new")

    assert must(draft.get(id)).type == "play:new"
    assert "play:new" in repository.types.by_name


def test_a_type_may_be_replaced(repository: Repository) -> None:
    """A type defined again is the new one, and its documents are checked against that."""
    id = one_page(repository)
    with repository.write() as tx:
        tx.define([declared(PAGE, "headline")])
        with pytest.raises(InvalidFields):
            tx.revise(id, {"title": "x"})
        tx.revise(id, {"headline": "x"})

    assert list(repository.types.fields(PAGE)) == ["headline"]


def test_a_type_that_cannot_hold_changes_nothing(repository: Repository) -> None:
    """A refused definition leaves the types as they were."""
    with repository.write() as tx:
        with pytest.raises(InvalidType):
            tx.define([declared("play:bad", base="play:none")])
        assert tx.types == KNOWN

    assert repository.types == KNOWN


def test_a_document_is_of_a_type_that_has_documents(repository: Repository) -> None:
    """Unknown, abstract and compound types have no documents of their own."""
    with repository.write() as tx:
        with pytest.raises(UnknownType):
            page(tx, "x", type="play:none")
        for name in ("play:base", "play:person"):
            with pytest.raises(InvalidFields):
                page(tx, "x", fields={"name": "x"}, type=name)


def test_undeclared_fields_are_remembered_on_their_side(repository: Repository) -> None:
    """Names of undeclared fields are known from when a side first shows them, for good."""
    with repository.write() as tx:
        id = page(tx, "x", fields={"title": "x", "extra": 1}, type=NOTE)
    assert repository.seen_fields(Side.DRAFT) == {"extra"}
    assert repository.seen_fields(Side.PUBLISHED) == frozenset()

    with repository.write() as tx:
        tx.publish(id)
        tx.revise(id, {"another": 1})

    assert repository.seen_fields(Side.DRAFT) == {"extra", "another"}
    assert repository.seen_fields(Side.PUBLISHED) == {"extra"}


HOSTILE: Final[list[dict[Any, Any]]] = [
    {"title": "a\0b"},
    {"title": "a\ud800b"},
    {"extra": float("nan")},
    {"extra": 2**63},
    {"count": 2**63},
    {"extra": nested(100_000)},
    {"count": 10**5000, "extra": 10**5000},
]


@pytest.mark.parametrize(
    "kind", [Kind.DOCUMENT, Kind.FOLDER, Kind.ASSET, Kind.BUNDLE, Kind.TAXONOMY]
)
def test_what_no_database_holds_is_refused_on_each(repository: Repository, kind: Kind) -> None:
    """NUL, lone surrogates, NaN, 2**63 and bottomless depth never reach the database."""
    type_name = PAGE if kind is Kind.DOCUMENT else None
    with repository.write() as tx:
        for fields in HOSTILE:
            with pytest.raises(InvalidFields):
                tx.create(kind, ROOT_ID, "x", type=type_name, fields=fields)
        assert tx.position == 0
        tx.publish(page(tx, "still works"))


@pytest.mark.parametrize(
    "said",
    [
        {"locale": "n\0l"},
        {"owner": "\ud800"},
        {"rank": 2**63},
        {"group": "not a uuid"},
        {"group": A_UUID + "0"},
        {"key": "\0"},
    ],
)
def test_what_is_said_of_a_node_is_checked_too(
    repository: Repository, said: dict[str, Any]
) -> None:
    """Locale, owner, rank, group and key are refused where a database would stumble."""
    with repository.write() as tx:
        with pytest.raises(InvalidFields):
            tx.create(Kind.BUNDLE, ROOT_ID, "x", **said)
        page(tx, "still works")


@pytest.mark.parametrize(
    "labels",
    [{"rank": 2**63}, {"owner": "\0"}, {"labels": {"a": "\ud800"}}, {"finalizers": nested(100)}],
)
def test_labels_are_checked_too(repository: Repository, labels: dict[str, Any]) -> None:
    """What no database could hold is no label."""
    id = one_page(repository)

    with repository.write() as tx, pytest.raises(InvalidFields):
        tx.label(id, **labels)


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_author_and_message_are_checked_too(repository: Repository, text: str) -> None:
    """A transaction that the log could not name does not begin."""
    for said in ({"author": text}, {"message": text}):
        with pytest.raises(InvalidFields), repository.write(**said):
            pass

"""Lists of records as taxonomies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import taxonomy
from content_repo.doctypes import json_problems
from hal_delivery.exchange.formats import categories
from hal_delivery.exchange.formats.trees import Tree
from hal_delivery.exchange.formats.unreadable import Unreadable


def read(content: str, suffix: str) -> Tree:
    tree = categories.read(content.encode(), suffix)
    assert list(taxonomy.problems(tree.fields)) == []
    assert list(json_problems(tree.fields, "")) == []
    return tree


def of(value: Any) -> Tree:
    return read(json.dumps(value), ".json")


def paths(tree: Tree) -> list[str]:
    """The keys that lead to each category, in order."""

    def below(found: list[dict[str, Any]], above: str) -> list[str]:
        return [
            path
            for one in found
            for path in [above + one["key"], *below(one["categories"], f"{above}{one['key']}/")]
        ]

    return below(tree.fields["categories"], "")


def reasons(tree: Tree) -> str:
    return "\n".join(reason for _, reason in tree.notes)


FORMS = {
    ".json": json.dumps(
        {
            "version": "1",
            "categories": [
                {"id": "010", "label": "Ice", "parent_id": "001"},
                {"id": "001", "label": "Sea", "parent_id": None},
            ],
        }
    ),
    ".yaml": "- {id: 010, label: Ice, parent_id: 001}\n- {id: 001, label: Sea, parent_id: ~}\n",
    ".csv": "\ufeffid;label;parent_id\r\n010;Ice;001\r\n\r\n001;Sea;\r\n",
}


@pytest.mark.parametrize("suffix", FORMS)
def test_each_format_gives_the_same_tree(suffix: str) -> None:
    """A child may come before its parent, and codes keep their zeros."""
    tree = read(FORMS[suffix], suffix)
    value = categories.load(FORMS[suffix].encode(), suffix)

    assert paths(tree) == ["001", "001/010"]
    assert tree.notes == ()
    assert tree.fields == read(FORMS[".json"], ".json").fields
    assert categories.is_categories(value)


def test_yaml_ids_are_text_as_written() -> None:
    """A number, a date or a word of YAML is no other id than the one in the file."""
    tree = read(
        "tops:\n- {id: 1.10, name: a}\n- {id: 1.1, name: b}\n- {id: 0x1F, name: c, parent: 1.10}\n"
        "- {id: 2020-01-01, name: d, parent: [1.1]}\n- {id: no, name: e, parent: 2020-01-01}\n"
        "- {id: &x true, name: f, parent: no}\n- {id: g, name: g, parent: *x, parent: 1.10}\n",
        ".yml",
    )

    assert paths(tree) == [
        "1.10", "1.10/0x1F", "1.10/g", "1.1", "1.1/2020-01-01", "1.1/2020-01-01/no",
        "1.1/2020-01-01/no/true",
    ]  # fmt: skip
    assert tree.notes == ()


def test_records_may_be_nested() -> None:
    """What lies in a record's children or categories lies below it."""
    tree = of([
        {"key": "sea", "title": "Sea", "children": [
            {"key": "ice", "title": "Ice", "categories": [{"key": "floe", "title": "Floe"}]},
            {"key": "salt", "title": "Salt", "parent_key": "ice"},
        ]},
    ])  # fmt: skip

    assert paths(tree) == ["sea", "sea/ice", "sea/ice/floe", "sea/salt"]
    assert "'salt' has a second parent, 'ice'" in reasons(tree)


def test_labels_may_be_in_several_locales() -> None:
    """A text is English; a map is by locale; all else that is one value is a property."""
    tree = of([
        {"id": 1, "name": {"nl": "Zee", "de": "See", "fr": None}, "synonyms": {"nl": ["Oceaan"]},
         "parent": 0, "description": {"nl": "Zout."}, "weight": 3, "slug": "zee"},
        {"id": 2, "name": " Ice ", "altLabels": ["Floe", ""], "description": "Cold.",
         "parent": "zee", "open": False, "title": "The ice", "tags": ["x"]},
        {"id": 3, "parent": {"id": 2}, "label": 2019},
    ])  # fmt: skip

    sea = tree.fields["categories"][0]
    ice = sea["categories"][0]
    assert tree.fields["locales"] == ["de", "en", "nl"]
    assert paths(tree) == ["1", "1/2", "1/2/3"]
    assert (sea["name"], ice["name"], ice["categories"][0]["name"]) == ("See", "Ice", "2019")
    assert sea["infos"] == {
        "de": {
            "name": "See",
            "description": None,
            "synonyms": [],
            "properties": {"weight": 3, "slug": "zee"},
        },
        "nl": {"name": "Zee", "description": "Zout.", "synonyms": ["Oceaan"], "properties": {}},
    }
    assert ice["infos"]["en"] == {
        "name": "Ice",
        "description": "Cold.",
        "synonyms": ["Floe"],
        "properties": {"open": False, "title": "The ice"},
    }
    assert [reason for _, reason in tree.notes if "tags" not in reason] == []


def test_what_has_no_place_is_given_one_and_noted() -> None:
    """Unknown parents, second parents, ids that are there twice and cycles are all noted."""
    tree = of([
        {"id": "a", "name": "A", "parent": "gone"},
        {"id": "b", "name": "B", "parent": ["a", "c"]},
        {"id": "c", "name": "C", "parent": "d"},
        {"id": "d", "name": "D", "parent": "c"},
        {"id": "b", "name": "again", "parent": "c"},
        {"name": "nobody"},
        "nothing",
    ])  # fmt: skip

    assert paths(tree) == ["a", "a/b", "c", "c/d"]
    assert [reason.split(" ")[0] for _, reason in tree.notes].count("a") == 2
    for part in ("'gone'", "a second parent, 'c'", "the id 'b' is there", "'c' lies below itself"):
        assert part in reasons(tree)


def test_notes_on_csv_have_their_line() -> None:
    """A row is named by the line that it ends on."""
    tree = read('id,parent,name\na,,"A\nB"\nb,x,B\n,,C\nd,a,D,E\n', ".csv")

    assert sorted(line for line, _ in tree.notes if line) == [4, 5, 6]
    assert paths(tree) == ["a", "a/d", "b"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"id": 1, "name": "a", "parent": None}], True),
        ([{"slug": "a", "label": "a", "children": [{"slug": "b"}]}], True),
        ({"version": 1, "all": [{"code": "a", "title": "A", "parentId": "b"}]}, True),
        ([{"id": 1, "name": "a"}], False),
        ([{"id": 1, "name": "a", "children": []}], False),
        ([{"id": 1, "name": "a", "children": ["b"]}], False),
        ([{"id": 1, "parent_id": 2, "text": "a reply"}], False),
        ([{"name": "a", "parent": "b"}], False),
        ([{"id": 1, "name": "a", "parent": None}, "b"], False),
        ([{"id": 1, "name": "a", "parent": None}, {"name": "b"}], False),
        ({"id": 1, "title": "A post", "categories": [{"id": 2, "name": "news"}]}, False),
        ({n: [{"id": 1, "name": "a", "parent": None}] for n in "ab"}, False),
        ([{"id": True, "name": "a", "parent": None}], False),
        ([], False),
        ({}, False),
        ("id", False),
        (None, False),
    ],
)
def test_categories_are_told_from_other_values(value: Any, expected: bool) -> None:
    """Each record has an id, some a label, and one at least a place in a tree."""
    assert categories.is_categories(value) is expected


def test_a_list_that_no_rule_recognises_is_read_where_it_is_asked_for() -> None:
    """Whoever says that records are categories gets them, without a parent if need be."""
    assert paths(of([{"id": 1, "name": "a"}, {"id": 2}])) == ["1", "2"]


@pytest.mark.parametrize(
    ("content", "suffix", "line"),
    [
        ('[{"id": 1},\n}]', ".json", 2),
        ("- id: 1\n- }", ".yaml", 2),
        ('id,name\n1,"a\n', ".csv", 2),
        ("id,name\n", ".csv", None),
        ("[]", ".json", None),
        ("a: b", ".yaml", None),
        ("", ".yaml", None),
        ('{"a": [{"id": 1}], "b": [{"id": 1}]}', ".json", None),
        (r'[{"id": "a\u0000", "name": "a"}]', ".json", None),
        (r'[{"id": "a", "name": "\ud800"}]', ".json", None),
        ("id = 1", ".toml", None),
    ],
)
def test_a_broken_file_is_refused(content: str, suffix: str, line: int | None) -> None:
    """What cannot be read, or has no records, is refused; with a line if there is one."""
    with pytest.raises(Unreadable) as refused:
        categories.read(content.encode(), suffix)

    assert refused.value.line == line


def test_too_many_categories_are_refused() -> None:
    """A list longer than any reader could get at once is no taxonomy."""
    rows = "\n".join(map(str, range(100_001)))
    with pytest.raises(Unreadable):
        categories.read(f"id\n{rows}".encode(), ".csv")


NAMES = st.sampled_from(["a", "b", "c", "0", "a-2", "x/y", ".", ""])


@given(st.lists(st.fixed_dictionaries({"id": NAMES, "parent": NAMES, "name": NAMES})))
def test_any_records_become_a_tree(records: list[dict[str, str]]) -> None:
    """Whatever parents are named, each id has one place, and no path leads to two."""
    ids = {record["id"] for record in records} - {""}
    if not ids:
        return
    fields = of(records).fields
    found = [one for top in fields["categories"] for one in walked(top, "")]

    assert sorted(key for key, _ in found) == sorted(ids)
    assert len({path for _, path in found}) == len(found)


def walked(category: dict[str, Any], above: str) -> list[tuple[str, str]]:
    """Keys with paths made of names."""
    path = f"{above}/{category['name']}"
    below = [pair for child in category["categories"] for pair in walked(child, path)]
    return [(category["key"], path), *below]

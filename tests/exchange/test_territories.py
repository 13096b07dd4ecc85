"""CLDR's territories as a taxonomy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from content_repo import taxonomy
from content_repo.doctypes import json_problems
from hal_delivery.exchange.formats import territories
from hal_delivery.exchange.formats.unreadable import Unreadable

CONTAINMENT = {
    "001": {"_contains": ["150", "002"]},
    "001-status-grouping": {"_contains": ["EU"]},
    "002": {"_contains": ["ZA", "CD"]},
    "150": {"_contains": ["NL"]},
    "150-status-deprecated": {"_contains": ["QU"]},
    "EU": {"_contains": ["NL"], "_grouping": "true"},
}

NAMES = {
    "en": {
        "001": "World",
        "002": "Africa",
        "150": "Europe",
        "CD-alt-variant": "Congo (DRC)",
        "CD": "Congo - Kinshasa",
        "EU": "European Union",
        "NL": "Netherlands",
        "ZA": "South Africa",
    },
    "pt-PT": {"001": "Mundo", "NL": "Países Baixos"},
}


def containment(value: Any) -> bytes:
    return json.dumps({"supplemental": {"territoryContainment": value}}).encode()


def named(locale: str, names: Any) -> bytes:
    value = {"main": {locale: {"localeDisplayNames": {"territories": names}}}}
    return json.dumps(value).encode()


def test_the_world_is_a_tree() -> None:
    """Regions and countries lie in one another in the order given; groupings are left out."""
    names = {locale: named(locale, found) for locale, found in NAMES.items()}
    tree = territories.read(containment(CONTAINMENT), names)
    (world,) = tree.fields["categories"]
    europe, africa = world["categories"]

    assert list(taxonomy.problems(tree.fields)) == []
    assert list(json_problems(tree.fields, "")) == []
    assert tree.fields["locales"] == ["en", "pt-PT"]
    assert (world["key"], world["name"]) == ("001", "World")
    assert [one["name"] for one in europe["categories"]] == ["Netherlands"]
    assert [one["key"] for one in africa["categories"]] == ["ZA", "CD"]
    assert africa["categories"][1]["infos"] == {
        "en": {
            "name": "Congo - Kinshasa",
            "description": None,
            "synonyms": ["Congo (DRC)"],
            "properties": {},
        }
    }
    assert europe["categories"][0]["infos"]["pt-PT"]["name"] == "Países Baixos"


def test_missing_names_are_noted() -> None:
    """A locale that lacks names is noted once, and a territory without any is its code."""
    tree = territories.read(containment(CONTAINMENT), {"nl": named("nl", {"001": "wereld"})})

    assert len(tree.notes) == 1
    assert "'nl'" in tree.notes[0][1]
    assert [one["name"] for one in tree.fields["categories"][0]["categories"]] == ["150", "002"]
    assert territories.read(containment(CONTAINMENT), {}).fields["locales"] == []


def test_a_second_parent_is_noted() -> None:
    """A territory lies in the first region that holds it."""
    value = {"001": {"_contains": ["a", "b"]}, "a": {"_contains": ["c"]}, "b": {"_contains": ["c"]}}
    tree = territories.read(containment(value), {})

    assert ["second parent, 'b'" in reason for _, reason in tree.notes] == [True]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"{}", {}),
        (b"[", {}),
        (containment([]), {}),
        (containment({"001": []}), {}),
        (containment({"001": {"_contains": [1]}}), {}),
        (containment(CONTAINMENT), {"en": b"{}"}),
        (containment(CONTAINMENT), {"en": b'{"main": {"en": 1}}'}),
    ],
)
def test_what_is_not_cldr_is_refused(content: bytes, names: dict[str, bytes]) -> None:
    """Files that hold anything else are refused."""
    with pytest.raises(Unreadable):
        territories.read(content, names)


def test_broken_names_are_refused_with_their_locale() -> None:
    """The reason says in which language's file the broken line is."""
    with pytest.raises(Unreadable) as refused:
        territories.read(containment(CONTAINMENT), {"nl": b"{\n]"})

    assert "'nl'" in refused.value.reason
    assert refused.value.line == 2

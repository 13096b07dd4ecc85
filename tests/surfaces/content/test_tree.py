"""The tree: a site's navigation in one answer."""

from __future__ import annotations

from typing import Any

import pytest

from hal_delivery.services import delivery
from tests.surfaces.content.place import Place
from tests.surfaces.problems import mistake


def documents(branch: dict[str, Any]) -> list[str]:
    """The ids of all documents below *branch*."""
    inside = branch.get("_embedded", {"documents": [], "folders": []})
    found = [one["_meta"]["id"] for one in inside["documents"]]
    for folder in inside["folders"]:
        found.extend(documents(folder))
    return found


def depth(branch: dict[str, Any]) -> int:
    """How many levels of *branch* are open."""
    folders = branch.get("_embedded", {}).get("folders")
    if folders is None:
        return 0
    return 1 + max((depth(one) for one in folders), default=0)


def test_the_tree_holds_all_that_the_lists_hold(site: Place) -> None:
    """Every document of the mount is in it once."""
    listed = [one["_meta"]["id"] for one in site.documents("/documents/?_limit=100")]

    assert sorted(documents(site.read("/tree"))) == sorted(listed)


def test_depth_closes_what_lies_deeper(site: Place) -> None:
    """Only so many levels are open."""
    assert [depth(site.read(f"/tree?_depth={levels}")) for levels in (1, 2, 3)] == [1, 2, 3]


def test_fields_leave_out_what_a_navigation_does_not_need(site: Place) -> None:
    """With _fields=title the documents have a title and no text."""
    tree = site.get("/tree?_fields=title")

    assert documents(tree.get_json()) == documents(site.read("/tree"))
    assert b'"content"' not in tree.data
    assert tree.get_json()["_links"]["self"]["href"].endswith("/tree?_fields=title")


def test_each_folder_in_it_can_be_opened(site: Place) -> None:
    """A closed folder's self link opens it."""
    closed = site.read("/tree?_depth=1")["_embedded"]["folders"]

    for one in closed:
        assert "_embedded" not in one
        assert "_embedded" in site.read(one["_links"]["self"]["href"])


def test_a_folder_s_own_tree_is_linked(site: Place) -> None:
    """c:tree of a folder is the same tree from there on."""
    blog = site.read(site.read("/folders/blog")["_links"]["c:tree"]["href"])

    assert len(documents(blog)) == 2


def test_a_depth_out_of_bounds_is_a_mistake(site: Place) -> None:
    """How deep one can look is said where more is asked."""
    for given in ("0", "33", "-1", "9223372036854775808", "x"):
        told = mistake(site.get(f"/tree?_depth={given}"), "_depth")
        assert told["value"] == given
        assert told["example"].startswith("_depth=")


def test_what_is_too_much_for_one_answer_is_counted(
    site: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut in silence: folders stay closed, and what is missing is said."""
    monkeypatch.setattr(delivery, "LARGEST_TREE", 3)
    tree = site.read("/tree")

    assert len(tree["_embedded"]["folders"]) == 3
    assert tree["_meta"]["leftOut"] == 2
    assert not any("_embedded" in one for one in tree["_embedded"]["folders"])

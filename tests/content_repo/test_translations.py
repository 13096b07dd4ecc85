"""Translations: what says nothing, and who lends it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import ROOT_ID
from content_repo.translations import Lender, is_lacking, lent, present

names = st.lists(st.sampled_from("abcde"), unique=True)
types = st.sampled_from(["site:page", "site:note", "site:letter"])
lenders = st.lists(
    st.builds(Lender, st.uuids().map(str), types, names), unique_by=lambda one: one.id
)


@pytest.mark.parametrize("value", [None, "", [], ROOT_ID])
def test_what_is_empty_is_lacking(value: Any) -> None:
    """Nothing, an empty text, an empty list and a reference that leads nowhere say nothing."""
    assert is_lacking(value)
    assert present({"a": value}) == ()


@pytest.mark.parametrize("value", [0, 0.0, False, " ", {}, [None], [""], "0"])
def test_what_is_said_is_not_lacking(value: Any) -> None:
    """Zero, false, an empty map and a list with anything in it are values."""
    assert not is_lacking(value)
    assert present({"a": value}) == ("a",)


def test_what_is_a_document_s_own_is_never_lent() -> None:
    """Where a document came from, and which of its values are dates, is said of it alone."""
    assert present({"sourcePath": "a.md", "_dates": ["/a"], "a": 1}) == ("a",)


@given(names, st.sets(types), lenders)
def test_each_missing_field_is_the_first_lender_s(
    has: list[str], lineage: set[str], others: list[Lender]
) -> None:
    """Of those whose type one is or extends, the first that has a field lends it, and nobody
    lends what one has."""
    found = lent(has, lineage, others)
    able = [one for one in others if one.type in lineage]

    for name in "abcde":
        first = next((one.id for one in able if name in one.present), None)
        assert found.get(name) == (None if name in has else first)


@given(names, lenders)
def test_nothing_is_lent_twice(has: list[str], others: list[Lender]) -> None:
    """Who has borrowed all there is lacks nothing more."""
    lineage = {one.type for one in others}
    found = lent(has, lineage, others)

    assert lent([*has, *found], lineage, others) == {}

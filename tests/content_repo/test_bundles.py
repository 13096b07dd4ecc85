"""Resource bundles and their chain of locales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from content_repo import ROOT_ID, Kind, Node, Reader, Repository, bundles, locales
from content_repo.errors import InvalidFields
from content_repo.model import State
from tests.content_repo.content import must

MESSAGES: Final = {
    "default": {"title": "Welcome", "close": "Close", "menu": "Menu"},
    "nl": {"title": "Welkom", "close": "Sluiten"},
    "nl_BE": {"close": "Toe"},
    "de": {"title": ""},
}

EMPTY: Final = Node(
    id=ROOT_ID, number=1, kind=Kind.BUNDLE, type="", parent=None, name="", path="", rank=0,
    locale=None, group=ROOT_ID, key=None, state=State.LIVE, revision=1, fields_revision=1,
    fields={}, published_revision=None, published_at=None, labels={}, annotations={},
    finalizers=(), owner=None, created_at=0, modified_at=0, deleted_at=None,
)  # fmt: skip

BUNDLE: Final = replace(EMPTY, fields={"messages": MESSAGES})


def resolved(locale: str, node: Node = BUNDLE) -> tuple[Mapping[str, str], Mapping[str, str]]:
    found = bundles.resolve(node, locale)
    assert found is not None
    return found.texts, found.borrowed


def test_a_locale_borrows_what_it_lacks_from_its_parents() -> None:
    """A reader of nl_BE is given nl's text, then the default one, and told which."""
    assert resolved("nl_BE") == (
        {"close": "Toe", "menu": "Menu", "title": "Welkom"},
        {"menu": "default", "title": "nl"},
    )


def test_the_default_locale_borrows_from_nobody() -> None:
    """The default locale holds every key itself."""
    assert resolved("default") == (dict(sorted(MESSAGES["default"].items())), {})


def test_an_empty_text_is_a_text() -> None:
    """A message saved empty is empty, not borrowed."""
    assert resolved("de")[0]["title"] == ""


def test_a_region_without_texts_is_answered_by_its_language() -> None:
    """A locale that the bundle lacks is answered where a parent of it is there."""
    texts, borrowed = resolved("nl_NL")

    assert texts["title"] == "Welkom"
    assert borrowed == {"close": "nl", "menu": "default", "title": "nl"}


@pytest.mark.parametrize("locale", ["fr", "fr_FR", "pt-BR"])
def test_a_locale_without_any_text_borrows_everything(locale: str) -> None:
    """A locale nobody has translated yet is answered with the default texts, and says so."""
    texts, borrowed = resolved(locale)

    assert texts == resolved("default")[0]
    assert set(borrowed.values()) == {"default"}
    assert borrowed.keys() == texts.keys()


@pytest.mark.parametrize("locale", ["", "not a locale", "nl_BE_", "zz_zz_zz_zz", "x" * 1000])
def test_what_is_no_locale_is_not_answered(locale: str) -> None:
    """A slip of the pen is told apart from a language without texts."""
    assert bundles.resolve(BUNDLE, locale) is None


@pytest.mark.parametrize("spelling", ["nl_BE", "nl-BE", "nl-be", "NL_be"])
def test_a_locale_is_known_in_every_spelling(spelling: str) -> None:
    """Locales are compared by their BCP 47 form, and delivered as written."""
    found = bundles.resolve(BUNDLE, spelling)

    assert found is not None
    assert found.locale == "nl_BE"
    assert locales.tag(spelling) == "nl-BE"


def test_a_bundle_always_has_the_default_locale() -> None:
    """A bundle without messages has an empty default locale and no others."""
    assert bundles.messages(EMPTY) == {"default": {}}
    assert bundles.other_locales(EMPTY) == []
    assert bundles.other_locales(BUNDLE) == ["de", "nl", "nl_BE"]
    assert resolved("default", EMPTY) == ({}, {})


@pytest.mark.parametrize(
    ("locale", "chain"),
    [
        ("zh_Hant_TW", ["zh-Hant-TW", "zh-Hant", "zh"]),
        ("en", ["en"]),
        ("not a locale", ["not a locale"]),
        ("default", ["default"]),
    ],
)
def test_a_locale_has_a_chain_of_parents(locale: str, chain: list[str]) -> None:
    """Parents come nearest first, and what is no locale has none."""
    assert locales.chain(locale) == chain


def test_a_bundle_is_stored_as_written(repository: Repository, draft: Reader) -> None:
    """Locales keep their spelling, messages their text."""
    fields = {"basename": "site", "messages": MESSAGES}
    with repository.write() as tx:
        id = tx.create(Kind.BUNDLE, ROOT_ID, "labels", fields=fields)

    assert must(draft.get(id)).fields == fields


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"basename": 5}, "/basename"),
        ({"messages": []}, "/messages"),
        ({"messages": None}, "/messages"),
        ({"messages": {"nl": "x"}}, "/messages/nl"),
        ({"messages": {"nl": {"a/b": 1}}}, "/messages/nl/a~1b"),
        ({"messages": {"nl": {"a": None}}}, "/messages/nl/a"),
        ({"messages": {"nl_BE": {}, "nl-be": {}}}, "/messages/nl-be"),
    ],
)
def test_what_is_no_bundle_is_refused(
    repository: Repository, fields: dict[str, Any], pointer: str
) -> None:
    """Messages are texts by key by locale, and no locale is there twice."""
    with repository.write() as tx, pytest.raises(InvalidFields) as refusal:
        tx.create(Kind.BUNDLE, ROOT_ID, "labels", fields=fields)

    assert [one.pointer for one in refusal.value.facts["problems"]] == [pointer]

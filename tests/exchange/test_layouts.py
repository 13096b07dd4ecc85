"""Which locale a path says, by layouts that are written and by those that are guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal_delivery.exchange.layouts import (
    LANGUAGES,
    FirstOf,
    InvalidLayout,
    Spot,
    guess,
    is_locale,
    is_messages_locale,
    parsed,
)


def test_the_languages_are_those_of_iso_639_1() -> None:
    """All 184 codes of two letters are languages, and no other words are."""
    assert len(LANGUAGES) == 184
    assert not LANGUAGES & {"go", "js", "py", "ui", "db", "md", "in", "iw"}


@pytest.mark.parametrize(
    "text", ["nl", "pt-br", "pt_BR", "zh-Hant", "zh_hans_CN", "es-419", "sr-Latn-RS"]
)
def test_a_language_may_have_a_script_and_a_region(text: str) -> None:
    """Locales are written as in BCP 47 or with underscores, whatever the case of their parts."""
    assert is_locale(text)


@pytest.mark.parametrize("text", ["", "osx", "nav", "go", "IT", "en-", "en-x", "english", "en.md"])
def test_other_words_are_no_locales(text: str) -> None:
    """Neither three letters nor capitals are a locale by themselves."""
    assert not is_locale(text)


@pytest.mark.parametrize(
    "text",
    [
        *("nl", "pt-br", "sr-Latn-RS", "iw", "in", "ji", "iw_IL", "fil", "fil_PH", "ast", "haw"),
        *("kok_IN", "en_US_POSIX", "no_NO_NY", "ca_ES_VALENCIA", "ca-ES-valencia", "de_DE_1996"),
    ],
)
def test_messages_have_more_locales(text: str) -> None:
    """Files of messages have former codes, languages of three letters and variants, too."""
    assert is_messages_locale(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "go", "IW", "nav", "log", "en_POSIX", "en_US_", "en_US_backup", "en_US_A"),
        *("en_US_POSIXLIKE", "fil_log", "en_US_posix", "zh_TW_old"),
    ],
)
def test_other_words_are_no_locales_of_messages(text: str) -> None:
    """A variant comes after a region, and is a registered one unless it is in capitals."""
    assert not is_messages_locale(text)


@pytest.mark.parametrize(
    ("pattern", "path", "locale", "rest"),
    [
        ("site/content/{locale}/{path}", "site/content/nl/a/b.md", "nl", "a/b.md"),
        ("pages[.{locale}]/{path}", "pages.nl/a/b.md", "nl", "a/b.md"),
        ("pages[.{locale}]/{path}", "pages/a/b.md", None, "a/b.md"),
        ("{path}.{locale}.{ext}", "a/b.nl.md", "nl", "a/b"),
        ("{path}.{locale}.{ext}", "a/b.md", None, "a/b"),
        ("{path}.{locale}.{ext}", "a/b.min.md", None, "a/b.min"),
        ("{path}[_{locale}].md", "a/b_pt_BR.md", "pt_BR", "a/b"),
        ("{path}/{locale}.{ext}", "a/b/nl.md", "nl", "a/b"),
        ("[{locale}/]{path}", "nl/a.md", "nl", "a.md"),
        ("[{locale}/]{path}", "docs/a.md", None, "docs/a.md"),
    ],
)
def test_a_layout_takes_a_path_apart(
    pattern: str, path: str, locale: str | None, rest: str
) -> None:
    """A layout says a file's locale, or that it has none, and what its translations share."""
    assert parsed(pattern).file(path) == Spot(pattern, locale, rest)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("site/{locale}/{path}", "other/nl/a.md"),
        ("site/{locale}/{path}", "site/images/a.md"),
        ("site/{locale}/{path}", "site/nl"),
        ("s.te/{locale}/{path}", "site/nl/a.md"),
        ("{path}/{locale}.{ext}", "a/b/c.md"),
    ],
)
def test_a_layout_says_nothing_of_other_paths(pattern: str, path: str) -> None:
    """Where a path does not fit, or the word in the locale's place is none, nothing is said."""
    assert parsed(pattern).file(path) is None


def test_translations_have_one_group() -> None:
    """The group of a page is the same in every locale, and different for every page."""
    layout = parsed("{locale}/{path}")
    groups = [
        spot.group(spot.rest) for one in ("nl/a", "pt-br/a", "nl/b") if (spot := layout.file(one))
    ]

    assert groups == ["{locale}/a", "{locale}/a", "{locale}/b"]


def test_folders_have_a_locale_if_it_is_a_folders() -> None:
    """A layout by folders says the locale's own folder and all below; one by suffixes says none."""
    by_folder = parsed("pages[.{locale}]/{path}")

    assert by_folder.folder("pages.nl") == Spot("pages[.{locale}]/{path}", "nl", "")
    assert by_folder.folder("pages/a/b") == Spot("pages[.{locale}]/{path}", None, "a/b")
    assert by_folder.folder("other") is None
    assert parsed("{path}.{locale}.{ext}").folder("a.nl.md") is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("site/{path}", "{locale} once"),
        ("site/{locale}/", "{path} once"),
        ("{locale}/{locale}/{path}", "{locale} once"),
        ("{lang}/{path}", "{lang} is none of {locale} {path} {ext}"),
        ("{locale/{path}", "a brace stands alone"),
        ("[{locale}/{path}", "a bracket stands alone"),
        ("[a[.{locale}]]/{path}", "a bracket stands alone, or in others"),
        ("{locale}[/{path}]", "{path} in brackets might be missing"),
    ],
)
def test_a_layout_that_cannot_be_meant_is_refused(pattern: str, reason: str) -> None:
    """A pattern has one locale and one path, and is told what it lacks."""
    with pytest.raises(InvalidLayout) as refusal:
        parsed(pattern)

    assert reason in str(refusal.value)
    assert repr(pattern) in str(refusal.value)


def test_the_first_layout_that_fits_decides() -> None:
    """Of several layouts, the later ones are asked only if the earlier say nothing."""
    layout = FirstOf([parsed("docs/{locale}/{path}"), parsed("{path}.{locale}.{ext}")])

    assert layout.file("docs/nl/a.fr.md") == Spot("docs/{locale}/{path}", "nl", "a.fr.md")
    assert layout.file("blog/a.fr.md") == Spot("{path}.{locale}.{ext}", "fr", "blog/a")
    assert layout.folder("docs/nl") == Spot("docs/{locale}/{path}", "nl", "")


def test_folders_side_by_side_named_by_locales_are_guessed() -> None:
    """Two folders of that form in one folder, at any depth, say the locale of all below."""
    layout = guess(["a/content/en/docs", "a/content/pt-br", "a/content/images"])

    assert layout.file("a/content/en/docs/x.md") == Spot(
        "a/content/{locale}/{path}", "en", "docs/x.md"
    )
    assert layout.folder("a/content/pt-br") == Spot("a/content/{locale}/{path}", "pt-br", "")
    assert layout.file("a/content/images/x.png") is None
    assert layout.file("a/content/en.md") is None


@pytest.mark.parametrize(
    "folders",
    [["osx"], ["nav"], ["lib/go", "lib/js"], ["docs/en"], ["docs/en", "blog/nl"], ["osx", "en"]],
)
def test_a_folder_alone_is_no_locale(folders: list[str]) -> None:
    """A name that might be a locale is none without another one beside it."""
    layout = guess(folders)

    assert [layout.folder(folder) for folder in folders] == [None] * len(folders)


def test_only_the_outermost_locale_counts() -> None:
    """Below a locale's folder, names that look like locales are names."""
    layout = guess(["en/lang/is", "en/lang/it", "nl/lang/is"])

    assert layout.file("en/lang/is/x.md") == Spot("{locale}/{path}", "en", "lang/is/x.md")


def test_what_no_pattern_could_say_is_not_guessed() -> None:
    """Below a folder with a bracket in its name, nothing is guessed."""
    assert guess(["app/[slug]/en", "app/[slug]/nl"]).folder("app/[slug]/en") is None


_NAMES = st.sampled_from(["en", "nl", "pt-br", "docs", "nav", "é", "a.b", "go"])
_FOLDERS = st.sets(st.lists(_NAMES, min_size=1, max_size=4).map("/".join), min_size=1)


@given(_FOLDERS)
def test_a_guess_can_be_written(folders: set[str]) -> None:
    """The patterns of a guess, written as layouts, say the same of every path."""
    guessed = guess(folders)
    spots = [guessed.folder(folder) for folder in sorted(folders)]
    written = FirstOf([parsed(one) for one in sorted({spot.pattern for spot in spots if spot})])

    for folder in folders:
        assert written.folder(folder) == guessed.folder(folder)
        assert written.file(f"{folder}/x.md") == guessed.file(f"{folder}/x.md")

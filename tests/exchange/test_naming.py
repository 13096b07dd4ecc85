"""Names of nodes and of bundles, by the names of files."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import names
from hal_delivery.exchange import naming
from hal_delivery.exchange.naming import Given, Part, Wish

A_UUID = "2f54c1a5-3f0e-4f1b-9d3e-0a5d3a1c7b60"
NFD = unicodedata.normalize("NFD", "café.md")
NFC = unicodedata.normalize("NFC", "café.md")


def wish(name: str) -> Wish:
    return Wish(name, name, naming.suffixed(name)[0])


def asset(name: str) -> Wish:
    return Wish(name, name, name)


def called(*wishes: Wish) -> list[str | None]:
    return [one.name for one in naming.given(wishes)]


def test_a_name_drops_the_suffix() -> None:
    """A document is called by its stem, an asset by its whole name."""
    assert called(wish("a.b.md"), asset("c.png")) == ["a.b", "c.png"]


def test_all_files_that_would_share_a_name_keep_their_suffix() -> None:
    """Documents of one stem, or of a folder's or asset's name, are called by their whole names."""
    assert called(wish("a.md"), wish("a.yml"), wish("b.md")) == ["a.md", "a.yml", "b"]
    assert called(wish("a.md"), asset("a")) == ["a.md", "a"]


def test_a_whole_name_may_take_a_short_one() -> None:
    """Where a whole name is another's stem, that one keeps its suffix, too."""
    assert called(wish("a.md.md"), wish("a.md"), wish("a.html")) == ["a.md.md", "a.md", "a.html"]


@pytest.mark.parametrize("name", [".md", "..md", "...md", f"{A_UUID}.md"])
def test_a_stem_that_is_no_name_keeps_its_suffix(name: str) -> None:
    """Where the stem is nothing, a dot, two dots or a UUID, the whole name is taken."""
    assert called(wish(name)) == [name]


@pytest.mark.parametrize("name", ["a\udce9.png", "x" * 256])
def test_what_cannot_be_a_name_is_refused_with_its_reason(name: str) -> None:
    """A file whose whole name no node can have gets none, and the reason is said."""
    [given] = naming.given([asset(name)])

    assert given.name is None
    assert given.reason


def test_a_name_in_the_form_of_a_uuid_is_numbered() -> None:
    """A whole name that has the form of an id is numbered past those there, and remarked on."""
    [numbered, other] = naming.given([asset(A_UUID), asset(f"{A_UUID}-1")])

    assert (numbered.name, other) == (f"{A_UUID}-2", Given(f"{A_UUID}-1"))
    assert numbered.reason is not None
    assert "the form of a UUID" in numbered.reason
    assert repr(numbered.name) in numbered.reason


def test_a_twin_is_numbered_whatever_the_order() -> None:
    """Of two spellings of one name in Unicode, the decomposed one is numbered and remarked on."""
    first, twin = naming.given([wish(NFC), wish(NFD)])
    assert (first, twin.name) == (Given("café"), "café-1")
    assert twin.reason

    assert called(wish(NFD), wish(NFC)) == ["café-1", "café"]


def test_a_number_takes_no_name_from_anybody() -> None:
    """A twin is numbered past the names that are there."""
    assert called(wish(NFC), wish(NFD), wish("café-1.md")) == ["café", "café-2", "café-1"]


_FILES = st.sets(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["a", "b", "é", unicodedata.normalize("NFD", "é"), "é-1", "", "."]),
            st.sampled_from(["", ".md", ".yml", ".md.md", ".png"]),
        ),
    ).filter(lambda name: name not in ("", ".", "..")),
    min_size=1,
)


@given(_FILES, st.randoms())
def test_names_are_unique_and_need_no_order(files: set[str], random: object) -> None:
    """No two files of a folder share a name, and the order they come in changes nothing."""
    ordered = sorted(files)
    shuffled = list(ordered)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    wishes = {name: asset(name) if name.endswith("png") else wish(name) for name in files}
    first = dict(zip(ordered, called(*(wishes[name] for name in ordered)), strict=True))
    second = dict(zip(shuffled, called(*(wishes[name] for name in shuffled)), strict=True))

    assert first == second
    assert len(set(first.values())) == len(files)
    assert all(name and names.checked_name(name) == name for name in first.values())


def parts(*paths: str) -> dict[str, Part]:
    return naming.bundle_parts(paths)


def test_files_of_one_name_are_one_bundle() -> None:
    """A locale after the Name is one if another file beside it has the Name, too."""
    assert parts("a/Log.properties", "a/Log_nl.properties", "a/Log_zh_Hant_TW.properties") == {
        "a/Log.properties": Part("a", "Log", None),
        "a/Log_nl.properties": Part("a", "Log", "nl"),
        "a/Log_zh_Hant_TW.properties": Part("a", "Log", "zh_Hant_TW"),
    }
    assert parts("Log_nl.properties", "Log_pt_BR.properties") == {
        "Log_nl.properties": Part("", "Log", "nl"),
        "Log_pt_BR.properties": Part("", "Log", "pt_BR"),
    }


@pytest.mark.parametrize(
    "paths",
    [
        ["log4j_config.properties"],
        ["log4j_config.properties", "log4j.properties"],
        ["messages_nl.properties"],
        ["messages_nl.properties", "other/messages.properties"],
        ["messages-nl.properties", "messages.properties"],
        ["it/messages.properties", "is/messages.properties"],
        ["nl.properties", "de.properties"],
    ],
)
def test_what_looks_like_a_locale_may_be_a_part_of_the_name(paths: list[str]) -> None:
    """Without another file of the Name in its folder, a file is a bundle of its own."""
    assert all(
        part.locale is None and path.endswith(f"{part.name}.properties")
        for path, part in parts(*paths).items()
    )


@pytest.mark.parametrize(
    "locale", ["iw", "in", "ji_US", "fil", "fil_PH", "haw_US", "en_US_POSIX", "ca_ES_VALENCIA"]
)
def test_a_bundle_may_have_locales_that_are_written_otherwise(locale: str) -> None:
    """Beside a base of the Name, or two of its locales, former codes and variants are locales."""
    one = f"a/Log_{locale}.properties"

    assert parts("a/Log.properties", one)[one] == Part("a", "Log", locale)
    assert parts("a/Log_nl.properties", "a/Log_de.properties", one)[one] == Part("a", "Log", locale)


@pytest.mark.parametrize(
    "paths",
    [
        ["log_in.properties"],
        ["log_in.properties", "log_fil.properties"],
        ["log_in.properties", "log_nl.properties"],
        ["log_in.properties", "other/log.properties"],
        ["log_in.properties", "log_en_US_backup.properties", "sign.properties"],
        ["log_en_US_backup.properties", "log.properties"],
    ],
)
def test_such_a_locale_makes_no_bundle_by_itself(paths: list[str]) -> None:
    """Without a base of the Name, or two locales, it is a part of the name, as of ``log_in``."""
    assert all(
        part.locale is None and path.endswith(f"{part.name}.properties")
        for path, part in parts(*paths).items()
    )


def test_a_name_that_ends_in_a_locale_is_not_shared_twice() -> None:
    """A file that is one locale of a bundle is no bundle for others to be locales of."""
    assert parts("x.properties", "x_en.properties", "x_en_nl.properties") == {
        "x.properties": Part("", "x", None),
        "x_en.properties": Part("", "x", "en"),
        "x_en_nl.properties": Part("", "x", "en_nl"),
    }


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("locale/nl/LC_MESSAGES/django.po", Part("locale", "django", "nl")),
        ("locale/sr@latin/LC_MESSAGES/django.po", Part("locale", "django", "sr@latin")),
        ("locale/fil/LC_MESSAGES/django.po", Part("locale", "django", "fil")),
        ("nl/LC_MESSAGES/django.po", Part("", "django", "nl")),
        ("docs/nl/LC_MESSAGES/guide/start.po", Part("docs", "guide.start", "nl")),
        ("lang/pt_BR/site.po", Part("lang", "site", "pt_BR")),
        ("locale/iw/LC_MESSAGES/django.po", Part("locale", "django", "iw")),
        ("locale/ca_ES_VALENCIA/LC_MESSAGES/django.po", Part("locale", "django", "ca_ES_VALENCIA")),
        ("locale/fil_PH/LC_MESSAGES/django.po", Part("locale", "django", "fil_PH")),
        ("lang/fil/site.po", Part("lang", "site", "fil")),
        ("po/en_US_POSIX.po", Part("po", "", "en_US_POSIX")),
        ("po/nl.po", Part("po", "", "nl")),
        ("po/site.po", Part("po", "site", None)),
        ("go/site.po", Part("go", "site", None)),
        ("LC_MESSAGES/site.po", Part("LC_MESSAGES", "site", None)),
    ],
)
def test_gettext_says_the_locale_in_a_folder_or_as_the_stem(path: str, part: Part) -> None:
    """A ``.po`` has its locale from the folder that is named by one, or from its own name."""
    assert parts(path) == {path: part}


def test_gettext_may_say_the_locale_after_the_name() -> None:
    """Beside others of its Name, a ``.po`` may have its locale as a suffix."""
    assert parts("site.nl.po", "site-pt_BR.po", "log_is.po") == {
        "site.nl.po": Part("", "site", "nl"),
        "site-pt_BR.po": Part("", "site", "pt_BR"),
        "log_is.po": Part("", "log_is", None),
    }


def test_a_suffix_alone_is_a_name() -> None:
    """A file that is nothing but its suffix is called by it."""
    assert parts("a/.properties") == {"a/.properties": Part("a", ".properties", None)}

"""From a tree of files to a plan: kinds, names, places, locales, and nothing lost."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import random
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo.model import Kind
from hal_delivery.exchange import crew, layouts
from hal_delivery.exchange.arranging import Locales, arranged
from hal_delivery.exchange.gathering import Surveyed
from hal_delivery.exchange.plan import Entry, Folder, Plan, Role, Source
from hal_delivery.exchange.survey import CALLED_IGNORE, Options, survey
from tests.exchange.trees import planted

SITE = {
    "README.md": "# Site",
    "LICENSE.txt": "free",
    "site/content/en/_index.md": "---\ntitle: Home\n---\n",
    "site/content/en/docs/index.md": "---\naliases: [/old/, older]\n---\n",
    "site/content/en/docs/photo.png": "png",
    "site/content/en/docs/page.md": "---\naliases: [/old/, older/, ../x]\n---\n",
    "site/content/pt-br/docs/page.md": "# Pagina",
    "site/content/ko/.gitkeep": "",
    "site/registry/mysql enterprise.yml": "title: MySQL\ncategories: [db]\n",
    "site/registry/other.yaml": "title: Other\n",
    "site/i18n/en.yaml": "title: Start\nhome:\n  lead: Hello\n",
    "site/i18n/pt-br.yaml": "title: Inicio\n",
    "bundles/org/app/Log.properties": "a=1",
    "bundles/org/app/Log_nl.properties": "a=2",
    "taxonomies/shop/taxonomy.json": (
        '{"v": 1, "categories": [{"id": 1, "label": "Sea", "parent_id": null}]}'
    ),
    "taxonomies/shop/LICENSE.txt": "free",
    "taxonomies/world/territoryContainment.json": (
        '{"supplemental": {"territoryContainment": {"001": {"_contains": ["NL"]}}}}'
    ),
    "taxonomies/world/names/en.json": '{"main": {"en": {"a": "b"}}}',
    "taxonomies/world/names/nl.json": '{"main": {"nl": {"a": "b"}}}',
    "lib/go/a.md": "a",
    "lib/js/a.md": "a",
    "osx/a.md": "a",
}


def surveyed(root: Path, **said: object) -> Plan:
    return survey(root, options=Options(**said))  # type: ignore[arg-type]


def by_path(plan: Plan) -> dict[str, Entry]:
    return {entry.path: entry for entry in plan.entries}


def test_a_file_of_several_documents_is_no_broken_one(tmp_path: Path) -> None:
    """What is no map that can be read is an asset, even among files of messages."""
    files = {
        "deploy.yml": "kind: A\n---\nkind: B\n",
        "tsconfig.json": '{"a": 1, // one\n}',
        "i18n/en.yml": "a: A\n",
        "i18n/nl.yml": "a: A\n",
        "i18n/de.yml": "a: A\n---\na: B\n",
    }
    plan = surveyed(planted(tmp_path, files))

    assert plan.remarks == ()
    kinds = {path: entry.kind for path, entry in by_path(plan).items()}
    assert kinds == {
        "deploy.yml": Kind.ASSET,
        "tsconfig.json": Kind.ASSET,
        "i18n/de.yml": Kind.ASSET,
        "i18n/messages": Kind.BUNDLE,
    }


def folders(plan: Plan) -> dict[str, Folder]:
    return {folder.path: folder for folder in plan.folders}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return planted(tmp_path, SITE)


def test_every_file_of_a_site_becomes_something(site: Path) -> None:
    """A site with everything in it is planned without a remark, and nothing is left out."""
    plan = surveyed(site)

    assert (plan.remarks, plan.left_out) == ((), {})
    assert sorted(one.path for entry in plan.entries for one in entry.sources) == sorted(SITE)
    assert {path: entry.role for path, entry in by_path(plan).items()} == {
        "LICENSE.txt": Role.ASSET,
        "README": Role.PAGE,
        "bundles/org/app/Log": Role.PROPERTIES,
        "lib/go/a": Role.PAGE,
        "lib/js/a": Role.PAGE,
        "osx/a": Role.PAGE,
        "site/content/en/_index": Role.PAGE,
        "site/content/en/docs/index": Role.PAGE,
        "site/content/en/docs/page": Role.PAGE,
        "site/content/en/docs/photo.png": Role.ASSET,
        "site/content/ko/.gitkeep": Role.ASSET,
        "site/content/pt-br/docs/page": Role.PAGE,
        "site/i18n": Role.MESSAGES,
        "site/registry/mysql enterprise": Role.RECORD,
        "site/registry/other": Role.RECORD,
        "taxonomies/shop/LICENSE.txt": Role.ASSET,
        "taxonomies/shop/shop": Role.CATEGORIES,
        "taxonomies/world/world": Role.TERRITORIES,
    }


def test_entries_and_folders_are_in_order(site: Path) -> None:
    """Folders come before what lies in them, and an empty one is none."""
    (site / "empty" / "too").mkdir(parents=True)
    plan = surveyed(site)

    assert [one.path for one in plan.entries] == sorted(one.path for one in plan.entries)
    assert [one.path for one in plan.folders] == sorted(one.path for one in plan.folders)
    assert not {"empty", "empty/too", "site/i18n", "taxonomies/world/names"} & set(folders(plan))
    assert all(os.path.dirname(one.path) in {"", *folders(plan)} for one in plan.entries)


def test_a_source_is_known_by_its_bytes(site: Path) -> None:
    """Each source has its size and the SHA-256 of its bytes."""
    [source] = by_path(surveyed(site))["LICENSE.txt"].sources

    assert source == Source("LICENSE.txt", hashlib.sha256(b"free").hexdigest(), 4)


def test_a_sites_locales_are_guessed_and_said(site: Path) -> None:
    """Folders of locales side by side are found, and the layout that says it is given."""
    plan = surveyed(site)
    entries = by_path(plan)

    assert plan.layouts == ("site/content/{locale}/{path}",)
    assert {path: one.locale for path, one in entries.items() if one.locale} == {
        "site/content/en/_index": "en",
        "site/content/en/docs/index": "en",
        "site/content/en/docs/page": "en",
        "site/content/en/docs/photo.png": "en",
        "site/content/ko/.gitkeep": "ko",
        "site/content/pt-br/docs/page": "pt-br",
    }
    assert entries["site/content/en/docs/page"].group == "site/content/{locale}/docs/page"
    assert entries["site/content/pt-br/docs/page"].group == "site/content/{locale}/docs/page"
    assert entries["site/content/en/docs/photo.png"].group is None
    assert {path: one.locale for path, one in folders(plan).items() if one.locale} == {
        "site/content/en": "en",
        "site/content/en/docs": "en",
        "site/content/ko": "ko",
        "site/content/pt-br": "pt-br",
        "site/content/pt-br/docs": "pt-br",
    }
    assert folders(plan)["site/content/en"].group == "site/content/{locale}/"
    assert folders(plan)["site/content/pt-br/docs"].group == "site/content/{locale}/docs/"


def test_the_layout_that_is_said_makes_the_same_plan(site: Path) -> None:
    """Whoever writes the guessed layouts gets the guessed plan."""
    plan = surveyed(site)

    assert surveyed(site, layouts=plan.layouts) == plan


def test_nothing_is_guessed_where_the_locale_is_said(site: Path) -> None:
    """With a locale and no layout, every document is in it, and none is a translation."""
    plan = surveyed(site, locale="nl")
    documents = [one for one in plan.entries if one.kind is Kind.DOCUMENT]

    assert plan.layouts == ()
    assert {(one.locale, one.group) for one in documents} == {("nl", None)}
    assert {one.locale for one in plan.folders} == {None}


def test_a_layout_leaves_files_in_the_default_locale(tmp_path: Path) -> None:
    """What a layout matches without a locale is in the one said, else the default one."""
    planted(tmp_path, {"a.md": "", "a.nl.md": "", "a.png": "", "b.nl.yml": "a: 1"})
    plan = by_path(surveyed(tmp_path, layouts=("{path}.{locale}.{ext}",)))

    assert {path: (one.locale, one.group) for path, one in plan.items()} == {
        "a": ("en", "a.{locale}.{ext}"),
        "a.nl": ("nl", "a.{locale}.{ext}"),
        "a.png": (None, None),
        "b.nl": ("nl", "b.{locale}.{ext}"),
    }
    said = by_path(surveyed(tmp_path, layouts=("{path}.{locale}.{ext}",), locale="de"))
    assert said["a"].locale == "de"


def test_translations_may_have_different_suffixes(tmp_path: Path) -> None:
    """A page is a translation of another by its path, but no two in one locale are of one page."""
    planted(
        tmp_path,
        {"en/a.md": "", "nl/a.html": "", "en/b.md": "", "en/b.html": "", "nl/b.md": ""},
    )
    groups = {path: one.group for path, one in by_path(surveyed(tmp_path)).items()}

    assert groups["en/a"] == groups["nl/a"] == "{locale}/a"
    assert groups["en/b.md"] == groups["nl/b"] == "{locale}/b.md"
    assert groups["en/b.html"] == "{locale}/b.html"


def test_a_twin_is_nobodys_translation(tmp_path: Path) -> None:
    """Of two spellings of one page in a locale, only the first is in the page's group."""
    planted(tmp_path, {"en/é.md": "", "en/e\u0301.md": "", "nl/é.md": ""})
    groups = {path: one.group for path, one in by_path(surveyed(tmp_path)).items()}

    assert groups == {"en/é": "{locale}/é.md", "en/é-1": None, "nl/é": "{locale}/é.md"}


def test_names_in_the_form_of_ids_are_numbered(tmp_path: Path) -> None:
    """A folder or file named by a UUID is planned with a number and said; sources stay."""
    one, other = "550e8400-e29b-41d4-a716-446655440000", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"
    planted(tmp_path, {f"u/{one}/a.jpg": "", f"u/{one}/b.md": "", f"u/{other}": ""})
    plan = surveyed(tmp_path)

    assert {path: entry.sources[0].path for path, entry in by_path(plan).items()} == {
        f"u/{one}-1/a.jpg": f"u/{one}/a.jpg",
        f"u/{one}-1/b": f"u/{one}/b.md",
        f"u/{other}-1": f"u/{other}",
    }
    assert folders(plan)[f"u/{one}-1"].source == f"u/{one}"
    assert [(remark.path, remark.skipped) for remark in plan.remarks] == [
        (f"u/{one}", False),
        (f"u/{other}", False),
    ]


def test_folders_have_pages_of_their_own(tmp_path: Path) -> None:
    """Of ``_index``, ``index`` and ``readme``, in any case, the first is its folder's page."""
    planted(
        tmp_path,
        {
            "a/_index.md": "", "a/index.md": "", "a/README.md": "",
            "b/Index.html": "", "b/readme.md": "",
            "c/README.nl.md": "", "c/other.md": "",
            "d/index.png": "", "d/indexes.md": "",
        },
    )  # fmt: skip
    plan = surveyed(tmp_path)

    assert {path: one.page for path, one in folders(plan).items()} == {
        "a": "a/_index",
        "b": "b/Index",
        "c": "c/README.nl",
        "d": None,
    }


def test_other_addresses_are_absolute(site: Path) -> None:
    """A relative alias is seen from its page, a folder's page from where the folder is."""
    assert surveyed(site).aliases == {
        "site/content/en/docs/index": ("/old/", "/older"),
        "site/content/en/docs/page": ("/old/", "/docs/older/", "/x"),
    }


def test_bundles_have_their_locales_and_basenames(site: Path) -> None:
    """A bundle is named by its path with dots, and each file is one locale of it."""
    plan = by_path(surveyed(site))
    log, messages = plan["bundles/org/app/Log"], plan["site/i18n"]

    assert (log.kind, log.key) == (Kind.BUNDLE, "bundles.org.app.Log")
    assert [one.locale for one in log.sources] == ["default", "nl"]
    assert messages.key == "site.i18n"
    assert [one.locale for one in messages.sources] == ["en", "pt-br"]
    assert (messages.locale, messages.group) == (None, None)


def test_messages_keep_locales_that_are_written_otherwise(tmp_path: Path) -> None:
    """Former codes, languages of three letters and variants are locales as they are written."""
    found = {"fil_PH", "in", "nl", "pt", "ca_ES_VALENCIA"}
    planted(tmp_path, {f"i18n/{locale}.json": '{"a": "b"}' for locale in found})
    planted(tmp_path, {f"Log_{locale}.properties": "a=1" for locale in found})
    plan = by_path(surveyed(tmp_path))

    assert list(plan) == ["Log", "i18n"]
    for entry in plan.values():
        assert {one.locale for one in entry.sources} == found


def test_messages_lie_in_their_folder_if_it_holds_more(tmp_path: Path) -> None:
    """Where a folder of messages holds anything else, it stays, and the bundle lies in it."""
    planted(
        tmp_path,
        {
            "i18n/en.json": '{"a": "b"}', "i18n/nl.json": '{"a": "c"}', "i18n/LICENSE": "",
            "deep/en.json": '{"a": "b"}', "deep/nl.json": '{"a": "c"}',
            "deep/more/en.json": '{"a": "b"}', "deep/more/nl.json": '{"a": "c"}',
        },
    )  # fmt: skip
    plan = by_path(surveyed(tmp_path))

    assert {path: one.key for path, one in plan.items() if one.key} == {
        "deep/messages": "deep",
        "deep/more": "deep.more",
        "i18n/messages": "i18n",
    }


def test_messages_at_the_root_are_called_after_the_source(tmp_path: Path) -> None:
    """A source that is itself a folder of messages gives the bundle its name."""
    source = planted(tmp_path / "i18n", {"en.json": '{"a": "b"}', "nl.json": '{"a": "c"}'})

    assert {path: one.key for path, one in by_path(surveyed(source)).items()} == {"i18n": "i18n"}


def test_a_folder_of_locales_may_hold_records(tmp_path: Path) -> None:
    """Without two files of messages, files named by locales are records; a broken one is none."""
    planted(
        tmp_path,
        {
            "data/en.yml": "a: 1", "data/nl.yml": "a: 2",
            "i18n/en.yml": "a: b", "i18n/nl.yml": "a: c", "i18n/de.yml": "a: [",
            "one/en.yml": "a: b", "one/other.yml": "a: c",
        },
    )  # fmt: skip
    plan = by_path(surveyed(tmp_path))

    assert {path: (one.role, len(one.sources)) for path, one in plan.items()} == {
        "data/en": (Role.RECORD, 1),
        "data/nl": (Role.RECORD, 1),
        "i18n": (Role.MESSAGES, 3),
        "one/en": (Role.RECORD, 1),
        "one/other": (Role.RECORD, 1),
    }


def test_a_locale_is_in_a_bundle_once(tmp_path: Path) -> None:
    """A second file of a locale, in another spelling, is skipped and said."""
    planted(tmp_path, {"i18n/pt-br.json": '{"a": "b"}', "i18n/pt_BR.json": '{"a": "c"}'})
    plan = surveyed(tmp_path)

    assert [one.locale for one in plan.entries[0].sources] == ["pt-br"]
    assert [(one.path, one.skipped) for one in plan.remarks] == [("i18n/pt_BR.json", True)]
    assert "i18n/pt-br.json" in plan.remarks[0].reason


def test_basenames_and_names_of_taxonomies_are_unique(tmp_path: Path) -> None:
    """Where two bundles or taxonomies would have one key, the later one is numbered and said."""
    tree = '[{"id": 1, "name": "Sea", "parent": null}]'
    planted(
        tmp_path,
        {"a/b/c.properties": "", "a/b.c.properties": "", "x/sea.json": tree, "y/sea.json": tree},
    )
    plan = surveyed(tmp_path)

    assert {one.path: one.key for one in plan.entries if one.kind is Kind.BUNDLE} == {
        "a/b.c": "a.b.c",
        "a/b/c": "a.b.c-1",
    }
    assert [one.path for one in plan.entries if one.kind is Kind.TAXONOMY] == ["x/sea", "y/sea-1"]
    assert [(one.path, one.skipped) for one in plan.remarks] == [
        ("a/b/c.properties", False),
        ("y/sea.json", False),
    ]


def test_names_are_shared_with_nobody(tmp_path: Path) -> None:
    """Documents, bundles, taxonomies and folders of one stem keep their names apart."""
    planted(tmp_path, {"a.md": "", "a.yml": "a: 1", "a.properties": "", "b.md": "", "b/x.md": ""})

    assert list(by_path(surveyed(tmp_path))) == [
        "a.md", "a.properties", "a.yml", "b.md", "b/x",
    ]  # fmt: skip


def test_twins_are_numbered_with_all_below_them(tmp_path: Path) -> None:
    """Of two folders whose names differ in normal form only, one is numbered and said."""
    composed, decomposed = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    planted(tmp_path, {f"{composed}/a.md": "", f"{decomposed}/a.md": ""})
    plan = surveyed(tmp_path)

    assert list(by_path(plan)) == [f"{composed}-1/a", f"{composed}/a"]
    assert by_path(plan)[f"{composed}-1/a"].sources[0].path == f"{decomposed}/a.md"
    assert [(one.path, one.skipped) for one in plan.remarks] == [(decomposed, False)]


def test_what_cannot_have_a_name_is_skipped(tmp_path: Path) -> None:
    """A file that no node could be called after is named with the reason, and leaves no folder."""
    planted(tmp_path, {"b.md": ""})
    (tmp_path / "a").mkdir()
    for path in (b"a/caf\xe9.png", b"caf\xe9.md"):
        (tmp_path / os.fsdecode(path)).write_text("")
    plan = surveyed(tmp_path)

    assert (list(by_path(plan)), plan.folders) == (["b"], ())
    assert [(one.path, one.skipped) for one in plan.remarks] == [
        ("a/caf\\xe9.png", True),
        ("caf\\xe9.md", True),
    ]


def test_what_is_said_of_files_wins(tmp_path: Path) -> None:
    """A kind that is said of files comes before what they look like; the first that fits counts."""
    planted(
        tmp_path,
        {"a.txt": "", "b.md": "", "c.md": "", "l/en/ui.json": "{}", "l/nl/ui.json": "{}"},
    )
    kinds = (("asset", "b.*"), ("ignore", "c.md"), ("bundle", "l/"), ("page", "*.txt"))
    plan = surveyed(tmp_path, as_kinds=kinds)

    assert {path: (one.role, len(one.sources)) for path, one in by_path(plan).items()} == {
        "a": (Role.PAGE, 1),
        "b.md": (Role.ASSET, 1),
        "l/ui": (Role.MESSAGES, 2),
    }
    assert plan.left_out == {CALLED_IGNORE: 1}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"as_kinds": (("pages", "*"),)}, "'pages' is no kind of file; 'page' is"),
        ({"as_kinds": (("page", "!"),)}, "'!' is no pattern"),
        ({"exclude": ("!",)}, "'!' is no pattern"),
        ({"layouts": ("{path}",)}, "needs {locale} once"),
        ({"locale": "x y"}, "'x y' is no language tag; 'nl' and 'pt-BR' are"),
        ({"locale": ""}, "'' is no language tag"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    tmp_path: Path, said: dict[str, object], reason: str
) -> None:
    """An option that says nothing is refused before anything is read."""
    with pytest.raises(ValueError, match=re.escape(reason)):
        surveyed(tmp_path, **said)


def test_large_files_are_skipped(tmp_path: Path) -> None:
    """A file beyond its bound is named with its size: 16 MB for documents, what is said for all."""
    planted(tmp_path, {"a.bin": "x" * 11, "b.bin": "x" * 10})
    assert [one.path for one in surveyed(tmp_path, largest=10).remarks] == ["a.bin"]

    with (tmp_path / "c.md").open("wb") as file:
        file.truncate(16 * 1024 * 1024 + 1)
    [remark] = surveyed(tmp_path).remarks
    assert (remark.path, remark.skipped) == ("c.md", True)
    assert "16777217 bytes" in remark.reason


def test_a_file_that_never_rests_is_skipped() -> None:
    """A file that holds more than it did when it was opened, however often, is named."""
    # The system writes this one as it is read: its size is 0 before and after.
    plan = surveyed(Path("/proc/self/status"))

    assert (plan.entries, plan.folders) == ((), ())
    assert [(one.path, one.skipped) for one in plan.remarks] == [("status", True)]
    assert "changes while it is read" in plan.remarks[0].reason


def test_progress_counts_files(site: Path) -> None:
    """Whoever waits is told how many files have been read."""
    counted: list[int] = []
    survey(site, options=Options(), progress=counted.append)

    assert counted == list(range(1, len(SITE) + 1))


def test_a_single_file_is_planned(site: Path) -> None:
    """A file as the source is planned as if its folder held nothing else."""
    plan = surveyed(site / "site/content/en/docs/page.md")

    assert (list(by_path(plan)), plan.folders) == (["page"], ())


_NAMES = st.sampled_from(
    [
        *("a.md", "a.yml", "a", "é", "e\u0301", "é.md", "e\u0301.md", "index.md", "en.json"),
        *("nl.json", "m.properties", "m_nl.properties", "m.po", "nl.po", "sea.csv", ".md", "x.png"),
    ]
)
_FOLDERS = st.lists(st.sampled_from(["en", "nl", "a", "é", "e\u0301", "m"]), max_size=3)
_PATHS = st.builds(lambda above, name: "/".join([*above, name]), _FOLDERS, _NAMES)


@given(st.sets(_PATHS, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_order_changes_nothing_and_nothing_is_lost(paths: set[str], shuffle: random.Random) -> None:
    """Paths of nodes are unique, each file is in one node or one remark, in whatever order."""
    roles_by_suffix = {
        ".md": Role.PAGE, ".yml": Role.RECORD, ".json": Role.MESSAGES, ".po": Role.PO,
        ".properties": Role.PROPERTIES, ".csv": Role.CATEGORIES,
    }  # fmt: skip
    files = [
        Surveyed(Source(path, "0", 0), roles_by_suffix.get(os.path.splitext(path)[1], Role.ASSET))
        for path in sorted(paths)
        if not any(other.startswith(f"{path}/") for other in paths)
    ]
    guessed = layouts.guess({os.path.dirname(one.source.path) for one in files})
    how = Locales(guessed, None, "en")
    made = arranged(files, how, "root")
    shuffled = list(files)
    shuffle.shuffle(shuffled)

    assert arranged(shuffled, how, "root") == made
    nodes = [one.path for one in made.entries] + [one.path for one in made.folders]
    assert len(set(nodes)) == len(nodes)
    assert {os.path.dirname(path) for path in nodes} <= {"", *(one.path for one in made.folders)}
    used = [source.path for one in made.entries for source in one.sources]
    skipped = [one.path for one in made.remarks if one.skipped]
    assert sorted(used + skipped) == sorted(one.source.path for one in files)
    members = [(one.locale, one.group) for one in made.entries if one.group]
    assert len(set(members)) == len(members)


def test_pages_that_look_like_translations_are_pointed_out(tmp_path: Path) -> None:
    """Nothing is guessed from the names of files, but the layout that would say it is told."""
    names = ("a.md", "a.nl.md", "b/_index.md", "b/_index.pt-br.md", "c.nl.md", "d.js.md", "d.md")
    source = planted(tmp_path, dict.fromkeys(names, "# A"))

    (remark,) = surveyed(source).remarks
    assert (remark.path, remark.skipped) == ("a.nl.md", False)
    layout = "{path}.{locale}.{ext}"
    assert remark.reason.startswith("this page and 1 more look like translations")
    assert f"--layout '{layout}'" in remark.reason
    assert surveyed(source, layouts=(layout,)).remarks == ()
    assert surveyed(source, locale="en").remarks == ()
    (source / "a.nl.md").unlink()
    assert surveyed(source).remarks == ()


def test_many_files_are_surveyed_as_few_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan does not depend on which process reads the files, nor what is said of them."""
    pages = {f"lib/go/page-{number}.md": f"# {number}" for number in range(300)}
    source = planted(tmp_path / "site", {**SITE, **pages, "raw/big.bin": "x" * 2000})
    said = {"as_kinds": (("asset", "page-7.md"), ("ignore", "page-8*.md")), "largest": 1000}
    told: list[int] = []
    options = Options(**said)  # type: ignore[arg-type]

    plan = survey(source, options=options, progress=told.append)

    monkeypatch.setattr(crew, "_FEW", 10_000)
    assert plan == survey(source, options=options)
    assert told == list(range(1, told[-1] + 1))
    assert told[-1] == len(SITE) + len(pages) + 1
    assert plan.left_out == {CALLED_IGNORE: 11}
    assert [one.path for one in plan.remarks] == ["raw/big.bin"]


@pytest.mark.parametrize("locale", ["en", "no tag"])
def test_a_survey_leaves_the_process_as_it_was(tmp_path: Path, locale: str) -> None:
    """Garbage is collected after a survey as before it, even after one that was refused."""
    source = planted(tmp_path, {"a.md": "a"})
    for switch, is_on in ((gc.disable, False), (gc.enable, True)):
        switch()
        try:
            with contextlib.suppress(ValueError):
                surveyed(source, locale=locale)
            assert gc.isenabled() is is_on
        finally:
            gc.enable()

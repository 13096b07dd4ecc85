"""Content goes in and out by commands, which say what they did and what they could not."""

from __future__ import annotations

import doctest
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
import structlog
from click.testing import CliRunner, Result

from content_repo import DocumentType, Field, FieldKind, Kind, Node, Repository, Side
from hal_delivery import cli
from hal_delivery.commands import progress, reporting
from tests.exchange.sites import Shelf, hashes, write
from tests.operations.processes import environment

HERE = "tests.operations.test_content_commands"
ROOT = "content/documents"

SITE: Mapping[str, str] = {
    "content/en/index.md": "---\ntitle: Home\n---\n\n[Guide](guide.md)\nand [gone](gone.md).\n",
    "content/en/guide.md": "# Guide\n\n![Logo](logo.svg)\n",
    "content/en/logo.svg": '<svg width="4" height="2" xmlns="http://www.w3.org/2000/svg"/>',
    "content/nl/guide.md": "# Gids\n",
    "data/one.yml": "name: One\n",
    "labels/Labels.properties": "a=A\n",
    "labels/Labels_nl.properties": "a=Aa\n",
}
INDEX_FOLLOWS = "The search index follows; hal-delivery index status says how far it is."


def adoc(content: bytes) -> str:
    """A converter: of a text with marks of another kind, Markdown."""
    return content.decode().replace("== ", "## ")


def shout(name: str, arguments: Sequence[str] | Mapping[str, str], inner: str | None) -> str:
    """What a shortcode becomes."""
    return f"<strong>{name} {' '.join(arguments)} {inner}</strong>"


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of its own, no setting but that, and logging as it was afterwards."""
    for name in os.environ:
        if name.startswith("HAL_DELIVERY_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "data"
    monkeypatch.setenv("HAL_DELIVERY_DATA_DIR", str(folder))
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield folder
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def repository(data_dir: Path) -> Iterator[Repository]:
    """The repository that the commands write to."""
    data_dir.mkdir(exist_ok=True)
    with closing(Repository.open(f"sqlite:///{data_dir / 'content.sqlite3'}", data_dir)) as found:
        yield found


@pytest.fixture
def shelf(repository: Repository) -> Shelf:
    return Shelf(repository, into=ROOT)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", SITE)


def run(*arguments: str | Path) -> Result:
    """A command, with whatever it could not foresee raised here."""
    typed = [str(one) for one in arguments]
    result = CliRunner().invoke(cli.main, typed, prog_name="hal-delivery")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def printed(*arguments: str | Path, code: int = 0) -> list[str]:
    """The lines that a command prints, which ends with *code*."""
    result = run(*arguments)
    assert result.exit_code == code, result.output
    return result.stdout.splitlines()


def test_examples_hold() -> None:
    """Every example in a docstring gives what it says."""
    failed, tried = doctest.testmod(reporting)

    assert (failed, tried > 0) == (0, True)


# -- import: what is said ------------------------------------------------------


@pytest.mark.parametrize("command", [["import"], ["export"], ["links"], ["links", "check"]])
def test_help_has_an_example(command: list[str]) -> None:
    """Help shows a line that can be typed."""
    assert f"  hal-delivery {command[0]}" in run(*command, "--help").stdout.split("Example:")[1]


def test_a_first_run_says_what_came_in(site: Path) -> None:
    """The layout it went by, how many nodes of each kind, and what is still to follow."""
    assert printed("import", site) == [
        "Locales by --layout 'content/{locale}/{path}'",
        f"Imported into {ROOT}: 4 documents, 5 folders, 1 resource bundle, 1 asset",
        "6 new",
        INDEX_FOLLOWS,
    ]


def test_a_second_run_has_nothing_to_do(site: Path, repository: Repository) -> None:
    """It says so, and writes nothing."""
    run("import", site)
    position = repository.committed_position()

    assert printed("import", site) == [
        "Locales by --layout 'content/{locale}/{path}'",
        f"Nothing to do: all 6 are in {ROOT} as they are.",
    ]
    assert repository.committed_position() == position


def test_a_later_run_takes_over_what_changed(site: Path, shelf: Shelf) -> None:
    """One changed file is one changed node; all else stays."""
    run("import", site)
    write(site, {"content/nl/guide.md": "# Handleiding\n", "content/nl/new.md": "# Nieuw\n"})

    assert "1 new, 1 changed, 5 unchanged" in printed("import", site)
    assert shelf.get("content/nl/guide").fields["title"] == "Handleiding"


def test_a_bad_file_is_told_with_line_and_reason(site: Path, shelf: Shelf) -> None:
    """The rest comes in, and the exit code says that something did not."""
    write(site, {"content/en/bad.md": "---\ntitle: A\ntags: [\n---\n"})

    lines = printed("import", site, code=1)

    (told,) = (line for line in lines if "bad.md" in line)
    assert told.startswith("  content/en/bad.md:3: is no valid YAML: ")
    assert lines[lines.index(told) - 1] == "1 could not be imported:"
    assert shelf.find("content/en/bad") is None
    assert shelf.get("content/en/guide").is_published


def test_a_long_list_of_bad_files_is_cut(tmp_path: Path) -> None:
    """Fifty are named, and how many more there are."""
    source = write(tmp_path / "bad", {f"{n:02}.json": "{" for n in range(60)})

    lines = printed("import", source, code=1)

    assert "60 could not be imported:" in lines
    assert sum(".json" in line for line in lines) == 50
    assert "  … and 10 more" in lines


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "Path 'nowhere' does not exist."),
        ([".", "--layout", "content/{locale}"], "needs {path} once, as in"),
        ([".", "--layout", "{lang}/{path}"], "{lang} is none of {locale} {path} {ext}"),
        ([".", "--into", "a/../b"], "'..' cannot be a name"),
        ([".", "--into", "x" * 256], "cannot be a name"),
        ([".", "--as", "pages", "*.md"], "'pages' is no kind of file; 'page' is"),
        ([".", "--as", "page", "[z-a]"], "'[z-a]' is no pattern of files"),
        ([".", "--exclude", "[z-a]"], "'[z-a]' is no pattern to exclude"),
        ([".", "--colour", "red"], "No such option"),
    ],
)
def test_what_cannot_begin_is_told_and_ends_with_2(
    arguments: list[str],
    told: str,
    site: Path,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A source, layout, folder, kind or pattern that is none stops it, and nothing is written."""
    monkeypatch.chdir(site)
    position = repository.committed_position()

    result = run("import", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert repository.committed_position() == position


# -- import: options -----------------------------------------------------------


def test_into_names_a_folder_below_the_content_root(site: Path, repository: Repository) -> None:
    """It is made, with all above it; slashes around it do not matter."""
    lines = printed("import", site, "--into", "/sites/one/")

    assert any(line.startswith(f"Imported into {ROOT}/sites/one: ") for line in lines)
    assert Shelf(repository, into=f"{ROOT}/sites/one").get("content/en/guide").is_published


def test_a_single_file_can_be_imported(site: Path, shelf: Shelf) -> None:
    """It becomes what it would be in its folder, at the top."""
    assert "1 new" in printed("import", site / "content/en/guide.md")
    assert shelf.get("guide").fields["title"] == "Guide"


def test_layout_says_where_the_locale_is(tmp_path: Path, shelf: Shelf) -> None:
    """Several patterns may be given; the first that fits decides."""
    source = write(
        tmp_path / "src",
        {"pages/a.md": "A", "pages.nl/a.md": "A", "b.fr.md": "B", "b.md": "B"},
    )
    patterns = ["pages[.{locale}]/{path}", "{path}.{locale}.{ext}"]

    lines = printed("import", source, *(f"--layout={one}" for one in patterns))

    assert lines[:2] == [f"Locales by --layout '{one}'" for one in patterns]
    found = {path: shelf.get(path) for path in ("pages/a", "pages.nl/a", "b", "b.fr")}
    assert [one.locale for one in found.values()] == ["en", "nl", "en", "fr"]
    assert found["pages/a"].group == found["pages.nl/a"].group
    assert found["b"].group == found["b.fr"].group


def test_locale_is_that_of_all_files_that_name_none(site: Path, shelf: Shelf) -> None:
    """With it and no layout, nothing is guessed from names of folders."""
    lines = printed("import", site, "--locale", "nl-BE")

    assert not any("--layout" in line for line in lines)
    assert {shelf.get(path).locale for path in ("content/en/guide", "data/one")} == {"nl-BE"}


def test_type_is_that_of_pages(site: Path, shelf: Shelf, repository: Repository) -> None:
    """Records keep their own."""
    with repository.write() as tx:
        tx.define(
            [
                DocumentType(
                    name="site:article",
                    open=True,
                    fields=(
                        Field(name="title", kind=FieldKind.STRING),
                        Field(name="content", kind=FieldKind.RICH_TEXT),
                    ),
                )
            ]
        )

    run("import", site, "--type", "site:article")

    assert shelf.get("content/en/guide").type == "site:article"
    assert shelf.get("data/one").type == "content:record"


def test_a_type_that_is_not_there_is_told_of_each_page(site: Path, shelf: Shelf) -> None:
    """No page comes in by it; what is none does."""
    lines = printed("import", site, "--type", "site:artikel", code=1)

    assert sum("There is no document type 'site:artikel'." in line for line in lines) == 3
    assert shelf.find("content/en/guide") is None
    assert shelf.get("data/one").is_published


def test_as_says_what_files_become(site: Path, shelf: Shelf) -> None:
    """The first pattern that matches decides; what is called ignore is left out and counted."""
    lines = printed(
        *("import", site, "--as", "asset", "content/en/*.md"),
        *("--as", "record", "*.md", "--as", "ignore", "*.svg"),
    )

    assert "Left out: 1 called 'ignore'" in lines
    assert shelf.get("content/en/guide.md").kind is Kind.ASSET
    assert shelf.find("content/en/logo.svg") is None


def test_exclude_leaves_files_out(site: Path, shelf: Shelf) -> None:
    """As in a list of patterns for git; they are counted."""
    lines = printed("import", site, "--exclude", "labels/", "--exclude", "*.svg")

    assert "Left out: 3 excluded" in lines
    assert shelf.paths() == [
        *("content", "content/en", "content/en/guide", "content/en/index"),
        *("content/nl", "content/nl/guide", "data", "data/one"),
    ]


def test_draft_publishes_nothing(site: Path, shelf: Shelf, repository: Repository) -> None:
    """All of it is there to be looked at, and nothing of it to be seen."""
    run("import", site, "--draft")

    assert shelf.find("content/en/guide") is not None
    assert Shelf(repository, Side.PUBLISHED, ROOT).paths() == []

    lines = printed("import", site)
    assert "6 unchanged, 11 published" in lines
    assert lines[-1] == INDEX_FOLLOWS
    assert Shelf(repository, Side.PUBLISHED, ROOT).get("content/en/guide").is_published


def test_theirs_takes_over_what_was_edited_on_both_sides(
    site: Path, shelf: Shelf, repository: Repository
) -> None:
    """Without it, that is a conflict, which is told and ends with 1."""
    run("import", site)
    guide = shelf.get("content/en/guide")
    with repository.write() as tx:
        tx.revise(guide.id, {**guide.fields, "title": "Edited"})
    write(site, {"content/en/guide.md": "# Changed\n"})

    lines = printed("import", site, code=1)
    reason = "changed on disk and edited here since; --theirs takes it over all the same"
    assert lines[-1] == f"  content/en/guide.md: {reason}"
    assert shelf.get("content/en/guide").fields["title"] == "Edited"

    printed("import", site, "--theirs")
    assert shelf.get("content/en/guide").fields["title"] == "Changed"


def test_prune_trashes_what_vanished(site: Path, shelf: Shelf) -> None:
    """Without it, what vanished is told and stays."""
    run("import", site)
    (site / "data/one.yml").unlink()

    lines = printed("import", site)
    assert lines[-2:] == ["1 file is here no more; --prune would trash it:", "  data/one.yml"]
    assert shelf.find("data/one") is not None

    assert "5 unchanged, 1 trashed" in printed("import", site, "--prune")
    assert shelf.find("data/one") is None


def test_dry_run_says_what_would_be_done(site: Path, repository: Repository) -> None:
    """And does nothing, neither the first time nor later."""
    before = repository.committed_position()

    lines = printed("import", site, "--dry-run", "--into", "new")

    assert any(line.startswith(f"Would import into {ROOT}/new: 4 documents") for line in lines)
    assert lines[-1] == "6 new"
    assert repository.committed_position() == before


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (
            "./content/nl/guide.md",
            [
                "content/nl/guide.md",
                "  becomes: document",
                "  read as: page",
                "  at: content/nl/guide",
                "  locale: nl",
                "  translations share: content/{locale}/guide",
                "  key: none",
            ],
        ),
        ("nothing.md", ["nothing.md: nothing; it is left out, or not in the source."]),
    ],
)
def test_explain_says_what_becomes_of_one_file(
    file: str, told: list[str], site: Path, shelf: Shelf
) -> None:
    """By which reading, at which path, in which locale; nothing is imported."""
    assert printed("import", site, "--explain", file) == told
    assert shelf.paths() == []


def test_explain_names_the_bundle_of_a_file_of_messages(site: Path) -> None:
    """One of several files of a node is explained as the node, with its own locale."""
    lines = printed("import", site, "--explain", "labels/Labels_nl.properties")

    assert "  locale: nl" in lines
    assert "  key: labels.Labels" in lines


def test_wait_returns_when_searches_find_all(site: Path, repository: Repository) -> None:
    """Then both indexes have reached the repository; else a line says that they follow."""
    assert INDEX_FOLLOWS not in printed("import", site, "--wait")

    status = orjson.loads(run("index", "status").stdout)
    position = repository.committed_position()
    assert {side: one.get("position") for side, one in status.items()} == {
        "draft": position,
        "published": position,
    }


def test_wait_shows_how_far_a_new_index_is(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an index is built from nothing, its entries are counted."""
    monkeypatch.setattr(progress, "_EVERY", -1.0)

    lines = run("import", site, "--wait").stderr.splitlines()

    assert any(re.fullmatch(r"draft index: ([1-9]\d*) of \1", line) for line in lines)
    assert any(line.startswith("published index: ") for line in lines)


# -- hooks ---------------------------------------------------------------------


def hooked(data_dir: Path, text: str) -> None:
    data_dir.mkdir(exist_ok=True)
    (data_dir / "hal-delivery.toml").write_text(text, "utf-8")


def test_a_converter_reads_further_files(data_dir: Path, tmp_path: Path, shelf: Shelf) -> None:
    """Files of its suffix are pages, front matter and links included."""
    hooked(data_dir, f'[hooks.converters]\nadoc = "{HERE}:adoc"\n')
    source = write(tmp_path / "src", {"a.adoc": "---\ntags: [x]\n---\n# A\n\n== B\n"})

    printed("import", source)

    page = shelf.get("a")
    assert (page.fields["title"], page.fields["tags"]) == ("A", ["x"])
    assert "<h2>B</h2>" in page.fields["content"]


def test_a_converter_that_is_switched_off_leaves_assets(
    data_dir: Path, tmp_path: Path, shelf: Shelf
) -> None:
    """An empty text in its place; others go on."""
    hooked(data_dir, '[hooks.converters]\nhtml = ""\n')
    source = write(tmp_path / "src", {"a.html": "<p>A</p>", "b.md": "B"})

    printed("import", source)

    assert shelf.get("a.html").kind is Kind.ASSET
    assert shelf.get("b").kind is Kind.DOCUMENT


def test_a_shortcode_is_rendered(data_dir: Path, tmp_path: Path, shelf: Shelf) -> None:
    """With its name, its arguments and what it stands around; others stay as written."""
    hooked(data_dir, f'[hooks.shortcodes]\nshout = "{HERE}:shout"\n')
    source = write(
        tmp_path / "src",
        {"a.md": "One {{< shout a b >}}two{{< /shout >}} {{< other >}}.\n"},
    )

    printed("import", source)

    text = shelf.get("a").fields["content"]
    assert "<strong>shout a b two</strong>" in text
    assert "{{&lt; other &gt;}}" in text


def test_a_hook_that_is_not_there_ends_with_2(data_dir: Path, site: Path) -> None:
    """The complaint names the file and the nearest function there is."""
    hooked(data_dir, f'[hooks.shortcodes]\nshout = "{HERE}:shot"\n')

    result = run("import", site)

    assert (result.exit_code, result.stdout) == (2, "")
    assert "hal-delivery.toml" in result.stderr
    assert "Did you mean shout?" in result.stderr


# -- hostile sources -----------------------------------------------------------

#: Each level stands for ten of the one below: a thousand million words in all.
_LEVELS = (
    f"{name}: &{name} [{', '.join([below] * 10)}]\n"
    for name, below in zip("abcdefghi", ("x", *(f"*{one}" for one in "abcdefgh")), strict=True)
)
BOMB = "".join(_LEVELS)


def test_hostile_files_keep_nothing_else_out(tmp_path: Path, data_dir: Path) -> None:
    """Pipes, links in circles and outwards, files of gigabytes, texts that explode: all are told.

    Nothing waits for them, and the good file beside them comes in.
    """
    source = write(
        tmp_path / "src", {"good.md": "# Good\n", "bomb.yml": BOMB, "bomb.md": f"---\n{BOMB}---\n"}
    )
    os.mkfifo(source / "pipe.md")
    (source / "circle").symlink_to(".")
    (source / "outside.md").symlink_to("/etc/hostname")
    for name in ("huge.md", "huge.bin"):
        os.truncate(write(source, {name: ""}) / name, 2 * 2**30)

    ended = subprocess.run(
        [str(Path(sys.executable).with_name("hal-delivery")), "import", str(source)],
        env=environment(HAL_DELIVERY_DATA_DIR=str(data_dir), HAL_DELIVERY_LOG_LEVEL="error"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "1 new" in lines
    assert "Left out: 1 a socket, device or pipe, 2 a symbolic link" in lines
    assert "4 could not be imported:" in lines
    for name in ("huge.md", "huge.bin"):
        assert f"  {name}: has 2147483648 bytes; at most 536870912 are read" in lines
    for name in ("bomb.yml", "bomb.md"):
        assert any(line.startswith(f"  {name}:") and "by aliases" in line for line in lines)


# -- export --------------------------------------------------------------------


def test_export_writes_the_files_back(site: Path, tmp_path: Path) -> None:
    """Byte for byte, and says how many; a second one writes nothing."""
    run("import", site)
    back = tmp_path / "back"
    size = sum(len(content.encode()) for content in SITE.values())

    assert printed("export", back) == [f"Exported 7 files, {size} bytes, to {back}"]
    assert hashes(back) == hashes(site)
    assert printed("export", back) == [f"Exported 0 files, 0 bytes, to {back}"]


def test_export_does_not_replace_what_differs(site: Path, tmp_path: Path) -> None:
    """Such files are told and kept, unless they are to be replaced; others are left alone."""
    run("import", site)
    back = write(tmp_path / "back", {"data/one.yml": "Mine", "data/other.yml": "Other"})
    before = hashes(back)

    lines = printed("export", back, code=1)
    assert lines[1:] == [
        "1 could not be written:",
        "  data/one.yml: another file is there; --overwrite replaces it",
    ]
    assert hashes(back) == hashes(site) | before

    printed("export", back, "--overwrite")
    assert hashes(back) == before | hashes(site)


def test_export_says_what_was_edited_here(
    site: Path, shelf: Shelf, repository: Repository, tmp_path: Path
) -> None:
    """Its file is written anew, which is no failure."""
    run("import", site)
    guide = shelf.get("content/en/guide")
    with repository.write() as tx:
        tx.revise(guide.id, {**guide.fields, "title": "Edited"})

    lines = printed("export", tmp_path / "back")

    assert lines[1:] == [
        "1 worth knowing:",
        "  content/en/guide.md: edited here since: written anew",
    ]
    assert "title: Edited" in (tmp_path / "back/content/en/guide.md").read_text()


def test_export_from_a_folder_writes_what_is_below_it(site: Path, tmp_path: Path) -> None:
    """Paths start there."""
    run("import", site, "--into", "one")
    run("import", site / "data", "--into", "two")

    printed("export", tmp_path / "back", "--from", "two")

    assert [*hashes(tmp_path / "back")] == ["one.yml"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["back", "--from", "nowhere"], f"There is no folder {ROOT}/nowhere; --from names one"),
        (["back", "--from", "data/one"], f"There is no folder {ROOT}/data/one"),
        (["back", "--from", ".."], "'..' cannot be a name"),
        (["content/en/guide.md"], "is a file"),
    ],
)
def test_an_export_that_cannot_begin_ends_with_2(
    arguments: list[str], told: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is none, here or on disk, is told, and nothing is written."""
    run("import", site)
    monkeypatch.chdir(site)

    result = run("export", *arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert not (site / "back").exists()


# -- links ---------------------------------------------------------------------


def test_broken_links_are_listed_with_file_and_line(site: Path) -> None:
    """As they are written; the number of them is told apart, and the exit code is 1."""
    run("import", site)

    result = run("links", "check")

    assert result.exit_code == 1
    assert result.stdout == "content/en/index.md:6: gone.md\n"
    assert result.stderr.endswith("1 broken link in 1 document.\n")


def test_without_broken_links_the_exit_code_is_0(site: Path) -> None:
    """A file that comes later mends the links to it."""
    run("import", site)
    write(site, {"content/en/gone.md": "# Back\n"})
    run("import", site)

    result = run("links", "check")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 broken links" in result.stderr


def test_each_side_has_broken_links_of_its_own(site: Path) -> None:
    """A link to a draft leads somewhere for editors, and nowhere for readers."""
    write(site, {"content/en/gone.md": "---\ndraft: true\n---\n# Back\n"})
    run("import", site)

    assert run("links", "check").exit_code == 0
    result = run("links", "check", "--side", "published")
    assert (result.exit_code, result.stdout) == (1, "content/en/index.md:6: gone.md\n")


def test_documents_of_no_file_are_listed_by_their_path(
    site: Path, shelf: Shelf, repository: Repository
) -> None:
    """What was made here has no line."""
    run("import", site, "--exclude", "index.md")
    made(repository, shelf.get("content/en"), {"content": '<a href="gone.md">x</a>'})

    assert run("links", "check").stdout == f"{ROOT}/content/en/made: gone.md\n"


def made(repository: Repository, folder: Node, fields: dict[str, Any]) -> None:
    """A page that came from no file."""
    with repository.write() as tx:
        tx.create(Kind.DOCUMENT, folder.id, "made", type="content:page", fields=fields)

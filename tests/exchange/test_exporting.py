"""Content back in files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from content_repo import ROOT_ID, DocumentType, Field, FieldKind, Kind, Repository, Side
from content_repo.errors import NodeNotFound
from content_repo.planting import Seedling
from content_repo.sources import NodeSource
from hal_delivery.exchange import exporting, outgoing
from hal_delivery.exchange.exporting import EDITED, MADE_HERE, TAKEN_AWAY, Exported, export
from hal_delivery.exchange.formats import categories, documents, messages, po, properties

PAGE: Final = "content:page"

TREE: Final[Mapping[str, bytes]] = {
    "about.md": b"---\r\ntitle: About\r\n---\r\n\r\n# About\r\n",
    "docs/e\u0301t\u00e9.md": b"\xff not even UTF-8",
    "docs/logo.png": bytes(range(256)),
    "docs/empty.txt": b"",
    "i18n/en.yaml": b"hello: Hello\nbye: Bye\n",
    "i18n/nl.yaml": b"hello: Hallo # kept\n",
    "topics.json": b'{"categories": [{"key": "a"}]}',
}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    repository = Repository.open(f"sqlite:///{tmp_path / 'content.sqlite3'}", tmp_path / "data")
    page = DocumentType(
        name=PAGE,
        open=True,
        fields=(
            Field(name="title", kind=FieldKind.STRING),
            Field(name="content", kind=FieldKind.RICH_TEXT),
            Field(name="sourcePath", kind=FieldKind.STRING),
            Field(name="since", kind=FieldKind.DATE),
        ),
    )
    with repository.write() as tx:
        tx.define([page])
    yield repository
    repository.close()


@pytest.fixture
def site(repository: Repository) -> str:
    """The folder that :data:`TREE` was imported into."""
    with repository.write() as tx:
        root = tx.create(Kind.FOLDER, ROOT_ID, "site")
    plant(repository, root)
    return root


def source(repository: Repository, root: str, path: str, locale: str | None = None) -> NodeSource:
    content = TREE[path]
    is_asset = path.endswith((".png", ".txt"))
    digest = repository.media.put(content) if is_asset else hashlib.sha256(content).hexdigest()
    return NodeSource(
        root=root, path=path, digest=digest, size=len(content), locale=locale, origin="/src",
        content=None if is_asset else content,
    )  # fmt: skip


def plant(repository: Repository, root: str) -> None:
    def of(path: str, locale: str | None = None) -> NodeSource:
        return source(repository, root, path, locale)

    with repository.write() as tx:
        docs = tx.create(Kind.FOLDER, root, "docs")
        planted = tx.plant(
            [
                Seedling(
                    kind=Kind.DOCUMENT, parent=root, name="about", type=PAGE,
                    fields={"title": "About", "content": "<h1>About</h1>"},
                    sources=(of("about.md"),),
                ),
                Seedling(
                    kind=Kind.DOCUMENT, parent=docs, name="été", type=PAGE,
                    sources=(of("docs/e\u0301t\u00e9.md"),),
                ),
                *(
                    Seedling(
                        kind=Kind.ASSET, parent=docs, name=name, sources=(of(f"docs/{name}"),),
                        fields={"digest": of(f"docs/{name}").digest},
                    )
                    for name in ("logo.png", "empty.txt")
                ),
                Seedling(
                    kind=Kind.BUNDLE, parent=root, name="i18n", key="i18n",
                    fields={
                        "messages": {
                            "en": {"hello": "Hello", "bye": "Bye"}, "nl": {"hello": "Hallo"},
                        }
                    },
                    sources=(of("i18n/en.yaml", "en"), of("i18n/nl.yaml", "nl")),
                ),
                Seedling(
                    kind=Kind.TAXONOMY, parent=root, name="topics",
                    fields={"categories": [{"key": "a"}]}, sources=(of("topics.json"),),
                ),
            ]
        )  # fmt: skip
    assert not planted.failures


def tree(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def id_at(repository: Repository, path: str) -> str:
    node = repository.reader(Side.DRAFT).at(path)
    assert node is not None
    return node.id


def revise(repository: Repository, path: str, **fields: Any) -> None:
    with repository.write() as tx:
        node = repository.reader(Side.DRAFT).at(path)
        assert node is not None
        tx.revise(node.id, {**node.fields, **fields})


def reasons(found: Exported) -> dict[str, str]:
    return {one.path: one.reason for one in found.remarks}


def test_every_file_comes_back_byte_for_byte(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """What was imported is exported as it was, names and bytes."""
    found = export(repository, site, tmp_path / "out")

    assert tree(tmp_path / "out") == TREE
    assert (found.files, found.bytes) == (len(TREE), sum(map(len, TREE.values())))
    assert found.remarks == []


def test_a_second_export_writes_nothing(repository: Repository, site: str, tmp_path: Path) -> None:
    """Files that are there already are not touched."""
    export(repository, site, tmp_path / "out")
    for file in (tmp_path / "out").rglob("*.*"):
        os.utime(file, (1, 1))

    again = export(repository, site, tmp_path / "out")

    assert (again.files, again.unchanged) == (0, len(TREE))
    assert {file.stat().st_mtime for file in (tmp_path / "out").rglob("*.*")} == {1}


@pytest.mark.parametrize("count", range(len(TREE)))
def test_an_export_that_was_cut_short_goes_on(
    repository: Repository, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Stopped at any file, then run again, it ends as if it had never been stopped."""
    out, left, replace = tmp_path / "out", iter(range(count)), os.replace

    def full(*args: Any, **rest: Any) -> None:
        if next(left, None) is None:
            raise OSError("no space left on device")
        replace(*args, **rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="no space"):
            export(repository, site, out)
    assert len(tree(out)) == count
    assert tree(out).items() <= TREE.items()

    # What a killed run leaves of the file that it was writing.
    (out / ".hal-delivery-export.part").write_bytes(b"half")
    assert export(repository, site, out).files == len(TREE) - count
    assert tree(out) == TREE


def test_another_file_is_kept_unless_told(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """A file with other bytes is not written over, and said so; asked to, it is."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "about.md").write_bytes(b"mine")

    found = export(repository, site, out)
    assert tree(out) == {**TREE, "about.md": b"mine"}
    assert not found.is_whole
    assert [one.path for one in found.remarks] == ["about.md"]

    assert export(repository, site, out, overwrite=True).files == 1
    assert tree(out) == TREE


def test_links_are_not_followed(repository: Repository, site: str, tmp_path: Path) -> None:
    """Nothing is written through a symbolic link, be it a file's or a folder's."""
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (outside / "file").write_bytes(b"outside")
    (out / "docs").symlink_to(outside)
    (out / "about.md").symlink_to(outside / "file")

    found = export(repository, site, out, overwrite=True)

    assert tree(outside) == {"file": b"outside"}
    assert {one.path for one in found.remarks if one.skipped} == {
        path for path in TREE if path.startswith("docs/") or path == "about.md"
    }
    assert (out / "i18n" / "nl.yaml").read_bytes() == TREE["i18n/nl.yaml"]


@pytest.mark.parametrize("path", ["../out.md", "/etc/out.md", "a/../../b", "a//b", "./a", "a/."])
def test_no_path_leads_out(repository: Repository, site: str, tmp_path: Path, path: str) -> None:
    """A path that leads out of the target, or nowhere, is refused."""
    strange = NodeSource(root=site, path=path, digest="0" * 64, size=0, origin="/", content=b"")
    with repository.write() as tx:
        tx.note_sources(id_at(repository, "site/about"), [strange])

    found = export(repository, site, tmp_path / "out")

    assert [one.path for one in found.remarks if one.skipped] == [path]
    assert tree(tmp_path / "out") == TREE


def test_damaged_bytes_are_not_written(repository: Repository, site: str, tmp_path: Path) -> None:
    """Bytes that are missing, or not those that were imported, are said to be so."""
    with repository.write() as tx:
        tx.note_sources(
            id_at(repository, "site/about"),
            [
                NodeSource(
                    root=site, path="about.md", digest="0" * 64, size=0, origin="/", content=b"x"
                )
            ],
        )
    blob = hashlib.sha256(TREE["docs/logo.png"]).hexdigest()
    next((tmp_path / "data").rglob(blob)).unlink()

    found = export(repository, site, tmp_path / "out")

    assert {one.path for one in found.remarks if one.skipped} == {"about.md", "docs/logo.png"}
    assert tree(tmp_path / "out").keys() == TREE.keys() - {"about.md", "docs/logo.png"}


def test_what_was_edited_here_is_written_anew(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """An edited document says what it says now, dates and odd words included."""
    fields = {
        "title": "no",
        "content": "<p>New</p>",
        "since": 0,
        "sourcePath": "about.md",
        "tags": ["1e3", "0o17", "yes", "", "2017-01-01", " x"],
        "when": {"day": datetime(2017, 2, 14, tzinfo=UTC)},
        "at": datetime(2017, 2, 14, 15, 12, 0, 500_000, tzinfo=UTC),
        "frontMatter": {"_build": {"list": "never"}},
        "weight": 3,
    }
    revise(repository, "site/about", **fields)

    found = export(repository, site, tmp_path / "out")

    assert reasons(found) == {"about.md": EDITED}
    assert found.is_whole
    written = (tmp_path / "out" / "about.md").read_bytes()
    assert written.startswith(b"---\ntitle: ")
    del fields["sourcePath"]
    assert documents.read(written, suffix=".md", name="about").fields == {
        **fields,
        "since": datetime(1970, 1, 1, tzinfo=UTC),
    }


def test_what_was_edited_back_is_as_it_was(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """A node that says again what its file says is written as the file."""
    revise(repository, "site/about", title="Other")
    revise(repository, "site/about", title="About")

    found = export(repository, site, tmp_path / "out")

    assert tree(tmp_path / "out") == TREE
    assert found.remarks == []


def test_an_edited_bundle_keeps_the_files_of_other_locales(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """Of a bundle only the locales that say something else are written anew."""
    texts = {"hello": "Hello", "bye": "no", "new.key": "1"}
    revise(
        repository, "site/i18n", messages={"en": texts, "nl": {"hello": "Hallo"}, "de": {"a": "b"}}
    )
    found = export(repository, site, tmp_path / "out")
    written = tree(tmp_path / "out")

    assert reasons(found) == {"i18n/en.yaml": EDITED, "i18n/de.yaml": MADE_HERE}
    assert written["i18n/nl.yaml"] == TREE["i18n/nl.yaml"]
    assert messages.read(written["i18n/en.yaml"], ".yaml").texts == texts
    assert messages.read(written["i18n/de.yaml"], ".yaml").texts == {"a": "b"}


def test_a_locale_that_was_taken_away_is_left_out(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """A locale that is no more has no file, and that is said."""
    revise(repository, "site/i18n", messages={"en": {"hello": "Hello", "bye": "Bye"}})

    found = export(repository, site, tmp_path / "out")

    assert reasons(found) == {"i18n/nl.yaml": TAKEN_AWAY}
    assert tree(tmp_path / "out").keys() == TREE.keys() - {"i18n/nl.yaml"}


def test_an_edited_taxonomy_is_json(repository: Repository, site: str, tmp_path: Path) -> None:
    """An edited taxonomy gives the same categories when it is read again."""
    stored = categories.read(
        b'[{"key": "b", "name": {"en": "B", "nl": "Be"}, "children": [{"key": "c"}]}]', ".json"
    ).fields
    revise(repository, "site/topics", **stored)

    found = export(repository, site, tmp_path / "out")

    assert reasons(found) == {"topics.json": EDITED}
    written = (tmp_path / "out" / "topics.json").read_bytes()
    assert categories.read(written, ".json").fields == stored


def test_an_asset_goes_by_its_present_bytes(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """An asset with other bytes is written with those; with another text, as it was."""
    revise(repository, "site/docs/empty.txt", digest=repository.media.put(b"filled"))
    revise(repository, "site/docs/logo.png", description="Our logo")

    found = export(repository, site, tmp_path / "out")

    assert tree(tmp_path / "out") == {**TREE, "docs/empty.txt": b"filled"}
    assert reasons(found) == {"docs/empty.txt": EDITED}


def test_what_was_made_here_is_a_file_too(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """Nodes without a file get one, folders are folders, whatever is taken is avoided."""
    with repository.write() as tx:
        folder = tx.create(Kind.FOLDER, site, "made")
        tx.create(Kind.FOLDER, folder, "empty")
        tx.create(Kind.DOCUMENT, site, "page", type=PAGE, fields={"title": "P", "content": "<p/>"})
        tx.create(Kind.ASSET, site, "page.md", fields={"digest": repository.media.put(b"bytes")})
        tx.create(
            Kind.BUNDLE, folder, "Labels",
            fields={"messages": {"default": {"a": "\u2028é"}, "nl": {"a": "b"}}},
        )  # fmt: skip
        tx.create(Kind.TAXONOMY, folder, "tree", fields={"categories": [{"key": "k"}]})

    found = export(repository, site, tmp_path / "out")
    out = tmp_path / "out"
    made = {path: content for path, content in tree(out).items() if path not in TREE}

    assert made.keys() == {
        "page.md", "page-1.md", "made/Labels.properties", "made/Labels_nl.properties",
        "made/tree.json",
    }  # fmt: skip
    assert made["page-1.md"] == b"bytes"
    assert documents.read(made["page.md"], suffix=".md", name="page").fields["title"] == "P"
    assert properties.read(made["made/Labels.properties"]).texts == {"a": "\u2028é"}
    assert (out / "made" / "empty").is_dir()
    assert set(reasons(found).values()) == {MADE_HERE}
    assert export(repository, site, out).files == 0


def test_what_lies_in_the_trash_is_not_exported(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """The trash is not content."""
    with repository.write() as tx:
        tx.trash(id_at(repository, "site/docs"))

    export(repository, site, tmp_path / "out")

    assert tree(tmp_path / "out").keys() == {path for path in TREE if not path.startswith("docs/")}


def test_a_folder_above_or_below_an_import_is_exported_as_it_lies(
    repository: Repository, site: str, tmp_path: Path
) -> None:
    """Exported from above, files lie in the import's folder; from below, relative to that."""
    export(repository, ROOT_ID, tmp_path / "above")
    export(repository, id_at(repository, "site/docs"), tmp_path / "below")

    above = tree(tmp_path / "above")
    assert {path: above[f"site/{path}"] for path in TREE} == TREE
    assert tree(tmp_path / "below") == {
        path.removeprefix("docs/"): content
        for path, content in TREE.items()
        if path.startswith("docs/")
    }


def test_what_is_no_folder_is_not_found(repository: Repository, tmp_path: Path) -> None:
    """An id that nobody has is no folder."""
    with pytest.raises(NodeNotFound):
        export(repository, "0" * 36, tmp_path / "out")


def test_progress_is_told(
    repository: Repository, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress never goes back, and ends with all that there is."""
    monkeypatch.setattr(exporting, "_AT_ONCE", 2)
    told: list[tuple[str, int, int]] = []

    export(repository, site, tmp_path / "out", progress=lambda *one: told.append(one))

    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2] == 7


@pytest.mark.parametrize("suffix", [".yaml", ".json", ".toml", ".properties", ".po"])
def test_messages_are_read_as_they_were_written(suffix: str) -> None:
    """Any text comes back from any form."""
    texts = {"a.b": "no", "c": 'q"\\\n\t\x7f é 😀 = :', "on": " x ", "1": "{0} ''", "e": "x\u2028y"}
    written = outgoing.messages(texts, suffix, "nl")

    if suffix == ".po":
        found = po.read(written)
    elif suffix == ".properties":
        found = properties.read(written)
    else:
        found = messages.read(written, suffix)
    assert dict(found.texts) == texts


def test_an_edited_po_keeps_its_entries() -> None:
    """Contexts, plurals, comments and fuzzy entries of a .po stay; only translations change."""
    former = (
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        b'# said\nmsgctxt "menu"\nmsgid "Open"\nmsgstr "Openen"\n\n'
        b'msgid "day"\nmsgid_plural "days"\nmsgstr[0] "dag"\nmsgstr[1] "dagen"\n\n'
        b'#, fuzzy\nmsgid "Old"\nmsgstr "Oud"\n'
    )
    texts = {"menu|Open": "Open doen", "day[0]": "dag", "day[1]": "daagjes", "New": "Nieuw"}

    written = outgoing.messages(texts, ".po", "nl", former)

    assert dict(po.read(written).texts) == texts
    assert b"# said" in written
    assert b'msgctxt "menu"' in written
    assert b'msgstr "Oud"' in written

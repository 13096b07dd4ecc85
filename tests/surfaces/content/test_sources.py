"""The files that documents came from, byte for byte."""

from __future__ import annotations

import hashlib

import pytest

from content_repo import Side
from content_repo.sources import NodeSource
from tests.surfaces.content.studio import ROOT, Studio

BYTES = b"---\r\ntitle: One\r\n---\r\n<script>\xef\xbb\xbf</script>"


def sourced(studio: Studio, id: str, content: bytes = BYTES) -> None:
    """Say that a document's present fields came from a file with those bytes."""
    digest = hashlib.sha256(content).hexdigest()
    with studio.writing() as tx:
        tx.note_sources(
            id,
            [
                NodeSource(
                    root=studio.folder(ROOT), path="one.md", digest=digest, size=len(content),
                    origin="/somewhere", content=content,
                )
            ],
        )  # fmt: skip


@pytest.fixture
def imported(studio: Studio) -> Studio:
    """A document that came from a file, and one that did not."""
    sourced(studio, studio.document("one"))
    studio.document("other")
    return studio


def test_a_document_links_the_file_it_came_from(imported: Studio) -> None:
    """The link answers with the exact bytes; who never was a file has no such link."""
    source = imported.site.read("/documents/one")["_links"]["c:source"]["href"]

    assert imported.site.get(source).data == BYTES
    assert "c:source" not in imported.site.read("/documents/other")["_links"]


def test_in_lists_each_document_has_its_own(imported: Studio) -> None:
    """One that came from a file and one that did not stand side by side."""
    links = {one["_meta"]["name"]: one["_links"] for one in imported.site.documents("/documents/")}

    assert ["c:source" in links[name] for name in ("one", "other")] == [True, False]


def test_a_file_is_read_and_never_run(imported: Studio) -> None:
    """Whatever it holds, a browser shows it as text, and keeps it apart."""
    answer = imported.site.get(imported.site.read("/documents/one")["_links"]["c:source"]["href"])

    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_bytes_that_are_no_text_are_said_to_be_none(studio: Studio) -> None:
    """A file in another encoding goes out as it is."""
    sourced(studio, id := studio.document("latin"), b"caf\xe9")
    answer = studio.site.get(f"/documents/{id}/source")

    assert (answer.mimetype, answer.data) == ("application/octet-stream", b"caf\xe9")


def test_a_file_has_a_tag(imported: Studio) -> None:
    """Who has it does not get it again."""
    href = imported.site.read("/documents/one")["_links"]["c:source"]["href"]
    tag = imported.site.get(href).headers["ETag"]

    assert imported.site.get(href, If_None_Match=tag).status_code == 304


def test_as_a_field_only_where_it_is_named(imported: Studio) -> None:
    """It says the same again, in another form."""
    assert "source" not in imported.site.read("/documents/one")
    shown = imported.site.read("/documents/one?_fields=title,source")
    assert shown["source"] == BYTES.decode()
    assert "source" not in imported.site.read("/documents/other?_fields=title,source")


def test_what_was_edited_since_came_from_no_file(imported: Studio) -> None:
    """The file is no longer what the document says, on the side that shows the edit."""
    node = imported.services.repository.reader(Side.DRAFT).at(f"{ROOT}/one")
    assert node is not None
    with imported.writing() as tx:
        tx.revise(node.id, {"title": "Edited"})

    assert imported.preview.get(f"/documents/{node.id}/source").status_code == 404
    assert "c:source" not in imported.preview.read("/documents/one")["_links"]
    assert imported.site.get(f"/documents/{node.id}/source").data == BYTES


def test_a_draft_of_a_file_is_invisible(imported: Studio) -> None:
    """What was imported as a draft shows on no published mount."""
    node = imported.services.repository.reader(Side.DRAFT).at(f"{ROOT}/one")
    assert node is not None
    with imported.writing() as tx:
        tx.revise(node.id, {"title": "Later"})
    sourced(imported, node.id, b"# Later")

    assert imported.preview.get(f"/documents/{node.id}/source").data == b"# Later"
    assert imported.site.get(f"/documents/{node.id}/source").status_code == 404
    assert "c:source" not in imported.site.read("/documents/one")["_links"]

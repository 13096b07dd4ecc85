"""Files that are read for their fields, whatever has become of them since they were found."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hal_delivery.exchange.formats.unreadable import Unreadable
from hal_delivery.exchange.plan import Entry
from hal_delivery.exchange.reading import Read, Reading, opened_asset, read
from hal_delivery.exchange.survey import Options, survey
from tests.exchange.trees import planted

SKOS = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <x:a> a skos:Concept ."

#: One file of each way of reading, and its bound in bytes.
FILES = {
    "a.md": ("# A", 16 * 2**20),
    "a.yml": ("a: 1", 16 * 2**20),
    "a.properties": ("a=1", 16 * 2**20),
    "a.ttl": (SKOS, 64 * 2**20),
    "a.png": ("png", 3),
}


def found(root: Path) -> Entry:
    """The only entry of a source."""
    (entry,) = survey(root, options=Options()).entries
    return entry


def read_again(root: Path, entry: Entry) -> Read:
    return read(entry, Reading(root, "en", largest=3))


def as_link(file: Path) -> None:
    target = file.rename(file.parent.parent / "secret")
    file.symlink_to(target)


def as_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def as_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("become", [as_link, as_pipe, as_folder, Path.unlink])
def test_what_is_no_file_any_more_is_not_read(
    tmp_path: Path, name: str, become: Callable[[Path], None]
) -> None:
    """A file that became a link, a pipe or a folder since it was found is remarked on."""
    source = planted(tmp_path / "source", {name: FILES[name][0]})
    entry = found(source)
    assert read_again(source, entry).fields is not None
    become(source / name)

    refused = read_again(source, entry)

    assert refused.fields is None
    [remark] = refused.remarks
    assert (remark.path, remark.skipped) == (name, True)
    assert str(tmp_path) not in remark.reason


@pytest.mark.parametrize("name", FILES)
def test_what_has_grown_beyond_its_bound_is_not_read(tmp_path: Path, name: str) -> None:
    """A file that outgrew what is read of its kind since it was found is named with its size."""
    content, largest = FILES[name]
    source = planted(tmp_path, {name: content})
    entry = found(source)
    os.truncate(source / name, largest + 1)

    refused = read_again(source, entry)

    assert (refused.fields, refused.sources, refused.contents) == (None, (), ())
    assert f"{largest + 1} bytes" in refused.remarks[0].reason


def test_of_several_files_the_one_that_is_gone_is_named(tmp_path: Path) -> None:
    """A bundle that lost a file is not read, and the remark is on that file."""
    source = planted(tmp_path, {"m.properties": "a=1", "m_nl.properties": "a=2"})
    entry = found(source)
    (source / "m_nl.properties").unlink()

    refused = read_again(source, entry)

    assert refused.fields is None
    assert [one.path for one in refused.remarks] == ["m_nl.properties"]


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        (".md", "# A", "content"),
        (".html", "<p>a</p>", "content"),
        (".json", '{"a": 1}', "a"),
        (".yml", "a: 1", "a"),
        (".ttl", SKOS, "categories"),
        (".csv", "id,name,parent\n1,Sea,\n2,Bay,1\n", "categories"),
        (".properties", "a=1", "messages"),
        (".po", 'msgid "a"\nmsgstr "b"\n', "messages"),
    ],
)
def test_a_file_may_be_nothing_but_its_suffix(
    tmp_path: Path, name: str, content: str, field: str
) -> None:
    """A file called by a suffix alone is read as one of that suffix."""
    source = planted(tmp_path, {name: content})
    entry = found(source)

    assert field in (read_again(source, entry).fields or {})


def test_an_assets_bytes_are_checked_when_they_are_opened(tmp_path: Path) -> None:
    """Whoever stores an asset gets its bytes, unless it is no file, too large or was written to."""
    source = planted(tmp_path / "source", {"a.png": "png"})
    how, asset = Reading(source, "en", largest=4), found(source).sources[0]

    with opened_asset(how, asset) as stream:
        assert stream.read() == b"png"
    with pytest.raises(Unreadable, match="changes"), opened_asset(how, asset) as stream:
        (source / "a.png").write_bytes(b"four")
    (source / "a.png").write_bytes(b"fives")
    with pytest.raises(Unreadable, match="5 bytes; at most 4"), opened_asset(how, asset):
        pass
    as_pipe(source / "a.png")
    with pytest.raises(Unreadable, match="no regular file"), opened_asset(how, asset):
        pass
    (source / "a.png").unlink()
    with pytest.raises(Unreadable, match="No such file"), opened_asset(how, asset):
        pass

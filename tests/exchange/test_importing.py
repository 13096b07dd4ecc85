"""Files become nodes, once, and what changes later follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from content_repo import Kind, Repository, Side
from content_repo.errors import NotAFolder
from hal_delivery.exchange import sowing
from hal_delivery.exchange.reading import Reading
from tests.exchange.sites import INTO, Shelf, imported, write

SITE: dict[str, str | bytes] = {
    "content/en/_index.md": "---\ntitle: Home\nweight: 3\n---\nSee [the guide](docs/guide.md).\n",
    "content/en/docs/guide.md": "---\ntitle: Guide\ntags: [a, b]\n---\n# One\n![Logo](logo.svg)\n",
    "content/en/docs/logo.svg": '<svg width="40" height="20" xmlns="http://www.w3.org/2000/svg"/>',
    "content/en/docs/plain.md": "# Plain heading\n\nText.\n",
    "content/en/docs/secret.md": "---\ntitle: Secret\ndraft: true\n---\n",
    "content/nl/docs/guide.md": "---\ntitle: Gids\n---\nZie [thuis](/_index).\n",
    "data/one.yml": "name: One\nsize: 3\nwhen: 2024-01-05\nsaid: '2024-01-05'\n",
    "i18n/en.yaml": "hello: Hello\nbye: Bye\n",
    "i18n/nl.yaml": "hello: Hallo\n",
    "labels/Labels.properties": "a=A\nb=B\n",
    "labels/Labels_nl.properties": "a=Aa\n",
    "kinds.json": '[{"id": "x", "name": "X"}, {"id": "y", "name": "Y", "parent_id": "x"}]',
    "LICENSE": b"\xff\xfe raw",
}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    folder = tmp_path / "data"
    found = Repository.open(f"sqlite:///{folder / 'content.sqlite3'}", folder)
    yield found
    found.close()


@pytest.fixture
def shelf(repository: Repository) -> Shelf:
    return Shelf(repository)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", SITE)


@pytest.fixture
def loaded(repository: Repository, site: Path, shelf: Shelf) -> Shelf:
    """The site, imported."""
    found = imported(repository, site)
    assert found.is_whole, found.remarks
    return shelf


def test_every_file_becomes_something(loaded: Shelf) -> None:
    """Pages, records, bundles, a taxonomy and files, in the folders that they lie in."""
    assert loaded.paths(Kind.DOCUMENT) == [
        "content/en/_index", "content/en/docs/guide", "content/en/docs/plain",
        "content/en/docs/secret", "content/nl/docs/guide", "data/one",
    ]  # fmt: skip
    assert loaded.paths(Kind.ASSET) == ["LICENSE", "content/en/docs/logo.svg"]
    assert sorted(loaded.get(path).key or "" for path in loaded.paths(Kind.BUNDLE)) == [
        "i18n", "labels.Labels",
    ]  # fmt: skip
    assert loaded.paths(Kind.TAXONOMY) == ["kinds"]
    assert "content/nl/docs" in loaded.paths(Kind.FOLDER)


def test_front_matter_becomes_fields(loaded: Shelf) -> None:
    """Under its own names; the title is text, the body rich text, and the file is named."""
    guide = loaded.get("content/en/docs/guide")

    assert guide.type == "content:page"
    assert guide.fields["title"] == "Guide"
    assert guide.fields["tags"] == ["a", "b"]
    assert "<h1" in guide.fields["content"]
    assert guide.fields["sourcePath"] == "content/en/docs/guide.md"
    assert loaded.get("content/en/docs/plain").fields["title"] == "Plain heading"


def test_a_record_keeps_its_types(loaded: Shelf) -> None:
    """Numbers are numbers, an unquoted date is a date, a quoted one a text."""
    one = loaded.get("data/one")

    assert one.type == "content:record"
    assert (one.fields["size"], one.fields["said"]) == (3, "2024-01-05")
    assert one.fields["when"] == 1_704_412_800_000
    assert one.fields["title"] == "one"


def test_drafts_stay_drafts(loaded: Shelf, repository: Repository) -> None:
    """A draft has no published side; all else is published, the folders above it too."""
    published = Shelf(repository, Side.PUBLISHED)

    assert published.find("content/en/docs/secret") is None
    assert loaded.get("content/en/docs/secret").published_revision is None
    assert len(published.paths()) == len(loaded.paths()) - 1


def test_translations_know_each_other(loaded: Shelf) -> None:
    """The same path below two locales is one group; the folders have theirs, too."""
    english, dutch = loaded.get("content/en/docs/guide"), loaded.get("content/nl/docs/guide")

    assert (english.locale, dutch.locale) == ("en", "nl")
    assert english.group == dutch.group
    assert loaded.get("content/en/docs").group == loaded.get("content/nl/docs").group
    assert english.is_translated


def test_links_are_resolved_by_id(loaded: Shelf, repository: Repository) -> None:
    """Also to what is written later in the same import; an image leads to its asset."""
    reader = repository.reader(Side.DRAFT)
    home, guide = loaded.get("content/en/_index"), loaded.get("content/en/docs/guide")
    links = reader.links([home.id, guide.id])

    assert [(one.type, one.target) for one in links[home.id]] == [("internal", guide.id)]
    logo = loaded.get("content/en/docs/logo.svg")
    assert [(one.type, one.target) for one in links[guide.id]] == [("binary", logo.id)]
    assert (logo.fields["width"], logo.fields["height"]) == (40, 20)


def test_a_folder_takes_the_title_and_rank_of_its_page(loaded: Shelf) -> None:
    """Readers of a folder see what its author called it."""
    folder = loaded.get("content/en")

    assert (folder.title, folder.rank) == ("Home", 3)


def test_bundles_have_all_locales(loaded: Shelf) -> None:
    """The file without a locale is the default; of message files, that of the default locale."""
    by_key = {one.key: one for one in map(loaded.get, loaded.paths(Kind.BUNDLE))}

    assert by_key["labels.Labels"].fields["messages"] == {
        "default": {"a": "A", "b": "B"}, "nl": {"a": "Aa"},
    }  # fmt: skip
    assert by_key["i18n"].fields["defaultLocale"] == "en"
    assert by_key["i18n"].fields["messages"]["nl"] == {"hello": "Hallo"}


def test_a_second_run_changes_nothing(loaded: Shelf, repository: Repository, site: Path) -> None:
    """It says so, and writes nothing at all."""
    before, position = loaded.state(), repository.position
    found = imported(repository, site)

    assert found.counts["unchanged"] == 11
    assert (found.counts["new"], found.counts["changed"]) == (0, 0)
    assert repository.position == position
    assert loaded.state() == before


def test_only_what_changed_is_revised(loaded: Shelf, repository: Repository, site: Path) -> None:
    """A changed page has a new revision, published; its neighbours have not."""
    plain = loaded.get("content/en/docs/plain").revision
    write(site, {"content/en/docs/guide.md": "---\ntitle: Guide\n---\nNew.\n"})
    found = imported(repository, site)

    assert (found.counts["changed"], found.counts["new"]) == (1, 0)
    guide = Shelf(repository, Side.PUBLISHED).get("content/en/docs/guide")
    assert guide.fields["content"].strip() == "<p>New.</p>"
    assert loaded.get("content/en/docs/plain").revision == plain
    assert imported(repository, site).counts["changed"] == 0


def test_a_node_is_found_again_under_another_name(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """Renamed here, it keeps name and id when its file changes."""
    guide = loaded.get("content/en/docs/guide")
    with repository.write() as tx:
        tx.move(guide.id, name="manual")
    write(site, {"content/en/docs/guide.md": "---\ntitle: Later\n---\n"})
    imported(repository, site)

    assert loaded.get("content/en/docs/manual").fields["title"] == "Later"
    assert loaded.find("content/en/docs/guide") is None


def test_what_was_edited_here_is_a_conflict(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """It stays as it is and is reported, until someone says theirs."""
    guide = loaded.get("content/en/docs/guide")
    with repository.write() as tx:
        tx.revise(guide.id, {**guide.fields, "title": "Ours"})
    write(site, {"content/en/docs/guide.md": "---\ntitle: Theirs\n---\n"})

    found = imported(repository, site)
    assert found.counts["conflicts"] == 1
    assert not found.is_whole
    assert loaded.get("content/en/docs/guide").fields["title"] == "Ours"
    assert imported(repository, site, theirs=True).counts["changed"] == 1
    assert loaded.get("content/en/docs/guide").fields["title"] == "Theirs"


def test_an_edit_alone_is_none(loaded: Shelf, repository: Repository, site: Path) -> None:
    """A file that did not change takes nothing back."""
    guide = loaded.get("content/en/docs/guide")
    with repository.write() as tx:
        tx.revise(guide.id, {**guide.fields, "title": "Ours"})

    found = imported(repository, site)
    assert found.is_whole
    assert loaded.get("content/en/docs/guide").fields["title"] == "Ours"


def test_a_vanished_file_is_reported(loaded: Shelf, repository: Repository, site: Path) -> None:
    """Its node stays until it is asked to be trashed."""
    (site / "content/en/docs/plain.md").unlink()

    assert imported(repository, site).vanished == ["content/en/docs/plain.md"]
    assert loaded.find("content/en/docs/plain") is not None
    assert imported(repository, site, prune=True).counts["trashed"] == 1
    assert loaded.find("content/en/docs/plain") is None


def test_a_bad_file_spoils_nothing(repository: Repository, shelf: Shelf, site: Path) -> None:
    """It is reported with its line; all others are there."""
    write(site, {"content/en/bad.md": "---\ntitle: [\n---\n", "content/en/good.md": "# Good\n"})
    found = imported(repository, site)

    (remark,) = [one for one in found.remarks if one.skipped]
    assert remark.path == "content/en/bad.md"
    assert remark.line is not None
    assert not found.is_whole
    assert shelf.find("content/en/good") is not None
    assert shelf.find("content/en/bad") is None


def test_a_mended_file_comes_in_later(repository: Repository, shelf: Shelf, site: Path) -> None:
    """What was refused before is new to the next run."""
    write(site, {"content/en/bad.md": "---\ntitle: [\n---\n"})
    imported(repository, site)
    write(site, {"content/en/bad.md": "---\ntitle: Good\n---\n"})

    assert imported(repository, site).counts["new"] == 1
    assert shelf.get("content/en/bad").fields["title"] == "Good"


def test_a_dry_run_does_nothing(repository: Repository, site: Path) -> None:
    """It counts what would come in, and makes not even the folder."""
    position = repository.position
    found = imported(repository, site, dry_run=True)

    assert found.counts["new"] == 11
    assert repository.position == position


def test_as_drafts_nothing_is_published(repository: Repository, site: Path) -> None:
    """Not even a folder shows on the published side."""
    imported(repository, site, draft=True)

    assert Shelf(repository, Side.PUBLISHED).find("") is None


def test_what_was_a_draft_by_order_is_published_without_it(
    repository: Repository, site: Path, tmp_path: Path, shelf: Shelf
) -> None:
    """The next run publishes all but the drafts, as if it had been the first."""
    imported(repository, site, draft=True)
    assert imported(repository, site, dry_run=True).counts["published"] == 17
    again = imported(repository, site)
    direct = tmp_path / "direct"
    with closing(Repository.open(f"sqlite:///{direct / 'content.sqlite3'}", direct)) as other:
        imported(other, site)
        published = Shelf(other, Side.PUBLISHED).paths()

    assert again.counts["published"] == 17
    assert Shelf(repository, Side.PUBLISHED).paths() == published
    assert "content/en/docs/secret" not in published
    assert {shelf.get(path).revision for path in published} == {2}
    assert imported(repository, site).counts["published"] == 0


def test_what_somebody_had_a_hand_in_stays_a_draft(
    repository: Repository, site: Path, shelf: Shelf
) -> None:
    """What was edited here, or published and taken back, is not for an import to publish."""
    imported(repository, site, draft=True)
    edited = shelf.get("content/en/docs/guide")
    taken_back = shelf.get("content/nl/docs/guide")
    with repository.write() as tx:
        tx.revise(edited.id, {**edited.fields, "title": "Better"})
        tx.publish(taken_back.id)
        tx.unpublish(taken_back.id)
    imported(repository, site)

    published = Shelf(repository, Side.PUBLISHED)
    assert published.find("content/en/docs/guide") is None
    assert published.find("content/nl/docs/guide") is None
    assert published.find("content/en/docs/plain") is not None


def test_a_run_told_to_make_drafts_publishes_none(repository: Repository, site: Path) -> None:
    """However often it runs, and takes back nothing that is published."""
    imported(repository, site, draft=True)
    assert imported(repository, site, draft=True).counts["published"] == 0
    assert Shelf(repository, Side.PUBLISHED).find("") is None


def test_a_draft_that_is_finished_is_published(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """And one that is taken back is published no more."""
    published = Shelf(repository, Side.PUBLISHED)
    write(site, {"content/en/docs/secret.md": "---\ntitle: Open\n---\n"})
    imported(repository, site)
    assert published.get("content/en/docs/secret").title == "Open"

    write(site, {"content/en/docs/secret.md": "---\ntitle: Open\ndraft: true\n---\n"})
    imported(repository, site)
    assert published.find("content/en/docs/secret") is None


def test_a_locale_that_comes_later_joins_its_translations(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """What a page's translations have in common follows from its place."""
    write(site, {"content/ja/docs/guide.md": "---\ntitle: 案内\n---\n"})
    imported(repository, site)

    assert loaded.get("content/ja/docs/guide").group == loaded.get("content/en/docs/guide").group


@pytest.mark.parametrize("stage", range(1, 11))
def test_an_interrupted_run_is_finished_by_the_next(
    site: Path,
    tmp_path: Path,
    loaded: Shelf,
    stage: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it stopped, it goes on from there, and ends in the same state."""

    def interrupt(_: str, done: int, total: int) -> None:
        if done == stage:
            raise KeyboardInterrupt

    monkeypatch.setattr(sowing, "AT_ONCE", 2)
    folder = tmp_path / "interrupted"
    other = Repository.open(f"sqlite:///{folder / 'content.sqlite3'}", folder)
    try:
        with pytest.raises(KeyboardInterrupt):
            imported(other, site, progress=interrupt)
        assert imported(other, site).is_whole
        assert Shelf(other).state() == loaded.state()
    finally:
        other.close()


def test_own_converters_and_shortcodes_are_used(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """A suffix that a converter names becomes pages; a shortcode that has a renderer, HTML."""
    source = write(
        tmp_path / "own",
        {"a.adoc": "= Title", "b.md": "{{< shout hello >}} and {{< whisper >}}\n"},
    )
    found = imported(
        repository,
        source,
        options={"converters": frozenset({".adoc"})},
        reading=lambda root: Reading(
            root, "en", {".adoc": as_heading}, {"shout": lambda *given: "<b>HELLO</b>"}
        ),
    )

    assert found.is_whole, found.remarks
    assert shelf.get("a").fields["content"] == "<h1>Title</h1>"
    body = shelf.get("b").fields["content"]
    assert "<b>HELLO</b>" in body
    assert "whisper" in body


def as_heading(content: bytes) -> str:
    return f"<h1>{content.decode().removeprefix('= ')}</h1>"


def test_where_it_goes_is_made(repository: Repository, shelf: Shelf, site: Path) -> None:
    """The folder of the import, and all above it, once."""
    assert shelf.find("") is None
    imported(repository, site)

    assert shelf.get("").path == INTO
    assert shelf.get("").is_published


def published(repository: Repository) -> Shelf:
    return Shelf(repository, Side.PUBLISHED)


def test_a_pruned_file_that_comes_back_is_restored(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """With its id, whatever it says by now; and what is pruned is not told of again."""
    id = loaded.get("content/en/docs/plain").id
    file = site / "content/en/docs/plain.md"
    text = file.read_text()
    file.unlink()
    imported(repository, site, prune=True)
    assert imported(repository, site).vanished == []

    file.write_text(text + "More.\n")
    assert imported(repository, site).counts["new"] == 1
    assert loaded.get("content/en/docs/plain").id == id
    assert "More." in published(repository).get("content/en/docs/plain").fields["content"]


def test_what_was_trashed_here_stays_there(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """Until its file changes, which is a conflict, and someone says theirs."""
    with repository.write() as tx:
        tx.trash(loaded.get("content/en/docs/plain").id)
    assert imported(repository, site).is_whole
    assert loaded.find("content/en/docs/plain") is None

    write(site, {"content/en/docs/plain.md": "# Again\n"})
    assert imported(repository, site).counts["conflicts"] == 1
    assert imported(repository, site, theirs=True).is_whole
    assert loaded.get("content/en/docs/plain").title == "Again"


def test_a_message_file_that_gets_a_partner_becomes_a_bundle(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """The record that it was makes room for it."""
    site = write(tmp_path / "messages", {"i18n/en.json": '{"a": "A"}'})
    imported(repository, site)
    assert shelf.get("i18n/en").kind is Kind.DOCUMENT
    write(site, {"i18n/nl.json": '{"a": "Aa"}'})
    found = imported(repository, site)

    assert found.is_whole, found.remarks
    assert shelf.find("i18n/en") is None
    (bundle,) = shelf.paths(Kind.BUNDLE)
    assert set(shelf.get(bundle).fields["messages"]) == {"en", "nl"}


def test_a_bundle_that_falls_apart_loses_no_file(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """Each of its files is in a node of its own afterwards."""
    site = write(
        tmp_path / "messages", {"i18n/en.json": '{"a": "A"}', "i18n/nl.json": '{"a": "Aa"}'}
    )
    imported(repository, site)
    write(site, {"i18n/nl.json": "[1, 2]"})
    found = imported(repository, site)

    assert found.is_whole, found.remarks
    assert shelf.paths(Kind.BUNDLE) == []
    assert shelf.get("i18n/en").fields["a"] == "A"
    root = shelf.get("").id
    assert {one.path for one in repository.sources(root)} == {"i18n/en.json", "i18n/nl.json"}
    assert len({one.node for one in repository.sources(root)}) == 2


def test_a_file_that_became_a_folder_makes_room_for_it(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """Pruned, the folder has its name; otherwise another one, which is told."""
    site = write(tmp_path / "site", {"e.md": "# E\n", "f.md": "# F\n"})
    imported(repository, site)
    for name in ("e", "f"):
        (site / f"{name}.md").unlink()
        write(site, {f"{name}/in.md": "# In\n"})
        found = imported(repository, site, prune=name == "e")
        assert found.is_whole, found.remarks

    assert "e/in" in shelf.paths(Kind.DOCUMENT)
    assert "f-1/in" in shelf.paths(Kind.DOCUMENT)
    assert imported(repository, site).counts["new"] == 0


def test_keys_that_are_taken_elsewhere_are_numbered(repository: Repository, tmp_path: Path) -> None:
    """Two sites may each have their labels, and a taxonomy of the same name."""
    files: dict[str, str | bytes] = {
        "i18n/en.json": '{"a": "A"}',
        "i18n/nl.json": '{"a": "Aa"}',
        "kinds.json": SITE["kinds.json"],
    }
    for name in ("one", "two"):
        found = imported(
            repository, write(tmp_path / name, files), into=f"content/documents/{name}"
        )
        assert found.is_whole, found.remarks

    second = Shelf(repository, into="content/documents/two")
    keys = {second.get(path).key for path in second.paths(Kind.BUNDLE, Kind.TAXONOMY)}
    assert keys == {"i18n-1", "kinds-1"}
    assert imported(repository, tmp_path / "two", into="content/documents/two").is_whole


def test_a_locale_that_vanished_stays_until_it_is_pruned(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """It is told of like any file, also while the rest of the bundle changes."""
    (site / "labels/Labels_nl.properties").unlink()
    write(site, {"labels/Labels.properties": "a=New\n"})

    def messages() -> object:
        (path,) = [one for one in loaded.paths(Kind.BUNDLE) if "Labels" in one]
        return loaded.get(path).fields["messages"]

    assert imported(repository, site).vanished == ["labels/Labels_nl.properties"]
    assert messages() == {"default": {"a": "New"}, "nl": {"a": "Aa"}}
    assert imported(repository, site, prune=True).is_whole
    assert messages() == {"default": {"a": "New"}}
    assert imported(repository, site).vanished == []


def test_links_mean_what_they_mean_on_disk(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """Though nodes were moved here, links of files that are new or changed find them."""
    guide = loaded.get("content/en/docs/guide")
    with repository.write() as tx:
        tx.move(guide.id, name="manual")
    write(
        site,
        {
            "content/en/docs/new.md": "[guide](guide.md)\n",
            "content/en/docs/plain.md": "# Plain\n\n[guide](guide.md)\n",
        },
    )
    imported(repository, site)

    reader = repository.reader(Side.DRAFT)
    pages = [loaded.get(f"content/en/docs/{name}").id for name in ("new", "plain")]
    assert [links[0].target for links in reader.links(pages).values()] == [guide.id, guide.id]


def test_an_alias_that_comes_later_mends_links(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """A page that gets an alias is found by those that linked it before, and by changed ones."""
    write(site, {"content/en/docs/plain.md": "# Plain\n\n[soon](/soon/)\n"})
    imported(repository, site)
    write(site, {"content/en/docs/late.md": "---\naliases: [/soon/]\n---\n"})
    imported(repository, site)

    plain, late = (loaded.get(f"content/en/docs/{name}").id for name in ("plain", "late"))
    assert repository.reader(Side.DRAFT).links([plain])[plain][0].target == late
    write(site, {"content/en/docs/plain.md": "# Plain\n\nGo [soon](/soon/) or [x](/soon)\n"})
    imported(repository, site)
    links = repository.reader(Side.DRAFT).links([plain])[plain]
    assert [one.target for one in links] == [late, late]


def test_a_folder_follows_its_page(loaded: Shelf, repository: Repository, site: Path) -> None:
    """Its title and its rank are those that the page says now, or none."""
    write(site, {"content/en/_index.md": "---\ntitle: Start\nweight: 9\n---\n"})
    imported(repository, site)
    assert (loaded.get("content/en").title, loaded.get("content/en").rank) == ("Start", 9)

    write(site, {"content/en/_index.md": "Nothing but text.\n"})
    imported(repository, site)
    assert (loaded.get("content/en").title, loaded.get("content/en").rank) == ("en", 0)


def test_a_document_is_no_place_to_import_into(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """It is said before anything is done."""
    position = repository.position
    for path in ("content/en/docs/guide", "content/en/docs/guide/deeper"):
        with pytest.raises(NotAFolder):
            imported(repository, site, into=f"{INTO}/{path}")

    assert repository.position == position


def test_a_folder_may_have_the_name_of_a_file(
    loaded: Shelf, repository: Repository, site: Path
) -> None:
    """Importing into it, beside the document that came from that file."""
    assert imported(repository, site, into=f"{INTO}/content/en/docs/guide.md").is_whole
    assert loaded.find("content/en/docs/guide.md/data/one") is not None


def failing(*_: object) -> str:
    raise LookupError("no such video")


def test_a_converter_that_fails_spoils_its_file_only(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """It is reported with what was raised; all others are there."""
    source = write(tmp_path / "own", {"a.md": "{{< video 7 >}}\n", "b.md": "# Good\n"})
    found = imported(
        repository, source, reading=lambda root: Reading(root, "en", {}, {"video": failing})
    )

    (remark,) = [one for one in found.remarks if one.skipped]
    assert remark.path == "a.md"
    assert "no such video" in remark.reason
    assert shelf.paths(Kind.DOCUMENT) == ["b"]


def test_an_asset_that_is_gone_meanwhile_is_remarked(
    repository: Repository, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between being planned and being read, a file may vanish; the import goes on."""
    source = write(tmp_path / "own", {"a.bin": "bytes", "b.md": "# Good\n"})

    def vanish(stage: str, done: int, total: int) -> None:
        (source / "a.bin").unlink(missing_ok=True)

    found = imported(repository, source, progress=vanish)
    assert [one.path for one in found.remarks if one.skipped] == ["a.bin"]
    assert shelf.paths(Kind.DOCUMENT) == ["b"]


def test_a_link_to_the_address_that_a_page_gives_itself_leads_there(
    repository: Repository, shelf: Shelf, tmp_path: Path
) -> None:
    """Generators serve a page where its front matter says, whatever its file is called."""
    pages = {
        "_posts/2024-03-01-tide.md": "---\npermalink: /tides/first/\n---\n",
        "docs/page.md": "---\nslug: /start\n---\n",
        "about.md": "[tide](/tides/first/) [start](/start#top)\n",
    }
    imported(repository, write(tmp_path / "own", pages))

    links = repository.reader(Side.DRAFT).links([shelf.get("about").id])[shelf.get("about").id]
    paths = ("_posts/2024-03-01-tide", "docs/page")
    assert [one.target for one in links] == [shelf.get(path).id for path in paths]

"""Loading a tree of YAML files, the demo's above all."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from content_repo import ROOT_ID, Kind, Reader, Repository, names
from content_repo.errors import InvalidSeed
from content_repo.seed import load
from tests.content_repo.content import must, page, paths
from tests.content_repo.history import History
from tests.content_repo.stores import Store

DEMO: Final = Path(__file__).parents[2] / "examples" / "demo"
SITE: Final = "content/documents/hippoaddoncontenthalapidemo"
AUTHOR: Final = f"{SITE}/blog/authors/Hippo Author"


def millis(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


def kinds(reader: Reader, path: str) -> Counter[str]:
    return Counter(place.kind for place in reader.below(path))


def test_the_demo_is_loaded_as_its_readme_says(
    repository: Repository, store: Store, draft: Reader, published: Reader
) -> None:
    """13 documents, 12 folders, 6 bundles, 2 taxonomies and 6 images are published."""
    made = load(repository, DEMO)

    assert kinds(published, SITE) == {Kind.DOCUMENT: 13, Kind.FOLDER: 12}
    assert kinds(draft, SITE) == {Kind.DOCUMENT: 14, Kind.FOLDER: 12}
    assert kinds(published, "content/documents/administration")[Kind.BUNDLE] == 6
    assert kinds(published, "content/taxonomies") == {Kind.TAXONOMY: 2}
    assert kinds(published, "content/gallery")[Kind.ASSET] == 6
    assert made == len(list(DEMO.rglob("*.yaml"))) - len(["types.yaml"]) - 4
    History(store).check()


def test_every_file_of_the_demo_is_a_node(repository: Repository, draft: Reader) -> None:
    """Each file's id leads to its path; folders that were there before keep their own."""
    kept = {path: must(draft.at(path)).id for path in ("content", "content/gallery")}

    load(repository, DEMO)

    for file in DEMO.rglob("*.yaml"):
        if file.name == "types.yaml":
            continue
        path = file.relative_to(DEMO)
        path = path.parent if file.name == "_folder.yaml" else path.with_suffix("")
        node = must(draft.at(path.as_posix()))
        said = yaml.safe_load(file.read_text("utf-8"))
        if node.path.count("/") > 1 or node.kind is not Kind.FOLDER:
            assert node.id == said["id"]
            assert node.rank == said.get("rank", 0)
            assert node.locale == said.get("locale")
            assert node.group == said.get("group", node.group)
    assert {path: must(draft.at(path)).id for path in kept} == kept


def test_loading_twice_is_loading_once(repository: Repository) -> None:
    """A repository that was seeded is left alone."""
    assert load(repository, DEMO) > 0
    position = repository.position

    assert load(repository, DEMO) == 0

    assert repository.position == position


def test_what_editors_did_since_is_left_alone(repository: Repository, draft: Reader) -> None:
    """Content thrown away, moved or purged does not come back by starting again."""
    before = set(paths(draft))
    load(repository, DEMO)
    with repository.write() as tx:
        tx.purge(must(draft.at(AUTHOR)).id)
        for node in nodes(draft, "content"):
            if node.path not in before and names.ancestors(node.path)[-1] in before:
                tx.trash(node.id)
    assert set(paths(draft)) == before
    position = repository.position

    assert load(repository, DEMO) == 0

    assert repository.position == position


def test_paths_of_mirrors_become_ids(repository: Repository, published: Reader) -> None:
    """Mirrors and image links are ids, whatever came first; null is the empty mirror."""
    load(repository, DEMO)

    news = must(published.at(f"{SITE}/news/2017/02/the-medusa-news")).fields
    post = must(published.at(f"{SITE}/blog/2017/02/first-blog-post")).fields
    image = must(published.get(news["image"]))
    assert image.path == "content/gallery/hippoaddoncontenthalapidemo/samples/animal-2883_640.jpg"
    author = must(published.at(AUTHOR))
    assert post["authors"] == [author.id]
    assert author.fields["photo"] == ROOT_ID
    assert author.fields["accounts"][0]["_type"] == "hippoaddoncontenthalapidemo:account"


def test_dates_are_stored_as_milliseconds(repository: Repository, published: Reader) -> None:
    """A moment with an offset is the same moment everywhere."""
    load(repository, DEMO)

    node = must(published.at(f"{SITE}/news/2017/02/the-medusa-news"))

    assert node.fields["date"] == millis("2017-02-14T16:12:00+01:00")
    assert node.created_at == millis("2017-02-14T16:12:00+01:00")


def test_times_are_those_of_the_files(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """Created and modified are when the content was written, not when it was loaded."""
    load(repository, DEMO)
    modified = millis("2017-02-14T16:18:26+01:00")

    for reader in (draft, published):
        node = must(reader.at(f"{SITE}/news/2017/02/the-medusa-news"))
        assert (node.modified_at, node.published_at) == (modified, modified)
    hidden = must(draft.at(f"{SITE}/blog/2017/02/second-blog-post"))
    assert hidden.created_at == millis("2017-02-27T10:41:12+01:00")
    assert hidden.modified_at == millis("2017-02-28T17:03:55+01:00")
    assert all(node.modified_at < millis("2018-01-01T00:00:00Z") for node in nodes(draft, SITE))


def nodes(reader: Reader, path: str) -> list[Any]:
    return list(reader.get_many(place.id for place in reader.below(path)).values())


def test_what_was_never_published_stays_a_draft(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """``published: false`` is on the draft side only."""
    load(repository, DEMO)

    assert draft.at(f"{SITE}/blog/2017/02/second-blog-post")
    assert published.at(f"{SITE}/blog/2017/02/second-blog-post") is None


def test_a_newer_draft_does_not_show(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """``draft`` is what editors see, ``fields`` what readers see."""
    load(repository, DEMO)

    new, old = (must(one.at(f"{SITE}/pages/visiting-us")).fields for one in (draft, published))

    assert new["introduction"].startswith("From October")
    assert old["introduction"].startswith("Both houses")
    assert len(new["related"]) == len(old["related"]) + 1


def test_an_image_is_stored_with_what_is_known_of_it(
    repository: Repository, published: Reader
) -> None:
    """Bytes go into the media folder; size, type and measure into the asset's fields."""
    load(repository, DEMO)
    folder = "content/gallery/hippoaddoncontenthalapidemo/samples"
    asset = must(published.at(f"{folder}/snail-193611_640.jpg"))
    file = DEMO / asset.path

    with repository.media.open(asset.fields["digest"]) as stream:
        assert stream.read() == file.read_bytes()
    assert asset.fields["size"] == file.stat().st_size
    assert asset.fields["mediaType"] == "image/jpeg"
    assert asset.fields["fileName"] == "snail-193611_640.jpg"
    assert asset.fields["width"] == 640
    assert asset.fields["height"] > 0
    assert asset.fields["title"] == "Snail"
    assert asset.fields["alt"].startswith("A snail")


def test_bundles_and_taxonomies_are_found_by_key(repository: Repository, published: Reader) -> None:
    """A bundle is found by its basename, a taxonomy by its name."""
    load(repository, DEMO)

    bundle = must(published.keyed(Kind.BUNDLE, "essentials.homepage"))
    taxonomy = must(published.keyed(Kind.TAXONOMY, "seashore"))
    assert bundle.name == "homepage"
    assert taxonomy.path == "content/taxonomies/seashore"


def test_the_log_names_the_author(repository: Repository) -> None:
    """Everything that was loaded was written by whom the caller names."""
    before = repository.position
    load(repository, DEMO, author="importer")

    assert {change.author for change in repository.changes(before)} == {"importer"}


def test_other_content_is_no_hindrance(repository: Repository, draft: Reader) -> None:
    """Content that has nothing to do with the files stays beside them."""
    with repository.write() as tx:
        mine = page(tx, "mine", must(draft.at("content/documents")).id)

    assert load(repository, DEMO) > 0

    assert must(draft.get(mine)).path == "content/documents/mine"


PAGE_FILE: Final = Path(SITE, "pages", "about-the-museum.yaml")


def without(key: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        said = yaml.safe_load(text)
        del said[key]
        return yaml.safe_dump(said)

    return edit


def saying(**changed: Any) -> Callable[[str], str]:
    return lambda text: yaml.safe_dump({**yaml.safe_load(text), **changed})


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: "a: [",
        lambda text: "",
        lambda text: "- 1",
        without("kind"),
        without("type"),
        saying(kind="animal"),
        saying(type="no:type"),
        saying(id="x"),
        saying(created="yesterday"),
        saying(fields={"title": "x", "nope": 1}),
        saying(fields={"title": "x", "related": ["content/no/such/page"]}),
        saying(fields={"title": "x", "image": "content/no/such/image"}),
        saying(draft={}),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_loaded(
    repository: Repository, draft: Reader, tmp_path: Path, edit: Callable[[str], str]
) -> None:
    """The failure names the file, and the repository is as it was."""
    tree = tmp_path / "tree"
    shutil.copytree(DEMO, tree)
    file = tree / PAGE_FILE
    file.write_text(edit(file.read_text("utf-8")), "utf-8")
    before = paths(draft), repository.position

    with pytest.raises(InvalidSeed) as refusal:
        load(repository, tree)

    assert refusal.value.facts["file"] == str(file)
    assert (paths(draft), repository.position) == before


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("missing", ["pages/_folder.yaml", "news/2017/_folder.yaml"])
def test_a_folder_without_its_file_is_a_failure(
    repository: Repository, tmp_path: Path, missing: str
) -> None:
    """Nothing is put into a folder of which nothing is said."""
    tree = tmp_path / "tree"
    shutil.copytree(DEMO, tree)
    (tree / SITE / missing).unlink()

    with pytest.raises(InvalidSeed):
        load(repository, tree)


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_missing_image_is_named(repository: Repository, tmp_path: Path) -> None:
    """An asset needs its bytes beside it."""
    tree = tmp_path / "tree"
    shutil.copytree(DEMO, tree)
    image = next(tree.rglob("*.jpg"))
    image.unlink()

    with pytest.raises(InvalidSeed) as refusal:
        load(repository, tree)

    assert refusal.value.facts["file"] == f"{image}.yaml"


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_asset_that_is_no_image_has_no_measure(
    repository: Repository, draft: Reader, tmp_path: Path
) -> None:
    """Other files are assets, too, with the type that their name tells."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "terms.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "tree" / "terms.pdf.yaml").write_text("kind: asset\nfields: {title: Terms}\n")

    assert load(repository, tmp_path / "tree") == 1

    fields = must(draft.at("terms.pdf")).fields
    assert fields["mediaType"] == "application/pdf"
    assert fields["size"] == 8
    assert "width" not in fields

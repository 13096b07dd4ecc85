"""A site in use comes in as it is, and goes out again to the byte.

One such site, 2,960 files of it, may lie beside the project; where it does, it is
imported whole.  A small one with the same oddities is there in any case.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient

from content_repo.model import Kind, Node, Side
from hal_delivery.app import create_app
from hal_delivery.bootstrap import Services, build_services
from hal_delivery.settings import Settings
from tests.exchange import odd_site
from tests.exchange.odd_site import Figures
from tests.exchange.sites import hashes, write
from tests.operations.processes import ROOT, environment

CORPUS: Final = ROOT.parent / "shared" / "corpus" / "devsite.tar.xz"
PROGRAM: Final = str(Path(sys.executable).with_name("hal-delivery"))
INTO: Final = "content/documents"
LAYOUT: Final = "site/content/{locale}/{path}"

#: What the description of the corpus says of it, and what its texts link to.
DEVSITE: Final = Figures(
    files=2960,
    # Of the documents, 1,562 are pages, 1,138 records, and one is that description.
    kinds={"document": 2701, "folder": 631, "resourcebundle": 39, "taxonomy": 2, "asset": 42},
    records=1138,
    locales={
        "bn": (15, 8), "en": (660, 203), "es": (128, 60), "fr": (60, 25), "ja": (358, 149),
        "ko": (1, 3), "pl": (1, 1), "pt": (137, 49), "ro": (23, 5), "uk": (9, 8), "zh": (170, 62),
    },
    bundles={
        "bundles.jmeter.": (
            38,
            {
                "default": 2102, "fr": 1976, "ko": 1981, "es": 1097, "zh_CN": 1079, "pt_BR": 1054,
                "tr": 909, "zh_TW": 649, "de": 607, "ja": 437, "pl": 335, "no": 133,
            },
        ),
        "site.": (1, {"en": 34, "es": 16, "fr": 16, "pt-br": 16, "zh-cn": 16}),
    },
    taxonomies={"territories": ((1, 5, 23, 256), 13), "marketplace": ((37, 207, 90, 8), 1)},
    drafts=frozenset(
        {
            "site/content/en/docs/collector/deploy/choose",
            "site/content/es/docs/zero-code/obi/setup/kubernetes-helm",
            "site/content/pt/docs/collector/deploy/choose",
        }
    ),
    links={"internal": 6611, "external": 7726, "binary": 14, "broken": 2542},
    tallies={
        # Two of them hold nothing but a script, which is no text.
        "empty": 98,
        "beyond the basic plane": 38,
        "cSpell:ignore": 633,
        "drifted_from_default bool": 317,
        "drifted_from_default str": 5,
        "issue int": 57,
        "issue str": 17,
        "cascade dict": 43,
        "cascade list": 1,
        "expiryDate int": 12,
        "aliases list": 323,
    },
    fields={
        "site/content/en/docs/_includes/exporters/intro": {"title": "Available exporters"},
        "site/content/en/_includes/page-drifted-msg": {"title": "page-drifted-msg"},
        "site/content/es/docs/languages/_includes/instrumentation-intro": {
            "title": "instrumentation-intro"
        },
        "site/content/es/docs/platforms/kubernetes/helm/_index": {
            "Title": "Helm charts de OpenTelemetry"
        },
        "site/content/en/blog/2019/_index": {"title": "2019"},
        "site/content/en/blog/2019": {"title": "2019"},
        "site/content/en/announcements/kubecon-eu": {
            "date": 1_769_990_400_000,
            "expiryDate": 1_774_483_200_000,
            "params": {
                "eventUrl": "https://events.linuxfoundation.org/kubecon-cloudnativecon-europe/",
                "blogPostURL": "/blog/2026/kubecon-eu/",
            },
        },
        "site/content/ko/.gitkeep": {"size": 0},
        "site/registry/application-integration-cpp-mysql enterprise server": {
            "title": "MySQL Enterprise Server",
            "language": "cpp",
            "tags": ["mysql", "enterprise", "database", "c++"],
            "isNative": True,
        },
        "images/icons/barchart.png-grey.png": {"mediaType": "image/png"},
        "images/icons/LFS148-Course-Badge-300x300.avif": {"mediaType": "image/avif"},
    },
)  # fmt: skip

FIGURES: Final = {"small": odd_site.FIGURES} | ({"devsite": DEVSITE} if CORPUS.exists() else {})


@dataclass(frozen=True, slots=True)
class Site:
    """A site that was imported with no option at all, and its service."""

    folder: Path
    known: Figures
    printed: str
    data_dir: Path
    services: Services
    client: FlaskClient

    def nodes(self, *kinds: Kind) -> list[Node]:
        """All nodes of those kinds."""
        reader = self.services.repository.reader(Side.DRAFT)
        places = [one for one in reader.below(INTO) if one.kind in kinds or not kinds]
        return [*reader.get_many(one.id for one in places).values()]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return hal_delivery(self.data_dir, *arguments)


def hal_delivery(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What the command line does and prints."""
    return subprocess.run(
        [PROGRAM, *arguments],
        env=environment(HAL_DELIVERY_DATA_DIR=str(data_dir), HAL_DELIVERY_LOG_LEVEL="error"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def unpacked(name: str, folder: Path) -> Path:
    if name == "small":
        return write(folder, odd_site.FILES)
    with tarfile.open(CORPUS) as archive:
        archive.extractall(folder, filter="data")
    return folder / name


@pytest.fixture(scope="module", params=FIGURES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Each site there is, imported once."""
    folder = unpacked(request.param, tmp_path_factory.mktemp("source"))
    data_dir = tmp_path_factory.mktemp("data")
    done = hal_delivery(data_dir, "import", str(folder))
    assert done.returncode == 0, done.stderr
    settings = Settings.from_env(
        {"HAL_DELIVERY_DATA_DIR": str(data_dir), "HAL_DELIVERY_LOG_LEVEL": "error"}
    )
    with closing(build_services(settings)) as services:
        client = create_app(settings, services).test_client(use_cookies=False)
        known = FIGURES[request.param]
        yield Site(folder, known, done.stdout, data_dir, services, client)


def relative(node: Node) -> str:
    return node.path.removeprefix(f"{INTO}/")


# -- what is there -------------------------------------------------------------


def test_everything_comes_in(site: Site) -> None:
    """No file is refused, and the report counts what the source is known to hold."""
    kinds = {kind: f"{number:,}" for kind, number in site.known.kinds.items()}

    assert site.printed.splitlines()[:2] == [
        f"Locales by --layout '{LAYOUT}'",
        f"Imported into {INTO}: {kinds['document']} documents, {kinds['folder']} folders, "
        f"{kinds['resourcebundle']} resource bundles, {kinds['taxonomy']} taxonomies, "
        f"{kinds['asset']} assets",
    ]
    assert "could not be imported" not in site.printed


def test_every_file_is_a_source(site: Site) -> None:
    """The files that nodes came from are those of the source, with their digests."""
    reader = site.services.repository.reader(Side.DRAFT)
    root = reader.at(INTO)
    assert root is not None

    noted = {one.path: one.digest for one in site.services.repository.sources(root.id)}
    assert noted == hashes(site.folder)
    assert len(noted) == site.known.files


def test_each_locale_has_its_documents_and_folders(site: Site) -> None:
    """A page is a document of the locale whose folder it lies in; so are folders."""
    found = {
        kind: Counter(
            relative(node).split("/")[2]
            for node in site.nodes(kind)
            if relative(node).startswith("site/content/")
        )
        for kind in (Kind.DOCUMENT, Kind.FOLDER)
    }
    locales = found[Kind.FOLDER]

    assert {
        one: (found[Kind.DOCUMENT][one], found[Kind.FOLDER][one]) for one in locales
    } == site.known.locales


def test_documents_have_the_locale_of_their_folder(site: Site) -> None:
    """And none where no folder says one; translations of one page are one group."""
    groups: dict[str | None, set[str]] = {}
    for node in site.nodes(Kind.DOCUMENT):
        top, *rest = relative(node).removeprefix("site/content/").split("/")
        is_below = relative(node).startswith("site/content/")
        assert node.locale == (top if is_below else None)
        if is_below:
            groups.setdefault(node.group, set()).add("/".join(rest))

    assert all(len(paths) == 1 for paths in groups.values())


def test_records_are_documents_of_their_own_type(site: Site) -> None:
    """What lies in the registry is records, all else that is a document pages."""
    types = Counter(node.type for node in site.nodes(Kind.DOCUMENT))
    assert types == {
        "content:record": site.known.records,
        "content:page": site.known.kinds["document"] - site.known.records,
    }
    for node in site.nodes(Kind.DOCUMENT):
        is_record = relative(node).startswith("site/registry/")
        assert node.type == ("content:record" if is_record else "content:page")


def test_bundles_have_all_messages_of_all_locales(site: Site) -> None:
    """Every key that a file has is in the bundle, in the locale that the file's name writes."""
    for start, (bundles, messages) in site.known.bundles.items():
        found = [one for one in site.nodes(Kind.BUNDLE) if (one.key or "").startswith(start)]
        keys: Counter[str] = Counter()
        for one in found:
            keys.update({at: len(texts) for at, texts in one.fields["messages"].items()})
        assert (len(found), keys) == (bundles, messages)


def depths(categories: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """How many categories there are at each depth, and below."""
    while categories:
        yield len(categories)
        categories = [below for one in categories for below in one.get("categories", ())]


def each(categories: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for one in categories:
        yield one
        yield from each(one.get("categories", ()))


def test_taxonomies_are_whole_trees(site: Site) -> None:
    """Each category is at its depth, and has a name in every language there is."""
    found = {node.name: node.fields["categories"] for node in site.nodes(Kind.TAXONOMY)}

    assert {name: tuple(depths(tree)) for name, tree in found.items()} == {
        name: by_depth for name, (by_depth, _) in site.known.taxonomies.items()
    }
    for name, (_, languages) in site.known.taxonomies.items():
        assert {len(one["infos"]) for one in each(found[name])} == {languages}
        assert all(isinstance(one["key"], str) for one in each(found[name]))


# -- oddities ------------------------------------------------------------------


def test_odd_files_give_the_fields_that_they_say(site: Site) -> None:
    """Titles that are numbers, null or missing, anchors, blanks in names: all are read."""
    by_path = {relative(node): node for node in site.nodes()}

    assert {
        path: {name: by_path[path].fields.get(name) for name in wanted}
        for path, wanted in site.known.fields.items()
    } == site.known.fields


def test_titles_are_texts(site: Site) -> None:
    """A title is text and not empty, whatever the front matter says, or if there is none."""
    titles = [node.fields["title"] for node in site.nodes(Kind.DOCUMENT)]

    assert all(isinstance(title, str) and title.strip() for title in titles)


def test_values_keep_their_types(site: Site) -> None:
    """One name may be a number here and a text there; empty pages are there as well."""
    tallies: Counter[str] = Counter()
    for node in site.nodes(Kind.DOCUMENT):
        if node.type == "content:page":
            text = node.fields["content"]
            tallies["empty"] += not text
            tallies["beyond the basic plane"] += any(ord(letter) > 0xFFFF for letter in text)
        tallies["cSpell:ignore"] += "cSpell:ignore" in node.fields
        for name in ("drifted_from_default", "issue", "cascade", "expiryDate", "aliases"):
            value = node.fields.get(name)
            tallies[f"{name} {type(value).__name__}"] += value is not None

    assert +tallies == site.known.tallies


def test_drafts_have_no_published_side(site: Site) -> None:
    """Whatever says that it is a draft is one, and nothing else."""
    found = {relative(node) for node in site.nodes() if not node.is_published}

    assert found == site.known.drafts


# -- links ---------------------------------------------------------------------


def test_links_lead_where_they_led_on_the_site(site: Site) -> None:
    """Each link in a text is ours, a file of ours, elsewhere or broken."""
    ids = [node.id for node in site.nodes(Kind.DOCUMENT)]
    links = site.services.repository.reader(Side.DRAFT).links(ids)

    assert Counter(one.type for some in links.values() for one in some) == site.known.links


def test_broken_links_are_listed_with_file_and_line(site: Site) -> None:
    """``links check`` lists each broken link once, where its file has it."""
    done = site.run("links", "check")
    lines = done.stdout.splitlines()

    assert done.returncode == 1
    assert len(lines) == site.known.links["broken"]
    for line in lines:
        file, number, href = line.split(":", 2)
        text = (site.folder / file).read_text("utf-8").splitlines()[int(number) - 1]
        assert href.strip() in text or unquote(href.strip()) in text, line


# -- again, and back -----------------------------------------------------------


def test_a_second_run_does_nothing(site: Site) -> None:
    """No change is written, and the report says how many nodes are as they are."""
    position = site.services.repository.committed_position()
    nodes = sum(site.known.kinds.values()) - site.known.kinds["folder"]

    done = site.run("import", str(site.folder))

    assert done.returncode == 0
    assert f"Nothing to do: all {nodes:,} are in {INTO} as they are." in done.stdout.splitlines()
    assert site.services.repository.committed_position() == position


def test_the_files_come_back_byte_for_byte(site: Site, tmp_path: Path) -> None:
    """An export has all files of the source, and no others."""
    done = site.run("export", str(tmp_path / "back"))

    assert done.returncode == 0, done.stdout
    assert f"Exported {site.known.files:,} files" in done.stdout
    assert hashes(tmp_path / "back") == hashes(site.folder)


# -- over HTTP -----------------------------------------------------------------


def addresses(node: Node) -> tuple[str, ...]:
    """Below a mount's base: by id and by path, or by the one name that there is."""
    match node.kind:
        case Kind.DOCUMENT | Kind.FOLDER:
            collection = f"{node.kind.value}s"
            return f"{collection}/{node.id}", f"{collection}/{quote(relative(node))}"
        case Kind.ASSET:
            return f"assets/{node.id}", f"assets/{quote(node.path)}"
        case Kind.BUNDLE:
            return (f"resourcebundles/{quote(node.key or '')}",)
        case _:
            return (f"taxonomies/{quote(node.name)}",)


def test_every_node_is_reached_by_each_of_its_addresses(site: Site) -> None:
    """By id and by path, however odd its name, drafts with a token and only so."""
    signed = site.services.signer.issue("preview", "reader", timedelta(hours=1), "test")
    bearer = {"Authorization": f"Bearer {signed}"}
    nodes = site.nodes()

    assert len(nodes) == sum(site.known.kinds.values())
    for node in nodes:
        for address in addresses(node):
            public = site.client.get(f"/site/api/{address}")
            if node.is_published:
                assert public.status_code == 200, address
                assert public.get_json()["_meta"]["id"] == node.id, address
            else:
                draft = site.client.get(f"/preview/api/{address}", headers=bearer)
                assert (public.status_code, draft.status_code) == (404, 200), address

"""What is planned is found by its path, though nothing holds that path."""

from __future__ import annotations

from content_repo.model import Kind
from hal_delivery.exchange.plan import Entry, Role, Source
from hal_delivery.exchange.planned import Planned

NODES = {"docs/a": "id-a", "docs/logo.png": "id-logo"}
ALIASES = {"site/old": ("id-a", Kind.DOCUMENT), "site/docs/a": ("id-other", Kind.DOCUMENT)}


def entry(path: str, kind: Kind) -> Entry:
    role = Role.ASSET if kind is Kind.ASSET else Role.PAGE
    source = Source(path, "0" * 64, 1)
    return Entry(kind=kind, role=role, name=path.rpartition("/")[2], path=path, sources=(source,))


def planned(into: str) -> Planned:
    entries = [entry("docs/a", Kind.DOCUMENT), entry("docs/logo.png", Kind.ASSET)]
    return Planned(into, NODES, entries, ALIASES)


def test_nodes_are_found_below_the_folder_that_all_goes_into() -> None:
    """A node is known by its absolute path, with its kind, and by no other."""
    found = planned("site")

    assert found["site/docs/a"] == ("id-a", Kind.DOCUMENT)
    assert found["site/docs/logo.png"] == ("id-logo", Kind.ASSET)
    assert found.get("docs/a") is None
    assert found.get("sites/docs/a") is None


def test_an_alias_leads_to_its_document_unless_a_node_is_there() -> None:
    """Of a node and an alias at one path, the node counts."""
    found = planned("site")

    assert found["site/old"] == ("id-a", Kind.DOCUMENT)
    assert dict(found) == {path: found[path] for path in found}
    assert set(found) == {"site/docs/a", "site/docs/logo.png", "site/old"}
    assert len(found) == 3


def test_at_the_root_paths_are_those_of_the_plan() -> None:
    """An import into the root knows its nodes by their own paths."""
    assert planned("")["docs/logo.png"] == ("id-logo", Kind.ASSET)

"""What a second import does follows from the files alone."""

from __future__ import annotations

import uuid
from dataclasses import replace

from content_repo.model import Kind
from hal_delivery.exchange.comparing import Recorded, compare, derived_id
from hal_delivery.exchange.plan import Entry, Plan, Remark, Role, Source

ROOT = "0b1c2d3e-0000-4000-8000-000000000001"
HERE = "/site"


def page(path: str, digest: str = "d") -> Entry:
    return Entry(
        kind=Kind.DOCUMENT, role=Role.PAGE, name=path, path=path,
        sources=(Source(f"{path}.md", digest, 1),),
    )  # fmt: skip


def bundle(*digests: str) -> Entry:
    sources = tuple(Source(f"m_{n}.properties", one, 1) for n, one in enumerate(digests))
    return Entry(
        kind=Kind.BUNDLE, role=Role.PROPERTIES, name="m", path="m", sources=sources, key="m"
    )


def plan(*entries: Entry, remarks: tuple[Remark, ...] = ()) -> Plan:
    return Plan(folders=(), entries=entries, remarks=remarks)


def recorded(*entries: Entry, origin: str = HERE) -> dict[str, Recorded]:
    """As if those had been imported."""
    return {
        one.path: Recorded(
            derived_id(ROOT, entry.sources[0].path), one.digest, 1, origin, kind=entry.kind
        )
        for entry in entries
        for one in entry.sources
    }


def test_what_was_never_imported_is_new() -> None:
    """Its id follows from its place, so that links may name it before it is there."""
    found = compare(plan(page("a")), {}, root=ROOT, origin=HERE)

    assert [one.path for one in found.new] == ["a"]
    assert uuid.UUID(found.nodes["a"]).version == 5
    assert found.nodes == compare(plan(page("a")), {}, root=ROOT, origin="/else").nodes


def test_the_same_bytes_are_unchanged() -> None:
    """A file counts as changed by its digest, whatever its dates say."""
    before = recorded(page("a"), page("b"))
    found = compare(plan(page("a"), page("b", "other")), before, root=ROOT, origin=HERE)

    assert (found.new, len(found.unchanged)) == ([], 1)
    assert [one.path for one in found.changed] == ["b"]
    assert found.vanished == {}


def test_a_node_keeps_its_id_wherever_its_plan_puts_it() -> None:
    """It is found again by the file that it came from, not by its name."""
    before = recorded(page("a"))
    moved = page("a")._replace(path="elsewhere", name="elsewhere")
    found = compare(plan(moved), before, root=ROOT, origin=HERE)

    assert found.nodes["elsewhere"] == before["a.md"].node
    assert len(found.unchanged) == 1


def test_only_what_came_from_here_can_vanish() -> None:
    """Two sources may go into one folder: neither takes the other's files for lost."""
    before = recorded(page("a")) | recorded(page("b"), origin="/other")
    found = compare(plan(), before, root=ROOT, origin=HERE)

    assert list(found.vanished) == ["a.md"]


def test_what_cannot_be_read_has_not_vanished() -> None:
    """A file that is broken today keeps its node."""
    spoilt = plan(remarks=(Remark("a.md", "broken"),))

    assert compare(spoilt, recorded(page("a")), root=ROOT, origin=HERE).vanished == {}


def test_what_lies_in_an_unreadable_folder_has_not_vanished() -> None:
    """Nobody can say that it is gone."""
    spoilt = plan(remarks=(Remark("docs", "not readable"),))
    before = recorded(page("docs/deep/a"), page("docsy/b"))

    assert list(compare(spoilt, before, root=ROOT, origin=HERE).vanished) == ["docsy/b.md"]


def test_a_bundle_that_lost_a_locale_has_not_vanished() -> None:
    """The file has, and is told of; its node keeps the other locales."""
    found = compare(plan(bundle("x")), recorded(bundle("x", "y")), root=ROOT, origin=HERE)

    assert [one.path for one in found.unchanged] == ["m"]
    assert found.vanished == {"m_1.properties": found.nodes["m"]}


def test_another_kind_of_content_is_another_node() -> None:
    """A file that was a record and is a taxonomy now leaves its former node behind."""
    before = recorded(page("a"))
    now = page("a", "other")._replace(kind=Kind.TAXONOMY, role=Role.CATEGORIES)
    found = compare(plan(now), before, root=ROOT, origin=HERE)

    assert [one.path for one in found.new] == ["a"]
    assert found.outdated == {before["a.md"].node}
    assert found.nodes["a"] != before["a.md"].node


def test_two_entries_never_share_a_node() -> None:
    """Files of one bundle that are no bundle any more become nodes of their own."""
    before = recorded(bundle("x", "y"))
    parts = [
        page(f"m_{n}")._replace(sources=(Source(f"m_{n}.properties", "new", 1),)) for n in (0, 1)
    ]
    found = compare(plan(*parts), before, root=ROOT, origin=HERE)

    assert len(set(found.nodes.values())) == 2
    assert found.outdated == {before["m_0.properties"].node}


def test_what_is_in_the_trash_has_not_vanished() -> None:
    """Whoever threw it away knows that it is gone."""
    before = {path: replace(one, kind=None) for path, one in recorded(page("a"), page("b")).items()}
    found = compare(plan(page("a")), before, root=ROOT, origin=HERE)

    assert (found.vanished, found.outdated) == ({}, set())
    assert [one.path for one in found.unchanged] == ["a"]


def test_a_bundle_that_gained_a_locale_is_changed() -> None:
    """The new file belongs to the node that is there."""
    found = compare(plan(bundle("x", "y")), recorded(bundle("x")), root=ROOT, origin=HERE)

    assert [one.path for one in found.changed] == ["m"]
    assert found.new == []

"""What a plan changes: the files of a source against those that nodes were made from."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from content_repo import names
from hal_delivery.exchange.plan import Entry, Plan


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file as it was last imported: its node, its digest, and where it lay then.

    ``revision`` is that of the node's fields that were made from it.
    """

    node: str
    digest: str
    revision: int
    origin: str


@dataclass(slots=True)
class Comparison:
    """What is to be made, what to be revised, and what stays.

    ``nodes`` has the id of the node of every entry, by the entry's path: it is
    known before the node is there.  ``vanished`` are files that were imported
    from here and are here no more, with their nodes.
    """

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    nodes: dict[str, str] = field(default_factory=dict)
    vanished: dict[str, str] = field(default_factory=dict)


def compare(plan: Plan, recorded: Mapping[str, Recorded], *, root: str, origin: str) -> Comparison:
    """*plan* against what is *recorded* of the folder of id *root*, by path on disk.

    *origin* is where the source lies: only what came from there can have vanished.
    """
    found = Comparison()
    present: set[str] = set()
    for entry in plan.entries:
        known = [recorded.get(one.path) for one in entry.sources]
        present.update(one.path for one in entry.sources)
        node = next((one.node for one in known if one is not None), None)
        if node is None:
            found.new.append(entry)
            node = node_id(root, entry)
        elif _is_unchanged(entry, known):
            found.unchanged += 1
        else:
            found.changed.append(entry)
        found.nodes[entry.path] = node
    # What is there but cannot be read has not vanished, nor has what lies in such a folder.
    hidden = {one.path for one in plan.remarks if one.skipped}
    for path, one in recorded.items():
        if one.origin == origin and path not in present and hidden.isdisjoint(_leading_to(path)):
            found.vanished[path] = one.node
    _revise_what_lost_a_file(plan, found)
    return found


def _leading_to(path: str) -> list[str]:
    """*path* and all folders above it, the source's own among them."""
    return [".", "", *names.ancestors(path), path]


def _is_unchanged(entry: Entry, known: Iterable[Recorded | None]) -> bool:
    pairs = zip(entry.sources, known, strict=True)
    return all(one is not None and one.digest == source.digest for source, one in pairs)


def _revise_what_lost_a_file(plan: Plan, found: Comparison) -> None:
    """A bundle of which one file vanished is no vanished node, but a changed one."""
    losing = set(found.vanished.values())
    if not losing:
        return
    settled = {entry.path for entry in (*found.new, *found.changed)}
    for entry in plan.entries:
        if found.nodes[entry.path] in losing:
            losing.discard(found.nodes[entry.path])
            if entry.path not in settled:
                found.changed.append(entry)
                found.unchanged -= 1
    found.vanished = {path: node for path, node in found.vanished.items() if node in losing}


def node_id(root: str, entry: Entry) -> str:
    """The id of the node that an entry becomes: the same whenever it is imported there."""
    return derived_id(root, entry.sources[0].path)


def derived_id(root: str, name: str) -> str:
    """An id that follows from the folder *root* and a name within it."""
    return str(uuid.uuid5(uuid.UUID(root), name))

"""What a plan changes: the files of a source against those that nodes were made from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from content_repo import names
from content_repo.model import Kind
from hal_delivery.exchange.plan import Entry, Plan


@dataclass(frozen=True, slots=True)
class Recorded:
    """A file as it was last imported: its node, its digest, and where it lay then.

    ``revision`` is that of the node's fields that were made from it, ``locale``
    the one whose texts it holds.  Without a ``kind``, the node is in the trash.
    """

    node: str
    digest: str
    revision: int
    origin: str
    locale: str | None = None
    kind: Kind | None = None
    is_published: bool = False


@dataclass(slots=True)
class Comparison:
    """What is to be made, what to be revised, and what stays.

    ``nodes`` has the id of the node of every entry, by the entry's path: it is
    known before the node is there.  ``vanished`` are files that were imported
    from here and are here no more, with their nodes; ``outdated`` are nodes
    whose files have become another kind of content.
    """

    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    nodes: dict[str, str] = field(default_factory=dict)
    vanished: dict[str, str] = field(default_factory=dict)
    outdated: set[str] = field(default_factory=set)


def compare(plan: Plan, recorded: Mapping[str, Recorded], *, root: str, origin: str) -> Comparison:
    """*plan* against what is *recorded* of the folder of id *root*, by path on disk.

    *origin* is where the source lies: only what came from there can have vanished.
    """
    found = Comparison()
    present: set[str] = set()
    claimed: set[str] = set()
    taken = {one.node for one in recorded.values()}
    for entry in plan.entries:
        known = [recorded.get(one.path) for one in entry.sources]
        present.update(one.path for one in entry.sources)
        node = _claimed(entry, known, claimed)
        if node is None:
            found.new.append(entry)
            node = _fresh_id(root, entry, taken)
        elif _is_unchanged(entry, known, node):
            found.unchanged.append(entry)
        else:
            found.changed.append(entry)
        claimed.add(node)
        found.nodes[entry.path] = node
    # What is there but cannot be read has not vanished, nor has what lies in such a folder.
    hidden = {one.path for one in plan.remarks if one.skipped}
    for path, one in recorded.items():
        if one.kind is None:
            continue
        if path in present:
            if one.node not in claimed:
                found.outdated.add(one.node)
        elif one.origin == origin and hidden.isdisjoint(_leading_to(path)):
            found.vanished[path] = one.node
    return found


def _claimed(entry: Entry, known: Sequence[Recorded | None], claimed: set[str]) -> str | None:
    """The node that *entry* was before: of the same kind, and no other entry's by now."""
    for one in known:
        if one is not None and one.kind in (None, entry.kind) and one.node not in claimed:
            return one.node
    return None


def _is_unchanged(entry: Entry, known: Sequence[Recorded | None], node: str) -> bool:
    pairs = zip(entry.sources, known, strict=True)
    return all(
        one is not None and (one.digest, one.node) == (source.digest, node) for source, one in pairs
    )


def _leading_to(path: str) -> list[str]:
    """*path* and all folders above it, the source's own among them."""
    return [".", "", *names.ancestors(path), path]


def _fresh_id(root: str, entry: Entry, taken: set[str]) -> str:
    """An id for a node that is not there: the same whenever the entry is imported there."""
    id = derived_id(root, entry.sources[0].path)
    # What was another kind of content has kept the one that it would have.
    return derived_id(root, f"{entry.kind} {entry.sources[0].path}") if id in taken else id


def derived_id(root: str, name: str) -> str:
    """An id that follows from the folder *root* and a name within it."""
    return str(uuid.uuid5(_parsed(root), name))


#: Nearly all ids of an import follow from one folder.
_parsed: Final = lru_cache(maxsize=8)(uuid.UUID)

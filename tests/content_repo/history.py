"""The history, read on its own: an oracle for what the repository shows.

Works on plain rows and shares no code with the package.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from content_repo import ROOT_ID, Reader
from tests.content_repo.stores import Store

#: Actions after which a node has no place, or has one again.
LEAVE: Final = {"trashed"}
RETURN: Final = {"restored"}


@dataclass(frozen=True, slots=True)
class Range:
    """Something that holds from one position until just before another."""

    begin: int
    end: int | None
    value: Any

    def holds_at(self, position: int) -> bool:
        return self.begin <= position and (self.end is None or position < self.end)


class History:
    """Everything that a database remembers."""

    def __init__(self, store: Store) -> None:
        self.changes = store.rows(
            'SELECT position, node, action, revision, public FROM "change" ORDER BY position'
        )
        self.nodes = {
            row.id: row
            for row in store.rows(
                "SELECT id, parent, name, path, state, kind, revision, draft_revision,"
                " published_revision FROM node"
            )
        }
        self.fields: dict[tuple[str, int], Any] = {}
        self.revisions: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in store.rows(
            "SELECT node, revision, position, fields FROM revision ORDER BY node, revision"
        ):
            self.revisions[row.node].append((row.revision, row.position))
            self.fields[row.node, row.revision] = json.loads(row.fields)
        self.placements = self._ranges(store, "placement", "parent, name")
        self.publications = self._ranges(store, "publication", "revision")
        self.last_position = store.rows("SELECT value FROM counter WHERE name = 'position'")[0][0]

    def _ranges(self, store: Store, table: str, values: str) -> dict[str, list[Range]]:
        found: dict[str, list[Range]] = defaultdict(list)
        for node, begin, end, *value in store.rows(
            f"SELECT node, from_position, to_position, {values} FROM {table}"
            " ORDER BY node, from_position"
        ):
            found[node].append(Range(begin, end, tuple(value)))
        return found

    # -- what must hold ----------------------------------------------------

    def check(self) -> None:
        """Fail unless the history is whole and leads to the present state."""
        self._check_log()
        for id in self.nodes:
            self._check_revisions(id)
            self._check_ranges(id, self.placements[id], leave=LEAVE, come_back=RETURN)
            self._check_ranges(
                id, self.publications[id], leave={"unpublished"}, come_back={"published"}
            )
            self._check_present(id)
        self._check_names()
        for histories in (self.revisions, self.placements, self.publications):
            assert {id for id, rows in histories.items() if rows} <= self.nodes.keys()

    def _check_log(self) -> None:
        positions = [change.position for change in self.changes]
        assert positions == list(range(1, len(positions) + 1))
        assert self.last_position == len(positions)

    def _check_revisions(self, id: str) -> None:
        counted = [c.revision for c in self.changes if c.node == id and c.action != "typed"]
        if id != ROOT_ID:
            assert counted == list(range(1, len(counted) + 1)), id
            assert self.nodes[id].revision == len(counted), id
        positions = [position for _, position in self.revisions[id]]
        assert positions == sorted(set(positions)), id
        assert self.nodes[id].draft_revision == self.revisions[id][-1][0], id

    def _check_ranges(
        self, id: str, ranges: Sequence[Range], *, leave: set[str], come_back: set[str]
    ) -> None:
        for one in ranges:
            assert one.end is None or one.begin < one.end, (id, one)
        for before, after in pairwise(ranges):
            assert before.end is not None, (id, "two are open")
            assert before.end <= after.begin, (id, "they overlap")
            if before.end != after.begin:
                assert self._action(before.end) in leave, (id, before)
                assert self._action(after.begin) in come_back, (id, after)

    def _action(self, position: int) -> str:
        action: str = self.changes[position - 1].action
        return action

    def _check_present(self, id: str) -> None:
        node = self.nodes[id]
        placed = [one.value for one in self.placements[id] if one.end is None]
        assert placed == ([] if node.path is None else [(node.parent, node.name)]), id
        shown = [one.value for one in self.publications[id] if one.end is None]
        assert shown == ([] if node.published_revision is None else [(node.published_revision,)])
        if node.path is not None and id != ROOT_ID:
            above = self.nodes[node.parent]
            assert node.path == f"{above.path}/{node.name}".removeprefix("/"), id
            assert above.published_revision is not None or node.published_revision is None, id

    def _check_names(self) -> None:
        taken = [
            (node.parent, node.name)
            for node in self.nodes.values()
            if node.state in ("live", "archived")
        ]
        assert len(taken) == len(set(taken))

    # -- the past ----------------------------------------------------------

    def content(self, position: int, *, published: bool) -> dict[str, tuple[str, Any]]:
        """Id and fields by path, as of *position*, of what was not purged since."""
        places: dict[str, tuple[str, str]] = {
            id: one.value
            for id, ranges in self.placements.items()
            for one in ranges
            if one.holds_at(position)
        }
        found = {}
        for id in places:
            path = self._path(id, places)
            revision = self._shown(id, position) if published else self._written(id, position)
            if path is not None and revision is not None:
                found[path] = (id, self.fields[id, revision])
        return found

    def _path(self, id: str, places: dict[str, tuple[str, str]]) -> str | None:
        names = []
        while id != ROOT_ID:
            if id not in places:
                return None
            id, name = places[id]
            names.append(name)
        return "/".join(reversed(names))

    def _shown(self, id: str, position: int) -> int | None:
        for one in self.publications[id]:
            if one.holds_at(position):
                return int(one.value[0])
        return None

    def _written(self, id: str, position: int) -> int:
        return max(revision for revision, at in self.revisions[id] if at <= position)


def shown(reader: Reader) -> dict[str, tuple[str, Any]]:
    """Id and fields by path, as the repository shows them now."""
    places = {place.id: place.path for place in reader.below("")}
    nodes = reader.get_many([ROOT_ID, *places])
    return {node.path: (id, dict(node.fields)) for id, node in nodes.items()}

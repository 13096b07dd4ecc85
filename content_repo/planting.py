"""Planting: many new nodes at once, as if each were created and published alone.

The rules are those of :class:`~content_repo.transaction.Transaction`, and so is
what lies in every table afterwards; only the statements are fewer: all that has
to be known is asked first, then everything is decided in memory, in the order
of the batch, and written at the end.  What cannot be planted is set aside and
spoils nothing of the rest.
"""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import orjson
import sqlalchemy as sa

from content_repo import locales, names
from content_repo.doctypes import DATE_POINTERS, Types
from content_repo.errors import (
    ContentError,
    IdTaken,
    InvalidId,
    InvalidName,
    InvalidPath,
    KeyTaken,
    NameTaken,
    NodeNotFound,
    NotAFolder,
)
from content_repo.linking import Link, Sites, Target, dumped, resolved_batch, targets
from content_repo.model import Action, Kind, Side, State
from content_repo.references import references
from content_repo.sources import NodeSource
from content_repo.sql import tables
from content_repo.sql.planting import BulkWriter, Row
from content_repo.sql.writing import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seedling:
    """One node to be planted; the attributes are what ``Transaction.create`` takes.

    Its parent is in the repository already, or before it in the batch.
    ``modified_at`` stands for ``Transaction.dated``; where ``publish``, the
    published side shows it at once.
    """

    kind: Kind
    parent: str
    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    type: str | None = None
    id: str | None = None
    locale: str | None = None
    group: str | None = None
    key: str | None = None
    rank: int = 0
    owner: str | None = None
    created_at: int | None = None
    modified_at: int | None = None
    publish: bool = True
    sources: tuple[NodeSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of a batch: ids of nodes, and failures, by place in the batch."""

    ids: Mapping[int, str]
    failures: Mapping[int, ContentError]


class Checked(NamedTuple):
    """What a seedling is by itself, whatever stands around it: all of it may be stored."""

    name: str
    type: str
    group: str
    fields: Mapping[str, Any]
    key: str | None
    #: The kept form of the fields, and by what it was made.
    kept: tuple[str | None, str | None]


#: Gives what a seedling is by itself, or raises what keeps it from being that.
Check = Callable[[Seedling], Checked]


class Ground:
    """What stands where a batch is planted, and what of the batch joined it."""

    def __init__(self, bulk: BulkWriter) -> None:
        self._bulk = bulk
        self.rows: dict[str, Row] = {}
        self._paths: set[str] = set()
        self._keys: set[tuple[str, str]] = set()

    def look(self, batch: Sequence[Seedling], checked: Mapping[int, Checked], types: Types) -> None:
        """Ask all that has to be known of the repository before planting."""
        self.know(self._touched(batch, checked, types))
        self._ask("path", self._wanted(batch, checked))
        keys = {one.key for one in checked.values() if one.key is not None}
        self._keys = self._bulk.taken_keys(keys) if keys else set()

    def know(self, ids: set[str]) -> None:
        """Ask for the nodes of those ids, and for the folders above what is hidden."""
        above = {
            path
            for row in self._ask("id", ids - self.rows.keys())
            if row["path"] and row["published_revision"] is None
            for path in ("", *names.ancestors(row["path"]))
        }
        self._ask("path", above)

    def _ask(self, column: Literal["id", "path"], values: set[str]) -> list[Row]:
        # What the batch changed already is not asked for again.
        rows = self._bulk.standing(column, values) if values else []
        for row in rows:
            self.rows.setdefault(row["id"], row)
            if row["path"] is not None:
                self._paths.add(row["path"])
        return rows

    def _touched(
        self, batch: Sequence[Seedling], checked: Mapping[int, Checked], types: Types
    ) -> set[str]:
        """The ids of all nodes that the batch asks for, lies in, or points at."""
        ids = {one.parent for one in batch} | {one.id.lower() for one in batch if one.id}
        for index, one in checked.items():
            if batch[index].kind is Kind.DOCUMENT and batch[index].publish:
                ids.update(found.target for found in references(types, one.type, one.fields))
        return {id for id in ids if names.is_id(id)}

    def _wanted(self, batch: Sequence[Seedling], checked: Mapping[int, Checked]) -> set[str]:
        """The paths that the batch would take."""
        paths = {id: row["path"] for id, row in self.rows.items()}
        wanted = set()
        for index, one in checked.items():
            above = paths.get(batch[index].parent)
            if above is None:
                continue
            with contextlib.suppress(InvalidPath):
                wanted.add(path := names.join(above, one.name))
                paths.setdefault((batch[index].id or "").lower(), path)
        return wanted

    def folder(self, id: str) -> Row:
        """The row of what new nodes are to be put into."""
        row = self.rows.get(id)
        if row is None or row["path"] is None:
            raise NodeNotFound(kind="node", address=id)
        return row

    def free_path(self, parent: str, name: str) -> str:
        folder = self.folder(parent)
        if folder["kind"] != Kind.FOLDER.value:
            raise NotAFolder(path=folder["path"], kind=folder["kind"])
        path = names.join(folder["path"], name)
        if path in self._paths:
            suggestion = self._first_free(folder["path"], name)
            raise NameTaken(name=name, folder=folder["path"], suggestion=suggestion)
        return path

    def _first_free(self, folder: str, name: str) -> str:
        for number in itertools.count(1):
            path = names.join(folder, names.numbered(name, number))
            if path not in self._paths and not self._bulk.standing("path", [path]):
                break
        return names.numbered(name, number)

    def check_key(self, kind: Kind, key: str | None) -> None:
        if key is not None and (kind.value, key) in self._keys:
            raise KeyTaken(kind=kind.value, key=key)

    def free_id(self, id: str | None) -> str:
        if id is None:
            return str(uuid.uuid4())
        if not names.is_id(id):
            raise InvalidId(id=id)
        if id.lower() in self.rows:
            raise IdTaken(id=id.lower())
        return id.lower()

    def join(self, row: Row) -> None:
        """From now on the new node is known as well."""
        self.rows[row["id"]] = row
        self._paths.add(row["path"])
        if row["key"] is not None:
            self._keys.add((row["kind"], row["key"]))


#: What is written of new nodes, besides their sources.
_TABLES: Final = (
    tables.node,
    tables.revision,
    tables.rendition,
    tables.reference,
    tables.placement,
    tables.publication,
    tables.change,
)


class Surroundings:
    """What links of a batch may lead to: what is planned, the batch, the repository."""

    def __init__(self, writer: Writer, batch: Sequence[Row], planned: Mapping[str, Target]) -> None:
        self._writer = writer
        self._planned = planned
        self._batch = {
            row["path"]: (row["id"], Kind(row["kind"]))
            for row in batch
            if row["kind"] != Kind.OBJECT.value
        }
        self._rows = batch
        self._locales: dict[str, str | None] | None = None
        self._beside: dict[str, list[str]] = {}

    def find(self, paths: Collection[str]) -> dict[str, Target]:
        """Id and kind of what is at *paths*, or will be."""
        found = {}
        unknown = []
        for path in paths:
            target = self._planned.get(path) or self._batch.get(path)
            if target is None:
                unknown.append(path)
            else:
                found[path] = target
        return found | self._writer.find(unknown) if unknown else found

    def folders(self, paths: Collection[str], beside: str) -> dict[str, str | None]:
        """See :class:`~content_repo.linking.Folders`."""
        if self._locales is None:
            self._locales = self._survey(beside)
        there = [path for path in paths if path in self._locales]
        next_to = [one for path in paths for one in self._beside.get(path, ())]
        return {path: self._locales[path] for path in (*there, *next_to)}

    def _survey(self, beside: str) -> dict[str, str | None]:
        """The locales of all folders that anybody will ask for, asked for at once."""
        above = {path for row in self._rows for path in ("", *names.ancestors(row["path"]))}
        found = self._writer.folder_locales(above, beside)
        found |= {
            row["path"]: row["locale"] for row in self._rows if row["kind"] == Kind.FOLDER.value
        }
        for path, locale in found.items():
            if path and locale is not None and locales.tag(locale) == beside:
                self._beside.setdefault(path.rpartition("/")[0], []).append(path)
        return found


class Planting:
    """One batch on its way into the repository."""

    def __init__(
        self, writer: Writer, types: Types, check: Check, *, at: int, message: str | None
    ) -> None:
        self._writer = writer
        self._bulk = bulk = writer.bulk()
        self._types = types
        self._check = check
        self._at = at
        self._message = message
        self._ground = Ground(bulk)
        self._last = bulk.counters()
        self._rows: dict[sa.Table, list[Row]] = {table: [] for table in _TABLES}
        self._sources: list[tuple[str, int, NodeSource]] = []
        self._planted: set[str] = set()
        #: Nodes that were there before, and are published with the new ones.
        self._touched: dict[str, Row] = {}
        self.seen: dict[Side, set[str]] = {Side.DRAFT: set(), Side.PUBLISHED: set()}

    @property
    def position(self) -> int:
        """The last position given out."""
        return self._last["position"]

    def plant(
        self, batch: Sequence[Seedling], planned: Mapping[str, Target], default_locale: str
    ) -> Planted:
        """Plant *batch*; its rows are written when this returns."""
        checked, failures = self._checked(batch)
        self._ground.look(batch, checked, self._types)
        accepted: dict[int, Row] = {}
        for index, one in enumerate(batch):
            try:
                accepted[index] = self._accepted(one, checked.get(index), failures.get(index))
            except ContentError as failure:
                failures[index] = failure
        links = self._links(accepted, checked, planned, default_locale)
        for index, row in accepted.items():
            self._create(row, batch[index], checked[index], links.get(index, ()))
            if batch[index].publish:
                self._publish_all(row, batch[index], checked[index], links.get(index, ()))
        self._write()
        return Planted({index: row["id"] for index, row in accepted.items()}, failures)

    def _checked(
        self, batch: Sequence[Seedling]
    ) -> tuple[dict[int, Checked], dict[int, ContentError]]:
        checked: dict[int, Checked] = {}
        failures: dict[int, ContentError] = {}
        for index, one in enumerate(batch):
            try:
                checked[index] = self._check(one)
            except ContentError as failure:
                failures[index] = failure
        return checked, failures

    def _accepted(
        self, one: Seedling, checked: Checked | None, refusal: ContentError | None
    ) -> Row:
        """The row of a seedling that may grow here; what comes first is refused first."""
        if isinstance(refusal, InvalidName):
            raise refusal
        folder = self._ground.folder(one.parent)
        if checked is None:
            assert refusal is not None
            raise refusal
        path = self._ground.free_path(one.parent, checked.name)
        self._ground.check_key(one.kind, checked.key)
        id = self._ground.free_id(one.id)
        at = self._at if one.modified_at is None else one.modified_at
        row = {
            "id": id, "number": None, "kind": one.kind.value, "type": checked.type,
            "parent": folder["id"], "name": checked.name, "path": path, "rank": one.rank,
            "locale": one.locale, "locale_tag": one.locale and locales.tag(one.locale),
            "group": checked.group, "is_translated": False, "key": checked.key,
            "state": State.LIVE.value, "revision": 1, "draft_revision": 1, "draft_position": None,
            "published_revision": None, "published_position": None, "published_at": None,
            "public_at": None, "labels": "{}", "annotations": "{}", "finalizers": "[]",
            "owner": one.owner, "created_at": at if one.created_at is None else one.created_at,
            "modified_at": at, "deleted_at": None,
        }  # fmt: skip
        self._ground.join(row)
        return row

    def _links(
        self,
        accepted: Mapping[int, Row],
        checked: Mapping[int, Checked],
        planned: Mapping[str, Target],
        default_locale: str,
    ) -> dict[int, tuple[Link, ...]]:
        """What the links of the documents lead to, each as if all of the batch were there."""
        around = Surroundings(self._writer, list(accepted.values()), planned)
        documents = {
            index: (row["path"], row["locale"], row["type"], checked[index].fields)
            for index, row in accepted.items()
            if row["kind"] == Kind.DOCUMENT.value
        }
        site_of = Sites(around.folders, default_locale).of
        found = resolved_batch(self._types, list(documents.values()), around.find, site_of)
        linked = {link.target for links in found for link in links if link.type == "binary"}
        self._ground.know({id for id in linked if id is not None})
        return dict(zip(documents, found, strict=True))

    def _create(self, row: Row, one: Seedling, checked: Checked, links: Sequence[Link]) -> None:
        position = self._append(row, Action.CREATED, public=False)
        self._last["number"] += 1
        row["number"], row["draft_position"] = self._last["number"], position
        kept, kept_by = checked.kept
        self._rows[tables.node].append(row)
        self._rows[tables.revision].append(
            {
                "node": row["id"], "revision": 1, "position": position,
                "fields": orjson.dumps(checked.fields).decode(),
                "at": self._bulk.at, "author": self._bulk.author, "message": self._message,
            }
        )  # fmt: skip
        self._rows[tables.rendition].append(
            {
                "position": position, "is_sourced": False, "links": dumped(links),
                "kept_by": kept_by, "kept": kept,
            }
        )  # fmt: skip
        self._rows[tables.placement].append(
            {
                "node": row["id"], "from_position": position,
                "parent": row["parent"], "name": row["name"],
            }
        )  # fmt: skip
        if one.kind is Kind.DOCUMENT:
            pointed = targets(self._types, checked.type, checked.fields, links, but=row["id"])
            self._rows[tables.reference] += (
                {"node": row["id"], "revision": 1, "target": target} for target in sorted(pointed)
            )
        self._sources += ((row["id"], 1, source) for source in one.sources)
        self._planted.add(row["id"])
        self._remember(Side.DRAFT, one, checked)

    def _publish_all(
        self, row: Row, one: Seedling, checked: Checked, links: Sequence[Link]
    ) -> None:
        """Publish a new node with the folders above it and the assets that it links."""
        at = row["modified_at"]
        self._publish_above(row, at)
        if one.kind is Kind.DOCUMENT:
            linked = [one.target for one in references(self._types, checked.type, checked.fields)]
            linked += [link.target for link in links if link.target is not None]
            for target in linked:
                self._publish_asset(target, at)
        self._publish(row, at)
        self._remember(Side.PUBLISHED, one, checked)

    def _publish_asset(self, id: str, at: int) -> None:
        row = self._ground.rows.get(id)
        # Without a number it comes later in the batch: nobody could link it yet.
        if row is None or row["kind"] != Kind.ASSET.value or row["number"] is None:
            return
        if row["path"] is not None and row["published_revision"] is None:
            self._publish_above(row, at)
            self._publish(row, at)

    def _publish_above(self, row: Row, at: int) -> None:
        hidden = []
        above = self._ground.rows[row["parent"]]
        while above["published_revision"] is None:
            hidden.append(above)
            if above["parent"] is None:
                break
            above = self._ground.rows[above["parent"]]
        for folder in reversed(hidden):
            self._publish(folder, at)

    def _publish(self, row: Row, at: int) -> None:
        row["revision"] += 1
        row["published_revision"] = row["draft_revision"]
        row["published_position"] = row["draft_position"]
        row["published_at"] = row["public_at"] = row["modified_at"] = at
        position = self._append(row, Action.PUBLISHED, public=True)
        self._rows[tables.publication].append(
            {"node": row["id"], "from_position": position, "revision": row["draft_revision"]}
        )
        if row["id"] not in self._planted:
            self._touched[row["id"]] = row

    def _append(self, row: Row, action: Action, *, public: bool) -> int:
        self._last["position"] += 1
        self._rows[tables.change].append(
            {
                "position": self._last["position"], "node": row["id"], "kind": row["kind"],
                "action": action.value, "revision": row["revision"], "public": public,
                "at": self._bulk.at, "author": self._bulk.author,
            }
        )  # fmt: skip
        return self._last["position"]

    def _remember(self, side: Side, one: Seedling, checked: Checked) -> None:
        fresh = checked.fields.keys() - self.seen[side]
        if fresh and one.kind is Kind.DOCUMENT and self._types.is_open(checked.type):
            declared = self._types.fields(checked.type).keys()
            self.seen[side].update(fresh - declared - {DATE_POINTERS})

    def _join_groups(self) -> None:
        """Note who is in one translation group with another."""
        rows = self._rows[tables.node]
        members = Counter(row["group"] for row in rows)
        joined = self._bulk.join_groups(members)
        for row in rows:
            row["is_translated"] = row["group"] in joined or members[row["group"]] > 1

    def _put_sources(self) -> None:
        """Write which files the new nodes were made from, and note who has any."""
        sourced = self._bulk.put_sources(self._sources)
        made = zip(self._rows[tables.revision], self._rows[tables.rendition], strict=True)
        for revision, rendition in made:
            rendition["is_sourced"] = (revision["node"], revision["revision"]) in sourced

    def _write(self) -> None:
        self._join_groups()
        self._put_sources()
        for table, rows in self._rows.items():
            self._bulk.insert(table, rows)
        self._bulk.update_nodes(list(self._touched.values()))
        self._bulk.set_counters(self._last)

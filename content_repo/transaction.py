"""A transaction: what may be written to the tree, and what follows from it.

Each method is one change: it checks, raises the node's revision by one, writes
the history and appends to the change log; all of it is committed together, or
nothing is.  The rules kept here:

* two nodes that are live or archived never share a name in one folder;
* a node in the trash keeps its place and frees its name;
* whatever is published has only published folders above it;
* a change of a published folder or asset shows at once, of a document, bundle
  or taxonomy only when that is published again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from content_repo import locales, names
from content_repo.doctypes import DocumentType, Problem, Types, json_problems
from content_repo.errors import (
    InvalidFields,
    InvalidMove,
    KeyTaken,
    NameTaken,
    NodeNotFound,
    NotAFolder,
    StaleRevision,
    WrongState,
)
from content_repo.model import ROOT_ID, TWO_SIDED, TYPE_OF_KIND, Action, Kind, Side, State
from content_repo.sql.writing import Writer

#: What writers may say of a node besides its fields.
LABELS = ("labels", "annotations", "finalizers", "rank", "owner")


class Transaction:
    """The writing end of the repository; see :meth:`Repository.write`."""

    def __init__(self, writer: Writer, types: Types, *, at: int, message: str | None) -> None:
        self._writer = writer
        self._at = at
        self._message = message
        self.types = types
        self.position = 0

    # -- nodes ------------------------------------------------------------

    def create(
        self,
        kind: Kind,
        parent: str,
        name: str,
        *,
        fields: Mapping[str, Any] | None = None,
        type: str | None = None,
        id: str | None = None,
        locale: str | None = None,
        group: str | None = None,
        key: str | None = None,
        rank: int = 0,
        owner: str | None = None,
        created_at: int | None = None,
    ) -> str:
        """Put a new node into the folder *parent*, unpublished; returns its id.

        *type* is needed for documents and objects only.  A bundle's *key* is
        its basename and a taxonomy's its name; both are found by it.
        """
        name = names.checked_name(name)
        folder = self._live(parent)
        type_name = type or TYPE_OF_KIND[kind]
        stored = self._checked(kind, type_name, fields or {})
        if kind is Kind.TAXONOMY:
            key = name
        elif kind is Kind.BUNDLE:
            key = key or stored.get("basename") or name
        path = self._free_path(folder, name)
        self._check_key(kind, key)
        node = (id or str(uuid.uuid4())).lower()
        position = self._append(node, kind, Action.CREATED, 1, public=False)
        created = self._at if created_at is None else created_at
        self._writer.insert_node(
            {
                "id": node, "number": self._writer.next("number"), "kind": kind.value,
                "type": type_name, "parent": folder["id"], "name": name, "path": path,
                "rank": rank, "locale": locale, "locale_tag": locale and locales.tag(locale),
                "group": group or str(uuid.uuid4()), "key": key, "state": State.LIVE.value,
                "revision": 1, "draft_revision": 1, "labels": "{}", "annotations": "{}",
                "finalizers": "[]", "owner": owner, "created_at": created, "modified_at": created,
            }
        )  # fmt: skip
        self._writer.insert_revision(node, 1, position, stored, self._message)
        self._writer.place(node, position, folder["id"], name)
        self._remember(Side.DRAFT, kind, type_name, stored)
        return node

    def revise(self, id: str, fields: Mapping[str, Any], *, expected: int | None = None) -> int:
        """Replace a node's fields; returns the new revision.

        With *expected*, refuse to write over a revision the caller has not seen.
        """
        row = self._live(id, expected=expected)
        kind = Kind(row["kind"])
        stored = self._checked(kind, row["type"], fields)
        shown = row["published_revision"] is not None and kind not in TWO_SIDED
        revised = int(row["revision"]) + 1
        position = self._append(id, kind, Action.REVISED, revised, public=shown)
        self._writer.insert_revision(id, revised, position, stored, self._message)
        self._touch(row, revised, public=shown, draft_revision=revised)
        self._remember(Side.DRAFT, kind, row["type"], stored)
        if shown:
            self._show(row, position, revised)
        return revised

    def label(self, id: str, *, expected: int | None = None, **labels: Any) -> int:
        """Set some of ``labels annotations finalizers rank owner``; returns the revision."""
        strangers = labels.keys() - set(LABELS)
        if strangers:
            raise TypeError(f"not one of {LABELS}: {sorted(strangers)}")
        row = self._live(id, expected=expected)
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        self._append(id, Kind(row["kind"]), Action.LABELLED, revised, public=public)
        stored = {
            name: value if name in ("rank", "owner") else orjson.dumps(value).decode()
            for name, value in labels.items()
        }
        self._touch(row, revised, public=public, **stored)
        return revised

    # -- places -----------------------------------------------------------

    def move(
        self,
        id: str,
        *,
        parent: str | None = None,
        name: str | None = None,
        expected: int | None = None,
    ) -> int:
        """Move or rename a node on both sides at once; all below it goes along."""
        row = self._live(id, expected=expected)
        if id == ROOT_ID:
            raise InvalidMove(path="", target=name or "", reason="the root stays where it is")
        folder = self._live(parent or row["parent"])
        name = names.checked_name(name or row["name"])
        target = names.join(folder["path"], name)
        if names.is_within(target, row["path"]) and target != row["path"]:
            raise InvalidMove(path=row["path"], target=target, reason="it lies within it")
        path = self._free_path(folder, name, but=id)
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        position = self._append(id, Kind(row["kind"]), Action.MOVED, revised, public=public)
        below = self._reachable_below(id)
        self._touch(row, revised, public=public, parent=folder["id"], name=name, path=path)
        self._writer.set_paths(
            {one: names.join(path, names.relative(at, row["path"])) for one, at in below.items()}
        )
        self._writer.end_placement([id], position)
        self._writer.place(id, position, folder["id"], name)
        if public:
            self._publish_above(folder)
        return revised

    def trash(self, id: str, *, expected: int | None = None) -> int:
        """Put a node, and with it all below it, into the trash."""
        row = self._live(id, expected=expected)
        if id == ROOT_ID:
            raise InvalidMove(path="", target="the trash", reason="the root stays where it is")
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        position = self._append(id, Kind(row["kind"]), Action.TRASHED, revised, public=public)
        gone = [id, *self._reachable_below(id)]
        self._touch(
            row, revised, public=public, state=State.TRASHED.value, deleted_at=self._at, path=None
        )
        self._writer.set_paths(dict.fromkeys(gone))
        self._writer.end_placement(gone, position)
        return revised

    def restore(self, id: str, *, name: str | None = None) -> int:
        """Take a node out of the trash, back to its place or under another *name*."""
        row = self._row(id)
        if row["state"] != State.TRASHED.value:
            raise WrongState(path=row["path"], state=row["state"], reason="it is not in the trash")
        folder = self._live(row["parent"])
        name = names.checked_name(name or row["name"])
        path = self._free_path(folder, name)
        self._check_key(Kind(row["kind"]), row["key"])
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        position = self._append(id, Kind(row["kind"]), Action.RESTORED, revised, public=public)
        self._touch(
            row,
            revised,
            public=public,
            state=State.LIVE.value,
            deleted_at=None,
            name=name,
            path=path,
        )
        self._writer.place(id, position, folder["id"], name)
        self._restore_below(id, path, position)
        if public:
            self._publish_above(folder)
        return revised

    def _restore_below(self, id: str, path: str, position: int) -> None:
        """Give all below a restored node its path back, unless it is trash itself."""
        paths: dict[str, str | None] = {id: path}
        for below in self._writer.subtree(id)[1:]:
            above = paths.get(below["parent"])
            if above is None or below["state"] == State.TRASHED.value:
                continue
            self._check_key(Kind(below["kind"]), below["key"])
            paths[below["id"]] = names.join(above, below["name"])
            self._writer.place(below["id"], position, below["parent"], below["name"])
        del paths[id]
        self._writer.set_paths(paths)

    def purge(self, id: str) -> None:
        """Erase a node, all below it, and their history; nothing brings it back."""
        rows = self._writer.subtree(id)
        if not rows or id == ROOT_ID:
            raise NodeNotFound(kind="node", address=id)
        for row in reversed(rows):
            public = row["path"] is not None and row["published_revision"] is not None
            self._append(
                row["id"], Kind(row["kind"]), Action.PURGED, row["revision"] + 1, public=public
            )
        self._writer.erase(row["id"] for row in rows)

    # -- publication ------------------------------------------------------

    def publish(self, id: str, *, expected: int | None = None) -> int:
        """Show a node's present fields on the published side, and all folders above it."""
        row = self._live(id, expected=expected)
        self._publish_above(self._row(row["parent"]) if row["parent"] else None)
        return self._publish(row)

    def _publish(self, row: sa.RowMapping) -> int:
        revised = int(row["revision"]) + 1
        kind = Kind(row["kind"])
        position = self._append(row["id"], kind, Action.PUBLISHED, revised, public=True)
        self._touch(row, revised, public=True, published_at=self._at)
        self._show(row, position, row["draft_revision"])
        fields = self._writer.fields(row["id"], row["draft_revision"])
        self._remember(Side.PUBLISHED, kind, row["type"], fields)
        return revised

    def _show(self, row: sa.RowMapping, position: int, fields_revision: int) -> None:
        self._writer.update_node(row["id"], published_revision=fields_revision)
        self._writer.end_publication([row["id"]], position)
        self._writer.show(row["id"], position, fields_revision)

    def _publish_above(self, folder: sa.RowMapping | None) -> None:
        hidden = []
        while folder is not None and folder["published_revision"] is None:
            hidden.append(folder)
            folder = self._writer.row(folder["parent"]) if folder["parent"] else None
        for one in reversed(hidden):
            self._publish(one)

    def unpublish(self, id: str, *, expected: int | None = None) -> int:
        """Take a node, and with it all below it, off the published side."""
        row = self._live(id, expected=expected)
        if row["published_revision"] is None:
            raise WrongState(path=row["path"], state="unpublished", reason="nothing to take back")
        hidden = [row]
        if row["kind"] == Kind.FOLDER.value:
            hidden = [
                one for one in self._writer.subtree(id) if one["published_revision"] is not None
            ]
        for one in reversed(hidden):
            revised = one["revision"] + 1
            position = self._append(
                one["id"], Kind(one["kind"]), Action.UNPUBLISHED, revised, public=True
            )
            self._touch(one, revised, public=True, published_revision=None, published_at=None)
            self._writer.end_publication([one["id"]], position)
        return int(row["revision"]) + 1

    # -- types ------------------------------------------------------------

    def define(self, types: Iterable[DocumentType]) -> None:
        """Add document types, or replace those of the same name."""
        fresh = {one.name: one for one in types}
        self.types = Types({**self.types.by_name, **fresh})
        root = self._row(ROOT_ID)
        for one in fresh.values():
            position = self._append(
                ROOT_ID, Kind.FOLDER, Action.TYPED, root["revision"], public=True
            )
            self._writer.put_type(one, position)

    # -- what the above share ----------------------------------------------

    def _append(self, id: str, kind: Kind, action: Action, revised: int, *, public: bool) -> int:
        self.position = self._writer.next("position")
        self._writer.append_change(self.position, id, kind, action, revised, public=public)
        return self.position

    def _touch(self, row: sa.RowMapping, revised: int, *, public: bool, **values: Any) -> None:
        if public:
            values["public_at"] = self._at
        self._writer.update_node(row["id"], revision=revised, modified_at=self._at, **values)

    def _row(self, id: str) -> sa.RowMapping:
        row = self._writer.row(id)
        if row is None:
            raise NodeNotFound(kind="node", address=id)
        return row

    def _live(self, id: str, *, expected: int | None = None) -> sa.RowMapping:
        row = self._row(id)
        if row["path"] is None:
            raise NodeNotFound(kind="node", address=id)
        if expected is not None and row["revision"] != expected:
            raise StaleRevision(id=id, current=row["revision"], expected=expected)
        return row

    def _reachable_below(self, id: str) -> dict[str, str]:
        rows = self._writer.subtree(id)[1:]
        return {row["id"]: row["path"] for row in rows if row["path"] is not None}

    def _free_path(self, folder: sa.RowMapping, name: str, *, but: str | None = None) -> str:
        if folder["kind"] != Kind.FOLDER.value:
            raise NotAFolder(path=folder["path"], kind=folder["kind"])
        path = names.join(folder["path"], name)
        if self._is_taken(path, but):
            suggestion = self._first_free(folder["path"], name)
            raise NameTaken(name=name, folder=folder["path"], suggestion=suggestion)
        return path

    def _is_taken(self, path: str, but: str | None) -> bool:
        row = self._writer.row_at(path)
        return row is not None and row["id"] != but

    def _first_free(self, folder: str, name: str) -> str:
        stem, dot, suffix = name.partition(".")
        number = 1
        while self._is_taken(names.join(folder, f"{stem}-{number}{dot}{suffix}"), None):
            number += 1
        return f"{stem}-{number}{dot}{suffix}"

    def _check_key(self, kind: Kind, key: str | None) -> None:
        if key is not None and self._writer.has_key(kind, key):
            raise KeyTaken(kind=kind.value, key=key)

    def _checked(self, kind: Kind, type_name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        if kind is Kind.DOCUMENT:
            return self.types.checked(type_name, fields)
        problems: tuple[Problem, ...] = tuple(json_problems(fields, ""))
        if problems:
            raise InvalidFields(type=type_name, summary=problems[0].reason, problems=problems)
        return dict(fields)

    def _remember(self, side: Side, kind: Kind, type_name: str, fields: Mapping[str, Any]) -> None:
        if kind is Kind.DOCUMENT and self.types.is_open(type_name):
            self._writer.remember_fields(side, fields.keys() - self.types.fields(type_name).keys())

"""A transaction: what may be written to the tree, and what follows from it.

Each method is one change: it checks, raises the node's revision by one, writes
the history and appends to the change log; all of it is committed together, or
nothing is.  The rules kept here:

* two nodes that are live or archived never share a name in one folder;
* a node in the trash keeps its place and frees its name;
* whatever is published has only published folders above it;
* a change of a published folder or asset shows at once, of a document, bundle
  or taxonomy only when that is published again.

What is refused is refused before anything is written: a caller may note the
error and go on with the same transaction.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from content_repo import bundles, locales, names, taxonomy
from content_repo.doctypes import (
    DATE_POINTERS,
    DocumentType,
    Problem,
    Types,
    invalid,
    json_problems,
)
from content_repo.errors import (
    IdTaken,
    InvalidId,
    InvalidMove,
    KeyTaken,
    NameTaken,
    NodeNotFound,
    NotAFolder,
    StaleRevision,
    WrongState,
)
from content_repo.kept import Renderer
from content_repo.linking import Link, Sites, Target, inherited, resolve, targets, written_in
from content_repo.model import ROOT_ID, TWO_SIDED, TYPE_OF_KIND, Action, Kind, Side, State
from content_repo.planting import Checked, Planted, Planting, Seedling
from content_repo.references import references
from content_repo.sources import NodeSource
from content_repo.sources import problems as source_problems
from content_repo.sql.writing import Writer

#: What writers may say of a node besides its fields.
LABELS = ("labels", "annotations", "finalizers", "rank", "owner")

#: A node's row, as it was read or as it is about to be written.
_Row = Mapping[Any, Any]


class Transaction:
    """The writing end of the repository; see :meth:`Repository.write`."""

    def __init__(
        self,
        writer: Writer,
        types: Types,
        *,
        at: int,
        message: str | None,
        renderer: Renderer | None = None,
        default_locale: str = "en",
    ) -> None:
        self._writer = writer
        self._default_locale = default_locale
        self._sites = Sites(writer.folder_locales, default_locale)
        self._planned: Mapping[str, Target] = {}
        self._renderer = renderer
        self._at = at
        self._message = message
        self.types = types
        self.position = 0

    @contextlib.contextmanager
    def dated(self, at: int) -> Iterator[None]:
        """Let the nodes written in this block bear the time *at*.

        For content that was written elsewhere before.  Only times of nodes
        (created, modified, published) follow; history keeps the true time.
        """
        present, self._at = self._at, at
        try:
            yield
        finally:
            self._at = present

    def knows(self, id: str) -> bool:
        """Whether a node of that id was ever made and not purged since."""
        return self._writer.row(id) is not None

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
        group = group or None
        _check_said(
            type_name, type=type_name, locale=locale, group=group, key=key, rank=rank, owner=owner
        )
        stored = self._checked(kind, type_name, fields or {})
        key = _key(kind, name, stored, key)
        path = self._free_path(folder, name)
        self._check_key(kind, key)
        node = self._free_id(id)
        position = self._append(node, kind, Action.CREATED, 1, public=False)
        created = self._at if created_at is None else created_at
        # In a group of its own there is nobody else.
        is_translated = group is not None and self._writer.join_group(group)
        row = {
            "id": node, "number": self._writer.next("number"), "kind": kind.value,
            "type": type_name, "parent": folder["id"], "name": name, "path": path,
            "rank": rank, "locale": locale, "locale_tag": locale and locales.tag(locale),
            "group": group or str(uuid.uuid4()), "is_translated": is_translated, "key": key,
            "state": State.LIVE.value, "revision": 1, "draft_revision": 1,
            "draft_position": position, "labels": "{}", "annotations": "{}",
            "finalizers": "[]", "owner": owner, "created_at": created, "modified_at": self._at,
        }  # fmt: skip
        self._writer.insert_node(row)
        self._write_fields(row, 1, position, stored)
        self._writer.place(node, position, folder["id"], name)
        self._remember(Side.DRAFT, kind, type_name, stored)
        return node

    def plant(
        self, batch: Sequence[Seedling], planned: Mapping[str, Target] | None = None
    ) -> Planted:
        """Create many nodes at once, and publish those that are to be.

        The same comes of it as of one call after the other.  What is refused is
        reported and spoils nothing of the rest.  Links may also lead to any node
        of the batch, and to what is *planned*: id and kind by path.
        """
        planting = Planting(
            self._writer, self.types, self._sprout, at=self._at, message=self._message
        )
        planted = planting.plant(batch, planned or {}, self._default_locale)
        if planted.ids:
            self._sites.forget()
            self.position = planting.position
        for side, seen in planting.seen.items():
            if seen:
                self._writer.remember_fields(side, seen)
        return planted

    def _sprout(self, one: Seedling) -> Checked:
        """What is to be stored of a seedling, wherever it will be."""
        name = names.checked_name(one.name)
        type_name = one.type or TYPE_OF_KIND[one.kind]
        group = one.group or str(uuid.uuid4())
        _check_said(
            type_name, type=type_name, locale=one.locale, group=group, key=one.key,
            rank=one.rank, owner=one.owner,
        )  # fmt: skip
        _check_sources(type_name, one.sources)
        stored = self._checked(one.kind, type_name, one.fields)
        key = _key(one.kind, name, stored, one.key)
        kept = self._kept(one.kind, type_name, stored) or (None, None)
        return Checked(name, type_name, group, stored, key, kept)

    def revise(
        self,
        id: str,
        fields: Mapping[str, Any],
        *,
        expected: int | None = None,
        at: str | None = None,
    ) -> int:
        """Replace a node's fields; returns the new revision.

        With *expected*, refuse to write over a revision the caller has not seen.
        Links are read as seen from the node's path, or from the path *at*.
        """
        row = self._live(id, expected=expected)
        kind = Kind(row["kind"])
        stored = self._checked(kind, row["type"], fields)
        key = self._revised_key(row, stored)
        shown = row["published_revision"] is not None and kind not in TWO_SIDED
        revised = int(row["revision"]) + 1
        position = self._append(id, kind, Action.REVISED, revised, public=shown)
        self._write_fields(row, revised, position, stored, at)
        written = {"draft_revision": revised, "draft_position": position, "key": key}
        if shown:
            written |= self._show(row, position, revised, position)
        self._touch(row, revised, public=shown, **written)
        self._remember(Side.DRAFT, kind, row["type"], stored)
        return revised

    def label(self, id: str, *, expected: int | None = None, **labels: Any) -> int:
        """Set some of ``labels annotations finalizers rank owner``; returns the revision."""
        strangers = labels.keys() - set(LABELS)
        if strangers:
            raise TypeError(f"not one of {LABELS}: {sorted(strangers)}")
        row = self._live(id, expected=expected)
        _check_said(row["type"], **labels)
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        self._append(id, Kind(row["kind"]), Action.LABELLED, revised, public=public)
        stored = {
            name: value if name in ("rank", "owner") else orjson.dumps(value).decode()
            for name, value in labels.items()
        }
        self._touch(row, revised, public=public, **stored)
        return revised

    # -- links ------------------------------------------------------------

    def _write_fields(
        self,
        row: _Row,
        number: int,
        position: int,
        stored: Mapping[str, Any],
        at: str | None = None,
    ) -> None:
        """Write a revision, with what its links lead to as it is written."""
        kind, earlier = Kind(row["kind"]), None if number == 1 else row["draft_revision"]
        kept = self._kept(kind, row["type"], stored)
        links = self._links(row, stored, earlier, at) if kind is Kind.DOCUMENT else ()
        self._writer.insert_revision(
            row["id"], number, position, stored, self._message, kept, links
        )
        if kind is Kind.DOCUMENT:
            self._refer(row, number, stored, links)

    def expect(self, planned: Mapping[str, Target]) -> None:
        """Let links lead to what is *planned*, too: id and kind by path.

        It is asked before what lies there: a writer of many files knows what their
        links mean, wherever their nodes have been moved to.
        """
        self._planned = planned

    def _find(self, paths: Collection[str]) -> Mapping[str, Target]:
        planned = {path: self._planned[path] for path in paths if path in self._planned}
        rest = [path for path in paths if path not in planned]
        return {**self._writer.find(rest), **planned} if rest else planned

    def _links(
        self,
        row: _Row,
        fields: Mapping[str, Any],
        earlier: int | None,
        at: str | None = None,
    ) -> tuple[Link, ...]:
        """What the links in a document's *fields* lead to; see :func:`linking.inherited`."""
        written = written_in(self.types, row["type"], fields)
        if not written:
            return ()
        at = at or row["path"]
        fresh = resolve(written, at, self._sites.of(at, row["locale"]), self._find)
        before = () if earlier is None else self._writer.links(row["id"], earlier)
        known = {one.target for one in before if one.target is not None}
        return inherited(fresh, before, self._writer.reachable(known) if known else {})

    def _refer(
        self, row: _Row, number: int, fields: Mapping[str, Any], links: Iterable[Link]
    ) -> None:
        pointed = targets(self.types, row["type"], fields, links, but=row["id"])
        self._writer.refer(row["id"], number, pointed)

    def relink(self, id: str, *, at: str | None = None) -> int | None:
        """Look again where links lead that led nowhere, in what either side shows.

        Read as seen from the node's path, or from the path *at*.  Returns the new
        revision, or ``None`` if all is as it was.
        """
        row = self._live(id)
        changed = self._relinked(row, at) if row["kind"] == Kind.DOCUMENT.value else {}
        if not changed:
            return None
        revised = int(row["revision"]) + 1
        # A draft apart from what is published shows on no other side.
        public = row["published_revision"] in changed
        self._append(id, Kind.DOCUMENT, Action.LINKED, revised, public=public)
        for number, (fields, links) in changed.items():
            self._writer.relink(id, number, links)
            self._refer(row, number, fields, links)
        self._touch(row, revised, public=public)
        return revised

    def _relinked(
        self, row: sa.RowMapping, at: str | None
    ) -> dict[int, tuple[Mapping[str, Any], tuple[Link, ...]]]:
        """Fields and links of the revisions whose links lead elsewhere by now."""
        changed: dict[int, tuple[Mapping[str, Any], tuple[Link, ...]]] = {}
        for number in {row["draft_revision"], row["published_revision"]} - {None}:
            fields = self._writer.fields(row["id"], number)
            links = self._links(row, fields, number, at)
            if links != self._writer.links(row["id"], number):
                changed[number] = (fields, links)
        return changed

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
        key = self._renamed_key(row, name)
        below = {
            one: names.join(path, names.relative(at, row["path"]))
            for one, at in self._reachable_below(id).items()
        }
        revised = int(row["revision"]) + 1
        public = row["published_revision"] is not None
        position = self._append(id, Kind(row["kind"]), Action.MOVED, revised, public=public)
        self._touch(row, revised, public=public, parent=folder["id"], name=name, path=path, key=key)
        self._writer.set_paths(below)
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
        key = self._renamed_key(row, name)
        returning = self._returning_below(id, path)
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
            key=key,
        )
        self._writer.place(id, position, folder["id"], name)
        for below, _ in returning:
            self._writer.place(below["id"], position, below["parent"], below["name"])
        self._writer.set_paths({below["id"]: to for below, to in returning})
        if public:
            self._publish_above(folder)
        return revised

    def _returning_below(self, id: str, path: str) -> list[tuple[sa.RowMapping, str]]:
        """All that comes back with a node restored at *path*, which is not trash itself."""
        paths = {id: path}
        returning = []
        for below in self._writer.subtree(id)[1:]:
            above = paths.get(below["parent"])
            if above is None or below["state"] == State.TRASHED.value:
                continue
            self._check_key(Kind(below["kind"]), below["key"], but=below["id"])
            paths[below["id"]] = names.join(above, below["name"])
            returning.append((below, paths[below["id"]]))
        return returning

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
        """Show a node's present fields on the published side.

        With it go all folders above it, and the assets that its fields and rich
        texts link: a page without its pictures is not what was published.
        """
        row = self._live(id, expected=expected)
        self._publish_above(self._row(row["parent"]) if row["parent"] else None)
        if row["kind"] == Kind.DOCUMENT.value:
            self._publish_assets(row)
        return self._publish(row)

    def _publish_assets(self, document: sa.RowMapping) -> None:
        fields = self._writer.fields(document["id"], document["draft_revision"])
        linked = [one.target for one in references(self.types, document["type"], fields)]
        links = self._writer.links(document["id"], document["draft_revision"])
        linked += [one.target for one in links if one.target is not None]
        for target in dict.fromkeys(linked):
            row = self._writer.row(target)
            if row is None or row["kind"] != Kind.ASSET.value or row["path"] is None:
                continue
            if row["published_revision"] is None:
                self._publish_above(self._row(row["parent"]))
                self._publish(row)

    def _publish(self, row: sa.RowMapping) -> int:
        revised = int(row["revision"]) + 1
        kind = Kind(row["kind"])
        position = self._append(row["id"], kind, Action.PUBLISHED, revised, public=True)
        shown = self._show(row, position, row["draft_revision"], row["draft_position"])
        self._touch(row, revised, public=True, published_at=self._at, **shown)
        fields = self._writer.fields(row["id"], row["draft_revision"])
        self._remember(Side.PUBLISHED, kind, row["type"], fields)
        return revised

    def _show(
        self, row: sa.RowMapping, position: int, fields_revision: int, written_at: int
    ) -> dict[str, int]:
        """From *position* on show the revision written at another; returns what to note of it."""
        self._writer.end_publication([row["id"]], position)
        self._writer.show(row["id"], position, fields_revision)
        return {"published_revision": fields_revision, "published_position": written_at}

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
            shown = one["path"] is not None
            position = self._append(
                one["id"], Kind(one["kind"]), Action.UNPUBLISHED, revised, public=shown
            )
            self._touch(
                one,
                revised,
                public=shown,
                published_revision=None,
                published_position=None,
                published_at=None,
            )
            self._writer.end_publication([one["id"]], position)
        return int(row["revision"]) + 1

    # -- sources ----------------------------------------------------------

    def note_sources(self, id: str, sources: Iterable[NodeSource]) -> None:
        """Note that the node's present fields come from those files.

        They are its files from now on, whatever node they were before; what else
        it came from stays, until :meth:`forget_sources`.
        """
        row, noted = self._row(id), tuple(sources)
        _check_sources(row["type"], noted)
        self._writer.note_sources(id, row["draft_revision"], noted)

    def forget_sources(self, id: str) -> None:
        """Forget all files that the node came from."""
        self._writer.forget_sources(id)

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
        if kind is Kind.FOLDER:
            self._sites.forget()
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
        number = 1
        while self._is_taken(names.join(folder, names.numbered(name, number)), None):
            number += 1
        return names.numbered(name, number)

    def _free_id(self, id: str | None) -> str:
        if id is None:
            return str(uuid.uuid4())
        if not names.is_id(id):
            raise InvalidId(id=id)
        if self.knows(id.lower()):
            raise IdTaken(id=id.lower())
        return id.lower()

    def _check_key(self, kind: Kind, key: str | None, *, but: str | None = None) -> None:
        if key is not None and self._writer.has_key(kind, key, but=but):
            raise KeyTaken(kind=kind.value, key=key)

    def _renamed_key(self, row: sa.RowMapping, name: str) -> str | None:
        """A taxonomy's key is its name."""
        kind = Kind(row["kind"])
        key: str | None = name if kind is Kind.TAXONOMY else row["key"]
        self._check_key(kind, key, but=row["id"])
        return key

    def _revised_key(self, row: sa.RowMapping, stored: Mapping[str, Any]) -> str | None:
        """A bundle's key is its basename, which readers rely on once it is published."""
        kind = Kind(row["kind"])
        key: str | None = row["key"]
        if kind is not Kind.BUNDLE or stored.get("basename") in (None, "", key):
            return key
        if row["published_revision"] is not None:
            reason = "it cannot change while the bundle is published"
            raise invalid(row["type"], [Problem("/basename", reason)])
        key = _key(kind, row["name"], stored, key)
        self._check_key(kind, key, but=row["id"])
        return key

    def _checked(self, kind: Kind, type_name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        if kind is Kind.DOCUMENT:
            if not self.types.get(type_name).is_concrete:
                raise invalid(type_name, [Problem("", "no document is of this type itself")])
            return self.types.checked(type_name, fields)
        problems = list(json_problems(fields, ""))
        if not problems and kind in _SHAPES:
            problems = list(_SHAPES[kind](fields))
        if problems:
            raise invalid(type_name, problems)
        return dict(fields)

    def _kept(
        self, kind: Kind, type_name: str, stored: Mapping[str, Any]
    ) -> tuple[str, str] | None:
        """The kept form of a document's fields, and by what it was made."""
        made_by = self._renderer
        if kind is not Kind.DOCUMENT or made_by is None:
            return None
        types = self.types
        return made_by.render(types, type_name, stored), made_by.form(types, type_name)

    def _remember(self, side: Side, kind: Kind, type_name: str, fields: Mapping[str, Any]) -> None:
        if kind is Kind.DOCUMENT and self.types.is_open(type_name):
            declared = self.types.fields(type_name).keys()
            self._writer.remember_fields(side, fields.keys() - declared - {DATE_POINTERS})


#: What the fields of kinds without a document type must look like.
_SHAPES: Final[Mapping[Kind, Callable[[Mapping[str, Any]], Iterator[Problem]]]] = {
    Kind.BUNDLE: bundles.problems,
    Kind.TAXONOMY: taxonomy.problems,
}


def _key(kind: Kind, name: str, fields: Mapping[str, Any], given: str | None) -> str | None:
    """What a node of *kind* is looked up by besides its id and path."""
    if kind is Kind.TAXONOMY:
        return name
    if kind is not Kind.BUNDLE:
        return given
    key: str = fields.get("basename") or given or name
    if len(key.encode()) > names.LONGEST_NAME:
        reason = f"longer than {names.LONGEST_NAME} bytes"
        raise invalid(TYPE_OF_KIND[kind], [Problem("/basename", reason)])
    return key


def _check_said(type_name: str, **said: Any) -> None:
    """Refuse what is said of a node besides its fields if no database can hold it."""
    problems = list(json_problems(said, ""))
    group = said.get("group")
    if group is not None and not names.is_id(group):
        problems.append(Problem("/group", "expected a UUID"))
    if problems:
        raise invalid(type_name, problems)


def _check_sources(type_name: str, sources: Iterable[NodeSource]) -> None:
    if problems := [problem for one in sources for problem in source_problems(one)]:
        raise invalid(type_name, problems)

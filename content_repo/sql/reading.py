"""Reading nodes, the change log and the types.

Statements are built by SQLAlchemy once, for the dialect and the number of
values, and then run by the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from content_repo.doctypes import DocumentType, Types
from content_repo.kept import Rendition
from content_repo.linking import Link, loaded
from content_repo.model import Action, Change, Kind, Node, Place, Side, State
from content_repo.names import is_storable
from content_repo.sources import SourceEntry
from content_repo.sql.tables import (
    change,
    counter,
    document_type,
    node,
    reference,
    rendition,
    revision,
    seen_field,
    source,
)

Fetch = Callable[[str, Any], list[tuple[Any, ...]]]

# A look-up costs a tenth of calling the class, and a page of nodes makes fifty.
_KINDS: Final = {one.value: one for one in Kind}
_STATES: Final = {one.value: one for one in State}

#: How many ids one statement names; SQLite's own bound lies far above.
_CHUNK: Final = 500

#: From the first name to the last that there can be.
_ALL: Final = ("\1", "\U0010ffff" * 64)

_PLACE: Final = (
    node.c.id, node.c.kind, node.c.type, node.c.path, node.c.locale, node.c.group, node.c.key,
)  # fmt: skip

_NODE: Final = (
    node.c.id, node.c.number, node.c.kind, node.c.type, node.c.parent, node.c.name, node.c.path,
    node.c.rank, node.c.locale, node.c.group, node.c.key, node.c.state, node.c.revision,
    revision.c.revision, revision.c.fields, node.c.published_revision, node.c.published_at,
    node.c.public_at, node.c.labels, node.c.annotations, node.c.finalizers, node.c.owner,
    node.c.created_at, node.c.modified_at, node.c.deleted_at, node.c.is_translated,
    rendition.c.is_sourced,
)  # fmt: skip


#: In the order of the attributes of a rendition, but for what the side decides.
_RENDITION: Final = (
    node.c.id, node.c.type, node.c.parent, node.c.name, node.c.path, node.c.locale, node.c.group,
)  # fmt: skip


class Reader:
    """One side of the content.

    Finds what is live, reachable and, on the published side, published.
    """

    def __init__(self, fetch: Fetch, dialect: sa.Dialect, side: Side) -> None:
        self._fetch = fetch
        self._dialect = dialect
        self.side = side

    def get(self, id: str) -> Node | None:
        """The node of that id, or ``None``."""
        return next(self._nodes("id", (id,)), None)

    def at(self, path: str) -> Node | None:
        """The node at that absolute path, or ``None``."""
        return next(self._nodes("path", (path,)), None)

    def keyed(self, kind: Kind, key: str) -> Node | None:
        """The node of *kind* with that key (a bundle by its basename), or ``None``."""
        return next((one for one in self._nodes("key", (key,)) if one.kind is kind), None)

    def get_many(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes of those ids; ids that nobody has are simply absent."""
        return {one.id: one for one in self._nodes("id", tuple(dict.fromkeys(ids)))}

    def rendition(self, column: Literal["id", "path"], value: str) -> Rendition | None:
        """The document of that id, or at that path, with its kept fields, or ``None``."""
        return next(
            (Rendition._make(row) for row in self._rows("renditions", column, (value,))), None
        )

    def renditions(self, numbers: Iterable[int]) -> dict[str, Rendition]:
        """The documents of those numbers with their kept fields, by id; others are absent.

        This is how pages are read, and what the tables are made for.
        """
        rows = self._selected("renditions", "number", tuple(dict.fromkeys(numbers)))
        return {row[0]: Rendition._make(row) for row in rows}

    def renditions_of(self, ids: Iterable[str]) -> dict[str, Rendition]:
        """The same of those ids."""
        rows = self._rows("renditions", "id", tuple(dict.fromkeys(ids)))
        return {row[0]: Rendition._make(row) for row in rows}

    def inside(self, parents: Collection[str]) -> list[Place]:
        """Where everything is that lies directly in one of those folders, by path."""
        rows = self._rows("places", "parent", tuple(parents))
        return sorted((_place(row) for row in rows), key=lambda one: one.path)

    def children(self, parent: str) -> list[Node]:
        """All nodes directly in a folder, by rank, then name."""
        return sorted(self._nodes("parent", (parent,)), key=lambda one: (one.rank, one.name))

    def translations(self, groups: Collection[str]) -> dict[str, list[Place]]:
        """The nodes of each translation group, by path."""
        found: dict[str, list[Place]] = {}
        for row in self._rows("places", "group", tuple(dict.fromkeys(groups))):
            place = _place(row)
            found.setdefault(place.group, []).append(place)
        return {group: sorted(ones, key=lambda one: one.path) for group, ones in found.items()}

    def places(self, ids: Collection[str]) -> dict[str, Place]:
        """Where nodes are, without their fields."""
        return {row[0]: _place(row) for row in self._rows("places", "id", tuple(ids))}

    def below(self, path: str) -> list[Place]:
        """All descendants of the node at *path*, by path."""
        if not is_storable(path):
            return []
        statement, fill = _below(self._dialect, self.side)
        # "0" is the character after "/": the range holds exactly what is below.
        first, last = (f"{path}/", f"{path}0") if path else _ALL
        return [_place(row) for row in self._fetch(statement, fill({"first": first, "last": last}))]

    def walk(self, kind: Kind, after: str, limit: int) -> list[Place]:
        """Up to *limit* nodes of *kind* behind the id *after*, by id.

        Ids never change: whoever asks on from the last one met meets each node once.
        """
        statement, fill = _walked(self._dialect, self.side)
        rows = self._fetch(statement, fill({"kind": kind.value, "after": after, "limit": limit}))
        return [_place(row) for row in rows]

    def locale_roots(self) -> dict[str, str]:
        """The folders that a locale begins at, by path: their own, and not the one above's."""
        statement, fill = _locale_roots(self._dialect, self.side)
        return dict(self._fetch(statement, fill({})))

    def sources(self, id: str) -> list[SourceEntry]:
        """The files that the node's fields come from, by path; see :meth:`sources_of`."""
        return self.sources_of((id,)).get(id, [])

    def sources_of(self, ids: Iterable[str]) -> dict[str, list[SourceEntry]]:
        """The files that each of those nodes came from, by path.

        A file whose fields the published side does not show is none of its files.
        """
        found: dict[str, list[SourceEntry]] = {}
        for row in self._rows("sources", "id", tuple(dict.fromkeys(ids))):
            entry = SourceEntry._make(row)
            found.setdefault(entry.node, []).append(entry)
        for entries in found.values():
            entries.sort(key=lambda one: (one.path, one.root))
        return found

    # -- links ------------------------------------------------------------

    def links(self, ids: Iterable[str]) -> dict[str, tuple[Link, ...]]:
        """The links in the rich texts of those nodes; ids that nobody has are absent."""
        rows = self._rows("links", "id", tuple(dict.fromkeys(ids)))
        return {id: loaded(text) for id, text in rows}

    def referrers(self, id: str) -> list[str]:
        """The ids of the nodes whose fields or links point at the node of that id, by path."""
        if not is_storable(id):
            return []
        statement, fill = _referrers(self._dialect, self.side)
        return [found for (found,) in self._fetch(statement, fill({"target": id}))]

    def broken(self, limit: int, after: str = "") -> list[tuple[Place, tuple[Link, ...]]]:
        """Up to *limit* documents behind the path *after*, by path, with their broken links.

        Broken is a link that never led anywhere, or leads to what this side does
        not show.
        """
        statement, fill = _suspect(self._dialect, self.side)
        found: list[tuple[Place, tuple[Link, ...]]] = []
        while len(found) < limit:
            rows = self._fetch(statement, fill({"after": after, "limit": limit}))
            linked = [(_place(tuple(row)), loaded(text)) for *row, text in rows]
            targets = {one.target for _, links in linked for one in links if one.target}
            seen = self.places(targets).keys()
            for place, links in linked:
                broken = tuple(one for one in links if _is_broken(one, seen))
                if broken:
                    found.append((place, broken))
            if len(rows) < limit:
                break
            after = linked[-1][0].path
        return found[:limit]

    def _nodes(self, column: str, values: tuple[str, ...]) -> Iterator[Node]:
        for row in self._rows("nodes", column, values):
            yield self._node(row)

    def _rows(self, what: str, column: str, values: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        # What no database could hold is nowhere, and a driver would stumble over it.
        possible = values
        if not is_storable("".join(values)):
            possible = tuple(value for value in values if is_storable(value))
        return self._selected(what, column, possible)

    def _selected(
        self, what: str, column: str, values: Sequence[str | int]
    ) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _CHUNK):
            chunk = values[start : start + _CHUNK]
            statement, fill = _selection(self._dialect, self.side, what, column, len(chunk))
            yield from self._fetch(statement, fill(chunk))

    def _node(self, row: tuple[Any, ...]) -> Node:
        (
            id, number, kind, type_name, parent, name, path, rank, locale, group, key, state,
            counted, fields_revision, fields, published_revision, published_at, public_at,
            labels, annotations, finalizers, owner, created_at, modified_at, deleted_at,
            is_translated, is_sourced,
        ) = row  # fmt: skip
        if self.side is Side.PUBLISHED:
            counted, modified_at = published_revision, public_at
        return Node(
            id=id, number=number, kind=_KINDS[kind], type=type_name, parent=parent, name=name,
            path=path, rank=rank, locale=locale, group=group, key=key, state=_STATES[state],
            revision=counted, fields_revision=fields_revision, fields=orjson.loads(fields),
            published_revision=published_revision, published_at=published_at,
            labels=_loaded(labels), annotations=_loaded(annotations),
            finalizers=tuple(orjson.loads(finalizers)) if finalizers != "[]" else (),
            owner=owner, created_at=created_at, modified_at=modified_at, deleted_at=deleted_at,
            is_translated=bool(is_translated), is_sourced=bool(is_sourced),
        )  # fmt: skip


def read_changes(fetch: Fetch, dialect: sa.Dialect, after: int, limit: int) -> list[Change]:
    """Up to *limit* changes behind position *after*, in order."""
    statement, fill = _changes(dialect)
    return [
        Change(position, node_id, _KINDS[kind], Action(action), counted, bool(public), at, author)
        for position, node_id, kind, action, counted, public, at, author in fetch(
            statement, fill({"after": after, "limit": limit})
        )
    ]


def read_position(fetch: Fetch, dialect: sa.Dialect) -> int:
    """The position of the last change that was committed."""
    statement, fill = _position(dialect)
    return int(fetch(statement, fill({}))[0][0])


def read_types(fetch: Fetch, dialect: sa.Dialect) -> Types:
    """All document types."""
    statement, fill = _types(dialect)
    found = [
        DocumentType.parse(orjson.loads(definition)) for (definition,) in fetch(statement, fill({}))
    ]
    return Types({one.name: one for one in found})


def read_seen_fields(fetch: Fetch, dialect: sa.Dialect, side: Side) -> frozenset[str]:
    """The undeclared field names that documents of open types ever had on *side*."""
    statement, fill = _seen(dialect)
    return frozenset(name for (name,) in fetch(statement, fill({"side": side.value})))


# -- statements, each built once ----------------------------------------------

Fill = Callable[[Mapping[str, Any]], Any]


def compiled(dialect: sa.Dialect, statement: sa.sql.ClauseElement) -> tuple[str, Fill]:
    """*statement* as text for the driver, and how to give it its values."""
    text = statement.compile(dialect=dialect)
    assert isinstance(text, SQLCompiler)
    constants = {name: value for name, value in text.params.items() if value is not None}
    if not text.positional:
        return str(text), lambda values: {**constants, **values}
    order = tuple(text.positiontup or ())

    def fill(values: Mapping[str, Any]) -> tuple[Any, ...]:
        every = {**constants, **values}
        return tuple(every[name] for name in order)

    return str(text), fill


def _visible(side: Side) -> sa.ColumnElement[bool]:
    reachable = node.c.path.is_not(None)
    return (
        reachable & node.c.published_revision.is_not(None) if side is Side.PUBLISHED else reachable
    )


def _modified_at(side: Side) -> sa.Column[int]:
    return node.c.public_at if side is Side.PUBLISHED else node.c.modified_at


def _shown_as(side: Side) -> sa.Join:
    shown = node.c.published_position if side is Side.PUBLISHED else node.c.draft_position
    return node.join(rendition, rendition.c.position == shown)


def _fields_of(side: Side) -> sa.Join:
    return _shown_as(side).join(revision, revision.c.position == rendition.c.position)


@lru_cache(maxsize=512)
def _selection(
    dialect: sa.Dialect, side: Side, what: str, column: str, count: int
) -> tuple[str, Callable[[Sequence[str | int]], Any]]:
    wanted: list[sa.BindParameter[Any]] = [sa.bindparam(f"v{index}") for index in range(count)]
    if what == "places":
        query = sa.select(*_PLACE, _modified_at(side))
    elif what == "renditions":
        query = _renditions(side)
    elif what == "links":
        query = sa.select(node.c.id, rendition.c.links).select_from(_shown_as(side))
    elif what == "sources":
        query = _sources(side)
    else:
        query = sa.select(*_NODE).select_from(_fields_of(side))
    matching = node.c[column] == wanted[0] if count == 1 else node.c[column].in_(wanted)
    statement, fill = compiled(dialect, query.where(matching & _visible(side)))
    names = [one.key for one in wanted]
    filled = fill(dict(zip(names, names, strict=True)))
    if isinstance(filled, tuple):
        # The values stand side by side: only they differ from one use to the next.
        first = filled.index(names[0])
        before, after = filled[:first], filled[first + count :]
        return statement, lambda values: (*before, *values, *after)
    return statement, lambda values: fill(dict(zip(names, values, strict=True)))


def _sources(side: Side) -> sa.Select[Any]:
    shown = _shown(side)
    query = sa.select(
        source.c.node, source.c.root, source.c.path, source.c.digest, source.c.size,
        source.c.locale, source.c.revision, source.c.origin, shown,
    ).join(node, node.c.id == source.c.node)  # fmt: skip
    return query.where(source.c.revision == shown) if side is Side.PUBLISHED else query


def _renditions(side: Side) -> sa.Select[Any]:
    counted = node.c.published_revision if side is Side.PUBLISHED else node.c.revision
    return (
        sa.select(
            *_RENDITION, counted, node.c.created_at, _modified_at(side), node.c.published_at,
            node.c.is_translated, rendition.c.is_sourced, rendition.c.links, rendition.c.kept_by,
            rendition.c.kept,
        )
        .select_from(_shown_as(side))
        .where(node.c.kind == Kind.DOCUMENT.value)
    )  # fmt: skip


@lru_cache
def _below(dialect: sa.Dialect, side: Side) -> tuple[str, Fill]:
    within = (node.c.path >= sa.bindparam("first")) & (node.c.path < sa.bindparam("last"))
    return compiled(
        dialect,
        sa.select(*_PLACE, _modified_at(side)).where(within & _visible(side)).order_by(node.c.path),
    )


@lru_cache
def _walked(dialect: sa.Dialect, side: Side) -> tuple[str, Fill]:
    behind = (node.c.kind == sa.bindparam("kind")) & (node.c.id > sa.bindparam("after"))
    query = sa.select(*_PLACE, _modified_at(side)).where(behind & _visible(side))
    return compiled(dialect, query.order_by(node.c.id).limit(sa.bindparam("limit")))


def _shown(side: Side) -> sa.Column[int]:
    return node.c.published_revision if side is Side.PUBLISHED else node.c.draft_revision


@lru_cache
def _referrers(dialect: sa.Dialect, side: Side) -> tuple[str, Fill]:
    pointing = (reference.c.node == node.c.id) & (reference.c.revision == _shown(side))
    query = sa.select(node.c.id).join(reference, pointing)
    wanted = reference.c.target == sa.bindparam("target")
    return compiled(dialect, query.where(wanted & _visible(side)).order_by(node.c.path))


@lru_cache
def _suspect(dialect: sa.Dialect, side: Side) -> tuple[str, Fill]:
    """Documents that may have broken links: whatever else, none that is left out has any."""
    target = node.alias("target")
    is_target = (target.c.id == reference.c.target) & target.c.path.is_not(None)
    if side is Side.PUBLISHED:
        is_target &= target.c.published_revision.is_not(None)
    lost = sa.exists().where(
        reference.c.node == node.c.id,
        reference.c.revision == _shown(side),
        ~sa.exists().where(is_target),
    )
    links = rendition.c.links
    suspect = links.like('%"broken"%') | ((links != "[]") & lost)
    behind = node.c.path > sa.bindparam("after")
    return compiled(
        dialect,
        sa.select(*_PLACE, _modified_at(side), links)
        .select_from(_shown_as(side))
        .where(behind & suspect & _visible(side))
        .order_by(node.c.path)
        .limit(sa.bindparam("limit")),
    )


def _is_broken(link: Link, seen: Collection[str]) -> bool:
    return link.type == "broken" or (link.target is not None and link.target not in seen)


@lru_cache
def _locale_roots(dialect: sa.Dialect, side: Side) -> tuple[str, Fill]:
    above = node.alias("above")
    begins = above.c.locale.is_(None) | (above.c.locale != node.c.locale)
    is_localised = (node.c.kind == Kind.FOLDER.value) & node.c.locale.is_not(None)
    return compiled(
        dialect,
        sa.select(node.c.path, node.c.locale)
        .select_from(node.outerjoin(above, above.c.id == node.c.parent))
        .where(is_localised & begins & _visible(side))
        .order_by(node.c.path),
    )


@lru_cache
def _changes(dialect: sa.Dialect) -> tuple[str, Fill]:
    query = sa.select(change).where(change.c.position > sa.bindparam("after"))
    return compiled(dialect, query.order_by(change.c.position).limit(sa.bindparam("limit")))


@lru_cache
def _position(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(dialect, sa.select(counter.c.value).where(counter.c.name == "position"))


@lru_cache
def _types(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(dialect, sa.select(document_type.c.definition))


@lru_cache
def _seen(dialect: sa.Dialect) -> tuple[str, Fill]:
    return compiled(
        dialect, sa.select(seen_field.c.name).where(seen_field.c.side == sa.bindparam("side"))
    )


def _place(row: tuple[Any, ...]) -> Place:
    id, kind, type_name, path, locale, group, key, modified_at = row
    return Place(id, _KINDS[kind], type_name, path, locale, group, key, modified_at)


_EMPTY: Final[Mapping[str, str]] = {}


def _loaded(text: str) -> Mapping[str, str]:
    return _EMPTY if text == "{}" else orjson.loads(text)

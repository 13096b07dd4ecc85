"""Delivery: what the readers of one mount may ask for.

A mount shows one side of the repository, and of that side only what lies within
its roots.  Both are decided here and nowhere above: whatever this service hands
out, its caller may see.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import chain
from typing import Any, BinaryIO, Final, Generic, Literal, NamedTuple, TypeVar

from content_repo import bundles, locales, names, taxonomy
from content_repo.bundles import Messages
from content_repo.doctypes import DocumentType, FieldKind, Types
from content_repo.errors import NodeNotFound
from content_repo.kept import Renderer, Rendition
from content_repo.linking import Link
from content_repo.model import Kind, Node, Place
from content_repo.repository import Repository
from content_repo.taxonomy import Category
from hal_delivery.hooks import Hook
from hal_delivery.mounts import Mount
from hal_delivery.services.localising import (
    NO_LENDERS,
    Lenders,
    Locales,
    borrowed,
    composed,
    lenders,
    lent_targets,
    read,
)
from hal_delivery.services.sites import Sites
from search_index import BY_ID, Hits, IndexUnavailable, Query, SearchIndex, SortKey, Window, meaning
from search_index.highlighting import Marker
from search_index.query import Completions, Facet

#: How many nodes one answer with a tree in it may hold.
LARGEST_TREE: Final = 2000

#: How many nodes of a walk are read at a time, and how many ids are asked for.
STRETCH: Final = 200
_IDS: Final = 10 * STRETCH

#: No node has it, and every id comes behind it.
_BEFORE_ALL: Final = "00000000-0000-0000-0000-000000000000"

T = TypeVar("T")
Found = TypeVar("Found", Node, Rendition)
Walked = TypeVar("Walked", bound=Node | Rendition | Place)


class TypeNotFound(NodeNotFound):
    """No document type of that name."""

    template = "There is no document type {address!r}. {nearest}"


def _nearest(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(known))}."


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of the items that were asked for, and what the search says of all.

    ``hits.position`` is that of the last change which the order and the choice of
    items take into account; not ``settled``, there are more that could not be
    taken in fast enough.  ``lenders`` say of items from where they borrow fields.
    """

    items: list[T]
    window: Window
    hits: Hits
    settled: bool
    lenders: Lenders = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.hits.total

    @property
    def position(self) -> int:
        return self.hits.position


@dataclass(frozen=True, slots=True)
class Stretch(Generic[T]):
    """The next items of a walk, and the id behind which it goes on; none: it is at its end."""

    items: list[T]
    after: str | None
    lenders: Lenders = field(default_factory=dict)


class Met(NamedTuple):
    """A node as queries see it that ask for no text: see :mod:`search_index.meaning`."""

    id: str
    kind: Kind
    types: tuple[str, ...]
    path: str
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the links of some nodes need to know about other nodes.

    Only what the reader may see is in it: a mirror whose target is missing
    here is to be delivered as an empty one.
    """

    places: Mapping[str, Place]
    translations: Mapping[str, list[Place]]

    def all(self) -> list[Place]:
        """Every node that is in it."""
        return [*self.places.values(), *chain.from_iterable(self.translations.values())]


#: Of an answer whose links name no other node.
NOWHERE: Final = Surroundings({}, {})


@dataclass(frozen=True, slots=True)
class Branch:
    """A folder and, if it was opened, what is in it.

    ``total`` counts the documents directly in it, of which ``documents`` may
    be a part; ``page`` is the id of the one that is the folder's own page;
    ``left_out`` counts what would have been too much for one answer.
    """

    folder: Node
    folders: list[Branch]
    documents: list[Node]
    total: int
    opened: bool
    page: str | None = None
    left_out: int = 0

    def nodes(self) -> Iterator[Node]:
        """The documents of the branch, at every depth."""
        yield from self.documents
        for below in self.folders:
            yield from below.nodes()


def file_name(asset: Node) -> str:
    """What a file is called: as it came, or else as the node that it is."""
    return str(asset.fields.get("fileName") or asset.name)


class Delivery:
    """The reading end of one mount."""

    def __init__(
        self,
        mount: Mount,
        repository: Repository,
        index: SearchIndex,
        renderer: Renderer,
        processors: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.mount = mount
        #: What the operator has each document go through before it is sent.
        self.processors = tuple(processors)
        #: In seconds, for whoever may not take too long.
        self.clock = clock
        self._renderer = renderer
        self._repository = repository
        self._reader = repository.reader(mount.side)
        self._index = index
        shared = (mount.content_root, *mount.shared_roots)
        self._roots: Mapping[Kind, tuple[str, ...]] = {
            Kind.FOLDER: (mount.content_root,),
            Kind.DOCUMENT: (mount.content_root,),
            Kind.BUNDLE: mount.bundle_roots,
            Kind.TAXONOMY: shared,
            Kind.ASSET: shared,
        }
        self._bounds: Mapping[Kind, Mapping[str, Any]] = {
            kind: {"kinds": frozenset({kind}), "roots": roots, "seen": tuple(self._roots.items())}
            for kind, roots in self._roots.items()
        }
        self._field_names: tuple[int, Mapping[str, str]] = (-1, {})
        self._locale_roots: tuple[int, Mapping[str, str]] = (-1, {})

    # -- types and fields ---------------------------------------------------

    @property
    def types(self) -> Types:
        return self._repository.types

    def document_types(self, name: str) -> tuple[DocumentType, ...]:
        """The document types of that full or short name, or :class:`NodeNotFound`."""
        found = self.types.find(name)
        if not found:
            known = [one.short_name for one in self.types.by_name.values() if not one.compound]
            raise TypeNotFound(address=name, nearest=_nearest(name, known))
        return found

    def field_names(self) -> Mapping[str, str]:
        """All names that fields may be asked for by, and the name each is kept under.

        A field is known when a type declares it or this side has ever shown it;
        beside its own name it answers to its full one (``news:title``).
        """
        position = self._repository.position
        if self._field_names[0] != position:
            self._field_names = position, self._known_names()
        return self._field_names[1]

    def _known_names(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for one in self.types.by_name.values():
            # A compound's fields go by the name of the field that holds it.
            for name in () if one.compound else self.types.fields(one.name):
                known[name] = name
                known.setdefault(f"{one.namespace}:{name}", name)
        return known | {name: name for name in self._repository.seen_fields(self.mount.side)}

    def is_undeclared(self, name: str) -> bool:
        """Whether this side has ever shown a field of that name that no type declares."""
        return name in self._repository.seen_fields(self.mount.side)

    def names_within(self, name: str) -> frozenset[str] | None:
        """The names that values of the field *name* can hold; ``None``: any."""
        found: set[str] = set()
        declared = [
            one
            for type_name in self.types.by_name
            if (one := self.types.fields(type_name).get(name)) is not None
        ]
        for one in declared:
            if one.kind is FieldKind.JSON:
                return None
            if one.kind is FieldKind.RICH_TEXT:
                found.add("content")
            elif one.kind is FieldKind.COMPOUND:
                for compound in self.types.by_name.values():
                    if compound.compound and one.type in (None, compound.name):
                        found.update(self.types.fields(compound.name))
        return frozenset(found) if declared else None

    # -- one node -----------------------------------------------------------

    def root(self) -> Node:
        """The folder that all paths of the mount start from."""
        return self._visible_or_missing(
            Kind.FOLDER, self.mount.content_root, self._reader.at(self.mount.content_root)
        )

    def find(self, kind: Kind, address: str) -> Node:
        """The node at *address*, an id or a path, or :class:`NodeNotFound`.

        Paths of folders and documents start at the mount's content root; those
        of other kinds, which may lie outside it, at the repository's.  An asset
        that is not there is looked for at the mount's as well.
        """
        column, value = self._located(kind, address)
        found = self._reader.get(value) if column == "id" else self._reader.at(value)
        if kind is Kind.ASSET and column == "path" and not self._is_shown(kind, found):
            found = self._reader.at(f"{self.mount.content_root}/{value}")
        return self._visible_or_missing(kind, address, found)

    def _located(self, kind: Kind, address: str) -> tuple[Literal["id", "path"], str]:
        """*address* as an id, or as a path from the repository's root."""
        if names.is_id(address):
            return "id", address.lower()
        path = names.normalise(address)
        if kind in (Kind.FOLDER, Kind.DOCUMENT):
            path = f"{self.mount.content_root}/{path}"
        return "path", path

    def document(self, address: str) -> Node:
        """The document at *address*, with its fields as they are stored."""
        return self.find(Kind.DOCUMENT, address)

    def in_locale(self, address: str, wanted: Locales) -> tuple[Node, Lenders]:
        """The translation of the document at *address* that suits best, and what it borrows.

        :class:`NodeNotFound` where there is none in those locales.
        """
        node = self.document(address)
        if node.locale is None:
            return node, NO_LENDERS
        around = self.surroundings((), [node.group]).translations.get(node.group, [])
        best = wanted.best([one for one in around if one.kind is Kind.DOCUMENT])
        nodes = self._nodes([one.id for one in best])
        found, lending = read(self.types, [nodes], borrowing=wanted.borrowing)
        for shown in found.values():
            return shown, lending
        raise NodeNotFound(kind=f"translation into {wanted.tags[0]}", address=address)

    def suited(self, places: Collection[Place], wanted: Locales) -> dict[str, list[Place]]:
        """What *places* stand for to who reads *wanted*, by id: translations of the same kind,
        the best first, or what has no locale itself."""
        groups = {one.group for one in places if one.locale is not None}
        around = self.surroundings((), groups).translations
        return {
            one.id: [one]
            if one.locale is None
            else wanted.best([other for other in around[one.group] if other.kind is one.kind])
            for one in places
        }

    def suited_ids(self, ids: Collection[str], wanted: Locales) -> tuple[str, ...]:
        """The ids of what *ids* stand for to who reads *wanted*, in their order, each once."""
        places = self.surroundings(ids, ()).places
        suited = self.suited(list(places.values()), wanted)
        found = (suited[id][0].id for id in ids if suited.get(id))
        return tuple(dict.fromkeys(found))

    def read(
        self, rows: Collection[Sequence[Place]], *, borrowing: bool = True
    ) -> tuple[Mapping[str, Node], Lenders]:
        """The first of each of *rows*, as :meth:`suited` has them, with what it borrows; by id."""
        nodes = self.shown({one.id for row in rows for one in (row if borrowing else row[:1])})
        there = ([nodes[one.id] for one in row if one.id in nodes] for row in rows)
        return read(self.types, there, borrowing=borrowing)

    def shown_to(self, ids: Collection[str], wanted: Locales | None) -> Mapping[str, Node]:
        """Those of the nodes of those ids that may be seen, by id; to who reads the *wanted*
        locales, as they are shown instead."""
        if wanted is None:
            return self.shown(ids)
        places = self.surroundings(ids, ()).places
        found, _ = self.read(
            list(self.suited(list(places.values()), wanted).values()), borrowing=wanted.borrowing
        )
        return found

    def locales(self, wanted: str, *, borrowing: bool) -> Locales:
        """What a reader of *wanted* understands, the mount's default last."""
        return Locales.of(wanted, self.mount.default_locale, borrowing=borrowing)

    def locales_in_use(self) -> list[str]:
        """The tags of the locales that documents have, the most frequent first."""
        wanted = (Facet("locale", of="node"),)
        everything = Query(kinds=frozenset(), roots=(), window=Window(0, 0), facets=wanted)
        try:
            (found,) = self._hits(Kind.DOCUMENT, everything).counted
        except IndexUnavailable:
            return []
        return list(dict.fromkeys(locales.tag(written) for (_, written), _ in found.values))

    def rendition(self, address: str) -> Rendition:
        """The document at *address*, with its fields as they are kept."""
        column, value = self._located(Kind.DOCUMENT, address)
        found = self._reader.rendition(column, value)
        return self._kept([self._visible_or_missing(Kind.DOCUMENT, address, found)])[0]

    def check_type(
        self, document: Node | Rendition, address: str, types: Iterable[DocumentType]
    ) -> None:
        """:class:`NodeNotFound` unless *document* is of one of *types*, or extends one."""
        lineage = {one.name for one in self.types.lineage(document.type)}
        if lineage.isdisjoint(one.name for one in types):
            raise NodeNotFound(kind="document", address=address)

    def find_keyed(self, kind: Kind, key: str) -> Node:
        """A bundle by its basename, a taxonomy by its name, and either by its id."""
        found = self._reader.get(key.lower()) if names.is_id(key) else None
        if not self._is_shown(kind, found):
            # Basenames may have the form of an id.
            found = self._reader.keyed(kind, names.normalise(key))
        return self._visible_or_missing(kind, key, found)

    def messages(self, basename: str, locale: str) -> tuple[Node, Messages]:
        """A bundle and its messages in *locale*, what it lacks borrowed up the chain."""
        bundle = self.find_keyed(Kind.BUNDLE, basename)
        found = bundles.resolve(bundle, locale)
        if found is None:
            raise NodeNotFound(kind="locale", address=f"{basename}/{locale}")
        return bundle, found

    def category(self, name: str, key: str) -> tuple[Node, Category]:
        """A category of a taxonomy by its key."""
        node = self.find_keyed(Kind.TAXONOMY, name)
        found = taxonomy.find(node, key)
        if found is None:
            raise NodeNotFound(kind="category", address=f"{name}/{key}")
        return node, found

    def open_asset(self, id: str, digest: str, name: str) -> tuple[Node, BinaryIO]:
        """An asset and its bytes, if they are (still) those of *digest*, under its name.

        One address for the same bytes: under any other, caches would keep them again.
        """
        node = self.find(Kind.ASSET, id)
        if (node.fields.get("digest"), file_name(node)) != (digest, names.normalise(name)):
            raise NodeNotFound(kind="file", address=f"{id}/{digest}/{name}")
        return node, self._repository.media.open(digest)

    def _visible_or_missing(self, kind: Kind, address: str, node: Found | None) -> Found:
        # Forbidden equals missing: one failure, with nothing in it but the question.
        if node is None or not self._is_shown(kind, node):
            raise NodeNotFound(kind=kind.value, address=address)
        return node

    def _is_shown(self, kind: Kind, node: Node | Rendition | None) -> bool:
        return node is not None and node.kind is kind and self._is_visible(kind, node.path)

    def _is_visible(self, kind: Kind, path: str) -> bool:
        return any(names.is_within(path, root) for root in self._roots.get(kind, ()))

    # -- many nodes ---------------------------------------------------------

    def position(self) -> int:
        """What every list of this mount takes into account, as of now."""
        return self._index.position

    def content_position(self) -> int:
        """What is read without the index: the same, unless that is on its way."""
        shown, committed = self._index.position, self._repository.position
        return shown if self._index.reached >= committed else committed

    def search(self, kind: Kind, query: Query) -> Page[Node]:
        """The page of nodes of *kind* that *query* asks for, in its order.

        The query's own kinds and roots are replaced by the mount's.  A hit
        that has gone since it was indexed is left out of the items.
        """
        hits = self._hits(kind, query)
        nodes = self._nodes(hits.ids)
        lending = borrowed(self._reader, nodes, hits.borrowed)
        if lending:
            nodes = [composed(one, lending.get(one.id, {})) for one in nodes]
        return replace(self._page(nodes, query, hits), lenders=lending)

    def documents(self, query: Query) -> Page[Rendition]:
        """The page of documents that *query* asks for, with their fields as they are kept."""
        hits = self._hits(Kind.DOCUMENT, query)
        found = self._reader.renditions(hits.numbers)
        return self._page(self._kept([found[id] for id in hits.ids if id in found]), query, hits)

    def corrected(self, kind: Kind, query: Query, *, finds: bool) -> str | None:
        """What the text of *query*, which *finds* something or not, may have meant instead."""
        return self._index.corrected(self._narrowed(kind, query), finds=finds)

    def completed(self, query: Query) -> Completions:
        """The titles of documents that the text of *query* may become."""
        return self._index.completed(self._narrowed(Kind.DOCUMENT, query))

    def marker(self, text: str, locales: Collection[str | None]) -> Marker:
        """What shows where *text* was found in texts of those locales."""
        return self._index.marker(text, locales)

    def walk(self, kind: Kind, query: Query, most: int | None = None) -> Iterator[Stretch[Node]]:
        """All nodes of *kind* that *query* asks for, by id, or the first *most* of them.

        The walk begins behind the query's ``after``.  A node that is there from its
        beginning to its end is met exactly once, whatever is written meanwhile: an id
        never changes, so that no node moves to a place that was passed or is to come.
        Nothing is held between two stretches but ids.
        """
        for stretch in self._walk(kind, query, most, self._nodes):
            yield self._localised(stretch, query) if query.locales else stretch

    def _localised(self, stretch: Stretch[Node], query: Query) -> Stretch[Node]:
        """*stretch* as readers of the query's locales are shown it."""
        wanted = Locales(query.locales, query.borrowing)
        groups = {one.group for one in stretch.items if one.is_translated and one.locale}
        around = self.surroundings((), groups if query.borrowing else ()).translations
        best = {group: wanted.best(places) for group, places in around.items()}
        others = self._reader.get_many({one.id for places in best.values() for one in places})
        lending = {
            one.id: lenders(
                self.types,
                one,
                [others[place.id] for place in best.get(one.group, ()) if place.id in others],
            )
            for one in stretch.items
        }
        items = [composed(one, lending[one.id]) for one in stretch.items]
        return Stretch(items, stretch.after, lending)

    def walk_documents(self, query: Query, most: int | None = None) -> Iterator[Stretch[Rendition]]:
        """The same of documents, with their fields as they are kept."""
        return self._walk(Kind.DOCUMENT, query, most, self._renditions)

    def walk_places(
        self, kind: Kind, query: Query, most: int | None = None
    ) -> Iterator[Stretch[Place]]:
        """The same, only where they are."""
        return self._walk(kind, query, most, self._places)

    def _walk(
        self,
        kind: Kind,
        query: Query,
        most: int | None,
        read: Callable[[Sequence[str]], list[Walked]],
    ) -> Iterator[Stretch[Walked]]:
        while True:
            room = _IDS if most is None else min(_IDS, most)
            # One more says whether there is more.
            found = self._next_ids(kind, query, room + 1)
            ids, is_last = found[:room], len(found) <= room
            for start in range(0, max(1, len(ids)), STRETCH):
                part = ids[start : start + STRETCH]
                # What was moved out of sight since it was found is no longer to be shown.
                items = [one for one in read(part) if self._is_visible(kind, one.path)]
                is_end = is_last and start + STRETCH >= len(ids)
                yield Stretch(items, None if is_end else part[-1])
            most = None if most is None else most - len(ids)
            if is_last or most == 0:
                break
            query = replace(query, sort=BY_ID, after=ids[-1])

    def _next_ids(self, kind: Kind, query: Query, count: int) -> Sequence[str]:
        """The next *count* ids that *query* asks for, behind its ``after``.

        Asked of the index only where nobody else can tell: it may be on its way,
        and a walk that ends shall have met everything.
        """
        tells = query.text is None and query.categories is None
        if not tells or query.locales or query.conditions:
            return self._hits(kind, replace(query, sort=BY_ID, window=Window(0, count))).ids
        admits = meaning.admits(replace(query, kinds=frozenset({kind})))
        found: list[str] = []
        after = query.after or ""
        while len(found) < count:
            places = self._reader.walk(kind, after, _IDS)
            found += [one.id for one in places if self._is_listed(one) and admits(self._met(one))]
            if len(places) < _IDS:
                break
            after = places[-1].id
        return found[:count]

    def _is_listed(self, place: Place) -> bool:
        """Whether lists may have it: the folder that paths start from is in none."""
        return meaning.is_below(place.path, self._roots.get(place.kind, ()))

    def _met(self, place: Place) -> Met:
        lineage = tuple(one.name for one in self.types.lineage(place.type)) or (place.type,)
        return Met(place.id, place.kind, lineage, place.path, {})

    def parts(self, kind: Kind, size: int) -> list[str]:
        """The ids behind which walks of *size* nodes of *kind* begin that together meet all."""
        everything = Query(kinds=frozenset(), roots=(), window=Window(0, 0))
        found, after = [_BEFORE_ALL], _BEFORE_ALL
        while True:
            ids = self._next_ids(kind, replace(everything, sort=BY_ID, after=after), size + 1)
            if len(ids) <= size:
                return found
            after = ids[size - 1]
            found.append(after)

    def _nodes(self, ids: Sequence[str]) -> list[Node]:
        found = self._reader.get_many(ids)
        return [found[id] for id in ids if id in found]

    def _renditions(self, ids: Sequence[str]) -> list[Rendition]:
        found = self._reader.renditions_of(ids)
        return self._kept([found[id] for id in ids if id in found])

    def _places(self, ids: Sequence[str]) -> list[Place]:
        found = self._reader.places(ids)
        return [found[id] for id in ids if id in found]

    def _hits(self, kind: Kind, query: Query) -> Hits:
        return self._index.search(self._narrowed(kind, query))

    def _narrowed(self, kind: Kind, query: Query) -> Query:
        """*query*, of nodes of that kind, within what the mount shows."""
        bounds = self._bounds[kind]
        is_ready = all(getattr(query, name) == value for name, value in bounds.items())
        return query if is_ready else replace(query, **bounds)

    def bounds(self, kind: Kind) -> Mapping[str, Any]:
        """What every query of nodes of *kind* is within: one made with it is ready."""
        return self._bounds[kind]

    def _page(self, items: list[T], query: Query, hits: Hits) -> Page[T]:
        return Page(items, query.window, hits, self.is_settled(hits.reached))

    def is_settled(self, reached: int) -> bool:
        """Whether an index that *reached* that position knows all there is."""
        return reached >= self._repository.position

    def _kept(self, found: list[Rendition]) -> list[Rendition]:
        """*found*, made now where what was kept is of another form, or nothing was."""
        types = self.types
        forms = {name: self._renderer.form(types, name) for name in {one.type for one in found}}
        stale = [one.id for one in found if one.kept_by != forms[one.type]]
        if not stale:
            return found
        nodes = self._reader.get_many(stale)
        links = {one.id: one.links for one in found}
        made = {id: _rendition(one, links[id], self._renderer, types) for id, one in nodes.items()}
        return [made.get(one.id, one) for one in found if one.id not in stale or one.id in made]

    def referrers(self, address: str, wanted: Locales | None = None) -> frozenset[str]:
        """The ids of all documents that point at the node which *address* names.

        To who reads the *wanted* locales, a document also does so by what it borrows.
        """
        target = self._addressed(address).id
        found = frozenset(self._reader.referrers(target))
        if wanted is None or not wanted.borrowing:
            return found
        groups = {one.group for one in self._reader.places(found).values() if one.locale}
        around = self.surroundings((), groups).translations.values()
        best = [wanted.best([one for one in some if one.kind is Kind.DOCUMENT]) for some in around]
        ids = [[one.id for one in some] for some in best if some and some[0].id not in found]
        nodes = self._reader.get_many(id for some in ids for id in some)
        members = ([nodes[id] for id in some if id in nodes] for some in ids)
        links = self.links(found)
        return found.union(
            first.id
            for first, *others in filter(None, members)
            if target in lent_targets(self.types, first, lenders(self.types, first, others), links)
        )

    def links(self, ids: Collection[str]) -> Mapping[str, tuple[Link, ...]]:
        """The links in the rich texts of those documents, by id."""
        return self._reader.links(ids) if ids else {}

    def assets(self, ids: Collection[str]) -> Mapping[str, Node]:
        """Those of the nodes of those ids that are assets and may be seen."""
        return {id: one for id, one in self.shown(ids).items() if one.kind is Kind.ASSET}

    def shown(self, ids: Collection[str]) -> Mapping[str, Node]:
        """Those of the nodes of those ids that may be seen."""
        found = self._reader.get_many(ids) if ids else {}
        return {id: one for id, one in found.items() if self._is_visible(one.kind, one.path)}

    def scope(self, address: str) -> str:
        """The absolute path of the node that *address* names."""
        return self._addressed(address).path

    def _addressed(self, address: str) -> Node:
        """The node that *address* names, of whatever kind.

        An id, an absolute path with a leading slash (``/content/documents/blog``)
        or one from the content root.
        """
        if names.is_id(address):
            node = self._reader.get(address.lower())
        else:
            path = names.normalise(address.strip("/"))
            within = path if address.startswith("/") else f"{self.mount.content_root}/{path}"
            node = self._reader.at(within)
        if node is None or not self._is_visible(node.kind, node.path):
            raise NodeNotFound(kind="folder", address=address)
        return node

    def surroundings(self, targets: Collection[str], groups: Collection[str]) -> Surroundings:
        """Where the nodes of those ids are, and all of those translation groups."""
        if not targets and not groups:
            return NOWHERE
        translations = self._reader.translations(groups)
        return Surroundings(
            {
                id: place
                for id, place in self._reader.places(targets).items()
                if self._is_visible(place.kind, place.path)
            },
            {
                group: [one for one in places if self._is_visible(one.kind, one.path)]
                for group, places in translations.items()
            },
        )

    def source(self, id: str) -> tuple[Node, bytes]:
        """A document and the bytes of the file that its fields came from, if they did."""
        node = self.document(id)
        if not node.is_sourced:
            raise NodeNotFound(kind="source", address=id)
        file = self._reader.sources(node.id)[0]
        with self._repository.source_bytes(file.root, file.path) as stream:
            return node, stream.read()

    def source_texts(self, documents: Iterable[Node]) -> Mapping[str, str]:
        """The same of many documents, by id, as text."""
        return {
            one.id: self.source(one.id)[1].decode("utf-8", "replace")
            for one in documents
            if one.is_sourced
        }

    def sites(self, outside: str) -> Sites:
        """Where the site shows what this mount delivers; *outside* is our own address."""
        position = self._repository.position
        if self._locale_roots[0] != position:
            self._locale_roots = position, self._reader.locale_roots()
        return Sites(
            url=self.mount.site_url,
            outside=outside,
            content_root=self.mount.content_root,
            locale_roots=self._locale_roots[1],
        )

    # -- folders ------------------------------------------------------------

    def branch(
        self,
        folder: Node,
        *,
        depth: int,
        window: Window | None = None,
        sort: tuple[SortKey, ...] = (),
    ) -> Branch:
        """*folder* with what is in it, *depth* levels deep, all by path.

        Of its own documents only those of *window*, in the order of *sort*.
        Folders stay closed beyond that depth, and from the level on which more
        than :data:`LARGEST_TREE` nodes would be in it.
        """
        first = self._inside([folder.id])
        documents = [one for one in first if one.kind is Kind.DOCUMENT]
        total = len(documents)
        if sort and window is not None:
            page = self.search(
                Kind.DOCUMENT,
                Query(
                    kinds=frozenset(), roots=(), window=window, sort=sort,
                    scopes=(folder.path,), deepest=len(folder.path.split("/")) + 1,
                ),
            )  # fmt: skip
            shown, total = [one.id for one in page.items], page.total
        else:
            part = slice(window.offset, window.offset + window.limit) if window else slice(None)
            shown = [one.id for one in documents[part]]
        folders = [one for one in first if one.kind is Kind.FOLDER]
        page_id = _own_page(documents)
        wanted = [*shown, *(one.id for one in folders)]
        left_out = max(0, len(wanted) - LARGEST_TREE)
        del wanted[LARGEST_TREE:]
        opened = {folder.id, *self._descend(wanted, folders, depth - 1)}
        found = self._reader.get_many(wanted)
        nodes = [found[id] for id in wanted if id in found]
        grown = _grown(folder, nodes, opened)
        return replace(grown, total=total, page=page_id, left_out=left_out)

    def _descend(self, wanted: list[str], folders: list[Place], depth: int) -> set[str]:
        """Add to *wanted* what is in *folders*, level by level; returns those opened."""
        opened: set[str] = set()
        while depth > 0 and folders:
            inside = self._inside([one.id for one in folders])
            if len(wanted) + len(inside) > LARGEST_TREE:
                break
            opened |= {one.id for one in folders}
            wanted.extend(one.id for one in inside)
            folders = [one for one in inside if one.kind is Kind.FOLDER]
            depth -= 1
        return opened

    def _inside(self, parents: list[str]) -> list[Place]:
        shown = (Kind.FOLDER, Kind.DOCUMENT)
        return [one for one in self._reader.inside(parents) if one.kind in shown]


def _rendition(node: Node, links: str, renderer: Renderer, types: Types) -> Rendition:
    """*node* as if its fields had been kept by *renderer*."""
    return Rendition(
        id=node.id, type=node.type, parent=node.parent, name=node.name, path=node.path,
        locale=node.locale, group=node.group, revision=node.revision,
        created_at=node.created_at, modified_at=node.modified_at, published_at=node.published_at,
        is_translated=node.is_translated, is_sourced=node.is_sourced, links=links,
        kept_by=renderer.form(types, node.type),
        kept=renderer.render(types, node.type, node.fields),
    )  # fmt: skip


def _own_page(documents: Iterable[Node | Place]) -> str | None:
    """The id of the document that is its folder's own page, by its name."""
    for one in documents:
        if names.is_folder_page(one.path.rpartition("/")[2]):
            return one.id
    return None


def _grown(folder: Node, nodes: list[Node], opened: set[str]) -> Branch:
    """Put *nodes*, in their order, below *folder*."""
    by_parent: dict[str | None, list[Node]] = {}
    for one in nodes:
        by_parent.setdefault(one.parent, []).append(one)

    def grow(at: Node) -> Branch:
        inside = by_parent.get(at.id, ())
        documents = [one for one in inside if one.kind is Kind.DOCUMENT]
        folders = [grow(one) for one in inside if one.kind is Kind.FOLDER]
        page = _own_page(documents)
        return Branch(at, folders, documents, len(documents), at.id in opened, page)

    return grow(folder)

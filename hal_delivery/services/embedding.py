"""Embedding: what the references of some nodes lead to, level by level.

Each level is read at once, for all nodes of an answer, so that the number of
questions to the repository grows with the depth and never with the nodes.  What
comes first in breadth is embedded first; what is left out is noted, and why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, NamedTuple

from content_repo.doctypes import COMPOUND_TYPE, REFERRING, Field, Types, unescaped
from content_repo.model import ROOT_ID, Kind, Node, Place
from hal_delivery.services.delivery import Delivery, Surroundings
from hal_delivery.services.localising import NO_LENDERS, Lenders, Links, Locales, links_of

#: How many resources one answer, or one stretch of a stream, may embed.
MOST_EMBEDDED: Final = 500

#: How many levels an expression may have.
DEEPEST: Final = 32

#: References that are no fields: the folder above, translations, and links in rich texts.
UP: Final = "up"
ALTERNATE: Final = "alternate"
REFERENCES: Final = "references"
LINKED: Final = (UP, ALTERNATE, REFERENCES)

#: Names of references, each with those to follow from what it leads to.
Embeds = dict[str, "Embeds"]


#: By id: the place that it leads to, and those of the translations that lend to it.
Rows = Mapping[str, Sequence[Place]]


class Reason(StrEnum):
    """Why a resource is not embedded where it was asked for."""

    CYCLE = "cycle"
    DEPTH = "depth"
    BOUND = "bound"
    #: The reader may not see it, or it is not there: nobody can tell the two apart.
    MISSING = "missing"


class Relation(NamedTuple):
    """What leads from one node to the other: a field, or one of :data:`LINKED`."""

    name: str
    is_field: bool


_ABOVE: Final = Relation(UP, is_field=False)
_OTHERS: Final = Relation(ALTERNATE, is_field=False)


class Cut(NamedTuple):
    """A resource that was left out; where it is, unless it is missing."""

    relation: Relation
    reason: Reason
    place: Place | None


@dataclass(frozen=True, slots=True)
class Embedding:
    """A node and what is embedded in it: a list where its relation may lead to several.

    ``wanted`` are the names to follow from here, ``chain`` the ids of the node
    and of all that it is embedded in.  ``as_it_is``, it is no translation that
    was chosen for the reader.
    """

    node: Node
    wanted: Embeds
    chain: frozenset[str]
    as_it_is: bool = False
    found: dict[Relation, Embedding | list[Embedding]] = field(default_factory=dict)
    cut: list[Cut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Forest:
    """The nodes of an answer by their ids, grown, and all nodes embedded in them.

    ``lenders`` say of all of these from where they borrow fields.
    """

    tops: Mapping[str, Embedding]
    nodes: Mapping[str, Node]
    lenders: Lenders


class _Pointer(NamedTuple):
    """One step from a node to another one: the first of ``row``, which others may lend to.

    There is none where it is missing.
    """

    origin: Embedding
    relation: Relation
    multiple: bool
    row: Sequence[Place]
    below: Embeds

    @property
    def place(self) -> Place | None:
        return self.row[0] if self.row else None

    @property
    def as_it_is(self) -> bool:
        """Whether it leads to another translation, which the reader's own cannot stand for."""
        return self.relation == _OTHERS


# -- names --------------------------------------------------------------------


def steps(name: str) -> tuple[str, ...]:
    """The way to a reference: names joined by dots, or a JSON Pointer (RFC 6901).

    >>> steps("accounts.contact"), steps("/a.b/c")
    (('accounts', 'contact'), ('a.b', 'c'))
    """
    if name.startswith("/"):
        return tuple(unescaped(step) for step in name[1:].split("/"))
    return tuple(name.split("."))


def is_reference(types: Types, name: str) -> bool:
    """Whether some document can point at other nodes by *name*."""
    if name in LINKED:
        return True
    *way, last = steps(name)
    # All types at once: whoever asks may name as many steps as fit in a query.
    within = set(_documents(types))
    for step in way:
        within = {inner for one in _named(types, within, step) for inner in _compounds(types, one)}
    return any(_leads_somewhere(types, one) for one in _named(types, within, last))


def reference_names(types: Types) -> list[str]:
    """The names of all references, those in compounds as far as their fields."""
    found = {
        name: one
        for type_name in _documents(types)
        for name, one in types.referring(type_name).items()
    }
    inner = [
        f"{name}.{below}"
        for name, one in found.items()
        for type_name in _compounds(types, one)
        for below in types.referring(type_name)
    ]
    return sorted({one for one in (*found, *inner) if is_reference(types, one)} | {*LINKED})


def _named(types: Types, within: Collection[str], name: str) -> list[Field]:
    """The fields of that name that values of types *within* may point somewhere by."""
    found = (types.referring(type_name).get(name) for type_name in within)
    return [one for one in found if one is not None]


def _leads_somewhere(types: Types, one: Field) -> bool:
    """Whether *one* is a reference, or a compound with one in it, however deep."""
    if one.kind in REFERRING:
        return True
    left = _compounds(types, one)
    # A compound may hold others of its own type.
    passed = set(left)
    while left:
        for inner in types.referring(left.pop()).values():
            if inner.kind in REFERRING:
                return True
            left += [name for name in _compounds(types, inner) if name not in passed]
            passed.update(left)
    return False


def _documents(types: Types) -> list[str]:
    return [name for name, one in types.by_name.items() if not one.compound]


def _compounds(types: Types, one: Field) -> list[str]:
    """The types that values of a compound field can have."""
    if one.kind in REFERRING:
        return []
    compounds = [name for name, found in types.by_name.items() if found.compound]
    return [name for name in compounds if one.type in (None, name)]


# -- growing ------------------------------------------------------------------


def grown(
    delivery: Delivery,
    nodes: Collection[Node],
    wanted: Embeds,
    *,
    lenders: Lenders = NO_LENDERS,
    reader: Locales | None = None,
    depth: int | None = None,
    most: int = MOST_EMBEDDED,
) -> Forest:
    """*nodes*, which borrow fields from *lenders*, with what *wanted* names embedded.

    At most *depth* levels deep; documents as the *reader* of some locales is shown them.
    """
    tops = {one.id: Embedding(one, wanted, frozenset({one.id})) for one in nodes}
    embedded: dict[str, Node] = {}
    lending = dict(lenders)
    level = list(tops.values())
    left = DEEPEST if depth is None else depth
    while level := [one for one in level if one.wanted]:
        pointers = _pointers(delivery, level, lending, reader)
        kept = _admitted(pointers, is_too_deep=left == 0, most=most)
        rows = [one.row for one in kept]
        found, lent = delivery.read(rows, borrowing=reader is not None and reader.borrowing)
        level = _attached(kept, found)
        embedded.update(found)
        lending.update(lent)
        left, most = left - 1, most - len(kept)
    return Forest(tops, embedded, lending)


def _admitted(pointers: Iterator[_Pointer], *, is_too_deep: bool, most: int) -> list[_Pointer]:
    """The *pointers* to follow; of the others their origins note why they are not."""
    kept: list[_Pointer] = []
    for one in pointers:
        place = one.place
        if place is None:
            _leave_out(one, Reason.MISSING)
        elif place.id in one.origin.chain:
            _leave_out(one, Reason.CYCLE)
        elif is_too_deep:
            _leave_out(one, Reason.DEPTH)
        elif len(kept) >= most:
            _leave_out(one, Reason.BOUND)
        else:
            kept.append(one)
    return kept


def _leave_out(one: _Pointer, reason: Reason) -> None:
    cut, noted = Cut(one.relation, reason, one.place), one.origin.cut
    # How many are missing is not told: what is not there cannot be counted.
    if one.place is not None or cut not in noted:
        noted.append(cut)


def _attached(kept: Sequence[_Pointer], nodes: Mapping[str, Node]) -> list[Embedding]:
    """What *kept* leads to among *nodes*, each embedded where it was asked for."""
    level = []
    for pointer in kept:
        node = nodes.get(pointer.row[0].id)
        if node is None:
            # Gone since its place was looked up.
            _leave_out(pointer._replace(row=()), Reason.MISSING)
            continue
        chain = pointer.origin.chain | {node.id}
        one = Embedding(node, pointer.below, chain, pointer.as_it_is)
        found = pointer.origin.found
        if pointer.multiple:
            many = found.setdefault(pointer.relation, [])
            if isinstance(many, list):
                many.append(one)
        else:
            found[pointer.relation] = one
        level.append(one)
    return level


# -- what points where ----------------------------------------------------------


def _pointers(
    delivery: Delivery, level: Sequence[Embedding], lenders: Lenders, reader: Locales | None
) -> Iterator[_Pointer]:
    """Where the names wanted of each node of *level* lead, each target once for a relation."""
    types = delivery.types
    texts = {one.node.id: one.node for one in level if _takes(types, one, REFERENCES)}
    own, lent = links_of(types, texts, lenders, delivery.links)
    links = {id: (*own.get(id, ()), *lent.get(id, ())) for id in texts}
    translated = [one.node for one in level if _takes(types, one, ALTERNATE)]
    targets = {
        target
        for one in level
        for name in one.wanted
        for target in _targets(types, one, name, links)
        if target is not None
    }
    around = delivery.surroundings(targets, {one.group for one in translated})
    suited = _suited(delivery, around, reader)
    for one in level:
        met: set[tuple[Relation, Place | None]] = set()
        for name in one.wanted:
            for pointer in _pointed(types, one, name, links, around, suited):
                key = pointer.relation, pointer.place
                if key not in met:
                    met.add(key)
                    yield pointer


def _pointed(
    types: Types,
    one: Embedding,
    name: str,
    links: Mapping[str, Links],
    around: Surroundings,
    suited: Rows,
) -> Iterator[_Pointer]:
    """Where one name leads from one node."""
    top = steps(name)[0]
    declared = types.referring(one.node.type).get(top)
    relation = Relation(name if declared is None else top, declared is not None)
    if _is_always_list(declared, one, name):
        one.found.setdefault(relation, [])
    multiple = name != UP if declared is None else _is_multiple(declared)
    rows: Iterable[Sequence[Place]]
    if relation == _OTHERS:
        rows = [[place] for place in _translations(one.node, around)]
    else:
        rows = [suited.get(target or "", ()) for target in _targets(types, one, name, links)]
    for row in rows:
        # What the folder that paths start from lies in is nobody's business.
        if row or relation != _ABOVE:
            yield _Pointer(one, relation, multiple, row, one.wanted[name])


def _suited(delivery: Delivery, around: Surroundings, reader: Locales | None) -> Rows:
    """The places *around* by the ids that lead there; of documents those of the translations
    that suit the *reader*."""
    rows: dict[str, Sequence[Place]] = {id: (place,) for id, place in around.places.items()}
    if reader is not None:
        documents = [one for one in around.places.values() if one.kind is Kind.DOCUMENT]
        rows |= delivery.suited(documents, reader)
    return rows


def _is_multiple(declared: Field) -> bool:
    # A compound may hold several mirrors: to-many, however many it has.
    return declared.is_list or declared.kind not in REFERRING


def _is_always_list(declared: Field | None, one: Embedding, name: str) -> bool:
    """Whether the relation is there, as an array, even where it leads nowhere; as links are."""
    if declared is not None:
        return declared.is_list and declared.kind in REFERRING
    return name in (ALTERNATE, REFERENCES) and one.node.kind is Kind.DOCUMENT


def _takes(types: Types, one: Embedding, name: str) -> bool:
    """Whether a name of :data:`LINKED` is wanted of a document, and no field has it."""
    if name not in one.wanted or one.node.kind is not Kind.DOCUMENT:
        return False
    return name not in types.referring(one.node.type)


def _targets(
    types: Types, one: Embedding, name: str, links: Mapping[str, Links]
) -> Iterator[str | None]:
    """The ids that a name leads to, ``None`` for what is known to lead nowhere."""
    node, way = one.node, steps(name)
    if way[0] in types.referring(node.type):
        for target in _mirrored(types, node.type, node.fields, way):
            yield None if target == ROOT_ID else target
    elif name == UP and node.kind in (Kind.DOCUMENT, Kind.FOLDER):
        yield node.parent
    elif _takes(types, one, name) and name == REFERENCES:
        for link in links.get(node.id, ()):
            if link.type != "external":
                yield link.target


def _mirrored(
    types: Types, type_name: str, fields: Mapping[str, Any], way: Sequence[str]
) -> Iterator[str]:
    """The ids that the mirrors at *way* hold; where it ends at a compound, all within."""
    value, one = fields.get(way[0]), types.referring(type_name).get(way[0])
    if value is None or one is None:
        return
    values = value if one.is_list else (value,)
    if one.kind in REFERRING:
        yield from values if len(way) == 1 else ()
        return
    for compound in values:
        inner = compound[COMPOUND_TYPE]
        ways = [way[1:]] if len(way) > 1 else [(name,) for name in types.referring(inner)]
        for rest in ways:
            yield from _mirrored(types, inner, compound, rest)


def _translations(node: Node, around: Surroundings) -> Iterator[Place]:
    for other in around.translations.get(node.group, ()):
        if other.id != node.id and other.locale is not None:
            yield other

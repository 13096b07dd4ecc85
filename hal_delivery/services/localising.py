"""Localising: documents as readers of one locale are shown them.

Which translation is shown, and what it borrows, is decided by the index for
lists (:mod:`search_index.localising`) and here for a single document, by the same
rule of :mod:`content_repo.translations`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from content_repo import Reader, linking, locales
from content_repo.doctypes import DATE_POINTERS, Types, escaped
from content_repo.model import Node, Place
from content_repo.translations import Lender, is_lacking, lent, present

#: By a node's id: the node from which each of its borrowed fields comes.
Lenders = Mapping[str, Mapping[str, Node]]

#: The links in one document's texts.
Links = tuple[linking.Link, ...]

NO_LENDERS: Final[Lenders] = {}


@dataclass(frozen=True, slots=True)
class Locales:
    """What a reader understands: BCP 47 tags, the best first, and whether to borrow from others."""

    tags: tuple[str, ...]
    borrowing: bool

    @classmethod
    def of(cls, wanted: str, default: str, *, borrowing: bool) -> Locales:
        """*wanted*, its parents, and at last the *default* and its parents.

        >>> Locales.of("pt_BR", "en", borrowing=True).tags
        ('pt-BR', 'pt', 'en')
        """
        tags = dict.fromkeys((*locales.chain(wanted), *locales.chain(default)))
        return cls(tuple(tags) if borrowing else (locales.tag(wanted),), borrowing)

    def best(self, places: Sequence[Place]) -> list[Place]:
        """Those of *places* that the reader understands, the best first."""
        rank = {tag: number for number, tag in enumerate(self.tags)}
        known = [one for one in places if one.locale and locales.tag(one.locale) in rank]
        return sorted(known, key=lambda one: (rank[locales.tag(one.locale or "")], one.path))


def lenders(types: Types, node: Node, others: Sequence[Node]) -> Mapping[str, Node]:
    """From which of *others*, the best first, *node* borrows each field that it lacks."""
    by_id = {one.id: one for one in others}
    lineage = (node.type, *(one.name for one in types.lineage(node.type)))
    lending = (Lender(one.id, one.type, present(one.fields)) for one in others)
    found = lent(present(node.fields), lineage, lending)
    return {name: by_id[id] for name, id in found.items()}


def composed(node: Node, lending: Mapping[str, Node]) -> Node:
    """*node* with the fields that it borrows."""
    fields: dict[str, Any] = dict(node.fields)
    pointers: list[str] = list(fields.pop(DATE_POINTERS, ()))
    # In one order, whoever found out what is lent.
    for name, lender in sorted(lending.items()):
        fields[name] = lender.fields[name]
        pointers += [
            one
            for one in lender.fields.get(DATE_POINTERS, ())
            if f"{one}/".startswith(f"/{escaped(name)}/")
        ]
    if pointers:
        fields[DATE_POINTERS] = pointers
    return replace(node, fields=fields)


def borrowed(
    reader: Reader, nodes: Iterable[Node], wanted: Mapping[str, Mapping[str, str]]
) -> Lenders:
    """The nodes behind what the index says that *nodes* borrow: by id and field, the lender's id.

    What was written since it was indexed may have taken it away, or given them their own.
    """
    if not wanted:
        return NO_LENDERS
    found = reader.get_many({id for lending in wanted.values() for id in lending.values()})
    return {
        node.id: {
            name: found[lender]
            for name, lender in wanted[node.id].items()
            if is_lacking(node.fields.get(name))
            and lender in found
            and not is_lacking(found[lender].fields.get(name))
        }
        for node in nodes
        if node.id in wanted
    }


def lent_links(
    types: Types,
    node: Node,
    lending: Mapping[str, Node],
    links: Mapping[str, Sequence[linking.Link]],
) -> tuple[linking.Link, ...]:
    """Those of its lenders' *links*, by their ids, that are in the texts which *node* borrows."""
    fields: dict[str, dict[str, Any]] = {}
    for name, lender in lending.items():
        if links.get(lender.id):
            fields.setdefault(lender.id, {})[name] = lender.fields[name]
    found: list[linking.Link] = []
    for id, some in fields.items():
        written = {(one.kind, one.href) for one in linking.written_in(types, node.type, some)}
        found += [one for one in links[id] if (one.kind, one.href) in written]
    return tuple(found)


def lent_targets(
    types: Types,
    node: Node,
    lending: Mapping[str, Node],
    links: Mapping[str, Sequence[linking.Link]],
) -> set[str]:
    """The ids of all that *node* points at by what it borrows; *links* as above."""
    fields = {name: lender.fields[name] for name, lender in lending.items()}
    found = lent_links(types, node, lending, links)
    return linking.targets(types, node.type, fields, found, but=node.id)


def read(
    types: Types, rows: Iterable[Sequence[Node]], *, borrowing: bool
) -> tuple[dict[str, Node], dict[str, Mapping[str, Node]]]:
    """The first of each of *rows*, translations that suit, with what it borrows of the others."""
    found: dict[str, Node] = {}
    lending: dict[str, Mapping[str, Node]] = {}
    for first, *others in filter(None, rows):
        some = lenders(types, first, others) if borrowing and others else {}
        found[first.id] = composed(first, some)
        if some:
            lending[first.id] = some
    return found, lending


def links_of(
    types: Types,
    nodes: Mapping[str, Node],
    lenders: Lenders,
    links: Callable[[Collection[str]], Mapping[str, Links]],
) -> tuple[Mapping[str, Links], Mapping[str, Links]]:
    """The *links* in the texts of *nodes* and of their lenders, by id; and those that each of
    *nodes* borrows."""
    borrowing = {id: some for id in nodes if (some := lenders.get(id))}
    lending = {one.id for some in borrowing.values() for one in some.values()}
    found = links({*nodes, *lending})
    return found, {id: lent_links(types, nodes[id], some, found) for id, some in borrowing.items()}

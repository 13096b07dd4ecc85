"""Highlighting: where in the texts of nodes a search found them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from content_repo.doctypes import TEXTUAL, FieldKind, Types
from content_repo.model import Kind, Node
from hal_delivery.services.delivery import Delivery, Page
from search_index import flatten

#: Fragments by the name of the field that they are of.
Highlights = Mapping[str, list[str]]

#: Stands for all fields.
ALL: Final = "*"

#: The texts of nodes whose type has nothing to say about them.
_OF_KINDS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.FOLDER: frozenset({flatten.TITLE, *flatten.DESCRIBING}),
    Kind.ASSET: frozenset({flatten.TITLE, *flatten.DESCRIBING}),
    Kind.BUNDLE: frozenset({flatten.TITLE, "messages"}),
    Kind.TAXONOMY: frozenset({flatten.TITLE, "categories"}),
}

#: Compounds within compounds that names are followed through.
_DEEPEST: Final = 4


def text_fields(types: Types, kind: Kind) -> frozenset[str]:
    """The names of the fields that nodes of *kind* have texts in."""
    if kind is not Kind.DOCUMENT:
        return _OF_KINDS[kind]
    declared = {
        name
        for one in types.by_name.values()
        if not one.compound
        for name in _texts(types, one.name, _DEEPEST)
    }
    return frozenset({flatten.TITLE, *flatten.DESCRIBING_PAGES, *declared})


def _texts(types: Types, type_name: str, depth: int) -> Iterator[str]:
    for name, one in types.fields(type_name).items():
        if one.kind in TEXTUAL and name not in flatten.NEVER_SEARCHED:
            yield name
        elif one.kind is FieldKind.COMPOUND and depth:
            for compound in types.by_name.values():
                if compound.compound and one.type in (None, compound.name):
                    for inner in _texts(types, compound.name, depth - 1):
                        yield f"{name}.{inner}"


def highlights(
    delivery: Delivery, page: Page[Node], text: str, names: Collection[str]
) -> dict[str, Highlights]:
    """By id, what to show of the fields *names* of each item that a search for *text* found."""
    lending = [one for some in page.lenders.values() for one in some.values()]
    marker = delivery.marker(text, {one.locale for one in (*page.items, *lending)})
    found: dict[str, Highlights] = {}
    for node in page.items:
        texts: dict[str, list[str]] = {}
        for name, value in flatten.texts(node, delivery.types):
            if ALL in names or name in names:
                texts.setdefault(name, []).append(value)
        lenders = page.lenders.get(node.id, {})
        shown = {
            # What is borrowed is in the lender's language.
            name: marker.fragments(
                name,
                values,
                lenders.get(name.partition(".")[0], node).locale,
                whole=name == flatten.TITLE,
            )
            for name, values in texts.items()
        }
        found[node.id] = {name: fragments for name, fragments in shown.items() if fragments}
    return found

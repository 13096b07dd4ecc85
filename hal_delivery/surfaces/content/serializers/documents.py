"""Documents: fields in the forms of the reference page, references also as links."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import orjson

from content_repo.doctypes import REFERRING
from content_repo.kept import Rendition
from content_repo.model import Node
from content_repo.references import references
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import REFERENCES, REFERRERS, SOURCE, curied
from hal_delivery.surfaces.content.serializers.kept import whole_text
from hal_delivery.surfaces.content.serializers.rendering import Rendering, hreflang
from hal_delivery.surfaces.content.serializers.richtext import reference
from hal_delivery.surfaces.content.urls import DOCUMENTS, Urls
from hal_delivery.web.vocabulary import REFERENCED

#: Stand for a document's id and its folder's while links are taken apart at them.
_ID: Final = str(uuid.uuid4())
_UP: Final = str(uuid.uuid4())

#: A field that points at other nodes, whether it may at several, and one target.
Pointer = tuple[str, bool, str]


def document(node: Node, rendering: Rendering, *, segment: str = DOCUMENTS) -> Resource:
    """A document, the same alone and in lists.

    *segment* is the collection it was asked for in; ``self`` stays within it.
    """
    fields = rendering.fields(node)
    if node.id in rendering.sources:
        fields.setdefault(SOURCE, rendering.sources[node.id])
    pointers = (
        (one.field, one.multiple, one.target)
        for one in references(rendering.types, node.type, node.fields)
    )
    shown = resource(
        {
            "_meta": rendering.meta(node, rendering.path(node)),
            **rendering.projection.apply(fields),
        },
        links=_links(node, rendering, segment, pointers),
    )
    for process in rendering.processors:
        shown = process(shown)
    return shown


def kept_document(
    one: Rendition, rendering: Rendering, *, segment: str = DOCUMENTS
) -> orjson.Fragment:
    """The same document, from the text that is kept of its fields."""
    points = one.links != "[]" or one.is_translated or rendering.types.referring(one.type)
    if points or one.parent is None:
        return joined(one, rendering, orjson.dumps(kept_links(one, rendering, segment)).decode())
    before, after = _around_ids(
        rendering.urls.base, segment, rendering.shape, one.type, one.is_sourced
    )
    return joined(one, rendering, f"{one.id.join(before)}{one.parent}{one.id.join(after)}")


@lru_cache(maxsize=256)
def _around_ids(
    base: str, segment: str, shape: str, type_name: str, is_sourced: bool
) -> tuple[list[str], list[str]]:
    """The links, as JSON, of all documents that point at nothing: only ids differ.

    What is between its own, before the one of its folder and after that.
    """
    links = _own_links(
        Urls(base), segment, shape=shape, type_name=type_name, is_sourced=is_sourced, id=_ID,
        parent=_UP,
    )  # fmt: skip
    before, _, after = orjson.dumps(links).decode().partition(_UP)
    return before.split(_ID), after.split(_ID)


def kept_links(one: Rendition, rendering: Rendering, segment: str) -> dict[str, Any]:
    """The links of a document whose fields are kept."""
    return _links(one, rendering, segment, _pointers(one, rendering))


def joined(one: Rendition, rendering: Rendering, links: str) -> orjson.Fragment:
    """A document from its *links* as JSON, its ``_meta`` and the text kept of its fields."""
    fields = _kept_fields(one, rendering)
    meta = orjson.dumps(rendering.meta(one, rendering.path(one))).decode()
    # The object that the fields are goes on from its first brace.
    rest = "}" if fields == "{}" else f",{fields[1:]}"
    return orjson.Fragment(f'{{"_links":{links},"_meta":{meta}{rest}')


def _kept_fields(one: Rendition, rendering: Rendering) -> str:
    """Those of its fields that are shown, as JSON."""
    parts = rendering.parts.get(one.id)
    fields = whole_text(one) if parts is None else parts.filled(rendering.around.places)
    if rendering.projection.is_whole:
        return fields
    return orjson.dumps(rendering.projection.apply(orjson.loads(fields))).decode()


def _pointers(one: Rendition, rendering: Rendering) -> Iterator[Pointer]:
    parts = rendering.parts.get(one.id)
    holes = () if parts is None else parts.holes
    for name in rendering.types.referring(one.type) if holes else ():
        for hole in holes:
            if hole.field == name:
                yield hole.field, hole.multiple, hole.target


def _links(
    node: Node | Rendition, rendering: Rendering, segment: str, pointers: Iterable[Pointer]
) -> dict[str, Link | list[Link]]:
    links = _own_links(
        rendering.urls, segment, shape=rendering.shape, type_name=node.type,
        is_sourced=node.is_sourced, id=node.id, parent=node.parent,
    )  # fmt: skip
    if node.is_translated:
        links["alternate"] = _translations(node, rendering)
    links[curied(REFERENCES)] = _references(node, rendering)
    if rendering.types.referring(node.type):
        links.update(_field_links(node, rendering, pointers))
    return links


def _own_links(
    urls: Urls,
    segment: str,
    *,
    shape: str,
    type_name: str,
    is_sourced: bool,
    id: str,
    parent: str | None,
) -> dict[str, Link | list[Link]]:
    """The links of a document that need no other node to be known."""
    links: dict[str, Link | list[Link]] = {
        "self": {"href": urls.item(segment, id) + shape},
        "canonical": {"href": urls.document(id)},
        "collection": {"href": urls.collection(segment)},
        "profile": {"href": urls.type(type_name)},
    }
    if parent is not None:
        links["up"] = {"href": urls.folder(parent)}
    links["alternate"] = []
    links[curied(REFERENCES)] = []
    # Nothing in an id needs to be encoded.
    links[curied(REFERRERS)] = {"href": f"{urls.collection(DOCUMENTS)}?{REFERENCED.name}={id}"}
    if is_sourced:
        links[curied(SOURCE)] = {"href": urls.source(id), "type": "text/plain"}
    return links


def _translations(node: Node | Rendition, rendering: Rendering) -> list[Link]:
    return [
        link(rendering.urls.node(other), hreflang=hreflang(other.locale))
        for other in rendering.around.translations.get(node.group, ())
        if other.id != node.id and other.locale is not None
    ]


def _references(node: Node | Rendition, rendering: Rendering) -> list[Link]:
    """What the links in a document's rich texts lead to, each as it was written."""
    return [
        reference(one, rendering.around.places, rendering.urls)
        for one in (*rendering.links.get(node.id, ()), *rendering.lent.get(node.id, ()))
    ]


def _field_links(
    node: Node | Rendition, rendering: Rendering, pointers: Iterable[Pointer]
) -> dict[str, Link | list[Link]]:
    """Every mirror and image link as a link; to-many ones are arrays even when empty."""
    links: dict[str, Link | list[Link]] = {
        curied(name): []
        for name, one in rendering.types.referring(node.type).items()
        if one.is_list and one.kind in REFERRING
    }
    for field, multiple, target in pointers:
        place = rendering.around.places.get(target)
        if place is None:
            continue
        to = link(rendering.urls.node(place))
        if multiple:
            many = links.setdefault(curied(field), [])
            if isinstance(many, list):
                many.append(to)
        else:
            links[curied(field)] = to
    return links

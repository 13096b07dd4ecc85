"""Documents: fields in the forms of the reference page, references also as links."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from content_repo.doctypes import REFERRING
from content_repo.kept import Rendition
from content_repo.model import Node
from content_repo.references import references
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import REFERENCES, REFERRERS, SOURCE, curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering, hreflang
from hal_delivery.surfaces.content.serializers.richtext import reference
from hal_delivery.surfaces.content.urls import DOCUMENTS
from hal_delivery.web.asking import query_string
from hal_delivery.web.vocabulary import REFERENCED

#: Stand for a document's id and its folder's while a pattern of links is made.
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
    """The same document, with all of its fields, from the text that is kept of them."""
    if one.links == "[]" and not one.is_translated and one.parent is not None:
        like = (one.type, one.is_sourced)
        pattern = rendering.patterns.get(like)
        if pattern is None:
            pattern = rendering.patterns[like] = _pattern(one, rendering, segment)
        if pattern:
            return joined(one, rendering, pattern % {"id": one.id, "up": one.parent})
    return joined(one, rendering, orjson.dumps(kept_links(one, rendering, segment)).decode())


def _pattern(one: Rendition, rendering: Rendering, segment: str) -> str:
    """The links of every document like *one*, whose texts have none, as JSON.

    Within one answer only the ids differ; unless the type can point at others.
    """
    if rendering.types.referring(one.type):
        return ""
    links = kept_links(one._replace(id=_ID, parent=_UP), rendering, segment)
    text = orjson.dumps(links).decode().replace("%", "%%")
    return text.replace(_ID, "%(id)s").replace(_UP, "%(up)s")


def kept_links(one: Rendition, rendering: Rendering, segment: str) -> dict[str, Any]:
    """The links of a document whose fields are kept."""
    return _links(one, rendering, segment, _pointers(one, rendering))


def joined(one: Rendition, rendering: Rendering, links: str) -> orjson.Fragment:
    """A document from its *links* as JSON, its ``_meta`` and the text kept of its fields."""
    fields = rendering.parts[one.id].filled(rendering.around.places)
    meta = orjson.dumps(rendering.meta(one, rendering.path(one))).decode()
    # The object that the fields are goes on from its first brace.
    rest = "}" if fields == "{}" else f",{fields[1:]}"
    return orjson.Fragment(f'{{"_links":{links},"_meta":{meta}{rest}')


def _pointers(one: Rendition, rendering: Rendering) -> Iterator[Pointer]:
    holes = rendering.parts[one.id].holes
    for name in rendering.types.referring(one.type) if holes else ():
        for hole in holes:
            if hole.field == name:
                yield hole.field, hole.multiple, hole.target


def _links(
    node: Node | Rendition, rendering: Rendering, segment: str, pointers: Iterable[Pointer]
) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    links: dict[str, Link | list[Link]] = {
        "self": {"href": urls.item(segment, node.id) + rendering.shape},
        "canonical": {"href": urls.document(node.id)},
        "collection": {"href": urls.collection(segment)},
        "profile": {"href": urls.type(node.type)},
    }
    if node.parent is not None:
        links["up"] = {"href": urls.folder(node.parent)}
    links["alternate"] = _translations(node, rendering) if node.is_translated else []
    links[curied(REFERENCES)] = _references(node, rendering)
    referring = query_string([(REFERENCED.name, node.id)])
    links[curied(REFERRERS)] = {"href": urls.collection(DOCUMENTS) + referring}
    if node.is_sourced:
        links[curied(SOURCE)] = {"href": urls.source(node.id), "type": "text/plain"}
    if rendering.types.referring(node.type):
        links.update(_field_links(node, rendering, pointers))
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

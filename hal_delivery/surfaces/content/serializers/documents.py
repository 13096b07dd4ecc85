"""Documents: fields in the forms of the reference page, references also as links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from content_repo.doctypes import COMPOUND_TYPE, REFERRING, Field, FieldKind
from content_repo.model import ROOT_ID, Node
from content_repo.references import references
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering, hreflang
from hal_delivery.surfaces.content.urls import DOCUMENTS

_RICH_TEXT: Final = {"type": "hippostd:html"}
_MIRROR_TYPES: Final = {
    FieldKind.MIRROR: "hippo:mirror",
    FieldKind.IMAGE_LINK: "hippogallerypicker:imagelink",
}


def document(node: Node, rendering: Rendering, *, segment: str = DOCUMENTS) -> Resource:
    """A document, the same alone and in lists.

    *segment* is the collection it was asked for in; ``self`` stays within it.
    """
    fields = _fields(node.type, node.fields, rendering)
    return resource(
        {
            "_meta": rendering.meta(node, rendering.path(node)),
            **rendering.projection.apply(fields),
        },
        links=_links(node, rendering, segment),
    )


def _fields(type_name: str, fields: Mapping[str, Any], rendering: Rendering) -> dict[str, Any]:
    """Fields as they are stored, but for those whose form on the wire is another."""
    shown = {**fields}
    shown.pop(COMPOUND_TYPE, None)
    for name, one in rendering.rendered(type_name).items():
        if name in shown:
            value = shown[name]
            if one.is_list:
                shown[name] = [_value(one, item, rendering) for item in value]
            else:
                shown[name] = _value(one, value, rendering)
    return shown


def _value(one: Field, value: Any, rendering: Rendering) -> Any:
    if one.kind in REFERRING:
        return _mirror(one.kind, value, rendering)
    if one.kind is FieldKind.RICH_TEXT:
        return {"_meta": _RICH_TEXT, "content": value}
    if one.kind is FieldKind.COMPOUND:
        name = value[COMPOUND_TYPE]
        return {"_meta": {"type": name}, **_fields(name, value, rendering)}
    return rendering.date(value)


def _mirror(kind: FieldKind, target: str, rendering: Rendering) -> Resource:
    """A mirror; one whose target the reader may not see is an empty one.

    Unlike a document's own, the path is the repository's.
    """
    place = rendering.around.places.get(target)
    mirror = {"id": place.id, "path": place.path} if place else {"id": ROOT_ID, "path": ""}
    return {"_meta": {"mirror": mirror, "type": _MIRROR_TYPES[kind]}}


def _links(node: Node, rendering: Rendering, segment: str) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    links: dict[str, Link | list[Link]] = {
        "self": link(urls.item(segment, node.id) + rendering.shape),
        "canonical": link(urls.document(node.id)),
        "collection": link(urls.collection(segment)),
        "profile": link(urls.type(node.type)),
    }
    if node.parent is not None:
        links["up"] = link(urls.folder(node.parent))
    links["alternate"] = _translations(node, rendering) if node.is_translated else []
    if rendering.types.referring(node.type):
        links.update(_field_links(node, rendering))
    return links


def _translations(node: Node, rendering: Rendering) -> list[Link]:
    return [
        link(rendering.urls.node(other), hreflang=hreflang(other.locale))
        for other in rendering.around.translations.get(node.group, ())
        if other.id != node.id and other.locale is not None
    ]


def _field_links(node: Node, rendering: Rendering) -> dict[str, Link | list[Link]]:
    """Every mirror and image link as a link; to-many ones are arrays even when empty."""
    links: dict[str, Link | list[Link]] = {
        curied(name): []
        for name, one in rendering.types.referring(node.type).items()
        if one.is_list and one.kind in REFERRING
    }
    for reference in references(rendering.types, node.type, node.fields):
        place = rendering.around.places.get(reference.target)
        if place is None:
            continue
        to = link(rendering.urls.node(place))
        if reference.multiple:
            many = links.setdefault(curied(reference.field), [])
            if isinstance(many, list):
                many.append(to)
        else:
            links[curied(reference.field)] = to
    return links

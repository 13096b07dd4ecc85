"""What the views share: how to render for this request, and the facts of an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from content_repo.model import Kind, Node, Place
from hal_delivery.services.delivery import Surroundings
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.vocabulary import SHAPE

#: How caches know a node, by its kind; the design's words.
_TAGS: Mapping[Kind, str] = {
    Kind.DOCUMENT: "doc",
    Kind.FOLDER: "folder",
    Kind.BUNDLE: "bundle",
    Kind.TAXONOMY: "taxonomy",
    Kind.ASSET: "asset",
}


def rendering(asked: Asked, nodes: Collection[Node] = ()) -> Rendering:
    """How to render *nodes* for this request."""
    place = here()
    delivery = place.delivery
    return Rendering(
        urls=Urls(place.base),
        types=delivery.types,
        around=delivery.surroundings(nodes) if nodes else Surroundings({}, {}),
        projection=Projection.of(asked.fields),
        iso_dates=asked.dates == "iso",
        shape=asked.query(*SHAPE),
        content_root=place.mount.content_root,
    )


def tag(node: Node | Place) -> str:
    """The tag of one node; a bundle's and a taxonomy's are readable."""
    return f"{_TAGS[node.kind]}-{node.key or node.id}"


def item_facts(
    node: Node, shape: Mapping[str, Any], asked: Asked, around: Surroundings | None = None
) -> Facts:
    """The facts of an answer that one node is the whole of, but for links."""
    near: list[Node | Place] = [] if around is None else [*around.all()]
    return Facts(
        version=node.revision,
        tags=Tags((f"type-{node.type}",), {tag(one) for one in (node, *near)}),
        # Paths and locales of other nodes are in the answer as well.
        modified=max(node.modified_at, *(one.modified_at for one in near), 0),
        locale=node.locale,
        lenient=asked.lenient,
        links=shape["_links"],
    )


def gathered_facts(
    node: Node, nodes: Iterable[Node], shape: Mapping[str, Any], asked: Asked
) -> Facts:
    """The facts of an answer about *node* that also holds *nodes*.

    Without a date: one that leaves changes nothing in those that stay.
    """
    return Facts(
        version=node.revision,
        tags=Tags(("documents", "folders"), {tag(one) for one in (node, *nodes)}),
        locale=node.locale,
        lenient=asked.lenient,
        links=shape["_links"],
    )

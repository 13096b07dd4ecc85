"""What the views share: how to render for this request, and the facts of an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from content_repo import linking
from content_repo.doctypes import Types
from content_repo.kept import Rendition
from content_repo.model import ROOT_ID, Kind, Node, Place
from content_repo.references import references
from hal_delivery.services.delivery import NOWHERE, Surroundings
from hal_delivery.surfaces.content.relations import SOURCE
from hal_delivery.surfaces.content.serializers.kept import Parts
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.serializers.richtext import SiteTexts
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import MOST_NODES, Tags
from hal_delivery.web.here import Here, here
from hal_delivery.web.vocabulary import SHAPE

#: How caches know a node, by its kind; the design's words.
_TAGS: Mapping[Kind, str] = {
    Kind.DOCUMENT: "doc",
    Kind.FOLDER: "folder",
    Kind.BUNDLE: "bundle",
    Kind.TAXONOMY: "taxonomy",
    Kind.ASSET: "asset",
}

_COLLECTIONS: Mapping[Kind, str] = {
    Kind.DOCUMENT: "documents",
    Kind.FOLDER: "folders",
    Kind.BUNDLE: "bundles",
    Kind.TAXONOMY: "taxonomies",
    Kind.ASSET: "assets",
}


def takes_kept_fields(asked: Asked) -> bool:
    """Whether fields are wanted as they are kept: all of them, in their usual form."""
    usual = not asked.fields and (asked.html, asked.dates) == ("stored", "millis")
    return usual and not here().delivery.processors


def rendering(asked: Asked, nodes: Collection[Node | Rendition] = ()) -> Rendering:
    """How to render *nodes* for this request."""
    place = here()
    delivery = place.delivery
    types = delivery.types
    parts: dict[str, Parts] = {}
    stored: list[Node] = []
    groups = []
    for one in nodes:
        if isinstance(one, Rendition):
            parts[one.id] = Parts.of(one)
        elif one.kind is Kind.DOCUMENT:
            stored.append(one)
        if one.is_translated:
            groups.append(one.group)
    pointing = {id: one for id, one in parts.items() if one.holes or one.links}
    targets = {target for one in pointing.values() for target in one.targets()}
    links = {id: one.links for id, one in pointing.items()}
    if stored:
        links |= delivery.links([one.id for one in stored])
        for node in stored:
            targets |= _targets(types, node, links.get(node.id, ()))
    urls = Urls(place.base)
    around = delivery.surroundings(targets, groups)
    return Rendering(
        urls=urls,
        types=types,
        around=around,
        links=links,
        processors=delivery.processors,
        sources=delivery.source_texts(stored) if SOURCE in asked.fields else {},
        texts=_site_texts(place, urls, around, links) if asked.html == "site" else None,
        projection=Projection.of(asked.fields),
        iso_dates=asked.dates == "iso",
        shape=asked.query(*SHAPE),
        content_root=place.mount.content_root,
        parts=parts,
    )


def _targets(types: Types, node: Node, links: Iterable[linking.Link]) -> set[str]:
    """The ids of all that a document points at, with the document if it points at itself."""
    mirrored = {one.target for one in references(types, node.type, node.fields)} - {ROOT_ID}
    return mirrored | {one.target for one in links if one.target is not None}


def _site_texts(
    place: Here,
    urls: Urls,
    around: Surroundings,
    links: Mapping[str, tuple[linking.Link, ...]],
) -> SiteTexts:
    files = {
        one.target
        for found in links.values()
        for one in found
        if one.type == "binary" and one.target is not None
    }
    outside = place.base.removesuffix(place.mount.base)
    sites = place.delivery.sites(outside)
    return SiteTexts(urls, around.places, place.delivery.assets(files), sites.address)


def tag(node: Node | Rendition | Place) -> str:
    """The tag of one node; a bundle's and a taxonomy's are readable."""
    if isinstance(node, Rendition):
        return f"doc-{node.id}"
    return f"{_TAGS[node.kind]}-{node.key or node.id}"


def tags(collections: Iterable[str], nodes: Iterable[Node | Rendition | Place]) -> Tags:
    """The tags of an answer that holds *nodes*, or links to them.

    With more nodes than can be named, the collections that they are in stand for them.
    """
    kinds = {tag(one): one.kind for one in nodes}
    if len(kinds) > MOST_NODES:
        collections = {*collections, *(_COLLECTIONS[kind] for kind in kinds.values())}
    return Tags(tuple(collections), kinds.keys())


def item_facts(
    node: Node | Rendition,
    links: Mapping[str, Any],
    asked: Asked,
    around: Surroundings = NOWHERE,
) -> Facts:
    """The facts of an answer that one node is the whole of, but for its *links*."""
    near = around.all()
    return Facts(
        version=node.revision,
        # Not its type's: that one is purged with every document of the type.
        tags=tags((), (node, *near)),
        # Paths and locales of other nodes are in the answer as well.
        modified=max(node.modified_at, *(one.modified_at for one in near), 0),
        alone=all(one.id == node.id for one in near),
        locale=node.locale,
        lenient=asked.lenient,
        links=links,
    )


def gathered_facts(
    node: Node,
    nodes: Iterable[Node],
    links: Mapping[str, Any],
    asked: Asked,
    around: Surroundings = NOWHERE,
) -> Facts:
    """The facts of an answer about *node* that also holds *nodes*.

    Without a date: one that leaves changes nothing in those that stay.
    """
    return Facts(
        version=node.revision,
        tags=tags(("documents", "folders"), (node, *nodes, *around.all())),
        locale=node.locale,
        lenient=asked.lenient,
        links=links,
    )

"""What the views share: how to render for this request, and the facts of an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from flask import Response

from content_repo import linking
from content_repo.doctypes import Types
from content_repo.kept import Rendition
from content_repo.model import ROOT_ID, Kind, Node, Place
from content_repo.references import references
from hal_delivery.services import embedding
from hal_delivery.services.delivery import NOWHERE, Delivery, Surroundings
from hal_delivery.services.localising import NO_LENDERS, Lenders, links_of
from hal_delivery.surfaces.content import embeds, leniency, localising, params
from hal_delivery.surfaces.content.relations import SOURCE
from hal_delivery.surfaces.content.serializers.embedding import Transcluding
from hal_delivery.surfaces.content.serializers.kept import Parts
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.serializers.richtext import SiteTexts
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import MOST_NODES, Tags
from hal_delivery.web.embeds import applied, parse
from hal_delivery.web.here import Here, current_request, here
from hal_delivery.web.vocabulary import (
    ALONE,
    DATES,
    EMBED,
    FALLBACK,
    HTML,
    LOCALE,
    LOCALISED,
    SHAPE,
)

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

_NO_NODES: Final[Mapping[str, Node]] = MappingProxyType({})


def takes_kept_fields(asked: Asked) -> bool:
    """Whether fields are wanted as they are kept, all or some: in their usual form."""
    usual = (asked.html, asked.dates, asked.locale) == ("stored", "millis", None)
    if not usual or asked.embed or asked.highlight or asked.ignored:
        return False
    return SOURCE not in asked.fields and not here().delivery.processors


def checked(
    asked: Asked, kind: Kind = Kind.DOCUMENT, types: Collection[str] | None = None
) -> Asked:
    """*asked* with its locale, names of fields and filters understood, for nodes of *kind*.

    Documents are only of *types*, and of what extends them.
    """
    delivery = here().delivery
    asked = leniency.checked(asked, lambda one: localising.checked(one, delivery))
    return leniency.checked(asked, lambda one: params.checked(one, delivery, kind, types))


def preferring(asked: Asked, answer: Callable[[Asked], Response]) -> Response:
    """What *answer* makes of *asked*, and of what the header Prefer would have embedded.

    Its facts have to say that it is open to wishes.
    """
    prefer = current_request().environ.get("HTTP_PREFER", "")
    wanted = asked
    if prefer:
        place = here()
        wanted = embeds.preferred(asked, prefer, place.delivery, Urls(place.base))
    response = answer(wanted)
    if wanted is not asked:
        granted = applied(
            wanted.given[EMBED.name], None if wanted.depth == asked.depth else wanted.depth
        )
        said = [*response.headers.getlist("Preference-Applied"), granted]
        response.headers["Preference-Applied"] = ", ".join(said)
    return response


def rendering(
    asked: Asked, nodes: Collection[Node | Rendition] = (), lenders: Lenders = NO_LENDERS
) -> Rendering:
    """How to render *nodes*, which borrow fields from *lenders*, for this request."""
    if not asked.embed:
        return _rendering(asked, nodes, lenders)
    delivery = here().delivery
    forest = embedding.grown(
        delivery,
        [one for one in nodes if isinstance(one, Node)],
        parse(",".join(asked.embed)),
        lenders=lenders,
        reader=params.reader_locales(asked, delivery),
        depth=asked.depth,
    )
    shared = _rendering(asked, nodes, forest.lenders, forest.nodes)
    # What was asked of a document was not asked of what it points at, but for the locale.
    inner = replace(
        shared,
        projection=Projection.of(()),
        sources={},
        shape=asked.query(LOCALE, FALLBACK, HTML, DATES),
    )
    plain = replace(inner, lenders=NO_LENDERS, lent={}, shape=asked.query(HTML, DATES))
    top = replace(shared, shape=asked.query(*ALONE))
    return Transcluding.of(top, forest.tops, inner, plain)


def _rendering(
    asked: Asked,
    nodes: Collection[Node | Rendition],
    lenders: Lenders,
    embedded: Mapping[str, Node] = _NO_NODES,
) -> Rendering:
    """How to render *nodes* and what is *embedded* in them."""
    place = here()
    delivery = place.delivery
    types = delivery.types
    shown = (*nodes, *embedded.values())
    parts = _parts(shown)
    stored = {one.id: one for one in shown if isinstance(one, Node) and one.kind is Kind.DOCUMENT}
    groups = [one.group for one in shown if one.is_translated]
    targets = {target for one in parts.values() for target in one.targets()}
    targets.update(embedded)
    links = {id: one.links for id, one in parts.items()}
    lent: Mapping[str, tuple[linking.Link, ...]] = {}
    if stored:
        own, lent = links_of(types, stored, lenders, delivery.links)
        links |= own
    for id, node in stored.items():
        targets |= _targets(types, node, (*own.get(id, ()), *lent.get(id, ())))
    urls = Urls(place.base)
    around = delivery.surroundings(targets, groups)
    return Rendering(
        urls=urls,
        types=types,
        around=around,
        links=links,
        processors=delivery.processors,
        sources=_sources(delivery, nodes) if SOURCE in asked.fields else {},
        texts=_site_texts(place, urls, around, links) if asked.html == "site" else None,
        projection=Projection.of(asked.fields),
        iso_dates=asked.dates == "iso",
        # Nothing but documents is read in a locale.
        shape=asked.query(*(LOCALISED if stored else SHAPE)),
        content_root=place.mount.content_root,
        parts=parts,
        lenders=lenders,
        lent=lent,
    )


def _parts(nodes: Iterable[Node | Rendition]) -> dict[str, Parts]:
    """The kept fields of those that are more than text, by id."""
    kept = ((one.id, Parts.of(one)) for one in nodes if isinstance(one, Rendition))
    return {id: parts for id, parts in kept if parts is not None}


def _sources(delivery: Delivery, nodes: Iterable[Node | Rendition]) -> Mapping[str, str]:
    return delivery.source_texts(
        one for one in nodes if isinstance(one, Node) and one.kind is Kind.DOCUMENT
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
    sites = place.delivery.sites(place.outside)
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
    tagged = {tag(one): one for one in nodes}
    if len(tagged) > MOST_NODES:
        collections = {*collections, *(_COLLECTIONS[one.kind] for one in tagged.values())}
    return Tags(tuple(collections), tagged.keys())


def item_facts(
    node: Node | Rendition,
    links: Mapping[str, Any],
    asked: Asked,
    around: Surroundings = NOWHERE,
    *,
    is_open: bool = False,
) -> Facts:
    """The facts of an answer that one node is the whole of, but for its *links*.

    Its translations are all *around* it, and those that lend to it among them.
    """
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
        is_open=is_open,
        ignored=asked.ignored,
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
        ignored=asked.ignored,
        links=links,
    )

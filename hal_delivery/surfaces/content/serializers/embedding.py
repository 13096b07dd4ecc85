"""Documents with what their references lead to embedded, under the relations of the links.

An embedded resource is what lists would embed of it: whole, whatever part of
the document itself was asked for, and with a ``self`` of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from content_repo.model import Kind, Node
from hal_delivery.hal.resource import Resource
from hal_delivery.services.embedding import Cut, Embedding, Relation
from hal_delivery.surfaces.content.relations import REFERENCES, curied
from hal_delivery.surfaces.content.serializers.assets import asset
from hal_delivery.surfaces.content.serializers.bundles import bundle
from hal_delivery.surfaces.content.serializers.documents import document
from hal_delivery.surfaces.content.serializers.folders import folder
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.serializers.taxonomies import taxonomy
from hal_delivery.surfaces.content.urls import DOCUMENTS

_SERIALIZERS: Final[Mapping[Kind, Callable[[Node, Rendering], Resource]]] = {
    Kind.DOCUMENT: document,
    Kind.FOLDER: folder,
    Kind.BUNDLE: bundle,
    Kind.TAXONOMY: taxonomy,
    Kind.ASSET: asset,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcluding(Rendering):
    """The rendering of an answer that embeds more.

    ``tops`` are its documents by their ids, grown; ``inner`` is how documents that are
    embedded in them are rendered, and ``plain`` how all else is, which no reader's
    locale changes; ``rendered`` is what was so far.
    """

    tops: Mapping[str, Embedding]
    inner: Rendering
    plain: Rendering
    rendered: dict[str, Resource] = field(default_factory=dict)

    @classmethod
    def of(
        cls, shared: Rendering, tops: Mapping[str, Embedding], inner: Rendering, plain: Rendering
    ) -> Transcluding:
        """*shared*, and what is embedded."""
        known: dict[str, Any] = {one.name: getattr(shared, one.name) for one in fields(shared)}
        return cls(**known, tops=tops, inner=inner, plain=plain)

    def embedded(self, one: Embedding) -> Resource:
        """An embedded resource, which may be there more than once."""
        node = one.node
        found = self.rendered.get(node.id)
        if found is None:
            is_read = node.kind is Kind.DOCUMENT and not one.as_it_is
            way = self.inner if is_read else self.plain
            found = self.rendered[node.id] = _SERIALIZERS[node.kind](node, way)
        return found


def with_embedded(node: Node, rendering: Rendering, *, segment: str = DOCUMENTS) -> Resource:
    """A document, the same alone and in lists, with what is to be embedded in it."""
    shown = document(node, rendering, segment=segment)
    if not isinstance(rendering, Transcluding):
        return shown
    return _holding(shown, rendering.tops[node.id], rendering)


def _holding(shown: Resource, one: Embedding, rendering: Transcluding) -> Resource:
    """*shown*, what was found for it, and what was not."""
    embedded = {
        _relation(relation): (
            [_resource(inner, rendering) for inner in found]
            if isinstance(found, list)
            else _resource(found, rendering)
        )
        for relation, found in one.found.items()
    }
    whole: Resource = {"_links": shown["_links"]}
    if embedded:
        whole["_embedded"] = embedded
    whole.update(shown)
    if one.cut:
        whole["_meta"] = {**shown["_meta"], "cut": [_cut(cut, rendering) for cut in one.cut]}
    return whole


def _resource(one: Embedding, rendering: Transcluding) -> Resource:
    return _holding(rendering.embedded(one), one, rendering)


def _cut(cut: Cut, rendering: Transcluding) -> dict[str, str]:
    """What was left out, and where it is, if it can be seen."""
    told = {"relation": _relation(cut.relation), "reason": cut.reason.value}
    if cut.place is not None:
        told["href"] = rendering.urls.node(cut.place)
    return told


def _relation(relation: Relation) -> str:
    """As the link to the same resource is called; registered relations go without a curie."""
    is_ours = relation.is_field or relation.name == REFERENCES
    return curied(relation.name) if is_ours else relation.name

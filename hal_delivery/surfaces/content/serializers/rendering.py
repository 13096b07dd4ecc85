"""What every serializer needs: addresses, types, and how the reader wants it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from content_repo import linking, locales
from content_repo.doctypes import FieldKind, Types
from content_repo.kept import Rendition
from content_repo.model import Node, Place
from hal_delivery.hal.resource import Link, Links, Resource, link
from hal_delivery.services.delivery import Surroundings
from hal_delivery.services.localising import Lenders
from hal_delivery.surfaces.content.relations import CURIE
from hal_delivery.surfaces.content.serializers.fields import Forms, iso, mirror
from hal_delivery.surfaces.content.serializers.kept import Parts
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.serializers.richtext import SiteTexts
from hal_delivery.surfaces.content.urls import Urls

#: Those of a node itself, as its ``_meta`` has them.
_DATES: Final = ("createdAt", "modifiedAt", "publishedAt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One answer's way of rendering.

    ``shape`` is the query string of links to what is rendered likewise: a
    ``self`` that left it out would make a client take the part for the whole.
    ``parts`` are the kept fields of the documents in it that name other nodes, ``links``
    those in their rich texts, by their ids.  ``texts`` shows rich texts as the site does;
    ``sources`` are the files that documents came from, where they are asked for as a
    field; ``processors`` have the last word on each document; ``lenders`` say of
    documents from where they borrow fields, and ``lent`` are the links in these.
    """

    urls: Urls
    types: Types
    around: Surroundings
    projection: Projection
    iso_dates: bool
    shape: str
    content_root: str
    parts: Mapping[str, Parts] = field(default_factory=dict)
    links: Mapping[str, tuple[linking.Link, ...]] = field(default_factory=dict)
    texts: SiteTexts | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    processors: Sequence[Callable[[Resource], Resource]] = ()
    lenders: Lenders = field(default_factory=dict)
    lent: Mapping[str, tuple[linking.Link, ...]] = field(default_factory=dict)

    def fields(self, node: Node) -> dict[str, Any]:
        """A document's fields in the forms that they have in this answer."""
        shown = self._forms(node).fields(node.type, node.fields)
        lending = {} if self.texts is None else self.lenders.get(node.id, {})
        for lender in {one.id: one for one in lending.values()}.values():
            # The same address may lead elsewhere from where it was written.
            others = self._forms(lender).fields(node.type, node.fields)
            shown |= {name: others[name] for name, one in lending.items() if one.id == lender.id}
        return shown

    def _forms(self, node: Node) -> Forms:
        forms = Forms(self.types, self.iso_dates, self._mirrored)
        texts, links = self.texts, self.links.get(node.id, ())
        if texts is None or not links:
            return forms
        return replace(forms, texts=lambda html: texts.rewritten(html, links))

    def near(self) -> list[Node | Place]:
        """Every other node that the answer says something of."""
        lending = (one for some in self.lenders.values() for one in some.values())
        return [*self.around.all(), *lending]

    def _mirrored(self, kind: FieldKind, target: str) -> Resource:
        return mirror(kind, self.around.places.get(target))

    def date(self, millis: int | None) -> int | str | None:
        """A date as the reader wants dates: epoch milliseconds or RFC 3339."""
        return iso(millis) if self.iso_dates and millis is not None else millis

    def meta(self, node: Node | Rendition, path: str) -> dict[str, Any]:
        """The ``_meta`` of a node."""
        shown: dict[str, Any] = {
            "id": node.id,
            "name": node.name,
            "path": path,
            "type": node.type,
            "displayName": node.title,
            "revision": node.revision,
            "createdAt": node.created_at,
            "modifiedAt": node.modified_at,
        }
        if node.locale is not None:
            shown["locale"] = node.locale
        if node.published_at is not None:
            shown["publishedAt"] = node.published_at
        if self.iso_dates:
            shown |= {name: self.date(shown[name]) for name in _DATES if name in shown}
        if lending := self.lenders.get(node.id):
            shown["borrowed"] = {name: one.locale for name, one in sorted(lending.items())}
        return shown

    def path(self, node: Node | Rendition | Place) -> str:
        """A path from the mount's content root."""
        return node.path[len(self.content_root) + 1 :]

    def top(self, links: Links) -> dict[str, Link | Sequence[Link]]:
        """The links of a whole answer: the curie is there once, not on each resource in it."""
        curie = link(f"{self.urls.base}/rels/{{rel}}", name=CURIE, templated=True)
        return {"self": links["self"], "curies": [curie], **links}


def hreflang(locale: str | None) -> str | None:
    """A locale as links carry it: its BCP 47 form."""
    return None if locale is None else locales.tag(locale)


def whole(shown: Mapping[str, Any], rendering: Rendering) -> dict[str, Any]:
    """A resource of its own: the same as within a list, and the curie."""
    return {**shown, "_links": rendering.top(shown["_links"])}

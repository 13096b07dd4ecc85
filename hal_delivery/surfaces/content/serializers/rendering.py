"""What every serializer needs: addresses, types, and how the reader wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from content_repo import locales
from content_repo.doctypes import REFERRING, Field, FieldKind, Types
from content_repo.model import Node
from hal_delivery.hal.resource import Link, Links, link
from hal_delivery.services.delivery import Surroundings
from hal_delivery.surfaces.content.relations import CURIE
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.urls import Urls

#: Kinds whose stored form is not the one on the wire.
OTHERWISE_STORED: Final = REFERRING | {FieldKind.RICH_TEXT, FieldKind.COMPOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One answer's way of rendering.

    ``shape`` is the query string of links to what is rendered likewise: a
    ``self`` that left it out would make a client take the part for the whole.
    """

    urls: Urls
    types: Types
    around: Surroundings
    projection: Projection
    iso_dates: bool
    shape: str
    content_root: str
    _rendered: dict[str, Mapping[str, Field]] = field(default_factory=dict)

    def rendered(self, type_name: str) -> Mapping[str, Field]:
        """Those of a type's fields that are stored in another form than delivered."""
        found = self._rendered.get(type_name)
        if found is None:
            kinds = OTHERWISE_STORED | {FieldKind.DATE} if self.iso_dates else OTHERWISE_STORED
            found = self._rendered[type_name] = {
                name: one for name, one in self.types.fields(type_name).items() if one.kind in kinds
            }
        return found

    def date(self, millis: int | None) -> int | str | None:
        """A date as the reader wants dates: epoch milliseconds or RFC 3339."""
        if millis is None or not self.iso_dates:
            return millis
        # Beyond the years that the format can write, the number has to do.
        try:
            when = datetime.fromtimestamp(millis / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return millis
        return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def meta(self, node: Node, path: str) -> dict[str, Any]:
        """The ``_meta`` of a node."""
        shown: dict[str, Any] = {
            "id": node.id,
            "name": node.name,
            "path": path,
            "type": node.type,
            "displayName": node.title,
            "revision": node.revision,
            "createdAt": self.date(node.created_at),
            "modifiedAt": self.date(node.modified_at),
        }
        if node.locale is not None:
            shown["locale"] = node.locale
        if node.published_at is not None:
            shown["publishedAt"] = self.date(node.published_at)
        return shown

    def path(self, node: Node) -> str:
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

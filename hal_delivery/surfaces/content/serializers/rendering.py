"""What every serializer needs: addresses, types, and how the reader wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from content_repo import locales
from content_repo.doctypes import Types
from content_repo.model import Node
from hal_delivery.hal.resource import Link, Links, link
from hal_delivery.services.delivery import Surroundings
from hal_delivery.surfaces.content.relations import CURIE
from hal_delivery.surfaces.content.serializers.projection import Projection
from hal_delivery.surfaces.content.urls import Urls


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
        shown: dict[str, Any] = {"id": node.id}
        if node.locale is not None:
            shown["locale"] = node.locale
        shown.update(
            name=node.name,
            path=path,
            type=node.type,
            displayName=node.title,
            revision=node.revision,
            createdAt=self.date(node.created_at),
            modifiedAt=self.date(node.modified_at),
        )
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

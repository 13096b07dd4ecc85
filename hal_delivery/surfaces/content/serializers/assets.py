"""Assets: what is known of a file, and the link to its bytes."""

from __future__ import annotations

from typing import Any

from content_repo.model import Node
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.serializers.rendering import Rendering


def asset(node: Node, rendering: Rendering) -> Resource:
    """An asset, the same alone and in lists; the digest is in its link."""
    fields = {name: value for name, value in node.fields.items() if name != "digest"}
    return resource(
        {
            "_meta": rendering.meta(node, node.path),
            **rendering.projection.apply(fields),
        },
        links=_links(node, rendering),
    )


def _links(node: Node, rendering: Rendering) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    links: dict[str, Any] = {
        "self": link(urls.asset(node.id) + rendering.shape),
        "canonical": link(urls.asset(node.id)),
        "collection": link(urls.collection("assets")),
    }
    if "digest" in node.fields:
        links["enclosure"] = link(
            urls.asset_bytes(node),
            type=node.fields.get("mediaType"),
            title=node.fields.get("title"),
        )
    return links

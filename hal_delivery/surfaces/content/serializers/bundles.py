"""Resource bundles: listed under ``documents``, as the reference page has them."""

from __future__ import annotations

from content_repo import bundles
from content_repo.bundles import DEFAULT, Messages
from content_repo.model import Node
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import LOCALE, LOCALES, curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering, hreflang
from hal_delivery.surfaces.content.urls import template


def bundle(node: Node, rendering: Rendering) -> Resource:
    """A bundle without its messages, as lists embed it."""
    fields = {"basename": node.key, "locales": bundles.other_locales(node)}
    return resource(
        {
            # Absolute, for bundles may lie outside the mount's root.
            "_meta": rendering.meta(node, node.path),
            **rendering.projection.apply(fields),
        },
        links=_links(node, rendering),
    )


def with_messages(node: Node, rendering: Rendering) -> Resource:
    """A bundle with its messages in all locales."""
    fields = {
        "basename": node.key,
        "locales": bundles.other_locales(node),
        "bundles": bundles.messages(node),
    }
    return resource(
        {"_meta": rendering.meta(node, node.path), **rendering.projection.apply(fields)},
        links=rendering.top(_links(node, rendering)),
    )


def in_locale(node: Node, found: Messages, rendering: Rendering) -> Resource:
    """A bundle as a reader of one locale gets it; what is borrowed is named."""
    urls = rendering.urls
    key = node.key or node.id
    return resource(
        {
            "_meta": {**rendering.meta(node, node.path), "locale": found.locale},
            "basename": key,
            "locale": found.locale,
            "messages": found.texts,
            "borrowed": found.borrowed,
        },
        links=rendering.top(
            {
                "self": link(urls.bundle(key, found.locale)),
                "up": link(urls.bundle(key)),
                "alternate": [
                    link(urls.bundle(key, other), hreflang=hreflang(other))
                    for other in bundles.other_locales(node)
                    if other != found.locale
                ],
            }
        ),
    )


def _links(node: Node, rendering: Rendering) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    key = node.key or node.id
    return {
        "self": link(urls.bundle(key) + rendering.shape),
        "canonical": link(urls.bundle(key)),
        "collection": link(urls.collection("resourcebundles")),
        curied(LOCALES): [
            link(urls.bundle(key, locale), hreflang=hreflang(locale), name=locale)
            for locale in bundles.other_locales(node)
        ],
        curied(LOCALE): link(template(urls.bundle(key), variable="/{locale}"), templated=True),
        "item": link(urls.bundle(key, DEFAULT), name=DEFAULT),
    }

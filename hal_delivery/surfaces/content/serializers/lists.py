"""One page of a list, with the links to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hal_delivery.hal.paging import page_links
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.services.delivery import Page
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import template
from hal_delivery.web.asking import Asked
from hal_delivery.web.vocabulary import LISTING


def listing(
    page: Page[Any],
    items: Sequence[Any],
    rendering: Rendering,
    *,
    relation: str,
    address: str,
    asked: Asked,
    links: Mapping[str, Link | Sequence[Link]] | None = None,
) -> Resource:
    """*items*, rendered from *page*, embedded as *relation*.

    *address* is the list's own; page links repeat everything else that was asked.
    """
    window = page.window
    return resource(
        {"_meta": page_meta(page, asked)},
        links=rendering.top(
            {
                "self": link(address + asked.query()),
                **page_links(
                    offset=window.offset,
                    limit=window.limit,
                    total=page.total,
                    href=asked.pages(address),
                ),
                "search": link(template(address, *LISTING), templated=True),
                "up": link(rendering.urls.home()),
                **(links or {}),
            }
        ),
        embedded={relation: items},
    )


def page_meta(page: Page[Any], asked: Asked) -> dict[str, Any]:
    """Where the page stands in the list.

    ``capped`` is there where more was asked for than the mount gives.
    """
    meta: dict[str, Any] = {
        "limit": page.window.limit,
        "offset": page.window.offset,
        "size": len(page.items),
        "totalSize": page.total,
        "position": page.position,
    }
    if asked.capped:
        meta["capped"] = asked.capped
    return meta

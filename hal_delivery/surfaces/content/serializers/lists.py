"""One page of a list, with the links to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from hal_delivery.hal.paging import page_links
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.services.delivery import Page
from hal_delivery.surfaces.content.resuming import following
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import template
from hal_delivery.web.asking import Asked
from hal_delivery.web.vocabulary import AFTER, LISTING, Parameter


def listing(
    page: Page[Any],
    items: Sequence[Any],
    rendering: Rendering,
    *,
    relation: str,
    address: str,
    asked: Asked,
    takes: tuple[Parameter, ...] = LISTING,
    links: Mapping[str, Link | Sequence[Link]] | None = None,
    embedded: Mapping[str, Sequence[Resource]] | None = None,
) -> Resource:
    """*items*, rendered from *page*, embedded as *relation*, and *embedded* what else there is.

    *address* is the list's own, and *takes* these parameters; page links repeat everything
    else that was asked.
    """
    return resource(
        {"_meta": page_meta(page, asked)},
        links=rendering.top(
            {
                "self": link(address + asked.query()),
                **_pages(page, asked, address),
                "search": link(address + _taken(takes), templated=True),
                "up": link(rendering.urls.home()),
                **(links or {}),
            }
        ),
        embedded={relation: items, **(embedded or {})},
    )


@lru_cache
def _taken(takes: tuple[Parameter, ...]) -> str:
    """What a template says behind an address that takes them."""
    return template("", *takes)


def _pages(page: Page[Any], asked: Asked, address: str) -> dict[str, Link]:
    """The links to the other pages: by offset, but for what comes behind this one."""
    hits = page.hits
    behind = following(asked, hits.cursor)
    by_offset = asked if asked.after is None else asked.without(AFTER)
    return page_links(
        offset=hits.offset,
        limit=page.window.limit,
        total=hits.total,
        href=by_offset.pages(address),
        behind=None if behind is None else address + behind,
        told=asked.total == "exact",
    )


def page_meta(page: Page[Any], asked: Asked) -> dict[str, Any]:
    """Where the page stands in the list.

    ``capped`` is there where more was asked for than the mount gives.
    """
    meta: dict[str, Any] = {
        "limit": page.window.limit,
        "offset": page.hits.offset,
        "size": len(page.items),
        **({"totalSize": page.total} if asked.total == "exact" else {}),
        "position": page.position,
    }
    if asked.capped:
        meta["capped"] = asked.capped
    return meta

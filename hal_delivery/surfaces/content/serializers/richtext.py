"""Links and images in rich text: what they lead to, and how the site shows them.

Rich text is delivered as its author wrote it.  What its links lead to is said
beside it; asked for, they are replaced by the addresses that a site's visitors
use, and images get theirs, with the size that browsers want to know ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from content_repo import linking, richtext
from content_repo.model import Node, Place
from content_repo.richtext import Default, Written
from hal_delivery.hal.resource import Link, link
from hal_delivery.surfaces.content.urls import Urls


def reference(one: linking.Link, places: Mapping[str, Place], urls: Urls) -> Link:
    """What a link leads to, by the address that it was written with.

    What the reader may not see is not there: such a link is a broken one.
    """
    place = places.get(one.target or "")
    if place is not None:
        href, type = urls.node(place), one.type
    else:
        href, type = one.href, "external" if one.type == "external" else "broken"
    return link(href, type=type, name=one.href, title=one.text or None)


@dataclass(frozen=True, slots=True)
class SiteTexts:
    """Rich texts as a site shows them; ``address`` says where it shows a document."""

    urls: Urls
    places: Mapping[str, Place]
    assets: Mapping[str, Node]
    address: Callable[[Place], str]

    def rewritten(self, html: str, links: tuple[linking.Link, ...]) -> str:
        """*html*, of a document with those *links*, with the site's own addresses."""
        known = {(one.kind, one.href): one for one in links}

        def replace(_index: int, written: Written) -> Mapping[str, str | None] | None:
            one = known.get((written.kind, written.href))
            return None if one is None or one.target is None else self._attributes(one, written)

        return richtext.rewritten(html, replace)

    def _attributes(self, one: linking.Link, written: Written) -> Mapping[str, str | None] | None:
        asset = self.assets.get(one.target or "")
        if asset is not None and "digest" in asset.fields:
            return self._of_asset(asset, written)
        place = self.places.get(one.target or "")
        # A fragment of the document itself is that wherever the document is shown.
        if place is None or one.kind != "link" or written.href.startswith("#"):
            return None
        return {"href": self.address(place) + _behind(written.href)}

    def _of_asset(self, asset: Node, written: Written) -> Mapping[str, str | None]:
        address = self.urls.asset_bytes(asset)
        if written.kind != "image":
            return {written.attribute: address}
        size = {
            name: Default(asset.fields[name])
            for name in ("width", "height")
            if name in asset.fields
        }
        alt = asset.fields.get("alt") or asset.fields.get("title") or ""
        return {written.attribute: address, **size, "alt": Default(alt)}


def _behind(href: str) -> str:
    """The query and fragment of *href*, which mean the same wherever the path leads."""
    at = min((found for mark in "?#" if (found := href.find(mark)) >= 0), default=len(href))
    return href[at:]

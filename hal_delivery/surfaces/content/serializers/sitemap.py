"""Sitemaps (sitemaps.org, protocol 0.9) as text, a piece at a time.

Addresses are percent-encoded and hold ASCII only; what XML reserves is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from content_repo import locales
from content_repo.model import Place
from hal_delivery.services.delivery import Surroundings
from hal_delivery.services.sites import Sites
from hal_delivery.surfaces.content.serializers.fields import iso

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PROTOCOL: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"

#: A document with the documents around it.
Stretch = tuple[Iterable[Place], Surroundings]


def urls(stretches: Iterable[Stretch], sites: Sites) -> Iterator[bytes]:
    """The sitemap of the documents in *stretches*, a piece for each of these."""
    yield f'{_HEAD}<urlset xmlns="{_PROTOCOL}" xmlns:xhtml="{_XHTML}">\n'.encode()
    for places, around in stretches:
        if piece := "".join([_url(one, around, sites) for one in places]):
            yield piece.encode()
    yield b"</urlset>\n"


def index(parts: Iterable[str]) -> Iterator[bytes]:
    """The index of the sitemaps at the addresses *parts*."""
    yield f'{_HEAD}<sitemapindex xmlns="{_PROTOCOL}">\n'.encode()
    for part in parts:
        yield f"<sitemap><loc>{escape(part)}</loc></sitemap>\n".encode()
    yield b"</sitemapindex>\n"


def _url(place: Place, around: Surroundings, sites: Sites) -> str:
    modified = iso(place.modified_at)
    # A date that no calendar shows says nothing.
    dated = f"<lastmod>{modified}</lastmod>" if isinstance(modified, str) else ""
    shown = f"<loc>{escape(sites.address(place))}</loc>{dated}"
    return f"<url>{shown}{_alternates(place, around, sites)}</url>\n"


def _alternates(place: Place, around: Surroundings, sites: Sites) -> str:
    """All translations, the document itself among them; nothing where it is the only one."""
    found = [
        f'<xhtml:link rel="alternate" hreflang={quoteattr(locales.tag(one.locale))} '
        f"href={quoteattr(sites.address(one))}/>"
        for one in around.translations.get(place.group, ())
        if one.kind is place.kind and one.locale is not None and locales.is_tag(one.locale)
    ]
    return "".join(found) if len(found) > 1 else ""

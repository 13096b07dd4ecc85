"""Sites: under which address a document is published on the site of its mount.

A site shows each document at an address that follows from its path, by the
mount's ``site_url``: a pattern such as ``/{locale}/{path}/``.  ``{path}`` is the
path below the folder that the document's locale begins at, or that from the
mount's content root where there is none.  ``{locale}`` is what that folder is
called, if it is called by a locale, and the locale as written otherwise.

Pure: what lies where is told by whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from content_repo import locales, names
from content_repo.kept import Rendition
from content_repo.model import Node, Place
from hal_delivery.mounts import SITE_PLACEHOLDERS

_LOCALE, _PATH = SITE_PLACEHOLDERS

_HOST: Final = re.compile(r"https?://[^/]+")
_SAFE: Final = "-._~!$&'()*+,;=:@"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """The addresses of one mount's site.

    ``url`` is the mount's pattern; without a host of its own it goes on from
    ``outside``.  ``locale_roots`` are the folders that a locale begins at, by
    path, each with its locale.

    >>> sites = Sites(
    ...     url="/{locale}/{path}/", outside="https://example.org",
    ...     content_root="content/site", locale_roots={"content/site/pt-br": "pt-BR"},
    ... )
    >>> sites.of("content/site/pt-br/docs/first page", "pt-BR")
    'https://example.org/pt-br/docs/first%20page/'
    >>> sites.of("content/site/docs/_index", None)
    'https://example.org/docs/'
    """

    url: str
    outside: str
    content_root: str
    locale_roots: Mapping[str, str]

    def address(self, place: Place | Node | Rendition) -> str:
        """The absolute address at which the site shows the document at *place*."""
        return self.of(place.path, place.locale)

    def of(self, path: str, locale: str | None) -> str:
        """The same, of a document's path in the repository and its locale."""
        root = None if locale is None else self._locale_root(path, locale)
        below = names.relative(path, self.content_root if root is None else root)
        folder, _, name = below.rpartition("/")
        host = _HOST.match(self.url)
        shown = _filled(
            self.url[host.end() :] if host else self.url,
            locale if root is None else self._spelling(root),
            folder if names.is_folder_page(name) else below,
        )
        return (host[0] if host else self.outside) + shown

    def _spelling(self, root: str) -> str:
        """How addresses say the locale that begins at *root*."""
        name = root.rpartition("/")[2]
        return name if locales.is_tag(name) else self.locale_roots[root]

    def _locale_root(self, path: str, locale: str) -> str | None:
        """The folder above *path* that *locale*, in whatever spelling, begins at."""
        tag = locales.tag(locale)
        begun = ((above, self.locale_roots.get(above)) for above in names.ancestors(path))
        return locales.root([above for above, one in begun if one and locales.tag(one) == tag], tag)


def _filled(pattern: str, locale: str | None, path: str) -> str:
    """*pattern* with its placeholders replaced; what stands for nothing takes its slash along.

    >>> _filled("/docs/{locale}/{path}.html", None, "a/b"), _filled("/{path}.html", None, "")
    ('/docs/a/b.html', '/')
    """
    if locale is None:
        pattern = pattern.replace(f"{_LOCALE}/", "")
    if not path:
        # A suffix would be that of nothing.
        pattern = "/".join("" if _PATH in part else part for part in pattern.split("/"))
    values = {_LOCALE: quote(locale or "", safe=_SAFE), _PATH: quote(path, safe=f"{_SAFE}/")}
    filled = re.sub(r"\{\w+\}", lambda found: values[found[0]], pattern)
    return re.sub("/{2,}", "/", filled)

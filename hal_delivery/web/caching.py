"""Caching: validators, lifetimes and the tags by which caches are purged.

One set of tags per answer says which content it was made of; it is rendered as
``Surrogate-Key`` (what CDNs read) and ``Cache-Groups`` (RFC 9875).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import quote

from werkzeug.http import http_date, parse_date, parse_etags

from hal_delivery.mounts import Mount

#: CDNs take about 16 KB of keys; a node's is some 45 bytes.
MOST_NODES: Final = 128

_PLAIN: Final = re.compile(r"[A-Za-z0-9:._/-]+").fullmatch

#: In the form of most CDNs, and in that of RFC 9875.
TAG_HEADERS: Final = ("Surrogate-Key", "Cache-Groups")

#: How long, in seconds, a stale answer may stand in while a fresh one is fetched.
STALE: Final = "stale-while-revalidate=60, stale-if-error=86400"


def entity_tag(version: int, of: bytes) -> str:
    """A strong tag: a version and a digest of *of*, quoted.

    *of* is what is about to be sent, or, for lists, what was asked.
    """
    return f'"{version}-{blake2b(of, digest_size=8).hexdigest()}"'


def is_current(environ: dict[str, Any], etag: str, modified: int | None) -> bool:
    """Whether the client already has it (RFC 9110 §13.1.2 and §13.1.3).

    If-None-Match takes ``*``, lists and weak tags, whatever Cache-Control the
    request has; it makes If-Modified-Since meaningless.
    """
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return parse_etags(tags).contains_weak(etag[1:-1])
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or modified is None:
        return False
    try:
        date = parse_date(since)
    except OverflowError:
        # A year that no calendar shows is no date, and the header counts for nothing.
        return False
    return date is not None and modified // 1000 <= date.timestamp()


def last_modified(modified: int) -> str:
    """Epoch milliseconds as an HTTP date."""
    return _http_date(modified // 1000)


@lru_cache(maxsize=4096)
def _http_date(seconds: int) -> str:
    return http_date(datetime.fromtimestamp(seconds, UTC))


def lifetime(mount: Mount, *, settled: bool = True) -> str:
    """The value of Cache-Control.

    Public content may be kept for a while; what needs a token, by nobody.

    What is not settled will be answered otherwise in a moment: caches ask again.
    """
    if mount.readers == "public" and not settled:
        return "public, no-cache"
    if mount.readers == "public":
        return f"public, max-age={mount.max_age}, {STALE}"
    return "private, no-store"


@dataclass(frozen=True, slots=True)
class Tags:
    """What an answer was made of.

    ``collections`` name what was looked through, ``nodes`` what was found.  A
    change purges both kinds, so an answer with too many nodes to name is
    still purged by its collections.
    """

    collections: tuple[str, ...]
    nodes: Collection[str] = ()

    def headers(self) -> list[tuple[str, str]]:
        """Both headers, their values encoded."""
        kept = set(self.collections)
        if len(self.nodes) <= MOST_NODES:
            kept.update(self.nodes)
        tags = sorted(kept)
        if not _PLAIN("".join(tags)):
            tags = [quote(tag, safe=":.-_/") for tag in tags]
        key, groups = TAG_HEADERS
        quoted = '", "'.join(tags)
        return [(key, " ".join(tags)), (groups, f'"{quoted}"')]

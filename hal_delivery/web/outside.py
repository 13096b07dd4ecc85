"""The outside address: what links start with.

Links repeat the host that was asked, so a host nobody vouched for would end up
in caches.  It must be known: by ``HAL_DELIVERY_PUBLIC_URL``, or by
``HAL_DELIVERY_HOSTS``.  Forwarded headers count only from trusted proxies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from hal_delivery.settings import Settings
from hal_delivery.web.failures import BadHost

_HOST: Final = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Outside:
    """Says for each request which scheme and host its links carry."""

    settings: Settings

    def url(self, environ: dict[str, Any]) -> str:
        """``https://host`` without a slash at its end, or :class:`BadHost`."""
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/")
        scheme, host = environ["wsgi.url_scheme"], environ.get("HTTP_HOST", "")
        if self.settings.trusted_proxies and self._is_proxied(environ):
            scheme = _last(environ.get("HTTP_X_FORWARDED_PROTO"), ("http", "https")) or scheme
            host = _last(environ.get("HTTP_X_FORWARDED_HOST")) or host
        found = _HOST.fullmatch(host)
        known = found is not None and found["name"].lower() in self.settings.hosts
        if found is None or not known or int(found["port"] or 0) > _LAST_PORT:
            raise BadHost(host=host[:80])
        return f"{scheme}://{host}"

    def _is_proxied(self, environ: dict[str, Any]) -> bool:
        try:
            peer = ip_address(environ.get("REMOTE_ADDR", ""))
        except ValueError:
            return False
        return any(peer in network for network in self.settings.trusted_proxies)


def _last(value: str | None, choices: tuple[str, ...] = ()) -> str | None:
    """What the nearest proxy said: whatever stands before it, the client may have sent."""
    said = (value or "").rpartition(",")[2].strip()
    return said if said and (not choices or said in choices) else None

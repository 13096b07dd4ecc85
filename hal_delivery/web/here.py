"""Where a request stands: the mount it came to."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, g, request

from hal_delivery.mounts import Mount
from hal_delivery.services.delivery import Delivery
from hal_delivery.web.asking import Reading


@dataclass(frozen=True, slots=True)
class Here:
    """One request's mount, and its absolute base as links carry it.

    ``setup`` says in a text how the mount is set up, ``reading`` what it is asked.
    """

    mount: Mount
    delivery: Delivery
    setup: str
    base: str
    reading: Reading

    @property
    def outside(self) -> str:
        """The service's own address as links carry it, without a slash at its end."""
        return self.base.removesuffix(self.mount.base)


def current_request() -> Request:
    """The request itself: each use of Flask's stand-in for it looks it up anew."""
    return request._get_current_object()  # type: ignore[attr-defined,no-any-return]


def here() -> Here:
    """The current request's place; only within a mount."""
    # Flask's stand-in for what is kept would look it up for each name.
    found: Here = g._get_current_object().here
    return found

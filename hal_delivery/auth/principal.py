"""Principals: on whose behalf something is read or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# In order of what they may: a reader sees drafts, an editor writes them as well.
ROLES: Final = ("reader", "editor")


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone, in a role, on the mounts where the credentials hold."""

    name: str
    role: str
    mounts: frozenset[str]


ANONYMOUS: Final = Principal(name="anonymous", role="anonymous", mounts=frozenset())

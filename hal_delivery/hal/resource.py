"""Resource objects: state with ``_links`` and ``_embedded`` around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Resource = dict[str, Any]
Link = dict[str, Any]
#: A to-one relation is an object, a to-many relation always an array.
Links = Mapping[str, Link | Sequence[Link]]

RESERVED: Final = frozenset({"_links", "_embedded"})


def link(href: str, **properties: str | bool | None) -> Link:
    """A link object; properties that are ``None`` are left out.

    >>> link("http://x/a", title=None, templated=True)
    {'href': 'http://x/a', 'templated': True}
    """
    if not properties:
        return {"href": href}
    return {
        "href": href,
        **{name: value for name, value in properties.items() if value is not None},
    }


def resource(
    state: Mapping[str, Any],
    *,
    links: Links,
    embedded: Mapping[str, Resource | Sequence[Resource]] | None = None,
) -> Resource:
    """*state* as a resource object; its own properties never shadow HAL's."""
    if not RESERVED.isdisjoint(state):
        raise ValueError(f"reserved properties in the state: {RESERVED & state.keys()}")
    shaped: Resource = {"_links": links}
    if embedded is not None:
        shaped["_embedded"] = embedded
    shaped.update(state)
    return shaped

"""Following links with halchemy, a client library for HAL as others wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from halchemy.resource import HalResource


def follow(api: Any, resource: Any, relation: str, **values: str) -> Any:
    """What *relation* of *resource* leads to, with *values* if it is a template."""
    asked = api.follow(resource).to(relation)
    found = (asked.with_template_values(values) if values else asked).get()
    assert isinstance(found, HalResource), (relation, found)
    return found


def pages(api: Any, first: Any) -> Iterator[Any]:
    """A page of a list and all that next leads to from there."""
    yield first
    page = first
    while page.has_rel("next"):
        page = follow(api, page, "next")
        yield page

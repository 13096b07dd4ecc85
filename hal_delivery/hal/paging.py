"""Paging links: ``first``, ``prev``, ``next``, ``last`` (RFC 8288's registry)."""

from __future__ import annotations

from collections.abc import Callable

from hal_delivery.hal.resource import Link, link


def page_links(
    *,
    offset: int,
    limit: int,
    total: int,
    href: Callable[[int], str],
    behind: str | None = None,
    told: bool = True,
) -> dict[str, Link]:
    """The links from one page to the others; *href* makes the address of an offset.

    ``prev`` and ``next`` are there only when those pages are.  Pages are
    counted from offset 0; a page that starts between two of them has the
    nearest earlier start as ``prev``, so that no item is passed over.  ``next`` is
    *behind*, the address of what comes behind the last item, where that is known;
    ``last`` is left out where the total is not *told*.

    >>> sorted(page_links(offset=0, limit=10, total=3, href=str))
    ['first', 'last']
    >>> page_links(offset=10, limit=10, total=25, href=str)["next"]
    {'href': '20'}
    """
    found = {"first": link(href(0))}
    if offset > 0:
        # From beyond the end, the last page that has items is the one before.
        found["prev"] = link(href(max(0, min(offset - limit, _last(limit, total)))))
    if offset + limit < total:
        found["next"] = link(href(offset + limit) if behind is None else behind)
    if told:
        found["last"] = link(href(_last(limit, total)))
    return found


def _last(limit: int, total: int) -> int:
    return max(0, (total - 1) // limit * limit)

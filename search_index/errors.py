"""What can go wrong with a search, in words of searching.

Both are :class:`content_repo.errors.ContentError`, so that one table says what
each failure means to a client.  That an index is damaged is no failure of a
search and has no name here: it is mended.
"""

from __future__ import annotations

from content_repo import ContentError


class SearchError(ContentError):
    """Base of every failure that this package raises on purpose."""

    code = "search_error"
    template = "The search cannot be answered."


class InvalidQuery(SearchError):
    """A query beyond a bound; its facts are the ``bound``, the ``limit`` and the ``given``."""

    code = "invalid_query"
    template = "A search text has at most {limit} {bound}; this one has {given}."


class IndexUnavailable(SearchError):
    """There is no index yet; it is being built."""

    code = "index_unavailable"
    template = "The {side} index is being built; ask again in a moment."

"""The view: what of the content can be searched, listed and sorted.

::

    Query ──► WhooshIndex ──► Catalogue (entries as arrays, in memory) ──► Hits
                 │  │              ▲
                 │  └─► Edition ───┘  (words on disk: Whoosh)
                 │
                 └─► Follower ──► Repository: changes, nodes, types

Owns nothing but a copy: one entry per visible node of one side, and the
position in the change log up to which it is true.  All of it may be lost; it is
then built again from the repository, which does not know that it exists.  What
a query means is said in :mod:`search_index.meaning`, what can be found in
:mod:`search_index.flatten`, how a text is read in :mod:`search_index.parsing`, and what
the arrays are in :mod:`search_index.columns`.
"""

from search_index.errors import IndexUnavailable, InvalidQuery, SearchError
from search_index.query import BY_ID, Hits, Query, SearchIndex, SortKey, Window
from search_index.whoosh_index import WhooshIndex

__all__ = [
    "BY_ID",
    "Hits",
    "IndexUnavailable",
    "InvalidQuery",
    "Query",
    "SearchError",
    "SearchIndex",
    "SortKey",
    "WhooshIndex",
    "Window",
]

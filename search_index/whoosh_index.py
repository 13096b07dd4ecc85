"""The index over Whoosh."""

from __future__ import annotations

from search_index.edition import WhooshEdition
from search_index.index import Index


class WhooshIndex(Index):
    """One side of a repository, as words in Whoosh segments."""

    editions = WhooshEdition

"""Columns: a copy of all entries as arrays, which answers what would take a look at each.

Nothing here decides what a question means: :mod:`search_index.meaning` and its
neighbours do, for one entry after another.  Here the same comes of whole arrays:

* a *table* gives each distinct value a number, its code, which stays; tables only grow;
* a *leaf* has one segment's entries: their codes and numbers by their place in
  it.  It is made when the segment is opened, and never changes, as the segment; that
  of a large one is kept in a file beside it;
* *rows* are the places of all entries in the default order.  They are numbered anew
  with each commit;
* a *column* is what all leaves say of one attribute or field, by row.  It is put
  together, by one copy for each leaf, when it is first asked for after a commit;
* an *order* is all rows as they are sorted by something; it is sorted by the ranks of
  codes, when it is first asked for after a commit.

Nothing else of this is on disk, and nothing of it is an answer: a page is the part that is
wanted of an order, of those rows that were selected by comparing columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from search_index.catalogue import Catalogue
from search_index.columns.catalogue import ColumnCatalogue
from search_index.columns.gathered import Columns, Living
from search_index.columns.leaf import Leaf, Tables
from search_index.columns.saved import said
from search_index.plain import PlainCatalogue

__all__ = ["Leaf", "Living", "Tables", "catalogue", "said"]


def catalogue(
    living: Sequence[Living], tables: Tables, *, columns: bool, before: Catalogue | None = None
) -> Catalogue:
    """All entries that are *living*: looked at one by one, or else by *columns*.

    What was made of the state *before*, of the same tables, saves making it anew.
    """
    if columns:
        kept = before if isinstance(before, ColumnCatalogue) else None
        return ColumnCatalogue(Columns(living, tables), kept)
    return PlainCatalogue(
        (leaf.entry(number), (leaf.name, number))
        for leaf, numbers in living
        for number in numbers.tolist()
    )

"""Publishing what an earlier run left as drafts only because it was told to.

A run that is not told so makes good for it, unless a file says that it is a
draft, or somebody had a hand in the node since: what was edited here, or
published and taken back, is published by whoever did that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from content_repo.model import Kind, Side
from content_repo.repository import Repository
from hal_delivery.exchange.plan import Entry
from hal_delivery.exchange.reading import Reading, read_all

#: Nodes that are looked at together, with their fields.
_AT_ONCE: Final = 500

#: By how many revisions a node that was published and taken back is ahead of its fields.
_TAKEN_BACK: Final = 2


def waiting(repository: Repository, imported: Mapping[str, int]) -> set[str]:
    """The nodes that are as they were imported, and were never published.

    *imported* are revisions by the ids of nodes: those of the fields that an
    import wrote.
    """
    shown = repository.reader(Side.PUBLISHED).places(imported)
    hidden = [id for id in imported if id not in shown]
    reader = repository.reader(Side.DRAFT)
    found: set[str] = set()
    for start in range(0, len(hidden), _AT_ONCE):
        for id, node in reader.get_many(hidden[start : start + _AT_ONCE]).items():
            is_as_imported = node.fields_revision == imported[id]
            was_published = node.revision - node.fields_revision >= _TAKEN_BACK
            if is_as_imported and not (node.is_published or was_published):
                found.add(id)
    return found


def finished(entries: Sequence[Entry], how: Reading) -> Iterator[Entry]:
    """Those of *entries* whose files do not say that they are drafts."""
    documents = []
    for entry in entries:
        if entry.kind is Kind.DOCUMENT:
            documents.append(entry)
        else:
            yield entry
    for entry, found in read_all(documents, how):
        if found.fields is not None and not found.draft:
            yield entry

"""Short ways to write content in tests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from content_repo import ROOT_ID, Kind, Node, Reader, Repository, Transaction
from tests.content_repo.stores import PAGE


def folder(tx: Transaction, name: str, parent: str = ROOT_ID, **rest: Any) -> str:
    """A new folder's id."""
    return tx.create(Kind.FOLDER, parent, name, **rest)


def page(
    tx: Transaction,
    name: str,
    parent: str = ROOT_ID,
    fields: Mapping[str, Any] | None = None,
    **rest: Any,
) -> str:
    """A new page's id."""
    given = {"title": name} if fields is None else fields
    return tx.create(Kind.DOCUMENT, parent, name, type=rest.pop("type", PAGE), fields=given, **rest)


def one_page(repository: Repository, name: str = "page", *, published: bool = False) -> str:
    """A page in the root, written in a transaction of its own."""
    with repository.write() as tx:
        id = page(tx, name)
        if published:
            tx.publish(id)
    return id


def must(node: Node | None) -> Node:
    """The node, which has to be there."""
    assert node is not None
    return node


def paths(reader: Reader, path: str = "") -> list[str]:
    """The paths of all below *path*."""
    return [place.path for place in reader.below(path)]


def new_id() -> str:
    return str(uuid.uuid4())

"""The truth: nodes by path and by id, their history, and the log of all changes.

::

    Repository ──► Transaction ──► sql.writing ──┐
        │              (rules of the tree)       ├──► sql.database ──► SQLite, PostgreSQL
        ├────────► Reader (one side) ────────────┘
        ├────────► changes, position   (whoever follows the content reads these)
        └────────► Media               (bytes of assets, as files)

Knows nothing of search, hypermedia or HTTP, and imports nothing of ours.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from content_repo.doctypes import DocumentType, Field, FieldKind, Types
    from content_repo.errors import ContentError
    from content_repo.model import ROOT_ID, Action, Change, Kind, Node, Place, Side, State
    from content_repo.repository import Repository
    from content_repo.sql.reading import Reader
    from content_repo.transaction import Transaction

#: Where each name lives.
_HOMES: Final = {
    **dict.fromkeys(("DocumentType", "Field", "FieldKind", "Types"), "doctypes"),
    "ContentError": "errors",
    **dict.fromkeys(
        ("ROOT_ID", "Action", "Change", "Kind", "Node", "Place", "Side", "State"), "model"
    ),
    "Repository": "repository",
    "Reader": "sql.reading",
    "Transaction": "transaction",
}

__all__ = [
    "ROOT_ID",
    "Action",
    "Change",
    "ContentError",
    "DocumentType",
    "Field",
    "FieldKind",
    "Kind",
    "Node",
    "Place",
    "Reader",
    "Repository",
    "Side",
    "State",
    "Transaction",
    "Types",
]


def __getattr__(name: str) -> Any:
    """Load a name when it is asked for: whoever only needs names and paths loads no database."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

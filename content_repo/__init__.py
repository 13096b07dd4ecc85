"""The truth: nodes by path and by id, their history, and the log of all changes.

::

    Repository ──► Transaction ──► sql.writing ──┐
        │              (rules of the tree)       ├──► sql.database ──► SQLite, PostgreSQL
        ├────────► Reader (one side) ────────────┘
        ├────────► changes, position   (whoever follows the content reads these)
        └────────► Media               (bytes of assets, as files)

Knows nothing of search, hypermedia or HTTP, and imports nothing of ours.
"""

from content_repo.doctypes import DocumentType, Field, FieldKind, Types
from content_repo.errors import ContentError
from content_repo.model import ROOT_ID, Action, Change, Kind, Node, Place, Side, State
from content_repo.repository import Repository
from content_repo.sql.reading import Reader
from content_repo.transaction import Transaction

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

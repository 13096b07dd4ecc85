"""What an import is told, and what it tells: the two ends of :mod:`.importing`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from content_repo.doctypes import DocumentType, Field, FieldKind
from hal_delivery.exchange.plan import Remark

PAGE: Final = "content:page"
RECORD: Final = "content:record"

_OWN: Final = (
    Field(name="title", kind=FieldKind.STRING),
    Field(name="sourcePath", kind=FieldKind.STRING),
)
TYPES: Final = (
    DocumentType(
        name=PAGE,
        label="Page",
        open=True,
        fields=(*_OWN, Field(name="content", kind=FieldKind.RICH_TEXT)),
    ),
    DocumentType(name=RECORD, label="Record", open=True, fields=_OWN),
)

#: Of what is done, how much of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What whoever imports wants besides.

    ``into`` is the absolute path of the folder that all of it goes into,
    ``origin`` where the source lies.  As ``draft``, nothing is published.
    ``theirs`` adds what changed on disk as a new revision, though the node was
    edited here; ``prune`` puts what vanished into the trash.
    """

    into: str
    origin: str
    page_type: str = PAGE
    draft: bool = False
    theirs: bool = False
    prune: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Imported:
    """What an import did: nodes by what became of them, and what has to be told."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)

    @property
    def has_news(self) -> bool:
        """Whether searches will find anything that they did not find before."""
        return any(self.counts[one] for one in ("new", "changed", "published"))

    @property
    def is_whole(self) -> bool:
        """Whether everything that should have come in did."""
        return not any(one.skipped for one in self.remarks)

"""References: which other nodes a document's fields point at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content_repo.doctypes import COMPOUND_TYPE, REFERRING, FieldKind, Types
from content_repo.model import ROOT_ID


@dataclass(frozen=True, slots=True)
class Reference:
    """A mirror or image link: the top-level field it lies under, and its target."""

    field: str
    kind: FieldKind
    multiple: bool
    target: str


def references(types: Types, type_name: str, fields: Mapping[str, Any]) -> Iterator[Reference]:
    """Every mirror and image link in *fields* that is not empty, in field order."""
    for name, one in types.referring(type_name).items():
        value = fields.get(name)
        if value is None:
            continue
        if one.kind in REFERRING:
            for target in value if one.is_list else (value,):
                if target != ROOT_ID:
                    yield Reference(name, one.kind, one.is_list, target)
        else:
            for compound in value if one.is_list else (value,):
                for inner in references(types, compound[COMPOUND_TYPE], compound):
                    # A compound may hold several mirrors: to-many, however many it has.
                    yield Reference(name, inner.kind, True, inner.target)

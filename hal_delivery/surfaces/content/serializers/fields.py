"""Fields in the forms of the reference page.

Most are delivered as they are stored.  Rich text and compounds get a ``_meta``,
mirrors name the path of their target, and dates may be asked for as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from content_repo.doctypes import (
    COMPOUND_TYPE,
    DATE_POINTERS,
    REFERRING,
    Field,
    FieldKind,
    Types,
    dated,
)
from content_repo.model import ROOT_ID, Place

#: Kinds whose stored form is not the one on the wire.
_OTHERWISE_STORED: Final = REFERRING | {FieldKind.RICH_TEXT, FieldKind.COMPOUND}

_RICH_TEXT: Final = {"type": "hippostd:html"}
_MIRROR_TYPES: Final = {
    FieldKind.MIRROR: "hippo:mirror",
    FieldKind.IMAGE_LINK: "hippogallerypicker:imagelink",
}


def iso(millis: int) -> int | str:
    """Epoch milliseconds as RFC 3339.

    >>> iso(1487085120000)
    '2017-02-14T15:12:00.000Z'
    """
    # Beyond the years that the format can write, the number has to do.
    try:
        when = datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return millis
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mirror(kind: FieldKind, place: Place | None) -> dict[str, Any]:
    """A mirror; one whose target the reader may not see is an empty one.

    Unlike a document's own, the path is the repository's.
    """
    to = {"id": place.id, "path": place.path} if place else {"id": ROOT_ID, "path": ""}
    return {"_meta": {"mirror": to, "type": _MIRROR_TYPES[kind]}}


@dataclass(frozen=True, slots=True)
class Forms:
    """How one answer has its fields.

    ``mirrored`` makes the form of a mirror from its target, ``texts`` what is
    shown of a rich text.
    """

    types: Types
    iso_dates: bool
    mirrored: Callable[[FieldKind, str], Any]
    texts: Callable[[str], str] = str
    _differing: dict[str, Mapping[str, Field]] = field(default_factory=dict)

    def fields(self, type_name: str, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Fields as they are stored, but for those whose form on the wire is another."""
        if self.iso_dates and DATE_POINTERS in stored:
            stored = dated(stored, iso)
        shown = {**stored}
        for name in (COMPOUND_TYPE, DATE_POINTERS):
            shown.pop(name, None)
        for name, one in self.differing(type_name).items():
            if name in shown:
                shown[name] = self.field(one, shown[name])
        return shown

    def field(self, one: Field, value: Any) -> Any:
        """The value of a field that :meth:`differing` names."""
        if one.is_list:
            return [self._value(one, item) for item in value]
        return self._value(one, value)

    def differing(self, type_name: str) -> Mapping[str, Field]:
        """Those of a type's fields that are stored in another form than delivered."""
        found = self._differing.get(type_name)
        if found is None:
            kinds = _OTHERWISE_STORED | ({FieldKind.DATE} if self.iso_dates else set())
            found = self._differing[type_name] = {
                name: one for name, one in self.types.fields(type_name).items() if one.kind in kinds
            }
        return found

    def _value(self, one: Field, value: Any) -> Any:
        if one.kind in REFERRING:
            return self.mirrored(one.kind, value)
        if one.kind is FieldKind.RICH_TEXT:
            return {"_meta": _RICH_TEXT, "content": self.texts(value)}
        if one.kind is FieldKind.COMPOUND:
            name = value[COMPOUND_TYPE]
            return {"_meta": {"type": name}, **self.fields(name, value)}
        return iso(value) if value is not None else None

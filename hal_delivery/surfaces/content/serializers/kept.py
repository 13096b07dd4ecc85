"""Documents' fields as text that is kept with each revision.

The text is what :class:`~hal_delivery.surfaces.content.serializers.fields.Forms`
would make of them, but for mirrors, whose paths are another node's: there it has
a hole.  A kept form is the title, then text and holes in turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from content_repo import linking
from content_repo.doctypes import DATE_POINTERS, FieldKind, Types
from content_repo.kept import PART, Rendition
from content_repo.linking import Link
from content_repo.model import ROOT_ID, Place
from hal_delivery.surfaces.content.serializers.fields import Forms, mirror

#: Raise it whenever the same fields come out otherwise.
VERSION: Final = 1

# A hole, as JSON has a text that no text can be: NUL, its number, NUL.
_HOLE: Final = re.compile(r'"\\u0000(\d+)\\u0000"')


class Hole(NamedTuple):
    """Where a mirror goes: under which of the document's fields, and what it points at."""

    kind: str
    field: str
    multiple: bool
    target: str


class FieldsRenderer:
    """Makes the kept form; a :class:`content_repo.kept.Renderer`."""

    def form(self, types: Types, type_name: str) -> str:
        """The version of the form, and a digest of how the type has its fields."""
        return f"{VERSION}-{types.forms.get(type_name, '')}"

    def render(self, types: Types, type_name: str, fields: Mapping[str, Any]) -> str:
        """The title, text and holes of *fields*."""
        holes: list[Hole] = []
        field, multiple = "", False

        def leave_hole(kind: FieldKind, target: str) -> str:
            holes.append(Hole(kind.value, field, multiple, target))
            return f"\0{len(holes) - 1}\0"

        forms = Forms(types, iso_dates=False, mirrored=leave_hole)
        shown = {name: value for name, value in fields.items() if name != DATE_POINTERS}
        for name, one in forms.differing(type_name).items():
            if name in shown:
                # A compound may hold several mirrors: to-many, however many it has.
                field, multiple = name, one.is_list or one.kind is FieldKind.COMPOUND
                shown[name] = forms.field(one, shown[name])
        title = fields.get("title")
        parts = _HOLE.split(orjson.dumps(shown).decode())
        parts[1::2] = [orjson.dumps([*holes[int(number)]]).decode() for number in parts[1::2]]
        return PART.join([title if isinstance(title, str) else "", *parts])


class Parts(NamedTuple):
    """A kept form taken apart, without its title, and the links in its rich texts."""

    text: Sequence[str]
    holes: Sequence[Hole]
    links: tuple[Link, ...]

    @classmethod
    def of(cls, document: Rendition) -> Parts | None:
        """``None`` where there is nothing but text: see :func:`whole_text`."""
        kept = document.kept or ""
        if document.links == "[]" and kept.find(PART) == kept.rfind(PART):
            return None
        _, *parts = kept.split(PART)
        holes = [Hole(*orjson.loads(one)) for one in parts[1::2]]
        return cls(parts[::2], holes, linking.loaded(document.links))

    def targets(self) -> list[str]:
        """The ids of all nodes that the fields point at."""
        mirrored = [hole.target for hole in self.holes if hole.target != ROOT_ID]
        return mirrored + [one.target for one in self.links if one.target is not None]

    def filled(self, places: Mapping[str, Place]) -> str:
        """The fields as JSON, each hole filled with what the reader may see there."""
        parts = [self.text[0]]
        for hole, text in zip(self.holes, self.text[1:], strict=True):
            shown = mirror(FieldKind(hole.kind), places.get(hole.target))
            parts += orjson.dumps(shown).decode(), text
        return "".join(parts)


def whole_text(document: Rendition) -> str:
    """The fields as JSON, where the kept form is the title and nothing but text."""
    kept = document.kept or ""
    return kept[kept.find(PART) + 1 :]

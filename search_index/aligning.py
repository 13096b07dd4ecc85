"""Aligning: where in a text, as it was written, its units stand.

Folding changes the number of characters.  A text is folded one letter at a time,
each with the marks that belong to it, so that every folded character is known to
come from somewhere.  Slow, for the few lines that are shown of a long text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from search_index.analysis import LONGEST_WORD, Unit, fold, units

#: A letter with what follows it and may become one with it: marks, and parts of Hangul syllables.
_LETTER: Final = re.compile(
    "."
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u093c\u09bc\u09be\u09d7\u0b3c-\u0b57"
    "\u0bbe\u0bd7\u0c56\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dca-\u0ddf\u102e\u1160-\u11ff\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\u3131-\u318e\ufe20-\ufe2f\uff9e-\uffdc]*",
    re.DOTALL,
)
_REST: Final = re.compile(r"\w*")


class Located(NamedTuple):
    """A unit, from which character of the text, and up to which; both count in what is folded."""

    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Aligned:
    """A folded text with its units; ``origins`` say of each folded character, and of the
    end, where it comes from (``None``: from the same place)."""

    folded: str
    units: Sequence[Located]
    origins: Sequence[int] | None

    @classmethod
    def of(cls, text: str) -> Aligned:
        """*text*, taken apart.

        >>> found = Aligned.of("Straße, Ufer")
        >>> [found.original(one.start, one.end) for one in found.units]
        [(0, 6), (8, 12)]
        """
        if text.isascii():
            folded = fold(text)
            return cls(folded, _located(folded), None)
        parts: list[str] = []
        origins: list[int] = []
        for found in _LETTER.finditer(text):
            part = fold(found[0])
            parts.append(part)
            origins += [found.start()] * len(part)
        origins.append(len(text))
        folded = "".join(parts)
        return cls(folded, _located(folded), origins)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """From where to where in the text a folded part comes from."""
        if self.origins is None:
            return start, end
        last = self.origins[end - 1]
        # Up to where the next letter begins: this one may be several characters.
        beyond = next((at for at in self.origins[end:] if at > last), last + 1)
        return self.origins[start], beyond


def _located(folded: str) -> list[Located]:
    found, at = [], 0
    for unit in units(folded):
        # Between two units there is no letter.
        start = folded.find(unit.text, at) if unit.text else len(folded)
        if start < 0:
            break
        at = start + len(unit.text)
        if len(unit.text) == LONGEST_WORD:
            at = _REST.match(folded, at).end()  # type: ignore[union-attr]
        found.append(Located(unit, start, at))
    return found


def gap(located: Sequence[Located], number: int) -> tuple[int, int]:
    """Where what stands before a unit begins and ends."""
    return located[number - 1].end if number else 0, located[number].start

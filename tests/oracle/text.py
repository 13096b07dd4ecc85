"""Text as search is said to see it: folded, a row of units with gaps between them.

Written from the specification alone.  A unit is a word, or one letter of a
script that sets no blanks between words; of the symbols in a gap, what says
something is a sign.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

#: Marks that say nothing of a letter's identity: first and last code point of each block.
_DROPPED: Final = (
    (0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670), (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
_MARKS: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in _DROPPED)
_MARK: Final = re.compile(f"(?<!\u0438)[{_MARKS}]|(?<=\u0438)(?!\u0306)[{_MARKS}]")

#: Characters that nobody sees: where text may break or must not, which way it runs, how an emoji
#: is drawn.
_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)

#: How Unicode begins the names of letters whose scripts set no blanks.
_UNSPACED: Final = (
    "CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC ITERATION", "HIRAGANA", "KATAKANA",
    "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR",
)  # fmt: skip

#: Punctuation that says something all the same.
_TELLING: Final = frozenset("#@%&/\\*[]{}_")

# One letter for each class of characters, so that texts can be cut by plain patterns.
_BLANK, _WORD, _LETTER, _ORDINARY, _SIGN = " wlos"
_PIECE: Final = re.compile(f"{_WORD}+|{_LETTER}|[{_ORDINARY}{_SIGN}]+|{_BLANK}+")

#: A gap: the signs in it, and whether there is nothing at all in it.
Gap = tuple[tuple[str, ...], bool]
_NOTHING: Final[Gap] = ((), True)
_UNTOLD: Final[Gap] = ((), False)


def fold(text: str) -> str:
    """*text* without case and accents.

    >>> fold("Café Йод ガ 한국 ไม่ STRASSE straße da\\u200bta")
    'cafe йод ガ 한국 ไม่ strasse strasse data'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = apart.translate(str.maketrans("łđøħŧı", "ldohti"))
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _MARK.sub("", plain)))


@functools.cache
def _class_of(letter: str) -> str:
    category = unicodedata.category(letter)
    if letter.isspace():
        return _BLANK
    if category[0] == "S" or letter in _TELLING:
        return _SIGN
    if category[0] in "LNM":
        is_unspaced = category != "Nd" and unicodedata.name(letter, "").startswith(_UNSPACED)
        return _LETTER if is_unspaced else _WORD
    return _ORDINARY


@dataclass(frozen=True, slots=True)
class Units:
    """The units of one value; gap *n* is before unit *n*, the last one at the end."""

    units: tuple[str, ...]
    gaps: tuple[Gap, ...]

    def __len__(self) -> int:
        return len(self.units)


def is_unspaced(unit: str) -> bool:
    """Whether a unit is a letter of a script without blanks.

    >>> is_unspaced("観"), is_unspaced("a")
    (True, False)
    """
    return _class_of(unit[0]) == _LETTER


def units(text: str) -> Units:
    """The units of *text*, folded, and what is in the gaps.

    >>> units("C++, 100% 観測").units
    ('c', '100', '観', '測')
    >>> [signs for signs, _ in units("C++, 100% 観測").gaps]
    [(), ('++',), ('%',), (), ()]
    """
    folded = fold(text)
    classes = folded.translate({ord(one): _class_of(one) for one in set(folded)})
    found: list[str] = []
    gaps: list[Gap] = []
    gap = _NOTHING
    for kind, piece in _pieces(folded, classes):
        if kind in (_WORD, _LETTER):
            found.append(piece)
            gaps.append(gap)
            gap = _NOTHING
        elif kind == _BLANK:
            gap = _UNTOLD if gap is _NOTHING else gap
        else:
            gap = (*gap[0], *_sign(piece)), False
    return Units(tuple(found), (*gaps, gap))


def _pieces(folded: str, classes: str) -> Iterator[tuple[str, str]]:
    for match in _PIECE.finditer(classes):
        yield match[0][0], folded[match.start() : match.end()]


def _sign(symbols: str) -> tuple[str, ...]:
    """What is left of a run of symbols without the ordinary ones at its ends.

    >>> _sign('"++",'), _sign("..."), _sign("=>"), _sign("+,+")
    (('++',), (), ('=>',), ('+,+',))
    """
    telling = [at for at, letter in enumerate(symbols) if _class_of(letter) == _SIGN]
    return (symbols[telling[0] : telling[-1] + 1],) if telling else ()

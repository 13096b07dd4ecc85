"""Units: what of a text can be found, and which spellings are one.

The same function reads content and queries, so whatever it does to a text it
does to both.  Case and accents are folded; then a text is a row of units:

* a *word* is a run of letters, digits and marks;
* scripts that put no blanks between words (Chinese, Japanese, Thai, …) and
  Korean, which glues particles to them, are taken letter by letter, so that any
  part of a run of letters is found;
* everything else lies between units.  Of what stands there without a blank,
  punctuation at both ends is dropped; the rest is a *sign* (``++``, ``@``).
  A text that is nothing but punctuation is a sign as a whole.

A position counts units; signs have none of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

#: Raise it whenever :func:`units` or :func:`terms` answer differently: indexes are then rebuilt.
VERSION: Final = 4

#: Letters of a word that count; what is longer is rarely a word.
LONGEST_WORD: Final = 64

#: Characters of a sign that are looked for at once; longer ones by their parts.
LONGEST_SIGN: Final = 4

#: Characters of a sign that count; what is longer is a drawn line.
_LONGEST_RUN: Final = 32


class Unit(NamedTuple):
    """A word, or a letter of an unspaced script, with the sign right before it.

    ``joined`` says of such a letter that nothing parts it from the one before.
    """

    text: str
    is_letter: bool
    joined: bool
    sign: str


# Accents: marks of scripts whose letters are read the same without them.
_ACCENTS: Final = (
    (0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
# Say how text is set, and are no part of it: where it may break, which way it runs, which
# form of a letter is meant.
_INVISIBLE: Final = (
    (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip


def _class(categories: str, blocks: tuple[tuple[int, int], ...]) -> str:
    """The inside of a character class: what of *blocks* is of those categories."""
    spans: list[list[int]] = []
    for first, last in blocks:
        for code in range(first, last + 1):
            if unicodedata.category(chr(code))[0] not in categories:
                continue
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in spans)


#: The inside of a character class: what folding leaves out, wherever it stands.
LOST: Final = _class("M", _ACCENTS) + _class("CM", _INVISIBLE)
_DROPPED: Final[dict[int, str | None]] = dict.fromkeys(
    code
    for first, last in (*_ACCENTS, *_INVISIBLE)
    for code in range(first, last + 1)
    if re.match(f"[{LOST}]", chr(code))
)
#: Letters that are one with their stroke, or lack their dot, and what they are read as.
_PLAIN: Final = dict(zip(map(ord, "\u0142\u0111\u00f8\u0127\u0167\u0131"), "ldohti", strict=True))
_REWRITTEN: Final = {**_DROPPED, **_PLAIN}
# The breve makes another letter of this one.
_SHORT_I: Final = "\u0438\u0306"

_BLOCKS: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3005, 0x3007),
    (0x3031, 0x3035), (0x303B, 0x303C), (0x3041, 0x30FF), (0x3105, 0x318E), (0x31A0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF),
)  # fmt: skip

#: The inside of a character class: letters of scripts without blanks between words.
UNSPACED: Final = _class("LM", _BLOCKS) + "\u3007\u30fc\U00020000-\U0003ffff"
#: The same: marks, which are parts of words wherever they stand.
MARKS: Final = _class("M", ((0x0300, 0x0DFF), (0x0F00, 0x0FFF), (0x1350, 0x135F), (0x1700, 0x177F),
                            (0x1800, 0x2FFF), (0x302A, 0x302F), (0xA000, 0xABFF), (0xFB1E, 0xFB1E),
                            (0x10000, 0x1FFFF)))  # fmt: skip
_WORD: Final = rf"(?:[^\W_{UNSPACED}]|[{MARKS}])+"
# Most symbols are of ASCII, and soon told: the other class is a long one.
_SYMBOLS: Final = rf"(?:[!-/:-@\[-`{{-~]+|[^\w\s{MARKS}{UNSPACED}])+"
_PIECE: Final = re.compile(rf"({_WORD})|([{UNSPACED}]+)|{_SYMBOLS}")

# The same of what has no other letters; the class of others takes half of all reading.
_PLAIN_PIECE: Final = re.compile(r"([0-9a-z]+)|(?:[!-/:-@\[-`{-~]+|[^\w\s])+")

#: Punctuation that says something.
_TELLING: Final = frozenset("#@%&/\\*[]{}_")


def fold(text: str) -> str:
    """*text* without case and accents.

    >>> fold("Crème BRÛLÉE, Straße, Ёлки Й, 한국 ガ, przepływ, đường")
    'creme brulee, strasse, елки й, 한국 ガ, przeplyw, duong'
    """
    if text.isascii():
        return text.lower()
    # Taking a letter apart may bring forth one that folds again.
    return _bare(_bare(text.casefold()).casefold())


def _bare(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    if _SHORT_I in apart:
        apart = apart.replace(_SHORT_I, "\u0439")
    return unicodedata.normalize("NFC", apart.translate(_REWRITTEN))


def units(text: str) -> Iterator[Unit]:
    """The units of *text* in order, folded; at last an empty one, if a sign is behind them.

    >>> [one.text for one in units("C++ and «Façade», first_post: 2017")]
    ['c', 'and', 'facade', 'first', 'post', '2017']
    >>> [(one.text, one.sign) for one in units("@astrojs/react")]
    [('astrojs', '@'), ('react', '/')]
    >>> [(one.text, one.sign) for one in units("?!")]
    [('', '?!')]
    """
    folded = fold(text)
    sign, before, has_unit = "", -1, False
    for found in _PIECE.finditer(folded):
        word, letters = found[1], found[2]
        if word:
            yield Unit(word[:LONGEST_WORD], False, False, sign)
        elif letters:
            for letter in letters:
                yield Unit(letter, True, before >= 0, sign)
                sign, before = "", 0
        else:
            # What several blanks part still stands in one gap.
            sign = f"{sign} {told}" if (told := _sign(found[0])) and sign else sign or told
            before = -1
            continue
        sign, before, has_unit = "", -1, True
    if not (sign or has_unit):
        sign = " ".join(_runs(folded))
    if sign:
        yield Unit("", False, False, sign)


def is_punctuation(found: Sequence[Unit]) -> bool:
    """Whether *found* are the units of a text that is nothing but punctuation.

    >>> [is_punctuation(list(units(text))) for text in ("?!", "++", "a?", "")]
    [True, False, False, False]
    """
    return len(found) == 1 and not found[0].text and not any(map(_sign, found[0].sign.split()))


def _runs(folded: str) -> list[str]:
    """What stands between blanks in a text that is nothing but punctuation."""
    return [run[:_LONGEST_RUN] for run in folded.split()]


@lru_cache(maxsize=1024)
def _sign(symbols: str) -> str:
    """A run of symbols without the ordinary ones at its ends.

    >>> _sign("(++,"), _sign("..."), _sign("=>")
    ('++', '', '=>')
    """
    first, last = 0, min(len(symbols), _LONGEST_RUN)
    while first < last and _is_ordinary(symbols[first]):
        first += 1
    while first < last and _is_ordinary(symbols[last - 1]):
        last -= 1
    return symbols[first:last]


def _is_ordinary(symbol: str) -> bool:
    return symbol not in _TELLING and unicodedata.category(symbol)[0] == "P"


@lru_cache(maxsize=1024)
def sign_terms(sign: str) -> frozenset[str]:
    """All that a text which has *sign* in a gap is found by.

    >>> sorted(sign_terms("=>"))
    ['=', '=>', '>']
    """
    return frozenset(
        sign[first : first + length]
        for length in range(1, LONGEST_SIGN + 1)
        for first in range(len(sign) - length + 1)
    )


def place(text: str, start: int, places: dict[str, list[int]]) -> tuple[int, int]:
    """Add to *places* every term that *text* is found by; the text begins at the even *start*.

    A unit's place is odd, and that of a sign before it the even number below.
    A letter goes with the one that is joined to it, the last of a run alone.
    Returns the place behind the last one, which is even, and the number of units.

    >>> found = {}; place("a =b", 0, found); found
    (4, 2)
    {'a': [1], '=': [2], 'b': [3]}
    >>> found = {}; place("日本語", 10, found); found
    (16, 3)
    {'日本': [11], '本語': [13], '語': [15]}
    """
    folded = fold(text)
    at, has_sign = start, False
    pieces = _PLAIN_PIECE if folded.isascii() else _PIECE
    for found in pieces.finditer(folded):
        kind = found.lastindex
        if kind == 1:
            places.setdefault(found[0][:LONGEST_WORD], []).append(at + 1)
            at += 2
        elif kind == 2:
            letters = found[0]
            for number in range(len(letters)):
                places.setdefault(letters[number : number + 2], []).append(at + 1)
                at += 2
        elif sign := _sign(found[0]):
            has_sign = True
            _place_sign(sign, at, places)
    if at == start and not has_sign:
        for run in _runs(folded):
            _place_sign(run, at, places)
    return at, (at - start) // 2


def _place_sign(sign: str, at: int, places: dict[str, list[int]]) -> None:
    for part in sign_terms(sign):
        there = places.setdefault(part, [])
        # A gap may say the same twice.
        if not there or there[-1] != at:
            there.append(at)

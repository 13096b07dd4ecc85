"""Words: what of a text can be found, and which spellings are one word.

The same function reads content and queries, so whatever it does to a word it
does to both.  Case and accents are folded; a word is a run of letters and
digits; everything else, the underscore too, is punctuation.  Scripts that put
no blanks between words (Chinese, Japanese) are taken letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Raise it whenever :func:`words` answers differently: indexes are then rebuilt.
VERSION: Final = 1

#: Letters of a word that count; what is longer is rarely a word.
LONGEST_WORD: Final = 64

_UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

# Vowel signs of Indic scripts are no letters to Python, but part of the word.
_MARKS: Final = "".join(
    letter
    for letter in map(chr, range(0x0300, 0xABFF))
    if unicodedata.category(letter) in ("Mn", "Mc") and not unicodedata.combining(letter)
)
_WORD: Final = re.compile(rf"[{_UNSPACED}]|(?:[^\W_{_UNSPACED}]|[{_MARKS}])+")


def fold(text: str) -> str:
    """*text* without case and accents.

    >>> fold("Crème BRÛLÉE, Straße")
    'creme brulee, strasse'
    """
    if text.isascii():
        return text.lower()
    # Taking a letter apart may bring forth one that folds again.
    return _bare(_bare(text.casefold()).casefold())


def words(text: str) -> list[str]:
    """The words of *text* in order, folded.

    >>> words("C++ and «Façade», first_post: 2017")
    ['c', 'and', 'facade', 'first', 'post', '2017']
    """
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]


def _bare(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))

"""Stems: what the forms of a word have in common, in languages that snowballstemmer knows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

import snowballstemmer

#: Names of algorithms by ISO 639-1 code (https://snowballstem.org/algorithms/).
_ALGORITHMS: Final = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german",
    "el": "greek", "en": "english", "es": "spanish", "et": "estonian", "eu": "basque",
    "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

#: What stems depend on: another version may make others.
VERSION: Final = version("snowballstemmer")


def language(locale: str | None) -> str | None:
    """The language of a locale, if words of it have stems here.

    >>> language("pt_BR"), language("zh-Hans"), language(None)
    ('pt', None, None)
    """
    primary = (locale or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in _ALGORITHMS else None


#: Between a language, a stem, and a word of it, where they make one term.
SEPARATOR: Final = "\x1f"


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: str) -> str:
    """The stem of a folded *word*.

    >>> stem("rivers", "en"), stem("hauser", "de")
    ('river', 'haus')
    """
    return str(_stemmer(language).stemWord(word))


@lru_cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(_ALGORITHMS[language])


def forms(words: Iterable[str], language: str | None) -> list[str]:
    """Terms for those of *words* that are not their own stem: the language, the stem, the word.

    >>> [term.split(SEPARATOR) for term in forms(["river", "rivers"], "en")]
    [['en', 'river', 'rivers']]
    """
    if language is None:
        return []
    stems = ((stem(word, language), word) for word in words)
    return [SEPARATOR.join((language, root, word)) for root, word in stems if root != word]

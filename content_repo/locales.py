"""Locales: delivered as written, compared by their BCP 47 form.

Authors write ``nl_BE`` or ``pt-br``; both are kept as they are.  Two spellings
are the same locale when their tags are (``nl-BE``, ``pt-BR``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import langcodes
from langcodes.tag_parser import LanguageTagError

#: In characters; what is longer is nobody's locale, and has no parents.
LONGEST: Final = 100


@lru_cache(maxsize=1024)
def tag(locale: str) -> str:
    """The BCP 47 form of *locale*; *locale* itself where it has none.

    >>> tag("nl_BE"), tag("pt-br"), tag("default")
    ('nl-BE', 'pt-BR', 'default')
    """
    if len(locale) > LONGEST:
        return locale
    try:
        standard = langcodes.standardize_tag(locale, macro=False)
    except LanguageTagError:
        return locale
    return standard if langcodes.tag_is_valid(standard) else locale


def is_tag(locale: str) -> bool:
    """Whether *locale* is a language tag, in whatever spelling.

    >>> is_tag("nl_BE"), is_tag("default"), is_tag("no such thing")
    (True, False, False)
    """
    return len(locale) <= LONGEST and langcodes.tag_is_valid(tag(locale))


def chain(locale: str) -> list[str]:
    """*locale*'s tag and those of its parents, nearest first.

    >>> chain("zh_Hant_TW"), chain("nl")
    (['zh-Hant-TW', 'zh-Hant', 'zh'], ['nl'])
    """
    if len(locale) > LONGEST:
        return [locale]
    parts = tag(locale).split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]


def root(folders: Sequence[str], wanted: str) -> str | None:
    """Where the locale of the tag *wanted* begins, of the *folders* in it, outermost first.

    A folder that is called by the locale goes before one that is only in it: a
    tree may be in English as a whole, and hold ``en`` and ``nl`` below.

    >>> root(["docs", "docs/en", "docs/en/en"], "en"), root(["docs", "docs/x"], "en")
    ('docs/en', 'docs')
    """
    called = (path for path in folders if tag(path.rpartition("/")[2]) == wanted)
    return next(called, folders[0] if folders else None)

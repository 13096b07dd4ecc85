"""Locales: delivered as written, compared by their BCP 47 form.

Authors write ``nl_BE`` or ``pt-br``; both are kept as they are.  Two spellings
are the same locale when their tags are (``nl-BE``, ``pt-BR``).
"""

from __future__ import annotations

from functools import lru_cache

import langcodes
from langcodes.tag_parser import LanguageTagError


@lru_cache(maxsize=1024)
def tag(locale: str) -> str:
    """The BCP 47 form of *locale*; *locale* itself where it has none.

    >>> tag("nl_BE"), tag("pt-br"), tag("default")
    ('nl-BE', 'pt-BR', 'default')
    """
    try:
        standard = langcodes.standardize_tag(locale, macro=False)
    except LanguageTagError:
        return locale
    return standard if langcodes.tag_is_valid(standard) else locale


def chain(locale: str) -> list[str]:
    """*locale*'s tag and those of its parents, nearest first.

    >>> chain("zh_Hant_TW"), chain("nl")
    (['zh-Hant-TW', 'zh-Hant', 'zh'], ['nl'])
    """
    parts = tag(locale).split("-")
    return ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]

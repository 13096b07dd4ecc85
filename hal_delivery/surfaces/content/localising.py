"""The locale that a reader asks for: which there can be, and what belongs to it."""

from __future__ import annotations

import difflib

from content_repo import locales
from hal_delivery.services.delivery import Delivery
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.vocabulary import FALLBACK, LOCALE

_ALONE = f"has a meaning beside {LOCALE.name} only"


def checked(asked: Asked, delivery: Delivery) -> Asked:
    """*asked* with a locale that somebody may speak, or without any.

    A wrong one is a mistake; passed over, it is gone from links as well.
    """
    if asked.locale is None:
        return _without_fallback(asked)
    if locales.is_tag(asked.locale):
        return asked
    known = delivery.locales_in_use()
    # Authors may have called one by what is no language tag.
    if locales.tag(asked.locale) in known:
        return asked
    if not asked.lenient:
        raise BadParameters([_unknown(asked.locale, known)])
    return asked.without(LOCALE, FALLBACK)


def _without_fallback(asked: Asked) -> Asked:
    given = asked.given.get(FALLBACK.name)
    if given is None:
        return asked
    if not asked.lenient and FALLBACK.name not in asked.unasked:
        example = f"{LOCALE.name}={LOCALE.example}&{FALLBACK.name}={given}"
        raise BadParameters([Mistake(FALLBACK.name, _ALONE, value=given, example=example)])
    return asked.without(FALLBACK)


def _unknown(written: str, known: list[str]) -> Mistake:
    by_spelling = {one.casefold(): one for one in known}
    spelt = written.replace("_", "-").casefold()
    close = [by_spelling[one] for one in difflib.get_close_matches(spelt, by_spelling, n=3)]
    nearest = close or known[:12]
    return Mistake(
        LOCALE.name,
        "expected a language tag",
        value=written[:80],
        nearest=nearest,
        example=f"{LOCALE.name}={nearest[0] if nearest else LOCALE.example}",
    )

"""Resource bundles: messages by key, in several locales.

A bundle's fields are ``basename`` and ``messages``: for each locale, as
written, a flat map of key to text.  The locale ``default`` holds every key;
any other may lack some, and a reader then borrows up the chain:
``nl_BE`` → ``nl`` → ``default``, as Java's ResourceBundle does.  Where every
text is in some language, ``defaultLocale`` says which one is the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from content_repo import locales
from content_repo.doctypes import Problem, escaped
from content_repo.model import Node

DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class Messages:
    """One bundle as a reader of one locale gets it.

    ``borrowed`` says for each key that the locale itself lacks which locale
    (as written) lent its text.
    """

    locale: str
    texts: Mapping[str, str]
    borrowed: Mapping[str, str]


def problems(fields: Mapping[str, Any]) -> Iterator[Problem]:
    """What keeps *fields* from being those of a bundle."""
    if not isinstance(fields.get("basename", ""), str):
        yield Problem("/basename", "expected a string")
    if not isinstance(fields.get("defaultLocale", ""), str):
        yield Problem("/defaultLocale", "expected a string")
    stored = fields.get("messages", {})
    if not isinstance(stored, Mapping):
        yield Problem("/messages", "expected an object")
        return
    seen: dict[str, str] = {}
    for locale, texts in stored.items():
        at = f"/messages/{escaped(locale)}"
        if (other := seen.setdefault(locales.tag(locale), locale)) != locale:
            yield Problem(at, f"the same locale as {other!r}")
        if not isinstance(texts, Mapping):
            yield Problem(at, "expected an object")
            continue
        for key, text in texts.items():
            if not isinstance(text, str):
                yield Problem(f"{at}/{escaped(key)}", "expected a string")


def messages(node: Node) -> Mapping[str, Mapping[str, str]]:
    """All messages of a bundle by locale, ``default`` always among them."""
    stored: Mapping[str, Mapping[str, str]] = node.fields.get("messages", {})
    return {DEFAULT: stored.get(node.fields.get("defaultLocale", ""), {}), **stored}


def other_locales(node: Node) -> list[str]:
    """The bundle's locales besides the default one, sorted."""
    return sorted(set(messages(node)) - {DEFAULT})


def resolve(node: Node, locale: str) -> Messages | None:
    """The bundle in *locale*, or ``None`` where that is no locale at all.

    A locale that the bundle lacks is answered all the same, with every message
    borrowed: whoever translates sees what there is to do.
    """
    by_tag = {locales.tag(name): name for name in messages(node)}
    lenders = [by_tag[tag] for tag in locales.chain(locale) if tag in by_tag]
    if not lenders and not locales.is_tag(locale):
        return None
    own = by_tag.get(locales.tag(locale))
    if DEFAULT not in lenders:
        lenders.append(DEFAULT)
    texts: dict[str, str] = {}
    borrowed: dict[str, str] = {}
    for lender in lenders:
        for key, text in messages(node)[lender].items():
            if key not in texts:
                texts[key] = text
                if lender != own:
                    borrowed[key] = lender
    return Messages(own or locale, dict(sorted(texts.items())), dict(sorted(borrowed.items())))

"""What this surface embeds on demand: names of the wire into names of references."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from content_repo.doctypes import Types
from hal_delivery.services.delivery import Delivery
from hal_delivery.services.embedding import Embeds, is_reference, reference_names, steps
from hal_delivery.surfaces.content.relations import curied
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.web.asking import Asked
from hal_delivery.web.embeds import BadEmbeds, parse, transcluded, written
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.vocabulary import DEPTH, EMBED, VOCABULARY, Parameter

_ALONE = f"has a meaning here beside {EMBED.name} only"


def checked(asked: Asked, delivery: Delivery) -> Asked:
    """*asked* with the names of what to embed known, by their short names.

    Unknown ones are mistakes; passed over, they are gone from links as well.
    """
    if not asked.embed:
        return asked
    try:
        wanted = parse(",".join(asked.embed))
    except BadEmbeds as wrong:
        return _refused(asked, [_mistake(asked, str(wrong))])
    unknown: list[str] = []
    known = _known(wanted, delivery, unknown)
    if unknown and not asked.lenient:
        references = reference_names(delivery.types)
        raise BadParameters([_unknown(name, references) for name in dict.fromkeys(unknown)])
    return _keeping(asked, known)


def checked_alone(asked: Asked, delivery: Delivery) -> Asked:
    """The same for one document, where a depth is that of what is embedded and nothing else."""
    asked = checked(asked, delivery)
    if asked.embed or DEPTH.name not in asked.given:
        return asked
    if asked.lenient or DEPTH.name in asked.unasked:
        return asked.without(DEPTH)
    raise BadParameters([Mistake(DEPTH.name, _ALONE, value=asked.given[DEPTH.name])])


def preferred(asked: Asked, prefer: str, delivery: Delivery, urls: Urls) -> Asked:
    """*asked* with what the header Prefer would have embedded, unless a parameter says.

    A preference is a wish: what it names wrongly is passed over.
    """
    wish = transcluded(prefer)
    if wish is None or _is_sent(EMBED, asked):
        return asked
    # Whoever goes by the links of an answer knows relations, not fields.
    text = wish.embeds.replace(urls.relation(""), "")
    try:
        known = _known(parse(text), delivery, [])
    except BadEmbeds:
        return asked
    if not known:
        return asked
    if wish.depth is not None and not _is_sent(DEPTH, asked):
        given = _in_order({**asked.given, DEPTH.name: str(wish.depth)})
        asked = replace(asked, depth=wish.depth, given=given)
    return _keeping(asked, known)


def _is_sent(one: Parameter, asked: Asked) -> bool:
    """Whether the request itself says it, and not only the mount's defaults."""
    return one.name in asked.given and one.name not in asked.unasked


def _keeping(asked: Asked, embeds: Embeds) -> Asked:
    names = written(embeds).split(",") if embeds else []
    if ",".join(names) == asked.given.get(EMBED.name):
        return asked
    kept = asked.keeping(EMBED, names)
    return replace(kept, given=_in_order(kept.given))


def _in_order(given: Mapping[str, str]) -> dict[str, str]:
    # A wish may come behind what links carry after it.
    return {name: given[name] for name in VOCABULARY if name in given}


def _known(embeds: Embeds, delivery: Delivery, unknown: list[str]) -> Embeds:
    """The references among *embeds*, at every level; the other names become *unknown*."""
    found: Embeds = {}
    names = delivery.field_names()
    for written_name, below in embeds.items():
        name = _resolved(written_name, delivery.types, names)
        if name is None:
            unknown.append(written_name)
        else:
            _merge(found.setdefault(name, {}), _known(below, delivery, unknown))
    return found


def _merge(into: Embeds, more: Embeds) -> None:
    for name, below in more.items():
        _merge(into.setdefault(name, {}), below)


def _resolved(written_name: str, types: Types, names: Mapping[str, str]) -> str | None:
    """The short name of a reference, also given as its relation, or ``None``."""
    for name in (written_name, written_name.removeprefix(curied(""))):
        way = steps(name)
        short = ".".join((names.get(way[0], way[0]), *way[1:]))
        # Names that hold dots themselves are told apart by a pointer only.
        found = name if name.startswith("/") and "." in name else short
        if is_reference(types, found):
            return found
    return None


def _refused(asked: Asked, mistakes: Sequence[Mistake]) -> Asked:
    # What only the mount says by default is meant for where it can be.
    if not asked.lenient and EMBED.name not in asked.unasked:
        raise BadParameters(list(mistakes))
    return asked.without(EMBED)


def _mistake(asked: Asked, reason: str) -> Mistake:
    given = asked.given[EMBED.name]
    return Mistake(EMBED.name, reason, value=given[:80], example=f"{EMBED.name}={EMBED.example}")


def _unknown(name: str, references: Sequence[str]) -> Mistake:
    close = difflib.get_close_matches(name, references, n=3)
    return Mistake(
        EMBED.name,
        "names no reference that is known here",
        value=name[:80],
        nearest=close or list(references[:12]),
        example=f"{EMBED.name}={close[0]}" if close else None,
    )

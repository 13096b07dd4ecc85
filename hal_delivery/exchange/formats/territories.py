"""CLDR's territories: the world as a tree of regions and countries.

What lies in what is ``territoryContainment.json``; names are one file per
language, whose stem is the locale.  Groupings (the EU, the UN) and what is
deprecated are no part of the tree: they hold what other regions hold already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hal_delivery.exchange.formats import json_values
from hal_delivery.exchange.formats.bounds import decoded
from hal_delivery.exchange.formats.texts import Note
from hal_delivery.exchange.formats.trees import Labels, Record, Tree, grown
from hal_delivery.exchange.formats.unreadable import Unreadable

#: What follows a code in the key of another name for the same territory.
_VARIANT: Final = "-alt-"

#: What follows a code in the key of containments that are no part of the tree.
_STATUS: Final = "-status-"


def read(containment: bytes, names: Mapping[str, bytes]) -> Tree:
    """The tree of all territories, with the names that *names* give by locale."""
    parents = _parents(_containment(containment))
    labels: dict[str, dict[str, Labels]] = defaultdict(dict)
    notes: list[Note] = []
    for locale, content in sorted(names.items()):
        found = _labels(content, locale)
        for code in parents:
            if code in found:
                labels[code][locale] = found[code]
        if missing := [code for code in parents if code not in found]:
            others = f" and others: {len(missing)}" if missing[1:] else ""
            notes.append((None, f"{locale!r} has no name for {missing[0]!r}{others}"))
    return grown(
        [
            Record(id=code, key=code, labels=labels[code], parents=above)
            for code, above in parents.items()
        ],
        notes,
    )


def _containment(content: bytes) -> Mapping[str, Any]:
    found = _at(json_values.load(decoded(content)[0]), "supplemental", "territoryContainment")
    if found is None:
        raise Unreadable("has no map supplemental.territoryContainment")
    return found


def _at(value: Any, *names: str) -> Mapping[str, Any] | None:
    """The map at the end of *names*, or ``None`` where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else None


def _parents(containment: Mapping[str, Any]) -> dict[str, list[str]]:
    """What each territory lies in; children of one are in its order."""
    parents: dict[str, list[str]] = {}
    for code, said in containment.items():
        if _STATUS in code or _is_grouping(said):
            continue
        parents.setdefault(code, [])
        for child in _contained(code, said):
            parents.setdefault(child, []).append(code)
    return parents


def _is_grouping(said: Any) -> bool:
    return isinstance(said, Mapping) and said.get("_grouping") in ("true", True)


def _contained(code: str, said: Any) -> Iterator[str]:
    children = said.get("_contains") if isinstance(said, Mapping) else None
    if not isinstance(children, list) or not all(isinstance(child, str) for child in children):
        raise Unreadable(f"{code!r} has no list of codes _contains")
    yield from children


def _labels(content: bytes, locale: str) -> dict[str, Labels]:
    """What territories are called in one language, by code."""
    try:
        value = json_values.load(decoded(content)[0])
    except Unreadable as refused:
        raise Unreadable(f"the names in {locale!r}: {refused.reason}", refused.line) from None
    languages = _at(value, "main") or {}
    found = _at(value, "main", next(iter(languages), ""), "localeDisplayNames", "territories")
    if found is None:
        where = f"main.{locale}.localeDisplayNames.territories"
        raise Unreadable(f"the names in {locale!r}: has no map {where}")
    labels: dict[str, Labels] = {}
    for key, name in found.items():
        code, variant, _ = key.partition(_VARIANT)
        if not isinstance(name, str):
            continue
        one = labels.setdefault(code, Labels())
        if not variant:
            one.name = name.strip()
        elif name not in one.synonyms:
            one.synonyms.append(name)
    return labels

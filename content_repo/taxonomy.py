"""Taxonomies: categories in a tree, known by key.

A taxonomy's fields are ``locales`` and ``categories``; a category holds
``key``, ``name``, ``infos`` (for each locale that was filled in: ``name``,
``description``, ``synonyms``, ``properties``) and its own ``categories``.
Documents store keys.  A category's path is made of *names*, not keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content_repo.doctypes import Problem
from content_repo.model import Node


@dataclass(frozen=True, slots=True)
class Category:
    """One category with the tree below it."""

    key: str
    name: str
    path: str
    infos: Mapping[str, Mapping[str, Any]]
    categories: tuple[Category, ...]

    def walk(self) -> Iterator[Category]:
        """The category and all below it, in order."""
        yield self
        for child in self.categories:
            yield from child.walk()


def problems(fields: Mapping[str, Any]) -> Iterator[Problem]:
    """What keeps *fields* from being those of a taxonomy."""
    yield from _problems(fields, "", set())


def _problems(holder: Mapping[str, Any], above: str, seen: set[str]) -> Iterator[Problem]:
    stored, at = holder.get("categories", []), f"{above}/categories"
    if not isinstance(stored, list):
        yield Problem(at, "expected a list")
        return
    for index, one in enumerate(stored):
        here = f"{at}/{index}"
        if not isinstance(one, Mapping):
            yield Problem(here, "expected an object")
            continue
        key = one.get("key")
        if not isinstance(key, str) or not key:
            yield Problem(f"{here}/key", "expected a string that is not empty")
        elif key in seen:
            yield Problem(f"{here}/key", f"the key {key!r} is there twice")
        else:
            seen.add(key)
        if not isinstance(one.get("name") or "", str):
            yield Problem(f"{here}/name", "expected a string")
        infos = one.get("infos", {})
        if not isinstance(infos, Mapping) or not all(
            isinstance(info, Mapping) for info in infos.values()
        ):
            yield Problem(f"{here}/infos", "expected an object of objects")
        yield from _problems(one, here, seen)


def categories(node: Node) -> tuple[Category, ...]:
    """The top categories of a taxonomy."""
    return _grown(node.fields.get("categories", ()), "")


def find(node: Node, key: str) -> Category | None:
    """The category of that key, or ``None``."""
    for top in categories(node):
        for category in top.walk():
            if category.key == key:
                return category
    return None


def _grown(stored: Any, above: str) -> tuple[Category, ...]:
    return tuple(
        Category(
            key=one["key"],
            name=(name := one.get("name") or one["key"]),
            path=(path := f"{above}{name}"),
            infos=one.get("infos", {}),
            categories=_grown(one.get("categories", ()), f"{path}/"),
        )
        for one in stored
    )

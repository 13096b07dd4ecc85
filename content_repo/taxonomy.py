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

"""Taxonomies: the tree of the reference page, which is nested, not embedded."""

from __future__ import annotations

from typing import Any

from content_repo import taxonomy as content
from content_repo.model import Node
from content_repo.taxonomy import Category
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import CATEGORY, DOCUMENTS, TAXONOMY, curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import template
from hal_delivery.web.asking import query_string
from hal_delivery.web.vocabulary import DEPTH, FIELDS


def taxonomy(node: Node, rendering: Rendering) -> Resource:
    """A taxonomy without its categories, as lists embed it.

    Its ``self`` says so: a client must not take it for the whole tree.
    """
    fields = {"name": node.name, "locales": node.fields.get("locales", [])}
    query = rendering.shape
    if rendering.projection.is_whole:
        query = f"{query_string([(FIELDS.name, ','.join(fields))])}{query.replace('?', '&')}"
    return resource(
        {"_meta": rendering.meta(node, node.path), **rendering.projection.apply(fields)},
        links=_links(node, rendering, query),
    )


def tree(node: Node, rendering: Rendering, *, depth: int | None, query: str) -> Resource:
    """A taxonomy with its categories, all of them or *depth* levels."""
    fields = {
        "name": node.name,
        "locales": node.fields.get("locales", []),
        "categories": [
            _category(one, node.name, rendering, depth) for one in content.categories(node)
        ],
    }
    return resource(
        {"_meta": rendering.meta(node, node.path), **rendering.projection.apply(fields)},
        links=rendering.top(_links(node, rendering, query)),
    )


def category(
    node: Node, found: Category, rendering: Rendering, *, depth: int | None, query: str
) -> Resource:
    """One category with those below it."""
    shown = _category(found, node.name, rendering, None if depth is None else depth + 1)
    links = {
        **shown["_links"],
        "self": link(rendering.urls.category(node.name, found.key) + query),
        "canonical": link(rendering.urls.category(node.name, found.key)),
        "up": link(_above(node, found, rendering)),
        curied(TAXONOMY): link(rendering.urls.taxonomy(node.name)),
    }
    return {**shown, "_links": rendering.top(links)}


def _above(node: Node, found: Category, rendering: Rendering) -> str:
    """The address of what holds a category: another one, or the taxonomy."""
    for top in content.categories(node):
        for one in top.walk():
            if any(child.key == found.key for child in one.categories):
                return rendering.urls.category(node.name, one.key)
    return rendering.urls.taxonomy(node.name)


def _category(
    one: Category, taxonomy_name: str, rendering: Rendering, depth: int | None
) -> Resource:
    """A category; where *depth* ends, it says so instead of looking like a leaf."""
    urls = rendering.urls
    below = None if depth is None else depth - 1
    state: dict[str, Any] = {
        "key": one.key,
        "name": one.name,
        "path": one.path,
        "infos": {locale: _info(stored) for locale, stored in one.infos.items()},
    }
    if below == 0 and one.categories:
        state["_meta"] = {"cut": len(one.categories)}
    else:
        state["categories"] = [
            _category(child, taxonomy_name, rendering, below) for child in one.categories
        ]
    return resource(
        state,
        links={
            "self": link(urls.category(taxonomy_name, one.key)),
            curied(DOCUMENTS): link(urls.category_documents(taxonomy_name, one.key)),
        },
    )


def _info(stored: Any) -> dict[str, Any]:
    """A category in one locale; an empty description is there, as ``null``."""
    return {
        "name": stored.get("name"),
        "description": stored.get("description"),
        "synonyms": stored.get("synonyms") or [],
        "properties": stored.get("properties") or {},
    }


def _links(node: Node, rendering: Rendering, query: str) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    return {
        "self": link(urls.taxonomy(node.name) + query),
        "canonical": link(urls.taxonomy(node.name)),
        "collection": link(urls.collection("taxonomies")),
        curied(CATEGORY): link(
            template(urls.taxonomy(node.name), DEPTH, variable="/categories/{key}"), templated=True
        ),
    }

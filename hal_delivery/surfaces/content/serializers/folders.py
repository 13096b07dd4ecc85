"""Folders, alone, in lists and as trees."""

from __future__ import annotations

from typing import Any

from content_repo.model import Node
from hal_delivery.hal.paging import page_links
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.services.delivery import Branch
from hal_delivery.surfaces.content.relations import DOCUMENTS, FOLDERS, PAGE, TREE, curied
from hal_delivery.surfaces.content.serializers.documents import document
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.web.asking import Asked, query_string
from hal_delivery.web.vocabulary import DEPTH, SCOPE
from search_index import Window

#: Levels that a tree shows unless told otherwise.
USUAL_DEPTH = 8


def folder(node: Node, rendering: Rendering) -> Resource:
    """A folder without what is in it, as lists embed it."""
    return resource(
        {"_meta": rendering.meta(node, rendering.path(node))},
        links=_links(node, rendering, rendering.shape),
    )


def opened(branch: Branch, rendering: Rendering, *, window: Window, asked: Asked) -> Resource:
    """A folder with what is directly in it, and as much below as was asked for.

    Of its documents one page; of its folders all.
    """
    node = branch.folder
    own = rendering.urls.folder(node.id)
    pages = page_links(
        offset=window.offset,
        limit=window.limit,
        total=branch.total,
        href=asked.pages(own),
    )
    meta = rendering.meta(node, rendering.path(node))
    meta.update(
        limit=window.limit,
        offset=window.offset,
        size=len(branch.documents),
        totalSize=branch.total,
    )
    meta.update(_cut(branch))
    if asked.capped:
        meta["capped"] = asked.capped
    links = {**_links(node, rendering, asked.query()), **pages, **_page_link(branch, rendering)}
    return resource(
        {"_meta": meta}, links=rendering.top(links), embedded=_embedded(branch, rendering)
    )


def tree(branch: Branch, rendering: Rendering, *, asked: Asked) -> Resource:
    """The mount's root with everything below it, to the depth asked for."""
    root = branch.folder
    address = rendering.urls.tree()
    return resource(
        {"_meta": {**rendering.meta(root, rendering.path(root)), **_cut(branch)}},
        links=rendering.top(
            {
                "self": link(address + asked.query()),
                "canonical": link(rendering.urls.folder(root.id)),
                "up": link(rendering.urls.home()),
                **_page_link(branch, rendering),
            }
        ),
        embedded=_embedded(branch, rendering),
    )


def _cut(branch: Branch) -> dict[str, int]:
    """How much is missing from a branch that is too large for one answer."""
    return {"leftOut": branch.left_out} if branch.left_out else {}


def _embedded(branch: Branch, rendering: Rendering) -> dict[str, list[Resource]]:
    return {
        "documents": [document(one, rendering) for one in branch.documents],
        "folders": [_child(one, rendering) for one in branch.folders],
    }


def _child(branch: Branch, rendering: Rendering) -> Resource:
    """A folder within another.

    Its path is its name here, where every list has the path from the root: so
    it is on the reference page, and clients may rely on it.
    """
    node = branch.folder
    return resource(
        {"_meta": rendering.meta(node, node.name)},
        links={**_links(node, rendering, rendering.shape), **_page_link(branch, rendering)},
        embedded=_embedded(branch, rendering) if branch.opened else None,
    )


def _links(node: Node, rendering: Rendering, query: str) -> dict[str, Link | list[Link]]:
    urls = rendering.urls
    below = query_string([(SCOPE.name, node.id)])
    links: dict[str, Link | list[Link]] = {
        "self": link(urls.folder(node.id) + query),
        "canonical": link(urls.folder(node.id)),
        "collection": link(urls.collection("folders")),
        curied(DOCUMENTS): link(urls.collection("documents") + below),
        curied(FOLDERS): link(urls.collection("folders") + below),
        curied(TREE): link(urls.folder(node.id) + query_string([(DEPTH.name, str(USUAL_DEPTH))])),
    }
    # The root's own parent is on no mount.
    if node.parent is not None and node.path != rendering.content_root:
        links["up"] = link(urls.folder(node.parent))
    else:
        links["up"] = link(urls.home())
    return links


def _page_link(branch: Branch, rendering: Rendering) -> dict[str, Any]:
    """The folder's own page, where one of its documents is that."""
    if branch.page is None:
        return {}
    return {curied(PAGE): link(rendering.urls.document(branch.page))}

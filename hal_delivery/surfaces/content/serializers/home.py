"""The entry point: links to everything else."""

from __future__ import annotations

from content_repo.model import Node, Side
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.mounts import Mount
from hal_delivery.surfaces.content import relations as rel
from hal_delivery.surfaces.content.relations import curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.surfaces.content.urls import template
from hal_delivery.web.vocabulary import ALONE, FOLDER, LEVELS, LISTING, SHAPE, SUGGESTING


def home(mount: Mount, root: Node, rendering: Rendering) -> Resource:
    """The mount's first page: lists as links, single resources as templates."""
    return resource(
        {
            "_meta": {
                "title": mount.title,
                "side": mount.side.value,
                "defaultLocale": mount.default_locale,
            }
        },
        links=rendering.top(
            {
                "self": link(rendering.urls.home()),
                **_lists(root, rendering),
                **_templates(rendering),
                curied(rel.COLLECTIONS): _collections(rendering),
                **_sitemap(mount, rendering),
                "service-desc": link(
                    f"{rendering.urls.base}/openapi.json", type="application/json"
                ),
                "service-doc": link(f"{rendering.urls.base}/docs/", type="text/html"),
            }
        ),
    )


def _lists(root: Node, rendering: Rendering) -> dict[str, Link]:
    urls = rendering.urls
    return {
        curied(rel.ROOT): link(urls.folder(root.id), title="The root folder"),
        curied(rel.DOCUMENTS): link(urls.collection("documents"), title="All documents"),
        curied(rel.FOLDERS): link(urls.collection("folders"), title="All folders"),
        curied(rel.RESOURCE_BUNDLES): link(
            urls.collection("resourcebundles"), title="Resource bundles"
        ),
        curied(rel.TAXONOMIES): link(urls.collection("taxonomies"), title="Taxonomies"),
        curied(rel.ASSETS): link(urls.collection("assets"), title="Images and other files"),
        curied(rel.TYPES): link(urls.collection("types"), title="Document types"),
    }


def _sitemap(mount: Mount, rendering: Rendering) -> dict[str, Link]:
    """Of what is published; search engines have no business with drafts."""
    if mount.side is not Side.PUBLISHED:
        return {}
    href = rendering.urls.sitemap()
    return {curied(rel.SITEMAP): link(href, type="application/xml", title="Sitemap")}


def _templates(rendering: Rendering) -> dict[str, Link]:
    base = rendering.urls.base
    found = {
        "search": template(f"{base}/documents/", *LISTING),
        curied(rel.DOCUMENT): template(f"{base}/documents", *ALONE, variable="/{+address}"),
        curied(rel.FOLDER): template(f"{base}/folders", *FOLDER, variable="/{+address}"),
        curied(rel.RESOURCE_BUNDLE): template(
            f"{base}/resourcebundles", *SHAPE, variable="/{basename}"
        ),
        curied(rel.TAXONOMY): template(f"{base}/taxonomies", *LEVELS, variable="/{name}"),
        curied(rel.TREE): template(f"{base}/tree", *LEVELS),
        curied(rel.SUGGEST): template(rendering.urls.suggest(), *SUGGESTING),
    }
    return {relation: link(href, templated=True) for relation, href in found.items()}


def _collections(rendering: Rendering) -> list[Link]:
    """One link for each type that documents can be asked by."""
    return [
        link(rendering.urls.collection(one.name), name=one.short_name, title=one.label or None)
        for one in sorted(rendering.types.by_name.values(), key=lambda one: one.name)
        if not one.compound
    ]

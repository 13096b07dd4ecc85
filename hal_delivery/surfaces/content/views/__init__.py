"""The routes of this surface: every address that a mount answers at.

A view parses, makes one call of the service, shapes and answers.
"""

from __future__ import annotations

from typing import Final

from flask import Flask
from flask.views import MethodView
from flask_smorest import Blueprint
from werkzeug.routing import BaseConverter, PathConverter

from content_repo.model import Side
from hal_delivery.mounts import Mount
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.urls import RESERVED
from hal_delivery.surfaces.content.views import (
    assets,
    bundles,
    description,
    documents,
    folders,
    home,
    sitemap,
    suggest,
    taxonomies,
    types,
)

_ID: Final = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


class Collection(BaseConverter):
    """A document type's name; words that this surface keeps are none."""

    regex = f"(?!(?:{'|'.join(RESERVED)})(?:/|$))[^/]+"
    # Each other segment is matched by itself, so that this one may look ahead.
    part_isolating = False


class Id(BaseConverter):
    """A node's id, where a path has no place."""

    regex = _ID


class Address(PathConverter):
    """An id, or a path: one or more names, with whatever is in them."""

    # Names may hold line ends, which a dot alone does not stand for.
    regex = "(?s:[^/].*?)"


CONVERTERS: Final = {"collection": Collection, "id": Id, "address": Address}

ROUTES: Final[tuple[tuple[str, type[MethodView]], ...]] = (
    ("/", home.Home),
    ("/documents/", documents.Documents),
    ("/documents/<address:address>", documents.Document),
    ("/documents/<id:id>/source", documents.Source),
    ("/folders/", folders.Folders),
    ("/folders/<address:address>", folders.Folder),
    ("/tree", folders.Tree),
    ("/resourcebundles/", bundles.Bundles),
    ("/resourcebundles/<basename>", bundles.Bundle),
    ("/resourcebundles/<basename>/<locale>", bundles.BundleInLocale),
    ("/taxonomies/", taxonomies.Taxonomies),
    ("/taxonomies/<name>", taxonomies.Taxonomy),
    ("/taxonomies/<name>/categories/<key>", taxonomies.Category),
    ("/taxonomies/<name>/categories/<key>/documents", taxonomies.CategoryDocuments),
    ("/assets/", assets.Assets),
    ("/assets/<address:address>", assets.Asset),
    ("/assets/<id:id>/bytes/<digest>/<name>", assets.AssetBytes),
    ("/suggest", suggest.Suggest),
    ("/types/", types.Types),
    ("/types/<name>", types.Type),
    ("/rels/<name>", home.Relation),
    ("/problems/<code>", home.Problem),
    ("/docs/", home.Docs),
    ("/sitemap.xml", sitemap.Sitemap),
    ("/openapi.json", description.Description),
    ("/api-docs/swagger.json", description.Swagger),
    ("/<collection:collection>/", documents.TypedDocuments),
    ("/<collection:collection>/<address:address>", documents.TypedDocument),
)

#: What mounts of drafts do not have.
PUBLISHED_ONLY: Final = frozenset({sitemap.Sitemap})


def blueprint(mount: Mount) -> Blueprint:
    """The routes of one mount, below its base."""
    routes = Blueprint(mount.name, __name__, description=mount.title)
    for rule, view in ROUTES:
        if view in PUBLISHED_ONLY and mount.side is not Side.PUBLISHED:
            continue
        # With and without a slash at the end, for people type both.
        routes.route(rule, strict_slashes=False, parameters=schemas.parts(rule))(view)
    return routes


def register_converters(app: Flask) -> None:
    """Teach *app* what the routes above are made of."""
    app.url_map.converters.update(CONVERTERS)

"""Assets: what is known of files, and their bytes."""

from __future__ import annotations

import os

from flask import Response, request, send_file
from flask.views import MethodView
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from content_repo.model import Kind
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.serializers.assets import asset
from hal_delivery.surfaces.content.serializers.rendering import whole
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.surfaces.content.views import listings
from hal_delivery.surfaces.content.views.answering import checked, item_facts, rendering, tag
from hal_delivery.surfaces.content.views.listings import Listing
from hal_delivery.web import answers, ranges
from hal_delivery.web.asking import Asked
from hal_delivery.web.caching import Tags
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import SHAPE

UNKNOWN_BYTES = "application/octet-stream"


class Assets(MethodView):
    """All assets."""

    @listings.collection("List assets", schemas.AssetListSchema, Kind.ASSET)
    def get(self, asked: Asked) -> Response:
        """All images and other files of the mount."""
        return listings.nodes(
            Kind.ASSET,
            Listing(
                address=Urls(here().base).collection("assets"),
                relation="assets",
                tags=("assets",),
            ),
            asked,
            asset,
        )


class Asset(MethodView):
    """One asset."""

    @operation("Read an asset", reads=SHAPE, answer=schemas.AssetSchema)
    def get(self, asked: Asked, address: str) -> Response:
        """What is known of a file, by its id or its path in the repository or the mount."""
        place = here()
        asked = checked(asked, Kind.ASSET)
        node = place.delivery.find(Kind.ASSET, address.removesuffix("/"))
        shared = rendering(asked)
        shape = whole(asset(node, shared), shared)
        return answers.resource(place, shape, item_facts(node, shape["_links"], asked))


class AssetBytes(MethodView):
    """The bytes of one asset."""

    @operation(
        "Read the bytes of an asset",
        answer={"type": "string", "format": "binary"},
        media_types=("*/*",),
        failures=(404, 416, 503),
        in_ranges=True,
    )
    def get(self, asked: Asked, id: str, digest: str, name: str) -> Response:
        """A file's bytes, whole or in ranges; they never change at this address."""
        place = here()
        node, stream = place.delivery.open_asset(id, digest, name)
        response = send_file(
            stream,
            mimetype=node.fields.get("mediaType", UNKNOWN_BYTES),
            etag=digest,
            last_modified=node.modified_at / 1000,
        )
        size = os.fstat(stream.fileno()).st_size
        try:
            ranges.make_conditional(response, request, modified=node.modified_at, size=size)
        except RequestedRangeNotSatisfiable:
            stream.close()
            raise
        return answers.immutable(response, place, Tags(("assets",), {tag(node)}))

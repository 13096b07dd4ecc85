"""Resource bundles: all, one in all locales, one in one."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, request
from flask.views import MethodView

from content_repo.bundles import DEFAULT
from content_repo.model import Kind
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.serializers import bundles
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.surfaces.content.views import listings
from hal_delivery.surfaces.content.views.answering import checked, item_facts, rendering
from hal_delivery.surfaces.content.views.listings import Listing
from hal_delivery.web import answers
from hal_delivery.web.asking import Asked
from hal_delivery.web.here import here
from hal_delivery.web.negotiation import JSON, RESOURCE, best
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import SHAPE


class Bundles(MethodView):
    """All resource bundles."""

    @listings.collection("List resource bundles", schemas.BundleListSchema, Kind.BUNDLE)
    def get(self, asked: Asked) -> Response:
        """All bundles, without their messages."""
        return listings.nodes(
            Kind.BUNDLE,
            Listing(
                address=Urls(here().base).collection("resourcebundles"),
                relation="documents",
                tags=("bundles",),
            ),
            asked,
            bundles.bundle,
        )


class Bundle(MethodView):
    """One resource bundle."""

    @operation("Read a resource bundle", reads=SHAPE, answer=schemas.BundleSchema)
    def get(self, asked: Asked, basename: str) -> Response:
        """A bundle with its messages in all locales."""
        place = here()
        asked = checked(asked, Kind.BUNDLE)
        node = place.delivery.find_keyed(Kind.BUNDLE, basename)
        shape = bundles.with_messages(node, rendering(asked))
        return answers.resource(place, shape, item_facts(node, shape["_links"], asked))


class BundleInLocale(MethodView):
    """One resource bundle in one locale."""

    @operation(
        "Read a resource bundle in a locale",
        answer=schemas.BundleInLocaleSchema,
        otherwise={JSON: schemas.MESSAGES},
    )
    def get(self, asked: Asked, basename: str, locale: str) -> Response:
        """What the locale lacks is borrowed from its parents, and named.

        As ``application/json`` it is the flat map of key to message that
        loaders of message files read.
        """
        place = here()
        node, found = place.delivery.messages(basename, locale)
        shape = bundles.in_locale(node, found, rendering(asked))
        locale = place.mount.default_locale if found.locale == DEFAULT else found.locale
        facts = replace(item_facts(node, shape["_links"], asked), locale=locale)
        if best(request.headers.get("Accept", ""), RESOURCE) == JSON:
            return answers.resource(place, found.texts, facts)
        return answers.resource(place, shape, facts)

"""Taxonomies: all, one as a tree, one category, and its documents."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from content_repo.model import Kind
from hal_delivery.hal.resource import link
from hal_delivery.surfaces.content import schemas
from hal_delivery.surfaces.content.serializers import taxonomies
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.surfaces.content.views import listings
from hal_delivery.surfaces.content.views.answering import checked, item_facts, rendering
from hal_delivery.surfaces.content.views.listings import Listing
from hal_delivery.web import answers
from hal_delivery.web.asking import Asked
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import DEPTH, LEVELS


class Taxonomies(MethodView):
    """All taxonomies."""

    @listings.collection("List taxonomies", schemas.TaxonomyListSchema, Kind.TAXONOMY)
    def get(self, asked: Asked) -> Response:
        """All taxonomies, without their categories."""
        return listings.nodes(
            Kind.TAXONOMY,
            Listing(
                address=Urls(here().base).collection("taxonomies"),
                relation="taxonomies",
                tags=("taxonomies",),
            ),
            asked,
            taxonomies.taxonomy,
        )


class Taxonomy(MethodView):
    """One taxonomy."""

    @operation("Read a taxonomy", reads=LEVELS, answer=schemas.TaxonomySchema)
    def get(self, asked: Asked, name: str) -> Response:
        """A taxonomy with all its categories, or the levels asked for."""
        place = here()
        asked = checked(asked, Kind.TAXONOMY)
        node = place.delivery.find_keyed(Kind.TAXONOMY, name)
        shape = taxonomies.tree(node, rendering(asked), depth=asked.depth, query=asked.query())
        return answers.resource(place, shape, item_facts(node, shape["_links"], asked))


class Category(MethodView):
    """One category."""

    @operation("Read a category", reads=(DEPTH,), answer=schemas.CategorySchema)
    def get(self, asked: Asked, name: str, key: str) -> Response:
        """A category by its key, with those below it."""
        place = here()
        node, found = place.delivery.category(name, key)
        shape = taxonomies.category(
            node, found, rendering(asked), depth=asked.depth, query=asked.query()
        )
        return answers.resource(place, shape, item_facts(node, shape["_links"], asked))


class CategoryDocuments(MethodView):
    """The documents of one category."""

    @listings.collection("List documents of a category", schemas.DocumentListSchema)
    def get(self, asked: Asked, name: str, key: str) -> Response:
        """Documents that carry the category's key, or that of one below it."""
        node, found = here().delivery.category(name, key)
        urls = Urls(here().base)
        return listings.documents(
            Listing(
                address=urls.category_documents(node.name, found.key),
                relation="documents",
                tags=("documents", f"taxonomy-{node.name}"),
                narrow={
                    "taxonomy": node.name,
                    "categories": frozenset(one.key for one in found.walk()),
                },
                links={"up": link(urls.category(node.name, found.key))},
            ),
            asked,
        )

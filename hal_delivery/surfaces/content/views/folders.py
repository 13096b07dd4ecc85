"""Folders: as a flat list, one with what is in it, and the whole as a tree."""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from content_repo.model import Kind
from hal_delivery.surfaces.content import params, schemas
from hal_delivery.surfaces.content.serializers import folders
from hal_delivery.surfaces.content.urls import Urls
from hal_delivery.surfaces.content.views import listings
from hal_delivery.surfaces.content.views.answering import checked, gathered_facts, rendering
from hal_delivery.surfaces.content.views.listings import Listing
from hal_delivery.web import answers
from hal_delivery.web.asking import Asked
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import FOLDER, LEVELS, LIMIT
from search_index import Window


class Folders(MethodView):
    """All folders."""

    @listings.collection("List folders", schemas.FolderListSchema, Kind.FOLDER)
    def get(self, asked: Asked) -> Response:
        """Every folder below the mount's root, as a flat list."""
        return listings.nodes(
            Kind.FOLDER,
            Listing(
                address=Urls(here().base).collection("folders"),
                relation="folders",
                tags=("folders",),
            ),
            asked,
            folders.folder,
        )


class Folder(MethodView):
    """One folder."""

    @operation(
        "Read a folder",
        reads=FOLDER,
        answer=schemas.FolderSchema,
        failures=(404, 503),
    )
    def get(self, asked: Asked, address: str) -> Response:
        """A folder by its id or path, with its folders and a page of its documents."""
        place = here()
        asked = checked(asked)
        # Small folders come whole: only who asks for less gets less.
        limit = asked.limit if LIMIT.name in asked.given else place.mount.max_limit
        window = Window(asked.offset, limit)
        branch = place.delivery.branch(
            place.delivery.find(Kind.FOLDER, address.removesuffix("/")),
            depth=params.depth(asked, 1),
            window=window,
            sort=params.sort_keys(asked.sort),
        )
        shared = rendering(asked, list(branch.nodes()))
        shape = folders.opened(branch, shared, window=window, asked=asked)
        facts = gathered_facts(branch.folder, branch.nodes(), shape["_links"], asked, shared.around)
        return answers.resource(place, shape, facts)


class Tree(MethodView):
    """The mount as a tree."""

    @operation("Read the tree", reads=LEVELS, answer=schemas.TreeSchema, failures=())
    def get(self, asked: Asked) -> Response:
        """Folders and documents from the root down: a navigation in one answer."""
        place = here()
        asked = checked(asked)
        root = place.delivery.root()
        branch = place.delivery.branch(root, depth=params.depth(asked, folders.USUAL_DEPTH))
        shared = rendering(asked, list(branch.nodes()))
        shape = folders.tree(branch, shared, asked=asked)
        facts = gathered_facts(root, branch.nodes(), shape["_links"], asked, shared.around)
        return answers.resource(place, shape, facts)

"""Documents: of every type, and of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import orjson
from flask import Response
from flask.views import MethodView

from content_repo.doctypes import DocumentType
from content_repo.model import Node
from hal_delivery.services.localising import NO_LENDERS, Lenders
from hal_delivery.surfaces.content import embeds, leniency, params, schemas
from hal_delivery.surfaces.content.serializers.documents import joined, kept_links
from hal_delivery.surfaces.content.serializers.embedding import with_embedded
from hal_delivery.surfaces.content.serializers.rendering import whole
from hal_delivery.surfaces.content.urls import DOCUMENTS, Urls
from hal_delivery.surfaces.content.views import listings
from hal_delivery.surfaces.content.views.answering import (
    checked,
    item_facts,
    preferring,
    rendering,
    tags,
    takes_kept_fields,
)
from hal_delivery.surfaces.content.views.listings import Listing
from hal_delivery.web import answers
from hal_delivery.web.answers import Facts
from hal_delivery.web.asking import Asked
from hal_delivery.web.here import here
from hal_delivery.web.operations import operation
from hal_delivery.web.vocabulary import ALONE


class Documents(MethodView):
    """All documents."""

    @listings.collection("List documents of every type", schemas.DocumentListSchema)
    def get(self, asked: Asked) -> Response:
        """Search, narrow, sort and page all documents of the mount."""
        return _list(asked, DOCUMENTS, None)


class Document(MethodView):
    """One document."""

    @operation("Read a document", reads=ALONE, answer=schemas.DocumentSchema)
    def get(self, asked: Asked, address: str) -> Response:
        """By its id, or by its path from the mount's root."""
        return preferring(asked, lambda asked: _one(asked, address, DOCUMENTS, None))


class Source(MethodView):
    """The file that a document came from."""

    @operation(
        "Read the file that a document was imported from",
        answer={"type": "string", "format": "binary"},
        media_types=("*/*",),
    )
    def get(self, asked: Asked, id: str) -> Response:
        """Byte for byte, as long as the document's fields are those that came from it."""
        place = here()
        node, content = place.delivery.source(id)
        return answers.file(place, content, Facts(version=node.revision, tags=tags((), (node,))))


class TypedDocuments(MethodView):
    """The documents of one type."""

    @listings.collection("List documents of a type", schemas.DocumentListSchema)
    def get(self, asked: Asked, collection: str) -> Response:
        """Of the type of that short or full name, and of those that extend it."""
        return _list(asked, collection, here().delivery.document_types(collection))


class TypedDocument(MethodView):
    """One document, in the collection of its type."""

    @operation("Read a document of a type", reads=ALONE, answer=schemas.DocumentSchema)
    def get(self, asked: Asked, collection: str, address: str) -> Response:
        """The same document; one of another type is not found."""
        types = here().delivery.document_types(collection)
        return preferring(asked, lambda asked: _one(asked, address, collection, types))


def _list(asked: Asked, segment: str, types: Sequence[DocumentType] | None) -> Response:
    names = None if types is None else frozenset(one.name for one in types)
    return listings.documents(
        Listing(
            address=Urls(here().base).collection(segment),
            relation="documents",
            tags=_collections(asked, names),
            narrow={} if names is None else {"types": names},
        ),
        asked,
        segment=segment,
    )


def _collections(asked: Asked, types: Collection[str] | None) -> tuple[str, ...]:
    """The tags of a list of documents: a translation may be of another type."""
    if types is None or asked.locale is not None:
        return ("documents",)
    return tuple(f"type-{one}" for one in types)


def _one(
    asked: Asked, address: str, segment: str, types: Sequence[DocumentType] | None
) -> Response:
    place = here()
    asked = leniency.checked(asked, lambda one: embeds.checked_alone(one, place.delivery))
    asked = checked(asked)
    address = address.removesuffix("/")
    if takes_kept_fields(asked):
        return _one_as_kept(asked, address, segment, types)
    node, lenders = _found(asked, address)
    if types is not None:
        place.delivery.check_type(node, address, types)
    shared = rendering(asked, [node], lenders)
    shape = whole(with_embedded(node, shared, segment=segment), shared)
    facts = item_facts(node, shape["_links"], asked, shared.around, is_open=True)
    return answers.resource(place, shape, facts)


def _found(asked: Asked, address: str) -> tuple[Node, Lenders]:
    """The document at *address*, or the translation of it that suits who asks."""
    delivery = here().delivery
    wanted = params.reader_locales(asked, delivery)
    if wanted is None:
        return delivery.document(address), NO_LENDERS
    return delivery.in_locale(address, wanted)


def _one_as_kept(
    asked: Asked, address: str, segment: str, types: Sequence[DocumentType] | None
) -> Response:
    place = here()
    node = place.delivery.rendition(address)
    if types is not None:
        place.delivery.check_type(node, address, types)
    shared = rendering(asked, [node])
    links = shared.top(kept_links(node, shared, segment))
    shape = joined(node, shared, orjson.dumps(links).decode())
    facts = item_facts(node, links, asked, shared.around, is_open=True)
    return answers.resource(place, shape, facts)

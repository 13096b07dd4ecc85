"""The shapes of this surface, as the OpenAPI description states them.

They describe; what is sent is made by the serializers.  Fields of content have
names that only the document types know, so every shape is open.
"""

from __future__ import annotations

import marshmallow as ma


class ResourceSchema(ma.Schema):
    """A HAL resource."""

    class Meta:
        unknown = ma.INCLUDE

    links = ma.fields.Dict(data_key="_links", required=True)


class NodeMetaSchema(ma.Schema):
    """Where a node is, and since when.

    Dates are epoch milliseconds or RFC 3339 texts, as ``_dates`` says.
    """

    class Meta:
        unknown = ma.INCLUDE

    id = ma.fields.UUID(required=True)
    locale = ma.fields.String()
    name = ma.fields.String(required=True)
    path = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    displayName = ma.fields.String(required=True)
    revision = ma.fields.Integer(required=True)


class PageMetaSchema(ma.Schema):
    """Where a page stands in its list."""

    class Meta:
        unknown = ma.INCLUDE

    limit = ma.fields.Integer(required=True)
    offset = ma.fields.Integer(required=True)
    size = ma.fields.Integer(required=True)
    totalSize = ma.fields.Integer(required=True)
    position = ma.fields.Integer()
    capped = ma.fields.Dict()


class NodeSchema(ResourceSchema):
    """A node with its own fields beside ``_links`` and ``_meta``."""

    meta = ma.fields.Nested(NodeMetaSchema, data_key="_meta", required=True)


class DocumentSchema(NodeSchema):
    """A document."""


class FolderSchema(NodeSchema):
    """A folder; what is in it is embedded as ``documents`` and ``folders``."""

    embedded = ma.fields.Dict(data_key="_embedded", required=True)


class BundleSchema(NodeSchema):
    """A resource bundle with its messages by locale."""

    basename = ma.fields.String(required=True)
    locales = ma.fields.List(ma.fields.String(), required=True)
    bundles = ma.fields.Dict(required=True)


class MessagesSchema(ma.Schema):
    """A resource bundle in one locale.

    ``messages`` by key, and for each borrowed one the locale that lent it; as
    ``application/json`` the messages alone.
    """

    class Meta:
        unknown = ma.INCLUDE


class TaxonomySchema(NodeSchema):
    """A taxonomy with its categories."""

    name = ma.fields.String(required=True)
    locales = ma.fields.List(ma.fields.String(), required=True)
    categories = ma.fields.List(ma.fields.Dict(), required=True)


class CategorySchema(ResourceSchema):
    """A category with those below it."""

    key = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    path = ma.fields.String(required=True)
    infos = ma.fields.Dict(required=True)


class AssetSchema(NodeSchema):
    """An image or another file; its bytes are at the link ``enclosure``."""


class TypeSchema(ResourceSchema):
    """A document type."""

    name = ma.fields.String(required=True)
    shortName = ma.fields.String(required=True)
    fields_ = ma.fields.List(ma.fields.Dict(), data_key="fields", required=True)


class ListSchema(ResourceSchema):
    """One page of a list."""

    meta = ma.fields.Nested(PageMetaSchema, data_key="_meta", required=True)
    embedded = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.Nested(ResourceSchema)),
        data_key="_embedded",
        required=True,
    )


class DocumentListSchema(ListSchema):
    """Documents, or resource bundles, as ``documents``."""


class FolderListSchema(ListSchema):
    """Folders, as ``folders``."""


class TaxonomyListSchema(ListSchema):
    """Taxonomies, as ``taxonomies``."""


class AssetListSchema(ListSchema):
    """Assets, as ``assets``."""


class TypeListSchema(ListSchema):
    """Document types, as ``types``."""

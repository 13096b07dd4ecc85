"""Document types: what a document may hold, for whoever writes a client."""

from __future__ import annotations

from collections.abc import Sequence

from content_repo.doctypes import DocumentType
from hal_delivery.hal.resource import Link, Resource, link, resource
from hal_delivery.surfaces.content.relations import DOCUMENTS, curied
from hal_delivery.surfaces.content.serializers.rendering import Rendering
from hal_delivery.web.asking import Asked


def document_type(one: DocumentType, rendering: Rendering) -> Resource:
    """A type with all its fields, the inherited ones too."""
    definition = one.definition()
    definition["fields"] = [
        {"name": name, "kind": field.kind.value, "multiple": field.is_list}
        | {
            key: value
            for key, value in (
                ("label", field.label),
                ("description", field.description),
                ("required", field.required),
                ("type", field.type),
                ("taxonomy", field.taxonomy),
                ("targets", list(field.targets)),
            )
            if value
        }
        for name, field in rendering.types.fields(one.name).items()
    ]
    urls = rendering.urls
    links: dict[str, Link | list[Link]] = {
        "self": link(urls.type(one.name)),
        "collection": link(urls.collection("types")),
    }
    if one.base is not None:
        links["up"] = link(urls.type(one.base))
    if not one.compound:
        links[curied(DOCUMENTS)] = link(urls.collection(one.name))
    return resource({"shortName": one.short_name, **definition}, links=links)


def document_types(types: Sequence[DocumentType], rendering: Rendering, asked: Asked) -> Resource:
    """All types, by name."""
    return resource(
        {"_meta": {"size": len(types), "totalSize": len(types)}},
        links=rendering.top(
            {
                "self": link(rendering.urls.collection("types") + asked.query()),
                "up": link(rendering.urls.home()),
            }
        ),
        embedded={"types": [document_type(one, rendering) for one in types]},
    )

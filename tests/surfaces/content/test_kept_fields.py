"""Fields that are kept as text are delivered as if they had been rendered just now."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from content_repo import DocumentType, Field, FieldKind, Kind, Side
from content_repo.kept import Rendition
from content_repo.model import ROOT_ID
from hal_delivery.surfaces.content.serializers.kept import FieldsRenderer
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio


def rendered(place: Place, address: str) -> Any:
    """The documents at *address* by the way on which nothing that was kept is used."""
    return place.documents(f"{address}{'&' if '?' in address else '?'}_fields=-kept")


@pytest.fixture
def library(studio: Studio) -> Studio:
    """Documents of every kind of field, some pointing at others, some of them hidden."""
    hidden = studio.document("hidden", published=False)
    shown = studio.document("shown", locale="en")
    group = "5e0c4e7e-7c1c-4b1f-8f0e-0f3f5a6c1d11"
    studio.document("one", locale="nl", group=group, fields={"others": [shown, hidden, shown]})
    studio.document("een", locale="en", group=group, fields={"friend": hidden, "others": []})
    studio.document(
        "quoted", fields={"content": '<p>"\\u00005\\u0000" \\ % %s <id></p>', "size": 3}
    )
    studio.document("empty", fields={"title": None, "friend": None})
    with studio.writing() as tx:
        tx.define([DocumentType(name="play:größe", base="play:base")])
    studio.document("a % name", type="play:größe")
    studio.document("loose", type="play:loose", fields={"any": {"_x": [1, None, "ü"]}})
    # Known from now on, so that leaving it out is a question like any other.
    studio.document("known", type="play:loose", fields={"kept": 1})
    return studio


@pytest.mark.parametrize("query", ["", "?_sort=-title", "?_limit=3&_offset=2", "?_q=shown"])
@pytest.mark.parametrize("side", ["site", "preview"])
def test_a_list_of_kept_documents_is_the_list_of_rendered_ones(
    library: Studio, side: str, query: str
) -> None:
    """Value for value and in the same order of names, but for what _fields adds to links."""
    place: Place = getattr(library, side)
    kept, made = place.documents(f"/documents/{query}"), rendered(place, f"/documents/{query}")

    assert len(kept) > 0
    for one, other in zip(kept, made, strict=True):
        one.pop("kept", None)
        other["_links"]["self"]["href"] = other["_links"]["self"]["href"].partition("?")[0]
        assert orjson.dumps(one) == orjson.dumps(other)


def test_each_document_alone_is_what_it_is_in_lists(library: Studio) -> None:
    """By its id and by its path, with the curie besides."""
    for one in library.preview.documents("/documents/?_limit=100"):
        alone = library.preview.read(f"/documents/{one['_meta']['id']}")
        by_path = library.preview.read(one["_links"]["canonical"]["href"])
        assert alone == by_path
        assert alone["_links"].pop("curies")
        assert alone == one


def test_every_document_of_the_demo_is_delivered_as_rendered(site: Place, preview: Place) -> None:
    """The reference page's documents come from kept fields, and lose nothing by it."""
    for place in (site, preview):
        kept = place.documents("/documents/?_limit=100")
        made = place.documents("/documents/?_limit=100&_fields=-accounts")
        assert len(kept) >= 13
        for one, other in zip(kept, made, strict=True):
            one.pop("accounts", None)
            assert one.keys() == other.keys()
            assert {**one, "_links": {}} == {**other, "_links": {}}


def test_a_mirror_follows_its_target(library: Studio) -> None:
    """A kept field names no path: a renamed target is delivered under its new one."""
    target = library.document("target")
    library.document("pointer", fields={"friend": target})
    with library.writing() as tx:
        tx.move(target, name="elsewhere")

    shown = library.site.read("/documents/pointer")
    assert shown["friend"]["_meta"]["mirror"]["path"].endswith("/elsewhere")
    with library.writing() as tx:
        tx.trash(target)
    assert library.site.read("/documents/pointer")["friend"]["_meta"]["mirror"]["id"] == ROOT_ID


def test_a_type_that_changes_is_rendered_anew(library: Studio) -> None:
    """What was kept in another form of its type is not delivered, and is kept anew when asked."""
    library.document("late", type="play:card", fields={"title": "late"})
    with library.writing() as tx:
        title = Field(name="title", kind=FieldKind.RICH_TEXT)
        tx.define([DocumentType(name="play:card", fields=(title,))])

    rich = {"_meta": {"type": "hippostd:html"}, "content": "late"}
    assert library.site.read("/documents/late")["title"] == rich
    assert library.site.documents("/card/?_sort=_meta.name")[-1]["title"] == rich
    assert library.services.repository.keep_fields() >= 1
    assert library.services.repository.keep_fields() == 0
    assert library.site.read("/documents/late")["title"] == rich


def test_what_is_written_is_kept_at_once(library: Studio) -> None:
    """Nobody has to render a document before it can be read fast, on either side."""
    library.document("fresh")
    reader = library.services.repository.reader(Side.PUBLISHED)
    form = FieldsRenderer().form(library.services.repository.types, "play:note")

    for place in reader.below("content/documents/site"):
        if place.kind is Kind.DOCUMENT:
            found = reader.rendition("id", place.id)
            assert isinstance(found, Rendition)
            assert found.kept is not None
            assert found.type != "play:note" or found.kept_by == form

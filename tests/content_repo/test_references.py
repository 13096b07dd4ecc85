"""References: what a document's fields point at."""

from __future__ import annotations

from content_repo import ROOT_ID, FieldKind
from content_repo.references import Reference, references
from tests.content_repo.content import new_id
from tests.content_repo.stores import PAGE
from tests.content_repo.test_types import KNOWN, checked


def test_every_mirror_and_image_link_is_a_reference() -> None:
    """References come by field, in the order of fields, and empty ones are none."""
    above, first, second, image, home, inner = (new_id() for _ in range(6))
    fields = checked(
        {
            "title": above,
            "image": image,
            "related": [first, second],
            "above": above,
            "author": {"name": "Ann", "home": home},
            "parts": [
                {"_type": "play:box", "inner": {"_type": "play:employee", "name": "Bob",
                                                "home": inner}},
                {"_type": "play:box"},
            ],
        }
    )  # fmt: skip

    assert list(references(KNOWN, PAGE, fields)) == [
        Reference("author", FieldKind.MIRROR, True, home),
        Reference("parts", FieldKind.MIRROR, True, inner),
        Reference("above", FieldKind.MIRROR, False, above),
        Reference("related", FieldKind.MIRROR, True, first),
        Reference("related", FieldKind.MIRROR, True, second),
        Reference("image", FieldKind.IMAGE_LINK, False, image),
    ]


def test_the_empty_mirror_refers_to_nothing() -> None:
    """A mirror at the root is the empty mirror."""
    fields = checked({"above": None, "related": [ROOT_ID], "author": {"name": "x", "home": None}})

    assert fields["above"] == ROOT_ID
    assert list(references(KNOWN, PAGE, fields)) == []


def test_a_document_of_an_unknown_type_refers_to_nothing() -> None:
    """Without a type there are no declared fields, hence no references."""
    assert list(references(KNOWN, "play:none", {"above": new_id()})) == []

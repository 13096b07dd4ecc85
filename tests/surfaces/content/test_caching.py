"""Caching: how long an answer keeps, and what it is purged by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from content_repo import Kind, Transaction
from tests.surfaces.content.place import Place, tags
from tests.surfaces.content.studio import MOUNTS, Studio, opened
from tests.surfaces.content.test_conditional import ADDRESSES, EVERYWHERE


@pytest.mark.parametrize("address", ADDRESSES)
def test_both_headers_say_the_same_tags(site: Place, address: str) -> None:
    """Surrogate-Key lists the tags by blanks, Cache-Groups as strings."""
    headers = site.get(address).headers
    groups = [one.strip().strip('"') for one in headers["Cache-Groups"].split(",")]

    assert groups == headers["Surrogate-Key"].split()
    assert len(groups) == len(set(groups)) > 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_public_mount_may_be_kept(site: Place, address: str) -> None:
    """Shared caches may keep it, and use it while they ask again."""
    said = site.get(address).headers["Cache-Control"]

    assert "public" in said
    assert "max-age=60" in said
    assert "stale-while-revalidate" in said


@pytest.mark.parametrize("address", ["/", "/documents/", "/folders/blog", "/tree", "/types/"])
def test_what_needs_a_token_is_kept_by_nobody(preview: Place, address: str) -> None:
    """The preview's answers are private and stored nowhere."""
    for headers in ({}, {"If_None_Match": "*"}):
        assert preview.get(address, **headers).headers["Cache-Control"] == "private, no-store"


def test_a_mount_has_a_lifetime_of_its_own(tmp_path: Path) -> None:
    """max_age of the mount is the max-age of its answers."""
    mounts = MOUNTS.replace('name = "site"\n', 'name = "site"\nmax_age = 7\n')
    with opened(tmp_path, mounts) as studio:
        assert "max-age=7," in studio.site.get("/documents/").headers["Cache-Control"]


def test_failures_are_never_kept(site: Place) -> None:
    """A refusal is stored nowhere: what is missing now may be there in a moment."""
    for address in ("/documents/nosuch", "/documents/?_limit=0", "/nosuch/"):
        assert site.get(address).headers["Cache-Control"] == "no-store"


def test_a_list_that_is_still_fresh_leaves_the_tags_alone(site: Place) -> None:
    """A 304 of a list repeats the tags of the answer it stands for, or none at all."""
    whole = site.get("/documents/")
    kept = site.get("/documents/", If_None_Match=whole.headers["ETag"])

    for name in ("Surrogate-Key", "Cache-Groups"):
        assert kept.headers.get(name) in (None, whole.headers[name])


# -- what a purge reaches -------------------------------------------------------------


@pytest.fixture
def linked(studio: Studio) -> Studio:
    """Nodes that show something of one another: mirrors, pictures, translations."""
    studio.taxonomy()
    image = studio.asset("a.txt", b"a", "text/plain")
    card = studio.document("cards/card", type="play:card")
    group = "6c1d2f0e-0000-4000-8000-000000000001"
    studio.document("in/english", locale="en", group=group, fields={"friend": card})
    studio.document("in/dutch", locale="nl", group=group, fields={"image": image})
    studio.document("in/keyed", fields={"kinds": ["clams"], "others": [card]})
    studio.bundle("/content/documents/words", {"default": {"a": "A"}, "nl": {}})
    return studio


SHOWN = (
    *(at.replace("in/one", "in/english").replace("in/friend", "in/dutch") for at in EVERYWHERE),
    "/card/", "/base/", "/documents/cards/card", "/documents/in/keyed", "/folders/cards",
    "/documents/?_fields=title&_limit=1", "/folders/?_limit=1",
)  # fmt: skip


def of(studio: Studio, at: str) -> str:
    """The id of the node at *at* on the draft side."""
    id: str = studio.preview.read(at)["_meta"]["id"]
    return id


def purged_by(studio: Studio, at: str) -> set[str]:
    """The tags of a change of the node at *at*: its own, its types' and its kind's."""
    node = studio.preview.get(at).get_json()
    id, type_name = node["_meta"]["id"], node["_meta"]["type"]
    kind = at.split("/")[1]
    found = {kind, f"type-{type_name}"}
    match kind:
        case "documents":
            above = {"play:letter": ("play:note",)}.get(type_name, ())
            found |= {f"doc-{id}", *(f"type-{name}" for name in (*above, "play:base"))}
        case "folders":
            found |= {f"folder-{id}"}
        case "assets":
            found |= {f"asset-{id}"}
        case "taxonomies":
            found |= {f"taxonomy-{node['name']}"}
        case "resourcebundles":
            found |= {f"bundle-{node['basename']}", "bundles"}
    return found


Write = Callable[[Transaction, str], object]

CHANGES: dict[str, tuple[str, Write]] = {
    "a mirror's target is renamed": (
        "/documents/cards/card", lambda tx, id: tx.move(id, name="renamed"),
    ),
    "a mirror's target is taken back": (
        "/documents/cards/card", lambda tx, id: tx.unpublish(id),
    ),
    "a document is trashed": ("/documents/in/dutch", lambda tx, id: tx.trash(id)),
    "a translation is renamed": ("/documents/in/dutch", lambda tx, id: tx.move(id, name="nl")),
    "a picture is renamed": (
        "/assets/content/gallery/a.txt", lambda tx, id: tx.move(id, name="z.txt"),
    ),
    "a picture is taken back": (
        "/assets/content/gallery/a.txt", lambda tx, id: tx.unpublish(id),
    ),
    "a taxonomy is published anew": (
        "/taxonomies/shells",
        lambda tx, id: (tx.revise(id, {"locales": [], "categories": []}), tx.publish(id)),
    ),
    "a bundle is published anew": (
        "/resourcebundles/words",
        lambda tx, id: (
            tx.revise(id, {"basename": "words", "messages": {"default": {"b": "B"}}}),
            tx.publish(id),
        ),
    ),
    "a document is published anew": (
        "/documents/in/keyed", lambda tx, id: (tx.revise(id, {"title": "anew"}), tx.publish(id)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_carries_a_tag_of_what_changed_it(linked: Studio, change: str) -> None:
    """After a change of a node, every answer with other bytes had one of that node's tags."""
    at, write = CHANGES[change]
    before = {shown: linked.site.get(shown) for shown in SHOWN}
    assert {one.status_code for one in before.values()} == {200}
    purged, id = purged_by(linked, at), of(linked, at)
    with linked.writing() as tx:
        write(tx, id)

    changed = [shown for shown, old in before.items() if linked.site.get(shown).data != old.data]
    kept = [shown for shown in changed if not tags(before[shown]) & purged]
    # The position in a list's _meta changes with every publication, and only there.
    stale = [shown for shown in kept if _content(before[shown]) != _content(linked.site.get(shown))]
    assert changed
    assert stale == []


def _content(response: TestResponse) -> Any:
    shape = response.get_json()
    if isinstance(shape, dict) and "_meta" in shape:
        shape["_meta"].pop("position", None)
    return shape


def test_an_answer_with_many_nodes_is_purged_by_its_collections(studio: Studio) -> None:
    """More nodes than a header holds are named by what they are in, links included."""
    image = studio.asset("a.txt", b"a", "text/plain")
    folder = studio.folder("content/documents/site/many")
    with studio.writing() as tx:
        for number in range(140):
            id = tx.create(
                Kind.DOCUMENT, folder, f"{number:03}", type="play:note", fields={"image": image}
            )
            tx.publish(id)
    answer = studio.site.get("/tree")

    assert {"documents", "folders", "assets"} <= tags(answer)
    assert len(answer.headers["Surrogate-Key"]) < 16_000

"""Conditional requests: who has it already is told so, and nothing else."""

from __future__ import annotations

import pytest

from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio

ADDRESSES = (
    "/",
    "/documents/",
    "/documents/?_q=medusa",
    "/documents/?_sort=-title&_limit=2&_fields=title",
    "/documents/blog/authors/Hippo Author",
    "/newsdocument/",
    "/folders/",
    "/folders/blog",
    "/tree",
    "/resourcebundles/",
    "/resourcebundles/essentials.homepage",
    "/resourcebundles/essentials.homepage/nl",
    "/taxonomies/",
    "/taxonomies/seashore",
    "/taxonomies/seashore/categories/molluscs",
    "/taxonomies/seashore/categories/molluscs/documents",
    "/assets/",
    "/types/",
    "/types/hippoaddoncontenthalapidemo:author",
    "/openapi.json",
    "/docs/",
    "/rels/documents",
    "/problems/not_found",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "form", ["{tag}", "W/{tag}", "*", '"a", {tag}', '{tag},"b"', 'W/"a" , W/{tag} ,"c"']
)
@pytest.mark.parametrize("also", [{}, {"Cache_Control": "no-cache", "Pragma": "no-cache"}])
def test_if_none_match_holds_in_every_form(
    site: Place, address: str, form: str, also: dict[str, str]
) -> None:
    """Strong, weak, any, in a list: a 304, whatever else the request says of caches."""
    whole = site.get(address)
    tag = whole.headers["ETag"]
    kept = site.get(address, If_None_Match=form.format(tag=tag), **also)

    assert (kept.status_code, kept.data) == (304, b"")
    assert "Content-Type" not in kept.headers or kept.content_length in (None, 0)
    for name in ("ETag", "Vary", "Cache-Control"):
        assert kept.headers[name] == whole.headers[name]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_head_is_conditional_too(site: Place, address: str) -> None:
    """HEAD has the headers of GET, and its 304."""
    whole, head = site.get(address), site.ask("HEAD", address)

    assert head.data == b""
    assert {k: v for k, v in head.headers.items() if k != "X-Request-Id"} == {
        k: v for k, v in whole.headers.items() if k != "X-Request-Id"
    }
    tag = whole.headers["ETag"]
    assert site.ask("HEAD", address, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("other", ['"other"', 'W/"other"', "", '""', "garbage", "{cut}"])
def test_any_other_tag_gets_the_whole(site: Place, address: str, other: str) -> None:
    """A tag that is not the present one, all of it, counts for nothing."""
    tag = site.get(address).headers["ETag"]
    answer = site.get(address, If_None_Match=other.format(cut=tag[:-2] + '"'))

    assert answer.status_code == 200
    assert answer.data


def test_tags_are_strong_and_tell_representations_apart(site: Place) -> None:
    """Every parameter or type that changes the bytes changes the tag."""
    at = "/documents/blog/authors/Hippo Author"
    answers = [
        site.get(at),
        site.get(f"{at}?_fields=fullname"),
        site.get(f"{at}?_fields=-content"),
        site.get(at, Accept="application/json"),
        site.get("/documents/"),
        site.get("/documents/?_limit=11"),
        site.get("/documents/?_sort=title"),
        site.get("/newsdocument/"),
        site.get("/hippoaddoncontenthalapidemo:newsdocument/"),
    ]
    found = [one.headers["ETag"] for one in answers]

    assert len(set(found)) == len(found)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in found)


def test_a_list_s_tag_does_not_depend_on_how_it_was_asked(site: Place) -> None:
    """Parameters in another order, or encoded otherwise, are the same question."""
    one = site.get("/documents/?_limit=5&_sort=title,-date")
    other = site.get("/documents/?_sort=title%2C%20-date&_limit=5&utm_source=x&_q=")

    assert one.headers["ETag"] == other.headers["ETag"]
    assert one.data == other.data


def test_if_modified_since_holds_for_items(site: Place) -> None:
    """An item that tells of itself only, unchanged since that date, is a 304."""
    at = "/documents/blog/authors/Hippo Author"
    date = site.get(at).headers["Last-Modified"]

    assert site.get(at, If_Modified_Since=date).status_code == 304
    assert site.get(at, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status_code == 200
    later = "Fri, 01 Jan 2100 00:00:00 GMT"
    assert site.get(at, If_Modified_Since=later).status_code == 304


def test_if_none_match_makes_the_date_meaningless(site: Place) -> None:
    """With both, only the tag counts."""
    at = "/documents/blog/authors/Hippo Author"
    late = "Fri, 01 Jan 2100 00:00:00 GMT"

    assert site.get(at, If_None_Match='"other"', If_Modified_Since=late).status_code == 200
    tag = site.get(at).headers["ETag"]
    early = "Sat, 01 Jan 2000 00:00:00 GMT"
    assert site.get(at, If_None_Match=tag, If_Modified_Since=early).status_code == 304


DATES = (
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "Thu, 32 Foo 2017 99:99:99 GMT",
    "0",
    "9" * 5000,
    "yesterday",
)


@pytest.mark.parametrize("date", DATES)
def test_a_date_that_is_none_counts_for_nothing(site: Place, date: str) -> None:
    """A header that cannot be read is as if it had not been sent."""
    for at in ("/documents/blog/authors/Hippo Author", "/documents/", "/folders/blog"):
        assert site.get(at, If_Modified_Since=date).status_code == 200


@pytest.fixture
def peopled(studio: Studio) -> Studio:
    """A service with one node of each kind, all of it linked."""
    studio.taxonomy()
    image = studio.asset("a.txt", b"a", "text/plain")
    friend = studio.document("in/friend")
    studio.document(
        "in/one", fields={"friend": friend, "others": [friend], "image": image, "kinds": ["clams"]}
    )
    studio.bundle("/content/documents/words", {"default": {"a": "A"}, "nl": {}})
    return studio


def test_a_date_never_hides_that_another_node_left(studio: Studio) -> None:
    """One of several targets or translations that is taken back leaves no date, and no 304."""
    group = "6c1d2f0e-0000-4000-8000-000000000003"
    other = studio.document("other", locale="nl", group=group)
    third = studio.document("third", locale="de", group=group)
    studio.document("one", locale="en", group=group, fields={"others": [other, third]})
    before = studio.site.get("/documents/one")
    with studio.writing() as tx:
        tx.unpublish(other)
    date = before.headers["Last-Modified"]
    after = studio.site.get("/documents/one", If_Modified_Since=date)

    assert (after.status_code, after.data == before.data) == (200, False)


EVERYWHERE = (
    "/", "/documents/", "/documents/?_q=one", "/note/", "/documents/in/one", "/documents/in/friend",
    "/folders/", "/folders/in", "/tree", "/taxonomies/", "/taxonomies/shells",
    "/taxonomies/shells/categories/clams/documents", "/resourcebundles/", "/resourcebundles/words",
    "/resourcebundles/words/nl", "/assets/",
)  # fmt: skip


def test_a_draft_changes_no_published_tag(peopled: Studio) -> None:
    """Writing, moving nothing that is published: every tag and every byte stays."""
    before = {at: peopled.site.get(at) for at in EVERYWHERE}
    ids = {one["_meta"]["name"]: one["_meta"]["id"] for one in peopled.site.documents("/note/")}
    with peopled.writing() as tx:
        tx.revise(ids["one"], {"title": "a draft of one"})
        tx.revise(ids["friend"], {"title": "another"})
    peopled.document("in/new", published=False, fields={"friend": ids["one"]})
    peopled.folder("content/documents/site/secret", published=False)
    peopled.asset("b.txt", b"b", "text/plain", published=False)

    for at, old in before.items():
        new = peopled.site.get(at)
        assert (at, new.headers["ETag"], new.data) == (at, old.headers["ETag"], old.data)
        assert new.headers.get("Last-Modified") == old.headers.get("Last-Modified")
        assert peopled.site.get(at, If_None_Match=old.headers["ETag"]).status_code == 304


def test_a_publication_changes_the_tags_of_what_shows_it(peopled: Studio) -> None:
    """Where the bytes change, so does the tag: no 304 for what is stale."""
    before = {at: peopled.site.get(at) for at in EVERYWHERE}
    friend = peopled.site.read("/documents/in/friend")["_meta"]["id"]
    with peopled.writing() as tx:
        tx.revise(friend, {"title": "published anew"})
        tx.publish(friend)
        tx.move(friend, name="renamed")

    changed = 0
    for at, old in before.items():
        new = peopled.site.get(at, If_None_Match=old.headers["ETag"])
        if peopled.site.get(at).data != old.data:
            changed += 1
            assert new.status_code in (200, 404), at
    assert changed >= 8


def test_the_preview_s_tags_follow_drafts(peopled: Studio) -> None:
    """On the draft side a draft is a change."""
    at = "/documents/in/one"
    before = peopled.preview.get(at)
    with peopled.writing() as tx:
        tx.revise(before.get_json()["_meta"]["id"], {"title": "a draft"})
    after = peopled.preview.get(at, If_None_Match=before.headers["ETag"])

    assert after.status_code == 200
    assert after.get_json()["title"] == "a draft"
    assert after.headers["ETag"] != before.headers["ETag"]

"""Invisible: what a reader may not see is as if it were not there."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from content_repo import Side
from tests.surfaces.content.place import Place
from tests.surfaces.content.studio import Studio
from tests.surfaces.problems import problem

SECRET: Final = "xyzzyplugh"


@pytest.fixture
def hiding(studio: Studio) -> Studio:
    """A service in which one of each is hidden from the public, each in another way."""
    studio.taxonomy()
    group = "6c1d2f0e-0000-4000-8000-000000000002"
    hidden = [
        studio.document("in/draft", published=False, **_said(group, "nl")),
        studio.document("in/trashed", **_said(group, "de")),
        studio.document("in/taken", **_said(group, "fr")),
        studio.document("/content/documents/other/outside", **_said(group, "it")),
        studio.document("dark/below", **_said(group, "es")),
    ]
    dark = studio.folder("content/documents/site/dark")
    with studio.writing() as tx:
        tx.trash(hidden[1])
        tx.unpublish(hidden[2])
        tx.unpublish(dark)
    image = studio.asset(f"{SECRET}.svg", b"<svg/>", "image/svg+xml", published=False)
    studio.bundle(f"/content/documents/{SECRET}", {"default": {"a": SECRET}}, published=False)
    fields = {"friend": hidden[0], "others": hidden, "image": image}
    studio.document("in/open", locale="en", group=group, fields=fields)
    # Whatever a document links to in the gallery is published along with it.
    with studio.writing() as tx:
        if studio.services.repository.reader(Side.PUBLISHED).get(image) is not None:
            tx.unpublish(image)
    revised = studio.document("in/revised")
    with studio.writing() as tx:
        tx.revise(revised, {"title": SECRET, "size": 1, "kinds": ["clams"]})
    return studio


def _said(group: str, locale: str) -> dict[str, Any]:
    return {"group": group, "locale": locale, "fields": {"title": SECRET, "kinds": ["clams"]}}


def hidden_ids(studio: Studio) -> list[str]:
    """The ids of all documents that the public may not see."""
    wanted = ("draft", "trashed", "taken", "outside", "below")
    with studio.services.repository._database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, name FROM node").all()
    return [id for id, name in rows if name in wanted]


LISTS: Final = (
    "/", "/documents/?_limit=100", "/note/?_limit=100", "/base/", "/documents/?_sort=-title",
    "/documents/?_sort=size", "/folders/", "/folders/in", "/tree", "/assets/", "/resourcebundles/",
    "/taxonomies/shells/categories/clams/documents", "/documents/in/open", "/documents/in/revised",
    "/documents/?_scope=in", "/documents/?_q=open", "/openapi.json", "/types/", "/taxonomies/",
)  # fmt: skip


def test_nothing_hidden_is_in_any_answer(hiding: Studio) -> None:
    """No body, no header: no id, name or word of what is hidden anywhere."""
    ids = hidden_ids(hiding)
    assert len(ids) == 5
    for address in LISTS:
        answer = hiding.site.get(address)
        assert answer.status_code == 200, address
        told = answer.text + str(answer.headers)
        assert [one for one in (*ids, SECRET, "trashed", "dark") if one in told] == [], address


def test_nothing_hidden_is_counted(hiding: Studio) -> None:
    """Totals are of what is seen."""
    site = hiding.site

    assert site.total("/documents/") == 2
    assert site.total("/folders/") == 1
    assert site.total(f"/documents/?_q={SECRET}") == 0
    assert site.total("/taxonomies/shells/categories/clams/documents") == 0
    assert site.total("/assets/") == 0
    assert site.total("/resourcebundles/") == 0


def test_nothing_hidden_orders_what_is_seen(hiding: Studio) -> None:
    """A published document is sorted by what is published of it, not by its draft."""
    assert hiding.site.names("/documents/?_sort=-title") == ["revised", "open"]
    assert hiding.site.names("/documents/?_sort=title") == ["open", "revised"]
    assert hiding.site.names("/documents/?_sort=size") == ["open", "revised"]


def test_a_hidden_target_is_an_empty_mirror(hiding: Studio) -> None:
    """A mirror whose target may not be seen is delivered as one that has none."""
    empty = {"id": "cafebabe-cafe-babe-cafe-babecafebabe", "path": ""}
    shown = hiding.site.read("/documents/in/open")

    assert shown["friend"]["_meta"]["mirror"] == empty
    assert shown["image"]["_meta"]["mirror"] == empty
    assert [one["_meta"]["mirror"] for one in shown["others"]] == [empty] * 5
    assert shown["_links"]["c:others"] == []
    assert shown["_links"]["alternate"] == []
    assert shown["_links"].keys().isdisjoint({"c:friend", "c:image"})


def same_refusal(one: TestResponse, other: TestResponse, *, apart: tuple[str, str]) -> None:
    """Both are refused alike but for the addresses that they echo."""
    assert one.status_code == other.status_code
    assert _plain(one, apart[0]) == _plain(other, apart[1])


def _plain(response: TestResponse, address: str) -> tuple[dict[str, Any], dict[str, str]]:
    told = problem(response)
    headers = dict(response.headers.items())
    for echoed in ("X-Request-Id", "Content-Length"):
        headers.pop(echoed)
    told["requestId"] = ""
    for name, value in told.items():
        if isinstance(value, str):
            told[name] = value.replace(address, "X")
    return told, headers


def test_a_hidden_node_is_refused_as_an_unknown_one(hiding: Studio) -> None:
    """Status, body and headers are those for what never was, apart from the address."""
    site, unknown = hiding.site, str(uuid.uuid4())
    for id in hidden_ids(hiding):
        for collection in ("documents", "note", "base", "folders", "assets"):
            same_refusal(
                site.get(f"/{collection}/{id}"),
                site.get(f"/{collection}/{unknown}"),
                apart=(id, unknown),
            )
        same_refusal(
            site.get(f"/documents/?_scope={id}"),
            site.get(f"/documents/?_scope={unknown}"),
            apart=(id, unknown),
        )
        for headers in (
            {"If_None_Match": "*"},
            {"If_Modified_Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ):
            problem(site.get(f"/documents/{id}", **headers), 404)
    for path in ("in/draft", "in/trashed", "in/taken", "dark/below", "../other/outside"):
        same_refusal(
            site.get(f"/documents/{path}"), site.get("/documents/no/such"), apart=(path, "no/such")
        )
    same_refusal(site.get("/folders/dark"), site.get("/folders/none"), apart=("dark", "none"))
    same_refusal(
        site.get(f"/resourcebundles/{SECRET}"),
        site.get("/resourcebundles/nosuch"),
        apart=(SECRET, "nosuch"),
    )


def test_a_field_that_only_a_draft_has_is_unknown(studio: Studio) -> None:
    """An open type's field is known to a side once that side has shown it, and not before."""
    id = studio.document("loose", type="play:loose")
    with studio.writing() as tx:
        tx.revise(id, {"title": "loose", SECRET: 1})
    for parameter in ("_fields", "_sort"):
        near = f"/documents/?{parameter}={SECRET[:-1]}"
        assert SECRET not in re.sub(SECRET[:-1] + r"\b", "", studio.site.get(near).text)
        problem(studio.site.get(f"/documents/?{parameter}={SECRET}"), 400)
        assert studio.preview.get(f"/documents/?{parameter}={SECRET}").status_code == 200
        assert SECRET in problem(studio.preview.get(near), 400)["detail"]


def test_the_preview_shows_what_is_drafted(hiding: Studio) -> None:
    """With a token, drafts are there under the preview mount; what is in the trash is not."""
    preview = hiding.preview

    assert set(preview.names("/documents/?_limit=100")) == {
        "draft", "taken", "below", "open", "revised",
    }  # fmt: skip
    assert preview.read("/documents/in/revised")["title"] == SECRET
    assert preview.total(f"/documents/?_q={SECRET}") == 4
    alternates = preview.read("/documents/in/open")["_links"]["alternate"]
    assert {one["hreflang"] for one in alternates} == {"nl", "fr", "es"}
    problem(preview.get("/documents/in/trashed"), 404)


WITHOUT: Final = ("", "Bearer", "Bearer ", "Basic eA==", "Token x", "x")
ANY: Final = ("/", "/documents/", "/documents/pages/visiting-us", "/documents/nosuch", "/nosuch/",
              "/tree", "/openapi.json", "/docs/", "/rels/documents", "/nosuch/x/y")  # fmt: skip


@pytest.mark.parametrize("sent", WITHOUT)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "FOO"])
def test_without_a_token_the_preview_tells_nothing(site: Place, method: str, sent: str) -> None:
    """Whatever is asked, there or not, is a 401 that says how to come in."""
    for address in ANY:
        answer = Place(site.client, "/preview/api").ask(method, address, Authorization=sent)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        if method != "HEAD":
            problem(answer, 401)


def test_a_token_opens_nothing_on_the_public_mount(site: Place, token: str) -> None:
    """The public mount shows what it shows, whoever asks."""
    plain, sent = site.get("/documents/"), site.get("/documents/", Authorization=f"Bearer {token}")

    assert sent.data == plain.data
    assert sent.headers["ETag"] == plain.headers["ETag"]
    assert site.get("/documents/", Authorization="Bearer nonsense").data == plain.data


def test_the_demo_hides_its_draft(site: Place, preview: Place) -> None:
    """A post that was never published is on the preview mount only."""
    assert "second-blog-post" not in site.names("/documents/?_limit=100")
    assert "second-blog-post" in preview.names("/documents/?_limit=100")

"""Links inside rich text: to which node each leads, and that they go on doing so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import (
    Action,
    DocumentType,
    Field,
    FieldKind,
    Kind,
    Reader,
    Repository,
    Side,
    Transaction,
    Types,
)
from content_repo.linking import (
    LONGEST_HREF,
    MOST_CANDIDATES,
    Link,
    Site,
    candidates,
    classify,
    dumped,
    inherited,
    loaded,
    resolve,
    resolve_many,
    resolved_batch,
    rich_texts,
    site,
)
from content_repo.richtext import Written
from search_index import Query, WhooshIndex, Window
from tests.content_repo.content import folder, new_id, page, paths
from tests.content_repo.history import History
from tests.content_repo.stores import PAGE, TYPES, Store

KNOWN = Types({one.name: one for one in TYPES})

#: A page of one locale in a tree of two; the default is "en".
SITE = Site("c/ja", "c/en", ("c", "c/ja/x"))


class Tree:
    """Nodes by path, whose ids are their paths; notes how often it was asked."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths
        self.asked = 0

    def find(self, wanted: Collection[str]) -> Mapping[str, tuple[str, Kind]]:
        self.asked += 1
        return {path: (path, self._kind(path)) for path in self.paths if path in wanted}

    def _kind(self, path: str) -> Kind:
        if any(other.startswith(f"{path}/") for other in self.paths):
            return Kind.FOLDER
        return Kind.ASSET if path.endswith(".png") else Kind.DOCUMENT


def led(href: str, at: str, *tree: str, site: Site = SITE) -> str | None:
    """The path of the node that *href* leads to from the document at *at*."""
    (found,) = resolve([Written("link", href, "")], at, site, Tree(*tree).find)
    return found.target


def linked(*hrefs: str) -> dict[str, str]:
    """The fields of a page that has these links."""
    return {"content": "".join(f'<p><a href="{href}">to</a></p>' for href in hrefs)}


# -- how an href is read ------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://a.b/c", "external"), ("//a.b/c", "external"), ("mailto:a@b", "external"),
        ("javascript:alert(1)", "external"), (" java\nscript:x", "external"),
        ("a:b.md", "external"), ("x-y+z.1:", "external"), ("#top", "fragment"),
        ("", "fragment"), (" ", "fragment"),
        ("1a:b.md", "path"), ("./a:b.md", "path"), ("x/a:b", "path"), (":a", "path"),
        ("?q", "path"), ("/a", "path"), ("a#b", "path"),
    ],
)  # fmt: skip
def test_only_a_scheme_or_a_host_leads_outside(href: str, expected: str) -> None:
    """An address is external if it has the syntax of a scheme, or names a host."""
    assert classify(href) == expected


@pytest.mark.parametrize(
    ("href", "at", "tree", "expected"),
    [
        # Relative, to files: from the folder first, then from the page's own address.
        ("b.md", "d/a", ("d/b", "d/a/b"), "d/b"),
        ("../b.md", "d/a", ("b", "d/b"), "b"),
        ("../b.md", "d/a", ("d/b",), "d/b"),
        ("i.png", "d/a", ("d/a/i.png", "d/i.png"), "d/i.png"),
        ("b.md", "d/a", ("d/b.md", "d/b"), "d/b.md"),
        ("b.HTML", "d/a", ("d/b",), "d/b"),
        # Relative, to pages: from the page's own address first.
        ("../b/", "d/a", ("d/b", "b"), "d/b"),
        ("b", "d/a", ("d/a/b", "d/b"), "d/a/b"),
        ("b", "d/a", ("d/b",), "d/b"),
        ("b/", "d/_index", ("d/b", "d/_index/b"), "d/b"),
        ("../b/", "d/Readme.md", ("b", "d/b"), "b"),
        ("../b/", "d/a.md", ("d/b",), "d/b"),
        ("b/", "d/a.md", ("d/a/b",), "d/a/b"),
        (".", "d/a", ("d/_index", "d/a"), "d/a"),
        ("./", "d/index", ("d/x", "d"), "d"),
        # A folder stands for its page, which comes before it.
        ("../f/", "d/a", ("d/f", "d/f/_index", "d/f/index"), "d/f/_index"),
        ("../f", "d/a", ("d/f", "d/f/index"), "d/f/index"),
        ("../f", "d/a", ("d/f", "d/f/README"), "d/f/README"),
        ("../f", "d/a", ("d/f", "d/f/README.md"), "d/f/README.md"),
        ("../f", "d/a", ("d/f", "d/f/x"), "d/f"),
        ("../f/_index.md", "d/a/x", ("d/f/_index",), "d/f/_index"),
        ("../f/", "d/a", ("d/f", "d/f/x", "d/f.md"), "d/f.md"),
        ("../node.js", "d/a", ("d/node.js", "d/node.js/_index"), "d/node.js/_index"),
        ("../node.js/", "d/a", ("d/node.js", "d/node.js/readme"), "d/node.js/readme"),
        # What is not of the path.
        ("b.md?x=1#y", "d/a", ("d/b",), "d/b"),
        ("b/#y?z", "d/_index", ("d/b",), "d/b"),
        ("#y", "d/a", ("d/a",), "d/a"),
        ("", "d/a", ("d/a",), "d/a"),
        ("?x", "d/a", ("d/a",), "d/a"),
        (" b.md\n", "d/a", ("d/b",), "d/b"),
        ("x//.//b.md", "d/a", ("d/x/b",), "d/x/b"),
        # Spelling.
        ("%C3%A9t%C3%A9%20x.md", "d/a", ("d/été x",), "d/été x"),
        ("e\u0301.md", "d/a", ("d/é",), "d/é"),
        ("%FF%zz%.md", "d/a", ("d/%FF%zz%",), "d/%FF%zz%"),
        ("%2e%2E/b.md", "d/a", ("b",), "b"),
        ("b%3Fc.md", "d/a", ("d/b?c",), "d/b?c"),
        ("d%2Fb.md", "a", ("d/b",), None),
        ("b%00.md", "d/a", ("d/b",), None),
        # Above the root is nothing.
        ("../../b.md", "d/a", ("b", "d/b"), "b"),
        ("../../../b.md", "d/a", ("b", "d/b"), None),
        ("/../b", "d/a", ("b", "c/ja/b"), None),
        ("/", "d/a", ("c/ja", "c/ja/_index"), "c/ja/_index"),
        # Absolute: the locale, the default locale, then other folders.
        ("/b/", "d/a", ("c/ja/b", "c/en/b", "c/b"), "c/ja/b"),
        ("/b/", "d/a", ("c/en/b", "c/b"), "c/en/b"),
        ("/b.md", "d/a", ("c/b", "c/ja/x/b"), "c/b"),
        ("/b/", "d/a", ("c/ja/x/b",), "c/ja/x/b"),
        ("/ko/b/", "d/a", ("c/ko/b", "c/ja/x/ko/b"), "c/ko/b"),
        ("/i.png", "d/a", ("c/i.png",), "c/i.png"),
        ("/f/", "d/a", ("c/f", "c/f/_index"), "c/f/_index"),
        # Files that are served from the site's root lie in folders of generators.
        ("/i/p.png", "d/a", ("c/static/i/p.png",), "c/static/i/p.png"),
        ("/i/p.png", "d/a", ("c/ja/x/public/i/p.png",), "c/ja/x/public/i/p.png"),
        ("/i/p.png", "d/a", ("c/en/.vuepress/public/i/p.png",), "c/en/.vuepress/public/i/p.png"),
        ("/i/p.png", "d/a", ("static/i/p.png",), "static/i/p.png"),
        ("/i/p.png", "d/a", ("website/static/i/p.png",), "website/static/i/p.png"),
        ("/p.png", "d/a", ("c/ja/static/p.png", "c/p.png"), "c/p.png"),
        ("/p.png", "d/a", ("c/website/static/p.png", "public/p.png"), "c/website/static/p.png"),
        ("/p.png", "d/a", ("c/public/p.png", "c/ja/public/p.png"), "c/ja/public/p.png"),
        ("/x.html", "d/a", ("c/static/x",), "c/static/x"),
        ("/x/", "d/a", ("c/static/x",), None),
        ("p.png", "d/a", ("d/static/p.png", "static/p.png"), None),
        # Not every page is translated.
        ("../b/", "c/ja/x/a", ("c/en/x/b",), "c/en/x/b"),
        ("../b.md", "c/ja/x/a", ("c/en/b", "c/ja/x/b"), "c/ja/x/b"),
        ("../b/", "d/a", ("c/en/b",), None),
    ],
)  # fmt: skip
def test_where_a_path_leads(
    href: str, at: str, tree: tuple[str, ...], expected: str | None
) -> None:
    """A path is looked for in the places where its author may have meant it, in that order."""
    assert led(href, at, *tree) == expected


def test_a_locale_first_is_looked_for_beside_the_page_s_own() -> None:
    """``/ko/b`` is below the folder of all locales, though no other root says so."""
    found = candidates("/ko/b", "d/a", Site("c/ja"))

    assert "c/ko/b" in found
    assert "c/docs/b" not in candidates("/docs/b", "d/a", Site("c/ja"))


def test_what_is_likely_is_looked_for_however_deep_a_page_lies() -> None:
    """Below many folders, those of generators beside the content come before unlikely places."""
    deep = ["s", "s/content", "s/content/en", *(f"s/content/en/{'d/' * n}d" for n in range(6))]
    below = Site("s/content/en", "s/content/en", ("s/content", "s", *deep[3:]))

    for one in (below, Site(roots=tuple(deep))):
        found = candidates("/images/p.png", f"{deep[-1]}/page", one)

        assert len(found) <= MOST_CANDIDATES
        assert {f"{base}/images/p.png" for base in deep} < set(found)
        assert {f"s/{name}/images/p.png" for name in ("static", "public")} < set(found)
        # What is seldom leaves room for what is not.
        assert {f"{base}/static/images/p.png" for base in deep[:-1]} < set(found)
        assert "s/content/en/.vuepress/public/images/p.png" in found


def test_a_step_in_the_form_of_an_id_is_the_numbered_node() -> None:
    """No node has such a name: what is imported from there has a number behind it."""
    id = "550e8400-e29b-41d4-a716-446655440000"

    assert led(f"u/{id}/p.png", "d/a", f"d/u/{id}-1/p.png") == f"d/u/{id}-1/p.png"
    assert led(f"{id}.md", "d/a", f"d/{id}.md") == f"d/{id}.md"


def test_a_very_long_path_is_broken() -> None:
    """A path that is longer than any address leads nowhere, and is told shortened."""
    long = Written("link", "a/" * LONGEST_HREF, "")
    image = Written("image", "data:," + "a" * LONGEST_HREF, "")
    tree = Tree("d/a")

    broken, external = resolve([long, image], "d/a", SITE, tree.find)

    assert (broken.type, external.type) == ("broken", "external")
    assert broken.href == long.href[:LONGEST_HREF] + "…"
    assert tree.asked == 0


@given(
    st.text(st.sampled_from("/.ab%2Fe#?: é_\0"), max_size=40),
    st.sampled_from(["a", "d/a", "c/ja/x/_index"]),
    st.sampled_from([SITE, Site(), Site("c/ja", "c/en", tuple(f"r{n}" for n in range(50)))]),
)
def test_candidates_are_few_and_are_paths(href: str, at: str, site: Site) -> None:
    """Whatever is written, it stands for a bounded number of paths, each of them only once."""
    found = candidates(href, at, site)

    assert len(found) == len(set(found)) <= MOST_CANDIDATES
    for path in found:
        assert not {"", ".", ".."} & set(path.split("/")) or path == ""
        assert "\0" not in path


def test_documents_are_looked_up_together() -> None:
    """A batch of documents costs one look-up; what has no path in it costs none."""
    tree = Tree("d/b", "d/i.png")
    here = [Written("link", "b.md", "t"), Written("image", "i.png", ""), Written("link", "x", "")]

    found = resolve_many([(here, "d/a", SITE)] * 3 + [((), "d/c", SITE)], tree.find)

    expected = (
        Link("link", "b.md", "t", "internal", "d/b"),
        Link("image", "i.png", "", "binary", "d/i.png"),
        Link("link", "x", "", "broken", None),
    )
    assert found == [expected, expected, expected, ()]
    assert tree.asked == 1
    assert resolve([Written("link", "http://x", "")], "a", SITE, tree.find)[0].type == "external"
    assert tree.asked == 1


def test_a_batch_of_fields_is_resolved_as_each_alone() -> None:
    """For a bulk: the links of each document, its site asked for only where it has any."""
    sites: list[str] = []

    def site_of(path: str, locale: str | None) -> Site:
        sites.append(f"{path} {locale}")
        return SITE

    items = [("c/ja/a", "ja", PAGE, linked("/b", "b.md")), ("c/ja/c", None, PAGE, {"title": "t"})]
    one, none = resolved_batch(KNOWN, items, Tree("c/ja/b").find, site_of)

    assert [link.target for link in one] == ["c/ja/b", "c/ja/b"]
    assert none == ()
    assert sites == ["c/ja/a ja"]


def test_rich_texts_are_found_in_compounds_too() -> None:
    """Every declared rich text is found, with its pointer, in the order of the type's fields."""
    box = DocumentType(
        name="t:box",
        compound=True,
        open=True,
        fields=(
            Field(name="text", kind=FieldKind.RICH_TEXT),
            Field(name="inner", kind=FieldKind.COMPOUND),
        ),
    )
    text = DocumentType(
        name="t:text",
        fields=(
            Field(name="first", kind=FieldKind.RICH_TEXT),
            Field(name="boxes", kind=FieldKind.COMPOUND, multiple=True),
            Field(name="more/texts", kind=FieldKind.RICH_TEXT, multiple=True),
            Field(name="plain", kind=FieldKind.TEXT),
        ),
    )
    fields = {
        "plain": "no",
        "more/texts": ["4", "5"],
        "boxes": [
            {"_type": "t:box", "text": "2", "other": "no"},
            {"_type": "t:box", "inner": {"_type": "t:box", "text": "3"}},
        ],
        "first": "1",
    }

    found = list(rich_texts(Types({"t:box": box, "t:text": text}), "t:text", fields))

    assert [html for _, html in found] == ["1", "2", "3", "4", "5"]
    assert [pointer for pointer, _ in found[1:4]] == [
        "/boxes/0/text", "/boxes/1/inner/text", "/more~1texts/0",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [1, None, {"_type": 1}, [1, None], {"text": "x"}])
def test_text_of_an_older_form_is_no_text(value: Any) -> None:
    """Documents may hold what their type allowed once: what is no text has no links."""
    assert list(rich_texts(KNOWN, PAGE, {"content": value, "parts": value})) == []


def test_the_site_of_a_page() -> None:
    """Its locale's topmost folder, the default locale's beside it, and the other folders."""
    folders = {"c": None, "c/ja_JP": "ja_JP", "c/ja_JP/x": "ja_JP", "c/en": "en", "en": "en"}
    above = ["", "c", "c/ja_JP", "c/ja_JP/x"]

    expected = Site("c/ja_JP", "c/en", ("c", "c/ja_JP/x"))
    assert site(above, "ja-jp", folders, "en") == expected
    assert site(above, None, folders, "en") == expected
    assert site(above, "nl", folders, "en") == Site(roots=("c", "c/ja_JP", "c/ja_JP/x"))
    assert site(above, "ja-JP", folders, "fr") == Site("c/ja_JP", None, ("c", "c/ja_JP/x"))
    assert site(["", "c"], None, {"c": None}, "en") == Site(roots=("c",))


def test_a_folder_called_by_a_locale_is_its_topmost() -> None:
    """A whole tree may be in a locale, and hold folders for each of several."""
    folders = {"c": "en", "c/x": None, "c/x/en": "en", "c/x/nl": "nl"}
    above = ["", "c", "c/x", "c/x/en"]

    assert site(above, "en", folders, "en") == Site("c/x/en", "c/x/en", ("c/x", "c"))
    assert site(above[:3], "en", folders, "en").locale_root == "c"


def test_links_survive_being_stored() -> None:
    """What is stored as text comes back as it was."""
    links = (Link("link", 'a"b', "é", "broken"), Link("image", "c", "", "binary", new_id()))

    assert loaded(dumped(links)) == links
    assert loaded(dumped(())) == ()


def test_what_led_somewhere_goes_on_leading_there() -> None:
    """An unchanged link keeps its target, unless that is gone, or in the trash and replaced."""
    earlier = [Link("link", href, "old", "internal", f"{href}-1") for href in "abcd"]
    fresh = [
        Link("link", "a", "new", "internal", "a-2"), Link("link", "b", "", "internal", "b-2"),
        Link("link", "c", "", "broken"), Link("link", "d", "", "broken"),
        Link("image", "a", "", "broken"),
    ]  # fmt: skip
    reachable = {"a-1": True, "b-1": False, "c-1": False}

    found = inherited(fresh, earlier, reachable)

    assert [one.target for one in found] == ["a-1", "b-2", "c-1", None, None]
    assert [one.type for one in found] == ["internal"] * 3 + ["broken"] * 2
    assert found[0].text == "new"


# -- in a repository ----------------------------------------------------------


def asset(tx: Transaction, name: str, parent: str) -> str:
    return tx.create(Kind.ASSET, parent, name)


def types_of(reader: Reader, id: str) -> list[str]:
    return [one.type for one in reader.links([id])[id]]


def targets_of(reader: Reader, id: str) -> list[str | None]:
    return [one.target for one in reader.links([id])[id]]


def test_links_are_resolved_as_they_are_written(repository: Repository, draft: Reader) -> None:
    """A document's links lead to nodes; itself, outside and nowhere are links as well."""
    with repository.write() as tx:
        top = folder(tx, "d")
        image = asset(tx, "i.png", top)
        other = page(tx, "b", top)
        fields = linked("../b/", "i.png", "#x", "http://x", "nowhere.md")
        a = page(tx, "a", top, fields)

    assert targets_of(draft, a) == [other, image, a, None, None]
    assert types_of(draft, a) == ["internal", "binary", "internal", "external", "broken"]
    assert draft.links([a, other, new_id(), "\0"]) == {a: draft.links([a])[a], other: ()}


def test_links_lead_into_the_page_s_locale_or_the_default_one(
    repository: Repository, draft: Reader
) -> None:
    """An absolute site path starts at the folder of the page's locale, then of the default."""
    with repository.write() as tx:
        top = folder(tx, "site")
        ja = folder(tx, "ja", top, locale="ja")
        deep = folder(tx, "docs", ja, locale="ja")
        one = page(tx, "one", deep, locale="ja")
        early = page(tx, "early", deep, linked("/docs/one", "/two/"), locale="ja")
        en = folder(tx, "en", top, locale="en")
        two = page(tx, "two", en, locale="en")
        late = page(tx, "late", deep, linked("/docs/one", "/two/"), locale="ja")

    assert targets_of(draft, early) == [one, None]
    assert targets_of(draft, late) == [one, two]


def test_what_is_no_content_is_not_linked(repository: Repository, draft: Reader) -> None:
    """Plain objects and folders in the trash are on no site: no link leads there."""
    with repository.write() as tx:
        tx.trash(folder(tx, "en", locale="en"))
        tx.create(Kind.OBJECT, folder(tx, "nl", locale="nl"), "x", type="an:object")
        a = page(tx, "a", folder(tx, "fr", locale="fr"), linked("/nl/x", "/x"), locale="fr")

    assert targets_of(draft, a) == [None, None]


def test_a_rename_breaks_no_link(repository: Repository, draft: Reader) -> None:
    """What is linked, or has links, may be moved; writing it again changes nothing in that."""
    with repository.write() as tx:
        top, elsewhere = folder(tx, "d"), folder(tx, "e")
        b = page(tx, "b", top)
        a = page(tx, "a", top, linked("b.md"))
        tx.move(b, parent=elsewhere, name="c")
        tx.move(a, parent=elsewhere)
        impostor = page(tx, "b", elsewhere)
        tx.revise(a, linked("b.md", "./b.md"))

    assert targets_of(draft, a) == [b, impostor]


def test_trash_and_purge(repository: Repository, draft: Reader, store: Store) -> None:
    """A link to the trash waits for its target; when that is purged, or replaced, it does not."""
    with repository.write() as tx:
        b, c = page(tx, "b"), page(tx, "c")
        a = page(tx, "a", fields=linked("b.md", "c.md"))
        tx.trash(b)
        tx.trash(c)
        tx.revise(a, {**linked("b.md", "c.md"), "title": "again"})
    assert targets_of(draft, a) == [b, c]
    assert [(place.id, links) for place, links in draft.broken(10)] == [(a, draft.links([a])[a])]

    with repository.write() as tx:
        fresh = page(tx, "b")
        tx.purge(c)
        assert tx.relink(a) is not None
    assert targets_of(draft, a) == [fresh, None]
    assert draft.referrers(fresh) == [a]
    assert draft.referrers(b) == draft.referrers(c) == []

    with repository.write() as tx:
        tx.purge(a)
    assert store.rows("SELECT * FROM reference") == []
    History(store).check()


def test_references_are_kept_for_all_revisions(repository: Repository, store: Store) -> None:
    """Mirrors, images and links of each revision are kept, each target once, itself never."""
    with repository.write() as tx:
        b, c = page(tx, "b"), page(tx, "c")
        mirrors: dict[str, Any] = {"above": b, "related": [b, c]}
        a = page(tx, "a", fields={**mirrors, **linked("c.md", "#x")})
        tx.revise(a, linked("b.md"))
        tx.revise(a, {})

    rows = store.rows("SELECT node, revision, target FROM reference ORDER BY revision, target")
    assert sorted(map(tuple, rows)) == sorted([(a, 1, b), (a, 1, c), (a, 2, b)])


def test_each_side_has_the_links_that_it_shows(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """Links and referrers are those of the published fields until these are published again."""
    with repository.write() as tx:
        b, c = page(tx, "b"), page(tx, "c")
        z = page(tx, "z", fields={"above": c})
        a = page(tx, "a", fields=linked("b.md"))
        hidden = page(tx, "hidden", fields=linked("b.md"))
        tx.publish(a)
        tx.revise(a, linked("c.md"))

    assert (targets_of(published, a), targets_of(draft, a)) == ([b], [c])
    assert (published.referrers(b), draft.referrers(b)) == ([a], [hidden])
    assert (published.referrers(c), draft.referrers(c)) == ([], [a, z])
    assert published.links([hidden]) == {}
    assert draft.referrers("\0") == []
    # Nobody who reads the published side gets to b.
    assert [place.id for place, _ in published.broken(10)] == [a]
    assert draft.broken(10) == []


def test_broken_links_are_told_page_by_page(repository: Repository, draft: Reader) -> None:
    """All documents with broken links are told by path, however few at a time, and no others."""
    with repository.write() as tx:
        broken = [page(tx, name, fields=linked("no.md", "b0.md")) for name in ("b0", "b1", "b2")]
        page(tx, "b10", fields=linked("#broken", "broken:x"))
        page(tx, "b11", fields={"content": '<a href="#x">broken</a>', "above": new_id()})

    found, after = [], ""
    while told := draft.broken(1, after):
        found += [(place.id, [one.href for one in links]) for place, links in told]
        after = told[-1][0].path

    assert found == [(id, ["no.md"]) for id in broken]
    assert [place.id for place, _ in draft.broken(2)] == broken[:2]
    assert draft.broken(0) == []


def test_linking_again_finds_what_came_later(
    repository: Repository, draft: Reader, published: Reader, store: Store
) -> None:
    """A broken link is mended as a change of its own on every side that it shows on."""
    with repository.write() as tx:
        a = page(tx, "a", fields=linked("b.md"))
        tx.publish(a)
        assert tx.relink(a) is None
    with repository.write() as tx:
        b = page(tx, "b")
        before = repository.position
        revised = tx.relink(a)
        assert tx.relink(a) is None
        assert tx.relink(b) is None

    node = draft.get(a)
    change = repository.changes(before)[-1]
    assert node is not None
    assert revised == node.revision == 3
    assert (change.node, change.action, change.revision, change.public) == (
        a,
        Action.LINKED,
        3,
        True,
    )
    assert targets_of(draft, a) == targets_of(published, a) == [b]
    assert published.referrers(b) == [a]
    History(store).check()


def test_linking_a_draft_again_shows_on_no_other_side(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """A change of links that only the draft has is none of the published side."""
    with repository.write() as tx:
        a = page(tx, "a", fields={"title": "a"})
        tx.publish(a)
        tx.revise(a, linked("b.md"))
        b = page(tx, "b")
        tx.relink(a)

    assert not repository.changes(repository.position - 1)[-1].public
    assert targets_of(draft, a) == [b]
    assert targets_of(published, a) == []


def test_the_index_follows_links(repository: Repository, tmp_path: Path) -> None:
    """A change of links is taken in as any other, its node read again."""
    with repository.write() as tx:
        a = page(tx, "a", fields=linked("b.md"))
        tx.publish(a)
    index = WhooshIndex(tmp_path / "index", Side.PUBLISHED, repository, wait=30.0)
    assert index.catch_up(within=30.0)
    with repository.write() as tx:
        page(tx, "b")
        tx.relink(a)
    assert index.catch_up(within=30.0)
    query = Query(kinds=frozenset(Kind), roots=("",), window=Window(0, 9))

    assert index.position == repository.position
    assert index.verify() == []
    assert a in index.search(query).ids
    index.close()


def test_publishing_shows_the_files_that_the_text_links(
    repository: Repository, published: Reader
) -> None:
    """Images and other files in the body are published with it, pages that it links are not."""
    with repository.write() as tx:
        top, images = folder(tx, "d"), folder(tx, "images")
        for name in ("i.png", "unseen.png"):
            asset(tx, name, images)
        asset(tx, "paper.pdf", top)
        page(tx, "b", top)
        text = '<img src="../images/i.png"> <a href="paper.pdf">p</a> <a href="b.md">b</a>'
        tx.publish(page(tx, "a", top, {"content": text}))

    shown = paths(published, "d") + paths(published, "images")
    assert shown == ["d/a", "d/paper.pdf", "images/i.png"]


def test_the_default_locale_is_the_repository_s(store: Store) -> None:
    """Which locale the others fall back to is said when the repository is opened."""
    repository = Repository.open(store.url, store.folder, migrate=False, default_locale="nl")
    with repository.write() as tx:
        nl, fr, en = (folder(tx, name, locale=name) for name in ("nl", "fr", "en"))
        page(tx, "b", en)
        expected = page(tx, "b", nl)
        a = page(tx, "a", fr, linked("/b/"), locale="fr")
    found = repository.reader(Side.DRAFT).links([a])[a]
    repository.close()

    assert [one.target for one in found] == [expected]

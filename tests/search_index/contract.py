"""What every index does.  Subclass it and say how an index is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from content_repo import DocumentType, Field, FieldKind, Kind, Repository, Side
from search_index import BY_ID, InvalidQuery, Query, SearchIndex, SortKey, Window
from tests.search_index.content import (
    ARTICLE,
    DOCUMENTS,
    found,
    id_at,
    paths,
    put,
    query,
    revise,
    walked,
)

Make = Callable[[Side], SearchIndex]


class IndexContract:
    """The questions of the port, asked of any adapter."""

    @pytest.fixture
    def make(self) -> Make:
        raise NotImplementedError

    @pytest.fixture
    def index(self, make: Make) -> Iterator[SearchIndex]:
        index = make(Side.PUBLISHED)
        yield index
        index.close()

    @pytest.fixture
    def drafts(self, make: Make) -> Iterator[SearchIndex]:
        index = make(Side.DRAFT)
        yield index
        index.close()

    def ask(self, repository: Repository, index: SearchIndex, asked: Query) -> list[str]:
        return paths(repository, found(index, asked))

    # -- selecting --------------------------------------------------------

    def test_what_lies_strictly_below_a_root(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """A query finds what lies strictly below one of its roots, each entry once."""
        for path in ("site/a", "site/a/b", "site/ab", "sites/c"):
            put(repository, path, Kind.FOLDER)

        assert self.ask(repository, index, query()) == ["a", "a/b", "ab"]
        assert self.ask(repository, index, query(roots=("site/a", "site"))) == ["a", "a/b", "ab"]
        assert self.ask(repository, index, query(roots=("site/a",))) == ["a/b"]
        assert self.ask(repository, index, query(roots=())) == []

    def test_the_empty_root_is_everything(self, repository: Repository, index: SearchIndex) -> None:
        """Below the empty path lies all but the root itself."""
        put(repository, "site", Kind.FOLDER)
        everything = self.ask(repository, index, query(roots=("",)))

        assert everything == [
            "content", "content/documents", "content/gallery", "content/taxonomies",
            "extensions", "site",
        ]  # fmt: skip

    def test_kinds(self, repository: Repository, index: SearchIndex) -> None:
        """Only entries of the kinds asked for."""
        put(repository, "site/document")
        put(repository, "site/bundle", Kind.BUNDLE)
        put(repository, "site/asset", Kind.ASSET)

        assert self.ask(repository, index, query(kinds=DOCUMENTS)) == ["document"]
        assert self.ask(
            repository, index, query(kinds=frozenset({Kind.BUNDLE, Kind.ASSET}))
        ) == ["asset", "bundle"]  # fmt: skip
        assert self.ask(repository, index, query(kinds=frozenset())) == []

    def test_objects_are_in_no_index(
        self, repository: Repository, index: SearchIndex, drafts: SearchIndex
    ) -> None:
        """Plain objects are never found, and writing one changes no position."""
        position = found(drafts, query(roots=("",))).position
        put(repository, "extensions/one", Kind.OBJECT, type="x:y", title="needle")

        for one in (index, drafts):
            hits = found(one, query("needle", roots=("",)))
            assert (hits.ids, hits.total) == ((), 0)
        assert found(drafts, query(roots=("",))).position == position

    def test_a_base_type_stands_for_its_subtypes(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """A type finds documents of it and of all that extend it."""
        put(repository, "site/a")
        put(repository, "site/b", type="site:report")

        def of(*types: str) -> list[str]:
            return self.ask(repository, index, query(types=frozenset(types)))

        assert of("site:base") == ["a", "b"]
        assert of("site:article") == ["a", "b"]
        assert of("site:report") == ["b"]
        assert of("site:box") == of() == []

    def test_scopes_narrow_the_roots(self, repository: Repository, index: SearchIndex) -> None:
        """With scopes, an entry lies strictly below one of them too."""
        for path in ("site/a/1", "site/b/2", "other/3"):
            put(repository, path)

        asked = query(kinds=DOCUMENTS, scopes=("site/a", "site/b", "other"))
        assert self.ask(repository, index, asked) == ["a/1", "b/2"]
        assert self.ask(repository, index, query(scopes=("site/a",))) == ["a/1"]
        assert self.ask(repository, index, query(scopes=("site/nowhere",))) == []

    def test_deepest(self, repository: Repository, index: SearchIndex) -> None:
        """No entry has more names in its path than the deepest level asked for."""
        put(repository, "site/a/b/c")

        assert self.ask(repository, index, query(deepest=2)) == ["a"]
        assert self.ask(repository, index, query(deepest=3)) == ["a", "a/b"]

    def test_categories(self, repository: Repository, index: SearchIndex) -> None:
        """Documents that hold one of the keys, in the fields of the taxonomy if one is named."""
        put(repository, "site/a", regions=["nl", "be"])
        put(repository, "site/b", topics=["nl"])
        put(repository, "site/c", regions=["fr"])

        def of(*keys: str, taxonomy: str | None = None) -> list[str]:
            asked = query(categories=frozenset(keys), taxonomy=taxonomy)
            return self.ask(repository, index, asked)

        assert of("nl") == ["a", "b"]
        assert of("nl", taxonomy="regions") == ["a"]
        assert of("be", "fr") == ["a", "c"]
        assert of("nowhere") == of() == []

    # -- order ------------------------------------------------------------

    def test_without_a_sort_by_path(self, repository: Repository, index: SearchIndex) -> None:
        """Unsorted entries come by path in code-point order."""
        for name in ("b", "B", "a", "a/x", "a!", "ä", "z", "😀", "\uffee"):
            put(repository, f"site/{name}", Kind.FOLDER)

        assert self.ask(repository, index, query()) == [
            "B", "a", "a!", "a/x", "b", "z", "ä", "\uffee", "😀",
        ]  # fmt: skip

    def test_a_page_is_a_part_of_the_whole(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """A window holds its part of the hits; their total is that of all."""
        for name in "abcde":
            put(repository, f"site/{name}")
        hits = found(index, query(window=Window(3, 10)))

        assert paths(repository, hits) == ["d", "e"]
        assert hits.total == 5
        assert found(index, query(window=Window(5, 1))).ids == ()
        assert found(index, query(window=Window(0, 0))).total == 5

    @pytest.mark.parametrize("text", [None, "same"])
    def test_what_comes_after_an_id(
        self, repository: Repository, index: SearchIndex, text: str | None
    ) -> None:
        """By id, the window begins behind any id, there or not; the total stays that of all."""
        ids = sorted(put(repository, f"site/{number}", title="same") for number in range(5))

        def after(id: str | None, window: Window = Window(0, 1000)) -> tuple[str, ...]:  # noqa: B008
            asked = query(text, kinds=DOCUMENTS, sort=BY_ID, after=id, window=window)
            hits = found(index, asked)
            assert hits.total == 5
            return hits.ids

        assert after(None) == after("0") == tuple(ids)
        assert after(ids[0]) == tuple(ids[1:])
        assert after(ids[2] + "0") == tuple(ids[3:])
        assert after(ids[1], Window(1, 2)) == tuple(ids[3:5])
        assert after(ids[4]) == after("g") == ()

    @pytest.mark.parametrize("text", [None, "same"])
    def test_a_walk_by_id_meets_once_what_stays(
        self, repository: Repository, index: SearchIndex, text: str | None
    ) -> None:
        """Whatever is written, renamed or gone between its steps, what stays comes exactly once."""
        ids = [put(repository, f"site/{number}", title="same") for number in range(9)]
        gone = sorted(ids)[-1]
        steps = walked(index, query(text, kinds=DOCUMENTS), size=2)
        met = list(next(steps))
        with repository.write() as tx:
            tx.trash(gone)
            for number, id in enumerate(set(ids) - {gone}):
                tx.move(id, name=f"{9 - number} anew")
        put(repository, "site/late", title="same")
        met += [id for step in steps for id in step]

        assert sorted(set(met) & set(ids)) == sorted(set(ids) - {gone})
        assert met == sorted(set(met))

    def test_only_the_order_of_ids_says_what_comes_after_one(self) -> None:
        """A place in any other order would move with whatever is written."""
        for sort in ((), (SortKey("title"),), (SortKey("id", descending=True, of="node"),)):
            with pytest.raises(ValueError, match="order"):
                query(after="a", sort=sort)

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("title", ["apple", "Banana", "cherry"]),
            ("count", [-1.5, 0, 2**60]),
            ("flag", [False, True]),
            ("date", [-5, 0, 1_487_085_120_000]),
            ("any", [False, True, -1, 0.5, 3, "10", "9", "A", "b"]),
            ("free", [True, 1, "1"]),
        ],
    )
    def test_sorting_by_a_field(
        self, repository: Repository, index: SearchIndex, field: str, values: list[object]
    ) -> None:
        """By value and type, text regardless of case; documents without one last either way."""
        for number, value in enumerate(values):
            fields: dict[str, Any] = {field: value}
            put(repository, f"site/{9 - number}", **fields)
        put(repository, "site/0")
        rising = [str(9 - number) for number in range(len(values))]

        assert self.sorted_by(repository, index, SortKey(field)) == [*rising, "0"]
        falling = self.sorted_by(repository, index, SortKey(field, descending=True))
        assert falling == [*reversed(rising), "0"]

    def sorted_by(self, repository: Repository, index: SearchIndex, *sort: SortKey) -> list[str]:
        return self.ask(repository, index, query(kinds=DOCUMENTS, sort=sort))

    def test_a_number_comes_before_a_date(self, repository: Repository, index: SearchIndex) -> None:
        """Types are ordered boolean, number, date, string, whatever their values."""
        dated = DocumentType(name="x:dated", fields=(Field(name="any", kind=FieldKind.DATE),))
        with repository.write() as tx:
            tx.define([dated])
        put(repository, "site/1", any="text")
        put(repository, "site/2", type="x:dated", any=5)
        put(repository, "site/3", any=10)

        assert self.sorted_by(repository, index, SortKey("any")) == ["3", "2", "1"]

    def test_several_values(self, repository: Repository, index: SearchIndex) -> None:
        """Of several values the least counts when ascending, the greatest when descending."""
        put(repository, "site/a", tags=["b", "y"])
        put(repository, "site/b", tags=["c"])
        put(repository, "site/c", tags=["a", "z"])
        put(repository, "site/d", tags=[])

        assert self.sorted_by(repository, index, SortKey("tags")) == ["c", "a", "b", "d"]
        falling = self.sorted_by(repository, index, SortKey("tags", descending=True))
        assert falling == ["c", "a", "b", "d"]

    def test_a_dotted_name_reaches_into_compounds(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """Fields of compounds, and of free maps, are sorted by under dotted names."""
        put(repository, "site/a", boxes=[{"size": 3, "label": "x"}], free={"in": {"n": 1}})
        put(repository, "site/b", boxes=[{"size": 1}], free={"in": [{"n": 2}]})
        put(repository, "site/c", boxes=[], free={"in": 7})

        assert self.sorted_by(repository, index, SortKey("boxes.size")) == ["b", "a", "c"]
        falling = self.sorted_by(repository, index, SortKey("free.in.n", descending=True))
        assert falling == ["b", "a", "c"]

    def test_ties_are_broken_by_the_next_key_then_by_path(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """Equal values leave it to the next key; in the end the path decides, ascending."""
        put(repository, "site/a", title="One", count=1)
        put(repository, "site/b", title="ONE", count=2)
        put(repository, "site/c", title="one", count=2)
        put(repository, "site/d", title="zero", count=0)

        keys = (SortKey("title", descending=True), SortKey("count", descending=True))
        assert self.sorted_by(repository, index, *keys) == ["d", "b", "c", "a"]

    @pytest.mark.parametrize(
        ("name", "rising"),
        [
            ("path", ["X", "a", "b"]), ("name", ["a", "b", "X"]), ("rank", ["b", "X", "a"]),
            ("title", ["b", "a", "X"]), ("type", ["X", "a", "b"]), ("locale", ["a", "X", "b"]),
            ("created_at", ["b", "a", "X"]), ("published_at", ["b", "a", "X"]),
        ],
    )  # fmt: skip
    def test_sorting_by_the_node(
        self, repository: Repository, index: SearchIndex, name: str, rising: list[str]
    ) -> None:
        """A node's own attributes: names and titles as text, identifiers by code point."""
        for path, title, locale, rank in (
            ("b", "Alpha", None, 1), ("a", "beta", "de", 3), ("X", "Gamma", "en", 2)
        ):  # fmt: skip
            parent = id_at(repository, "") if path == "b" else id_at(repository, "site")
            with repository.write() as tx:
                if path == "b":
                    parent = tx.create(Kind.FOLDER, parent, "site")
                fields = {"title": title}
                id = tx.create(
                    Kind.DOCUMENT, parent, path, type="site:article", fields=fields,
                    locale=locale, rank=rank,
                )  # fmt: skip
                tx.publish(id)

        assert self.sorted_by(repository, index, SortKey(name, of="node")) == rising

    # -- full text --------------------------------------------------------

    @pytest.mark.parametrize(
        "text",
        [
            "medusa", "MEDUSA", "médusa", "medusa!", "(medusa", '"medusa', "medusa*", "med*",
            "title medusa", "intro", "tagged", "body", "unbelievable", "chips", "fish chips", "box",
            '"fish & chips"', '"tagged twice"', "ete", "strasse", "STRASSE", "c", "c++",
            "東", "東京",
        ],
    )  # fmt: skip
    def test_words_that_are_found(
        self, repository: Repository, index: SearchIndex, text: str
    ) -> None:
        """Text is found by its words: case, accents and punctuation say nothing."""
        self.put_prose(repository)

        assert self.ask(repository, index, query(text)) == ["prose"]

    @pytest.mark.parametrize(
        "text",
        [
            "", "   ", "[[", "=", "=medusa", "[[medusa", '"', '""', "medusa absent", "medus",
            "edusa", '"body medusa"',
            "prose", "hidden", "src", "undeclared", "wrong", "em", "amp", "regionkey", "nbsp",
            '"twice other"', '"medusa title"',
        ],
    )  # fmt: skip
    def test_words_that_are_not_found(
        self, repository: Repository, index: SearchIndex, text: str
    ) -> None:
        """Not found: parts of words, names, sources, tags, free fields, or no word at all."""
        self.put_prose(repository)

        assert self.ask(repository, index, query(text)) == []

    def put_prose(self, repository: Repository) -> None:
        put(
            repository,
            "site/prose",
            title="Title Médusa",
            intro="Intro: l'été, Straße, C++, 東京",
            tags=["tagged twice", "other"],
            body="<p class='wrong'>un<em>believ</em>able</p><p>body&nbsp;text</p>"
            "fish &amp; chips<script>hidden()</script>",
            sourcePath="src/hidden.md",
            regions=["regionkey"],
            boxes=[{"label": "Box"}],
            free="undeclared",
        )

    def test_all_words_are_found_wherever_they_are(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """Every word is found, each in whatever field."""
        put(repository, "site/a", title="one", intro="two")
        put(repository, "site/b", title="one")

        assert self.ask(repository, index, query("two one")) == ["a"]
        assert self.ask(repository, index, query("one", sort=(SortKey("title"),))) == ["a", "b"]

    def test_words_of_other_kinds(self, repository: Repository, index: SearchIndex) -> None:
        """Folders and assets by title and description, bundles by their messages."""
        put(repository, "site/folder", Kind.FOLDER, title="common", alt="no")
        put(repository, "site/asset", Kind.ASSET, title="Snail", alt="a common snail")
        messages = {"default": {"key": "value"}, "nl": {"key": "common"}}
        put(repository, "site/bundle", Kind.BUNDLE, basename="base", messages=messages)

        hits = self.ask(repository, index, query("common", sort=(SortKey("path", of="node"),)))
        assert hits == ["asset", "bundle", "folder"]
        assert self.ask(repository, index, query("key")) == []

    def test_text_and_filters_go_together(self, repository: Repository, index: SearchIndex) -> None:
        """A text narrows what the rest of the query selects, and pages alike."""
        for number in range(5):
            put(repository, f"site/{number}", title="same", count=number % 2)
        put(repository, "other", title="same")
        asked = query("same", sort=(SortKey("count"),), window=Window(2, 2))
        hits = found(index, asked)

        assert paths(repository, hits) == ["4", "1"]
        assert hits.total == 5

    @pytest.mark.parametrize(
        ("text", "bound", "limit"),
        [("x" * 513, "characters", 512), (" ".join("x" * 33), "words", 32)],
    )
    def test_a_text_beyond_its_bounds_is_refused(
        self, index: SearchIndex, text: str, bound: str, limit: int
    ) -> None:
        """Too long a text is refused, naming the bound; the longest allowed is not."""
        with pytest.raises(InvalidQuery) as refusal:
            index.search(query(text))

        assert (refusal.value.facts["bound"], refusal.value.facts["limit"]) == (bound, limit)
        assert index.search(query(text[: limit if bound == "characters" else 2 * limit])).ids == ()

    # -- sides and positions ----------------------------------------------

    def test_each_side_shows_its_own(
        self, repository: Repository, index: SearchIndex, drafts: SearchIndex
    ) -> None:
        """Drafts are found on the draft side only, by their latest words."""
        id = put(repository, "site/a", title="old")
        put(repository, "site/b", published=False, title="new")
        revise(repository, id, published=False, title="new")

        assert self.ask(repository, index, query(kinds=DOCUMENTS)) == ["a"]
        assert self.ask(repository, index, query("new")) == []
        assert self.ask(repository, index, query("old")) == ["a"]
        assert sorted(self.ask(repository, drafts, query("new"))) == ["a", "b"]
        assert self.ask(repository, drafts, query("old")) == []

    def test_a_draft_write_does_not_move_the_published_position(
        self, repository: Repository, index: SearchIndex, drafts: SearchIndex
    ) -> None:
        """The position is that of the last change that the side shows."""
        id = put(repository, "site/a", title="old")
        published = repository.committed_position()
        revise(repository, id, published=False, title="new")

        for _ in range(2):
            assert found(index, query()).position == index.position == published
            assert found(drafts, query()).position == drafts.position == published + 1
            assert index.reached == repository.committed_position()
            index.rebuild()

    # -- following --------------------------------------------------------

    def test_a_moved_folder_takes_its_descendants_along(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """After a move everything is found below the new place, nothing below the old."""
        put(repository, "site/a/b/c")
        put(repository, "site/a/d")
        assert len(found(index, query()).ids) == 4
        with repository.write() as tx:
            tx.move(id_at(repository, "site/a"), name="z")

        assert self.ask(repository, index, query()) == ["z", "z/b", "z/b/c", "z/d"]
        assert self.ask(repository, index, query(roots=("site/a",))) == []

    def test_a_trashed_folder_takes_its_descendants_out(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """What is in the trash is not found; restored, it is found again."""
        put(repository, "site/a/b/c", title="needle")
        assert self.ask(repository, index, query("needle")) == ["a/b/c"]
        folder = id_at(repository, "site/a")
        with repository.write() as tx:
            tx.trash(folder)
        assert self.ask(repository, index, query()) == []
        with repository.write() as tx:
            tx.restore(folder, name="again")

        assert self.ask(repository, index, query("needle")) == ["again/b/c"]

    def test_unpublishing_and_purging(
        self, repository: Repository, index: SearchIndex, drafts: SearchIndex
    ) -> None:
        """Taken off the published side, or erased, a folder goes with all below it."""
        put(repository, "site/a/b")
        put(repository, "site/c/d")
        assert len(found(index, query()).ids) == len(found(drafts, query()).ids) == 4
        with repository.write() as tx:
            tx.unpublish(id_at(repository, "site/a"))
        assert self.ask(repository, index, query()) == ["c", "c/d"]
        assert self.ask(repository, drafts, query()) == ["a", "a/b", "c", "c/d"]
        with repository.write() as tx:
            tx.purge(id_at(repository, "site/c"))

        assert self.ask(repository, index, query()) == []
        assert self.ask(repository, drafts, query()) == ["a", "a/b"]

    def test_many_changes_of_one_node_in_one_transaction(
        self, repository: Repository, drafts: SearchIndex
    ) -> None:
        """Only what became of a node counts, and it is found once."""
        put(repository, "site", Kind.FOLDER)
        with repository.write() as tx:
            folder = tx.create(Kind.FOLDER, id_at(repository, "site"), "a")
            id = tx.create(Kind.DOCUMENT, folder, "b", type="site:article")
            for number in range(5):
                tx.revise(id, {"title": f"number{number}"})
                tx.move(folder, name=f"a{number}")
            tx.publish(id)

        assert self.ask(repository, drafts, query("number4")) == ["a4/b"]
        assert self.ask(repository, drafts, query("number3")) == []
        assert found(drafts, query()).total == 2

    def test_a_type_that_changes(self, repository: Repository, index: SearchIndex) -> None:
        """When a type declares a field, documents that hold it are found by it."""
        put(repository, "site/a", type="site:report", free="needle", when=5)
        put(repository, "site/b", type="site:report", when=6.5)
        assert self.ask(repository, index, query("needle")) == []
        intro = dataclasses.replace(ARTICLE.fields[1], name="intro")
        fields = (*ARTICLE.fields[:1], *ARTICLE.fields[2:], intro)
        with repository.write() as tx:
            tx.define([dataclasses.replace(ARTICLE, fields=fields)])
            tx.define([DocumentType(name="site:box", compound=True)])
        assert self.ask(repository, index, query(types=frozenset({"site:base"}))) == ["a", "b"]
        with repository.write() as tx:
            tx.define([dataclasses.replace(ARTICLE, base=None)])

        assert self.ask(repository, index, query(types=frozenset({"site:base"}))) == []
        assert index.verify() == []

    def test_verify_finds_nothing_amiss(
        self, repository: Repository, index: SearchIndex, drafts: SearchIndex
    ) -> None:
        """An index that followed every change differs in nothing from the repository."""
        self.put_prose(repository)
        put(repository, "site/c", Kind.TAXONOMY, categories=[{"key": "k", "name": "n"}])

        assert index.verify() == drafts.verify() == []

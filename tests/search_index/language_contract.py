"""What a search text means, and what readers of a locale are shown, in every engine."""

from __future__ import annotations

from typing import Any, Final

import pytest

from content_repo import Kind, Repository, Side
from search_index import InvalidQuery, Query, SearchIndex, SortKey
from tests.search_index.content import DOCUMENTS, found, id_at, paths, put, query

_BY_PATH: Final = (SortKey("path", of="node"),)

#: Documents by name; each has the words that the questions below are about.
FRUIT: Final[dict[str, dict[str, Any]]] = {
    "apple": {"title": "Apple pie", "body": "<p>green fruit in pastry</p>"},
    "pear": {"title": "Pear tart", "body": "<p>green fruit on pastry, no apple</p>"},
    "plum": {"title": "Plum jam", "intro": "fruit apple", "tags": ["sweet red", "green fruit"]},
    "bread": {"title": "Bread"},
}

#: Texts of one document each.
SIGNS: Final = {
    "cpp": "learn C++, now",
    "c": "learn C now",
    "react": "npm add @astrojs/react today",
    "astro": "npm add astrojs react today",
    "half": "a share of 50% is half",
    "fifty": "50 is half of a hundred",
    "list": "a list [[1, 2]] in it",
    "lambda": "f(x) => x",
}

UNSPACED: Final = {
    "zh": "内容管理系统的组件很多",
    "zh2": "内容 管理",
    "ja": "カスタムコンポーネントを作る",
    "ko": "한국사람이 만든 컴포넌트들",
    "th": "สวัสดีชาวโลก",
    "mixed": "Astro框架 入门",
}


class LanguageContract:
    """Questions about language, asked of any adapter."""

    def ask(self, repository: Repository, index: SearchIndex, asked: Query) -> list[str]:
        return paths(repository, found(index, asked))

    # -- operators ----------------------------------------------------------

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("apple", "apple pear plum"), ("apple green", "apple pear plum"),
            ("apple AND green", "apple pear plum"), ("pie OR jam", "apple plum"),
            ("pie OR jam green", "apple plum"), ("(pie OR jam) red", "plum"),
            ("fruit -pie", "pear plum"), ("fruit NOT pie", "pear plum"),
            ("fruit -(pie OR jam)", "pear"), ("-fruit", "bread"), ("NOT fruit", "bread"),
            ("NOT NOT bread", "bread"), ("fruit -NOT pie", "apple"),
            ("-fruit OR pie", "apple bread"), ("bread OR", "bread"), ("OR bread", "bread"),
            ("AND bread AND", "bread"), ("bread NOT", "bread"), ("()", ""), ("- bread", "bread"),
            ("(bread", "bread"), ("bread)", "bread"), ("((bread) OR (pie))", "apple bread"),
            ("pa*", "apple pear"), ("title:p*", "apple pear plum"), ("BR* OR ja*", "bread plum"),
            ("gre* past*", "apple pear"), ("*", ""), ("xyz*", ""),
            ("title:apple", "apple"), ("intro:apple", "plum"), ("body:apple", "pear"),
            ("body:fruit tart", "pear"), ('body:"green fruit"', "apple pear"),
            ("tags:green", "plum"), ("title:(pie OR jam)", "apple plum"),
            ("fruit -title:pie", "pear plum"), ("nosuch:apple", ""), ("title:", ""),
            ('"green fruit"', "apple pear plum"), ('"fruit green"', ""), ('"red green"', ""),
            ('"sweet red"', "plum"), ('"pastry, no"', "pear"), ("fruit-in", "apple"),
            ('"green fruit', "apple pear plum"), ('pie"', "apple"),
        ],
    )  # fmt: skip
    def test_operators(
        self, repository: Repository, index: SearchIndex, text: str, names: str
    ) -> None:
        """NOT binds before AND, which may be left out, and AND before OR; all text is legal."""
        for name, fields in FRUIT.items():
            put(repository, f"site/{name}", **fields)

        asked = query(text, kinds=DOCUMENTS, sort=_BY_PATH)
        assert self.ask(repository, index, asked) == names.split()

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("c++", "cpp"), ("c", "c cpp"), ("C++,", "cpp"), ("@astrojs/react", "react"),
            ("astrojs react", "astro react"), ("astrojs-react", "astro react"), ("@", "react"),
            ("50%", "half"), ("50", "fifty half"), ("[[", "list"), ("[", "list"), ("]]", "list"),
            ("[[[", ""), ("=>", "lambda"), ("x => x", "lambda"), ('"x => x"', "lambda"),
            ('"x = x"', "lambda"), ('"x <= x"', ""), ("...", ""), ("?!", ""), ("f(x)", "lambda"),
        ],
    )  # fmt: skip
    def test_signs(self, repository: Repository, index: SearchIndex, text: str, names: str) -> None:
        """Signs are found as they are written; punctuation says nothing."""
        for name, said in SIGNS.items():
            put(repository, f"site/{name}", intro=said)

        asked = query(text, kinds=DOCUMENTS, sort=_BY_PATH)
        assert self.ask(repository, index, asked) == names.split()

    @pytest.mark.parametrize("name", UNSPACED)
    def test_parts_of_unspaced_text(
        self, repository: Repository, index: SearchIndex, name: str
    ) -> None:
        """Chinese, Japanese, Korean and Thai are found by any part of a run of letters."""
        for other, said in UNSPACED.items():
            put(repository, f"site/{other}", intro=said)
        runs = [part for part in UNSPACED[name].split() if not part.isascii()]
        parts = {
            run[i:j] for run in runs for i in range(len(run)) for j in range(i + 1, len(run) + 1)
        }

        for part in parts:
            holding = [one for one, said in UNSPACED.items() if part.lower() in said.lower()]
            if not part.isascii() and not part[0].isascii():
                asked = query(part, kinds=DOCUMENTS, sort=_BY_PATH)
                assert self.ask(repository, index, asked) == sorted(holding), part
        assert self.ask(repository, index, query("容管理系", kinds=DOCUMENTS)) == ["zh"]
        assert self.ask(repository, index, query("容管", kinds=DOCUMENTS)) == ["zh"]

    @pytest.mark.parametrize(
        ("bound", "text"),
        [
            ("characters", "x" * 513), ("words", "x " * 33),
            ("levels of parentheses", "(" * 9 + "x" + ")" * 9),
        ],
    )  # fmt: skip
    def test_bounds(self, index: SearchIndex, bound: str, text: str) -> None:
        """A text beyond a bound is refused, naming the bound."""
        with pytest.raises(InvalidQuery) as refusal:
            index.search(query(text))

        assert refusal.value.facts["bound"] == bound

    def test_a_beginning_of_too_many_words(
        self, repository: Repository, index: SearchIndex
    ) -> None:
        """A beginning that stands for more words than are looked up is refused."""
        put(repository, "site/many", intro=" ".join(f"w{number}" for number in range(1025)))
        put(repository, "site/other", intro=" ".join(f"v{number}" for number in range(1024)))

        assert self.ask(repository, index, query("v*")) == ["other"]
        with pytest.raises(InvalidQuery) as refusal:
            index.search(query("w*"))
        assert refusal.value.facts["bound"] == "words behind its beginnings, such as 'w'"

    # -- forms and order ----------------------------------------------------

    def put_in(
        self, repository: Repository, path: str, locale: str | None, group: str = "", **fields: Any
    ) -> str:
        above, _, name = path.rpartition("/")
        if repository.reader(Side.DRAFT).at(above) is None:
            put(repository, above, Kind.FOLDER)
        with repository.write() as tx:
            id = tx.create(
                Kind.DOCUMENT, id_at(repository, above), name, type="site:article", fields=fields,
                locale=locale, group=group or None,
            )  # fmt: skip
            tx.publish(id)
        return id

    def test_forms_of_a_word(self, repository: Repository, index: SearchIndex) -> None:
        """A word finds its other forms in the language of each document; in quotes, only itself."""
        self.put_in(repository, "site/a", "en", intro="two rivers")
        self.put_in(repository, "site/b", "en", intro="one river")
        self.put_in(repository, "site/c", "ja", intro="rivers of no stems")
        self.put_in(repository, "site/d", "de", intro="viele Häuser")
        self.put_in(repository, "site/e", None, intro="rivers of no locale")

        for text, names in (
            ("river", "a b e"), ("rivers", "a b c e"), ('"river"', "b"), ('"rivers"', "a c e"),
            ("haus", "d"), ("HAUSES", "d"), ("hau*", "d"), ("intro:river", "a b e"),
            ("intro:rivers", "a b c e"), ("title:river", ""), ("river -rivers", ""),
        ):  # fmt: skip
            asked = query(text, kinds=DOCUMENTS, sort=_BY_PATH)
            assert self.ask(repository, index, asked) == names.split(), text

    def test_the_best_first(self, repository: Repository, index: SearchIndex) -> None:
        """A title counts more than a text, the word itself more than its forms, often more than
        once, and a short text more than a long one."""
        put(repository, "site/a", intro=f"walking {'and so on ' * 40}")
        put(repository, "site/b", intro="walked")
        put(repository, "site/c", intro="walking")
        put(repository, "site/d", intro="walking walking")
        put(repository, "site/e", title="Walking")

        assert self.ask(repository, index, query("walking", kinds=DOCUMENTS)) == list("edcab")

    def test_what_is_rare_counts_more(self, repository: Repository, index: SearchIndex) -> None:
        """Of two words, either of which will do, the rarer decides; ties are by path."""
        for name in "abc":
            put(repository, f"site/{name}", intro="usual")
        put(repository, "site/d", intro="special")

        assert self.ask(repository, index, query("usual OR special")) == list("dabc")

    # -- locales ------------------------------------------------------------

    def put_translations(self, repository: Repository) -> dict[str, str]:
        ids = {}
        english: dict[str, Any] = {
            "title": "Tree",
            "intro": "tall oak",
            "count": 3,
            "tags": ["wood"],
        }
        ids["en"] = self.put_in(repository, "site/en", "en", **english)
        group = group_of(repository, ids["en"])
        others: dict[str, dict[str, Any]] = {
            "nl": {"title": "Boom", "body": "<p>hoge eik</p>", "tags": []},
            "de": {"title": "Baum", "count": 5},
            "pt_BR": {"title": "Árvore"},
        }
        for locale, fields in others.items():
            ids[locale] = self.put_in(repository, f"site/{locale}", locale, group, **fields)
        ids["alone"] = self.put_in(repository, "site/alone", "de", title="Allein")
        ids["none"] = self.put_in(repository, "site/none", None, title="Everybody")
        return ids

    @pytest.mark.parametrize(
        ("locales", "names"),
        [
            (("nl", "en"), "nl none"), (("de", "en"), "alone de none"),
            (("fr", "en"), "en none"), (("pt-BR", "pt", "en"), "none pt_BR"),
            (("fr",), "none"), ((), "alone de en nl none pt_BR"),
        ],
    )  # fmt: skip
    def test_one_of_each_translation(
        self, repository: Repository, index: SearchIndex, locales: tuple[str, ...], names: str
    ) -> None:
        """Of translations only the one that comes first in the reader's locales is in question."""
        self.put_translations(repository)

        asked = query(kinds=DOCUMENTS, locales=locales, sort=_BY_PATH)
        assert self.ask(repository, index, asked) == names.split()

    def test_what_is_borrowed(self, repository: Repository, index: SearchIndex) -> None:
        """What a translation lacks comes from the next locale, and the answer says from which."""
        ids = self.put_translations(repository)

        hits = found(index, query(kinds=DOCUMENTS, locales=("nl", "de", "en")))
        lending = {"intro": ids["en"], "count": ids["de"], "tags": ids["en"]}
        assert hits.borrowed == {ids["nl"]: lending}
        alone = query(kinds=DOCUMENTS, locales=("nl",), borrowing=False)
        assert found(index, alone).borrowed == {}

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("eik", "nl"), ("oak", "nl"), ("tall", "nl"), ("tree", ""), ("boom oak", "nl"),
            ("intro:oak", "nl"), ("body:oak", ""), ("intro:eik", ""), ("wood", "nl"),
            ('"tall oak"', "nl"), ("oa*", "nl"), ("-oak", "none"), ("oaks", "nl"),
        ],
    )  # fmt: skip
    def test_words_that_are_borrowed(
        self, repository: Repository, index: SearchIndex, text: str, names: str
    ) -> None:
        """A text finds what the reader is shown, borrowed or not, and nothing else."""
        self.put_translations(repository)

        asked = query(text, kinds=DOCUMENTS, locales=("nl", "en"), sort=_BY_PATH)
        assert self.ask(repository, index, asked) == names.split()

    def test_sorting_by_what_is_borrowed(self, repository: Repository, index: SearchIndex) -> None:
        """The order is that of what the reader is shown."""
        self.put_translations(repository)
        self.put_in(repository, "site/other", "nl", title="Ander", count=4)

        by_count = (SortKey("count"),)
        asked = query(kinds=DOCUMENTS, locales=("nl", "en"), sort=by_count)
        assert self.ask(repository, index, asked) == ["nl", "other", "none"]
        asked = query(kinds=DOCUMENTS, locales=("nl",), borrowing=False, sort=by_count)
        assert self.ask(repository, index, asked) == ["other", "nl", "none"]

    def test_out_of_sight_lends_nothing(self, repository: Repository, index: SearchIndex) -> None:
        """What lies outside the roots is neither shown nor borrowed from."""
        ids = self.put_translations(repository)
        group = group_of(repository, ids["nl"])
        self.put_in(repository, "away/fr", "fr", group, title="Arbre", any="hidden")

        hits = found(index, query(kinds=DOCUMENTS, locales=("fr", "nl")))
        assert sorted(paths(repository, hits)) == ["nl", "none"]
        assert hits.borrowed == {}
        asked = query("hidden", kinds=DOCUMENTS, locales=("nl", "fr"))
        assert self.ask(repository, index, asked) == []


def group_of(repository: Repository, id: str) -> str:
    node = repository.reader(Side.DRAFT).get(id)
    assert node is not None
    return node.group

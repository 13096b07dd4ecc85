"""What one would take instead of ours: plain Whoosh, SQLite's FTS5, tantivy."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sqlite3
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Final

import click

from tests.bench import corpus
from tests.bench.corpus import Article
from tests.bench.engines import LIMIT, Buildable


class PlainWhoosh:
    """Whoosh with its defaults and an open searcher."""

    name: ClassVar[str] = "plain Whoosh"

    def __init__(self, folder: Path) -> None:
        from whoosh.index import open_dir
        from whoosh.qparser import MultifieldParser

        self._index = open_dir(folder)
        self._searcher: Any = None
        self._open()
        self._parser = MultifieldParser(
            ["title", "text"], self._index.schema, fieldboosts={"title": 3.0}
        )

    @classmethod
    def build(cls, folder: Path, articles: Iterable[Article]) -> None:
        from whoosh.fields import ID, NUMERIC, TEXT, Schema
        from whoosh.index import create_in

        schema = Schema(
            id=ID(unique=True, stored=True), author=ID, title=TEXT, text=TEXT,
            date=NUMERIC(int, bits=64, sortable=True),
        )  # fmt: skip
        writer = create_in(folder, schema).writer()
        for one in articles:
            writer.add_document(**_whoosh_fields(one))
        writer.commit()

    def _open(self) -> Any:
        self._searcher = self._searcher or self._index.searcher()
        return self._searcher

    def _ids(self, query: Any, **options: Any) -> list[str]:
        return [hit["id"] for hit in self._open().search(query, limit=LIMIT, **options)]

    def by_score(self, words: str) -> list[str]:
        return self._ids(self._parser.parse(words))

    def by_date(self, words: str) -> list[str]:
        return self._ids(self._parser.parse(words), sortedby="date", reverse=True)

    def phrase(self, words: str) -> list[str]:
        return self._ids(self._parser.parse(f'"{words}"'))

    def newest(self, offset: int) -> list[str]:
        from whoosh.query import Every

        page = self._open().search_page(
            Every(), offset // LIMIT + 1, pagelen=LIMIT, sortedby="date", reverse=True
        )
        return [hit["id"] for hit in page]

    def of_author(self, author: str) -> list[str]:
        from whoosh.query import Term

        return self._ids(Term("author", author), sortedby="date", reverse=True)

    def count(self, words: str) -> int:
        return len(self._open().search(self._parser.parse(words), limit=None))

    def replace(self, articles: Sequence[Article]) -> None:
        writer = self._index.writer()
        for one in articles:
            writer.update_document(**_whoosh_fields(one))
        writer.commit()
        # A searcher that is only refreshed goes on showing what was deleted.
        self._searcher.close()
        self._searcher = None

    def close(self) -> None:
        self._open().close()
        self._index.close()


def _whoosh_fields(one: Article) -> dict[str, str | int]:
    return {
        "id": one.id, "author": one.author, "title": one.title, "text": one.text, "date": one.date,
    }  # fmt: skip


class Fts5:
    """SQLite's full text over a table of its own."""

    name: ClassVar[str] = "FTS5"

    _COLUMNS: Final = "id, author, date, title, text"

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "articles.sqlite3")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA cache_size = -200000")

    @classmethod
    def build(cls, folder: Path, articles: Iterable[Article]) -> None:
        with closing(sqlite3.connect(folder / "articles.sqlite3")) as db, db:
            db.execute("PRAGMA journal_mode = WAL")
            db.executescript(
                f"CREATE TABLE article (number INTEGER PRIMARY KEY, {cls._COLUMNS});"
                "CREATE UNIQUE INDEX by_id ON article (id); CREATE INDEX by_date ON article (date);"
                "CREATE INDEX by_author ON article (author, date);"
                "CREATE VIRTUAL TABLE found USING fts5("
                "title, text, content = 'article', content_rowid = 'number');"
                "INSERT INTO found (found, rank) VALUES ('rank', 'bm25(3.0, 1.0)');"
            )
            rows = ((one.id, one.author, one.date, one.title, one.text) for one in articles)
            db.executemany(f"INSERT INTO article ({cls._COLUMNS}) VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("INSERT INTO found (found) VALUES ('rebuild')")

    def _ids(self, statement: str, *values: str | int) -> list[str]:
        return [str(id) for (id,) in self._db.execute(f"{statement} LIMIT {LIMIT}", values)]

    def by_score(self, words: str) -> list[str]:
        # Only ten are looked up, after they were ordered.
        id = "(SELECT id FROM article WHERE number = found.rowid)"
        return self._ids(f"SELECT {id} FROM found WHERE found MATCH ? ORDER BY rank", words)

    def by_date(self, words: str) -> list[str]:
        return self._ids(
            "SELECT id FROM found JOIN article ON number = found.rowid "
            "WHERE found MATCH ? ORDER BY date DESC",
            words,
        )

    def phrase(self, words: str) -> list[str]:
        return self.by_score(f'"{words}"')

    def newest(self, offset: int) -> list[str]:
        rows = self._db.execute(
            f"SELECT id FROM article ORDER BY date DESC LIMIT {LIMIT} OFFSET ?", (offset,)
        )
        return [str(id) for (id,) in rows]

    def of_author(self, author: str) -> list[str]:
        return self._ids("SELECT id FROM article WHERE author = ? ORDER BY date DESC", author)

    def count(self, words: str) -> int:
        found = self._db.execute("SELECT count(*) FROM found WHERE found MATCH ?", (words,))
        return int(found.fetchone()[0])

    def replace(self, articles: Sequence[Article]) -> None:
        with self._db:
            for one in articles:
                self._db.execute(
                    "INSERT INTO found (found, rowid, title, text) "
                    "SELECT 'delete', number, title, text FROM article WHERE id = ?", (one.id,),
                )  # fmt: skip
                self._db.execute(
                    "UPDATE article SET author = ?, date = ?, title = ?, text = ? WHERE id = ?",
                    (one.author, one.date, one.title, one.text, one.id),
                )
                self._db.execute(
                    "INSERT INTO found (rowid, title, text) "
                    "SELECT number, title, text FROM article WHERE id = ?", (one.id,),
                )  # fmt: skip

    def close(self) -> None:
        self._db.close()


class Tantivy:
    """Tantivy with its default tokenizer; no dependency, but of the extra "quality"."""

    name: ClassVar[str] = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._tantivy = importlib.import_module("tantivy")
        self._index = self._tantivy.Index.open(str(folder))
        self._writer: Any = None

    @classmethod
    def build(cls, folder: Path, articles: Iterable[Article]) -> None:
        tantivy = importlib.import_module("tantivy")
        builder = tantivy.SchemaBuilder()
        for name in ("id", "author"):
            builder.add_text_field(name, stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder.add_text_field(name)
        builder.add_unsigned_field("date", indexed=True, fast=True)
        writer = tantivy.Index(builder.build(), path=str(folder)).writer()
        for one in articles:
            writer.add_document(_tantivy_document(tantivy, one))
        writer.commit()
        writer.wait_merging_threads()

    def _parsed(self, words: str) -> Any:
        return self._index.parse_query(
            words, ["title", "text"], field_boosts={"title": 3.0}, conjunction_by_default=True
        )

    def _ids(self, query: Any, **options: Any) -> list[str]:
        searcher = self._index.searcher()
        hits = searcher.search(query, LIMIT, count=False, **options).hits
        return [str(searcher.doc(at)["id"][0]) for _, at in hits]

    def by_score(self, words: str) -> list[str]:
        return self._ids(self._parsed(words))

    def by_date(self, words: str) -> list[str]:
        return self._ids(self._parsed(words), order_by_field="date")

    def phrase(self, words: str) -> list[str]:
        return self._ids(self._parsed(f'"{words}"'))

    def newest(self, offset: int) -> list[str]:
        everything = self._tantivy.Query.all_query()
        return self._ids(everything, order_by_field="date", offset=offset)

    def of_author(self, author: str) -> list[str]:
        query = self._tantivy.Query.term_query(self._index.schema, "author", author)
        return self._ids(query, order_by_field="date")

    def count(self, words: str) -> int:
        return int(self._index.searcher().search(self._parsed(words), 1, count=True).count)

    def replace(self, articles: Sequence[Article]) -> None:
        # Only one process may write, and most do not.
        self._writer = self._writer or self._index.writer()
        for one in articles:
            self._writer.delete_documents_by_term("id", one.id)
            self._writer.add_document(_tantivy_document(self._tantivy, one))
        self._writer.commit()
        self._index.reload()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()


def _tantivy_document(tantivy: Any, one: Article) -> Any:
    document = tantivy.Document()
    for name in ("id", "author", "title", "text"):
        document.add_text(name, getattr(one, name))
    # Told as any number, it would be one with a sign, which the field has no room for.
    document.add_unsigned("date", one.date)
    return document


#: Each with the module that it needs.
_MODULES: Final[tuple[tuple[type[Buildable], str], ...]] = (
    (PlainWhoosh, "whoosh"),
    (Fts5, "sqlite3"),
    (Tantivy, "tantivy"),
)


def installed() -> list[type[Buildable]]:
    """Those that can be asked here."""
    return [kind for kind, module in _MODULES if importlib.util.find_spec(module)]


def missing() -> str:
    """What is said of those that cannot; nothing if there are none."""
    names = [kind.name for kind, module in _MODULES if not importlib.util.find_spec(module)]
    return f"not installed (extra 'quality'): {', '.join(names)}" if names else ""


def kept(folder: Path, kind: type[Buildable], size: int) -> Path:
    """Where *kind* has the corpus; made when it is not there."""
    place = folder / kind.name.replace(" ", "-").lower()
    if not corpus.built(place):
        click.echo(f"{kind.name}: indexing {size} documents", err=True)
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        started = time.monotonic()
        kind.build(place, corpus.documents(size))
        corpus.note_built(place, time.monotonic() - started)
    return place

"""What is asked: the service as its readers see it, and two engines to compare it with.

The others get the same fields, title above text by three, and for each locale an
index of its own, so that nothing of another locale is in their way.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from tests.oracle.markdown import of_html
from tests.quality.known_items import Document, Item, Kind

#: How many hits are looked at.
DEPTH: Final = 10

#: A text has as many characters at most.
_LONGEST: Final = 512

_TOKEN: Final = re.compile(r"\w+")


class Engine(Protocol):
    """Something that answers items with the ids that it found, best first."""

    @property
    def name(self) -> str: ...

    def find(self, item: Item) -> list[str] | None:
        """What is found; ``None`` where the engine has no such question."""


@dataclass(slots=True)
class Service:
    """One mount; with *fallback*, translations that lack something borrow it."""

    client: FlaskClient
    base: str
    fallback: bool = True

    @property
    def name(self) -> str:
        return "service" if self.fallback else "_fallback=none"

    def find(self, item: Item) -> list[str] | None:
        given = {"_q": item.query[:_LONGEST], "_limit": str(DEPTH)}
        if item.document.locale is not None:
            given["_locale"] = item.document.locale
            if not self.fallback:
                given["_fallback"] = "none"
        if item.kind is Kind.START:
            return self._suggested(given)
        answer = self._read(f"{self.base}/documents/", {**given, "_fields": "title"})
        link = answer["_links"].get("c:did-you-mean")
        if item.kind is Kind.TYPO and link:
            parts = urlsplit(link["href"])
            answer = self._read(f"{parts.path}?{parts.query}", {})
        return [one["_meta"]["id"] for one in answer["_embedded"]["documents"]]

    def documents(self) -> list[Document]:
        """Everything that the mount shows, as it is delivered."""
        found, at = [], f"{self.base}/documents/?_limit=100"
        while at:
            answer = self._read(at, {})
            found += [_document(one) for one in answer["_embedded"]["documents"]]
            link = answer["_links"].get("next")
            parts = urlsplit(link["href"]) if link else None
            at = f"{parts.path}?{parts.query}" if parts else ""
        return found

    def _suggested(self, given: Mapping[str, str]) -> list[str]:
        known = {name: text for name, text in given.items() if name != "_fallback"}
        answer = self._read(f"{self.base}/suggest", known)
        return [
            one["_links"]["c:document"]["href"].partition("?")[0].rpartition("/")[2]
            for one in answer["_embedded"]["c:suggestions"]
        ]

    def _read(self, at: str, given: Mapping[str, str]) -> Any:
        found = self.client.get(at, query_string=given or None)
        assert found.status_code == 200, (at, given, found.get_data(as_text=True)[:500])
        return found.get_json(force=True)


def _document(shape: Mapping[str, Any]) -> Document:
    introduction, content = shape.get("introduction"), shape.get("content")
    # Rich text is delivered with links of its own beside it.
    body = content["content"] if isinstance(content, dict) else content
    shown = of_html("<hr>".join(text for text in (introduction, body) if isinstance(text, str)))
    meta = shape["_meta"]
    title = str(shape.get("title") or meta["displayName"])
    return Document(
        meta["id"], meta["path"], meta.get("locale"), title, shown.text, tuple(shown.headings)
    )


def _grouped(documents: Sequence[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for one in documents:
        found[one.locale or "none"].append(one)
    return found


class Fts5:
    """SQLite's own full text: bm25, title by three, words as unicode61 cuts them."""

    name = "FTS5"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._tables: dict[str, str] = {}
        for number, (locale, some) in enumerate(sorted(_grouped(documents).items())):
            table = self._tables[locale] = f"documents_{number}"
            self._db.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5("
                "id UNINDEXED, title, body, tokenize = 'unicode61')"
            )
            rows = [(one.id, one.title, one.body) for one in some]
            self._db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)

    def find(self, item: Item) -> list[str] | None:
        words = [f'"{word}"' for word in _TOKEN.findall(item.query)]
        if not words:
            return []
        wanted = " ".join(words)
        if item.kind is Kind.START:
            wanted = f"title : ({wanted}*)"
        table = self._tables[item.locale]
        rows = self._db.execute(
            f"SELECT id FROM {table} WHERE {table} MATCH ? "
            f"ORDER BY bm25({table}, 0.0, 3.0, 1.0), rowid LIMIT ?",
            (wanted, DEPTH),
        )
        return [str(id) for (id,) in rows]

    def close(self) -> None:
        self._db.close()


class Tantivy:
    """Tantivy with its default tokenizer, title by three."""

    name = "tantivy"

    def __init__(self, documents: Sequence[Document]) -> None:
        # No dependency but of the report: see the extra "quality".
        self._tantivy = importlib.import_module("tantivy")
        self._indexes = {
            locale: self._index(some) for locale, some in sorted(_grouped(documents).items())
        }

    @staticmethod
    def is_there() -> bool:
        """Whether it is installed."""
        return importlib.util.find_spec("tantivy") is not None

    def find(self, item: Item) -> list[str] | None:
        if item.kind is Kind.START:
            return None
        index = self._indexes[item.locale]
        query, _ = index.parse_query_lenient(
            " ".join(_TOKEN.findall(item.query)), ["title", "body"], field_boosts={"title": 3.0}
        )
        searcher = index.searcher()
        hits = searcher.search(query, DEPTH).hits
        return [str(searcher.doc(at)["id"][0]) for _, at in hits]

    def _index(self, documents: Sequence[Document]) -> Any:
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("title")
        builder.add_text_field("body")
        index = self._tantivy.Index(builder.build())
        writer = index.writer(15_000_000, 1)
        for one in documents:
            writer.add_document(self._tantivy.Document(id=one.id, title=one.title, body=one.body))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index

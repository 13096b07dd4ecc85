"""A second engine behind the same port: SQLite's full text search.

It keeps words and where they are; everything that a question means comes from
the package.  That this is all an engine has to bring is what it is here to show.

Each term is written as hexadecimal digits, which no tokenizer takes apart.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from search_index.bookmark import Bookmark
from search_index.columns import Leaf, Living, Tables, catalogue
from search_index.engine import Damaged
from search_index.expression import Expression
from search_index.flatten import Flat, Places
from search_index.highlighting import Forms
from search_index.index import Index
from search_index.matching import Scored
from search_index.occurrences import other_forms
from search_index.postings import NOWHERE, Found, Placed, Posting, united
from search_index.query import Query
from search_index.schema import TEXT, TITLE
from search_index.spelling import Vocabulary
from search_index.words import Words

_SCHEMA = """
CREATE TABLE entry (number INTEGER PRIMARY KEY, id TEXT UNIQUE, stored BLOB, places BLOB);
CREATE TABLE state (generation INTEGER, bookmark BLOB);
CREATE VIRTUAL TABLE words USING fts5(title, text, forms, tokenize = ascii);
"""
_FILE = "words.sqlite3"


class Fts5Edition:
    """One state of an index, read within one transaction that stays open."""

    segments = 1

    def __init__(self, folder: Path, *, columns: bool) -> None:
        self.folder = folder
        self._database = _connected(folder)
        with _judged(folder):
            self._database.execute("BEGIN")
            self.generation, bookmark = self._state()
            self.bookmark = Bookmark.loads(bookmark)
            rows = self._database.execute("SELECT number, stored FROM entry").fetchall()
            self._database.execute(
                "CREATE VIRTUAL TABLE temp.occurrence USING fts5vocab(main, words, instance)"
            )
        stored: list[bytes | None] = [None] * (max((one for one, _ in rows), default=0) + 1)
        for number, one in rows:
            stored[number] = one
        tables = Tables()
        leaf = Leaf("", stored, tables)
        self.catalogue = catalogue([Living(leaf, leaf.numbers)], tables, columns=columns)
        self._source = _Source(self._database)
        self.words = Words(self.catalogue, [leaf.words(self._source)])

    # -- opening ----------------------------------------------------------

    @classmethod
    def open(
        cls, folder: Path, kept: Fts5Edition | None = None, *, columns: bool = True
    ) -> Fts5Edition:
        """The last commit in *folder*."""
        return cls(folder, columns=columns)

    @property
    def is_latest(self) -> bool:
        """Whether nothing was committed since."""
        with _judged(self.folder), closing(_connected(self.folder)) as now:
            return bool(
                now.execute("SELECT generation FROM state").fetchone()[0] == self.generation
            )

    def close(self, successor: Fts5Edition | None = None) -> None:
        """Let go of the file."""
        self._database.close()

    def _state(self) -> Any:
        return self._database.execute("SELECT generation, bookmark FROM state").fetchone()

    # -- searching --------------------------------------------------------

    def scored(self, query: Query, expression: Expression) -> Scored:
        """The rows that *expression* holds for, of those that *query* is about."""
        with _judged(self.folder):
            return self.words.scored(query, expression)

    def vocabularies(self) -> list[Vocabulary]:
        """The words of titles and texts, and how many entries have each."""
        statement = """
            SELECT term, count(DISTINCT doc) FROM occurrence WHERE col <> 'forms' GROUP BY term
        """
        rows = self._database.execute(statement).fetchall()
        return [Vocabulary((bytes.fromhex(term).decode(), count) for term, count in rows)]

    def forms(self, words: Collection[str], languages: Collection[str]) -> Forms:
        """The other words that have the stems of *words* in each of *languages*."""
        return {
            (word, language): set(other_forms(word, language, self._source))
            for word in words
            for language in languages
        }

    # -- writing ----------------------------------------------------------

    def write(
        self, gone: Iterable[str], flats: Iterable[Flat], bookmark: Bookmark, *, merge: int
    ) -> None:
        """Commit: remove *gone*, put *flats* in place of what they were, move the bookmark."""
        with _judged(self.folder), closing(_connected(self.folder)) as database:
            database.execute("BEGIN IMMEDIATE")
            flats = list(flats)
            for id in (*gone, *(flat.entry.id for flat in flats)):
                for (number,) in database.execute("SELECT number FROM entry WHERE id = ?", [id]):
                    database.execute("DELETE FROM words WHERE rowid = ?", [number])
                database.execute("DELETE FROM entry WHERE id = ?", [id])
            _add(database, flats)
            changed = [bookmark.dumps()]
            database.execute("UPDATE state SET generation = generation + 1, bookmark = ?", changed)
            database.execute("COMMIT")

    @staticmethod
    def create(folder: Path, flats: Iterable[Flat], bookmark: Bookmark) -> None:
        """A new index in the empty *folder*."""
        with _judged(folder), closing(sqlite3.connect(folder / _FILE)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)
            _add(database, flats)
            database.execute("INSERT INTO state VALUES (1, ?)", [bookmark.dumps()])
            database.commit()


class Fts5Index(Index):
    """The index over that engine."""

    editions = Fts5Edition


class _Source:
    """The postings of the whole index, as if it were one segment."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def word(self, term: str) -> Found:
        return united(self.of(TITLE, term), self.of(TEXT, term))

    def of(self, field: str, term: str) -> Posting:
        statement = """
            SELECT doc, count(*) FROM occurrence WHERE term = ? AND col = ?
            GROUP BY doc ORDER BY doc
        """
        rows = self._database.execute(statement, [_hex(term), field]).fetchall()
        if not rows:
            return NOWHERE
        numbers, counts = zip(*rows, strict=True)
        return Posting(np.array(numbers, np.int64), np.array(counts, np.float64))

    def places(self, field: str, term: str) -> Placed:
        statement = """
            SELECT doc, offset, places FROM occurrence JOIN entry ON number = doc
            WHERE term = ? AND col = ? ORDER BY doc, offset
        """
        entries, found = [], []
        for number, offset, places in self._database.execute(statement, [_hex(term), field]):
            titles = int.from_bytes(places[:4], "little")
            at = array("I", places[4:])[offset + (titles if field == "text" else 0)]
            entries.append(number)
            found.append(at)
        ones = np.ones(len(found), np.int64)
        return Placed.of(np.array(entries, np.int64), ones, np.array(found, np.int64))

    def beginning(self, field: str, prefix: str) -> Iterator[str]:
        statement = """
            SELECT DISTINCT term FROM occurrence WHERE term >= ? AND term < ? AND col = ? ORDER BY 1
        """
        first = _hex(prefix)
        for (term,) in self._database.execute(statement, [first, f"{first}g", field]).fetchall():
            yield bytes.fromhex(term).decode()


def _add(database: sqlite3.Connection, flats: Iterable[Flat]) -> None:
    for flat in flats:
        title, text = _in_order(flat.title), _in_order(flat.text)
        places = array("I", [at for at, _ in (*title, *text)])
        stored = len(title).to_bytes(4, "little") + places.tobytes()
        number = database.execute(
            "INSERT INTO entry (id, stored, places) VALUES (?, ?, ?)",
            [flat.entry.id, flat.entry.dumps(), stored],
        ).lastrowid
        told = (
            _told(term for _, term in title),
            _told(term for _, term in text),
            _told(flat.forms),
        )
        database.execute(
            "INSERT INTO words (rowid, title, text, forms) VALUES (?, ?, ?, ?)", [number, *told]
        )


def _in_order(places: Places) -> list[tuple[int, str]]:
    return sorted((at, term) for term, there in places.items() for at in there)


def _told(terms: Iterable[str]) -> str:
    return " ".join(map(_hex, terms))


def _hex(term: str) -> str:
    return term.encode().hex()


def _connected(folder: Path) -> sqlite3.Connection:
    with _judged(folder):
        address = f"file:{folder / _FILE}?mode=rw"
        return sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)


@contextmanager
def _judged(folder: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, TypeError) as problem:
        raise Damaged(folder.name, str(problem)) from problem

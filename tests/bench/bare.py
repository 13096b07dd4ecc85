"""The bare loop: what an import costs at the least, whatever is made of the files.

Each process takes its share of the files: front matter, Markdown, sanitising,
and an insert into one table, 500 to a commit.  ``python -m tests.bench.bare SITE
DATABASE PROCESSES`` is a process like an import, so that both begin with nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final

import frontmatter
import nh3
from markdown_it import MarkdownIt

PER_COMMIT: Final = 500

_TABLE: Final = "CREATE TABLE document (path TEXT PRIMARY KEY, fields TEXT, content TEXT)"


def load(site: Path, database: Path, processes: int) -> None:
    """All pages of *site* into a new *database*."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_TABLE)
    files = sorted(site.rglob("*.md"))
    context = multiprocessing.get_context("fork")
    others = [
        context.Process(target=_load_some, args=(files[start::processes], site, database))
        for start in range(1, processes)
    ]
    for other in others:
        other.start()
    _load_some(files[::processes], site, database)
    for other in others:
        other.join()
        if other.exitcode:
            sys.exit(other.exitcode)


def _load_some(files: Sequence[Path], site: Path, database: Path) -> None:
    rows = _rows(files, site)
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        # As durable as the repository, which is the default of SQLite.
        while some := list(islice(rows, PER_COMMIT)):
            with connection:
                connection.executemany("INSERT INTO document VALUES (?, ?, ?)", some)


def _rows(files: Sequence[Path], site: Path) -> Iterator[tuple[str, str, str]]:
    markdown = MarkdownIt()
    for file in files:
        post = frontmatter.loads(file.read_text())
        html = nh3.clean(markdown.render(post.content))
        yield str(file.relative_to(site)), json.dumps(post.metadata, default=str), html


if __name__ == "__main__":
    load(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

"""A process that writes and searches; see test_processes.

Prints a line for each search, and stops at the first that misses a write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from content_repo import Side
from search_index import WhooshIndex
from tests.search_index.content import AGES, opened, put, query, revise


def main(folder: str, name: str, count: str) -> None:
    repository = opened(Path(folder))
    index = WhooshIndex(Path(folder) / "index", Side.PUBLISHED, repository, wait=AGES)
    id = put(repository, f"site/{name}", title="new")
    for number in range(int(count)):
        revise(repository, id, title=f"{name}x{number}")
        hits = index.search(query(f"{name}x{number}"))
        assert hits.ids == (id,), f"{name} {number}: {hits}, {index.status()}"
        assert hits.position >= 1
        print(number, flush=True)  # noqa: T201
    index.close()
    repository.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A process that writes pages one after the other, and says so of each once it is committed.

``python -m tests.content_repo.writer URL FOLDER NAME COUNT SHARED`` prints ``ready``, waits
for a line, and prints the id of each page as soon as its transaction is acknowledged.
Each page is created and published, and the node SHARED revised, in one transaction.
"""

from __future__ import annotations

import sys
from pathlib import Path

from content_repo import ROOT_ID, Kind, Repository
from tests.content_repo.stores import PAGE


def write(repository: Repository, name: str, shared: str) -> str:
    """One transaction, acknowledged when this returns."""
    with repository.write(author=name) as tx:
        tx.revise(shared, {"title": name})
        id = tx.create(Kind.DOCUMENT, ROOT_ID, name, type=PAGE, fields={"title": name})
        tx.publish(id)
    return id


def main(url: str, folder: str, name: str, count: str, shared: str) -> None:
    repository = Repository.open(url, Path(folder), migrate=False)
    say("ready")
    sys.stdin.readline()
    for number in range(int(count)):
        say(write(repository, f"{name}-{number}", shared))
    repository.close()


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

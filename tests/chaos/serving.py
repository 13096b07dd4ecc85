"""A server over content that other processes write, and what is asked of it."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from content_repo import Repository
from tests.operations.processes import Running, environment, running
from tests.search_index.content import TYPES, opened

#: Where the mounts that a service has by itself find documents.
PLACE: Final = "content/documents"

_COMMAND: Final = str(Path(sys.executable).parent / "hal-delivery")


@dataclass(frozen=True, slots=True)
class Served:
    """A server, and the repository beside it; counts every answer by its status."""

    server: Running
    repository: Repository
    data: Path
    statuses: dict[int, int] = field(default_factory=dict)

    def get(self, target: str) -> tuple[int, bytes]:
        """What is answered at *target*, by whatever worker; no answer is the server's fault."""
        try:
            answer = urllib.request.urlopen(self.server.url + target, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            status, body = answer.status, answer.read()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status >= 500:
            raise AssertionError(f"{target}: {status}: {self.server.log.read_text()[-5000:]}")
        return status, body

    def documents(self, query: str) -> dict[str, Any]:
        """The list of documents that *query* asks for; empty where there is none."""
        status, body = self.get(f"/site/api/documents/?{query}")
        found: dict[str, Any] = orjson.loads(body)
        return found if status == 200 else {"_meta": {"totalSize": -1, "position": -1}}

    def total(self, query: str) -> int:
        """How many documents *query* finds."""
        return int(self.documents(query)["_meta"]["totalSize"])


@contextmanager
def served(data: Path, *, workers: int) -> Iterator[Served]:
    """Serve the published side of the data folder *data*, which may be new."""
    repository = opened(data, migrate=True)
    if not repository.types.by_name:
        with repository.write() as tx:
            tx.define(TYPES)
    env = environment(HAL_DELIVERY_DATA_DIR=str(data), HAL_DELIVERY_LOG_LEVEL="warning")
    command = [_COMMAND, "serve", "--port", "0", "--workers", str(workers)]
    try:
        with running(command, data.parent / f"{data.name}.log", env) as server:
            yield Served(server, repository, data)
    finally:
        repository.close()

"""Small sites on disk, and what imports make of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content_repo import Kind, Node, Repository, Side
from hal_delivery.exchange.importing import bring_in
from hal_delivery.exchange.orders import Imported, Orders, Progress
from hal_delivery.exchange.plan import Plan
from hal_delivery.exchange.reading import Reading
from hal_delivery.exchange.survey import Options, survey

INTO = "content/documents/site"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """*files* by their path in *folder*."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def planned(source: Path, **options: Any) -> Plan:
    """The plan of a source."""
    return survey(source, options=Options(**options), progress=None)


def imported(
    repository: Repository,
    source: Path,
    *,
    options: Mapping[str, Any] | None = None,
    reading: Callable[[Path], Reading] = lambda root: Reading(root, "en"),
    progress: Progress = lambda *_: None,
    **orders: Any,
) -> Imported:
    """Import *source*, and return the report."""
    given = {"into": INTO, "origin": str(source), **orders}
    plan = planned(source, **(options or {}))
    return bring_in(repository, plan, reading(source), Orders(**given), progress)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies in the repository, by paths below the folder of the import."""

    repository: Repository
    side: Side = Side.DRAFT
    into: str = INTO

    def find(self, path: str) -> Node | None:
        return self.repository.reader(self.side).at(f"{self.into}/{path}" if path else self.into)

    def get(self, path: str) -> Node:
        """The node at *path*, which has to be there."""
        found = self.find(path)
        assert found is not None, path
        return found

    def paths(self, *kinds: Kind) -> list[str]:
        """The paths of all nodes of those kinds."""
        places = self.repository.reader(self.side).below(self.into)
        return [one.path[len(self.into) + 1 :] for one in places if not kinds or one.kind in kinds]

    def state(self) -> dict[str, Any]:
        """Everything that an import decides, by path: what two imports are compared by."""
        reader = self.repository.reader(self.side)
        places = reader.below(self.into)
        nodes = reader.get_many(one.id for one in places)
        links = reader.links([one.id for one in places])
        return {
            one.path: (
                one.id, one.kind, one.type, one.locale, one.group, one.key, one.rank, one.revision,
                dict(one.fields), one.is_published, links.get(one.id, ()),
            )
            for one in nodes.values()
        }  # fmt: skip


def hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file in *folder*, by its path."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }

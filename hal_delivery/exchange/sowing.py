"""Planting what an import brings, some hundred nodes in a transaction.

Each batch is committed with the files that its nodes came from, so that an
import that is killed goes on behind the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from content_repo.errors import ContentError, IdTaken, NameTaken, NodeNotFound
from content_repo.linking import Target
from content_repo.planting import Seedling
from content_repo.repository import Repository
from content_repo.sources import NodeSource
from content_repo.transaction import Transaction
from hal_delivery.exchange.nursery import otherwise
from hal_delivery.exchange.orders import Imported
from hal_delivery.exchange.plan import Remark

#: Nodes in a transaction, and how many bytes of files it takes in at most.
AT_ONCE: Final = 500
_BYTES_AT_ONCE: Final = 16 * 2**20


class Sowing:
    """The writing end of one import; what is refused goes to its report."""

    def __init__(self, repository: Repository, origin: str, found: Imported) -> None:
        self._repository = repository
        self._origin = origin
        self._found = found

    def plant(
        self, seedlings: Iterable[tuple[str, Seedling]], planned: Mapping[str, Target]
    ) -> int:
        """Plant all of them, batch by batch; what is refused is remarked upon."""
        return sum(self._plant_batch(batch, planned) for batch in _batches(seedlings))

    def _plant_batch(
        self, batch: Sequence[tuple[str, Seedling]], planned: Mapping[str, Target]
    ) -> int:
        """Plant a batch; what lacks a free name or key gets another, and a remark."""
        waiting, count, attempt = list(batch), 0, 0
        wanted = dict(batch)
        while waiting:
            attempt += 1
            with self.writing() as tx:
                planted = tx.plant([one for _, one in waiting], planned)
            count += len(planted.ids)
            again: list[tuple[str, Seedling]] = []
            moved = False
            for index, problem in sorted(planted.failures.items()):
                path, seedling = waiting[index]
                other = otherwise(wanted[path], problem, attempt)
                if other is not None:
                    moved = True
                    self.remark(path, f"{problem} It is imported under another.", skipped=False)
                    again.append((path, other))
                elif isinstance(problem, IdTaken) and self._revived(seedling, planned):
                    count += 1
                elif isinstance(problem, NodeNotFound):
                    again.append((path, seedling))
                else:
                    self.remark(path, str(problem))
            if not moved:
                for path, _ in again:
                    self.remark(path, "the folder that it lies in could not be made")
                break
            waiting = again
        return count

    def _revived(self, seedling: Seedling, planned: Mapping[str, Target]) -> bool:
        """Take a node out of the trash whose file has come back; whether it lay there."""
        id = seedling.id or ""
        with self.writing() as tx:
            tx.expect(planned)
            try:
                tx.restore(id)
            except NameTaken as taken:
                tx.restore(id, name=taken.facts["suggestion"])
            except ContentError:
                return False
            self.renew(tx, id, seedling.fields, seedling.sources, publish=seedling.publish)
        return True

    def renew(
        self,
        tx: Transaction,
        id: str,
        fields: Mapping[str, Any],
        sources: Sequence[NodeSource],
        *,
        publish: bool,
        at: str | None = None,
    ) -> None:
        """Give a node other fields and files; links are read as seen from *at*."""
        tx.revise(id, fields, at=at)
        tx.note_sources(id, sources)
        if publish:
            tx.publish(id)

    def remark(self, path: str, reason: str, *, skipped: bool = True) -> None:
        """Report something of the file at *path*."""
        self._found.remarks.append(Remark(path, reason, skipped=skipped))

    def writing(self) -> AbstractContextManager[Transaction]:
        """A transaction that says where its content comes from."""
        return self._repository.write(author="import", message=f"from {self._origin}")


def _batches(
    seedlings: Iterable[tuple[str, Seedling]],
) -> Iterator[list[tuple[str, Seedling]]]:
    batch: list[tuple[str, Seedling]] = []
    size = 0
    for one in seedlings:
        batch.append(one)
        size += sum(source.size for source in one[1].sources if source.content is not None)
        if len(batch) == AT_ONCE or size > _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

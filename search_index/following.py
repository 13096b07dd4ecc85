"""From the change log to entries: what a batch of changes means for one side.

Reads the repository only.  A batch says which nodes to look at, never what
became of them: each is read as it is now, so that taking a batch in twice, or
late, does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from content_repo import ROOT_ID, Action, Change, Kind, Reader, Repository, Side
from content_repo.model import REACHES_DESCENDANTS
from search_index.bookmark import Bookmark, mark
from search_index.engine import Damaged, Edition
from search_index.flatten import Flat, flatten
from search_index.schema import fingerprint

#: Nodes read at a time.
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to write so that an edition reflects a batch."""

    gone: Sequence[str]
    flats: Sequence[Flat]
    bookmark: Bookmark


class Follower:
    """One side of a repository, seen as changes and entries."""

    def __init__(self, repository: Repository, side: Side, language: str) -> None:
        self._repository = repository
        self._side = side
        self.language = language
        self.fingerprint = fingerprint(side, language)

    # -- the log ----------------------------------------------------------

    def unseen(self, edition: Edition, reached: int, last: str, limit: int) -> list[Change]:
        """Up to *limit* changes behind *reached*, where the change was marked *last*."""
        if not reached:
            return self._repository.changes(0, limit)
        # The last one seen is read again: another one, or none, is another log,
        # such as that of a database that was put back to an older state.
        first, *rest = self._repository.changes(reached - 1, limit + 1) or (None,)
        if first is None or mark(first) != last:
            raise Damaged(edition.folder.name, "it followed another change log")
        return rest

    def shows(self, change: Change) -> bool:
        """Whether *change* can alter anything that this side's index tells."""
        return change.kind is not Kind.OBJECT and (change.public or self._side is Side.DRAFT)

    def _last_shown(self, reached: int) -> int:
        """The position of the last change up to *reached* that the side shows."""
        while reached > 0:
            after = max(0, reached - 1000)
            batch = self._repository.changes(after, reached - after)
            for change in reversed(batch):
                if self.shows(change):
                    return change.position
            reached = after
        return 0

    # -- entries ----------------------------------------------------------

    def touched(self, changes: Iterable[Change], edition: Edition) -> list[str]:
        """The ids of all nodes to look at because of *changes*, each once."""
        ids: dict[str, None] = {}
        reader = self._repository.reader(self._side)
        for change in filter(self.shows, changes):
            if change.action is Action.TYPED:
                continue
            ids[change.node] = None
            if change.kind is Kind.FOLDER and change.action in REACHES_DESCENDANTS:
                ids.update(dict.fromkeys(self._descendants(change.node, edition, reader)))
        ids.update(dict.fromkeys(self._retyped(edition)))
        return list(ids)

    def _descendants(self, id: str, edition: Edition, reader: Reader) -> Iterator[str]:
        """What lay below a folder as the index has it, and what lies there now."""
        was = edition.catalogue.get(id)
        if was is not None:
            yield from (entry.id for entry in edition.catalogue.below(was.path))
        now = reader.places([id]).get(id)
        if now is not None:
            yield from (place.id for place in reader.below(now.path))

    def _retyped(self, edition: Edition) -> Iterator[str]:
        """Documents whose type has another form than when they were read.

        Asked with every batch: what tells is the types themselves, not that a
        change in the log says they were defined.
        """
        known, forms = edition.bookmark.types, self._repository.types.forms
        if known == forms:
            return
        for entry in edition.catalogue.entries:
            if known.get(entry.type) != forms.get(entry.type):
                yield entry.id

    def rewrite(self, changes: Sequence[Change], ids: Sequence[str], edition: Edition) -> Rewrite:
        """The nodes of those *ids* as they are now, reached with the last of *changes*."""
        last = changes[-1]
        position = next((one.position for one in reversed(changes) if self.shows(one)), 0)
        bookmark = Bookmark(
            fingerprint=self.fingerprint,
            reached=last.position,
            mark=mark(last),
            position=max(position, edition.bookmark.position),
            types=self._repository.types.forms,
        )
        flats = list(self.flats(ids))
        found = {flat.entry.id for flat in flats}
        return Rewrite([id for id in ids if id not in found], flats, bookmark)

    def everything(self) -> tuple[Bookmark, list[str]]:
        """A bookmark for an index of all that is there, and the ids of all that."""
        # Whatever is committed from here on will be followed, if need be again.
        reached = self._repository.committed_position()
        last = self._repository.changes(reached - 1, 1) if reached else []
        bookmark = Bookmark(
            fingerprint=self.fingerprint,
            reached=reached,
            mark=mark(last[0]) if last else "",
            position=self._last_shown(reached),
            types=self._repository.types.forms,
        )
        places = self._repository.reader(self._side).below("")
        return bookmark, [place.id for place in places if place.kind is not Kind.OBJECT]

    def flats(
        self, ids: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Iterator[Flat]:
        """Those of *ids* that the side shows, in that order."""
        reader, types = self._repository.reader(self._side), self._repository.types
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            nodes = reader.get_many(chunk)
            for id in chunk:
                node = nodes.get(id)
                if node is not None and node.kind is not Kind.OBJECT and node.id != ROOT_ID:
                    yield flatten(node, types, self.language)
            if progress is not None:
                progress(start + len(chunk), len(ids))

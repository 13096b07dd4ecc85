"""The index over Whoosh: in step with the change log, and mended when damaged.

Each process opens its own; a process that was forked opens anew.  Within one,
threads share an edition.  Its entries are values in memory and need no lock;
postings are read, and editions exchanged, by one thread at a time: it is Python
code that reads them, so that two at once would gain nothing, and searchers for
each thread would each hold all files open.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from content_repo import Change, Repository, Side
from search_index.bookmark import mark
from search_index.edition import Damaged, Edition, Hindered
from search_index.errors import IndexUnavailable
from search_index.folder import IndexFolder
from search_index.following import Follower
from search_index.parsing import Phrase, parse
from search_index.query import Hits, Query

log = logging.getLogger(__name__)

#: What a search takes in itself: so many changes, that touch so many nodes.
#: More is taken in by a thread beside it, for whose end it waits a moment.
_FEW_CHANGES: Final = 32
_FEW_NODES: Final = 64

#: Changes taken in with one commit otherwise.
_GROUP: Final = 1000

#: Old entries written again with one commit, by a search and otherwise.
_MERGED_BY_SEARCH: Final = 128
_MERGED: Final = 2000

#: Seconds until building is tried again after it failed.
_RESPITE: Final = 2.0

_PAUSE: Final = 0.002


@dataclass(frozen=True, slots=True)
class _Shown:
    """An edition, and how far the log was read since without a need to write."""

    name: str
    edition: Edition
    reached: int
    mark: str


class WhooshIndex:
    """One side of a repository in a folder of its own."""

    def __init__(
        self, folder: Path, side: Side, repository: Repository, *, wait: float = 0.5
    ) -> None:
        self.side = side
        self._repository = repository
        self._wait = wait
        self._folder = IndexFolder(folder)
        self._follower = Follower(repository, side)
        self._begin()

    def _begin(self) -> None:
        """Own nothing yet: neither locks nor files may come from a parent process."""
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._shown: _Shown | None = None
        self._worker: threading.Thread | None = None
        self._worker_began = 0.0
        self._failed_at = float("-inf")
        self._closing = threading.Event()

    # -- asking -----------------------------------------------------------

    def search(self, query: Query) -> Hits:
        """What matches; in step where that takes no longer than the index waits."""
        phrases = None if query.text is None else parse(query.text)
        deadline = time.monotonic() + self._wait
        shown = self._in_step(deadline)
        try:
            return self._answer(shown, query, phrases)
        except Damaged as damage:
            self._mend(damage, deadline)
        try:
            return self._answer(self._in_step(deadline), query, phrases)
        except Damaged as damage:
            raise IndexUnavailable(side=self.side.value) from damage

    def _answer(self, shown: _Shown, query: Query, phrases: Sequence[Phrase] | None) -> Hits:
        edition = shown.edition
        if phrases is None:
            ids, total = edition.catalogue.page(query)
        elif not phrases:
            ids, total = (), 0
        else:
            with self._lock:
                # Exchanging editions closes files: ask the one that is open now.
                edition = (self._shown or shown).edition
                scores = edition.scores(phrases)
            ids, total = edition.catalogue.scored_page(query, scores)
        return Hits(ids, total, edition.bookmark.position, shown.reached)

    @property
    def position(self) -> int:
        return self._in_step(time.monotonic() + self._wait).edition.bookmark.position

    @property
    def reached(self) -> int:
        try:
            return self._latest().reached
        except (Damaged, Hindered):
            return 0

    # -- in step ----------------------------------------------------------

    def catch_up(self, within: float | None = None) -> bool:
        """Follow the change log; whether its end was reached in time."""
        deadline = None if within is None else time.monotonic() + within
        try:
            return self._follow(deadline)
        except Hindered:
            return False
        except Damaged as damage:
            self._mend(damage, deadline)
        try:
            return self._follow(deadline)
        except (Damaged, Hindered):
            return False

    def _in_step(self, deadline: float) -> _Shown:
        """The edition to answer from: in step, or else as far as it came."""
        try:
            shown = self._latest()
            if shown.reached == self._repository.position:
                return shown
            self._follow(deadline)
            return self._latest()
        except Damaged as damage:
            self._mend(damage, deadline)
        except Hindered as hindrance:
            log.warning("the %s index cannot follow: %s", self.side.value, hindrance)
        try:
            return self._latest()
        except (Damaged, Hindered) as problem:
            # What was loaded before the damage is still true, if not the newest.
            if self._shown is not None:
                return self._shown
            raise IndexUnavailable(side=self.side.value) from problem

    def _latest(self) -> _Shown:
        """The present edition, opened at the first use and after an exchange."""
        if self._process != os.getpid():
            self._begin()
        shown, name = self._shown, self._folder.current()
        if shown is not None and shown.name == name:
            return shown
        if name is None:
            raise Damaged(None, "there is none yet")
        with self._lock:
            return self._opened(name)

    def _refreshed(self) -> _Shown:
        """The present edition as last committed, by whatever process."""
        shown = self._latest()
        if shown.edition.is_latest:
            return shown
        with self._lock:
            if self._shown is shown:
                return self._opened(shown.name)
        return self._refreshed()

    def _opened(self, name: str) -> _Shown:
        """Exchange what is shown for the last commit to the edition *name*."""
        before = self._shown
        kept = before.edition if before is not None else None
        edition = Edition.open(self._folder.edition(name), kept)
        bookmark = edition.bookmark
        shown = _Shown(name, edition, bookmark.reached, bookmark.mark)
        if before is None or before.name != name:
            self._judge(shown)
        if before is not None:
            if before.name == name and before.reached > shown.reached:
                shown = replace(shown, reached=before.reached, mark=before.mark)
            before.edition.close(successor=edition)
        self._shown = shown
        return shown

    def _judge(self, shown: _Shown) -> None:
        """Whether an edition opened for the first time is ours to use at all."""
        try:
            if shown.edition.bookmark.fingerprint != self._follower.fingerprint:
                raise Damaged(shown.name, "it is of another version, or of another side")
            self._follower.unseen(shown.edition, shown.reached, shown.mark, 1)
        except BaseException:
            shown.edition.close()
            raise

    def _follow(self, deadline: float | None) -> bool:
        """Take in changes up to the end of the log; whether it was reached in time."""
        limit = _GROUP if deadline is None else _FEW_CHANGES + 1
        while True:
            shown = self._refreshed()
            changes = self._follower.unseen(shown.edition, shown.reached, shown.mark, limit)
            if not changes:
                return True
            if not any(map(self._follower.shows, changes)):
                self._pass_over(shown, changes[-1])
                continue
            if deadline is not None and len(changes) > _FEW_CHANGES:
                return self._delegated(deadline)
            with self._folder.writing(None if deadline is None else 0.0) as held:
                few = not held or self._take_in(shown, changes, deadline)
            if not few and deadline is not None:
                return self._delegated(deadline)
            if not held:
                if deadline is not None and time.monotonic() >= deadline:
                    return False
                time.sleep(_PAUSE)
            if self._closing.is_set():
                return False

    def _pass_over(self, shown: _Shown, change: Change) -> None:
        """Remember that nothing up to *change* is any of this side's business."""
        with self._lock:
            if self._shown is shown:
                self._shown = replace(shown, reached=change.position, mark=mark(change))

    def _take_in(self, shown: _Shown, changes: Sequence[Change], deadline: float | None) -> bool:
        """Commit *changes* under the writers' lock; False if they touch too much for that."""
        if self._folder.current() != shown.name or not shown.edition.is_latest:
            return True
        ids = self._follower.touched(changes, shown.edition)
        if deadline is not None and len(ids) > _FEW_NODES:
            return False
        rewrite = self._follower.rewrite(changes, ids, shown.edition)
        merge = _MERGED if deadline is None else _MERGED_BY_SEARCH
        shown.edition.write(rewrite.gone, rewrite.flats, rewrite.bookmark, merge=merge)
        self._refreshed()
        return True

    # -- beside the searches ----------------------------------------------

    def _delegated(self, deadline: float) -> bool:
        """Let a thread follow the log to its end; whether it came there in time."""
        self._await(self._work_on(None, missing=False), deadline)
        shown = self._latest()
        return shown.reached >= self._repository.position

    def _mend(self, damage: Damaged, deadline: float | None) -> None:
        """Have a damaged edition put aside and another built; wait for it until *deadline*."""
        if time.monotonic() - self._failed_at < _RESPITE:
            return
        if damage.edition is not None:
            log.warning("the %s index is damaged: %s", self.side.value, damage)
        if deadline is None:
            self._work(damage.edition, True)
        else:
            self._await(self._work_on(damage.edition, missing=True), deadline)

    def _work_on(self, damaged: str | None, *, missing: bool) -> threading.Thread:
        with self._lock:
            worker = self._worker
            if worker is None or not worker.is_alive():
                worker = threading.Thread(
                    target=self._work, args=(damaged, missing), daemon=True, name="search-index"
                )
                self._worker, self._worker_began = worker, time.monotonic()
                worker.start()
            return worker

    def _await(self, worker: threading.Thread, deadline: float) -> None:
        # Of many searches during a long rebuild, only the first ones wait for it.
        patience = min(deadline, self._worker_began + self._wait) - time.monotonic()
        if patience > 0:
            worker.join(patience)

    def _work(self, damaged: str | None, missing: bool) -> None:
        try:
            if missing:
                self._replace(damaged)
            self._follow(None)
        except Exception:
            self._failed_at = time.monotonic()
            log.exception("the %s index could not be brought in step", self.side.value)

    def _replace(self, damaged: str | None) -> None:
        with self._folder.building(None):
            current = self._folder.current()
            if current is not None and current != damaged:
                # Somebody else was faster.
                return
            if damaged is not None:
                self._folder.quarantine(damaged)
            self._build(None)

    # -- building ---------------------------------------------------------

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Build anew beside the present edition, which answers until the exchange."""
        if self._process != os.getpid():
            self._begin()
        with self._folder.building(None):
            self._build(progress)
        self._latest()

    def _build(self, progress: Callable[[int, int], None] | None) -> None:
        """Whoever builds holds the builders' lock."""
        bookmark, ids = self._follower.everything()
        folder = self._folder.fresh()
        log.info("building the %s index of %d nodes", self.side.value, len(ids))

        def advanced(done: int, total: int) -> None:
            if self._closing.is_set():
                raise Hindered("closed while building")
            if progress is not None:
                progress(done, total)

        try:
            Edition.create(folder, self._follower.flats(ids, advanced), bookmark)
            edition = self._brought_up(Edition.open(folder))
            with self._folder.writing(None):
                self._brought_up(edition).close()
                self._folder.install(folder)
        except BaseException:
            self._folder.discard(folder)
            raise

    def _brought_up(self, edition: Edition) -> Edition:
        """Follow the log with an edition that nobody else sees yet."""
        reached, last = edition.bookmark.reached, edition.bookmark.mark
        while changes := self._follower.unseen(edition, reached, last, _GROUP):
            reached, last = changes[-1].position, mark(changes[-1])
            if any(map(self._follower.shows, changes)):
                ids = self._follower.touched(changes, edition)
                rewrite = self._follower.rewrite(changes, ids, edition)
                edition.write(rewrite.gone, rewrite.flats, rewrite.bookmark, merge=_MERGED)
                after = Edition.open(edition.folder, edition)
                edition.close(successor=after)
                edition = after
        return edition

    # -- looking after ----------------------------------------------------

    def status(self) -> Mapping[str, Any]:
        committed = self._repository.committed_position()
        found: dict[str, Any] = {"side": self.side.value, "state": "ready", "committed": committed}
        try:
            shown = self._refreshed()
        except (Damaged, Hindered) as problem:
            return {**found, "state": "unavailable", "reason": str(problem)}
        return {
            **found,
            "reached": shown.reached,
            "behind": max(0, committed - shown.reached),
            "position": shown.edition.bookmark.position,
            "entries": len(shown.edition.catalogue.entries),
            "segments": shown.edition.segments,
            "bytes": self._folder.size(),
        }

    def verify(self) -> list[str]:
        """All differences from the repository, in plain words."""
        suspects: list[str] | None = None
        while True:
            if not self.catch_up():
                return ["the index cannot be brought in step with the repository"]
            shown = self._refreshed()
            found = self._differences(shown.edition, suspects)
            # While somebody writes, what differs may only be newer.
            if not found or shown.reached == self._repository.committed_position():
                return list(found.values())
            suspects = list(found)

    def _differences(self, edition: Edition, suspects: Sequence[str] | None) -> dict[str, str]:
        catalogue = edition.catalogue
        if suspects is None:
            _, there = self._follower.everything()
            suspects = list(dict.fromkeys([*there, *(one.id for one in catalogue.entries)]))
        truth = {flat.entry.id: flat.entry for flat in self._follower.flats(suspects)}
        found = {}
        for id in suspects:
            right, held = truth.get(id), catalogue.get(id)
            if held is None and right is not None:
                found[id] = f"{right.path} ({id}) is missing from the index"
            elif right is None and held is not None:
                found[id] = f"{held.path} ({id}) is in the index, but not in the repository"
            elif right is not None and held is not None and right != held:
                names = ", ".join(right.differing(held))
                found[id] = f"{right.path} ({id}) differs from the repository: {names}"
        return found

    def close(self) -> None:
        if self._process != os.getpid():
            return
        self._closing.set()
        worker = self._worker
        if worker is not None and worker.is_alive():
            worker.join()
        with self._lock:
            if self._shown is not None:
                self._shown.edition.close()
            self._shown = None

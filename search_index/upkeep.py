"""Upkeep: an index in step with the change log, and mended when damaged.

Whatever the engine: all that is asked of one is an edition, see
:mod:`search_index.engine`.  Each process opens its own; a process that was forked
opens anew.  Within one, threads share an edition.  Its columns are arrays in memory and need
no lock, and its entries are read by whoever asks for one, from files that stay open for
as long as anybody has the edition.  Words are read, and editions exchanged, by one
thread at a time: it is Python code that reads them, so that two at once would gain
nothing, and connections for each thread would each hold all files open.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, Final

from content_repo import Change, Repository, Side
from search_index.bookmark import mark
from search_index.engine import MOST_SEGMENTS, Damaged, Edition, Hindered
from search_index.errors import IndexUnavailable
from search_index.folder import IndexFolder
from search_index.following import Follower, Rewrite
from search_index.seals import Seals

log = logging.getLogger(__name__)

#: What a search takes in itself: so many changes, that touch so many nodes, of which
#: each takes some milliseconds.  More is taken in beside it, by the process that
#: follows or else by a thread, for whose end it waits a moment.
_FEW_CHANGES: Final = 128
_FEW_NODES: Final = 32

#: Changes taken in with one commit otherwise.
_GROUP: Final = 1000

#: Changes of one commit that are worth a line in the log.
_MANY_CHANGES: Final = 100

#: Old entries written again with one commit, of which a thousand take a fourth of a second:
#: by a search that nobody follows for; between two writes, when all is quiet or segments
#: are too many, and when not; and with a group.
_MERGED_BY_SEARCH: Final = 128
_MERGED_IN_QUIET: Final = 2000
_MERGED_BETWEEN: Final = 128
_MERGED: Final = 2000

#: Seconds without a write after which all is quiet.
_QUIET: Final = 1.0

#: Segments that are too many to wait for quiet; of twice as many, twice as much is merged.
_TOO_MANY: Final = 3 * MOST_SEGMENTS

#: How many times longer than it took in changes, and for how many seconds at most, the
#: process that follows leaves the next few to the searches that need them: each commit
#: has every process read anew.
_REST: Final = 4
_LONGEST_REST: Final = 1.0

#: Segments more than after the last merge, until it is worth another one.
_GROWTH: Final = 4

#: Seconds until building is tried again after it failed.
_RESPITE: Final = 2.0

#: Seconds in which searches do not wait again, after one waited in vain.
_IMPATIENCE: Final = 5.0

#: Seconds between two looks at the files, by the process that follows.
_LOOK_EVERY: Final = 5.0

_PAUSE: Final = 0.002


@dataclass(frozen=True, slots=True)
class Shown:
    """An edition, and how far the log was read since without a need to write."""

    name: str
    edition: Edition
    reached: int
    mark: str
    seals: Seals


class Upkeep:
    """One side of a repository in a folder of its own; subclasses say in which form."""

    editions: type[Edition]

    def __init__(
        self,
        folder: Path,
        side: Side,
        repository: Repository,
        *,
        wait: float = 0.5,
        language: str = "en",
        columns: bool = True,
    ) -> None:
        self.side = side
        self._repository = repository
        self._wait = wait
        self._columns = columns
        self._folder = IndexFolder(folder)
        self._follower = Follower(repository, side, language)
        self._begin()

    def _begin(self) -> None:
        """Own nothing yet: neither locks nor files may come from a parent process."""
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._shown: Shown | None = None
        self._worker: threading.Thread | None = None
        self._follows = False
        self._failed_at = self._waited_at = self._looked_at = self._rests_until = float("-inf")
        self._settled: dict[int, int] = {}
        self._closing = threading.Event()

    @property
    def position(self) -> int:
        return self._in_step(time.monotonic() + self._wait).edition.bookmark.position

    @property
    def reached(self) -> int:
        try:
            return self._passed_on().reached
        except (Damaged, Hindered):
            return 0

    @property
    def is_available(self) -> bool:
        """Whether there is something to answer from, be it of an earlier position."""
        with contextlib.suppress(Damaged, Hindered):
            self._latest()
        return self._shown is not None

    # -- in step ----------------------------------------------------------

    def open(self) -> None:
        """Read the present edition now, if it can be, and not at the first search."""
        with contextlib.suppress(Damaged, Hindered):
            self._latest()

    def catch_up(self, within: float | None = None) -> bool:
        """Follow the change log; whether its end was reached in time."""
        deadline = None if within is None else time.monotonic() + within
        try:
            return self._follow(deadline, deadline)
        except Hindered:
            return False
        except Damaged as damage:
            self._mend(damage, deadline)
        try:
            return self._follow(deadline, deadline)
        except (Damaged, Hindered):
            return False

    def _in_step(self, deadline: float) -> Shown:
        """The edition to answer from: in step, or else as far as it came."""
        try:
            shown = self._latest()
            if shown.reached == self._repository.position:
                return shown
            self._follow(deadline, self._patience(deadline))
            return self._latest()
        except Damaged as damage:
            self._mend(damage, self._patience(deadline))
        except Hindered as hindrance:
            log.warning("the %s index cannot follow: %s", self.side.value, hindrance)
        try:
            return self._latest()
        except (Damaged, Hindered) as problem:
            # What was loaded before the damage is still true, if not the newest.
            if self._shown is not None:
                return self._shown
            raise IndexUnavailable(side=self.side.value) from problem

    def _latest(self) -> Shown:
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

    def _refreshed(self) -> Shown:
        """The present edition as last committed, by whatever process."""
        shown = self._latest()
        if shown.edition.is_latest:
            return shown
        with self._lock:
            if self._shown is shown:
                return self._opened(shown.name)
        return self._refreshed()

    def _opened(self, name: str) -> Shown:
        """Exchange what is shown for the last commit to the edition *name*."""
        before = self._shown
        kept = before.edition if before is not None else None
        folder = self._folder.edition(name)
        seals = before.seals if before is not None and before.name == name else Seals(folder)
        _look_at(name, seals)
        edition = self.editions.open(folder, kept, columns=self._columns)
        bookmark = edition.bookmark
        shown = Shown(name, edition, bookmark.reached, bookmark.mark, seals)
        self._judge(shown, before)
        if before is not None:
            if before.name == name and before.reached > shown.reached:
                shown = replace(shown, reached=before.reached, mark=before.mark)
            before.edition.close(successor=edition)
        self._shown = shown
        return shown

    def _judge(self, shown: Shown, before: Shown | None) -> None:
        """Whether what was opened is ours to use at all."""
        bookmark = shown.edition.bookmark
        try:
            if bookmark.fingerprint != self._follower.fingerprint:
                raise Damaged(shown.name, "it is of another version, or of another side")
            if before is None or before.name != shown.name:
                self._follower.unseen(shown.edition, shown.reached, shown.mark, 1)
            elif bookmark.reached < before.edition.bookmark.reached:
                raise Damaged(shown.name, "it went back to what it was before")
        except BaseException:
            shown.edition.close(before.edition if before is not None else None)
            raise

    def _follow(self, deadline: float | None, patience: float | None) -> bool:
        """Take in changes up to the end of the log; whether it was reached in time.

        With a *deadline*, up to what is its end now: others may move it faster than
        it can be followed.  What they have to take in is waited for until the end of
        *patience*.
        """
        limit = _GROUP if deadline is None else _FEW_CHANGES + 1
        end = None if deadline is None else self._repository.position
        for turn in count():
            shown = self._refreshed()
            if end is not None and shown.reached >= end:
                return True
            if turn and deadline is not None and time.monotonic() >= deadline:
                return False
            changes = self._follower.unseen(shown.edition, shown.reached, shown.mark, limit)
            if not changes:
                return True
            if not any(map(self._follower.shows, changes)):
                self._pass_over(shown, changes[-1])
                continue
            if patience is not None and len(changes) > _FEW_CHANGES:
                return self._delegated(end, patience)
            with self._folder.writing(None if deadline is None else 0.0) as held:
                few = not held or self._take_in(shown, changes, deadline)
            if not few and patience is not None:
                return self._delegated(end, patience)
            if not held:
                time.sleep(_PAUSE)
            if self._closing.is_set():
                break
        return False

    def _pass_over(self, shown: Shown, change: Change) -> None:
        """Remember that nothing up to *change* is any of this side's business."""
        with self._lock:
            if self._shown is shown:
                self._shown = replace(shown, reached=change.position, mark=mark(change))

    def _passed_on(self) -> Shown:
        """The present edition, behind all changes next to it that are none of its business."""
        shown = self._latest()
        while shown.reached != self._repository.position:
            shown = self._refreshed()
            changes = self._follower.unseen(shown.edition, shown.reached, shown.mark, _GROUP)
            if not changes or any(map(self._follower.shows, changes)):
                break
            self._pass_over(shown, changes[-1])
            shown = self._latest()
        return shown

    def _take_in(self, shown: Shown, changes: Sequence[Change], deadline: float | None) -> bool:
        """Commit *changes* under the writers' lock; False if they touch too much for that."""
        if self._folder.current() != shown.name or not shown.edition.is_latest:
            return True
        ids = self._follower.touched(changes, shown.edition)
        if deadline is not None and len(ids) > _FEW_NODES:
            return False
        merge = _MERGED
        if deadline is not None or len(changes) <= _FEW_CHANGES:
            merge = 0 if self._folder.is_followed else _merged_by_search(shown.edition.segments)
        self._commit(shown, self._follower.rewrite(changes, ids, shown.edition), merge)
        return True

    def _commit(self, shown: Shown, rewrite: Rewrite, merge: int) -> None:
        # A merge would seal what it read, sound or not.
        _look_at(shown.name, shown.seals)
        shown.edition.write(rewrite.gone, rewrite.flats, rewrite.bookmark, merge=merge)
        shown.seals.seal()
        self._refreshed()

    # -- the process that follows -----------------------------------------

    @contextlib.contextmanager
    def following(self) -> Iterator[None]:
        """Be the one that takes in all changes, as soon as nobody else is.

        Calls :meth:`advance` again and again meanwhile.  Others take in only
        the few changes that a search of theirs has to see, and leave merges and
        builds to it.
        """
        if self._process != os.getpid():
            self._begin()
        with self._folder.following(None):
            self._follows = True
            try:
                with self._folder.building(0.0) as built, self._folder.writing(0.0) as written:
                    if built and written:
                        self._folder.sweep()
                yield
            finally:
                self._follows = False

    def advance(self) -> bool:
        """Take in a group of what piled up, or mend, or merge; whether there is more to do."""
        try:
            return self._advance()
        except Damaged as damage:
            self._mend(damage, None)
        except Hindered as hindrance:
            log.warning("the %s index cannot follow: %s", self.side.value, hindrance)
        return False

    def _advance(self) -> bool:
        shown, changes, began = self._latest(), list[Change](), time.monotonic()
        behind = self._repository.position - shown.reached
        if 0 < behind <= _FEW_NODES and began < self._rests_until:
            return False
        if behind:
            shown = self._refreshed()
            changes = self._follower.unseen(shown.edition, shown.reached, shown.mark, _GROUP)
        if not changes:
            self._look_now_and_then(shown)
            return self._merged(shown)
        if not any(map(self._follower.shows, changes)):
            self._pass_over(shown, changes[-1])
            return True
        with self._folder.writing(None):
            self._take_in(shown, changes, None)
        took = time.monotonic() - began
        self._rests_until = began + took + min(_REST * took, _LONGEST_REST)
        if len(changes) >= _MANY_CHANGES:
            log.info(
                "the %s index took in %d changes up to position %d in %d ms",
                *(self.side.value, len(changes), changes[-1].position, round(took * 1000)),
            )
        self._merged(self._latest())
        return True

    def _look_now_and_then(self, shown: Shown) -> None:
        """Notice damage before a search does."""
        if time.monotonic() - self._looked_at > _LOOK_EVERY:
            self._looked_at = time.monotonic()
            _look_at(shown.name, shown.seals)

    def _merged(self, shown: Shown) -> bool:
        """Whether segments had become many, and small ones were merged."""
        most = self._mergeable(shown.edition.segments)
        if shown.edition.segments < self._settled.get(most, MOST_SEGMENTS) + _GROWTH:
            return False
        with self._folder.writing(0.0) as held:
            if not held or self._folder.current() != shown.name or not shown.edition.is_latest:
                return False
            bookmark = replace(shown.edition.bookmark, reached=shown.reached, mark=shown.mark)
            self._commit(shown, Rewrite((), (), bookmark), most)
        self._settled[most] = max(MOST_SEGMENTS, self._latest().edition.segments)
        return True

    def _mergeable(self, segments: int) -> int:
        """How many entries may be written again, while no search can take anything in."""
        if segments > _TOO_MANY:
            return _MERGED_IN_QUIET * (segments // _TOO_MANY)
        is_quiet = time.monotonic() > self._rests_until + _QUIET
        return _MERGED_IN_QUIET if is_quiet else _MERGED_BETWEEN

    # -- beside the searches ----------------------------------------------

    @property
    def _is_followed_elsewhere(self) -> bool:
        return not self._follows and self._folder.is_followed

    def _patience(self, deadline: float) -> float:
        """Until when a search waits for others: once in a while only, where that was in vain."""
        in_vain = time.monotonic() - self._waited_at < _IMPATIENCE
        return 0.0 if in_vain else deadline

    def _delegated(self, end: int | None, patience: float) -> bool:
        """Have the log followed to *end* beside us; whether that was reached in time."""
        target = self._repository.position if end is None else end
        if self._is_followed_elsewhere:
            return self._waited(lambda: self._refreshed().reached >= target, patience)
        worker = self._work_on(None, missing=False)
        self._waited(lambda: not worker.is_alive(), patience)
        return self._latest().reached >= target

    def _mend(self, damage: Damaged, patience: float | None) -> None:
        """Have a damaged edition put aside and another built; wait for it so long."""
        if time.monotonic() - self._failed_at < _RESPITE:
            return
        if damage.edition is not None:
            log.warning("the %s index is damaged: %s", self.side.value, damage)
        if patience is None:
            self._work(damage.edition, True)
        elif self._is_followed_elsewhere:
            self._put_aside(damage.edition)
            self._waited(lambda: self._folder.current() not in (None, damage.edition), patience)
        else:
            worker = self._work_on(damage.edition, missing=True)
            self._waited(lambda: not worker.is_alive(), patience)

    def _work_on(self, damaged: str | None, *, missing: bool) -> threading.Thread:
        with self._lock:
            worker = self._worker
            if worker is None or not worker.is_alive():
                worker = threading.Thread(
                    target=self._work, args=(damaged, missing), daemon=True, name="search-index"
                )
                self._worker = worker
                worker.start()
            return worker

    def _waited(self, is_done: Callable[[], bool], patience: float) -> bool:
        """Wait for what others do; whether it was done in time."""
        while not is_done():
            if time.monotonic() >= patience:
                if patience:
                    self._waited_at = time.monotonic()
                return False
            time.sleep(_PAUSE)
        return True

    def _work(self, damaged: str | None, missing: bool) -> None:
        try:
            if missing:
                self._replace(damaged)
            self._follow(None, None)
        except Exception:
            self._failed_at = time.monotonic()
            log.exception("the %s index could not be brought in step", self.side.value)

    def _put_aside(self, damaged: str | None) -> None:
        """Take a damaged edition away, so that whoever follows builds another."""
        with self._folder.building(0.0) as held:
            if held and damaged is not None and self._folder.current() == damaged:
                self._folder.quarantine(damaged)

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
            self.editions.create(folder, self._follower.flats(ids, advanced), bookmark)
            edition = self._brought_up(self.editions.open(folder, columns=self._columns))
            with self._folder.writing(None):
                self._brought_up(edition).close()
                Seals(folder).seal()
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
                after = self.editions.open(edition.folder, edition, columns=self._columns)
                edition.close(successor=after)
                edition = after
        return edition

    # -- looking after ----------------------------------------------------

    def status(self) -> Mapping[str, Any]:
        committed = self._repository.committed_position()
        tally = self._folder.tally()
        always: dict[str, Any] = {
            "committed": committed,
            "followed": self._folder.is_followed,
            "built": tally.built,
            "damaged": tally.damaged,
            "quarantine": self._folder.has_quarantine,
        }
        try:
            self._refreshed()
            shown = self._passed_on()
        except (Damaged, Hindered) as problem:
            state = {"side": self.side.value, "state": "unavailable", "reason": str(problem)}
            return {**state, "available": False, "lag": committed, **always}
        lag = max(0, committed - shown.reached)
        return {
            "side": self.side.value,
            "state": "behind" if lag else "ready",
            "available": True,
            "lag": lag,
            "reached": shown.reached,
            "position": shown.edition.bookmark.position,
            "entries": len(shown.edition.catalogue.entries),
            "segments": shown.edition.segments,
            "bytes": self._folder.size(),
            "edition": shown.name,
            **always,
        }

    def verify(self) -> list[str]:
        """All differences from the repository, in plain words; what is damaged is mended first."""
        with contextlib.suppress(Hindered):
            try:
                shown = self._refreshed()
                _look_at(shown.name, shown.seals, anew=True)
            except Damaged as damage:
                self._mend(damage, None)
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


def _merged_by_search(segments: int) -> int:
    """How many entries may be written again by a search that nobody follows for."""
    return _MERGED_BY_SEARCH if segments <= _TOO_MANY else _MERGED * (segments // _TOO_MANY)


def _look_at(name: str, seals: Seals, *, anew: bool = False) -> None:
    """Refuse an edition of which a file is not as it was written."""
    broken = seals.broken(anew=anew)
    if broken is not None:
        raise Damaged(name, f"{broken} is not as it was written")

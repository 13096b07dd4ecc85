"""Reading files in several processes, while this one writes.

Results come in the order of the entries, and only a bounded number of them is
under way: what waits to be written is a few hundred documents, not a site.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Final

from hal_delivery.exchange.plan import Entry
from hal_delivery.exchange.reading import Read, Reading, read

#: Below so many entries, starting processes takes longer than reading.
_FEW: Final = 300

#: So many read about as fast as one process writes; more would only hold memory.
_MOST: Final = 2

#: Entries that travel together, and how many such parcels are under way for each process.
_TOGETHER: Final = 50
_AHEAD: Final = 3


def read_all(entries: Sequence[Entry], how: Reading) -> Iterator[tuple[Entry, Read]]:
    """Each entry with what came of it, in order."""
    if len(entries) < _FEW:
        for entry in entries:
            yield entry, read(entry, how)
        return
    # Started anew: a copy of this process would hold its database and its threads.
    context = multiprocessing.get_context("spawn")
    # One for each core: while this process waits for the disk, all of them read.
    crew = min(_MOST, os.cpu_count() or 1)
    with ProcessPoolExecutor(crew, mp_context=context, initializer=_end_with_parent) as pool:
        yield from _in_order(entries, lambda some: pool.submit(_read_some, some, how), crew)


def _in_order(
    entries: Iterable[Entry], submit: Callable[[list[Entry]], Future[list[Read]]], crew: int
) -> Iterator[tuple[Entry, Read]]:
    waiting: deque[tuple[list[Entry], Future[list[Read]]]] = deque()
    left = iter(entries)
    while True:
        while len(waiting) < crew * _AHEAD and (some := list(islice(left, _TOGETHER))):
            waiting.append((some, submit(some)))
        if not waiting:
            return
        some, result = waiting.popleft()
        yield from zip(some, result.result(), strict=True)


def _end_with_parent() -> None:
    """Have this process end when the one that writes was killed; it would wait for work forever."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _read_some(entries: list[Entry], how: Reading) -> list[Read]:
    return [read(entry, how) for entry in entries]

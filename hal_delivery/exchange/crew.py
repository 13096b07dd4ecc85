"""Reading files in several processes, while this one writes.

Results come in the order of the entries, and only so many of them are under way:
what waits to be written is a few hundred documents or some megabytes, not a site.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Final

from hal_delivery.exchange.plan import Entry, Role
from hal_delivery.exchange.reading import Read, Reading, read

#: Below so many entries, starting processes takes longer than reading.
_FEW: Final = 300

#: So many read about as fast as one process writes; more would only hold memory.
_MOST: Final = 2

#: Entries that travel together, and how many such parcels are under way for each process:
#: more entries than are planted at once, so that reading goes on meanwhile.
_TOGETHER: Final = 50
_AHEAD: Final = 8

#: How many bytes of files are under way, unless some process would have nothing to read.
_BYTES_AHEAD: Final = 8 * 2**20


def read_all(entries: Sequence[Entry], how: Reading) -> Iterator[tuple[Entry, Read]]:
    """Each entry with what came of it, in order."""
    if len(entries) < _FEW:
        for entry in entries:
            yield entry, read(entry, how)
        return
    # Copies of a process that has loaded what reads, and nothing else: a copy of this one
    # would hold its database and its threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([read.__module__])
    # One for each core: while this process waits for the disk, all of them read.
    crew = min(_MOST, os.cpu_count() or 1)
    with ProcessPoolExecutor(crew, mp_context=context, initializer=_begin) as pool:
        yield from _in_order(entries, lambda some: pool.submit(_read_some, some, how), crew)


def _in_order(
    entries: Iterable[Entry], submit: Callable[[list[Entry]], Future[list[Read]]], crew: int
) -> Iterator[tuple[Entry, Read]]:
    waiting: deque[tuple[list[Entry], Future[list[Read]]]] = deque()
    under_way = 0
    parcels = _parcels(entries)
    while True:
        while len(waiting) < crew or (len(waiting) < crew * _AHEAD and under_way < _BYTES_AHEAD):
            if (some := next(parcels, None)) is None:
                break
            under_way += sum(map(_weight, some))
            waiting.append((some, submit(some)))
        if not waiting:
            return
        some, result = waiting.popleft()
        yield from zip(some, result.result(), strict=True)
        under_way -= sum(map(_weight, some))


def _parcels(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """*entries*, some at a time; large ones travel with few others."""
    parcel: list[Entry] = []
    weight = 0
    for entry in entries:
        parcel.append(entry)
        weight += _weight(entry)
        if len(parcel) == _TOGETHER or weight >= _BYTES_AHEAD // _TOGETHER:
            yield parcel
            parcel, weight = [], 0
    if parcel:
        yield parcel


def _weight(entry: Entry) -> int:
    """How many bytes come back with what is read; an asset's stay where they are."""
    return 0 if entry.role is Role.ASSET else sum(one.size for one in entry.sources)


def _begin() -> None:
    # What is loaded stays, and its memory is shared for as long as nobody touches it.
    gc.freeze()
    _end_with_parent()


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

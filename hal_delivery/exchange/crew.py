"""Work on many files in several processes, while this one does something else.

Results come in the order of what was given, and only so much of it is under way:
what waits to be taken is a few hundred documents or some megabytes, not a site.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Final, TypeVar

#: What is worked on, and what comes of it.
Given = TypeVar("Given")
Made = TypeVar("Made")

#: All that reading needs, and what takes longest of the command line: each process loads it anew.
_LOADED: Final = (
    "hal_delivery.exchange.survey",
    "hal_delivery.exchange.reading",
    "hal_delivery.logs",
    "hal_delivery.auth.tokens",
    "hal_delivery.commands.links",
)

#: Below so many files, starting processes takes longer than reading.
_FEW: Final = 300

#: So many read about as fast as one process writes; more would only hold memory.
_MOST: Final = 2

#: Files that travel together, and how many such parcels are under way for each process:
#: more files than are planted at once, so that reading goes on meanwhile.
_TOGETHER: Final = 50
_AHEAD: Final = 8

#: How many bytes of files are under way, unless some process would have nothing to read.
_BYTES_AHEAD: Final = 8 * 2**20


def prepare(source: Path) -> None:
    """Begin to load what reads, if there is much to read below *source*.

    That goes on in another process, which all that read will be copies of.
    """
    files = (name for _, _, names in os.walk(source) for name in names)
    if next(islice(files, _FEW - 1, None), None) is not None:
        _context()
        forkserver.ensure_running()


def each(
    given: Sequence[Given],
    work: Callable[[list[Given]], list[Made]],
    weight: Callable[[Given], int],
) -> Iterator[tuple[Given, Made]]:
    """Each one *given* with what *work* makes of it, in order; *weight* is its size in bytes."""
    if len(given) < _FEW:
        for one in given:
            yield one, work([one])[0]
        return
    # One for each core: while this process waits for the disk, all of them read.
    crew = min(_MOST, os.cpu_count() or 1)
    with ProcessPoolExecutor(crew, mp_context=_context(), initializer=_begin) as pool:
        yield from _in_order(given, lambda some: pool.submit(work, some), weight, crew)


def _context() -> ForkServerContext:
    # Copies of a process that has loaded what reads, and nothing else: a copy of this one
    # would hold its database and its threads.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    return context


def _in_order(
    given: Iterable[Given],
    submit: Callable[[list[Given]], Future[list[Made]]],
    weight: Callable[[Given], int],
    crew: int,
) -> Iterator[tuple[Given, Made]]:
    waiting: deque[tuple[list[Given], int, Future[list[Made]]]] = deque()
    under_way = 0
    parcels = _parcels(given, weight)
    while True:
        while len(waiting) < crew or (len(waiting) < crew * _AHEAD and under_way < _BYTES_AHEAD):
            if (parcel := next(parcels, None)) is None:
                break
            some, size = parcel
            under_way += size
            waiting.append((some, size, submit(some)))
        if not waiting:
            return
        some, size, made = waiting.popleft()
        yield from zip(some, made.result(), strict=True)
        under_way -= size


def _parcels(
    given: Iterable[Given], weight: Callable[[Given], int]
) -> Iterator[tuple[list[Given], int]]:
    """What is *given*, some at a time, and its size; large files travel with few others."""
    parcel: list[Given] = []
    size = 0
    for one in given:
        parcel.append(one)
        size += weight(one)
        if len(parcel) == _TOGETHER or size >= _BYTES_AHEAD // _TOGETHER:
            yield parcel, size
            parcel, size = [], 0
    if parcel:
        yield parcel, size


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

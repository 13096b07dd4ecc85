"""The indexer: one process beside the workers that keeps both indexes in step.

It takes in changes in groups, whoever wrote them, merges segments and builds anew
what was damaged.  A search that must see a write which is not in yet takes it in
itself, so that nobody depends on this process: when it is killed, whatever it was
at, the next one goes on from what was committed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from contextlib import ExitStack, closing
from typing import Final

import structlog

from hal_delivery.bootstrap import build_services
from hal_delivery.server import keep_what_is_loaded
from hal_delivery.settings import Settings
from search_index import WhooshIndex

_log = structlog.get_logger(__name__)

#: Seconds between two looks at the position, right after a change and when all is quiet.
SHORTEST: Final = 0.002
LONGEST: Final = 0.1


def run(settings: Settings) -> None:
    """Follow the change log for as long as the parent process lives."""
    parent = os.getppid()
    with closing(build_services(settings, migrate=False)) as services:
        for index in services.indexes.values():
            index.open()
        keep_what_is_loaded()
        follow(services.indexes.values(), is_over=lambda: os.getppid() != parent)


def follow(
    indexes: Collection[WhooshIndex],
    *,
    is_over: Callable[[], bool],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Advance each of *indexes* by turns until *is_over*.

    Waits while another process does that for the same folder.
    """
    with ExitStack() as stack:
        for index in indexes:
            stack.enter_context(index.following())
        _log.info("the indexer begins", pid=os.getpid())
        seconds = SHORTEST
        while not is_over():
            # Each has its turn, however much there is to do for one of them.
            moved = [index.advance() for index in indexes]
            if any(moved):
                seconds = SHORTEST
            else:
                pause(seconds)
                seconds = min(LONGEST, 2 * seconds)

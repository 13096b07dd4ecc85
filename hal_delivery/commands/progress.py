"""How long work shows that it goes on: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Final

import rich.progress

#: Seconds between two lines where there is no terminal.
_EVERY: Final = 5.0


class Showing:
    """Shows of each stage how much is done, on standard error."""

    def __init__(self) -> None:
        self._bars: rich.progress.Progress | None = None
        if sys.stderr.isatty():
            columns = (
                "[progress.description]{task.description}",
                rich.progress.BarColumn(),
                rich.progress.MofNCompleteColumn(),
                rich.progress.TimeRemainingColumn(),
            )
            console = rich.get_console().__class__(stderr=True)
            self._bars = rich.progress.Progress(*columns, console=console)
        self._tasks: dict[str, rich.progress.TaskID] = {}
        self._said_at = time.monotonic()

    def __enter__(self) -> Showing:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._bars is not None:
            if stage not in self._tasks:
                self._tasks[stage] = self._bars.add_task(stage, total=total)
            self._bars.update(self._tasks[stage], completed=done, total=total or None)
        elif time.monotonic() - self._said_at > _EVERY:
            self._said_at = time.monotonic()
            of = f" of {total:,}" if total else ""
            sys.stderr.write(f"{stage}: {done:,}{of}\n")

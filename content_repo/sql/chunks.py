"""Chunks: as many values as one statement may name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

#: SQLite's own bound is 32,766.
_CHUNK: Final = 5_000


def chunks(values: Collection[str]) -> Iterator[list[str]]:
    """All *values*, in lists that are short enough.

    >>> [len(one) for one in chunks(["a"] * 12_000)]
    [5000, 5000, 2000]
    """
    every = list(values)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]

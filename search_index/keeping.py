"""Keeping: what was asked for last, as far as memory goes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Final, Generic, TypeVar

import numpy as np

#: Bytes that each takes besides its arrays, its key included: a word, or a few.
_KEY: Final = 1000


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value", bound=tuple[Any, ...])


class Kept(Generic[Key, Value]):
    """Tuples of arrays, up to so many bytes; what nobody asked for longest is let go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._bytes = 0

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """What is kept under *key*, or is made now."""
        found = self._known.get(key)
        if found is not None:
            self._known.move_to_end(key)
            return found
        made = make()
        if key not in self._known:
            self._known[key] = made
            self._bytes += _size(made)
        while self._bytes > self._most and self._known:
            _, oldest = self._known.popitem(last=False)
            self._bytes -= _size(oldest)
        return made


def _size(arrays: tuple[Any, ...]) -> int:
    return _KEY + sum(one.nbytes for one in arrays if isinstance(one, np.ndarray))

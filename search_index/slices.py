"""Slices: all entries of an edition in parts, each with numbers of its own.

A segment of many entries is a slice.  All small ones together are another: each commit
adds one of them, and a word would have to be looked up in each with every search.  There,
what they say of a word is put together once, and kept until the next commit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search_index.catalogue import View
from search_index.expression import Leaf
from search_index.joining import Part, joined
from search_index.occurrences import Source
from search_index.postings import Flags, Numbers
from search_index.segment import Segment, Title
from search_index.weighing import Shown, Weighed

#: Entries from which on a segment is large, if it is not so small beside the largest.
LARGE: Final = 2000
_PART: Final = 8

#: Views of which it is kept which entries they show, as many as catalogues keep; and locales.
_MOST_VIEWS: Final = 16

Sources = Mapping[str, Source]


class Slice(ABC):
    """Entries of an edition; ``rows`` has the row of each by number, -1 where it was deleted.

    Of most, rows *ascend* as numbers do.
    """

    def __init__(self, rows: Numbers) -> None:
        self.rows = rows
        self.ascends = bool((np.diff(rows[rows >= 0]) > 0).all())
        self._shown: OrderedDict[int, tuple[View, Shown]] = OrderedDict()
        self._speaking: OrderedDict[str, Flags] = OrderedDict()

    @abstractmethod
    def weighed(self, leaf: Leaf, sources: Sources) -> Weighed:
        """What *leaf* matches, as *sources* have it by segment."""

    @abstractmethod
    def entitled(self, title: Title) -> Numbers:
        """The entries whose own title is of the same length, and has all those words."""

    def shown(self, view: View) -> Shown:
        """What of it the reader of a *view* is shown."""
        found = self._shown.get(id(view))
        if found is None:
            # What is held here keeps its place in memory, and with it the number.
            found = self._shown[id(view)] = view, Shown.of(self.flagged(view.flags))
            if len(self._shown) > _MOST_VIEWS:
                self._shown.popitem(last=False)
        return found[1]

    def flagged(self, flags: Flags) -> Flags:
        """The *flags* of rows, by number."""
        # Behind all rows stands what has none.
        found: Flags = np.append(flags, False)[self.rows]
        return found

    def speaking(self, tag: str, speaking: Callable[[str], Flags]) -> Flags:
        """Whether the locale of each is that *tag*, as rows are said to be *speaking* it."""
        if tag not in self._speaking:
            self._speaking[tag] = self.flagged(speaking(tag))
            if len(self._speaking) > _MOST_VIEWS:
                self._speaking.popitem(last=False)
        return self._speaking[tag]

    @cached_property
    def numbers(self) -> NDArray[np.int32]:
        """The number of each row up to the last that is here; -1 of those that are not."""
        found = np.full(int(self.rows.max(initial=-1)) + 2, -1, np.int32)
        # The last stands for all behind, and for what was deleted.
        found[self.rows] = np.arange(len(self.rows), dtype=np.int32)
        found[-1] = -1
        return found

    def numbers_of(self, rows: Numbers) -> Numbers:
        """The numbers of *rows*; -1 of those that are not here."""
        return self.numbers[np.minimum(rows, len(self.numbers) - 1)]


class LargeSegment(Slice):
    """A segment by itself."""

    def __init__(self, segment: Segment, rows: Numbers) -> None:
        super().__init__(rows)
        self._segment = segment

    def weighed(self, leaf: Leaf, sources: Sources) -> Weighed:
        return self._segment.weighed(leaf, sources[self._segment.name])

    def entitled(self, title: Title) -> Numbers:
        return self._segment.entitled(title)


class SmallSegments(Slice):
    """Segments that are read as one: entries that were not deleted, in the order of rows."""

    def __init__(self, parts: Sequence[tuple[Segment, Numbers]]) -> None:
        living = [rows[rows >= 0] for _, rows in parts]
        super().__init__(np.sort(np.concatenate([np.empty(0, np.int64), *living])))
        self._parts = [Part(segment, self._among(rows)) for segment, rows in parts]

    def _among(self, rows: Numbers) -> Numbers:
        """The number here of each entry of a segment."""
        return np.where(rows < 0, -1, np.searchsorted(self.rows, rows))

    @cached_property
    def _segment(self) -> Segment:
        return joined(self._parts, len(self.rows))

    def weighed(self, leaf: Leaf, sources: Sources) -> Weighed:
        return self._segment.weighed(leaf)

    def entitled(self, title: Title) -> Numbers:
        return self._segment.entitled(title)


def sliced(parts: Sequence[tuple[Segment, Numbers]]) -> Iterator[Slice]:
    """All *parts*: segments, each with the rows of its entries."""
    most = max((segment.size for segment, _ in parts), default=0)
    small = []
    for segment, rows in parts:
        if segment.size >= max(LARGE, most / _PART):
            yield LargeSegment(segment, rows)
        else:
            small.append((segment, rows))
    if small:
        yield SmallSegments(small)

"""What can be found by titles alone: while the words on disk are damaged, better than nothing."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from search_index.analysis import fold
from search_index.expression import Expression, Leaf
from search_index.matching import Scored, matches
from search_index.weighing import Weighed


def by_title(expression: Expression, titles: Iterable[str]) -> Scored:
    """The rows whose *titles* hold what *expression* looks for, each as good as another.

    Anywhere in the title, in any order: who would tell where words begin is damaged.
    """
    folded = list(map(fold, titles))

    def found(leaf: Leaf) -> tuple[Weighed, float]:
        texts = [term.text for term in leaf.terms]
        is_told = leaf.field in (None, "title")
        rows = [
            row
            for row, title in enumerate(folded)
            if is_told and all(one in title for one in texts)
        ]
        return Weighed.of(len(folded), np.array(rows, np.int64), np.ones(len(rows))), 1.0

    return Scored(*matches(expression, found, np.ones(len(folded), np.bool_)))

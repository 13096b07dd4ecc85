"""Tables as they go into the manual: Markdown, with what misses its target in bold."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head; the first column names what was measured.

    >>> print(Table(("what", "ms"), [("one", "2.0")]))
    | what | ms |
    | --- | --- |
    | one | 2.0 |
    """

    head: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, *cells: str) -> None:
        """One row more, of as many cells as the head has."""
        if len(cells) != len(self.head):
            raise ValueError(f"{cells} are not {len(self.head)} cells")
        self.rows.append(cells)

    def __str__(self) -> str:
        return "\n".join(map(_line, [self.head, ("---",) * len(self.head), *self.rows]))


def at_least(value: float, must: float | None) -> str:
    """A figure that must not be lower.

    >>> at_least(0.625, 0.6), at_least(0.5, 0.6), at_least(1234.5, None)
    ('0.62', '**0.50**', '1234')
    """
    return _judged(value, missed=must is not None and value < must)


def at_most(value: float, must: float | None) -> str:
    """A figure that must not be higher.

    >>> at_most(2.04, 2.0), at_most(1.0, 2.0)
    ('**2.0**', '1.0')
    """
    return _judged(value, missed=must is not None and value > must)


def shown(value: float) -> str:
    """A figure with as many digits as say something.

    >>> [shown(value) for value in (0.0123, 0.5, 1.25, 12.5, 125.4)]
    ['0.012', '0.50', '1.2', '12', '125']
    """
    if value < 0.1:
        return f"{value:.3f}"
    if value < 1:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def load_of_machine() -> str:
    """How busy the machine was, for whoever compares tables."""
    return f"load of the machine at the end: {os.getloadavg()[1]:.1f} (five minutes)"


def _judged(value: float, *, missed: bool) -> str:
    return f"**{shown(value)}**" if missed else shown(value)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

"""Headers that are known to be right before they are added.

The framework looks through each value for line breaks each time one is added.
What is the same for every answer, or was encoded by us, holds none.
"""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.datastructures import Headers


def append(headers: Headers, pairs: Iterable[tuple[str, str]]) -> None:
    """Add *pairs* that are known to be right."""
    headers._list.extend(pairs)

"""What every reader of a format says of a file that it cannot read."""

from __future__ import annotations


class Unreadable(ValueError):
    """Why a file cannot be read; ``line`` counts from 1, where it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line

    def __reduce__(self) -> tuple[type[Unreadable], tuple[str, int | None]]:
        # Readers run in other processes: what they raise has to travel.
        return type(self), (self.reason, self.line)


class OtherFormat(Unreadable):
    """A file that is sound, but in another format than its suffix says."""

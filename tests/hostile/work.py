"""How much work a request makes: calls instead of seconds, so that no test depends on a clock."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

from werkzeug.test import TestResponse

from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

#: Calls of Python functions and of built-in ones. A page of ten documents takes some 6,000;
#: 400,000 take a slow machine less than 250 ms.
MOST_CALLS: Final = 400_000

#: What a request may add to the memory in use, in bytes.
MOST_MEMORY: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Measured:
    """A mount whose every answer is held against the bounds."""

    place: Place

    def get(self, address: str, **headers: str) -> TestResponse:
        """The answer, which took no more work or memory than any may."""
        return self.ask("GET", address, **headers)

    def ask(self, method: str, address: str, **headers: str) -> TestResponse:
        """The same for any method."""
        calls = 0

        def count(frame: FrameType, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            response = self.place.ask(method, address, **headers)
        finally:
            sys.setprofile(before)
        assert calls < MOST_CALLS, (calls, address[:80])
        assert response.status_code < 500, (response.status_code, address[:80])
        return response

    def refused(self, address: str, status: int | None = None, **headers: str) -> dict[str, Any]:
        """The problem that answers *address*."""
        return problem(self.get(address, **headers), status)

    def remembered(self, address: str, **headers: str) -> TestResponse:
        """The answer, with the memory that it took on the way bounded."""
        tracemalloc.start()
        try:
            response = self.place.get(address, **headers)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < MOST_MEMORY, (peak, address[:80])
        assert response.status_code < 500
        return response

"""Leniency: what a request that prefers it may be wrong about, and where it is told.

A check refuses names that nothing here bears, and what has no meaning where it
stands; asked leniently, it leaves them out.  What it left out is noted here, for
the answer to name.  Wrong values are refused all the same: a search without the
text that nobody could read would find everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters


def checked(asked: Asked, check: Callable[[Asked], Asked]) -> Asked:
    """What *check* makes of *asked*, with what it passes over noted."""
    if asked.lenient:
        try:
            check(replace(asked, lenient=False))
        except BadParameters as wrong:
            return check(asked).ignoring(wrong.mistakes)
    return check(asked)

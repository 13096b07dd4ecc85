"""Scopes: addresses of folders into the paths that a list is narrowed to.

Several are joined by commas, and one that is to be left out has a hyphen before it.
A name of its own may hold either: as long as there is such a folder, that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from content_repo.errors import NodeNotFound
from hal_delivery.services.delivery import Delivery
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.vocabulary import LONGEST_LIST, SCOPE, beyond


def scopes(asked: Asked, delivery: Delivery) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths below which all is to be found, and those below which nothing is."""
    if not asked.scopes:
        return (), ()
    if (several := sum(given.count(",") + 1 for given in asked.scopes)) > LONGEST_LIST:
        told = beyond(LONGEST_LIST, "folders", several)
        raise BadParameters([Mistake(SCOPE.name, told, value=asked.scopes[0][:80])])
    found = [one for given in asked.scopes for one in _each_scope(given, delivery)]
    inside = dict.fromkeys(path for path, is_outside in found if not is_outside)
    outside = dict.fromkeys(path for path, is_outside in found if is_outside)
    return tuple(inside), tuple(outside)


def _each_scope(given: str, delivery: Delivery) -> Iterator[tuple[str, bool]]:
    """The path of each folder that *given* names, and whether it is one to leave out."""
    whole = _scope(given, delivery)
    if whole is not None:
        # Its name holds a comma, or there is only one.
        yield whole
        return
    for part in filter(None, map(str.strip, given.split(","))):
        found = _scope(part, delivery)
        if found is None:
            raise NodeNotFound(kind=f"folder for {SCOPE.name}", address=part)
        yield found


def _scope(given: str, delivery: Delivery) -> tuple[str, bool] | None:
    """The path that *given* names as a whole, and whether a hyphen before it leaves that out.

    A name that begins with a hyphen goes before that reading.
    """
    readings = [(given, False)]
    if given.startswith("-"):
        readings.append((given[1:], True))
    for address, is_outside in readings:
        try:
            return delivery.scope(address), is_outside
        except NodeNotFound:
            continue
    return None

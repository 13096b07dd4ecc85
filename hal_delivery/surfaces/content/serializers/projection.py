"""``_fields``: which fields to show.

With names to include, only those are shown; then the names to exclude are
taken away.  A dotted name keeps the way to what it names: ``accounts.link``
shows each account with its link only.  ``_meta`` and ``_links`` always stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

#: A name, and below it the names within; empty means all of it.
Tree = dict[str, "Tree"]


@dataclass(frozen=True, slots=True)
class Projection:
    """Names to show (``None``: all) and names to leave out."""

    included: Tree | None
    excluded: Tree

    @classmethod
    def of(cls, names: Sequence[str]) -> Projection:
        """Read names as ``_fields`` has them, checked before.

        >>> Projection.of(["title", "-content"]).apply({"title": 1, "content": 2, "date": 3})
        {'title': 1}
        """
        if not names:
            return WHOLE
        included = [name for name in names if not name.startswith("-")]
        excluded = [name[1:] for name in names if name.startswith("-")]
        return cls(_tree(included) if included else None, _tree(excluded))

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.included is None and not self.excluded

    def apply(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part of *fields* that is to be shown."""
        kept: Any = fields
        if self.included is not None:
            kept = _only(kept, self.included)
        return _without(kept, self.excluded) if self.excluded else kept  # type: ignore[no-any-return]


#: All fields.
WHOLE: Final = Projection(None, {})


def _tree(names: Sequence[str]) -> Tree:
    grown: Tree = {}
    for name in names:
        at = grown
        steps = _steps(name)
        for step in steps[:-1]:
            at = at.setdefault(step, {})
        at[steps[-1]] = {}
    return grown


def _steps(name: str) -> list[str]:
    if name.startswith("/"):
        return [step.replace("~1", "/").replace("~0", "~") for step in name[1:].split("/")]
    return name.split(".")


def _only(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_only(item, tree) for item in value]
    if isinstance(value, Mapping):
        return {
            name: _only(item, tree[name]) if name in tree else item
            for name, item in value.items()
            if name in tree or name == "_meta"
        }
    return value


def _without(value: Any, tree: Tree) -> Any:
    if isinstance(value, list):
        return [_without(item, tree) for item in value]
    if isinstance(value, Mapping):
        return {
            name: _without(item, tree[name]) if name in tree else item
            for name, item in value.items()
            if tree.get(name, ...) != {}
        }
    return value

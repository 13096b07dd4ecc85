"""Where nodes will be: ids and kinds by path, for links to what is only written later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from content_repo import names
from content_repo.linking import Target
from content_repo.model import Kind
from hal_delivery.exchange.plan import Entry


class Planned(Mapping[str, Target]):
    """The nodes of an import by their absolute paths, of which it holds none.

    ``nodes`` are ids by the paths of *entries*, below the folder *into*; *aliases*
    are further paths.  Nearly all nodes are documents: only others have their kind noted.
    """

    def __init__(
        self,
        into: str,
        nodes: Mapping[str, str],
        entries: Iterable[Entry],
        aliases: Mapping[str, Target],
    ) -> None:
        self._root = into
        self._nodes = nodes
        self._others = {one.path: one.kind for one in entries if one.kind is not Kind.DOCUMENT}
        self._aliases = {at: one for at, one in aliases.items() if self._planned(at) is None}

    def __getitem__(self, path: str) -> Target:
        return self._planned(path) or self._aliases[path]

    def __iter__(self) -> Iterator[str]:
        yield from (names.join(self._root, path) for path in self._nodes)
        yield from self._aliases

    def __len__(self) -> int:
        return len(self._nodes) + len(self._aliases)

    def _planned(self, path: str) -> Target | None:
        if not names.is_within(path, self._root):
            return None
        below = names.relative(path, self._root)
        node = self._nodes.get(below)
        return None if node is None else (node, self._others.get(below, Kind.DOCUMENT))

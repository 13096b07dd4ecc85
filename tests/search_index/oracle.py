"""A naive index: looks at everything at each question and remembers nothing.

Shares no rule with the package: it imports the question and the answer only.
Its scores are all the same.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cmp_to_key, lru_cache
from typing import Any

from content_repo import FieldKind, Kind, Node, Repository, Side, Types
from search_index import Hits, InvalidQuery, Query, SortKey
from tests.oracle import language
from tests.oracle.text import units

#: What a text can be looked for in.
FIELDS = ("title", "intro", "description", "tags", "body", "boxes.label")


class OracleIndex:
    """Slow, and hard to get wrong."""

    def __init__(self, side: Side, repository: Repository) -> None:
        self._side = side
        self._repository = repository

    def search(self, query: Query) -> Hits:
        wanted = None
        if query.text is not None:
            check(query.text)
            wanted = language.parse(query.text, FIELDS)
        nodes = [node for node in self._nodes() if self._matches(node, query)]
        if query.text is not None:
            nodes = [node for node in nodes if wanted is not None and self._holds(node, wanted)]
        nodes.sort(key=lambda node: (node.path, node.id))
        for key in reversed(query.sort):
            nodes.sort(key=cmp_to_key(self._comparison(key)))
        left = [node for node in nodes if query.after is None or node.id > query.after]
        window = left[query.window.offset :][: query.window.limit]
        ids, numbers = (tuple(getattr(one, of) for one in window) for of in ("id", "number"))
        return Hits(ids, numbers, len(nodes), self.position, self.reached)

    @property
    def position(self) -> int:
        shown = [
            change.position
            for change in self._repository.changes(0, 1_000_000)
            if change.kind is not Kind.OBJECT and (change.public or self._side is Side.DRAFT)
        ]
        return shown[-1] if shown else 0

    @property
    def reached(self) -> int:
        return self._repository.committed_position()

    def catch_up(self, within: float | None = None) -> bool:
        return True

    def status(self) -> Mapping[str, Any]:
        return {}

    def verify(self) -> list[str]:
        return []

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        pass

    def close(self) -> None:
        pass

    def _nodes(self) -> list[Node]:
        reader = self._repository.reader(self._side)
        places = [place for place in reader.below("") if place.kind is not Kind.OBJECT]
        return list(reader.get_many(place.id for place in places).values())

    # -- matching ---------------------------------------------------------

    def _matches(self, node: Node, query: Query) -> bool:
        types = self._repository.types
        lineage = {node.type, *(one.name for one in types.lineage(node.type))}
        return (
            node.kind in query.kinds
            and any(below(node.path, root) for root in query.roots)
            and (query.types is None or bool(query.types & lineage))
            and (not query.scopes or any(below(node.path, one) for one in query.scopes))
            and (query.deepest is None or len(node.path.split("/")) <= query.deepest)
            and (query.categories is None or self._in_categories(node, query))
        )

    def _in_categories(self, node: Node, query: Query) -> bool:
        names = [query.taxonomy] if query.taxonomy is not None else ["regions", "topics"]
        held = {key for name in names for key in node.fields.get(name, ())}
        return node.kind is Kind.DOCUMENT and bool(held & (query.categories or set()))

    def _holds(self, node: Node, wanted: language.Node) -> bool:
        """Whether the texts of *node* have what is wanted; it is all English here."""
        match wanted:
            case language.All():
                return all(self._holds(node, part) for part in wanted.parts)
            case language.Some():
                return any(self._holds(node, part) for part in wanted.parts)
            case language.No():
                return not self._holds(node, wanted.part)
        values = texts(node, self._repository.types)
        return any(wanted.count(words(said), node.locale or "en") for said in values)

    # -- order ------------------------------------------------------------

    def _comparison(self, key: SortKey) -> Callable[[Node, Node], int]:
        def compare(one: Node, other: Node) -> int:
            left, right = self._value(one, key), self._value(other, key)
            if left is None or right is None:
                return (left is None) - (right is None)
            sign = (left > right) - (left < right)
            return -sign if key.descending else sign

        return compare

    def _value(self, node: Node, key: SortKey) -> tuple[int, Any] | None:
        if key.of == "score":
            return 0, 0
        if key.of == "node":
            value = getattr(node, key.name)
            folds = key.name in ("title", "name") and value is not None
            return None if value is None else (0, value.casefold() if folds else value)
        values = [one for one in self._values(node, key.name) if one is not None]
        if not values:
            return None
        return max(values) if key.descending else min(values)

    def _values(self, node: Node, name: str) -> Iterator[tuple[int, Any] | None]:
        declared = self._repository.types.fields(node.type).get(name)
        numeric = 2 if declared is not None and declared.kind is FieldKind.DATE else 1
        at: list[Any] = [node.fields]
        for step in name.split("."):
            at = [inner[step] for one in at for inner in flat(one) if step in as_map(inner)]
        for one in at:
            for value in flat(one):
                if isinstance(value, bool):
                    yield 0, value
                elif isinstance(value, int | float):
                    yield numeric, value
                elif isinstance(value, str):
                    text = stripped(value) if name == "body" else value
                    yield 3, text.casefold()


def below(path: str, root: str) -> bool:
    return not root or path.startswith(root + "/")


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for one in value:
            yield from flat(one)
    else:
        yield value


def as_map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def texts(node: Node, types: Types) -> Iterator[str]:
    """Every text that can be found, a phrase never reaching from one to the next."""
    fields = node.fields
    if isinstance(fields.get("title"), str):
        yield fields["title"]
    if node.kind is Kind.DOCUMENT:
        yield from (fields[name] for name in ("intro", "description") if name in fields)
        yield from fields.get("tags", ())
        yield from (stripped(fields[name]) for name in ("body",) if name in fields)
        yield from (box["label"] for box in fields.get("boxes", ()) if "label" in box)
    elif node.kind is Kind.BUNDLE:
        for messages in fields.get("messages", {}).values():
            yield from messages.values()
    elif node.kind is not Kind.TAXONOMY:
        yield from (fields[name] for name in ("description", "alt", "caption") if name in fields)


def stripped(rich: str) -> str:
    said = re.sub(r"<script>.*?</script>", "", rich)
    apart = re.sub(r"</?(p|li|br|h1|div)\b[^>]*>", " ", said)
    return html.unescape(re.sub(r"<[^>]*>", "", apart)).strip()


@lru_cache(maxsize=4096)
def words(text: str) -> language.Words:
    return language.Words.of(units(text), "en")


def check(text: str) -> None:
    """Refuse what is beyond the bounds that the port names."""
    if len(text) > 512:
        raise InvalidQuery(bound="characters", limit=512, given=len(text))
    if len(text.split()) > 32:
        raise InvalidQuery(bound="words", limit=32, given=len(text.split()))

"""Content to index: types with a field of every kind, and short ways to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from content_repo import ROOT_ID, DocumentType, Field, FieldKind, Kind, Repository, Side
from content_repo.repository import now
from search_index import BY_ID, Hits, Query, SearchIndex, SortKey, Window

#: Far more than any test takes; nothing waits so long unless it fails.
AGES: Final = 30.0

BASE: Final = DocumentType(
    name="site:base", abstract=True, fields=(Field(name="body", kind=FieldKind.RICH_TEXT),)
)
ARTICLE: Final = DocumentType(
    name="site:article",
    base="site:base",
    open=True,
    fields=(
        Field(name="title", kind=FieldKind.STRING),
        Field(name="intro", kind=FieldKind.TEXT),
        Field(name="tags", kind=FieldKind.STRING, multiple=True),
        Field(name="sourcePath", kind=FieldKind.STRING),
        Field(name="count", kind=FieldKind.NUMBER),
        Field(name="flag", kind=FieldKind.BOOLEAN),
        Field(name="date", kind=FieldKind.DATE),
        Field(name="any", kind=FieldKind.JSON),
        Field(name="regions", kind=FieldKind.TAXONOMY_KEYS, taxonomy="regions"),
        Field(name="topics", kind=FieldKind.TAXONOMY_KEYS, taxonomy="topics"),
        Field(name="link", kind=FieldKind.MIRROR),
        Field(name="boxes", kind=FieldKind.COMPOUND, multiple=True, type="site:box"),
    ),
)
REPORT: Final = DocumentType(name="site:report", base="site:article")
BOX: Final = DocumentType(
    name="site:box",
    compound=True,
    fields=(
        Field(name="label", kind=FieldKind.STRING),
        Field(name="size", kind=FieldKind.INTEGER),
    ),
)
TYPES: Final = (BASE, ARTICLE, REPORT, BOX)

EVERYTHING: Final = frozenset(Kind)
DOCUMENTS: Final = frozenset({Kind.DOCUMENT})


def opened(folder: Path, *, clock: Callable[[], int] = now, migrate: bool = False) -> Repository:
    """The repository in *folder*."""
    return Repository.open(
        f"sqlite:///{folder}/content.sqlite3", folder, clock=clock, migrate=migrate
    )


def id_at(repository: Repository, path: str) -> str:
    """The id of what lies at *path*, drafts included."""
    if not path:
        return ROOT_ID
    node = repository.reader(Side.DRAFT).at(path)
    assert node is not None, path
    return node.id


def put(
    repository: Repository,
    path: str,
    kind: Kind = Kind.DOCUMENT,
    *,
    published: bool = True,
    type: str = "site:article",
    **fields: Any,
) -> str:
    """Write a node at *path*, with folders above it as needed, and publish it."""
    above, _, name = path.rpartition("/")
    if above and repository.reader(Side.DRAFT).at(above) is None:
        put(repository, above, Kind.FOLDER, published=published)
    with repository.write(author="ann") as tx:
        parent = id_at(repository, above)
        type_name = type if kind in (Kind.DOCUMENT, Kind.OBJECT) else None
        id = tx.create(kind, parent, name, type=type_name, fields=fields)
        if published:
            tx.publish(id)
    return id


def revise(repository: Repository, id: str, *, published: bool = True, **fields: Any) -> None:
    """Write new fields, and publish them."""
    with repository.write(author="bob") as tx:
        tx.revise(id, fields)
        if published:
            tx.publish(id)


def query(
    text: str | None = None,
    *,
    kinds: frozenset[Kind] = EVERYTHING,
    roots: tuple[str, ...] = ("site",),
    window: Window = Window(0, 1000),  # noqa: B008
    sort: tuple[SortKey, ...] = (),
    **said: Any,
) -> Query:
    """A query for everything below ``site``, unless it says otherwise."""
    return Query(kinds=kinds, roots=roots, window=window, text=text, sort=sort, **said)


def found(index: SearchIndex, asked: Query) -> Hits:
    """What *index* finds, however long it takes to be in step."""
    assert index.catch_up(within=AGES)
    return index.search(asked)


def walked(index: SearchIndex, asked: Query, *, size: int) -> Iterator[tuple[str, ...]]:
    """All that *asked* finds by id, *size* ids in a step; each begins where the last ended."""
    step = replace(asked, sort=BY_ID, window=Window(0, size))
    while ids := found(index, step).ids:
        yield ids
        step = replace(step, after=ids[-1])


def paths(repository: Repository, hits: Hits) -> list[str]:
    """The paths of *hits* in order, as the repository has them, below ``site``."""
    places = repository.reader(Side.DRAFT).places(hits.ids)
    return [places[id].path.removeprefix("site/") for id in hits.ids]

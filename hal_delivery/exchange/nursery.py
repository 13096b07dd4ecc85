"""From what was read to what is planted: the nodes of one import, before they are any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from content_repo.errors import ContentError, KeyTaken, NameTaken
from content_repo.media import Media
from content_repo.model import Kind
from content_repo.planting import Seedling
from content_repo.sources import NodeSource
from hal_delivery.exchange.comparing import derived_id
from hal_delivery.exchange.formats import frontmatter
from hal_delivery.exchange.formats.unreadable import Unreadable
from hal_delivery.exchange.plan import Entry, Folder, Role
from hal_delivery.exchange.reading import Read, Reading, content_of, opened_asset, read

#: How often another name or key is tried.
MOST_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Nursery:
    """Where the nodes of one import come from and go to.

    ``root`` is the id of the folder that all of it goes into, ``origin`` where
    the source lies; ``publish`` whether anything is to be published.  ``pages``
    are the entries that folders have as their own, by path.
    """

    pages: Mapping[str, Entry]
    how: Reading
    media: Media
    root: str
    origin: str
    page_type: str
    record_type: str
    publish: bool

    def folder(self, folder: Folder, id: str, parent: str) -> Seedling:
        """A folder, with what its own page says of it."""
        title, rank = self.page_of(folder)
        return Seedling(
            kind=Kind.FOLDER,
            parent=parent,
            name=folder.name,
            fields={"title": title} if title else {},
            id=id,
            locale=folder.locale,
            group=derived_id(self.root, f"group of folders {folder.group or folder.source}"),
            rank=rank,
            publish=self.publish,
        )

    def page_of(self, folder: Folder) -> tuple[str | None, int]:
        """The title and rank that a folder has from its own page."""
        page = None if folder.page is None else self.pages.get(folder.page)
        if page is None or page.role is not Role.PAGE:
            return None, 0
        try:
            front = frontmatter.split(content_of(self.how, page.sources[0], page.role)).values
        except (OSError, Unreadable):
            # Told of when the page itself is read.
            return None, 0
        title, weight = front.get("title"), front.get("weight", 0)
        if isinstance(title, str) and title.strip() and type(weight) is int:
            return title.strip(), weight
        # Its heading; the name of its file says nothing of a folder.
        found = read(page, self.how)
        title = (found.fields or {}).get("title")
        return None if title == page.name else title, found.rank

    def node(self, entry: Entry, found: Read, id: str, parent: str) -> Seedling:
        """The node of an entry that was read."""
        fields, sources = self.stored(entry, found)
        return Seedling(
            kind=entry.kind,
            parent=parent,
            name=entry.name,
            type=self._type(entry),
            fields=fields,
            id=id,
            locale=entry.locale,
            group=derived_id(self.root, f"group {entry.group or entry.sources[0].path}"),
            key=entry.key,
            rank=found.rank,
            publish=self.publish and not found.draft,
            sources=sources,
        )

    def _type(self, entry: Entry) -> str | None:
        if entry.kind is not Kind.DOCUMENT:
            return None
        return self.page_type if entry.role is Role.PAGE else self.record_type

    def stored(self, entry: Entry, found: Read) -> tuple[dict[str, Any], tuple[NodeSource, ...]]:
        """The fields of a node and its files; an asset's bytes go where all bytes go.

        :class:`Unreadable` where the asset cannot be read any more.
        """
        fields = dict(found.fields or {})
        contents: Sequence[bytes | None] = found.contents
        sources = found.sources
        if entry.role is Role.ASSET:
            with opened_asset(self.how, sources[0]) as stream:
                digest, size = self.media.put_file(stream)
            fields |= {"digest": digest, "size": size}
            sources = (sources[0]._replace(digest=digest, size=size),)
            contents = (None,)
        return fields, tuple(
            NodeSource(
                root=self.root,
                path=one.path,
                digest=one.digest,
                size=one.size,
                locale=one.locale,
                origin=self.origin,
                content=content,
            )
            for one, content in zip(sources, contents, strict=True)
        )


def otherwise(seedling: Seedling, problem: ContentError, attempt: int) -> Seedling | None:
    """*seedling* under another name or key, where *problem* is that its own is taken."""
    if attempt > MOST_TRIES:
        return None
    if isinstance(problem, NameTaken):
        return replace(seedling, name=problem.facts["suggestion"])
    if not isinstance(problem, KeyTaken):
        return None
    if seedling.kind is Kind.TAXONOMY:
        return replace(seedling, name=f"{seedling.name}-{attempt}")
    key = f"{seedling.key}-{attempt}"
    return replace(seedling, key=key, fields={**seedling.fields, "basename": key})

"""Bringing the repository to what a plan says.

New nodes are planted some hundred at a time, each batch in a transaction of its
own with the files that its nodes came from: killed at any moment and run again,
an import goes on where it was.  Ids follow from the file's place, so that both
ends are the same, and links find what will only be written later.
"""

from __future__ import annotations

import errno
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from content_repo import names
from content_repo.doctypes import DocumentType, Field, FieldKind
from content_repo.errors import ContentError, StorageFull
from content_repo.model import Kind, Node, Side
from content_repo.planting import Seedling
from content_repo.repository import Repository
from content_repo.sources import NodeSource
from content_repo.transaction import Transaction
from hal_delivery.exchange import crew
from hal_delivery.exchange.comparing import Comparison, Recorded, compare, derived_id
from hal_delivery.exchange.formats import frontmatter
from hal_delivery.exchange.formats.unreadable import Unreadable
from hal_delivery.exchange.plan import Entry, Folder, Plan, Remark, Role
from hal_delivery.exchange.reading import Read, Reading, read

PAGE: Final = "content:page"
RECORD: Final = "content:record"

_OWN: Final = (
    Field(name="title", kind=FieldKind.STRING),
    Field(name="sourcePath", kind=FieldKind.STRING),
)
TYPES: Final = (
    DocumentType(
        name=PAGE,
        label="Page",
        open=True,
        fields=(*_OWN, Field(name="content", kind=FieldKind.RICH_TEXT)),
    ),
    DocumentType(name=RECORD, label="Record", open=True, fields=_OWN),
)

#: Nodes in a transaction, and how many bytes of files it takes in at most.
_AT_ONCE: Final = 500
_BYTES_AT_ONCE: Final = 16 * 2**20

#: Of what is done, how much of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What whoever imports wants besides.

    ``into`` is the absolute path of the folder that all of it goes into,
    ``origin`` where the source lies.  As ``draft``, nothing is published.
    ``theirs`` adds what changed on disk as a new revision, though the node was
    edited here; ``prune`` puts what vanished into the trash.
    """

    into: str
    origin: str
    page_type: str = PAGE
    draft: bool = False
    theirs: bool = False
    prune: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Imported:
    """What an import did: nodes by what became of them, and what has to be told."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    remarks: list[Remark] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything that should have come in did."""
        return not any(one.skipped for one in self.remarks)


def bring_in(
    repository: Repository,
    plan: Plan,
    how: Reading,
    orders: Orders,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Import all that *plan* says, and report.

    :class:`StorageFull`, and what was committed stays: another run goes on from there.
    """
    found = Imported(remarks=list(plan.remarks))
    run = _Run(repository, plan, how, orders, found, progress)
    if orders.dry_run:
        run.foretell()
        return found
    try:
        run.all()
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFull from problem
    return found


class _Run:
    """One import on its way."""

    def __init__(
        self,
        repository: Repository,
        plan: Plan,
        how: Reading,
        orders: Orders,
        found: Imported,
        progress: Progress,
    ) -> None:
        self._repository = repository
        self._reader = repository.reader(Side.DRAFT)
        self._plan = plan
        self._how = how
        self._orders = orders
        self._found = found
        self._progress = progress
        self._entries = {entry.path: entry for entry in plan.entries}

    def foretell(self) -> None:
        """Count what would be done, and do nothing."""
        at = self._reader.at(self._orders.into)
        self._count(self._compared(at.id if at else derived_id(_NOWHERE, self._orders.into)))

    def all(self) -> None:
        self._define_types()
        root = self._folder_at(self._orders.into)
        compared = self._compared(root)
        self._count(compared)
        folders = self._make_folders(root, compared)
        self._make_new(root, folders, compared)
        self._revise_changed(root, compared)
        self._retitle(folders, compared)
        if compared.new:
            self._relink()
        if self._orders.prune:
            self._trash(compared)

    def _compared(self, root: str) -> Comparison:
        recorded = {
            one.path: Recorded(one.node, one.digest, one.revision, one.origin)
            for one in self._repository.sources(root)
        }
        return compare(self._plan, recorded, root=root, origin=self._orders.origin)

    def _count(self, compared: Comparison) -> None:
        counts = self._found.counts
        counts["new"], counts["changed"] = len(compared.new), len(compared.changed)
        counts["unchanged"] = compared.unchanged
        self._found.vanished = sorted(compared.vanished)
        self._found.kinds.update(entry.kind.value for entry in self._plan.entries)
        self._found.kinds[Kind.FOLDER.value] = len(self._plan.folders)

    # -- types and folders ---------------------------------------------------

    def _define_types(self) -> None:
        known = self._repository.types.by_name
        missing = [one for one in TYPES if one.name not in known]
        if missing:
            with self._writing() as tx:
                tx.define(missing)

    def _folder_at(self, path: str) -> str:
        """The id of the folder at *path*, made with all above it if need be."""
        found = self._reader.at(path)
        if found is not None:
            return found.id
        above, _, name = path.rpartition("/")
        parent = self._folder_at(above)
        with self._writing() as tx:
            id = tx.create(Kind.FOLDER, parent, name, id=derived_id(parent, name))
            if not self._orders.draft:
                tx.publish(id)
        return id

    def _make_folders(self, root: str, compared: Comparison) -> dict[str, str]:
        """The ids of all folders that new nodes go into, by path; made where they are missing."""
        needed = {path for entry in compared.new for path in names.ancestors(entry.path)}
        wanted = [one for one in self._plan.folders if one.path in needed]
        ids = {one.path: derived_id(root, f"{one.source}/") for one in wanted}
        live = self._reader.places(ids.values())
        found = {"": root}
        missing: list[Folder] = []
        for folder in wanted:
            if ids[folder.path] in live:
                found[folder.path] = ids[folder.path]
                continue
            at = self._reader.at(names.join(self._orders.into, folder.path))
            if at is not None and at.kind is Kind.FOLDER:
                found[folder.path] = at.id
            else:
                found[folder.path] = ids[folder.path]
                missing.append(folder)
        self._plant(
            (self._folder_seedling(one, found, root), Remark(one.source, "")) for one in missing
        )
        return found

    def _folder_seedling(self, folder: Folder, ids: Mapping[str, str], root: str) -> Seedling:
        title, rank = self._of_page(folder)
        return Seedling(
            kind=Kind.FOLDER,
            parent=ids[folder.path.rpartition("/")[0]],
            name=folder.name,
            fields={"title": title} if title else {},
            id=ids[folder.path],
            locale=folder.locale,
            group=derived_id(root, f"group of folders {folder.group or folder.source}"),
            rank=rank,
            publish=not self._orders.draft,
        )

    def _of_page(self, folder: Folder) -> tuple[str | None, int]:
        """The title and rank that a folder has from its own page."""
        page = None if folder.page is None else self._entries.get(folder.page)
        if page is None or page.role is not Role.PAGE:
            return None, 0
        try:
            front = frontmatter.split((self._how.root / page.sources[0].path).read_bytes()).values
        except (OSError, Unreadable):
            # Told of when the page itself is read.
            return None, 0
        if isinstance(front.get("title"), str) and isinstance(front.get("weight", 0), int):
            return front["title"].strip() or None, int(front.get("weight", 0))
        # Its heading, or its name: as whoever reads pages sees it.
        found = read(page, self._how)
        return (found.fields or {}).get("title"), found.rank

    # -- new nodes -----------------------------------------------------------

    def _make_new(self, root: str, folders: Mapping[str, str], compared: Comparison) -> None:
        planned = self._planned(compared)

        def seedlings() -> Iterator[tuple[Seedling, Remark]]:
            entries = compared.new
            for done, (entry, found) in enumerate(crew.read_all(entries, self._how), start=1):
                self._progress("new", done, len(entries))
                self._found.remarks += found.remarks
                if found.fields is None:
                    self._found.counts["new"] -= 1
                else:
                    seedling = self._seedling(root, entry, found, folders, compared)
                    yield seedling, Remark(entry.sources[0].path, "")

        self._plant(seedlings(), planned)

    def _planned(self, compared: Comparison) -> dict[str, tuple[str, Kind]]:
        """Where links of the source lead: every path and alias, though nothing is there yet."""
        into = self._orders.into
        found = {
            names.join(into, entry.path): (compared.nodes[entry.path], entry.kind)
            for entry in self._plan.entries
        }
        locales = {one.path: one.locale for one in self._plan.folders}
        for path, aliases in self._plan.aliases.items():
            # Addresses of a site begin at its locale, or name it.
            above = names.ancestors(path)
            root = next((one for one in above if locales.get(one)), "")
            for alias in aliases if path in compared.nodes else ():
                for start in (root, root.rpartition("/")[0]):
                    at = "/".join(part for part in (into, start, alias.strip("/")) if part)
                    found.setdefault(at, (compared.nodes[path], Kind.DOCUMENT))
        return found

    def _seedling(
        self,
        root: str,
        entry: Entry,
        found: Read,
        folders: Mapping[str, str],
        compared: Comparison,
    ) -> Seedling:
        id = compared.nodes[entry.path]
        fields, sources = self._stored(root, entry, found)
        return Seedling(
            kind=entry.kind,
            parent=folders[entry.path.rpartition("/")[0]],
            name=entry.name,
            type=self._type(entry),
            fields=fields,
            id=id,
            locale=entry.locale,
            group=derived_id(root, f"group {entry.group or entry.sources[0].path}"),
            key=entry.key,
            rank=found.rank,
            publish=not (found.draft or self._orders.draft),
            sources=sources,
        )

    def _type(self, entry: Entry) -> str | None:
        if entry.kind is not Kind.DOCUMENT:
            return None
        return self._orders.page_type if entry.role is Role.PAGE else RECORD

    def _stored(
        self, root: str, entry: Entry, found: Read
    ) -> tuple[dict[str, Any], tuple[NodeSource, ...]]:
        """The fields of a node and its files; an asset's bytes go where all bytes go."""
        fields = dict(found.fields or {})
        contents: Sequence[bytes | None] = found.contents
        sources = found.sources
        if entry.role is Role.ASSET:
            digest, size = self._repository.media.put_file(self._how.root / sources[0].path)
            fields |= {"digest": digest, "size": size}
            sources = (replace(sources[0], digest=digest, size=size),)
            contents = (None,)
        return fields, tuple(
            NodeSource(
                root=root,
                path=one.path,
                digest=one.digest,
                size=one.size,
                locale=one.locale,
                origin=self._orders.origin,
                content=content,
            )
            for one, content in zip(sources, contents, strict=True)
        )

    def _plant(
        self,
        seedlings: Iterable[tuple[Seedling, Remark]],
        planned: Mapping[str, tuple[str, Kind]] | None = None,
    ) -> None:
        """Plant all of them, batch by batch; what is refused is remarked upon."""
        for batch in _batches(seedlings):
            with self._writing() as tx:
                planted = tx.plant([seedling for seedling, _ in batch], planned or {})
            for index, problem in planted.failures.items():
                self._refuse(batch[index][1].path, problem)
                self._found.counts["new"] -= 1

    def _refuse(self, path: str, problem: ContentError) -> None:
        self._found.remarks.append(Remark(path, str(problem)))

    # -- nodes that are there ------------------------------------------------

    def _revise_changed(self, root: str, compared: Comparison) -> None:
        entries = compared.changed
        recorded = {one.node: one.revision for one in self._repository.sources(root)}
        for done, (entry, found) in enumerate(crew.read_all(entries, self._how), start=1):
            self._progress("changed", done, len(entries))
            self._found.remarks += found.remarks
            node = self._reader.get(compared.nodes[entry.path])
            reason = self._conflict(node, recorded[compared.nodes[entry.path]])
            if found.fields is None:
                self._found.counts["changed"] -= 1
            elif node is None or reason:
                self._found.counts["changed"] -= 1
                self._found.counts["conflicts"] += 1
                self._found.remarks.append(Remark(entry.sources[0].path, reason))
            else:
                self._revise(root, entry, found, node)

    def _conflict(self, node: Node | None, imported: int) -> str:
        """Why what changed on disk is not taken over, if there is a reason."""
        if node is None:
            return "changed on disk, but its node is in the trash here"
        if node.fields_revision != imported and not self._orders.theirs:
            return "changed on disk and edited here since; --theirs takes it over all the same"
        return ""

    def _revise(self, root: str, entry: Entry, found: Read, node: Node) -> None:
        fields, sources = self._stored(root, entry, found)
        try:
            with self._writing() as tx:
                if node.rank != found.rank:
                    tx.label(node.id, rank=found.rank)
                tx.revise(node.id, fields)
                tx.forget_sources(node.id)
                tx.note_sources(node.id, sources)
                if found.draft:
                    if node.is_published:
                        tx.unpublish(node.id)
                elif not self._orders.draft:
                    tx.publish(node.id)
        except ContentError as problem:
            self._found.counts["changed"] -= 1
            self._refuse(entry.sources[0].path, problem)

    def _retitle(self, folders: Mapping[str, str], compared: Comparison) -> None:
        """Folders whose own page came or changed take its title."""
        pages = {entry.path for entry in (*compared.new, *compared.changed)}
        root = folders[""]
        for folder in self._plan.folders:
            if folder.page not in pages:
                continue
            title, _ = self._of_page(folder)
            id = folders.get(folder.path) or derived_id(root, f"{folder.source}/")
            node = self._reader.get(id)
            if node is not None and title and node.fields.get("title") != title:
                with self._writing() as tx:
                    tx.revise(node.id, {**node.fields, "title": title})

    def _relink(self) -> None:
        """Links that led nowhere may lead to what has just come."""
        after = self._orders.into
        while some := self._reader.broken(_AT_ONCE, after):
            after = some[-1][0].path
            ours = [place for place, _ in some if names.is_within(place.path, self._orders.into)]
            if ours:
                with self._writing() as tx:
                    for place in ours:
                        tx.relink(place.id)

    def _trash(self, compared: Comparison) -> None:
        for node in dict.fromkeys(compared.vanished.values()):
            if self._reader.get(node) is not None:
                with self._writing() as tx:
                    tx.trash(node)
                self._found.counts["trashed"] += 1

    def _writing(self) -> AbstractContextManager[Transaction]:
        return self._repository.write(author="import", message=f"from {self._orders.origin}")


#: Stands for the id of a folder that is not there yet.
_NOWHERE: Final = "00000000-0000-0000-0000-000000000000"


def _batches(
    seedlings: Iterable[tuple[Seedling, Remark]],
) -> Iterator[list[tuple[Seedling, Remark]]]:
    batch: list[tuple[Seedling, Remark]] = []
    size = 0
    for one in seedlings:
        batch.append(one)
        size += sum(source.size for source in one[0].sources if source.content is not None)
        if len(batch) == _AT_ONCE or size > _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

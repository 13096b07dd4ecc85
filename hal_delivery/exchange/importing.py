"""Bringing the repository to what a plan says.

New nodes are planted some hundred at a time, each batch in a transaction of its
own with the files that its nodes came from: killed at any moment and run again,
an import goes on where it was.  Ids follow from the file's place, so that both
ends are the same, and links find what will only be written later.
"""

from __future__ import annotations

import errno
import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from content_repo import names
from content_repo.bundles import DEFAULT
from content_repo.errors import (
    ContentError,
    NotAFolder,
    StorageFull,
)
from content_repo.linking import Target
from content_repo.model import Kind, Node, Side
from content_repo.planting import Seedling
from content_repo.repository import Repository
from content_repo.transaction import Transaction
from hal_delivery.exchange import publishing
from hal_delivery.exchange.comparing import Comparison, Recorded, compare, derived_id
from hal_delivery.exchange.formats.unreadable import Unreadable
from hal_delivery.exchange.nursery import Nursery
from hal_delivery.exchange.orders import RECORD, TYPES, Imported, Orders, Progress
from hal_delivery.exchange.plan import Entry, Folder, Plan
from hal_delivery.exchange.planned import Planned
from hal_delivery.exchange.reading import Read, Reading, read_all
from hal_delivery.exchange.sowing import AT_ONCE, Sowing

#: Nodes that are revised in a transaction: each takes longer than planting one.
_REVISED_AT_ONCE: Final = 50


def bring_in(
    repository: Repository,
    plan: Plan,
    how: Reading,
    orders: Orders,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Import all that *plan* says, and report.

    :class:`StorageFull`, and what was committed stays: another run goes on from there.
    Any other :class:`ContentError`, and nothing was done: all of it has no place to go.
    """
    found = Imported(remarks=list(plan.remarks))
    run = _Run(repository, plan, how, orders, found, progress)
    if orders.dry_run:
        run.foretell()
        return found
    # The plan stays to the end: without it, collecting garbage takes a tenth of the time.
    gc.freeze()
    try:
        run.all()
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise StorageFull from problem
    finally:
        gc.unfreeze()
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
        self._sowing = Sowing(repository, orders.origin, found)

    def foretell(self) -> None:
        """Count what would be done, and do nothing."""
        at = self._reader.at(self._orders.into)
        root = at.id if at else derived_id(_NOWHERE, self._orders.into)
        recorded = self._recorded(root)
        compared = self._compared(root, recorded)
        self._report(compared)
        self._found.counts["published"] = len(self._unpublished(root, compared, recorded))
        self._found.counts["new"] = len(compared.new)
        self._found.counts["changed"] = len(compared.changed)
        self._count_kinds()

    def all(self) -> None:
        """Bring everything to what the plan says; what has to make room goes first."""
        self._define_types()
        root = self._folder_at(self._orders.into)
        recorded = self._recorded(root)
        compared = self._compared(root, recorded)
        self._report(compared)
        nursery = self._nursery(root)
        planned = self._planned(compared)
        self._make_room(compared)
        folders = self._make_folders(nursery, compared)
        self._make_new(nursery, folders, compared, planned)
        self._revise_changed(nursery, compared, recorded, planned)
        self._follow_pages(nursery, folders, compared)
        self._publish_waiting(root, compared, recorded)
        if compared.new:
            self._relink(compared, planned)
        self._count_kinds()

    def _nursery(self, root: str) -> Nursery:
        return Nursery(
            pages={one.path: one for one in self._plan.entries if names.is_folder_page(one.name)},
            how=self._how,
            media=self._repository.media,
            root=root,
            origin=self._orders.origin,
            page_type=self._orders.page_type,
            record_type=RECORD,
            publish=not self._orders.draft,
        )

    def _recorded(self, root: str) -> dict[str, Recorded]:
        files = list(self._repository.sources(root))
        live = self._repository.standing(root)
        return {
            one.path: Recorded(
                node=one.node,
                digest=one.digest,
                revision=one.revision,
                origin=one.origin,
                locale=one.locale,
                kind=live[one.node].kind if one.node in live else None,
                is_published=one.node in live and live[one.node].is_published,
            )
            for one in files
        }

    def _compared(self, root: str, recorded: Mapping[str, Recorded]) -> Comparison:
        return compare(self._plan, recorded, root=root, origin=self._orders.origin)

    def _report(self, compared: Comparison) -> None:
        self._found.counts["unchanged"] = len(compared.unchanged)
        self._found.vanished = sorted(compared.vanished)

    def _count_kinds(self) -> None:
        """Count what is in by kind: everything planned but what was refused."""
        refused = {one.path for one in self._found.remarks if one.skipped}
        for entry in self._plan.entries:
            if refused.isdisjoint(one.path for one in entry.sources):
                self._found.kinds[entry.kind.value] += 1
        self._found.kinds[Kind.FOLDER.value] = len(self._plan.folders)

    # -- types, room and folders ---------------------------------------------

    def _define_types(self) -> None:
        known = self._repository.types.by_name
        missing = [one for one in TYPES if one.name not in known]
        if missing:
            with self._sowing.writing() as tx:
                tx.define(missing)

    def _folder_at(self, path: str) -> str:
        """The id of the folder at *path*, made with all above it if need be."""
        found = self._reader.at(path)
        if found is not None and found.kind is not Kind.FOLDER:
            raise NotAFolder(path=path, kind=found.kind.value)
        if found is not None:
            return found.id
        above, _, name = path.rpartition("/")
        parent = self._folder_at(above)
        with self._sowing.writing() as tx:
            id = derived_id(parent, f"{name}/")
            # One in the trash has kept it.
            id = tx.create(Kind.FOLDER, parent, name, id=None if tx.knows(id) else id)
            if not self._orders.draft:
                tx.publish(id)
        return id

    def _make_room(self, compared: Comparison) -> None:
        """Trash what is outdated and, if told so, what vanished: its names are free then."""
        gone = set(compared.outdated)
        if self._orders.prune:
            # Of a bundle, other files may still be there.
            gone |= set(compared.vanished.values()) - set(compared.nodes.values())
        for node in sorted(gone):
            with self._sowing.writing() as tx:
                tx.trash(node)
                # Whoever brings the files back brings new ones.
                tx.forget_sources(node)
            self._found.counts["trashed"] += 1

    def _make_folders(self, nursery: Nursery, compared: Comparison) -> dict[str, str]:
        """The ids of all folders that new nodes go into, by path; made where they are missing."""
        needed = {path for entry in compared.new for path in names.ancestors(entry.path)}
        wanted = [one for one in self._plan.folders if one.path in needed]
        ids = {one.path: derived_id(nursery.root, f"{one.source}/") for one in wanted}
        live = self._reader.places(ids.values())
        found = {"": nursery.root}
        missing: list[Folder] = []
        for folder in wanted:
            found[folder.path] = ids[folder.path]
            if ids[folder.path] in live:
                continue
            at = self._reader.at(names.join(self._orders.into, folder.path))
            if at is not None and at.kind is Kind.FOLDER:
                found[folder.path] = at.id
            else:
                missing.append(folder)
        self._sowing.plant(
            (
                (
                    one.source,
                    nursery.folder(one, ids[one.path], found[one.path.rpartition("/")[0]]),
                )
                for one in missing
            ),
            {},
        )
        return found

    # -- new nodes -----------------------------------------------------------

    def _make_new(
        self,
        nursery: Nursery,
        folders: Mapping[str, str],
        compared: Comparison,
        planned: Mapping[str, Target],
    ) -> None:
        def seedlings() -> Iterator[tuple[str, Seedling]]:
            entries = compared.new
            for done, (entry, found) in enumerate(read_all(entries, self._how), start=1):
                self._progress("new", done, len(entries))
                self._found.remarks += found.remarks
                if found.fields is None:
                    continue
                parent = folders[entry.path.rpartition("/")[0]]
                try:
                    one = nursery.node(entry, found, compared.nodes[entry.path], parent)
                except Unreadable as problem:
                    self._sowing.remark(entry.sources[0].path, problem.reason)
                else:
                    yield entry.sources[0].path, one

        self._found.counts["new"] += self._sowing.plant(seedlings(), planned)

    def _planned(self, compared: Comparison) -> Mapping[str, Target]:
        """Where links of the source lead: every path and alias, though nothing is there yet."""
        into = self._orders.into
        for entry in self._plan.entries:
            # What would have too long a path is refused before anything is planted.
            names.join(into, entry.path)
        found: dict[str, Target] = {}
        locales = {one.path: one.locale for one in self._plan.folders}
        for path, aliases in self._plan.aliases.items():
            # Addresses of a site begin at its locale, or name it.
            above = names.ancestors(path)
            root = next((one for one in above if locales.get(one)), "")
            for alias in aliases if path in compared.nodes else ():
                for start in (root, root.rpartition("/")[0]):
                    at = "/".join(part for part in (into, start, alias.strip("/")) if part)
                    found.setdefault(at, (compared.nodes[path], Kind.DOCUMENT))
        return Planned(into, compared.nodes, self._plan.entries, found)

    # -- nodes that are there ------------------------------------------------

    def _revise_changed(
        self,
        nursery: Nursery,
        compared: Comparison,
        recorded: Mapping[str, Recorded],
        planned: Mapping[str, Target],
    ) -> None:
        entries = compared.changed + self._losing(compared)
        vanished = set(compared.vanished)
        before = _last_revisions(recorded.values())
        readings, done = read_all(entries, self._how), 0
        while some := list(islice(readings, _REVISED_AT_ONCE)):
            done += len(some)
            self._progress("changed", done, len(entries))
            with self._sowing.writing() as tx:
                tx.expect(planned)
                for entry, found in some:
                    id = compared.nodes[entry.path]
                    lost = (
                        [
                            one
                            for path, one in recorded.items()
                            if one.node == id and path in vanished
                        ]
                        if vanished
                        else []
                    )
                    self._take_over(tx, nursery, entry, found, id, before[id], lost)

    def _take_over(
        self,
        tx: Transaction,
        nursery: Nursery,
        entry: Entry,
        found: Read,
        id: str,
        imported: int,
        lost: Sequence[Recorded],
    ) -> None:
        """Revise one node by its files, or say why not; what is refused spoils nothing."""
        self._found.remarks += found.remarks
        if found.fields is None:
            return
        node = self._reader.get(id)
        reason = self._conflict(node, imported)
        if reason:
            self._found.counts["conflicts"] += 1
            self._sowing.remark(entry.sources[0].path, reason)
            return
        try:
            self._revise(tx, nursery, entry, found, id, node, lost)
            self._found.counts["changed"] += 1
        except (ContentError, Unreadable) as problem:
            self._sowing.remark(entry.sources[0].path, str(problem))

    def _publish_waiting(
        self, root: str, compared: Comparison, recorded: Mapping[str, Recorded]
    ) -> None:
        """Publish what is unchanged, and is a draft only because an earlier run was told so."""
        ids = iter(self._unpublished(root, compared, recorded))
        while some := list(islice(ids, _REVISED_AT_ONCE)):
            with self._sowing.writing() as tx:
                for id in some:
                    tx.publish(id)
            self._found.counts["published"] += len(some)

    def _unpublished(
        self, root: str, compared: Comparison, recorded: Mapping[str, Recorded]
    ) -> list[str]:
        """The ids of nodes to publish, what others need to be seen first."""
        if self._orders.draft:
            return []
        # Folders have their first revision from an import, and no file.
        folders = {derived_id(root, f"{one.source}/"): 1 for one in self._plan.folders}
        files = _last_revisions(recorded.values())
        kept = {compared.nodes[one.path]: one for one in compared.unchanged}
        published = {one.node for one in recorded.values() if one.is_published}
        imported = folders | {id: files[id] for id in kept if id not in published}
        found = publishing.waiting(self._repository, imported)
        entries = [one for id, one in kept.items() if id in found]
        finished = publishing.finished(entries, self._how)
        return [
            *(one for one in folders if one in found),
            *(compared.nodes[one.path] for one in finished),
        ]

    def _losing(self, compared: Comparison) -> list[Entry]:
        """Bundles that are otherwise as they were, but are to lose what vanished."""
        if not self._orders.prune:
            return []
        losing = set(compared.vanished.values())
        return [one for one in compared.unchanged if compared.nodes[one.path] in losing]

    def _conflict(self, node: Node | None, imported: int) -> str:
        """Why what changed on disk is not taken over, if there is a reason."""
        if self._orders.theirs:
            return ""
        if node is None:
            return "changed on disk, but its node is in the trash here; --theirs brings it back"
        if node.fields_revision != imported:
            return "changed on disk and edited here since; --theirs takes it over all the same"
        return ""

    def _revise(
        self,
        tx: Transaction,
        nursery: Nursery,
        entry: Entry,
        found: Read,
        id: str,
        node: Node | None,
        lost: Sequence[Recorded],
    ) -> None:
        fields, sources = nursery.stored(entry, found)
        if node is None:
            tx.restore(id)
        elif node.rank != found.rank:
            tx.label(id, rank=found.rank)
        if entry.kind is Kind.BUNDLE and node is not None:
            fields = _as_the_same_bundle(fields, node, () if self._orders.prune else lost)
        if self._orders.prune:
            tx.forget_sources(id)
        publish = not (found.draft or self._orders.draft)
        at = names.join(self._orders.into, entry.path)
        self._sowing.renew(tx, id, fields, sources, publish=publish, at=at)
        if found.draft and node is not None and node.is_published:
            tx.unpublish(id)

    def _follow_pages(
        self, nursery: Nursery, folders: Mapping[str, str], compared: Comparison
    ) -> None:
        """Folders whose own page came or changed take its title and rank."""
        pages = {entry.path for entry in (*compared.new, *compared.changed)}
        for folder in self._plan.folders:
            if folder.page not in pages:
                continue
            id = folders.get(folder.path) or derived_id(nursery.root, f"{folder.source}/")
            node = self._reader.get(id)
            title, rank = nursery.page_of(folder)
            if node is None or (node.fields.get("title"), node.rank) == (title, rank):
                continue
            fields = {name: value for name, value in node.fields.items() if name != "title"}
            with self._sowing.writing() as tx:
                if node.rank != rank:
                    tx.label(id, rank=rank)
                tx.revise(id, {**fields, "title": title} if title else fields)

    def _relink(self, compared: Comparison, planned: Mapping[str, Target]) -> None:
        """Links that led nowhere may lead to what has just come."""
        paths = {id: path for path, id in compared.nodes.items()}
        after = self._orders.into
        while some := self._reader.broken(AT_ONCE, after):
            after = some[-1][0].path
            ours = [place.id for place, _ in some if place.id in paths]
            if ours:
                with self._sowing.writing() as tx:
                    tx.expect(planned)
                    for id in ours:
                        tx.relink(id, at=names.join(self._orders.into, paths[id]))


def _last_revisions(recorded: Iterable[Recorded]) -> dict[str, int]:
    """The revision of each node's fields that was last made from any of its files."""
    last: dict[str, int] = {}
    for one in recorded:
        last[one.node] = max(one.revision, last.get(one.node, 0))
    return last


def _as_the_same_bundle(
    fields: Mapping[str, Any], node: Node, lost: Sequence[Recorded]
) -> dict[str, Any]:
    """*fields* under the basename that the bundle has, with the texts of files that are *lost*."""
    known = node.fields.get("messages", {})
    kept = {one.locale or DEFAULT for one in lost}
    texts = {locale: known[locale] for locale in kept & known.keys()}
    return {**fields, "basename": node.key, "messages": {**texts, **fields["messages"]}}


#: Stands for the id of a folder that is not there yet.
_NOWHERE: Final = "00000000-0000-0000-0000-000000000000"

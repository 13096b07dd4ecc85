"""Writing content back into files.

Whatever came from a file goes back into it byte for byte.  What was edited here
since is written anew in the file's form, and what was made here as a file of
its own.  A second export writes nothing that is there already, so one that was
killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, NamedTuple

from content_repo import names
from content_repo.bundles import DEFAULT
from content_repo.errors import BlobMissing, NodeNotFound
from content_repo.model import Kind, Node, Place, Side
from content_repo.repository import Repository
from content_repo.sources import SourceEntry
from hal_delivery.exchange import outgoing
from hal_delivery.exchange.plan import Remark
from hal_delivery.exchange.target import Refused, Target, opened

#: Nodes whose files are asked for at once.
_AT_ONCE: Final = 500

#: Of what is done, how much of how much.
Progress = Callable[[str, int, int], None]

EDITED: Final = "edited here since: written anew"
MADE_HERE: Final = "made here: written as a file of its own"
TAKEN_AWAY: Final = "its messages were taken away here: left out"
TAKEN: Final = "another node's file is there already"


@dataclass(slots=True)
class Exported:
    """What an export wrote; ``unchanged`` files were there already, with the same bytes."""

    files: int = 0
    bytes: int = 0
    unchanged: int = 0
    remarks: list[Remark] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether everything was written that should have been."""
        return not any(one.skipped for one in self.remarks)


class _File(NamedTuple):
    """One file to be written; a reason says why it is none of those imported."""

    path: str
    digest: str
    opened: Callable[[], BinaryIO]
    reason: str = ""


def export(
    repository: Repository,
    root: str,
    target: Path,
    *,
    overwrite: bool = False,
    progress: Progress = lambda *_: None,
) -> Exported:
    """Write all that lies in the folder *root* (its id) into *target*.

    A file that is there with other bytes is left as it is, and remarked upon,
    unless *overwrite*.  What lies in the trash is not written.
    """
    reader = repository.reader(Side.DRAFT)
    folder = reader.get(root)
    if folder is None:
        raise NodeNotFound(kind="folder", address=root)
    with opened(target, overwrite=overwrite) as out:
        run = _Run(repository, folder, out, progress)
        run.all(reader.below(folder.path))
    return run.found


class _Run:
    """One export on its way."""

    def __init__(self, repository: Repository, root: Node, out: Target, progress: Progress) -> None:
        self._repository = repository
        self._reader = repository.reader(Side.DRAFT)
        self._root = root
        self._out = out
        self._progress = progress
        self.found = Exported()
        self._taken: set[str] = set()
        self._filled: set[str] = set()
        #: Folders whose names are spelt otherwise on disk.
        self._spelt: dict[str, str] = {}
        self._tops: dict[str, str | None] = {}

    def all(self, places: Sequence[Place]) -> None:
        """Write the files of all *places*, which are in the order of their paths."""
        made_here = []
        for start in range(0, len(places), _AT_ONCE):
            chunk = places[start : start + _AT_ONCE]
            sources = self._reader.sources_of(place.id for place in chunk)
            for place in chunk:
                if entries := sources.get(place.id):
                    self._write_all(place, self._from_sources(place, entries))
                else:
                    made_here.append(place)
            self._progress("exported", start + len(chunk) - len(made_here), len(places))
        # Afterwards, for how folders are spelt on disk is known by now.
        for place in made_here:
            if place.kind is not Kind.FOLDER:
                self._write_all(place, self._from_fields(place))
        self._make_empty_folders(place for place in made_here if place.kind is Kind.FOLDER)
        self._progress("exported", len(places), len(places))

    def _make_empty_folders(self, folders: Iterator[Place]) -> None:
        for folder in folders:
            if folder.path not in self._filled:
                path = self._on_disk(self._relative(folder.path))
                self._try(path, partial(self._out.make_folder, path))

    # -- which files a node is ---------------------------------------------

    def _from_sources(self, place: Place, entries: Sequence[SourceEntry]) -> Iterator[_File]:
        """The files that a node came from, those anew that it says otherwise by now."""
        for entry in entries:
            self._learn_spelling(place, entry)
        if not any(entry.is_edited for entry in entries):
            yield from map(self._original, entries)
            return
        node = self._reader.get(place.id)
        if node is None:
            return
        if node.kind is Kind.BUNDLE:
            yield from self._edited_bundle(node, entries)
        elif node.kind is Kind.ASSET:
            path = self._destination(entries[0])
            yield self._asset(node, path, EDITED, unless=entries[0].digest)
        elif self._says_the_same(node, entries[0]):
            yield from map(self._original, entries)
        elif node.kind is Kind.TAXONOMY:
            path = self._destination(entries[0])
            anew = path if path.endswith(".json") else self._beside(path, f"{node.name}.json")
            yield _made(anew, outgoing.taxonomy(node.fields), EDITED)
        else:
            path = self._destination(entries[0])
            suffix = PurePosixPath(path).suffix.lower()
            yield _made(path, outgoing.document(self._repository.types, node, suffix), EDITED)

    def _original(self, entry: SourceEntry) -> _File:
        opened = partial(self._repository.source_bytes, entry.root, entry.path)
        return _File(self._destination(entry), entry.digest, opened)

    def _says_the_same(self, node: Node, entry: SourceEntry) -> bool:
        """Whether a node was edited back to what its file says."""
        return self._repository.fields_at(node.id, entry.revision) == node.fields

    def _edited_bundle(self, node: Node, entries: Sequence[SourceEntry]) -> Iterator[_File]:
        """A file of each locale; those whose messages are as they came stay as they were."""
        present = node.fields.get("messages", {})
        for entry in entries:
            locale = entry.locale or DEFAULT
            former = (self._repository.fields_at(node.id, entry.revision) or {}).get("messages", {})
            path = self._destination(entry)
            if locale not in present:
                self._remark(path, TAKEN_AWAY)
            elif present[locale] == former.get(locale):
                yield self._original(entry)
            else:
                with self._repository.source_bytes(entry.root, entry.path) as stream:
                    content = stream.read()
                suffix = PurePosixPath(path).suffix.lower()
                anew = outgoing.messages(present[locale], suffix, locale, content)
                yield _made(path, anew, EDITED)
        known = [(self._destination(entry), entry.locale) for entry in entries]
        for locale in sorted(present.keys() - {entry.locale or DEFAULT for entry in entries}):
            path = outgoing.locale_file(known, node.name, locale)
            suffix = PurePosixPath(path).suffix.lower()
            yield _made(path, outgoing.messages(present[locale], suffix, locale), MADE_HERE)

    def _from_fields(self, place: Place) -> Iterator[_File]:
        """The files of a node that came from none."""
        node = self._reader.get(place.id)
        if node is None:
            return
        path = self._on_disk(self._relative(node.path))
        match node.kind:
            case Kind.DOCUMENT:
                content = outgoing.document(self._repository.types, node, ".md")
                yield _made(self._free(f"{path}.md"), content, MADE_HERE)
            case Kind.ASSET if node.fields.get("digest"):
                yield self._asset(node, self._free(path), MADE_HERE)
            case Kind.BUNDLE:
                for locale, texts in node.fields.get("messages", {}).items():
                    file = self._beside(path, outgoing.locale_file((), node.name, locale))
                    content = outgoing.messages(texts, ".properties", locale)
                    yield _made(self._free(file), content, MADE_HERE)
            case Kind.TAXONOMY:
                content = outgoing.taxonomy(node.fields)
                yield _made(self._free(f"{path}.json"), content, MADE_HERE)

    def _asset(self, node: Node, path: str, reason: str, *, unless: str = "") -> _File:
        digest = node.fields["digest"]
        opened = partial(self._repository.media.open, digest)
        return _File(path, digest, opened, "" if digest == unless else reason)

    # -- where a file lies ---------------------------------------------------

    def _relative(self, path: str) -> str:
        return names.relative(path, self._root.path)

    def _destination(self, entry: SourceEntry) -> str:
        """Where a file belongs in the target, whatever folder it was imported into."""
        if entry.root == self._root.id:
            return entry.path
        if entry.root not in self._tops:
            place = self._reader.places([entry.root]).get(entry.root)
            self._tops[entry.root] = place.path if place else None
        top = self._tops[entry.root]
        if top is None:
            return entry.path
        if names.is_within(top, self._root.path):
            return names.join(self._on_disk(self._relative(top)), entry.path)
        if names.is_within(self._root.path, top):
            inner = names.relative(self._root.path, top)
            if names.is_within(names.normalise(entry.path), inner):
                return "/".join(entry.path.split("/")[inner.count("/") + 1 :])
        return entry.path

    def _learn_spelling(self, place: Place, entry: SourceEntry) -> None:
        on_disk = self._destination(entry).split("/")[:-1]
        here = self._relative(place.path).split("/")[:-1]
        for count in range(1, min(len(on_disk), len(here)) + 1):
            folder, spelt = "/".join(here[:count]), "/".join(on_disk[:count])
            if folder != spelt and folder == names.normalise(spelt):
                self._spelt[folder] = spelt

    def _on_disk(self, path: str) -> str:
        """*path* with its folders spelt as those of files that came from disk."""
        for above in (path, *reversed(names.ancestors(path))):
            if above in self._spelt:
                return self._spelt[above] + path[len(above) :]
        return path

    def _beside(self, path: str, name: str) -> str:
        return str(PurePosixPath(path).with_name(name))

    def _free(self, path: str) -> str:
        """*path*, or the next like it that no other node's file has."""
        above, slash, name = path.rpartition("/")
        number, free = 1, path
        while free in self._taken:
            free = f"{above}{slash}{names.numbered(name, number)}"
            number += 1
        return free

    # -- writing -------------------------------------------------------------

    def _write_all(self, place: Place, files: Iterator[_File]) -> None:
        for file in files:
            if file.path in self._taken:
                self._remark(file.path, TAKEN, skipped=True)
                continue
            self._taken.add(file.path)
            self._filled.update(names.ancestors(place.path))
            self._try(file.path, partial(self._write, file))

    def _write(self, file: _File) -> None:
        size = self._out.put(file.path, file.digest, file.opened)
        if size is None:
            self.found.unchanged += 1
        else:
            self.found.files += 1
            self.found.bytes += size
        if file.reason:
            self._remark(file.path, file.reason)

    def _try(self, path: str, write: Callable[[], Any]) -> None:
        try:
            write()
        except (Refused, BlobMissing) as problem:
            self._remark(path, str(problem), skipped=True)

    def _remark(self, path: str, reason: str, *, skipped: bool = False) -> None:
        self.found.remarks.append(Remark(path, reason, skipped=skipped))


def _made(path: str, content: bytes, reason: str) -> _File:
    return _File(path, hashlib.sha256(content).hexdigest(), lambda: io.BytesIO(content), reason)

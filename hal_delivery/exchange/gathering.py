"""Which files are one node: messages of several locales, a tree and its names, or one alone.

Files come in any order, and nothing depends on it.
"""

from __future__ import annotations

import posixpath
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from content_repo import locales, names
from content_repo.bundles import DEFAULT
from content_repo.model import Kind
from hal_delivery.exchange import naming, roles
from hal_delivery.exchange.layouts import is_locale
from hal_delivery.exchange.naming import Part, Wish, suffixed
from hal_delivery.exchange.plan import Remark, Role, Source
from hal_delivery.exchange.roles import Shape
from hal_delivery.exchange.walking import printable

#: What a bundle is called that is named after its folder, but lies in it among other things.
_MESSAGES: Final = "messages"

#: Stems that say nothing of a taxonomy: it is called after its folder.
_UNNAMED: Final = frozenset({"taxonomy", "categories", "index", roles.TERRITORIES})

#: Where the names of territories are, beside their tree.
_TERRITORY_NAMES: Final = "names"

KIND_OF: Final[Mapping[Role, Kind]] = {
    Role.PAGE: Kind.DOCUMENT,
    Role.RECORD: Kind.DOCUMENT,
    Role.PROPERTIES: Kind.BUNDLE,
    Role.PO: Kind.BUNDLE,
    Role.MESSAGES: Kind.BUNDLE,
    Role.SKOS: Kind.TAXONOMY,
    Role.CATEGORIES: Kind.TAXONOMY,
    Role.TERRITORIES: Kind.TAXONOMY,
    Role.ASSET: Kind.ASSET,
}


class Surveyed(NamedTuple):
    """A file that was read; ``is_said`` where its role is what somebody said it is."""

    source: Source
    role: Role
    shape: Shape = Shape.OTHER
    is_said: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """A node without its name: it lies in *folder*, a path on disk.

    ``is_like_folder`` if it is to stand for its folder.
    """

    role: Role
    folder: str
    short: str
    whole: str
    sources: tuple[Source, ...]
    aliases: tuple[str, ...] = ()
    basename: str | None = None
    is_like_folder: bool = False

    @property
    def path(self) -> str:
        return self.sources[0].path

    @property
    def wish(self) -> Wish:
        return Wish(self.path, self.whole, self.short)


def gathered(surveyed: Iterable[Surveyed], root_name: str, remarks: list[Remark]) -> list[Draft]:
    """One draft for each node, in a source whose own name is *root_name*.

    What there is to say of files is added to *remarks*.
    """
    # What is in a draft of several is taken out, draft by draft.
    files = {one.source.path: one for one in surveyed}
    drafts = list(_territories(files, root_name))
    parts = _message_folders(files)
    bundled = [path for path, one in files.items() if KIND_OF[one.role] is Kind.BUNDLE]
    parts |= naming.bundle_parts(path for path in bundled if path not in parts)
    drafts += _bundles(files, parts, root_name, remarks)
    drafts += [_single(one, root_name) for one in files.values()]
    _settle(drafts, root_name)
    return drafts


def _bundles(
    files: dict[str, Surveyed], parts: Mapping[str, Part], root_name: str, remarks: list[Remark]
) -> Iterator[Draft]:
    together: dict[tuple[str, str, Role], list[Source]] = defaultdict(list)
    for path in sorted(parts):
        one, part = files.pop(path), parts[path]
        role = one.role if KIND_OF[one.role] is Kind.BUNDLE else Role.MESSAGES
        source = one.source._replace(locale=part.locale or DEFAULT)
        together[part.folder, names.normalise(part.name), role].append(source)
    for (folder, name, role), sources in together.items():
        whole = (name or _MESSAGES) + suffixed(sources[0].path)[1]
        yield Draft(
            role=role,
            folder=folder,
            short=name or _MESSAGES,
            whole=whole,
            sources=tuple(_one_per_locale(sources, remarks)),
            basename=naming.dotted(folder, name) or root_name,
            is_like_folder=not name,
        )


def _one_per_locale(sources: Iterable[Source], remarks: list[Remark]) -> Iterator[Source]:
    first: dict[str, Source] = {}
    for source in sources:
        other = first.setdefault(locales.tag(source.locale or DEFAULT), source)
        if other is source:
            yield source
        else:
            reason = f"{printable(other.path)} has the messages of this locale already"
            remarks.append(Remark(printable(source.path), reason))


def _territories(files: dict[str, Surveyed], root_name: str) -> Iterator[Draft]:
    """Trees of territories, each with the names that lie beside it."""
    trees = [one.source for one in files.values() if one.role is Role.TERRITORIES]
    named: dict[str, list[Source]] = defaultdict(list)
    for path, one in files.items() if trees else ():
        folder, _, name = path.rpartition("/")
        stem, suffix = suffixed(name)
        if suffix == ".json" and not one.is_said and roles.is_message_file(stem, suffix):
            named[folder].append(one.source._replace(locale=stem))
    for tree in trees:
        draft = _single(files[tree.path], root_name)
        beside = posixpath.join(draft.folder, _TERRITORY_NAMES)
        draft.sources = (tree, *named.pop(beside, ()))
        for source in draft.sources:
            del files[source.path]
        yield draft


def _message_folders(files: Mapping[str, Surveyed]) -> dict[str, Part]:
    """The files of folders in which two or more are one locale's messages each.

    One that cannot be read is among them: its messages are only missing.
    """
    parts: dict[str, Part] = {}
    count: Counter[str] = Counter()
    for path, one in files.items():
        folder, _, name = path.rpartition("/")
        stem, suffix = suffixed(name)
        is_readable = one.shape is Shape.MESSAGES
        if one.is_said or not (is_readable or one.shape is Shape.BROKEN):
            continue
        if roles.is_message_file(stem, suffix):
            parts[path] = Part(folder, "", stem)
            count[folder] += is_readable and is_locale(stem)
    return {path: part for path, part in parts.items() if count[part.folder] > 1}


def _single(one: Surveyed, root_name: str) -> Draft:
    """The draft of a node that comes from one file."""
    folder, _, whole = one.source.path.rpartition("/")
    folder = sys.intern(folder)
    kind = KIND_OF[one.role]
    short = whole if kind is Kind.ASSET else suffixed(whole)[0]
    if kind is Kind.TAXONOMY and short in _UNNAMED:
        short = posixpath.basename(folder) or root_name
    return Draft(one.role, folder, short, whole, (one.source,), one.aliases)


def _settle(drafts: Sequence[Draft], root_name: str) -> None:
    """Put bundles that are called after their folders in the place of these.

    Where a folder holds anything else, it stays, and the bundle lies in it.
    """
    held = with_ancestors(draft.folder for draft in drafts if not draft.is_like_folder)
    named = [draft for draft in drafts if draft.is_like_folder]
    for draft in sorted(named, key=lambda one: (-one.folder.count("/"), one.path)):
        if not draft.folder:
            draft.short = root_name
        elif draft.folder not in held:
            draft.folder, _, draft.short = draft.folder.rpartition("/")
            draft.whole = draft.short
        held |= with_ancestors([draft.folder])


def with_ancestors(folders: Iterable[str]) -> set[str]:
    """*folders* and all above them, but for the root.

    >>> sorted(with_ancestors(["a/b/c", ""]))
    ['a', 'a/b', 'a/b/c']
    """
    found: set[str] = set()
    for folder in folders:
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return found

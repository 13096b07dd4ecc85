"""The plan's nodes: each with its name, place and locale, and what it is a translation of.

Files come in any order, and nothing of the plan depends on it.  Folders are
named from the top down, since the path of a node is made of their names; a
folder in which nothing has a place is none.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from content_repo import locales, names
from content_repo.errors import InvalidPath
from content_repo.model import Kind
from hal_delivery.exchange import naming
from hal_delivery.exchange.gathering import KIND_OF, Draft, Surveyed, gathered, with_ancestors
from hal_delivery.exchange.layouts import Layout, Spot
from hal_delivery.exchange.naming import Wish, suffixed
from hal_delivery.exchange.plan import Entry, Folder, Remark, Role
from hal_delivery.exchange.walking import printable


@dataclass(frozen=True, slots=True)
class Locales:
    """How locales are found: by a layout; documents that it passes over have *given*."""

    layout: Layout
    given: str | None
    default: str

    def of(self, spot: Spot | None) -> str | None:
        """The locale of a document or folder that is at *spot*."""
        return (spot and spot.locale) or self.given or (self.default if spot else None)


@dataclass(slots=True)
class Arranged:
    """The nodes; ``patterns`` are the layouts that any of them has its locale by."""

    folders: list[Folder] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    patterns: set[str] = field(default_factory=set)


#: A draft with the name and the path that it was given.
_Placed = tuple[Draft, str, str]


def arranged(files: Iterable[Surveyed], how: Locales, root_name: str) -> Arranged:
    """All that *files* make, in a source whose own name is *root_name*."""
    arrangement = _Arrangement(how, root_name)
    arrangement.arrange(sorted(files, key=lambda one: one.source.path))
    return arrangement.made


class _Arrangement:
    """One arrangement, step by step."""

    def __init__(self, how: Locales, root_name: str) -> None:
        self.made = Arranged()
        self._how = how
        self._root_name = root_name
        self._paths = {"": ""}

    def arrange(self, files: Sequence[Surveyed]) -> None:
        drafts = gathered(files, self._root_name, self.made.remarks)
        placed = self._unique(list(self._placed(drafts)))
        placed.sort(key=lambda one: one[2])
        self._add_entries(placed)
        self._add_folders(placed)

    # -- names and places --------------------------------------------------

    def _placed(self, drafts: Iterable[Draft]) -> Iterator[_Placed]:
        """Every draft that a name and a path can be found for."""
        within: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            within[draft.folder].append(draft)
        below: dict[str, list[str]] = defaultdict(list)
        for folder in sorted(with_ancestors(within)):
            below[posixpath.dirname(folder)].append(folder)
        waiting = [""]
        while waiting:
            here = waiting.pop()
            folders = below.get(here, [])
            wishes = [Wish(one, name := posixpath.basename(one), name) for one in folders]
            given = naming.given([*wishes, *(draft.wish for draft in within.get(here, ()))])
            for folder, one in zip(folders, given, strict=False):
                if placed := self._place(here, one, [folder]):
                    self._paths[folder] = placed[1]
                    waiting.append(folder)
            for draft, one in zip(within.get(here, ()), given[len(folders) :], strict=True):
                if placed := self._place(here, one, [source.path for source in draft.sources]):
                    yield draft, *placed

    def _place(
        self, folder: str, given: naming.Given, sources: Iterable[str]
    ) -> tuple[str, str] | None:
        """The name and path of a node in *folder*, or ``None`` and why on all its files."""
        reason, path = given.reason, None
        if given.name is not None:
            try:
                path = names.join(self._paths[folder], given.name)
            except InvalidPath as refused:
                reason = f"cannot have a path: {refused.facts['reason']}"
        if reason:
            for source in sources:
                self._remark(source, reason, skipped=path is None)
        return None if given.name is None or path is None else (given.name, path)

    def _unique(self, placed: Sequence[_Placed]) -> list[_Placed]:
        """*placed* with a basename of its own for each bundle, and a name for each taxonomy."""
        paths = {path for _, _, path in placed} | set(self._paths.values())
        basenames: set[str] = set()
        taxonomies: set[str] = set()
        unique = []
        for draft, name, path in sorted(placed, key=lambda one: one[2]):
            kind = KIND_OF[draft.role]
            if kind is Kind.BUNDLE and not self._has_basename(draft, basenames):
                continue
            if kind is Kind.TAXONOMY:
                name, path = self._as_taxonomy(draft, path, taxonomies, paths)
            unique.append((draft, name, path))
        return unique

    def _has_basename(self, draft: Draft, taken: set[str]) -> bool:
        """Whether the bundle can have a basename; it is numbered if others have it."""
        wanted = basename = draft.basename or draft.short
        number = 0
        while basename in taken:
            number += 1
            basename = f"{wanted}-{number}"
        if len(basename.encode()) > names.LONGEST_NAME:
            for source in draft.sources:
                self._remark(source.path, f"its basename has more than {names.LONGEST_NAME} bytes")
            return False
        if number:
            reason = f"another bundle is called {wanted!r}; this one is {basename!r}"
            self._remark(draft.path, reason, skipped=False)
        taken.add(basename)
        draft.basename = basename
        return True

    def _as_taxonomy(
        self, draft: Draft, path: str, taken: set[str], paths: set[str]
    ) -> tuple[str, str]:
        """The name and path of a taxonomy, wherever the others lie: names are its key."""
        above, _, name = path.rpartition("/")
        wanted, number = name, 0
        while name in taken or (number and path in paths):
            number += 1
            name = names.numbered(wanted, number)
            path = f"{above}/{name}" if above else name
        if number:
            reason = f"another taxonomy is called {wanted!r}; this one is {name!r}"
            self._remark(draft.path, reason, skipped=False)
        taken.add(name)
        paths.add(path)
        return name, path

    # -- locales and translations ------------------------------------------

    def _add_entries(self, placed: Sequence[_Placed]) -> None:
        spots = {
            path: spot
            for draft, _, path in placed
            if KIND_OF[draft.role] in (Kind.DOCUMENT, Kind.ASSET)
            and (spot := self._how.layout.file(draft.path))
        }
        groups = self._groups([(draft, path) for draft, _, path in placed], spots)
        for draft, name, path in placed:
            kind, spot = KIND_OF[draft.role], spots.get(path)
            if spot and spot.locale:
                self.made.patterns.add(spot.pattern)
            # Only documents have a locale that no path says.
            said = self._how.of(spot) if kind is Kind.DOCUMENT else spot.locale if spot else None
            self.made.entries.append(
                Entry(
                    kind=kind,
                    role=draft.role,
                    name=name,
                    path=path,
                    sources=draft.sources,
                    locale=said,
                    group=groups.get(path),
                    key=draft.basename,
                )
            )
            if draft.aliases:
                rest = spot.rest if spot else draft.path
                if aliases := _absolute(draft.aliases, rest):
                    self.made.aliases[path] = aliases

    def _groups(
        self, placed: Sequence[tuple[Draft, str]], spots: Mapping[str, Spot]
    ) -> dict[str, str]:
        """What each document has in common with its translations, by its node's path.

        Suffixes do not tell translations apart, unless there are documents in
        one locale that differ in nothing else.
        """
        documents = [
            (draft, path, spots[path])
            for draft, path in placed
            if KIND_OF[draft.role] is Kind.DOCUMENT and path in spots
        ]
        # Translations share the text of their group, too: it is most of what a plan holds.
        same: dict[str, str] = {}
        seen: dict[str, set[str]] = defaultdict(set)
        shared: set[str] = set()
        groups: dict[str, str] = {}
        for draft, path, spot in documents:
            group = _group(draft, spot, whole=False)
            groups[path] = group = same.setdefault(group, group)
            of_locale = seen[self._tag(spot)]
            if group in of_locale:
                shared.add(group)
            of_locale.add(group)
        return self._told_apart(documents, groups, shared) if shared else groups

    def _told_apart(
        self,
        documents: Sequence[tuple[Draft, str, Spot]],
        groups: Mapping[str, str],
        shared: Collection[str],
    ) -> dict[str, str]:
        """*groups* where those *shared* within one locale have suffixes; twins have none."""
        found: dict[str, str] = {}
        taken: set[tuple[str, str]] = set()
        for draft, path, spot in documents:
            group = groups[path]
            if group in shared:
                group = _group(draft, spot, whole=True)
            # Only twins, or two spellings of one locale, still have the same.
            if (self._tag(spot), group) not in taken:
                taken.add((self._tag(spot), group))
                found[path] = group
        return found

    def _tag(self, spot: Spot) -> str:
        return locales.tag(self._how.of(spot) or "")

    def _add_folders(self, placed: Sequence[_Placed]) -> None:
        used = with_ancestors({draft.folder for draft, _, _ in placed})
        pages = self._pages(placed)
        taken: set[tuple[str, str]] = set()
        for source in sorted(used, key=lambda one: self._paths[one]):
            spot, path = self._how.layout.folder(source), self._paths[source]
            group = None
            if spot:
                # The slash keeps a folder apart from a document of its name.
                group = f"{spot.group(spot.rest).rstrip('/')}/"
                member = (self._tag(spot), group)
                group = None if member in taken else group
                taken.add(member)
            if spot and spot.locale:
                self.made.patterns.add(spot.pattern)
            self.made.folders.append(
                Folder(
                    name=posixpath.basename(path),
                    path=path,
                    source=source,
                    locale=self._how.of(spot) if spot else None,
                    group=group,
                    page=pages.get(source),
                )
            )

    def _pages(self, placed: Sequence[_Placed]) -> dict[str, str]:
        """The path of each folder's own page, by the folder's path on disk."""
        found: dict[str, tuple[tuple[int, bool, bool, str], str]] = {}
        for draft, _, path in placed:
            name = posixpath.basename(draft.path)
            if KIND_OF[draft.role] is not Kind.DOCUMENT or not names.is_folder_page(name):
                continue
            stem = name.partition(".")[0].lower()
            spot = self._how.layout.file(draft.path)
            is_translated = bool(spot and self._how.of(spot) != self._how.default)
            order = (names.FOLDER_PAGES.index(stem), draft.role is Role.RECORD, is_translated, path)
            found[draft.folder] = min(found.get(draft.folder, (order, path)), (order, path))
        return {folder: path for folder, (_, path) in found.items()}

    def _remark(self, path: str, reason: str, *, skipped: bool = True) -> None:
        self.made.remarks.append(Remark(printable(path), reason, skipped=skipped))


def _group(draft: Draft, spot: Spot, *, whole: bool) -> str:
    """What translations of a document share: its path below the locale, with suffix or without."""
    stem, dot, suffix = spot.rest.rpartition(".")
    has_suffix = bool(dot) and draft.path.endswith(f".{suffix}")
    if whole:
        return spot.group(spot.rest if has_suffix else f"{spot.rest}{suffixed(draft.path)[1]}")
    is_named = stem != "" and not stem.endswith("/")
    return spot.group(stem if has_suffix and is_named else spot.rest)


def _absolute(aliases: Iterable[str], rest: str) -> tuple[str, ...]:
    """*aliases* of the page at *rest* below its locale, seen from there.

    Those of a folder's page are relative to where the folder is.

    >>> _absolute(["/old/", "older/"], "docs/page.md"), _absolute(["older"], "docs/_index.md")
    (('/old/', '/docs/older/'), ('/older',))
    """
    folder, _, name = rest.rpartition("/")
    if name.partition(".")[0].lower() in ("_index", "index"):
        folder = posixpath.dirname(folder)
    return tuple(
        alias if alias.startswith("/") else _resolved(folder, alias)
        for alias in aliases
        if alias and "://" not in alias
    )


def _resolved(folder: str, alias: str) -> str:
    path = posixpath.normpath(f"/{folder}/{alias}")
    # Two slashes at the start are kept by POSIX, and would be a host to a browser.
    slash = "/" if alias.endswith("/") and path.strip("/") else ""
    return f"/{path.lstrip('/')}{slash}"

"""Loading content from a tree of YAML files, such as the demo's.

The tree mirrors the repository: a node ``NAME`` is ``NAME.yaml``, a folder's own
file is ``_folder.yaml`` inside it, an asset's lies beside its bytes.  ``types.yaml``
lists the document types.  Nothing is written when any of it was loaded before.
"""

from __future__ import annotations

import contextlib
import io
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from content_repo import names
from content_repo.doctypes import (
    COMPOUND_TYPE,
    REFERRING,
    DocumentType,
    FieldKind,
    Types,
    to_millis,
)
from content_repo.errors import ContentError, InvalidSeed
from content_repo.facts import facts
from content_repo.model import ROOT_ID, Kind, Side
from content_repo.repository import Repository
from content_repo.transaction import Transaction

_SUFFIX: Final = ".yaml"
_FOLDER: Final = "_folder.yaml"
_TYPES: Final = "types.yaml"

#: What is made first; within a kind, whatever lies above comes before what is below.
_ORDER: Final = (Kind.FOLDER, Kind.ASSET, Kind.DOCUMENT, Kind.BUNDLE, Kind.TAXONOMY)


@dataclass(frozen=True, slots=True)
class _Seed:
    """One file, read: the node it stands for and what is said of it."""

    file: Path
    path: str
    id: str
    kind: Kind
    said: Mapping[str, Any]

    @property
    def order(self) -> tuple[int, int, str]:
        return _ORDER.index(self.kind), self.path.count("/"), self.path

    def time(self, key: str) -> int | None:
        """That moment in epoch milliseconds, or ``None`` where the file gives none."""
        given = self.said.get(key)
        millis = to_millis(given)
        if given is not None and millis is None:
            raise ValueError(f"{key!r} is not a moment with an offset: {given!r}")
        return millis


def load(repository: Repository, folder: Path, *, author: str = "seed") -> int:
    """Load all files of *folder* in one transaction; returns how many nodes it made.

    A folder that stands in the repository already is kept as it is.  Where one
    of the other nodes was ever made before, even if it lies in the trash now,
    nothing is done.
    """
    reader = repository.reader(Side.DRAFT)
    seeds = sorted(_seeds(folder), key=lambda one: one.order)
    above = {path for seed in seeds for path in names.ancestors(seed.path)}
    ids = {"": ROOT_ID, **{path: node.id for path in above if (node := reader.at(path))}}
    fresh = []
    for seed in seeds:
        kept = reader.at(seed.path) if seed.kind is Kind.FOLDER else None
        ids[seed.path] = kept.id if kept else seed.id
        if kept is None:
            fresh.append(seed)
    with repository.write(author=author, message=f"seeded from {folder.name}") as tx:
        if not fresh or any(tx.knows(seed.id) for seed in fresh):
            return 0
        _define_types(tx, folder / _TYPES)
        for seed in fresh:
            with _naming(seed.file):
                _plant(repository, tx, seed, ids)
    return len(fresh)


# -- reading the files ---------------------------------------------------------


def _seeds(folder: Path) -> Iterator[_Seed]:
    for file in folder.rglob(f"*{_SUFFIX}"):
        path = file.relative_to(folder)
        if path == Path(_TYPES):
            continue
        with _naming(file):
            said = _loaded(file, dict)
            named = path.parent if file.name == _FOLDER else path.with_name(path.stem)
            id = str(said.get("id") or uuid.uuid4()).lower()
            yield _Seed(file, names.normalise(named.as_posix()), id, Kind(said["kind"]), said)


def _loaded(file: Path, expected: type) -> Any:
    found = yaml.safe_load(file.read_text("utf-8"))
    if not isinstance(found, expected):
        raise ValueError(f"holds no {expected.__name__}")
    return found


def _define_types(tx: Transaction, file: Path) -> None:
    if file.exists():
        with _naming(file):
            tx.define([DocumentType.parse(one) for one in _loaded(file, list)])


@contextlib.contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Say of every failure which file it is about."""
    try:
        yield
    except InvalidSeed:
        raise
    except KeyError as missing:
        raise InvalidSeed(file=str(file), reason=f"{missing} is missing") from missing
    except (ContentError, yaml.YAMLError, OSError, TypeError, ValueError) as problem:
        raise InvalidSeed(file=str(file), reason=str(problem)) from problem


# -- writing the nodes ---------------------------------------------------------


def _plant(repository: Repository, tx: Transaction, seed: _Seed, ids: Mapping[str, str]) -> None:
    above, _, name = seed.path.rpartition("/")
    if above not in ids:
        raise ValueError(f"the folder {above!r} has no {_FOLDER}")
    said, created = seed.said, seed.time("created")
    written = seed.time("modified") or created
    with contextlib.nullcontext() if written is None else tx.dated(written):
        tx.create(
            seed.kind,
            ids[above],
            name,
            id=seed.id,
            type=said.get("type"),
            locale=said.get("locale"),
            group=said.get("group"),
            rank=said.get("rank", 0),
            created_at=created,
            fields=_fields(repository, tx.types, seed, said.get("fields") or {}, ids),
        )
        if said.get("published", True):
            tx.publish(seed.id)
        if "draft" in said:
            tx.revise(seed.id, _fields(repository, tx.types, seed, said["draft"], ids))


def _fields(
    repository: Repository,
    types: Types,
    seed: _Seed,
    given: Mapping[str, Any],
    ids: Mapping[str, str],
) -> Mapping[str, Any]:
    if seed.kind is Kind.DOCUMENT:
        return _with_ids(types, seed.said["type"], given, ids)
    if seed.kind is Kind.ASSET:
        return {**_facts(repository, seed.file.with_suffix("")), **given}
    return given


def _facts(repository: Repository, file: Path) -> Mapping[str, Any]:
    """Store an asset's bytes; returns what is known of them."""
    content = file.read_bytes()
    kept = {"digest": repository.media.put(content), "size": len(content)}
    return kept | facts(file.name, io.BytesIO(content))


def _with_ids(
    types: Types, type_name: str, given: Mapping[str, Any], ids: Mapping[str, str]
) -> dict[str, Any]:
    """*given* with every mirror and image link as an id where it was a path."""
    declared = types.fields(type_name)
    found = dict(given)
    for name, value in given.items():
        one = declared.get(name)
        if one is None or value is None:
            continue
        items = value if isinstance(value, list) else [value]
        if one.kind in REFERRING:
            items = [_target(item, ids) for item in items]
        elif one.kind is FieldKind.COMPOUND:
            items = [
                _with_ids(types, item.get(COMPOUND_TYPE, one.type), item, ids)
                if isinstance(item, Mapping)
                else item
                for item in items
            ]
        found[name] = items if isinstance(value, list) else items[0]
    return found


def _target(given: Any, ids: Mapping[str, str]) -> Any:
    if not isinstance(given, str) or names.is_id(given):
        return given
    path = names.normalise(given)
    if path not in ids:
        raise ValueError(f"nothing is at {given!r}")
    return ids[path]

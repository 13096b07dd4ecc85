"""Field names: what a name, dotted below compounds and behind references, stands for.

A document's type says what its fields are; an open one lets any others be there.
The fields of all other kinds of nodes are few, and listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from content_repo.doctypes import REFERRING, Field, FieldKind, Types
from content_repo.model import Kind
from hal_delivery.services.embedding import steps


def _fields(kind: FieldKind, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name, kind=kind) for name in names)


#: The fields of nodes whose type has nothing to say about them.
_OF_KINDS: Final[Mapping[Kind, tuple[Field, ...]]] = {
    Kind.FOLDER: _fields(FieldKind.STRING, "title"),
    Kind.BUNDLE: _fields(FieldKind.STRING, "title", "basename", "locales"),
    Kind.TAXONOMY: _fields(FieldKind.STRING, "title", "name", "locales"),
    Kind.ASSET: (
        *_fields(FieldKind.STRING, "title", "alt", "fileName", "mediaType"),
        *_fields(FieldKind.INTEGER, "size", "width", "height"),
    ),
}

#: How many lists' types are known at once.
_MOST_KNOWN: Final = 128

#: What delivered rich text has within.
_WITHIN_RICH_TEXT: Final = ("content",)


class TooFar(ValueError):
    """A name that leads through more than one reference."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name stands for.

    ``name`` is that of entries' values, of those that the reference ``through``
    leads to where there is one; the empty name is the target itself.  ``fields`` are
    its declarations; ``free``, there may be values that nobody declares.
    """

    name: str
    fields: tuple[Field, ...] = ()
    through: str | None = None
    free: bool = False

    def __hash__(self) -> int:
        # Declarations are long: whatever has the same name rarely differs in them.
        return hash((self.name, self.through))

    @property
    def kinds(self) -> frozenset[FieldKind]:
        return frozenset(one.kind for one in self.fields)


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The names that a list's items have fields by.

    ``among`` are the types that they may be of, if they are documents; ``known``
    are all names with those that they are short for; ``is_undeclared`` says of a
    name whether documents hold fields of it that no type declares.
    """

    types: Types
    kind: Kind
    among: tuple[str, ...]
    known: Mapping[str, str]
    is_undeclared: Callable[[str], bool]

    def find(self, name: str) -> Named | None:
        """What *name* stands for, or ``None``; :class:`TooFar` behind two references."""
        path = (name,) if name in self.known else steps(name)
        first = self.known.get(path[0], path[0])
        fields = self._declared(first)
        if not fields:
            known = first in self.known
            return Named(".".join((first, *path[1:])), free=True) if known else None
        return self._within((first, *path[1:]), fields)

    def names(self) -> set[str]:
        """All names that are known."""
        return {*self.known, *(one.name for one in _OF_KINDS.get(self.kind, ()))}

    def _declared(self, name: str) -> tuple[Field, ...]:
        if self.kind is Kind.DOCUMENT:
            return _declared(_Same(self.types), self.among).by_name.get(name, ())
        return tuple(one for one in _OF_KINDS.get(self.kind, ()) if one.name == name)

    def _is_free(self, name: str) -> bool:
        """Whether there are documents that hold *name* without a declaration."""
        declared = _declared(_Same(self.types), self.among)
        return any(name not in one for one in declared.of_open) and self.is_undeclared(name)

    def _within(self, path: Sequence[str], fields: tuple[Field, ...]) -> Named | None:
        """What *path* leads to, the first step of which *fields* declare."""
        free = self._is_free(path[0])
        for count, step in enumerate(path[1:], start=1):
            kinds = {one.kind for one in fields}
            if kinds & REFERRING:
                return self._behind(".".join(path[:count]), ".".join(path[count:]), fields)
            if FieldKind.JSON in kinds:
                return Named(".".join(path), free=True)
            if FieldKind.RICH_TEXT in kinds and path[count:] == _WITHIN_RICH_TEXT:
                return Named(".".join(path[:count]), fields, free=free)
            inner = (self.types.fields(one).get(step) for one in self._compounds(fields))
            fields = _different(inner)
            if not fields:
                return Named(".".join(path), free=True) if free else None
        name = ".".join(path)
        if any(one.kind in REFERRING for one in fields):
            return Named("", fields, through=name, free=free)
        declared = tuple(one for one in fields if one.kind is not FieldKind.JSON)
        return Named(name, declared, free=free or len(declared) < len(fields))

    def _compounds(self, fields: Iterable[Field]) -> list[str]:
        """The types that values of compound *fields* can have."""
        bases = {one.type for one in fields if one.kind is FieldKind.COMPOUND}
        return [
            name
            for name, one in self.types.by_name.items()
            if one.compound and (None in bases or bases & self._lineage(name))
        ]

    def _lineage(self, name: str) -> set[str]:
        return {one.name for one in self.types.lineage(name)}

    def _behind(self, reference: str, name: str, fields: Iterable[Field]) -> Named | None:
        """What *name* stands for in what the *fields* of the name *reference* point at."""
        for one in fields:
            if one.kind not in REFERRING:
                continue
            kind = Kind.ASSET if one.kind is FieldKind.IMAGE_LINK else Kind.DOCUMENT
            names = replace(self, kind=kind, among=self._targets(one))
            found = names.find(name) or replace(names, kind=Kind.ASSET).find(name)
            if found is not None and found.through is not None:
                raise TooFar(reference)
            if found is not None:
                return replace(found, through=reference)
        return None

    def _targets(self, one: Field) -> tuple[str, ...]:
        return documents(self.types, one.targets or None)


def documents(types: Types, among: Collection[str] | None = None) -> tuple[str, ...]:
    """The names of all types that documents can be of; only *among* these and what extends them."""
    return _documents(_Same(types), None if among is None else frozenset(among))


# -- what follows from the types alone ------------------------------------------


class _Same:
    """Types that are equal only to themselves: they never change, and are not compared."""

    __slots__ = ("types",)

    def __init__(self, types: Types) -> None:
        self.types = types

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.types is other.types

    def __hash__(self) -> int:
        return id(self.types)


@dataclass(frozen=True, slots=True)
class _Declared:
    """What several types declare by each name, and all that each open one of them declares."""

    by_name: Mapping[str, tuple[Field, ...]]
    of_open: Sequence[Collection[str]]


@lru_cache(maxsize=_MOST_KNOWN)
def _declared(same: _Same, among: tuple[str, ...]) -> _Declared:
    types = same.types
    found: dict[str, list[Field]] = {}
    for type_name in among:
        for name, one in types.fields(type_name).items():
            found.setdefault(name, []).append(one)
    return _Declared(
        {name: _different(some) for name, some in found.items()},
        [types.fields(one) for one in among if types.is_open(one)],
    )


@lru_cache(maxsize=_MOST_KNOWN)
def _documents(same: _Same, among: frozenset[str] | None) -> tuple[str, ...]:
    types = same.types
    every = (name for name, one in types.by_name.items() if not one.compound)
    if among is None:
        return tuple(every)
    return tuple(
        name for name in every if not among.isdisjoint(one.name for one in types.lineage(name))
    )


def _different(fields: Iterable[Field | None]) -> tuple[Field, ...]:
    return tuple(dict.fromkeys(one for one in fields if one is not None))

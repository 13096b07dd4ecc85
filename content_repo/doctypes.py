"""Document types: what a document may hold.

A type has a full name (``news:article``: namespace, colon, short name), may
extend another, and is *closed* (declared fields only) or *open* (undeclared
fields are any JSON).  :class:`Types` knows them all, resolves inheritance and
turns what a writer gives into the stored form, or says everything that is
wrong with it at once.

Stored form: strings, booleans and numbers as they are; dates as epoch
milliseconds; mirrors and image links as the target's id (the root's id when
empty); compounds as maps with ``_type``; a ``multiple`` field as a list.  Nobody
declares which values of undeclared fields are dates: ``_dates`` lists them.
"""

from __future__ import annotations

import difflib
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, TypeVar

import orjson

from content_repo.errors import InvalidFields, InvalidType, UnknownType
from content_repo.model import ROOT_ID
from content_repo.names import is_id, is_storable

#: What a signed 64-bit column holds; larger integers fit in no database.
INTEGERS: Final = range(-(2**63), 2**63)

#: The years 1 to 9999 in epoch milliseconds: what every calendar can show.
DATES: Final = range(-62_135_596_800_000, 253_402_300_800_000)

#: How deep a field's value may be nested.
DEEPEST: Final = 32

#: How long an undeclared field's name may be, in bytes of UTF-8.
LONGEST_FIELD_NAME: Final = 255

#: The key that names a compound's type in stored form.
COMPOUND_TYPE: Final = "_type"

#: The key that lists, in stored form, the JSON Pointers of dates in undeclared fields.
DATE_POINTERS: Final = "_dates"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class FieldKind(StrEnum):
    """What a field holds."""

    STRING = "string"
    TEXT = "text"
    RICH_TEXT = "richtext"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    COMPOUND = "compound"
    MIRROR = "mirror"
    IMAGE_LINK = "imagelink"
    TAXONOMY_KEYS = "taxonomykeys"
    JSON = "json"


#: Kinds whose value is the id of another node.
REFERRING: Final = frozenset({FieldKind.MIRROR, FieldKind.IMAGE_LINK})

#: Kinds whose words full text finds.
TEXTUAL: Final = frozenset({FieldKind.STRING, FieldKind.TEXT, FieldKind.RICH_TEXT})

#: What is stored of undeclared and textual fields just as it is given.
_AS_THEY_ARE: Final = frozenset({str, int, float, bool})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a type.

    ``type`` names the compound's type where the kind is compound (absent: any
    compound type, each value names its own); ``taxonomy`` the taxonomy whose
    keys the field takes; ``targets`` the types that a mirror may point at.
    """

    name: str
    kind: FieldKind
    label: str = ""
    description: str = ""
    multiple: bool = False
    required: bool = False
    type: str | None = None
    taxonomy: str | None = None
    targets: tuple[str, ...] = ()

    @property
    def is_list(self) -> bool:
        return self.multiple or self.kind is FieldKind.TAXONOMY_KEYS


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType:
    """A type as defined: its own fields only, not those it inherits."""

    name: str
    label: str = ""
    description: str = ""
    base: str | None = None
    abstract: bool = False
    compound: bool = False
    open: bool = False
    fields: tuple[Field, ...] = ()

    @property
    def namespace(self) -> str:
        return self.name.partition(":")[0]

    @property
    def short_name(self) -> str:
        return self.name.partition(":")[2]

    @property
    def is_concrete(self) -> bool:
        """Whether documents may be of this type itself."""
        return not (self.abstract or self.compound)

    @classmethod
    def parse(cls, definition: Mapping[str, Any]) -> DocumentType:
        """Read a definition as :meth:`definition` writes it."""
        name = str(definition.get("name", ""))
        try:
            own = tuple(_parsed_field(one) for one in definition.get("fields", ()))
            return _right_shapes(cls(**{**definition, "fields": own}))
        except KeyError as missing:
            raise InvalidType(type=name, reason=f"a field lacks its {missing}") from None
        except (TypeError, ValueError) as problem:
            raise InvalidType(type=name, reason=str(problem)) from None

    def definition(self) -> dict[str, Any]:
        """The type as plain JSON, what equals the default left out."""
        return {**_given(self, but="fields"), "fields": [_given(one) for one in self.fields]}


def _parsed_field(stored: Mapping[str, Any]) -> Field:
    kind, targets = FieldKind(stored["kind"]), tuple(stored.get("targets", ()))
    if not all(isinstance(target, str) for target in targets):
        raise TypeError("'targets' lists the names of types")
    return _right_shapes(
        Field(**{**stored, "name": stored["name"], "kind": kind, "targets": targets})
    )


_Definition = TypeVar("_Definition", DocumentType, Field)

#: What a definition may hold in attributes that are plain text or a flag.
_SHAPES: Final = {"str": (str,), "str | None": (str, type(None)), "bool": (bool,)}


def _right_shapes(value: _Definition) -> _Definition:
    for one in fields(value):
        if not isinstance(getattr(value, one.name), _SHAPES.get(str(one.type), object)):
            raise TypeError(f"{one.name!r} is not of the type {one.type}")
    return value


def _given(value: Any, *, but: str = "") -> dict[str, Any]:
    given = {one.name: getattr(value, one.name) for one in fields(value)}
    return {
        one.name: list(given[one.name]) if isinstance(given[one.name], tuple) else given[one.name]
        for one in fields(value)
        if one.name != but and given[one.name] != one.default
    }


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document's fields.

    ``pointer`` is a JSON Pointer (RFC 6901) into the fields.
    """

    pointer: str
    reason: str


def invalid(type_name: str, problems: Iterable[Problem]) -> InvalidFields:
    """The failure that names all *problems*."""
    found = tuple(problems)
    summary = "; ".join(f"{one.pointer}: {one.reason}" for one in found[:3])
    return InvalidFields(type=type_name, summary=summary, problems=found)


@dataclass(frozen=True)
class Types:
    """All document types of a repository, by full name."""

    by_name: Mapping[str, DocumentType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.by_name.values():
            self._check(one)

    def _check(self, one: DocumentType) -> None:
        namespace, colon, short = one.name.partition(":")
        if not (namespace and colon and short) or "/" in one.name:
            raise InvalidType(type=one.name, reason="its name is not 'namespace:name'")
        seen = {one.name}
        while one.base is not None:
            if one.base in seen:
                raise InvalidType(type=one.name, reason="it extends itself")
            if one.base not in self.by_name:
                raise InvalidType(type=one.name, reason=f"its base {one.base!r} is not defined")
            seen.add(one.base)
            one = self.by_name[one.base]
        for name in seen:
            self._check_own_fields(self.by_name[name])

    def _check_own_fields(self, one: DocumentType) -> None:
        names = [declared.name for declared in one.fields]
        for name in names:
            if not name or name.startswith("_"):
                reason = f"a field is not called {name!r}: '_' is kept for metadata"
            elif names.count(name) > 1:
                reason = f"it has two fields {name!r}"
            else:
                continue
            raise InvalidType(type=one.name, reason=reason)
        if any(json_problems(one.definition(), "")):
            raise InvalidType(type=one.name, reason="no database can hold its text")

    def get(self, name: str) -> DocumentType:
        """The type of that full name, or :class:`UnknownType`."""
        try:
            return self.by_name[name]
        except KeyError:
            raise UnknownType(type=name) from None

    def find(self, name: str) -> tuple[DocumentType, ...]:
        """The document types of that full or short name.

        A short name that several namespaces own stands for all of them.
        """
        found: tuple[DocumentType, ...]
        if ":" in name:
            found = (self.by_name[name],) if name in self.by_name else ()
        else:
            found = self._by_short_name.get(name, ())
        return tuple(one for one in found if not one.compound)

    @cached_property
    def _by_short_name(self) -> Mapping[str, tuple[DocumentType, ...]]:
        found: dict[str, tuple[DocumentType, ...]] = {}
        for one in sorted(self.by_name.values(), key=lambda one: one.name):
            found[one.short_name] = (*found.get(one.short_name, ()), one)
        return found

    def lineage(self, name: str) -> list[DocumentType]:
        """The type and all it extends, itself first; ``[]`` if it is unknown."""
        found = []
        at: str | None = name
        while at is not None and at in self.by_name:
            found.append(self.by_name[at])
            at = self.by_name[at].base
        return found

    def fields(self, name: str) -> Mapping[str, Field]:
        """All fields of a type, inherited ones too, by the name they go under.

        Names carry no namespace.  Where a base type of another namespace
        declares a name that is taken, its field goes under its full name.
        """
        if name not in self._fields:
            self._fields[name] = self._resolved(name)
        return self._fields[name]

    @cached_property
    def _fields(self) -> dict[str, Mapping[str, Field]]:
        return {}

    def _resolved(self, name: str) -> Mapping[str, Field]:
        found: dict[str, Field] = {}
        owner: dict[str, str] = {}
        for one in self.lineage(name):
            for declared in one.fields:
                key = declared.name
                if key in found and owner[key] != one.namespace:
                    key = f"{one.namespace}:{declared.name}"
                if key not in found:
                    found[key] = declared
                    owner[key] = one.namespace
        return found

    def referring(self, name: str) -> Mapping[str, Field]:
        """Those of a type's fields that can hold the id of another node."""
        if name not in self._referring:
            self._referring[name] = {
                key: one
                for key, one in self.fields(name).items()
                if one.kind in REFERRING or one.kind is FieldKind.COMPOUND
            }
        return self._referring[name]

    @cached_property
    def _referring(self) -> dict[str, Mapping[str, Field]]:
        return {}

    def holding_text(self, name: str) -> Mapping[str, Field]:
        """Those of a type's fields that can hold rich text."""
        if name not in self._holding_text:
            self._holding_text[name] = {
                key: one
                for key, one in self.fields(name).items()
                if one.kind in (FieldKind.RICH_TEXT, FieldKind.COMPOUND)
            }
        return self._holding_text[name]

    @cached_property
    def _holding_text(self) -> dict[str, Mapping[str, Field]]:
        return {}

    @cached_property
    def forms(self) -> Mapping[str, str]:
        """Of each document type, a digest of all that decides how documents are read."""
        # A compound's type may be named by the value: any of them may matter.
        compounds = [self._form(name) for name, one in self.by_name.items() if one.compound]
        found = {}
        for name, one in self.by_name.items():
            if one.compound:
                continue
            form: list[object] = [self._form(name)]
            if any(field.kind is FieldKind.COMPOUND for field in self.fields(name).values()):
                form.append(sorted(compounds, key=orjson.dumps))
            found[name] = hashlib.blake2b(orjson.dumps(form), digest_size=6).hexdigest()
        return found

    def _form(self, name: str) -> list[object]:
        fields = sorted(
            (key, one.kind.value, one.name, one.type or "", one.taxonomy or "", one.is_list)
            for key, one in self.fields(name).items()
        )
        return [[one.name for one in self.lineage(name)], fields]

    def is_open(self, name: str) -> bool:
        """Whether documents of the type may hold undeclared fields."""
        return any(one.open for one in self.lineage(name))

    def checked(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """*given* in stored form, or :class:`InvalidFields` with all problems."""
        found = list(self._problems(name, given, ""))
        if found:
            raise invalid(name, found)
        dates: list[str] = []
        stored = self._stored(name, given, "", dates)
        return {**stored, DATE_POINTERS: dates} if dates else stored

    # What is wrong, and what is stored, are asked apart: the first walks
    # everything to its end, the second may then rely on every shape.

    def _problems(self, name: str, given: Mapping[Any, Any], at: str) -> Iterator[Problem]:
        self.get(name)
        declared = self.fields(name)
        is_open = self.is_open(name)
        for key, value in given.items():
            # Most fields are right, and to say so takes no pointers.
            if (key == COMPOUND_TYPE and at) or _is_sound(key, value, declared, is_open=is_open):
                continue
            here = f"{at}/{escaped(key)}"
            if key in declared:
                yield from self._field_problems(declared[key], value, here)
            elif not isinstance(key, str):
                yield Problem(here, "a field's name is a string")
            elif key.startswith("_"):
                yield Problem(here, "names with a leading '_' are kept for metadata")
            elif is_open:
                yield from _name_problems(key, here)
                yield from json_problems(value, here, dates=True)
            else:
                yield Problem(here, f"{name} has no such field{_nearest(key, declared)}")
        for key, one in declared.items():
            if one.required and given.get(key) is None:
                yield Problem(f"{at}/{escaped(key)}", "required")

    def _field_problems(self, one: Field, value: Any, at: str) -> Iterator[Problem]:
        if value is None:
            return
        if not one.is_list:
            yield from self._value_problems(one, value, at)
        elif not isinstance(value, list):
            yield Problem(at, "expected a list")
        else:
            for index, item in enumerate(value):
                yield from self._value_problems(one, item, f"{at}/{index}")

    def _value_problems(self, one: Field, value: Any, at: str) -> Iterator[Problem]:
        match one.kind:
            case FieldKind.COMPOUND:
                yield from self._compound_problems(one, value, at)
            case FieldKind.JSON:
                yield from json_problems(value, at)
            case FieldKind.STRING | FieldKind.TEXT | FieldKind.RICH_TEXT | FieldKind.TAXONOMY_KEYS:
                yield from _expect(isinstance(value, str), "a string", at)
                yield from json_problems(value, at)
            case FieldKind.BOOLEAN:
                yield from _expect(isinstance(value, bool), "true or false", at)
            case FieldKind.INTEGER:
                yield from _expect(_is_integer(value), "an integer of 64 bits", at)
            case FieldKind.NUMBER:
                yield from _expect(_is_number(value), "a finite number", at)
            case FieldKind.DATE:
                expected = "epoch milliseconds or an ISO 8601 date-time with offset"
                yield from _expect(to_millis(value) is not None, expected, at)
            case FieldKind.MIRROR | FieldKind.IMAGE_LINK:
                yield from _expect(isinstance(value, str) and is_id(value), "a node's id", at)

    def _compound_problems(self, one: Field, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield Problem(at, "expected an object")
            return
        name = value.get(COMPOUND_TYPE, one.type)
        known = self.by_name.get(name) if isinstance(name, str) else None
        if known is None or not known.compound:
            yield Problem(at, f"{name!r} is not a compound type")
        elif one.type and one.type not in (base.name for base in self.lineage(known.name)):
            yield Problem(at, f"{name!r} is not {one.type!r}, nor extends it")
        elif at.count("/") > DEEPEST:
            yield Problem(at, f"nested deeper than {DEEPEST}")
        else:
            yield from self._problems(known.name, value, at)

    # The dates of undeclared fields found on the way are noted in *dates*.

    def _stored(
        self, name: str, given: Mapping[str, Any], at: str, dates: list[str]
    ) -> dict[str, Any]:
        declared = self.fields(name)
        found = {}
        for key, value in given.items():
            one = declared.get(key)
            if type(value) in _AS_THEY_ARE and (one is None or one.kind in TEXTUAL):
                found[key] = value
            elif one is None:
                found[key] = _undated(value, f"{at}/{escaped(key)}", dates)
            elif value is not None or _may_be_empty(one):
                found[key] = self._stored_field(one, value, f"{at}/{escaped(key)}", dates)
        return found

    def _stored_field(self, one: Field, value: Any, at: str, dates: list[str]) -> Any:
        if not one.is_list:
            return self._stored_value(one, value, at, dates)
        return [
            self._stored_value(one, item, f"{at}/{index}", dates)
            for index, item in enumerate(value)
        ]

    def _stored_value(self, one: Field, value: Any, at: str, dates: list[str]) -> Any:
        if one.kind in REFERRING:
            return ROOT_ID if value is None else value.lower()
        if one.kind is FieldKind.DATE:
            return to_millis(value)
        if one.kind is FieldKind.COMPOUND:
            name = value.get(COMPOUND_TYPE, one.type)
            return {COMPOUND_TYPE: name, **self._stored(name, value, at, dates)}
        return value


def _may_be_empty(one: Field) -> bool:
    """An unset field is left out; an empty mirror is a value of its own."""
    return one.kind in REFERRING and not one.is_list


def _undated(value: Any, at: str, dates: list[str]) -> Any:
    """*value* with epoch milliseconds for dates, whose pointers are added to *dates*."""
    if isinstance(value, datetime):
        dates.append(at)
        return to_millis(value)
    if isinstance(value, Mapping):
        return {key: _undated(item, f"{at}/{escaped(key)}", dates) for key, item in value.items()}
    if isinstance(value, list):
        return [_undated(item, f"{at}/{index}", dates) for index, item in enumerate(value)]
    return value


def moment(millis: int) -> datetime:
    """Epoch milliseconds as a date."""
    return _EPOCH + timedelta(milliseconds=millis)


def dated(stored: Mapping[str, Any], form: Callable[[int], Any] = moment) -> dict[str, Any]:
    """*stored* fields as they were given, so that they may be checked and stored again.

    The dates that ``_dates`` lists are dates again, or what *form* makes of their
    milliseconds, and that key is gone.

    >>> dated({"title": "t", "when": [0], "_dates": ["/when/0"]})["when"][0].isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    pointers = stored.get(DATE_POINTERS)
    if pointers is None:
        return dict(stored)
    found: dict[str, Any] = orjson.loads(orjson.dumps(stored))
    del found[DATE_POINTERS]
    for pointer in pointers:
        _, *above, last = (unescaped(step) for step in pointer.split("/"))
        at: Any = found
        for step in above:
            at = at[int(step) if isinstance(at, list) else step]
        key = int(last) if isinstance(at, list) else last
        at[key] = form(at[key])
    return found


def to_millis(value: Any) -> int | None:
    """A date as epoch milliseconds, or ``None`` where *value* is no date.

    >>> to_millis("2017-02-14T15:12:00Z"), to_millis(1487085120000), to_millis("soon")
    (1487085120000, 1487085120000, None)
    """
    if _is_integer(value):
        return int(value) if value in DATES else None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    millis = round((value - _EPOCH) / timedelta(milliseconds=1))
    return millis if millis in DATES else None


def json_problems(value: Any, at: str, depth: int = 0, *, dates: bool = False) -> Iterator[Problem]:
    """What keeps *value* from being stored as JSON in every database.

    With *dates*, it may hold dates anywhere.
    """
    if _is_plain(value, depth):
        return
    if dates and isinstance(value, datetime):
        expected = "a date with its offset from UTC, of the years 1 to 9999"
        yield from _expect(to_millis(value) is not None, expected, at)
    elif isinstance(value, str):
        if not is_storable(value):
            yield Problem(at, "holds NUL" if "\0" in value else "holds a lone surrogate")
    elif isinstance(value, Mapping | list):
        if depth == DEEPEST:
            yield Problem(at, f"nested deeper than {DEEPEST}")
            return
        pairs: Iterable[tuple[Any, Any]] = (
            value.items() if isinstance(value, Mapping) else enumerate(value)
        )
        for key, item in pairs:
            here = f"{at}/{escaped(key)}"
            if isinstance(value, Mapping) and not isinstance(key, str):
                yield Problem(here, "a name in an object is a string")
            elif isinstance(value, Mapping):
                yield from json_problems(key, here)
            yield from json_problems(item, here, depth + 1, dates=dates)
    elif not (value is None or isinstance(value, bool) or _is_integer(value) or _is_number(value)):
        yield Problem(at, "is not JSON, or a number out of range")


def _is_sound(key: Any, value: Any, declared: Mapping[str, Field], *, is_open: bool) -> bool:
    """Whether a field is, without any doubt, one that may be stored."""
    one = declared.get(key)
    if one is not None:
        return type(value) is str and one.kind in TEXTUAL and not one.is_list and is_storable(value)
    return (
        is_open
        and type(key) is str
        and 0 < len(key) <= LONGEST_FIELD_NAME
        and key[0] != "_"
        and key.isascii()
        and is_storable(key)
        and _is_plain(value, 0)
    )


def _is_plain(value: Any, depth: int) -> bool:
    """Whether *value* is, without any doubt, JSON that every database can hold."""
    kind = type(value)
    if kind is str:
        return is_storable(value)
    if value is None or kind is bool:
        return True
    if kind is int:
        return value in INTEGERS
    if kind is float:
        return math.isfinite(value)
    if depth == DEEPEST:
        return False
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not is_storable(key) or not _is_plain(item, depth + 1):
                return False
        return True
    return kind is list and all(_is_plain(item, depth + 1) for item in value)


def _name_problems(name: str, at: str) -> Iterator[Problem]:
    """What keeps an undeclared field's *name* from being remembered in every database."""
    found = list(json_problems(name, at))
    if not found and len(name.encode()) > LONGEST_FIELD_NAME:
        found.append(Problem(at, f"its name has more than {LONGEST_FIELD_NAME} bytes"))
    yield from found


def _expect(holds: bool, expected: str, at: str) -> Iterator[Problem]:
    if not holds:
        yield Problem(at, f"expected {expected}")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS


def _is_number(value: Any) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _nearest(key: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(key, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def escaped(key: object) -> str:
    """One step of a JSON Pointer, always text that can be sent.

    >>> escaped("a/b~c"), escaped(3)
    ('a~1b~0c', '3')
    """
    step = str(key)
    if not step.isascii():
        step = step.encode(errors="replace").decode()
    return step.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """What :func:`escaped` was given, if that was text."""
    return step.replace("~1", "/").replace("~0", "~")

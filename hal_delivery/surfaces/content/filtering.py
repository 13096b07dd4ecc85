"""Filters: names and values of the wire into conditions on entries.

A value is read by what the types that a list may hold say of the field; where
none does, as all that it may stand for.  What answers show in ``_meta`` goes by
its name there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from content_repo import locales, names, taxonomy
from content_repo.doctypes import REFERRING, FieldKind
from content_repo.errors import NodeNotFound
from content_repo.model import TYPE_OF_KIND, Kind
from content_repo.taxonomy import Category
from hal_delivery.services.delivery import Delivery
from hal_delivery.services.fieldnames import FieldNames, Named, TooFar, documents
from hal_delivery.web.asking import Pair
from hal_delivery.web.failures import Mistake
from hal_delivery.web.filters import Filter, Unfit, nearest, read, read_as
from hal_delivery.web.vocabulary import OPERATORS, TEXT, VOCABULARY
from search_index.entry import Order, Typed
from search_index.query import Condition, Operator

#: What lists are sorted and filtered by besides fields, in the words of their answers.
META: Final[Mapping[str, str]] = {
    "_meta.name": "name",
    "_meta.path": "path",
    "_meta.type": "type",
    "_meta.locale": "locale",
    "_meta.id": "id",
    "_meta.displayName": "title",
    "_meta.createdAt": "created_at",
    "_meta.modifiedAt": "modified_at",
    "_meta.publishedAt": "published_at",
    "_meta.revision": "revision",
}

_DATES: Final = frozenset({"created_at", "modified_at", "published_at"})
_NUMBERS: Final = frozenset({"revision"})

#: The field of bundles and taxonomies that lists locales; they are one however they are written.
_LOCALES: Final = "locales"

#: What is made of words, of which only full text can ask.
_WORDED: Final = frozenset({FieldKind.TEXT, FieldKind.RICH_TEXT})

#: The operators that choose among values, and those that look into strings.
_CHOOSING: Final[tuple[Operator, ...]] = ("eq", "ne", "in", "nin")
_WITHIN_STRINGS: Final[tuple[Operator, ...]] = ("prefix", "contains")

_IDENTIFYING: Final[tuple[Operator, ...]] = (*_CHOOSING, "exists")
_COMPARING: Final = tuple(one for one in OPERATORS if one not in _WITHIN_STRINGS)

#: What can be asked of fields of a kind; of all other kinds everything.
_OPERATORS: Final[Mapping[FieldKind, Sequence[Operator]]] = {
    FieldKind.BOOLEAN: _COMPARING,
    FieldKind.INTEGER: _COMPARING,
    FieldKind.NUMBER: _COMPARING,
    FieldKind.DATE: _COMPARING,
    FieldKind.MIRROR: _IDENTIFYING,
    FieldKind.IMAGE_LINK: _IDENTIFYING,
    FieldKind.COMPOUND: ("exists",),
}

#: Filters that are known at once, and the longest of them.
_MOST_KNOWN: Final = 2048
_LONGEST_KNOWN: Final = 256

_AN_ID: Final = "c580ac64-3874-4717-a6d9-e5ad72080abe"


#: What a text can stand for.
_Reading = Callable[[str], Iterable[Typed]]


def conditions(
    filters: Iterable[Pair],
    delivery: Delivery,
    kind: Kind,
    among: Collection[str] | None,
    mistakes: list[Mistake],
) -> dict[Pair, Condition]:
    """What each of *filters* asks; one that nobody can answer is a mistake.

    The list holds nodes of *kind*, documents only of the types *among* and of
    what extends them.
    """
    found: dict[Pair, Condition] = {}
    filtering = Filtering.of(delivery, kind, among)
    for name, text in filters:
        try:
            found[name, text] = filtering.condition(name, text)
        except Unfit as wrong:
            mistakes.append(
                Mistake(name[:80], wrong.reason, text[:80], wrong.nearest, wrong.example)
            )
    return found


@dataclass(frozen=True, slots=True)
class Filtering:
    """How the filters of one list are read.

    ``trees`` are the taxonomies that were looked at, ``named`` what names were found
    to stand for, ``known`` what filters were found to ask.
    """

    delivery: Delivery
    fields: FieldNames
    trees: dict[str, Sequence[Category]] = field(default_factory=dict)
    named: dict[str, Named | None] = field(default_factory=dict)
    known: dict[Pair, Condition | None] = field(default_factory=dict)

    @classmethod
    def of(cls, delivery: Delivery, kind: Kind, among: Collection[str] | None) -> Filtering:
        """Of nodes of *kind*, documents only of the types *among* and of what extends them."""
        types, known = delivery.types, delivery.field_names()
        every = documents(types, among)
        return cls(delivery, FieldNames(types, kind, every, known, delivery.is_undeclared))

    def find(self, pair: Pair) -> Condition | None:
        """What a filter asks; ``None`` where nobody can answer it."""
        if pair not in self.known:
            try:
                self.known[pair] = self.condition(*pair)
            except Unfit:
                self.known[pair] = None
        return self.known[pair]

    def name(self, name: str) -> Named | None:
        """What *name* stands for, or ``None``; :class:`TooFar` behind two references."""
        if name not in self.named:
            self.named[name] = self.fields.find(name)
        return self.named[name]

    def condition(self, written: str, text: str) -> Condition:
        """What a filter asks, or :class:`Unfit`."""
        one = self._parsed(written, text)
        reference, dot, attribute = one.name.rpartition("_meta.")
        if not dot:
            return self._of_field(one, self._named(one.name))
        name = META.get(f"_meta.{attribute}")
        if name is None or (reference and not reference.endswith(".")):
            raise self._unknown(one.name)
        if not reference:
            return self._of_node(one, name)
        named = self._named(reference.removesuffix("."))
        if named.through is None or named.name:
            raise self._unknown(one.name)
        return self._of_node(one, name, named.through)

    def _parsed(self, written: str, text: str) -> Filter:
        try:
            return Filter.parse(written, text)
        except Unfit:
            # Where the name says nothing either, that is the mistake.
            name = written.rpartition("[")[0]
            if name not in META:
                self._named(name)
            raise

    def _named(self, name: str) -> Named:
        try:
            found = self.name(name)
        except TooFar:
            raise Unfit("leads through two references, and one is the most") from None
        if found is None:
            raise self._unknown(name)
        return found

    def _unknown(self, name: str) -> Unfit:
        fields = sorted(one for one in self.fields.names() if ":" not in one)
        ours = nearest(f"_{name}", VOCABULARY)
        theirs = nearest(name, (*fields, *META))
        close = [*theirs, *ours]
        told = "is no parameter of this address, and names no field that is known here"
        example = f"{close[0]}[exists]=true" if close else None
        if ours and not theirs:
            example = f"{ours[0]}={VOCABULARY[ours[0]].example}"
        return Unfit(told, close or fields[:12], example)

    # -- what a node has of its own -----------------------------------------

    def _of_node(self, one: Filter, attribute: str, through: str | None = None) -> Condition:
        if attribute == "id":
            _check(one, _IDENTIFYING)
        elif attribute in _DATES or attribute in _NUMBERS:
            _check(one, _COMPARING)
        return Condition(
            name=attribute,
            operator=one.operator,
            readings=_read_all(one, lambda text: self._attribute(attribute, one, text)),
            of="node",
            through=through,
            below=self.delivery.mount.content_root if attribute == "path" else "",
        )

    def _attribute(self, attribute: str, one: Filter, text: str) -> Iterable[Typed]:
        """What *text* stands for as an attribute of a node."""
        if attribute in _DATES:
            return read_as(text, [FieldKind.DATE])
        if attribute in _NUMBERS:
            return read_as(text, [FieldKind.INTEGER])
        if attribute == "id":
            return _strings([_checked_id(text)])
        if attribute == "type" and one.operator in _CHOOSING:
            return _strings(self._types(text))
        if attribute == "locale":
            return _strings([locales.tag(text)])
        if attribute == "path":
            text = text.lstrip("/") if one.operator in _WITHIN_STRINGS else text.strip("/")
        return _strings([names.normalise(text)])

    def _types(self, name: str) -> list[str]:
        """The full names of the types that *name*, a short or a full one, stands for."""
        found = [one.name for one in self.delivery.types.find(name)]
        found += [one for one in TYPE_OF_KIND.values() if name in (one, one.partition(":")[2])]
        if found:
            return found
        known = [one.partition(":")[2] for one in documents(self.delivery.types)]
        close = nearest(name, known) or sorted(known)[:12]
        raise Unfit("expected the name of a document type", close, close[0] if close else None)

    # -- fields ---------------------------------------------------------------

    def _of_field(self, one: Filter, named: Named) -> Condition:
        if _is_settled(named) and len(one.written) + len(one.text) <= _LONGEST_KNOWN:
            return _settled(one, named)
        return _of_field(one, named, lambda text: self._values(one, named, text))

    def _values(self, one: Filter, named: Named, text: str) -> Iterable[Typed]:
        """What *text* stands for as a value of a field."""
        found = _read(one, named, text)
        if one.operator in _CHOOSING:
            if named.name == _LOCALES and self.fields.kind in (Kind.BUNDLE, Kind.TAXONOMY):
                tag = locales.tag(text)
                found += _strings([tag, tag.replace("-", "_")])
            for key_field in named.fields:
                if key_field.kind is FieldKind.TAXONOMY_KEYS and key_field.taxonomy:
                    found += _strings(self._below(key_field.taxonomy, text))
        return found

    def _below(self, name: str, key: str) -> list[str]:
        """The keys of the category of that *key* in a taxonomy, and of all below it."""
        if name not in self.trees:
            try:
                node = self.delivery.find_keyed(Kind.TAXONOMY, name)
                self.trees[name] = taxonomy.categories(node)
            except NodeNotFound:
                self.trees[name] = ()
        every = (one for top in self.trees[name] for one in top.walk())
        wanted = names.normalise(key)
        found = (one for one in every if names.normalise(one.key) == wanted)
        return [below.key for one in found for below in one.walk()]


# -- what follows from a declaration alone --------------------------------------


@lru_cache(maxsize=_MOST_KNOWN)
def _is_settled(named: Named) -> bool:
    """Whether a field's declarations and a text are all that says what a filter asks."""
    return named.name != _LOCALES and not any(
        one.kind is FieldKind.TAXONOMY_KEYS for one in named.fields
    )


@lru_cache(maxsize=_MOST_KNOWN)
def _settled(one: Filter, named: Named) -> Condition:
    return _of_field(one, named, lambda text: _read(one, named, text))


def _of_field(one: Filter, named: Named, reading: _Reading) -> Condition:
    """What a filter asks of a field, of which a text says what *reading* makes of it."""
    if not named.free:
        _check(one, _possible(one, named.kinds))
    if not named.name:
        return _of_reference(one, named, reading)
    readings = _read_all(one, reading)
    return Condition(
        name=named.name, operator=one.operator, readings=readings, through=named.through
    )


def _of_reference(one: Filter, named: Named, reading: _Reading) -> Condition:
    """What a filter asks of what a reference leads to; where it is other things as well,
    of these, unless it names nodes."""
    texts = one.texts()
    if one.operator in _CHOOSING and all(map(names.is_id, texts)):
        ids = tuple(_strings(text.lower() for text in texts))
        return Condition(name="", operator=one.operator, readings=ids, through=named.through)
    if not (one.operator == "exists" or named.free or named.kinds - REFERRING):
        raise Unfit("expected the id of a node", example=f"{one.written}={_AN_ID}")
    readings = _read_all(one, reading)
    return Condition(name=named.through or "", operator=one.operator, readings=readings)


def _read(one: Filter, named: Named, text: str) -> list[Typed]:
    """What *text* stands for, whatever the field's name and whatever taxonomies hold."""
    if one.operator in _WITHIN_STRINGS:
        return _strings([text])
    scalar = named.kinds - REFERRING - {FieldKind.COMPOUND}
    return [*(read_as(text, scalar) if scalar else ()), *(read(text) if named.free else ())]


def _read_all(one: Filter, reading: _Reading) -> tuple[Typed, ...]:
    """All that the texts of a filter can stand for, each by *reading*."""
    if one.operator == "exists":
        return _told(one, lambda text: read_as(text, [FieldKind.BOOLEAN]))
    return _told(one, reading)


def _told(one: Filter, reading: _Reading) -> tuple[Typed, ...]:
    """The same; an example of what would fit names the filter."""
    try:
        found = [value for text in one.texts() for value in reading(text)]
    except Unfit as wrong:
        example = None if wrong.example is None else f"{one.written}={wrong.example}"
        raise Unfit(wrong.reason, wrong.nearest, example) from None
    return tuple(dict.fromkeys(found))


def _possible(one: Filter, kinds: Collection[FieldKind]) -> set[Operator]:
    """What can be asked of fields of *kinds*."""
    if one.operator != "exists" and not _WORDED.isdisjoint(kinds):
        raise Unfit(
            f"is text, of which only words are kept, and {TEXT.name} finds them; "
            "a filter can ask whether it exists",
            example=f'{TEXT.name}={one.name}:"{one.text[:80]}"',
        )
    return {operator for kind in kinds for operator in _OPERATORS.get(kind, OPERATORS)}


def _check(one: Filter, possible: Collection[Operator]) -> None:
    """Refuse a way to compare that makes no sense of the field."""
    if one.operator not in possible:
        others = [operator for operator in OPERATORS if operator in possible]
        example = f"{one.name}[exists]=true"
        raise Unfit(f"cannot be compared by {one.operator!r}", others, example)


def _checked_id(text: str) -> str:
    if not names.is_id(text):
        raise Unfit("expected the id of a node", example=_AN_ID)
    return text.lower()


def _strings(texts: Iterable[str]) -> list[Typed]:
    return [(Order.STRING.value, text) for text in texts]

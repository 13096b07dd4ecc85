"""SKOS: the concepts of a vocabulary as the categories of a taxonomy.

A concept's key is its ``skos:notation``, else the last part of its address; it
lies below what it calls ``skos:broader``, or what calls it ``skos:narrower``.
Where that names several, the first address in code-point order counts.
Siblings stand in the order of their notations (10 after 9), then of their labels.

Nothing is fetched.  A document type declaration is where XML names other files,
and texts that grow without end: of entities, only short texts are read.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias
from urllib.parse import unquote
from xml.parsers import expat

from content_repo import locales
from hal_delivery.exchange.formats.texts import LARGEST, Note, line_of, small_enough
from hal_delivery.exchange.formats.trees import DEFAULT_LOCALE, Labels, Record, Tree, free, grown
from hal_delivery.exchange.formats.unreadable import Unreadable

_FORMATS: Final = {".ttl": "turtle", ".nt": "turtle", ".rdf": "xml"}

#: What the names of such files end in.
SUFFIXES: Final = frozenset(_FORMATS)

_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

#: Vocabularies whose literals are kept, by the prefix that they are kept under.
_KEPT: Final = {
    "skos": _SKOS,
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}

#: Relative addresses are seen from here, so that none tells where the file lies.
_BASE: Final = "http://relative.invalid/"

#: What has one of these is a concept, unless its type says otherwise.
_OF_CONCEPTS: Final = ("broader", "narrower", "topConceptOf", "inScheme", "prefLabel", "notation")
_NO_CONCEPTS: Final = frozenset(
    f"{_SKOS}{name}" for name in ("ConceptScheme", "Collection", "OrderedCollection")
)

#: Literals that become names, synonyms and descriptions; all others are properties.
_LABELS: Final = ("prefLabel", "altLabel", "definition", "scopeNote")

_MARKS: Final = re.compile(
    rb"[:#<;](?:Concept|ConceptScheme|broader|narrower|hasTopConcept|topConceptOf|inScheme)\b"
)
_BAD_SYNTAX: Final = re.compile(r"at line (\d+) of <[^\n]*>:\nBad syntax \((.*?)\) at \^", re.S)
_BAD_NODE: Final = re.compile(r"[^\n]*?:([0-9]+):[0-9]+: (.*)", re.DOTALL)
_DIGITS: Final = re.compile(r"([0-9]+)")
_BOM: Final = b"\xef\xbb\xbf"

#: Of a document type, how many entities there may be, and how many bytes each value has.
_MOST_ENTITIES: Final = 100
_LONGEST_VALUE: Final = 1024


@dataclass(frozen=True, slots=True, order=True)
class _Literal:
    """A text in a language; an empty language is none."""

    text: str
    language: str = ""


@dataclass(slots=True)
class _Said:
    """All that is said of one subject, by predicate: in code-point order once it is complete."""

    literals: dict[str, list[_Literal]]
    links: dict[str, list[str]]

    def texts(self, name: str) -> list[_Literal]:
        return self.literals.get(_SKOS + name, [])

    def linked(self, name: str) -> list[str]:
        return self.links.get(_SKOS + name, [])


_Graph: TypeAlias = Mapping[str, _Said]


def looks_like_skos(content: bytes) -> bool:
    """Whether a file speaks of concepts; other RDF may well use single words of SKOS."""
    return _SKOS.encode() in content and _MARKS.search(content) is not None


def read(content: bytes, suffix: str) -> Tree:
    """The tree of all concepts in a file, of whichever scheme they are."""
    graph = _read(content, suffix)
    notes: list[Note] = []
    concepts = _concepts(graph, notes)
    if not concepts:
        raise Unreadable("holds no SKOS concept")
    schemes = [id for id, said in graph.items() if f"{_SKOS}ConceptScheme" in said.links[_TYPE]]
    if len(schemes) > 1:
        notes.append((None, f"holds {len(schemes)} concept schemes; their concepts are one tree"))
    parents = _parents(graph, concepts, notes)
    keys = _keys(concepts, notes)
    spellings = _spellings(concepts, notes)
    records = [
        Record(id=id, key=keys[id], parents=parents[id], labels=_labels(said, spellings))
        for id, said in concepts.items()
    ]
    plain = sum(not one.language for said in concepts.values() for one in _names(said))
    if plain:
        notes.append((None, f"labels without a language, read as {DEFAULT_LOCALE!r}: {plain}"))
    records.sort(key=lambda record: (_rank(concepts[record.id], record), record.id))
    return grown(records, notes)


def _read(content: bytes, suffix: str) -> _Graph:
    small_enough(content)
    kind = _FORMATS.get(suffix.lower())
    if kind is None:
        known = ", ".join(sorted(_FORMATS))
        raise Unreadable(f"{suffix!r} is no SKOS file; SKOS files are {known}")
    if kind == "xml":
        _check_xml(content)
    else:
        content = content.removeprefix(_BOM)
        _check_utf8(content)
    return _parsed(content, kind)


def _check_utf8(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise Unreadable("is not UTF-8", line_of(content, failure.start)) from None


def _check_xml(content: bytes) -> None:
    """Refuse what is no XML, and what would ask for other files or grow beyond measure."""
    try:
        _Guard().parser.Parse(content, True)
    except expat.ExpatError as failure:
        reason = expat.ErrorString(failure.code)
        raise Unreadable(f"is no valid XML: {reason}", failure.lineno) from None
    except Unreadable:
        raise
    except (LookupError, ValueError) as failure:
        raise Unreadable(f"is no valid XML: {failure}", 1) from None


class _Guard:
    """A parser that only looks at a document type, and at what its entities make of the rest."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.EntityDeclHandler = self._entity
        self.parser.AttlistDeclHandler = self._attribute
        self._entities = 0
        self._size = 0

    def _document_type(self, _: str, system: str | None, public: str | None, __: bool) -> None:
        if system is not None or public is not None:
            self._refuse("names another file")

    def _entity(self, name: str, is_parameter: bool, value: str | None, *_: str | None) -> None:
        self._entities += 1
        if self._entities > _MOST_ENTITIES:
            self._refuse(f"has more than {_MOST_ENTITIES} entities")
        if is_parameter:
            self._refuse(f"has a parameter entity, {name!r}")
        if value is None:
            self._refuse(f"has an entity of another file, {name!r}")
        if "&" in value or "%" in value:
            self._refuse(f"has an entity made of others, {name!r}")
        self._take(name, value)

    def _attribute(self, _: str, name: str, __: str, value: str | None, ___: bool) -> None:
        if value is not None:
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if len(value.encode()) > _LONGEST_VALUE:
            self._refuse(f"has a value of more than {_LONGEST_VALUE} bytes, of {name!r}")
        # Only now, as it takes time: a short text that is named often is a long one.
        self.parser.StartElementHandler = self._element
        self.parser.CharacterDataHandler = self._text

    def _element(self, _: str, attributes: Mapping[str, str]) -> None:
        self._grow(sum(map(len, attributes.values())))

    def _text(self, text: str) -> None:
        self._grow(len(text))

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > LARGEST:
            reason = f"its entities make it larger; at most {LARGEST} characters can be read"
            raise Unreadable(reason, self.parser.CurrentLineNumber)

    def _refuse(self, reason: str) -> NoReturn:
        line = self.parser.CurrentLineNumber
        raise Unreadable(f"its document type (DOCTYPE) {reason}", line)


def _parsed(content: bytes, kind: str) -> _Graph:
    # Slow to import, and rarely needed.
    import rdflib

    graph = rdflib.Graph()
    with _quiet(rdflib):
        try:
            # As a stream: of bytes by themselves it supposes that they are UTF-8.
            graph.parse(io.BytesIO(content), format=kind, publicID=_BASE)
        # Its parsers raise whatever happens to them, assertions and index errors too.
        except Exception as failure:
            raise _unreadable(failure) from None
    stated: dict[str, _Said] = defaultdict(lambda: _Said(defaultdict(list), defaultdict(list)))
    for subject, predicate, value in graph:
        said = stated[_id(subject)]
        if isinstance(value, rdflib.Literal):
            if text := str(value).strip():
                said.literals[str(predicate)].append(_Literal(text, value.language or ""))
        else:
            said.links[str(predicate)].append(_id(value))
    for said in stated.values():
        for texts in said.literals.values():
            texts.sort()
        for links in said.links.values():
            links.sort()
    return dict(sorted(stated.items()))


def _unreadable(failure: Exception) -> Unreadable:
    """What a parser's failure says to whoever wrote the file."""
    match failure:
        case RecursionError():
            line, reason = None, "it is nested too deep"
        case AssertionError() | IndexError():
            line, reason = None, "it ends within a statement or a text"
        case _:
            found = _BAD_SYNTAX.match(str(failure)) or _BAD_NODE.match(str(failure))
            line, reason = (int(found[1]), found[2]) if found else (None, str(failure))
    return Unreadable(f"is no valid RDF: {reason}", line)


@contextmanager
def _quiet(rdflib: Any) -> Iterator[None]:
    """Literals as they are written, and no word about those that rdflib would rather change."""
    log, normalizes = logging.getLogger("rdflib"), rdflib.NORMALIZE_LITERALS
    level = log.level
    log.setLevel(logging.CRITICAL + 1)
    rdflib.NORMALIZE_LITERALS = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
        log.setLevel(level)


def _id(node: Any) -> str:
    """An address, or the label of a blank node, which begins like no address."""
    return str(node.n3()) if type(node).__name__ == "BNode" else str(node)


def _concepts(graph: _Graph, notes: list[Note]) -> dict[str, _Said]:
    concepts: dict[str, _Said] = {}
    unnamed = 0
    for id, said in graph.items():
        types = said.links[_TYPE]
        marked = any(said.texts(name) or said.linked(name) for name in _OF_CONCEPTS)
        if _NO_CONCEPTS & set(types) or not (marked or f"{_SKOS}Concept" in types):
            continue
        if id.startswith("_:") and not said.texts("notation"):
            unnamed += 1
        else:
            concepts[id] = said
    if unnamed:
        reason = f"concepts without an address and a notation, left out: {unnamed}"
        notes.append((None, reason))
    return concepts


def _parents(
    graph: _Graph, concepts: Mapping[str, _Said], notes: list[Note]
) -> dict[str, list[str]]:
    above = {id: set(said.linked("broader")) for id, said in concepts.items()}
    named: set[str] = set()
    for id, said in graph.items():
        for child in said.linked("narrower"):
            if child in above:
                above[child].add(id)
        named.update(said.linked("narrower"), said.linked("hasTopConcept"))
    if strangers := named - above.keys():
        others = f" and others: {len(strangers)}" if len(strangers) > 1 else ""
        notes.append((None, f"names a concept without describing it: <{min(strangers)}>{others}"))
    return {id: sorted(parents) for id, parents in above.items()}


def _keys(concepts: Mapping[str, _Said], notes: list[Note]) -> dict[str, str]:
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for id, said in concepts.items():
        notations = said.texts("notation")
        key = min(notations, key=_natural_text).text if notations else _last_part(id)
        if key in taken:
            longer = free(id, taken)
            notes.append((None, f"the key {key!r} is there already; <{id}> has {longer!r}"))
            keys[id] = longer
        else:
            keys[id] = free(key, taken)
    return keys


def _last_part(address: str) -> str:
    """What stands after the last ``#`` or ``/``; all of it where nothing does.

    >>> _last_part("http://example.org/topics#sea%20ice"), _last_part("http://example.org/x/")
    ('sea ice', 'x')
    """
    last = re.split("[#/]", address.rstrip("#/"))[-1]
    return unquote(last).strip() or address


def _spellings(concepts: Mapping[str, _Said], notes: list[Note]) -> dict[str, str]:
    """The locale of each language: as written, in one spelling where there are several."""
    written = {
        one.language
        for said in concepts.values()
        for texts in said.literals.values()
        for one in texts
    }
    first: dict[str, str] = {}
    spellings = {"": DEFAULT_LOCALE}
    for language in sorted(written - {""}):
        kept = spellings[language] = first.setdefault(locales.tag(language), language)
        if kept != language:
            notes.append((None, f"the language {language!r} is {kept!r} in another spelling"))
    return spellings


def _names(said: _Said) -> list[_Literal]:
    return [*said.texts("prefLabel"), *said.texts("altLabel")]


def _labels(said: _Said, spellings: Mapping[str, str]) -> dict[str, Labels]:
    labels: dict[str, Labels] = {}
    names, synonyms, definitions, scopes = (
        _by_locale(said.texts(name), spellings) for name in _LABELS
    )
    for locale in [*names, *synonyms, *definitions, *scopes]:
        called = names.get(locale, [])
        others = dict.fromkeys([*called[1:], *synonyms.get(locale, [])])
        explained = definitions.get(locale) or scopes.get(locale) or []
        labels[locale] = Labels(
            name=called[0] if called else None,
            description="\n\n".join(explained) or None,
            synonyms=[other for other in others if other not in called[:1]],
        )
    for locale in definitions.keys() & scopes.keys():
        labels[locale].properties["skos:scopeNote"] = _one_or_all(scopes[locale])
    _add_properties(labels, said, spellings)
    return labels


def _by_locale(literals: Iterable[_Literal], spellings: Mapping[str, str]) -> dict[str, list[str]]:
    """Texts by locale; those in no language come after those in the one they are taken for."""
    texts: dict[str, list[str]] = defaultdict(list)
    for one in sorted(literals, key=lambda literal: not literal.language):
        texts[spellings[one.language]].append(one.text)
    return texts


def _add_properties(labels: dict[str, Labels], said: _Said, spellings: Mapping[str, str]) -> None:
    """Keep all other literals, those in no language where a category's name is taken from."""
    home = DEFAULT_LOCALE if DEFAULT_LOCALE in labels or not labels else min(labels)
    for predicate, literals in sorted(said.literals.items()):
        curie = _curie(predicate)
        # A single notation is the key already.
        if curie is None or (curie == "skos:notation" and len(literals) == 1):
            continue
        by_locale = _by_locale(literals, {**spellings, "": home})
        for locale, texts in by_locale.items():
            labels.setdefault(locale, Labels()).properties[curie] = _one_or_all(texts)


def _one_or_all(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else texts


def _curie(predicate: str) -> str | None:
    """The short form of a predicate that becomes a property, or ``None``."""
    for prefix, vocabulary in _KEPT.items():
        name = predicate.removeprefix(vocabulary)
        if name != predicate:
            return None if prefix == "skos" and name in _LABELS else f"{prefix}:{name}"
    return None


def _rank(said: _Said, record: Record) -> tuple[bool, Any]:
    notations = said.texts("notation")
    if not notations:
        return True, record.label
    return False, min(_natural_text(one) for one in notations)


def _natural_text(literal: _Literal) -> list[tuple[int, str]]:
    return natural(literal.text)


def natural(text: str) -> list[tuple[int, str]]:
    """What to sort *text* by so that numbers in it count as numbers.

    >>> sorted(["a10", "a9", "a09b", "10"], key=natural)
    ['10', 'a9', 'a09b', 'a10']
    """
    parts = _DIGITS.split(text)
    # Digits are at odd places; compared by length first, no number is too long.
    return [
        (len(part.lstrip("0")), part.lstrip("0")) if place % 2 else (0, part)
        for place, part in enumerate(parts)
    ]

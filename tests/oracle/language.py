"""What a text that somebody asks for means, and which documents it finds.

The grammar of ``_q`` is read here a second time, by a parser that shares nothing with
the service's.  Where the specification leaves a query open (a parenthesis or a quote
within a chunk, an operator that dangles elsewhere than at an end), the oracle asks none.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import snowballstemmer

from tests.oracle.text import Gap, Units, fold, is_unspaced, units

_STEMMERS: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

_TITLE_BOOST, _TITLE_B, _TITLE_PIVOT = 6.0, 0.5, 8
_TEXT_BOOST, _TEXT_B, _TEXT_PIVOT = 1.0, 0.75, 400
_SAME_STEM: Final = 0.4


@functools.cache
def stem(word: str, language: str) -> str:
    """The stem of a folded word; of a language without a stemmer the word itself.

    >>> stem("houses", "en"), stem("houses", "ja")
    ('hous', 'houses')
    """
    name = _STEMMERS.get(language)
    return str(_stemmer(name).stemWord(word)) if name else word


@functools.cache
def _stemmer(name: str) -> snowballstemmer.basestemmer.BaseStemmer:
    return snowballstemmer.stemmer(name)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One value of a document in a language: what leaves are counted in; ``words`` are in order."""

    row: Units
    words: tuple[str, ...]
    counts: Counter[str]
    stems: dict[str, list[str]]
    signs: tuple[Gap, ...]

    @classmethod
    def of(cls, row: Units, language: str) -> Words:
        counts = Counter(row.units)
        stems: dict[str, list[str]] = defaultdict(list)
        words = tuple(sorted(word for word in counts if not is_unspaced(word)))
        for word in words:
            stems[stem(word, language)].append(word)
        return cls(row, words, counts, dict(stems), tuple(gap for gap in row.gaps if gap[0]))


# -- leaves --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or whatever has the same stem if it is not *exact*."""

    text: str
    exact: bool
    field: str | None = None

    def count(self, value: Words, language: str) -> float:
        found = float(value.counts[self.text])
        if not self.exact:
            alike = value.stems.get(stem(self.text, language), ())
            found += _SAME_STEM * sum(value.counts[one] for one in alike if one != self.text)
        return found


@dataclass(frozen=True, slots=True)
class Prefix:
    """Every word that begins so."""

    text: str
    field: str | None = None

    def count(self, value: Words, language: str) -> float:
        first = bisect.bisect_left(value.words, self.text)
        found = itertools.takewhile(lambda one: one.startswith(self.text), value.words[first:])
        return float(sum(value.counts[word] for word in found))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Units side by side, with the signs that are asked for between and around them."""

    row: Units
    field: str | None = None

    def count(self, value: Words, language: str) -> float:
        if any(one not in value.counts for one in self.row.units):
            return 0.0
        return float(sum(self._is_at(value.row, at) for at in self._starts(value.row)))

    def _starts(self, row: Units) -> Iterator[int]:
        at = -1
        try:
            while True:
                at = row.units.index(self.row.units[0], at + 1)
                yield at
        except ValueError:
            return

    def _is_at(self, row: Units, at: int) -> bool:
        length = len(self.row)
        if row.units[at : at + length] != self.row.units:
            return False
        gaps = row.gaps[at : at + length + 1]
        return all(
            self._is_joined(number, gap) and _holds(gap, signs)
            for number, (gap, (signs, _)) in enumerate(zip(gaps, self.row.gaps, strict=True))
        )

    def _is_joined(self, number: int, gap: Gap) -> bool:
        """Letters without blanks in the query are such in the text."""
        if not 0 < number < len(self.row) or not self.row.gaps[number][1]:
            return True
        return gap[1] or not all(map(is_unspaced, self.row.units[number - 1 : number + 1]))


@dataclass(frozen=True, slots=True)
class Sign:
    """Symbols without a word."""

    text: str
    field: str | None = None

    def count(self, value: Words, language: str) -> float:
        return float(sum(_holds(gap, (self.text,)) for gap in value.signs))


def _holds(gap: Gap, signs: Sequence[str]) -> bool:
    return all(any(wanted in sign for sign in gap[0]) for wanted in signs)


Leaf = Word | Prefix | Phrase | Sign


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class No:
    part: Node


Node = All | Some | No | Leaf


def leaves(node: Node, text: Text) -> Iterator[Leaf]:
    """The leaves by which *node* finds *text*: none of what is denied, or does not hold itself."""
    match node:
        case All() | Some():
            for part in node.parts:
                if text.matches(part):
                    yield from leaves(part, text)
        case No():
            return
        case _:
            yield node


# -- reading -------------------------------------------------------------------

_BEFORE: Final = re.compile(r"-(?=[\w\"(])")
_FIELD: Final = re.compile(r"([\w.]+):(?=[\w\"(])")
_OPERATORS: Final = ("AND", "OR", "NOT")


def parse(text: str, fields: Collection[str]) -> Node | None:
    """What *text* says, or ``None`` where it says nothing.

    >>> parse("a OR -b", ())  # doctest: +ELLIPSIS
    Some(parts=(Word(text='a', exact=False, field=None), No(part=Word(text='b', ...
    >>> parse("title:nine*", ["title"])
    Prefix(text='nine', field='title')
    """
    reader = _Reader(_tokens(text, fields))
    return reader.some(None)


Token = tuple[str, str]


def _tokens(text: str, fields: Collection[str]) -> list[Token]:
    """Kind and text of each token: ``not field ( ) quoted chunk`` and the operators."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        name = _FIELD.match(text, at)
        if text[at].isspace():
            at += 1
        elif text[at] in "()":
            found.append((text[at], ""))
            at += 1
        elif text[at] == '"' and '"' not in text[at + 1 :]:
            at += 1
        elif text[at] == '"':
            end = text.index('"', at + 1)
            found.append(("quoted", text[at + 1 : end]))
            at = end + 1
        elif _BEFORE.match(text, at):
            found.append(("NOT", ""))
            at += 1
        elif name and name[1] in fields:
            found.append(("field", name[1]))
            at = name.end()
        else:
            end = next((n for n in range(at, len(text)) if text[n].isspace() or text[n] == ")"),
                       len(text))  # fmt: skip
            chunk = text[at:end]
            found.append((chunk, "") if chunk in _OPERATORS else ("chunk", chunk))
            at = end
    return found


class _Reader:
    """Tokens as a tree: NOT binds most, then AND, then OR."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def some(self, field: str | None) -> Node | None:
        parts = [self._all(field)]
        while self._is("OR"):
            self._at += 1
            parts.append(self._all(field))
        return _joined(Some, parts)

    def _all(self, field: str | None) -> Node | None:
        parts: list[Node | None] = []
        while self._at < len(self._tokens) and not self._is("OR") and not self._is(")"):
            if self._is("AND"):
                self._at += 1
            else:
                parts.append(self._one(field))
        return _joined(All, parts)

    def _one(self, field: str | None) -> Node | None:
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "NOT":
            denied = self._one(field)
            return None if denied is None else No(denied)
        if kind == "field":
            return self._one(text)
        if kind == "(":
            inner = self.some(field)
            self._at += 1
            return inner
        return leaf(text, field, quoted=kind == "quoted")

    def _is(self, kind: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] == kind


def _joined(kind: type[All] | type[Some], parts: Sequence[Node | None]) -> Node | None:
    there = tuple(part for part in parts if part is not None)
    if len(there) < 2:
        return there[0] if there else None
    return kind(there)


def leaf(chunk: str, field: str | None = None, *, quoted: bool = False) -> Leaf | None:
    """What one chunk asks for.

    >>> leaf("c++").row.gaps[1], leaf("..."), leaf("%")
    ((('++',), False), None, Sign(text='%', field=None))
    """
    row = units(chunk)
    signs = [sign for gap, _ in row.gaps for sign in gap]
    is_word = len(row) == 1 and not is_unspaced(row.units[0])
    if is_word and not quoted and signs == ["*"] and fold(chunk).endswith("*"):
        return Prefix(row.units[0], field)
    if not row.units:
        return Sign(signs[0], field) if signs else None
    return Word(row.units[0], quoted, field) if is_word and not signs else Phrase(row, field)


# -- finding -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """One text of a document, with the name of its field, in the language it is written in."""

    field: str
    words: Words
    language: str

    def count(self, leaf: Leaf) -> float:
        return leaf.count(self.words, self.language)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A document as search reads it: its title, and all its other texts."""

    title: Value
    others: tuple[Value, ...]

    # Asked again for every document that a list counts, matches and scores.
    @functools.lru_cache(maxsize=2**16)  # noqa: B019
    def frequency(self, leaf: Leaf) -> float:
        """How often a leaf is there, weighed by where and by how much else is."""
        found = 0.0
        if leaf.field in (None, "title"):
            norm = 1 - _TITLE_B + _TITLE_B * len(self.title.words.row) / _TITLE_PIVOT
            found += _TITLE_BOOST * self.title.count(leaf) / norm
        length = sum(len(one.words.row) for one in self.others)
        norm = 1 - _TEXT_B + _TEXT_B * length / _TEXT_PIVOT
        asked = [one for one in self.others if leaf.field in (None, one.field)]
        return found + _TEXT_BOOST * sum(one.count(leaf) for one in asked) / norm

    def matches(self, node: Node) -> bool:
        match node:
            case All():
                return all(map(self.matches, node.parts))
            case Some():
                return any(map(self.matches, node.parts))
            case No():
                return not self.matches(node.part)
            case _:
                return self.frequency(node) > 0


def rarity(entries: int, matching: int) -> float:
    """How much it says that a document matches a leaf.

    >>> rarity(100, 1) > rarity(100, 50) > 0
    True
    """
    return math.log(1 + (entries - matching + 0.5) / (matching + 0.5))


def score(node: Node, text: Text, weights: Mapping[Leaf, float]) -> float:
    """The score of a text that *node* finds, for leaves with their rarities."""
    total = 0.0
    for one in leaves(node, text):
        frequency = text.frequency(one)
        total += weights[one] * frequency * 2.2 / (1.2 + frequency)
    return round(total, 9)

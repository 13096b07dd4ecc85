"""The Whoosh schema: fixed, whatever the document types are.

An entry's words are in two fields, the title's apart because they count more;
everything else about it is one stored value.  No term stands for an id or a
path: entries are deleted by their number, and selected in the catalogue.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Final

import whoosh
from whoosh import fields, scoring
from whoosh import query as terms

from content_repo import Side
from search_index import analysis, flatten
from search_index.parsing import Phrase

#: The fields that words are in, and how much a word counts there.
BOOSTS: Final = {"title": 3.0, "text": 1.0}

#: Raise it whenever what is written to disk has another form.
VERSION: Final = 1

#: Positions between two texts, so that no phrase reaches from one into the next.
_GAP: Final = 100


class Words(fields.TEXT):
    """Texts by their words and positions.

    Goes around Whoosh's analyzers: their objects, one for each word, cost most
    of the time that indexing takes.
    """

    def __init__(self) -> None:
        super().__init__(analyzer=_split, phrase=True, stored=False)

    def index(
        self, value: Sequence[str], **_options: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each word with its count, weight and encoded positions."""
        positions: dict[str, list[int]] = {}
        at = 0
        for text in value:
            for word in analysis.words(text):
                positions.setdefault(word, []).append(at)
                at += 1
            at += _GAP
        for word, found in positions.items():
            yield word.encode(), len(found), float(len(found)), self.format.encode(found)


def _split(text: str, **_options: Any) -> list[str]:
    """Stands where Whoosh wants an analyzer."""
    return analysis.words(text)


SCHEMA: Final = fields.Schema(
    title=Words(), text=Words(), entry=fields.STORED(), bookmark=fields.STORED()
)

WEIGHTING: Final = scoring.BM25F()


def fingerprint(side: Side) -> str:
    """What an index on disk must have been written with to be of use here."""
    made_of = (
        VERSION, side.value, flatten.VERSION, analysis.VERSION, _GAP,
        unicodedata.unidata_version, whoosh.__version__,
    )  # fmt: skip
    return hashlib.blake2b(repr(made_of).encode(), digest_size=12).hexdigest()


def holding(phrases: Sequence[Phrase], reader: Any) -> terms.Query | None:
    """The Whoosh query for entries that hold all of *phrases*, in either field.

    ``None`` if nothing in *reader* can.  A field that lacks a word is left out:
    joining postings is what costs most in a search.
    """
    found = [_either(phrase, reader) for phrase in phrases]
    return None if None in found else terms.And(found)


def _either(phrase: Phrase, reader: Any) -> terms.Query | None:
    found = [
        _in_field(name, phrase, boost)
        for name, boost in BOOSTS.items()
        if all((name, word.encode()) in reader for word in phrase)
    ]
    return (found[0] if len(found) == 1 else terms.Or(found)) if found else None


def _in_field(name: str, phrase: Phrase, boost: float) -> terms.Query:
    if len(phrase) == 1:
        return terms.Term(name, phrase[0], boost=boost)
    return terms.Phrase(name, list(phrase), boost=boost)

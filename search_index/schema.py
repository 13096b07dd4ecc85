"""The Whoosh schema: fixed, whatever the document types are.

An entry's words are in two fields, the title's apart because they count more; a
third lists which words have which stem; everything else about it is one stored
value.  Which field of a document a word is in follows from its place: an entry
knows where each of its texts begins and ends.  No term stands for an id or a path:
entries are deleted by their number, and selected in the catalogue.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Final

import whoosh
from whoosh import fields, formats

from content_repo import Side
from search_index import analysis, flatten, stemming

TITLE: Final = "title"
TEXT: Final = "text"
#: Terms of this field are a language, a stem in it, and a word that has it and is another.
FORMS: Final = "forms"

#: Raise it whenever what is written to disk has another form.
VERSION: Final = 4


class Places(formats.Format):
    """Where a word stands, as four bytes each; how often is the posting's weight.

    Whoosh's own format pickles them, which costs most of the time of reading.
    """

    def __init__(self) -> None:
        super().__init__(field_boost=1.0)

    def fixed_value_size(self) -> None:
        return None

    def decode_frequency(self, value: bytes) -> int:
        return len(value) // 4

    def combine(self, values: Sequence[bytes]) -> bytes:
        return b"".join(values)


def _words() -> fields.FieldType:
    return fields.FieldType(Places(), analyzer=None)


# Says how postings are read; they are written by :mod:`search_index.inverting`.
SCHEMA: Final = fields.Schema(
    title=_words(), text=_words(), forms=fields.FieldType(formats.Existence(), analyzer=None),
    entry=fields.STORED(), bookmark=fields.STORED(),
)  # fmt: skip


def fingerprint(side: Side, language: str) -> str:
    """What an index on disk must have been written with to be of use here."""
    made_of = (
        VERSION, side.value, language, flatten.VERSION, analysis.VERSION, stemming.VERSION,
        unicodedata.unidata_version, whoosh.__version__,
    )  # fmt: skip
    return hashlib.blake2b(repr(made_of).encode(), digest_size=12).hexdigest()

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
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import whoosh
from whoosh import fields, formats

from content_repo import Side
from search_index import analysis, flatten, stemming

TITLE: Final = "title"
TEXT: Final = "text"
#: Terms of this field are a language, a stem in it, and a word that has it and is another.
FORMS: Final = "forms"

#: Raise it whenever what is written to disk has another form.
VERSION: Final = 2


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


class Words(fields.FieldType):
    """Words by where they stand; takes what :class:`search_index.flatten.Flat` has.

    Goes around Whoosh's analyzers: their objects, one for each word, cost most
    of the time that indexing takes.
    """

    def __init__(self) -> None:
        super().__init__(format=Places(), analyzer=_unread, scorable=True, stored=False)

    def index(
        self, value: Mapping[str, Sequence[int]], **_options: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each word with its count, weight and encoded places."""
        for word, places in value.items():
            yield word.encode(), len(places), float(len(places)), array("I", places).tobytes()


class Presence(fields.FieldType):
    """Terms that are there or not."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=_unread, scorable=True, stored=False)

    def index(
        self, value: Iterable[str], **_options: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Each term."""
        for term in value:
            yield term.encode(), 1, 1.0, b""


def _unread(*_values: Any, **_options: Any) -> list[str]:
    """Stands where Whoosh wants an analyzer."""
    return []


# All keep their lengths, which nobody asks for: Whoosh looks for the file of a field
# that has none at each posting.
SCHEMA: Final = fields.Schema(
    title=Words(), text=Words(), forms=Presence(),
    entry=fields.STORED(), bookmark=fields.STORED(),
)  # fmt: skip


def fingerprint(side: Side, language: str) -> str:
    """What an index on disk must have been written with to be of use here."""
    made_of = (
        VERSION, side.value, language, flatten.VERSION, analysis.VERSION, stemming.VERSION,
        unicodedata.unidata_version, whoosh.__version__,
    )  # fmt: skip
    return hashlib.blake2b(repr(made_of).encode(), digest_size=12).hexdigest()

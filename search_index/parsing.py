"""Reading the text of a search into what must be found.

Words are all to be found; words in double quotes stand next to each other;
everything else is punctuation, so that every text is a legal query.  A text
without any word finds nothing.
"""

from __future__ import annotations

import re
from typing import Final

from search_index.analysis import words
from search_index.errors import InvalidQuery

#: Bounds on a search text; beyond them it is refused.
MOST_CHARACTERS: Final = 512
MOST_WORDS: Final = 32

#: Words that stand next to each other; most often a single one.
Phrase = tuple[str, ...]

_QUOTED: Final = re.compile('"([^"]*)"')


def parse(text: str) -> tuple[Phrase, ...]:
    """All phrases that an entry must hold, each once.

    >>> parse('Alder "Quoted Phrase" c++ "')
    (('alder',), ('quoted', 'phrase'), ('c',))
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidQuery(bound="characters", limit=MOST_CHARACTERS, given=len(text))
    found: list[Phrase] = []
    # Splitting at a group yields what is outside and inside quotes by turns.
    for number, part in enumerate(_QUOTED.split(text)):
        here = words(part)
        found.extend([tuple(here)] if number % 2 else [(word,) for word in here])
    count = sum(map(len, found))
    if count > MOST_WORDS:
        raise InvalidQuery(bound="words", limit=MOST_WORDS, given=count)
    return tuple(phrase for phrase in dict.fromkeys(found) if phrase)

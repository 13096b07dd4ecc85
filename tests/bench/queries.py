"""What is asked: hundreds of words, phrases and documents of each class, by the corpus.

Every line of a table takes another one for each request, so that no cache of results
makes a figure.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median_high
from typing import Any, Final

from tests.bench import corpus

#: How many of each class at most.
MOST: Final = 600

#: Of all documents, how many hold a word of that class.
SHARES: Final = {"rare": 0.0005, "medium": 0.02, "common": corpus.COMMON_SHARE}

_WORD: Final = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Queries:
    """Words by how many documents hold them, and what else can be asked for."""

    rare: tuple[str, ...]
    medium: tuple[str, ...]
    common: tuple[str, ...]
    #: Two common words, wherever they are; and where they stand side by side.
    pairs: tuple[str, ...]
    phrases: tuple[str, ...]
    authors: tuple[str, ...]
    ids: tuple[str, ...]
    paths: tuple[str, ...]
    #: Documents that hold the words of a class, at the median.
    hits: dict[str, int]

    def cut(self, most: int) -> Queries:
        """The first ones of each class, at most so many."""
        some: dict[str, Any] = {
            name: value[:most] for name, value in asdict(self).items() if isinstance(value, tuple)
        }
        return replace(self, **some)


def queries(size: int) -> Queries:
    """The queries of a corpus of *size*, in no particular order."""
    chance = random.Random(7)
    held: Counter[str] = Counter()
    authors: set[str] = set()
    phrases: set[str] = set()
    for one in corpus.documents(size):
        held.update(set(_WORD.findall(f"{one.title.lower()} {one.introduction} {one.body}")))
        authors.add(one.author)
        # The phrases of all documents would be far too many.
        if len(phrases) < 4 * MOST:
            phrases.update(_phrases(one.body))
    words = {name: _nearest(held, share * size, chance) for name, share in SHARES.items()}
    numbers = chance.sample(range(size), min(MOST, size))
    return Queries(
        rare=tuple(words["rare"]),
        medium=tuple(words["medium"]),
        common=tuple(words["common"]),
        pairs=tuple(" ".join(chance.sample(words["common"], 2)) for _ in range(MOST)),
        phrases=tuple(chance.sample(sorted(phrases), min(MOST, len(phrases)))),
        authors=tuple(sorted(authors)),
        ids=tuple(map(corpus.id_of, numbers)),
        paths=tuple(map(corpus.path_of, numbers)),
        hits={name: median_high(held[one] for one in some) for name, some in words.items()},
    )


def kept(folder: Path, size: int) -> Queries:
    """The queries of the corpus in *folder*, written to a file beside it the first time."""
    digest = hashlib.blake2b(Path(__file__).read_bytes(), digest_size=4).hexdigest()
    file = folder / f"queries-{digest}.json"
    if not file.exists():
        file.write_text(json.dumps(asdict(queries(size)), indent=1))
    found: dict[str, Any] = json.loads(file.read_text())
    return Queries(
        **{name: tuple(some) for name, some in found.items() if name != "hits"},
        hits=found["hits"],
    )


def _nearest(held: Counter[str], wanted: float, chance: random.Random) -> list[str]:
    """The words of which as many documents as *wanted* hold one, or nearly so many.

    Of more than there is room for, any: neighbours in the alphabet lie side by side in an index.
    """
    some = sorted(held)
    chance.shuffle(some)
    some = sorted(some, key=lambda word: abs(held[word] - wanted))[: corpus.COMMON]
    chance.shuffle(some)
    return some


def _common() -> frozenset[str]:
    return frozenset(corpus.vocabulary()[: corpus.COMMON])


def _phrases(text: str) -> Iterator[str]:
    """Two common words each, that stand side by side in *text*."""
    words = text.split()
    for one, other in pairwise(words):
        if one in _common() and other in _common() and one != other:
            yield f"{one} {other}"

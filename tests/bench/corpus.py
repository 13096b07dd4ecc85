"""A deterministic corpus: the same documents for the same size, on any machine.

Documents have some 2 KB, words follow Zipf's law, as they do in real texts.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from content_repo import DocumentType, Field, FieldKind, Kind, Repository, Side

TYPE: Final = "bench:article"
VOCABULARY: Final = 30_000
WORDS: Final = 230
PER_FOLDER: Final = 500
PER_COMMIT: Final = 500
START: Final = 1_400_000_000_000

_TYPE: Final = DocumentType(
    name=TYPE,
    fields=(
        Field(name="title", kind=FieldKind.STRING, required=True),
        Field(name="introduction", kind=FieldKind.TEXT),
        Field(name="date", kind=FieldKind.DATE),
        Field(name="author", kind=FieldKind.STRING),
        Field(name="body", kind=FieldKind.RICH_TEXT),
    ),
)


def documents(size: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and fields of *size* documents."""
    chance = random.Random(2026)
    letters = "abcdefghijklmnoprstuvwz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    for number in range(size):
        text = chance.choices(words, cum_weights=weights, k=WORDS)
        yield (
            f"article-{number:06}",
            {
                "title": " ".join(text[:5]).capitalize(),
                "introduction": " ".join(text[5:30]),
                "date": START + chance.randrange(10**11),
                "author": chance.choice(words[:200]),
                "body": f"<p>{' '.join(text[30:])}</p>",
            },
        )


def load(repository: Repository, size: int) -> None:
    """Fill an empty repository; does nothing when it was done before."""
    top = repository.reader(Side.PUBLISHED).at("content/documents")
    assert top is not None
    if repository.position > size:
        return
    with repository.write(message="bench") as tx:
        tx.define([_TYPE])
    started, folder = time.monotonic(), ""
    batch: list[tuple[str, dict[str, Any]]] = []
    for number, one in enumerate(documents(size), start=1):
        batch.append(one)
        if len(batch) == PER_COMMIT or number == size:
            with repository.write(message="bench") as tx:
                folder = tx.create(Kind.FOLDER, top.id, f"part-{number // PER_FOLDER:04}")
                for name, fields in batch:
                    tx.publish(
                        tx.create(
                            Kind.DOCUMENT, folder, name, type=TYPE, fields=fields, locale="en"
                        )
                    )
            batch.clear()
            _say(f"{number} of {size} documents, {number / (time.monotonic() - started):.0f}/s")


def folder_of(size: int) -> Path:
    """Where the data folder of a corpus is kept between runs."""
    return Path("var") / "bench" / str(size)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")

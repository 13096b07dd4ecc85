"""A deterministic site: the same small pages for the same number, on any machine.

Pages have some 1 KB: front matter, a heading, paragraphs, a list and links to one
another.  Each is there in two locales.  Words follow Zipf's law, as in real texts.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Final

from tests.bench.corpus import VOCABULARY

LOCALES: Final = ("en", "nl")
WORDS: Final = 105
PER_FOLDER: Final = 200


def site_of(size: int) -> Path:
    """The folder of a site of *size* pages, written when it is not there; kept between runs."""
    folder = Path("var") / "bench" / f"site-{size}"
    if not folder.exists():
        # A half-written site never has the name of a whole one.
        unfinished = folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        write(unfinished, size)
        unfinished.rename(folder)
    return folder


def write(folder: Path, size: int) -> None:
    """Write a site of *size* pages to *folder*."""
    for path, text in pages(size):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def pages(size: int) -> Iterator[tuple[str, str]]:
    """Path and text of *size* pages; one locale after the other, under the same names.

    >>> [path for path, _ in pages(4)][1:3]
    ['content/en/part-000/page-00001.md', 'content/nl/part-000/page-00000.md']
    """
    chance = random.Random(2027)
    letters = "abcdefghijklmnoprstuvwz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    for locale in LOCALES:
        # Of an odd number, the first locale has one more.
        for number in range((size + (locale == LOCALES[0])) // len(LOCALES)):
            text = chance.choices(words, cum_weights=weights, k=WORDS)
            path = f"content/{locale}/part-{number // PER_FOLDER:03}/page-{number:05}.md"
            yield path, _page(number, text)


def _page(number: int, text: list[str]) -> str:
    title = " ".join(text[:4]).capitalize()
    before = f"page-{max(0, number - 1):05}.md"
    items = "\n".join(f"- {' '.join(text[at : at + 3])}" for at in range(70, 82, 3))
    return (
        f"---\ntitle: {title}\ndescription: {' '.join(text[4:12])}\n"
        f"date: 20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}\n"
        f"weight: {number}\ntags: [{text[12]}, {text[13]}]\n---\n"
        f"# {title}\n\n{' '.join(text[14:45])}. See [{text[45]}]({before}) "
        f"or *{text[46]}*.\n\n## {text[47]} {text[48]}\n\n{' '.join(text[49:70])}.\n\n"
        f"{items}\n\n{' '.join(text[82:])}: <https://example.org/{text[-1]}>\n"
    )

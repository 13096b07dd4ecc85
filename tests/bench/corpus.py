"""A deterministic corpus: the same documents for the same size, on any machine.

Documents have some 2 KB.  Nearly half of their words are of three hundred that stand
in 30 % of all documents each, as those do which hold a language together; the others
follow Zipf's law.  So there are hundreds of words of every frequency to ask for.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from itertools import accumulate, islice
from pathlib import Path
from typing import Final, NamedTuple

from content_repo import DocumentType, Field, FieldKind, Kind, Repository, Side
from content_repo.planting import Seedling
from hal_delivery.bootstrap import build_services
from hal_delivery.settings import Settings

TYPE: Final = "bench:article"
VOCABULARY: Final = 30_000
WORDS: Final = 200
PER_FOLDER: Final = 500
START: Final = 1_400_000_000_000

#: Words that are in so many of all documents each.
COMMON: Final = 300
COMMON_SHARE: Final = 0.3

AUTHORS: Final = 200

_LETTERS: Final = "abcdefghijklmnoprstuvwz"

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


class Article(NamedTuple):
    """One document; the body is a paragraph, without its tags."""

    id: str
    name: str
    title: str
    introduction: str
    date: int
    author: str
    body: str

    @property
    def fields(self) -> dict[str, str | int]:
        """The fields of its document."""
        return {
            "title": self.title,
            "introduction": self.introduction,
            "date": self.date,
            "author": self.author,
            "body": f"<p>{self.body}</p>",
        }

    @property
    def text(self) -> str:
        """All that is to be found in it besides the title, in the order of its fields."""
        return f"{self.introduction} {self.author} {self.body}"


@cache
def vocabulary() -> tuple[str, ...]:
    """All different words, the most frequent ones first."""
    chance = random.Random(2026)
    # Shorter ones might join others, as AND and OR do; and one is looked for by nobody.
    words = ("".join(chance.choices(_LETTERS, k=chance.randint(4, 8))) for _ in range(40_000))
    return tuple(dict.fromkeys(word for word in words if word != "from"))[:VOCABULARY]


@cache
def _weights() -> list[float]:
    """Of each word and all before it, the chance to be the next one of a text."""
    each = 1 - (1 - COMMON_SHARE) ** (1 / WORDS)
    ranks = range(1, VOCABULARY - COMMON + 1)
    rest = (1 - COMMON * each) / sum(1 / rank for rank in ranks)
    return list(accumulate([each] * COMMON + [rest / rank for rank in ranks]))


def documents(size: int, seed: int = 2026) -> Iterator[Article]:
    """*size* documents; with another *seed*, the same ones with other texts."""
    chance = random.Random(seed)
    words = vocabulary()
    authors = [f"{words[-n].title()} {words[-n - AUTHORS].title()}" for n in range(1, AUTHORS + 1)]
    for number in range(size):
        text = chance.choices(words, cum_weights=_weights(), k=WORDS)
        yield Article(
            id=id_of(number),
            name=_name(number),
            title=" ".join(text[:5]).capitalize(),
            introduction=" ".join(text[5:30]),
            date=START + chance.randrange(10**11),
            author=chance.choice(authors),
            body=" ".join(text[30:]),
        )


def revised(size: int, writes: int, seed: int) -> Iterator[tuple[Article, str]]:
    """Documents from anywhere in the corpus with new texts, each with a word only it has."""
    chance = random.Random(seed)
    for number, one in enumerate(documents(writes, seed)):
        other = chance.randrange(size)
        probe = f"probe{seed}x{number}"
        yield one._replace(id=id_of(other), name=_name(other), title=f"{one.title} {probe}"), probe


def path_of(number: int) -> str:
    """The path of a document within the mount, by its place in the corpus."""
    return f"{_folder(number // PER_FOLDER)}/{_name(number)}"


def id_of(number: int) -> str:
    """The id of a document, by its place in the corpus."""
    return _id(_name(number))


def _name(number: int) -> str:
    return f"article-{number:06}"


def _folder(number: int) -> str:
    return f"part-{number:04}"


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def plant(repository: Repository, size: int) -> None:
    """Put the corpus into a new repository, a folder to each transaction."""
    top = repository.reader(Side.PUBLISHED).at("content/documents")
    assert top is not None
    with repository.write(message="bench") as tx:
        tx.define([_TYPE])
    started, found = time.monotonic(), documents(size)
    for number, before in enumerate(range(0, size, PER_FOLDER)):
        part = list(islice(found, PER_FOLDER))
        folder = _id(_folder(number))
        batch = [Seedling(kind=Kind.FOLDER, parent=top.id, name=_folder(number), id=folder)]
        batch += [
            Seedling(
                kind=Kind.DOCUMENT, parent=folder, name=one.name, id=one.id, type=TYPE,
                fields=one.fields, locale="en", modified_at=START,
            )
            for one in part
        ]  # fmt: skip
        with repository.write(message="bench") as tx:
            planted = tx.plant(batch)
        if planted.failures:
            raise RuntimeError(f"not all was planted: {planted.failures}")
        done = before + len(part)
        _say(f"{done} of {size} documents, {done / (time.monotonic() - started):.0f}/s")


def settings_of(data: Path) -> Settings:
    """The settings of a service that has *data* as its data folder."""
    return Settings.from_env({"HAL_DELIVERY_DATA_DIR": str(data.absolute())})


def kept(size: int, below: Path) -> Path:
    """The folder of the corpus of *size*: made when it is not there, kept between runs.

    In it are a data folder, indexed, and whatever else is made of the corpus.
    """
    folder = below / f"{size}-{_digest()}"
    if not folder.exists():
        # A half-made corpus never has the name of a whole one.
        unfinished = folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        (unfinished / "data").mkdir(parents=True)
        with closing(build_services(settings_of(unfinished / "data"))) as services:
            plant(services.repository, size)
        unfinished.rename(folder)
    _index(folder, size)
    return folder


def _index(folder: Path, size: int) -> None:
    """Build the indexes that are not there, or are of another version."""
    with closing(build_services(settings_of(folder / "data"))) as services:
        for side, index in services.indexes.items():
            if index.status()["available"]:
                continue
            _say(f"indexing {size} documents: {side.value}")
            started = time.monotonic()
            index.rebuild()
            note_built(folder / side.value, time.monotonic() - started)


def note_built(place: Path, seconds: float) -> None:
    """Remember how long it took to make *place*."""
    place.with_suffix(".json").write_text(json.dumps(seconds))


def built(place: Path) -> float:
    """The seconds that it took to make *place*; 0 if it was never made to its end."""
    note = place.with_suffix(".json")
    return float(json.loads(note.read_text())) if note.exists() else 0.0


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A data folder like that in *folder*, which may be written to; gone with the block."""
    work = folder.parent / f"{folder.name}-work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder / "data", work / "data", symlinks=True)
    try:
        yield work / "data"
    finally:
        shutil.rmtree(work)


def _digest() -> str:
    """Of words, type and first documents: whatever makes others makes another corpus."""
    made = (_TYPE, path_of(PER_FOLDER), vocabulary(), *documents(20))
    return hashlib.blake2b(repr(made).encode(), digest_size=4).hexdigest()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")

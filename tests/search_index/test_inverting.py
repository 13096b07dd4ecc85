"""Inverting: what is written as a segment, Whoosh's own reader reads as it was meant."""

from __future__ import annotations

import random
import resource
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from search_index import blocks
from search_index.bookmark import Bookmark
from search_index.edition import WhooshEdition
from search_index.engine import Damaged
from search_index.inverting import MOST_BYTES, SegmentWriter
from search_index.postings import PLACES, Postings
from search_index.schema import FORMS, SCHEMA, TEXT, TITLE

NAME: Final = "MAIN"

Words = Mapping[str, Sequence[int]]

#: Each occurrence of each term: the document's number, the weight, and the places there.
Read = dict[tuple[str, bytes], list[tuple[int, float, bytes]]]


@dataclass(frozen=True)
class Document:
    stored: bytes = b""
    title: Words = field(default_factory=dict)
    text: Words = field(default_factory=dict)
    forms: Collection[str] = ()


words = st.sampled_from(["a", "b", "ab", "é", "日本", "\U0001f600", "x" * 64]) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3
)
places = st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=4, unique=True).map(sorted)
texts = st.dictionaries(words, places, max_size=6)
documents = st.lists(
    st.builds(Document, st.binary(max_size=9), texts, texts, st.lists(words, unique=True)),
    max_size=8,
)
bounds = st.sampled_from([0, 400, MOST_BYTES])


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(str(tmp_path), supports_mmap=False)


@contextmanager
def a_storage() -> Iterator[FileStorage]:
    """Another one for each example."""
    with TemporaryDirectory() as folder:
        yield FileStorage(folder, supports_mmap=False)


def add(writer: SegmentWriter, found: Iterable[Document]) -> None:
    for one in found:
        writer.add({"entry": one.stored}, {TITLE: one.title, TEXT: one.text}, one.forms)


def written(storage: FileStorage, found: Iterable[Document], most: int = MOST_BYTES) -> Any:
    """A segment of those documents."""
    writer = SegmentWriter(storage, NAME, most=most)
    add(writer, found)
    return writer.finish()


@contextmanager
def reading(storage: FileStorage, segment: Any) -> Iterator[SegmentReader]:
    reader = SegmentReader(storage, SCHEMA, segment)
    yield reader
    reader.close()


def read(reader: SegmentReader) -> Read:
    """All terms in the order of Whoosh's reader, with the documents and weights that it finds;
    and the places, as we read them."""
    found: Read = {}
    terms = reader._terms
    for name, term in reader.all_terms():
        told = terms._tindex[terms._keycoder(name, term)]
        placed = [one for block in blocks.read(told, terms._postfile) for one in block.postings()]
        postings, matcher = [], terms.matcher(name, term, SCHEMA[name].format)
        for number, where in placed:
            assert matcher.id() == number
            postings.append((number, float(matcher.weight()), where or b""))
            matcher.next()
        assert not matcher.is_active()
        found[name, term] = postings
    return found


def meant(found: Iterable[Document]) -> Read:
    """The same of documents, by looking at each."""
    postings: Read = {}
    for number, one in enumerate(found):
        for name, terms in ((TITLE, one.title), (TEXT, one.text)):
            for word, where in terms.items():
                value = np.array(where, np.uint32).tobytes()
                posting = number, float(len(where)), value
                postings.setdefault((name, word.encode()), []).append(posting)
        for form in one.forms:
            postings.setdefault((FORMS, form.encode()), []).append((number, 1.0, b""))
    return dict(sorted(postings.items()))


def stored(reader: SegmentReader) -> list[bytes]:
    return [reader.stored_fields(number)["entry"] for number in reader.all_doc_ids()]


@given(documents, bounds)
def test_a_segment_reads_as_it_was_written(found: list[Document], most: int) -> None:
    """Terms in order, postings, weights and places, however often postings were put aside."""
    with a_storage() as storage, reading(storage, written(storage, found, most)) as reader:
        assert list(read(reader).items()) == list(meant(found).items())
        assert stored(reader) == [one.stored for one in found]


@given(documents)
def test_each_term_is_looked_up(found: list[Document]) -> None:
    """A term is found by itself, with the number of its documents; one that is none is not."""
    with a_storage() as storage, reading(storage, written(storage, found)) as reader:
        terms = meant(found)
        for (name, term), postings in terms.items():
            assert reader.doc_frequency(name, term) == len(postings)
            assert reader.frequency(name, term) == sum(weight for _, weight, _ in postings)
            assert next(reader.terms_from(name, term)) == (name, term)
            assert ((name, term + b"?") in reader) is ((name, term + b"?") in terms)


@given(documents, bounds)
def test_arrays_say_the_same(found: list[Document], most: int) -> None:
    """What searches read is what was written: entries, counts, places."""
    with a_storage() as storage, reading(storage, written(storage, found, most)) as reader:
        postings = Postings(reader)
        for (name, term), there in meant(found).items():
            entries, counts = postings.of(name, term.decode())
            assert list(zip(entries, counts, strict=True)) == [one[:2] for one in there]
            if name != FORMS:
                keys = [
                    number * PLACES + int(place)
                    for number, _, value in there
                    for place in np.frombuffer(value, np.uint32)
                ]
                placed = postings.places(name, term.decode())
                assert placed.widened().keys.tolist() == keys
                assert placed.entries.tolist() == [key // PLACES for key in keys]


def merged(storage: FileStorage, segments: Iterable[Any], most: int) -> Any:
    writer = SegmentWriter(storage, NAME, most=most)
    for segment in segments:
        with reading(storage, segment) as reader:
            writer.add_reader(reader)
    return writer.finish()


@given(data=st.data(), first=documents, second=documents, most=bounds)
def test_merged_segments_read_as_one(
    data: st.DataObject, first: list[Document], second: list[Document], most: int
) -> None:
    """All documents of both are there, but for those that were deleted."""
    kept = []
    with a_storage() as storage:
        segments = [written(storage, found, most) for found in (first, second)]
        for segment, found in zip(segments, (first, second), strict=True):
            gone = data.draw(st.sets(st.integers(0, max(0, len(found) - 1))), label="gone")
            for number in gone if found else ():
                segment.delete_document(number)
            kept += [one for number, one in enumerate(found) if number not in gone]

        with reading(storage, merged(storage, segments, most)) as reader:
            assert list(read(reader).items()) == list(meant(kept).items())
            assert stored(reader) == [one.stored for one in kept]


def test_added_documents_come_before_merged_ones(storage: FileStorage) -> None:
    """A commit writes its own documents and those of old segments as one."""
    old = [Document(b"1", {"a": [1]}), Document(b"2", {"a": [3]}, {"b": [5]}, ["f"])]
    new = [Document(b"3", {"a": [7]}, {}, ["f"])]
    writer = SegmentWriter(storage, NAME)
    add(writer, new)
    with reading(storage, written(storage, old)) as reader:
        writer.add_reader(reader)

    with reading(storage, writer.finish()) as reader:
        assert read(reader) == meant([*new, *old])
        assert stored(reader) == [b"3", b"1", b"2"]


@pytest.mark.parametrize("count", [8, 9, 1023, 1024, 1025, 2048, 2049])
@pytest.mark.parametrize("most", [0, MOST_BYTES])
def test_terms_of_many_documents(storage: FileStorage, count: int, most: int) -> None:
    """A term may have no block, one, or several; the last may be full."""
    found = [
        Document(title={"once": [number]}, text={"often": list(range(number % 3 + 1))}, forms=["f"])
        for number in range(count)
    ]
    with reading(storage, written(storage, found, most)) as reader:
        assert read(reader) == meant(found)
        info = reader.term_info(TEXT, b"often")
        assert (info.min_id(), info.max_id(), info.max_weight()) == (0, count - 1, 3.0)
        assert info.is_inlined() is (count <= 8)
        assert Postings(reader).of(TITLE, "once").entries.tolist() == list(range(count))

    with reading(storage, merged(storage, [written(storage, found)], most)) as reader:
        assert read(reader) == meant(found)


def test_nothing_is_left_of_what_was_not_finished(storage: FileStorage, tmp_path: Path) -> None:
    """A writer that gives up takes its file with it; what it put aside never had a name."""
    writer = SegmentWriter(storage, NAME, most=0)
    add(writer, [Document(b"1", {"a": [1]}), Document(b"2", {"a": [1]})])
    assert [one.suffix for one in tmp_path.iterdir()] == [".seg"]

    writer.cancel()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(storage: FileStorage, tmp_path: Path) -> None:
    """Where the rest cannot be written the error is told, and nothing is left."""
    writer = SegmentWriter(storage, NAME)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        add(writer, [Document(random.randbytes(2000))])
        with pytest.raises(OSError, match="too large"):
            writer.finish()
        writer.cancel()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []


def test_a_commit_that_fails_takes_its_segment_with_it(tmp_path: Path) -> None:
    """What no table of contents will ever name does not stay."""
    contents = tmp_path / f"_{NAME}_1.toc"
    contents.mkdir()
    bookmark = Bookmark(fingerprint="", reached=0, mark="", position=0, types={})
    with pytest.raises(Damaged):
        WhooshEdition.create(tmp_path, [], bookmark)
    assert not list(tmp_path.glob("*.seg"))

    contents.rmdir()
    WhooshEdition.create(tmp_path, [], bookmark)
    assert len(list(tmp_path.glob("*.seg"))) == 1


def test_no_two_segments_have_one_name(storage: FileStorage) -> None:
    """Also when an application seeds the generator of random numbers for itself."""
    names = set()
    for _ in range(3):
        random.seed(1)
        names.add(written(storage, []).segment_id())

    assert len(names) == 3

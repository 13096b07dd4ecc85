"""What a node may be called, and who may be called it."""

from __future__ import annotations

import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_repo import ROOT_ID, Reader, Repository, names
from content_repo.errors import InvalidName, InvalidPath, NameTaken
from tests.content_repo.content import folder, must, one_page, page, paths

A_UUID: Final = "2f54c1a5-3f0e-4f1b-9d3e-0a5d3a1c7b60"


def test_names_are_kept_in_composed_form(repository: Repository, draft: Reader) -> None:
    """Two Unicode spellings of a name are one name."""
    with repository.write() as tx:
        id = folder(tx, unicodedata.normalize("NFD", "café"))
        with pytest.raises(NameTaken):
            folder(tx, unicodedata.normalize("NFC", "café"))

    assert must(draft.get(id)).name == unicodedata.normalize("NFC", "café")


def test_names_are_case_sensitive(repository: Repository, draft: Reader) -> None:
    """Names that differ in case are different names."""
    one_page(repository, "Page")
    one_page(repository, "page")

    assert must(draft.at("Page")).id != must(draft.at("page")).id


@pytest.mark.parametrize("name", ["a b", "%20", "deadbeef", "...", "a.b.c", "-", "🐚", "null", "0"])
def test_odd_names_are_names(repository: Repository, draft: Reader, name: str) -> None:
    """Whatever is not reserved is a name, kept as it is."""
    id = one_page(repository, name)

    assert must(draft.at(name)).id == id


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/", "a\0b", "a\ud800b", A_UUID, A_UUID.upper()]
)
def test_reserved_names_are_refused(repository: Repository, name: str) -> None:
    """Path syntax, NUL, broken Unicode and the form of a UUID are no names."""
    id = one_page(repository)

    with repository.write() as tx:
        with pytest.raises(InvalidName):
            folder(tx, name)
        if name:
            with pytest.raises(InvalidName):
                tx.move(id, name=name)


@pytest.mark.parametrize("letter", ["x", "é", "🐚"])
def test_a_name_has_at_most_255_bytes(repository: Repository, letter: str) -> None:
    """255 bytes of UTF-8 are a name, one more is none."""
    room = 255 // len(letter.encode())
    longest = letter * room + "x" * (255 - room * len(letter.encode()))
    with repository.write() as tx:
        folder(tx, longest)
        with pytest.raises(InvalidName):
            folder(tx, longest + "x")


def test_a_taken_name_is_refused_and_a_free_one_offered(
    repository: Repository, draft: Reader
) -> None:
    """Whoever asks for a taken name is told one that is free."""
    with repository.write() as tx:
        page(tx, "photo.jpg")
        page(tx, "photo-1.jpg")
        with pytest.raises(NameTaken) as refusal:
            page(tx, "photo.jpg")
        assert refusal.value.facts == {
            "name": "photo.jpg", "folder": "", "suggestion": "photo-2.jpg",
        }  # fmt: skip
        page(tx, refusal.value.facts["suggestion"])

    assert draft.at("photo-2.jpg")


@pytest.mark.parametrize("name", ["x" * 255, "🐚" * 63 + "xyz", "x." + "y" * 253, "." + "é" * 127])
def test_what_is_offered_for_the_longest_name_is_a_name(repository: Repository, name: str) -> None:
    """A suggestion is never longer than a name may be."""
    with repository.write() as tx:
        page(tx, name)
        with pytest.raises(NameTaken) as refusal:
            page(tx, name)
        page(tx, refusal.value.facts["suggestion"])


def test_two_folders_may_each_have_the_name(repository: Repository, draft: Reader) -> None:
    """Names are unique within a folder only."""
    with repository.write() as tx:
        for above in (folder(tx, "a"), folder(tx, "b")):
            page(tx, "same", above)

    assert paths(draft, "a") == ["a/same"]
    assert paths(draft, "b") == ["b/same"]


def test_moving_onto_a_taken_name_is_refused(repository: Repository) -> None:
    """A move takes no name from anybody."""
    with repository.write() as tx:
        target = folder(tx, "a")
        page(tx, "same", target)
        mover = page(tx, "same")
        with pytest.raises(NameTaken) as refusal:
            tx.move(mover, parent=target)
        tx.move(mover, parent=target, name=refusal.value.facts["suggestion"])


def test_a_path_has_a_longest_length(repository: Repository) -> None:
    """A path that no index could hold is refused, before anything is written."""
    name = "x" * 250
    with repository.write() as tx:
        at = ROOT_ID
        for _ in range(8):
            at = folder(tx, name, at)
        with pytest.raises(InvalidPath):
            folder(tx, name, at)


def test_a_move_may_not_make_a_path_too_long(repository: Repository, draft: Reader) -> None:
    """The paths of descendants count when a folder is renamed; nothing is half done."""
    with repository.write() as tx:
        top = at = folder(tx, "top")
        for _ in range(8):
            at = folder(tx, "x" * 250, at)
        before = tx.position
        with pytest.raises(InvalidPath):
            tx.move(top, name="y" * 200)
        assert tx.position == before

    assert must(draft.get(top)).name == "top"
    assert must(draft.get(at)).path.startswith("top/")


@given(st.text(min_size=1, max_size=300))
def test_a_checked_name_is_its_own_checked_name(text: str) -> None:
    """Checking a name twice is checking it once."""
    try:
        name = names.checked_name(text)
    except InvalidName:
        return
    assert names.checked_name(name) == name
    assert names.checked_name(names.numbered(name, 7)) == names.numbered(name, 7)


@given(st.lists(st.text("ab.é", min_size=1), min_size=1))
def test_ancestors_lead_to_the_path(parts: list[str]) -> None:
    """A path's ancestors are its beginnings, and it lies within each."""
    path = "/".join(parts)

    above = names.ancestors(path)

    assert [one.count("/") for one in above] == list(range(len(parts) - 1))
    assert all(names.is_within(path, one) for one in above)
    assert all(names.join(one, names.relative(path, one)) == path for one in above)

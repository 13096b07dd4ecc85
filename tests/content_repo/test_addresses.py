"""One node, two addresses; and what can stand in neither."""

from __future__ import annotations

import pytest

from content_repo import ROOT_ID, Kind, Reader, Repository, Side
from content_repo.errors import IdTaken, InvalidId, NodeNotFound, NotAFolder
from tests.content_repo.content import folder, must, new_id, one_page, page, paths


def test_one_node_has_two_addresses(repository: Repository, draft: Reader) -> None:
    """A node is found by its id and by its path, and is the same node."""
    with repository.write() as tx:
        id = page(tx, "post", folder(tx, "blog"))

    assert draft.get(id) == draft.at("blog/post")
    assert must(draft.get(id)).path == "blog/post"


def test_nobody_is_found_at_an_address_that_nobody_has(draft: Reader) -> None:
    """An unknown id and an unknown path lead to nothing."""
    assert draft.get(new_id()) is None
    assert draft.at("no/such/path") is None
    assert draft.get_many([new_id()]) == {}
    assert draft.places([new_id()]) == {}
    assert draft.keyed(Kind.BUNDLE, "none") is None


@pytest.mark.parametrize("address", ["a\0b", "\ud800", "\udfff/x", "\0"])
def test_an_address_that_no_database_could_hold_leads_nowhere(draft: Reader, address: str) -> None:
    """NUL and lone surrogates in an address are an address of nothing, not a failure."""
    assert draft.at(address) is None
    assert draft.get(address) is None
    assert draft.keyed(Kind.BUNDLE, address) is None
    assert draft.get_many([address, ROOT_ID]).keys() == {ROOT_ID}
    assert draft.children(address) == []
    assert draft.below(address) == []


def test_more_ids_than_one_statement_names(repository: Repository, draft: Reader) -> None:
    """However many ids are asked for at once, all of their nodes are found."""
    with repository.write() as tx:
        parent = folder(tx, "many")
        ids = [page(tx, f"page {number:04}", parent) for number in range(501)]

    assert draft.get_many([*ids, ROOT_ID]).keys() == {*ids, ROOT_ID}
    assert draft.places([*ids, ROOT_ID]).keys() == {*ids, ROOT_ID}


def test_children_are_ordered_by_rank_then_name(repository: Repository, draft: Reader) -> None:
    """A folder's children come by rank, then by name."""
    with repository.write() as tx:
        parent = folder(tx, "sorted")
        for name, rank in (("b", 1), ("z", 0), ("a", 1)):
            page(tx, name, parent, rank=rank)

    assert [one.name for one in draft.children(parent)] == ["z", "a", "b"]


def test_below_a_folder_is_all_that_lies_in_it_and_nothing_else(
    repository: Repository, draft: Reader
) -> None:
    """Descendants come by path, and a neighbour with a longer name is none of them."""
    with repository.write() as tx:
        one = folder(tx, "one")
        page(tx, "b", folder(tx, "a", one))
        for neighbour in ("one!", "one0", "one-two", "\U0010ffff\U0010ffff", "\1"):
            folder(tx, neighbour)

    assert paths(draft, "one") == ["one/a", "one/a/b"]
    assert {"\1", "one!", "\U0010ffff\U0010ffff"} < set(paths(draft))
    assert "" not in paths(draft)
    assert paths(draft) == sorted(paths(draft))


def test_only_a_folder_holds_others(repository: Repository) -> None:
    """Nothing is put into a node that is not a folder."""
    id = one_page(repository)

    with repository.write() as tx, pytest.raises(NotAFolder) as refusal:
        page(tx, "inner", id)

    assert refusal.value.facts == {"path": "page", "kind": "document"}


def test_nothing_is_put_where_nothing_is(repository: Repository) -> None:
    """A parent that is not there, or lies in the trash, takes no children."""
    with repository.write() as tx:
        trashed = folder(tx, "gone")
        tx.trash(trashed)
        for parent in (new_id(), trashed):
            with pytest.raises(NodeNotFound):
                page(tx, "inner", parent)


def test_an_id_may_be_given(repository: Repository, draft: Reader) -> None:
    """A node written elsewhere keeps its id, in lower case."""
    id = new_id()
    with repository.write() as tx:
        assert folder(tx, "imported", id=id.upper()) == id

    assert must(draft.get(id)).name == "imported"


def test_an_id_stands_for_one_node(repository: Repository) -> None:
    """An id that any node has, in the trash or not, is given to no other."""
    with repository.write() as tx:
        id = folder(tx, "first")
        tx.trash(id)
        with pytest.raises(IdTaken):
            folder(tx, "second", id=id.upper())


@pytest.mark.parametrize("id", ["", "x", "0" * 32, "\0", "g" * 8 + "-0000-0000-0000-000000000000"])
def test_an_id_has_the_form_of_a_uuid(repository: Repository, id: str) -> None:
    """Whatever does not look like a UUID is refused as an id."""
    with repository.write() as tx, pytest.raises(InvalidId):
        folder(tx, "x", id=id)


def test_numbers_are_never_given_twice(repository: Repository, draft: Reader) -> None:
    """A purged node's number is not used again."""
    with repository.write() as tx:
        first = folder(tx, "first")
    number = must(draft.get(first)).number
    with repository.write() as tx:
        tx.purge(first)
        second = folder(tx, "second")

    assert must(draft.get(second)).number > number


def test_translations_are_found_by_their_group(
    repository: Repository, draft: Reader, published: Reader
) -> None:
    """The nodes of a translation group are found together, by path, on each side."""
    group = new_id()
    with repository.write() as tx:
        dutch = page(tx, "pagina", locale="nl_BE", group=group)
        english = page(tx, "a page", locale="en", group=group)
        tx.publish(dutch)

    assert [one.id for one in draft.translations([group])[group]] == [english, dutch]
    assert [one.id for one in published.translations([group])[group]] == [dutch]
    assert must(draft.get(dutch)).locale == "nl_BE"


def test_every_node_has_a_translation_group(repository: Repository, draft: Reader) -> None:
    """A node that is alone in its language has a group nobody else has."""
    first, second = one_page(repository, "one"), one_page(repository, "two")

    assert must(draft.get(first)).group != must(draft.get(second)).group


def test_the_standard_folders_are_there_and_published(repository: Repository) -> None:
    """A new repository holds the folders that content is kept in."""
    reader = repository.reader(Side.PUBLISHED)

    assert paths(reader) == [
        "content", "content/documents", "content/gallery", "content/taxonomies", "extensions",
    ]  # fmt: skip
    assert must(reader.at("")).id == ROOT_ID

"""The comparison itself: it must forgive what a page leaves out, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .elisions import Elided, Shown, differences, parse_shown
from .exchanges import Exchange, recorded_exchanges

EXCHANGES = recorded_exchanges(Path(__file__).parent / "exchanges")
LEFT_OUT = {"_meta": {"name": "not on the page"}}

each_exchange = pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda one: one.name)


def complete(shown: Shown) -> object:
    """Give an answer that has all that is shown, and something in the place of every elision."""
    match shown:
        case dict():
            return {key: complete(value) for key, value in shown.items()}
        case Elided(head, tail):
            return [*map(complete, head), LEFT_OUT, *map(complete, tail)]
        case list():
            return [complete(item) for item in shown]
        case _:
            return shown


def enlarged(answer: object) -> object:
    """Give the answer with one more key in each of its objects."""
    match answer:
        case dict():
            return {key: enlarged(value) for key, value in answer.items()} | {"more": 1}
        case list():
            return [enlarged(item) for item in answer]
        case _:
            return answer


def mutants(shown: Shown) -> Iterator[object]:
    """Give answers that are wrong in exactly one place, for every place and way to be wrong."""
    match shown:
        case dict():
            yield from object_mutants(shown)
        case Elided():
            yield from elided_mutants(shown)
        case list():
            yield from array_mutants(shown)
        case _:
            yield from scalar_mutants(shown)


def object_mutants(shown: dict[str, Shown]) -> Iterator[object]:
    answer = {key: complete(value) for key, value in shown.items()}
    yield list(answer)
    for key, value in shown.items():
        yield {other: answer[other] for other in answer if other != key}
        for wrong in mutants(value):
            yield answer | {key: wrong}


def array_mutants(shown: list[Shown]) -> Iterator[object]:
    answer = [complete(item) for item in shown]
    yield [*answer, LEFT_OUT]
    yield {"0": answer}
    if len(answer) > 1:
        yield answer[::-1]
    for index, item in enumerate(shown):
        yield answer[:index] + answer[index + 1 :]
        for wrong in mutants(item):
            yield [*answer[:index], wrong, *answer[index + 1 :]]


def elided_mutants(shown: Elided) -> Iterator[object]:
    yield [complete(item) for item in shown.head + shown.tail]
    before = [complete(item) for item in shown.head]
    after = [complete(item) for item in shown.tail]
    for index, item in enumerate(shown.head):
        for wrong in (LEFT_OUT, *mutants(item)):
            yield [*before[:index], wrong, *before[index + 1 :], LEFT_OUT, *after]
    for index, item in enumerate(shown.tail):
        for wrong in (LEFT_OUT, *mutants(item)):
            yield [*before, LEFT_OUT, *after[:index], wrong, *after[index + 1 :]]


def scalar_mutants(shown: str | int | float | None) -> Iterator[object]:
    yield [shown]
    yield {}
    yield f"{shown} "
    if shown is not None:
        yield None
    match shown:
        case str() if shown:
            yield shown[1:]
        case int():
            yield from (shown + 1, float(shown), str(shown))


@each_exchange
def test_whatever_stands_in_an_elision_is_forgiven(exchange: Exchange) -> None:
    """An answer with all that is shown matches, whatever items stand where some are left out."""
    assert differences(exchange.shown, complete(exchange.shown)) == []


@each_exchange
def test_additional_keys_are_forgiven(exchange: Exchange) -> None:
    """An answer may have keys that the page does not show, in every object."""
    assert differences(exchange.shown, enlarged(complete(exchange.shown))) == []


@each_exchange
def test_no_mutant_survives(exchange: Exchange) -> None:
    """An answer that is wrong in any one place is found out."""
    wrong = list(mutants(exchange.shown))
    assert len(wrong) > 10
    assert [mutant for mutant in wrong if not differences(exchange.shown, mutant)] == []


def test_elisions_are_read_at_the_end_in_the_middle_and_at_the_beginning() -> None:
    """``// ...`` on a line of its own means more items, wherever in an array it stands."""
    assert parse_shown("[\n1,\n// ...\n]") == Elided([1], [])
    assert parse_shown("[\n1,\n  //...\n2\n]") == Elided([1], [2])
    assert parse_shown("[\n// ...\n2\n]") == Elided([], [2])


def test_an_address_is_no_elision() -> None:
    """Slashes and dots inside a text are left alone."""
    assert parse_shown('["http://...", "// ... "]') == ["http://...", "// ... "]


def test_two_elisions_in_one_array_are_refused() -> None:
    """Where two runs of items are left out nobody can say what stands where."""
    with pytest.raises(ValueError, match="one place"):
        parse_shown("[\n// ...\n1,\n// ...\n]")


def test_only_folders_may_come_in_any_order() -> None:
    """The folders of the page are in no order; everything else is where it is shown."""
    shown = Elided([{"name": "b"}, {"name": "a"}], [])
    answer = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    assert differences({"_embedded": {"folders": shown}}, {"_embedded": {"folders": answer}}) == []
    assert differences({"_embedded": {"documents": shown}}, {"_embedded": {"documents": answer}})


@pytest.mark.parametrize(
    ("shown", "answer"), [(1, True), (True, 1), (1, 1.0), (0, False), ("1", 1), (None, False)]
)
def test_equal_scalars_of_another_type_differ(shown: Shown, answer: object) -> None:
    """A boolean is no number, a number with a fraction is no integer, and null is nothing else."""
    assert differences(shown, answer)


def test_a_difference_says_where_it_is() -> None:
    """A difference names its place as a JSON Pointer, and both values."""
    shown: Shown = {"items": [{"size": 1}]}
    assert differences(shown, {"items": [{"size": 2}]}) == ["/items/0/size: 2 instead of 1"]
    assert differences(shown, {"items": [{}]}) == ["/items/0/size: not there"]

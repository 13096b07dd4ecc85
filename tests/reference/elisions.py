"""JSON as a page of documentation shows it: some keys, and ``// ...`` for the items left out."""

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

Shown: TypeAlias = "dict[str, Shown] | list[Shown] | Elided | str | int | float | bool | None"

# A whole line, so that the two slashes of an address are never taken for one.
_ELISION = re.compile(r"^[ \t]*//[ \t]*\.\.\.[ \t]*$(?P<end>\s*\])?", re.MULTILINE)
_MARK = "// ..."

# The page lists folders in an order that is none: neither by path nor by name. All that it says
# is that these folders are there, so they may stand anywhere in the answer.
_WITHOUT_ORDER = frozenset({"/_embedded/folders"})


@dataclass(frozen=True)
class Elided:
    """An array of which the first and the last items are shown, and at least one is not."""

    head: list[Shown]
    tail: list[Shown]


def parse_shown(text: str) -> Shown:
    """Read one block of JSON in which lines of ``// ...`` stand for items of an array."""
    return _with_elisions(json.loads(_ELISION.sub(_marked, text)))


def differences(shown: Shown, answer: object, at: str = "") -> list[str]:
    """Say where an answer is not what is shown; keys that are not shown are not compared."""
    if isinstance(shown, dict):
        return _object_differences(shown, answer, at)
    if isinstance(shown, Elided):
        return _elided_differences(shown, answer, at)
    if isinstance(shown, list):
        return _array_differences(shown, answer, at)
    # In Python True == 1 == 1.0; in JSON a boolean is no number, and 1 is not written 1.0.
    if type(shown) is type(answer) and shown == answer:
        return []
    return [f"{at}: {answer!r} instead of {shown!r}"]


def _marked(elision: re.Match[str]) -> str:
    # The item before an elision already has its comma; an item after it has none to precede it.
    end = elision["end"]
    return f'"{_MARK}"{end}' if end else f'"{_MARK}",'


def _with_elisions(value: Shown) -> Shown:
    if isinstance(value, dict):
        return {key: _with_elisions(item) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    items = [_with_elisions(item) for item in value]
    if _MARK not in items:
        return items
    if items.count(_MARK) > 1:
        raise ValueError("an array can be elided in one place only")
    place = items.index(_MARK)
    return Elided(items[:place], items[place + 1 :])


def _object_differences(shown: dict[str, Shown], answer: object, at: str) -> list[str]:
    if not isinstance(answer, dict):
        return [f"{at}: {answer!r} instead of an object"]
    found = []
    for key, value in shown.items():
        if key in answer:
            found += differences(value, answer[key], f"{at}/{key}")
        else:
            found.append(f"{at}/{key}: not there")
    return found


def _array_differences(shown: list[Shown], answer: object, at: str) -> list[str]:
    if not isinstance(answer, list):
        return [f"{at}: {answer!r} instead of an array"]
    if len(answer) != len(shown):
        return [f"{at}: {len(answer)} items instead of {len(shown)}"]
    return _itemwise(shown, answer, at)


def _elided_differences(shown: Elided, answer: object, at: str) -> list[str]:
    if not isinstance(answer, list):
        return [f"{at}: {answer!r} instead of an array"]
    items = shown.head + shown.tail
    if len(answer) <= len(items):
        return [f"{at}: {len(answer)} items, where there are more than {len(items)}"]
    if at in _WITHOUT_ORDER:
        return [line for item in items for line in _nearest(item, answer, at)]
    # What is shown before the elision begins the array, and what is shown after it ends it.
    tail_at = len(answer) - len(shown.tail)
    return [
        *_itemwise(shown.head, answer[: len(shown.head)], at),
        *_itemwise(shown.tail, answer[tail_at:], at, first=tail_at),
    ]


def _itemwise(shown: list[Shown], answer: list[object], at: str, first: int = 0) -> list[str]:
    pairs = zip(shown, answer, strict=True)
    return [
        line
        for index, (item, given) in enumerate(pairs, start=first)
        for line in differences(item, given, f"{at}/{index}")
    ]


def _nearest(item: Shown, answer: list[object], at: str) -> list[str]:
    """Say how the most similar item of the answer differs; nothing if one matches."""
    compared = (differences(item, given, f"{at}/{index}") for index, given in enumerate(answer))
    return min(compared, key=len)

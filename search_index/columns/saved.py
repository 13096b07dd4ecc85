"""Saved: what the entries of a large segment say, in a file beside it.

Whoever opens the segment next reads arrays, and not one entry after another.  The file is
made of the segment and of nothing else: one that is missing, damaged, of another form or
of another segment is made again, and one that cannot be written is not missed.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from search_index.columns.leaf import CODED, LONG, NUMBERS, Held, Pairs, Said, read
from search_index.entry import Order
from search_index.segment import Spans

#: Raise it whenever the same entries are saved otherwise, or say something else.
FORM: Final = 2

#: Entries that are so few are read as fast.
LEAST: Final = 2000

#: Of these, values are lists of names, or lists of such.
_LISTS: Final = frozenset({"types", "presence", "shape"})

Members = Mapping[str, NDArray[Any]]


def said(file: Path, segment: Mapping[str, Any], stored: Sequence[bytes | None]) -> Said:
    """What the *stored* entries of a *segment* say, of which *file* is the saved form.

    By what is told of the *segment* it is told from all others.
    """
    if len(stored) < LEAST:
        return read(stored)
    origin = {**segment, "form": FORM, "long": LONG, "numbers": NUMBERS, "coded": CODED}
    key = orjson.dumps(origin)
    found = _loaded(file, key)
    if found is None:
        found = read(stored)
        if _save(file, key, found):
            # What was made bit by bit takes twice as much as what is loaded at once, but not
            # where the one is there before the other is gone.
            del found
            found = _loaded(file, key) or read(stored)
    return found


def _loaded(file: Path, origin: bytes) -> Said | None:
    """What was saved in *file*; nothing, where it is not of that *origin*, or not whole."""
    # Whatever damage does to a file, what is read of it may fail in as many ways.
    with contextlib.suppress(Exception), file.open("rb") as stream:
        saved = np.load(stream, allow_pickle=False)
        # A checksum is compared when all of a member was read, which its own head may prevent.
        if saved["origin"].tobytes() == origin and saved.zip.testzip() is None:
            return _taken_apart(saved)
    return None


def _save(file: Path, origin: bytes, told: Said) -> bool:
    """Whether what is *told* could be saved."""
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, origin=_bytes(origin), **_put_together(told))
    # It is beside the segment by name, so that the one is removed with the other.
    with contextlib.suppress(OSError), _beside(file) as written:
        written.write_bytes(content.getbuffer())
        written.replace(file)
        return True
    return False


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A new file of a name that no other process takes; gone afterwards, if it is still there."""
    descriptor, name = tempfile.mkstemp(prefix=f"{file.name}.", dir=file.parent)
    os.close(descriptor)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


# -- the form -----------------------------------------------------------------


def _put_together(told: Said) -> dict[str, NDArray[Any]]:
    pairs = list(told.pairs.items())
    return {
        "numbers": told.numbers,
        "groups": told.groups,
        "owners": told.owners,
        "dense": np.stack([told.dense[name] for name in NUMBERS]),
        "coded": np.stack([told.dense[name] for name in CODED]),
        "tables": _bytes(orjson.dumps({**told.tables, "path": told.paths, "long": told.long})),
        "held": _bytes(orjson.dumps([(*key, len(one.holders)) for key, one in pairs])),
        "holders": _joined([one.holders for _, one in pairs]),
        "codes": _joined([one.codes for _, one in pairs]),
        "spanned": _bytes(
            orjson.dumps([(name, len(one.numbers)) for name, one in told.spans.items()])
        ),
        "spans": np.concatenate(
            [np.empty((3, 0), np.uint32), *map(np.stack, told.spans.values())], 1
        ),
        "fields": _bytes(
            orjson.dumps([(*key, _untyped(key[0], some)) for key, some in told.fields.items()])
        ),
    }


def _taken_apart(members: Members) -> Said:
    tables = orjson.loads(members["tables"].tobytes())
    titles = {title: title for title in tables["title"]}
    held = orjson.loads(members["held"].tobytes())
    ends = accumulate((count for _, _, count in held), initial=0)
    spanned = orjson.loads(members["spanned"].tobytes())
    spans_end = accumulate((count for _, count in spanned), initial=0)
    return Said(
        numbers=members["numbers"],
        groups=members["groups"],
        dense={
            **dict(zip(NUMBERS, members["dense"], strict=True)),
            **dict(zip(CODED, members["coded"], strict=True)),
        },
        paths=tables.pop("path"),
        long=tables.pop("long"),
        tables={
            name: [_tuple(one) for one in some] if name in _LISTS else some
            for name, some in tables.items()
        },
        owners=members["owners"],
        pairs={
            (of, name): Pairs(members["holders"][first:last], members["codes"][first:last])
            for (of, name, _), (first, last) in zip(held, pairwise(ends), strict=True)
        },
        spans={
            name: Spans(*members["spans"][:, first:last])
            for (name, _), (first, last) in zip(spanned, pairwise(spans_end), strict=True)
        },
        fields={
            (of, name): _typed(of, some, titles)
            for of, name, some in orjson.loads(members["fields"].tobytes())
        },
    )


def _untyped(held: Held, values: Sequence[Any]) -> Any:
    """Values apart from their types: two lists are read faster than so many of two."""
    return list(zip(*values, strict=True)) if held == "values" else values


def _typed(held: Held, saved: Any, titles: Mapping[str, str]) -> Any:
    if held != "values":
        return saved
    orders, bare = saved
    if Order.STRING in orders:
        # Titles are values as well: each string is kept once.
        bare = map(titles.get, bare, bare)
    return list(zip(orders, bare, strict=True))


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value


def _bytes(content: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(content, np.uint8)


def _joined(parts: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    return np.concatenate([np.empty(0, np.int32), *parts])

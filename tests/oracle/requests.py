"""Requests by chance: the same ones for the same site and seed.

Everything that is asked for is taken from the site, so that most requests find
something, and what is asked is then bent a little, so that some find nothing.
"""

from __future__ import annotations

import bisect
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.oracle.files import Page
from tests.oracle.naive import Mount, Request, Site
from tests.oracle.text import is_unspaced, units
from tests.oracle.values import Typed, found, typed

_WORDS_OF_PREFIX: Final = 500
_LONGEST: Final = 40
_RESERVED: Final = frozenset({"AND", "OR", "NOT"})
_UNITS: Final = ("year", "month", "day")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BY_KIND: Final[Mapping[int, Sequence[str]]] = {
    0: ("eq", "ne", "in"),
    1: ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"),
    2: ("eq", "ne", "gt", "gte", "lt", "lte"),
    3: ("eq", "ne", "gt", "lte", "in", "nin", "prefix", "contains"),
}


class Asker:
    """Asks about one site at several mounts."""

    def __init__(self, site: Site, mounts: Sequence[Mount], seed: int) -> None:
        self._site = site
        self._mounts = mounts
        self._chance = random.Random(seed)
        self._pages = {mount: site.visible(mount) for mount in mounts}
        self._names = {mount: _names(pages) for mount, pages in self._pages.items()}
        self._single = {
            mount: [name for name in names if _is_single(name, self._pages[mount])]
            for mount, names in self._names.items()
        }
        self._vocabulary = sorted(
            {word for page in site.pages for word in (*page.title.units, *page.body.units)}
        )
        self._leaves: Sequence[tuple[int, Callable[[Page], str | None]]] = (
            (6, self._word), (2, self._exact), (3, self._phrase), (3, self._prefix),
            (3, self._substring), (4, self._chunk), (3, self._in_field), (1, self._absent),
        )  # fmt: skip

    def requests(self, number: int) -> Iterator[Request]:
        """As many requests as asked for."""
        for _ in range(number):
            yield self._request()

    def _request(self) -> Request:
        mount = self._pick(self._mounts)
        page = self._pick(self._pages[mount])
        text = self._text(mount) if self._often(0.6) else None
        locale = self._locale(mount) if self._often(0.25) else None
        return Request(
            mount=mount,
            text=text,
            type=page.type if self._often(0.15) else None,
            filters=tuple(self._filters(mount)) if self._often(0.4) else (),
            scopes=tuple(self._scopes(mount)) if self._often(0.2) else (),
            ids=self._ids(mount) if self._often(0.08) else (),
            locale=locale,
            fallback=locale is None or self._often(0.7),
            sort=self._sort(mount, text) if self._often(0.35) else (),
            facets=self._facets(mount) if self._often(0.35) else (),
            offset=self._chance.choice((1, 3, 10, 50, 400)) if self._often(0.3) else 0,
            limit=self._chance.choice((1, 5, 10, 20, 100)),
        )

    def _pick(self, some: Sequence[Any]) -> Any:
        return self._chance.choice(some)

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    # -- texts -------------------------------------------------------------

    def _text(self, mount: Mount) -> str:
        """A query of one leaf or a few, most of them from one document."""
        page = self._pick(self._pages[mount])
        shape = self._pick(
            ("{0}", "{0}", "{0} {1}", "{0} {1}", "{0} AND {1}", "{0} OR {2}", "{0} -{2w}",
             "{0} NOT {2w}", "({0} OR {2}) {1}", "{0} {1} OR {2}", "{0} -({2w} OR {1w})",
             "-{0w}", "NOT {0w} {2}", "{0} OR", "title:({0w} OR {2w})", "{0} {1} {2}")
        )  # fmt: skip
        other = self._pick(self._pages[mount])
        parts = {"0": page, "1": page, "2": other}
        for number, source in parts.items():
            shape = shape.replace(f"{{{number}}}", self._leaf(source))
            shape = shape.replace(f"{{{number}w}}", self._word(source) or "nothing")
        return str(shape)

    def _leaf(self, page: Page) -> str:
        weights = [weight for weight, _ in self._leaves]
        while True:
            (_, make), *_ = self._chance.choices(self._leaves, weights)
            if leaf := make(page):
                return leaf

    def _word(self, page: Page) -> str | None:
        words = [one for one in self._row(page) if not is_unspaced(one) and len(one) > 1]
        return self._cased(self._pick(words)) if words else None

    def _row(self, page: Page) -> Sequence[str]:
        return page.body.units if page.body.units and self._often(0.7) else page.title.units

    def _cased(self, word: str) -> str:
        changed = self._pick((str, str, str.capitalize, str.upper))(word)
        return word if changed in _RESERVED else str(changed)

    def _exact(self, page: Page) -> str | None:
        word = self._word(page)
        return f'"{word}"' if word else None

    def _phrase(self, page: Page) -> str | None:
        row = self._row(page)
        at = self._chance.randrange(len(row)) if row else 0
        some = row[at : at + self._chance.randint(2, 4)]
        return f'"{" ".join(some)}"' if some else None

    def _prefix(self, page: Page) -> str | None:
        word = self._word(page)
        start = word[: self._chance.randint(2, 6)] if word else ""
        folded = start.casefold()
        first = bisect.bisect_left(self._vocabulary, folded)
        alike = bisect.bisect_left(self._vocabulary, folded + chr(0x10FFFF)) - first
        return f"{start}*" if start and 0 < alike < _WORDS_OF_PREFIX else None

    def _substring(self, page: Page) -> str | None:
        """Letters side by side of a script without blanks."""
        row = page.title if self._often(0.3) else page.body
        starts = [at for at, unit in enumerate(row.units) if is_unspaced(unit)]
        if not starts:
            return None
        at = self._pick(starts)
        length = 1
        while length < self._chance.randint(1, 5) and at + length < len(row):
            if not (row.gaps[at + length][1] and is_unspaced(row.units[at + length])):
                break
            length += 1
        return "".join(row.units[at : at + length])

    def _chunk(self, page: Page) -> str | None:
        """Whatever stands between two blanks, as it is written."""
        source = page.text if page.text and self._often(0.8) else str(page.fields["title"])
        chunk = self._pick(source.split() or [""])
        is_open = any(one in chunk for one in '"()') or chunk in _RESERVED
        is_field = chunk.partition(":")[0] in self._site.textual()
        if is_open or is_field or len(chunk) > _LONGEST or chunk[:1] in "-=" or chunk[-1:] == "*":
            return None
        row = units(chunk)
        return chunk if len(row) < 9 and (row.units or row.gaps[0][0]) else None

    def _in_field(self, page: Page) -> str | None:
        inner = self._pick((self._word, self._exact, self._phrase, self._prefix))(page)
        return f"{self._pick(self._site.textual())}:{inner}" if inner else None

    def _absent(self, page: Page) -> str:
        return "qzx" + "".join(self._chance.choices("bdfkz", k=4))

    # -- everything else ---------------------------------------------------

    def _filters(self, mount: Mount) -> Iterator[tuple[str, str, str]]:
        for _ in range(self._chance.randint(1, 2)):
            page = self._pick(self._pages[mount])
            name = self._pick([*_names([page]), "_meta.type", "_meta.locale"])
            if name.startswith("_meta."):
                written = page.type if name == "_meta.type" else page.locale
                yield name, self._pick(("eq", "ne")), written or "en"
            elif self._often(0.15):
                yield name, "exists", self._pick(("true", "false"))
            elif condition := self._condition(name, self._pick(self._names[mount][name])):
                yield condition

    def _condition(self, name: str, value: Typed) -> tuple[str, str, str] | None:
        op = self._pick(_BY_KIND[value[0]])
        written = self._written(value, op)
        if op in ("prefix", "contains"):
            at = 0 if op == "prefix" else self._chance.randrange(len(written) or 1)
            written = written[at : at + self._chance.randint(1, 6)]
        elif op in ("in", "nin") and written:
            written += "," + self._pick(("none", "7", "true"))
        # An equals sign in front is dropped, and nothing is no value.
        is_clear = written.strip() == written != "" and not written.startswith("=")
        is_clear = is_clear and (op not in ("in", "nin") or "," not in str(value[1]))
        return (name, op, written) if is_clear and len(written) < 200 else None

    def _written(self, value: Typed, op: str) -> str:
        kind, plain = value
        if kind == 0:
            return str(plain).lower()
        if kind == 1 and self._often(0.3):
            return str(plain + self._pick((-1, 0.5, 1)))
        if kind != 2:
            return str(plain)
        moment = _EPOCH + timedelta(milliseconds=plain)
        iso = moment.isoformat().replace("+00:00", self._pick(("Z", "", "+00:00")))
        forms = (str(plain), iso, iso[:10], iso[:7], iso[:4])
        return str(self._pick(forms[:3] if op in ("eq", "ne") else forms))

    def _scopes(self, mount: Mount) -> Iterator[str]:
        skip = len(mount.root) + 1 if mount.root else 0
        found = []
        for _ in range(self._chance.randint(1, 2)):
            folders = self._pick(self._pages[mount]).path[skip:].split("/")[:-1]
            if folders:
                found.append("/".join(folders[: self._chance.randint(1, len(folders))]))
        signed = [f"-{one}" if self._often(0.3) else one for one in found]
        if len(signed) > 1 and not any("," in one for one in signed) and self._often(0.5):
            yield ",".join(signed)
        else:
            yield from signed

    def _ids(self, mount: Mount) -> tuple[str, ...]:
        pages = self._chance.sample(self._pages[mount], min(12, len(self._pages[mount])))
        return tuple(page.path for page in pages)

    def _locale(self, mount: Mount) -> str:
        known = sorted({page.locale for page in self._pages[mount] if page.locale})
        return str(self._pick([*known, *(f"{one[:2]}-CH" for one in known), "nl"]))

    def _sort(self, mount: Mount, text: str | None) -> tuple[str, ...]:
        names = ["_meta.path", "_meta.name", "_meta.type", *self._names_of_one(mount)]
        if text:
            names.append("_score")
        names = [name for name in names if name[0] == "_" or name in self._single[mount]]
        keys = self._chance.sample(names, self._chance.randint(1, 2))
        return tuple(f"-{one}" if self._often(0.5) else one for one in keys)

    def _names_of_one(self, mount: Mount) -> list[str]:
        """Names that lists of names can hold, from some documents, so that some have them."""
        pages = self._chance.sample(self._pages[mount], min(5, len(self._pages[mount])))
        return sorted({name for name in _names(pages) if "," not in name})

    def _facets(self, mount: Mount) -> tuple[str, ...]:
        names = self._names[mount]
        facets = []
        for name in self._chance.sample([*self._names_of_one(mount), "_meta.type"], 2):
            is_date = any(kind == 2 for kind, _ in names.get(name, ()))
            facets.append(f"{name}({self._pick(_UNITS)})" if is_date else name)
        return tuple(facets)


def _names(pages: Sequence[Page]) -> dict[str, list[Typed]]:
    """The names that can be filtered by, each with values that are there."""
    names: dict[str, list[Typed]] = defaultdict(list)
    for page in pages:
        for path in _paths(page.fields):
            if path == ("content",) or any("," in step for step in path):
                continue
            is_plain = all("." not in step and "/" not in step for step in path)
            name = ".".join(path) if is_plain else "/" + "/".join(path)
            names[name] += found(page.fields, name)
    return {name: values for name, values in names.items() if values}


def _paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _paths(below, (*above, name))
    elif isinstance(value, list):
        for item in value:
            yield from _paths(item, above)
    elif typed(value) is not None:
        yield above


def _is_single(name: str, pages: Sequence[Page]) -> bool:
    """Whether no document has several values there: which of them counts is nobody's promise."""
    return all(len(found(page.fields, name)) < 2 for page in pages)

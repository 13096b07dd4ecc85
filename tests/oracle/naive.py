"""Search, the slow way: every document is looked at for every request.

The meaning is the specification's, word for word; nothing is clever here, and
nothing of the service is used.
"""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import langcodes

from tests.oracle import language, values
from tests.oracle.files import Page
from tests.oracle.language import Leaf, Node, Text, Value, Words
from tests.oracle.text import Units, units
from tests.oracle.values import Typed

#: What lists count of one facet at most, and the longest text among it that fits into a link.
MOST_VALUES: Final = 100
LONGEST_VALUE: Final = 512

#: Names that an answer has in its ``_meta``.
_META: Final = ("_meta.type", "_meta.locale", "_meta.path", "_meta.name")
_UNITS: Final = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_LENT: Final = ("sourcePath",)
#: What describes a page in everybody's front matter, and is read with its content.
_DESCRIBING: Final = ("description", "summary", "excerpt", "subtitle", "linkTitle", "keywords")


@dataclass(frozen=True, slots=True)
class Mount:
    """One API base: ``root`` is the folder of the site that it begins at."""

    base: str
    root: str = ""
    shows_drafts: bool = False
    default_locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked; ``filters`` are name, operator and value, ``ids`` are paths."""

    mount: Mount
    type: str | None = None
    text: str | None = None
    filters: tuple[tuple[str, str, str], ...] = ()
    scopes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    locale: str | None = None
    fallback: bool = True
    sort: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    offset: int = 0
    limit: int = 10

    def parameters(self, ids: Mapping[str, str]) -> list[tuple[str, str]]:
        """As the wire has them; *ids* by path."""
        given = [(name if op == "eq" else f"{name}[{op}]", text) for name, op, text in self.filters]
        given += [("_scope", one) for one in self.scopes]
        single = {
            "_q": self.text,
            "_ids": ",".join(ids[path] for path in self.ids),
            "_locale": self.locale,
            "_fallback": None if self.fallback else "none",
            "_sort": ",".join(self.sort),
            "_facets": ",".join(self.facets),
            "_offset": str(self.offset) if self.offset else None,
            "_limit": str(self.limit),
        }
        return [*given, *((name, value) for name, value in single.items() if value)]


@dataclass(frozen=True, slots=True)
class Answer:
    """The paths of one page, how many there are in all, and the counts of facets."""

    paths: tuple[str, ...]
    total: int
    facets: dict[str, tuple[tuple[tuple[str, int], ...], int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as a reader sees it, with what its translations lend it."""

    path: str
    page: Page
    fields: Mapping[str, Any]
    text: Text

    def at(self, name: str) -> list[Typed]:
        """Its values of that name."""
        if name not in _META:
            return [composed(one) for one in values.found(self.fields, name)]
        if name == "_meta.type":
            return [(_STRING, f"content:{self.page.type}")]
        if name == "_meta.locale":
            return [] if self.page.locale is None else [(_STRING, tag(self.page.locale))]
        return [(_STRING, self.path if name == "_meta.path" else self.path.rpartition("/")[2])]


_STRING: Final = 3


def composed(value: Typed) -> Typed:
    """A value as it is compared: however the accents of a string are written.

    >>> composed((3, "e\u0301")) == (3, "\u00e9"), composed((1, 2))
    (True, (1, 2))
    """
    kind, plain = value
    return (kind, unicodedata.normalize("NFC", plain)) if kind == _STRING else value


@functools.cache
def tag(locale: str) -> str:
    """A locale as BCP 47 has it.

    >>> tag("pt_br"), tag("zh_Hant_TW")
    ('pt-BR', 'zh-Hant-TW')
    """
    return langcodes.standardize_tag(locale, macro=False)


def chain(locale: str, default: str) -> list[str]:
    """Where a reader of *locale* looks, one after the other.

    >>> chain("pt-BR", "en")
    ['pt-BR', 'pt', 'en']
    """
    parts = tag(locale).split("-")
    found = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
    rest = tag(default).split("-")
    found += ["-".join(rest[:count]) for count in range(len(rest), 0, -1)]
    return [*dict.fromkeys(found)]


class Site:
    """All documents of a site, and what they answer."""

    def __init__(self, pages: Sequence[Page], default_language: str = "en") -> None:
        self.pages = pages
        self._default_language = default_language
        self._texts = {page.path: self._text(page, {}) for page in pages}

    def _text(self, page: Page, lenders: Mapping[str, Page]) -> Text:
        """The texts of *page*, those of some fields from their *lenders*."""
        body = lenders.get("content", page)
        others = [self._value(body, "content", body.body)]
        for name in _DESCRIBING:
            owner = lenders.get(name, page)
            said = owner.fields.get(name)
            for one in said if isinstance(said, list) else [said]:
                if isinstance(one, str):
                    others.append(self._value(owner, name, units(one)))
        return Text(self._value(page, "title", page.title), tuple(others))

    def _value(self, page: Page, name: str, row: Units) -> Value:
        spoken = tag(page.locale or self._default_language).partition("-")[0]
        return Value(name, Words.of(row, spoken), spoken)

    def textual(self) -> tuple[str, ...]:
        """The names of fields that a text can be looked for in."""
        there = {one.field for text in self._texts.values() for one in text.others}
        return ("title", *sorted(there))

    def visible(self, mount: Mount) -> list[Page]:
        """What a mount shows at all."""
        start = f"{mount.root}/" if mount.root else ""
        return [
            page
            for page in self.pages
            if page.path.startswith(start) and (mount.shows_drafts or not page.is_draft)
        ]

    def answer(self, request: Request) -> Answer:
        """The answer to *request*."""
        visible = self.visible(request.mount)
        node = language.parse(request.text, self.textual()) if request.text else None
        folders = _folders(visible, request.mount) if request.scopes else set()
        is_within = _scope(request.scopes, folders)
        shown = [*self._shown(request, visible)]
        listed = _listed(request, visible, shown)
        hits = [one for one in shown if _passes(request, one, listed) and is_within(one.path)]
        if request.text:
            hits = [one for one in hits if node is not None and one.text.matches(node)]
        scores = _scores(node, hits, shown)
        asked = units(request.text or "").units
        for one in hits:
            if asked and one.path in scores and one.text.title.words.row.units == asked:
                scores[one.path] += 100
        if request.locale is not None:
            # What is not in just that locale comes behind what is, if it is not much better.
            scores = {
                one.path: scores.get(one.path, 0)
                * (1 if one.page.locale and tag(one.page.locale) == tag(request.locale) else 0.7)
                for one in hits
            }
        ordered = _ordered(request, hits, listed, scores)
        window = ordered[request.offset : request.offset + request.limit]
        return Answer(
            tuple(one.path for one in window),
            len(hits),
            {name: _counted(name, hits) for name in request.facets},
        )

    # -- what is shown -----------------------------------------------------

    def _shown(self, request: Request, visible: Sequence[Page]) -> Iterator[Shown]:
        skip = len(request.mount.root) + 1 if request.mount.root else 0
        for page, lenders in self._chosen(request, visible):
            fields, lending = page.fields, dict[str, Page]()
            for lender in lenders:
                fields = dict(fields)
                for name, value in lender.fields.items():
                    if name not in _NEVER_LENT and not _lacks(value) and _lacks(fields.get(name)):
                        fields[name] = value
                        lending[name] = lender
            text = self._text(page, lending) if lending else self._texts[page.path]
            yield Shown(page.path[skip:], page, fields, text)

    def _chosen(
        self, request: Request, visible: Sequence[Page]
    ) -> Iterator[tuple[Page, list[Page]]]:
        """The documents that suit the locale asked for, each with those that lend to it."""
        if request.locale is None:
            yield from ((page, []) for page in visible)
            return
        yield from ((page, []) for page in visible if page.locale is None)
        wanted = chain(request.locale, request.mount.default_locale)
        groups: dict[str, list[Page]] = defaultdict(list)
        for page in visible:
            if page.locale is not None and tag(page.locale) in wanted:
                groups[page.group].append(page)
        for group in groups.values():
            first, *others = sorted(group, key=lambda page: wanted.index(tag(str(page.locale))))
            if request.fallback:
                yield first, others
            elif tag(str(first.locale)) == wanted[0]:
                yield first, []


def _listed(request: Request, visible: Sequence[Page], shown: Sequence[Shown]) -> list[str]:
    """The paths of what the ids of a request stand for: what is shown instead of each."""
    pages = {page.path: page for page in visible}
    instead = {one.page.group: one.page for one in shown if one.page.locale is not None}
    found = []
    for path in request.ids:
        page = pages[path]
        is_chosen = request.locale is not None and page.locale is not None
        other = instead.get(page.group) if is_chosen else page
        if other is not None:
            found.append(other.path)
    return found


def _ordered(
    request: Request, hits: Sequence[Shown], listed: Sequence[str], scores: Mapping[str, float]
) -> Sequence[Shown]:
    ordered: Sequence[Shown] = sorted(hits, key=lambda one: one.path)
    if request.ids and not request.sort:
        return sorted(ordered, key=lambda one: listed.index(one.page.path))
    for key in reversed(request.sort or (("-_score",) if request.text else ())):
        ordered = _by(key, ordered, scores)
    return ordered


def _scores(node: Node | None, hits: Sequence[Shown], shown: Sequence[Shown]) -> dict[str, float]:
    """The score of each hit; how rare a leaf is, all that is *shown* decides."""
    if node is None:
        return {}
    found = {leaf for one in hits for leaf in language.leaves(node, one.text)}
    weights = {leaf: language.rarity(len(shown), _matching(leaf, shown)) for leaf in found}
    return {one.path: language.score(node, one.text, weights) for one in hits}


def _matching(leaf: Leaf, shown: Sequence[Shown]) -> int:
    return sum(one.text.frequency(leaf) > 0 for one in shown)


def _passes(request: Request, one: Shown, listed: Sequence[str]) -> bool:
    return (
        (request.type is None or one.page.type == request.type)
        and (not request.ids or one.page.path in listed)
        and all(_admits(one, *condition) for condition in request.filters)
        and all(_lies_within(one, name, request.filters) for name, _, _ in request.filters)
    )


def _lies_within(one: Shown, name: str, filters: Sequence[tuple[str, str, str]]) -> bool:
    """Whether some one value lies within all ranges that are asked for by a name."""
    ranges = [(op, text) for other, op, text in filters if other == name and op in values.RANGES]
    return not ranges or any(
        all(values.admits([value], name, op, text) for op, text in ranges) for value in one.at(name)
    )


def _admits(one: Shown, name: str, op: str, written: str) -> bool:
    if name == "_meta.type":
        # Short names stand for full ones.
        written = ",".join(
            f"content:{part.removeprefix('content:')}" for part in written.split(",")
        )
    if name == "_meta.locale":
        written = ",".join(map(tag, written.split(",")))
    declared = name if name not in _META else "title"
    written = unicodedata.normalize("NFC", written)
    return values.admits(one.at(name), declared, op, written)


def _folders(visible: Sequence[Page], mount: Mount) -> set[str]:
    """The folders that hold any of *visible*, as the mount names them."""
    skip = len(mount.root) + 1 if mount.root else 0
    found: set[str] = set()
    for page in visible:
        above = page.path[skip:].rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found


def _scope(scopes: Sequence[str], folders: Set[str]) -> Callable[[str], bool]:
    """Whether a path is below a folder that is asked for, and below none that is left out.

    >>> is_within = _scope(["a,-a/b"], {"a", "a/b"})
    >>> is_within("a/x"), is_within("a/b/x")
    (True, False)
    """
    # What is called so goes before what could be meant by commas and hyphens.
    called = folders | {f"-{name}" for name in folders}
    names = [n for one in scopes for n in ([one] if one in called else one.split(","))]
    outside = [name[1:] for name in names if name.startswith("-") and name not in folders]
    inside = [name for name in names if name in folders]

    def is_within(path: str) -> bool:
        is_in = not inside or any(path.startswith(f"{name}/") for name in inside)
        return is_in and not any(path.startswith(f"{name}/") for name in outside)

    return is_within


def _by(key: str, ordered: Sequence[Shown], scores: Mapping[str, float]) -> list[Shown]:
    """A stable sort by one key; what lacks it is last both ways."""
    name = key.removeprefix("-")
    if name == "_score":
        sign = -1 if key.startswith("-") else 1
        return sorted(ordered, key=lambda one: sign * scores[one.path])
    having = [one for one in ordered if one.at(name)]
    lacking = [one for one in ordered if not one.at(name)]

    def sort_key(one: Shown) -> Typed:
        # Paths are in the order that lists have without a key.
        return one.at(name)[0] if name == "_meta.path" else values.order(one.at(name)[0])

    return [*sorted(having, key=sort_key, reverse=key.startswith("-")), *lacking]


def _counted(facet: str, hits: Sequence[Shown]) -> tuple[tuple[tuple[str, int], ...], int]:
    """Values of a facet as text with their counts, and how many more there are."""
    name, _, unit = facet.removesuffix(")").partition("(")
    counts: Counter[Typed] = Counter()
    for one in hits:
        counts.update({_in_unit(value, unit) for value in one.at(name)} - {None})
    rows = sorted(counts.items(), key=lambda row: (-row[1], values.order(row[0]), str(row[0][1])))
    fitting = [
        (as_text(value[1]), n) for value, n in rows if len(as_text(value[1])) <= LONGEST_VALUE
    ]
    shown = tuple(fitting[:MOST_VALUES])
    return shown, len(rows) - len(shown)


def _in_unit(value: Typed, unit: str) -> Any:
    if not unit:
        return value
    kind, millis = value
    if kind != 2:
        return None
    return 3, (_EPOCH + timedelta(milliseconds=millis)).strftime(_UNITS[unit])


def as_text(value: Any) -> str:
    """A value so that its kinds can be compared as JSON has them.

    >>> as_text(True), as_text(2.0), as_text(2), as_text("a")
    ('true', '2', '2', 'a')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _lacks(value: Any) -> bool:
    return value is None or value in ("", [])

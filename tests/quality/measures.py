"""Ranks as figures: how good each engine is at each kind of item, and what is to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.quality.engines import DEPTH, Engine
from tests.quality.known_items import Item, Kind

#: The rank of what was not found among those that are looked at.
NOT_FOUND: Final = DEPTH + 1

#: Within how many of the first an item counts as found.
WITHIN: Final[Mapping[Kind, int]] = {kind: 5 if kind is Kind.START else 3 for kind in Kind}

#: Languages that set no blanks, and how far they may be behind English.
_UNSPACED: Final = ("zh", "ja", "ko")
_BEHIND: Final = 0.05

#: Of fewer items a share says nothing.
FEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of some items: how many, the mean of 1/rank, the share found among the first."""

    count: int
    mrr: float
    success: float


def ranks(engine: Engine, items: Sequence[Item]) -> dict[Item, int]:
    """The rank of each item's document; nothing of items that the engine cannot be asked."""
    found = {}
    for item in items:
        ids = engine.find(item)
        if ids is not None:
            ids = ids[:DEPTH]
            at = item.document.id
            found[item] = ids.index(at) + 1 if at in ids else NOT_FOUND
    return found


def figures(kind: Kind, some: Iterable[int]) -> Figures:
    """The figures of items of one *kind*, by their ranks.

    >>> figures(Kind.TITLE, [1, 2, NOT_FOUND, 4])
    Figures(count=4, mrr=0.4375, success=0.5)
    """
    known = list(some)
    if not known:
        return Figures(0, 0.0, 0.0)
    mrr = sum(1 / rank for rank in known if rank <= DEPTH) / len(known)
    return Figures(len(known), mrr, sum(rank <= WITHIN[kind] for rank in known) / len(known))


@dataclass(frozen=True, slots=True)
class Report:
    """The ranks of all engines, the service's first; engines by name."""

    ranks: Mapping[str, Mapping[Item, int]]

    def of(self, engine: str, kind: Kind, locale: str | None = None) -> Figures:
        """One engine's figures at one kind, of one locale or of all."""
        return figures(
            kind,
            (
                rank
                for item, rank in self.ranks[engine].items()
                if item.kind is kind and locale in (None, item.locale)
            ),
        )

    def missed(self, baseline: str) -> list[str]:
        """The targets that the service misses; that of rare words is beside *baseline*."""
        service = next(iter(self.ranks))
        wanted = (
            (Kind.TITLE, "success", 0.97),
            (Kind.TYPO, "success", 0.85),
            (Kind.START, "success", 0.9),
            (Kind.WORDS, "mrr", self.of(baseline, Kind.WORDS).mrr - 0.02),
        )
        missed = [
            _told(kind, figure, found, least)
            for kind, figure, least in wanted
            if (known := self.of(service, kind)).count and (found := getattr(known, figure)) < least
        ]
        for kind, figure, _ in wanted:
            english = self.of(service, kind, "en")
            for locale in _UNSPACED:
                known = self.of(service, kind, locale)
                least = getattr(english, figure) - _BEHIND
                if known.count >= FEWEST <= english.count and getattr(known, figure) < least:
                    missed.append(f"{locale}: {_told(kind, figure, getattr(known, figure), least)}")
        return missed

    def table(self) -> str:
        """All figures in Markdown: a row for each kind and locale, two columns for each engine."""
        heads = [f"{name} {one}" for name in self.ranks for one in ("MRR@10", "success")]
        lines = [f"| kind | locale | items | {' | '.join(heads)} |"]
        lines.append("| --- | --- | " + " | ".join(["---:"] * (1 + len(heads))) + " |")
        service = next(iter(self.ranks))
        locales = sorted({item.locale for item in self.ranks[service]})
        for kind in Kind:
            for locale in (*locales, None):
                if count := self.of(service, kind, locale).count:
                    cells = " | ".join(self._cells(kind, locale))
                    name = f"{kind}, success@{WITHIN[kind]}"
                    lines.append(f"| {name} | {locale or '**all**'} | {count} | {cells} |")
        return "\n".join(lines)

    def worst(self, number: int) -> list[str]:
        """The items that the service finds last, of each kind as many."""
        service = next(iter(self.ranks.values()))
        return [
            f"{kind}: {item.query!r} ({item.locale}) "
            f"{'not found' if rank > DEPTH else f'at {rank}'}: {item.document.path}"
            for kind in Kind
            for item, rank in sorted(
                ((item, rank) for item, rank in service.items() if item.kind is kind),
                key=lambda one: (-one[1], one[0].document.path),
            )[:number]
            if rank > 1
        ]

    def _cells(self, kind: Kind, locale: str | None) -> Iterable[str]:
        for name in self.ranks:
            found = self.of(name, kind, locale)
            yield f"{found.mrr:.3f}" if found.count else "-"
            yield f"{found.success:.3f}" if found.count else "-"


def _told(kind: Kind, figure: str, found: float, least: float) -> str:
    name = f"success@{WITHIN[kind]}" if figure == "success" else "MRR@10"
    return f"{kind}: {name} is {found:.3f}, and ought to be {least:.3f}"


def report(engines: Sequence[Engine], items: Sequence[Item]) -> Report:
    """What comes of asking all *engines* for all *items*."""
    return Report({engine.name: ranks(engine, items) for engine in engines})

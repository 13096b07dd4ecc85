"""A tenth of the report: search finds known items as often as it promises.

Of the engines to compare with, only the one that Python has with it is asked here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import pytest

from tests.quality.engines import Fts5
from tests.quality.known_items import Document, Item, Kind, items, with_typo
from tests.quality.material import MATERIAL, searched
from tests.quality.measures import NOT_FOUND, Report, report

#: Of small material all items are asked for, of the large one a tenth.
SHARES: Final = {"devsite": 0.1}


@pytest.fixture(scope="module", params=MATERIAL)
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Report]:
    """What the service and FTS5 find of one material."""
    name = request.param
    with searched(name, tmp_path_factory.getbasetemp()) as service:
        documents = service.documents()
        with closing(Fts5(documents)) as baseline:
            asked = items(documents, share=SHARES.get(name, 1.0))
            yield report([service, baseline], asked)


@pytest.mark.timeout(600)
def test_known_items_are_found(found: Report) -> None:
    """Titles, rare words, titles with a typo and halves of titles lead to their documents."""
    assert found.missed("FTS5") == [], "\n".join(found.worst(5))


@pytest.mark.timeout(600)
def test_every_kind_of_item_is_asked_for(found: Report) -> None:
    """No target is reached for want of anything to ask."""
    counts = {kind: found.of("service", kind).count for kind in Kind}
    assert all(counts[kind] for kind in (Kind.TITLE, Kind.TYPO, Kind.START, Kind.WORDS)), counts


# -- the judge itself ----------------------------------------------------------

HARBOUR: Final = Document("1", "a", "en", "Harbour", "Ships loading grain nightly.", ("Tides",))
TWIN: Final = Document("2", "b", "en", "Knots", "Ships loading grain daily.", ("Tides",))
OTHER: Final = Document("3", "c", "en", "Knots", "Ropes.", ())


def test_what_is_there_twice_is_no_known_item() -> None:
    """Only titles and headings that occur once within a locale are asked for."""
    asked = {(one.kind, one.query) for one in items([HARBOUR, TWIN, OTHER])}

    assert (Kind.TITLE, "Harbour") in asked
    assert (Kind.TITLE, "Knots") not in asked
    assert not any(kind is Kind.HEADING for kind, _ in asked)


def test_rare_words_are_the_rarest_of_the_body() -> None:
    """Words that few documents of the locale hold go before those that many do."""
    words = {one.document.id: one.query for one in items([HARBOUR, TWIN]) if one.kind is Kind.WORDS}

    assert words == {"1": "nightly grain loading", "2": "daily grain loading"}


def test_items_are_the_same_each_time() -> None:
    """Which items are asked for follows from the seed alone."""
    documents = [HARBOUR, TWIN, OTHER]
    assert items(documents, seed=3, share=0.5) == items(documents[::-1], seed=3, share=0.5)


@pytest.mark.parametrize("seed", range(40))
def test_a_typo_is_one_slip(seed: int) -> None:
    """A letter is swapped, lost, added or another one, and nothing else changes."""
    title = "Loading the ships"
    typo = with_typo(title, random.Random(seed))

    assert typo is not None
    assert typo != title
    assert abs(len(typo) - len(title)) <= 1
    assert "the" in typo.split()


def test_a_missed_target_is_told() -> None:
    """The report names the target, what was reached, and what ought to have been."""
    asked = items([HARBOUR, TWIN, OTHER])
    nothing = dict.fromkeys(asked, NOT_FOUND)
    everything: dict[Item, int] = dict.fromkeys(asked, 1)

    assert Report({"service": everything, "other": everything}).missed("other") == []
    told = Report({"service": nothing, "other": everything}).missed("other")
    assert "title: success@3 is 0.000, and ought to be 0.970" in told
    assert "rare words: MRR@10 is 0.000, and ought to be 0.980" in told


def test_languages_without_blanks_are_measured_beside_english() -> None:
    """What is found in English but not in Japanese is a target missed."""
    some = [
        Document(f"{locale}-{number}", f"{locale}/{number}", locale, f"Title {number:04}", "")
        for locale in ("en", "ja")
        for number in range(400)
    ]
    asked = [one for one in items(some) if one.kind is Kind.TITLE]
    ranks = {one: 1 if one.locale == "en" or int(one.query[-4:]) % 10 else 9 for one in asked}

    assert Report({"service": ranks}).missed("service") == [
        "title: success@3 is 0.950, and ought to be 0.970",
        "ja: title: success@3 is 0.900, and ought to be 0.950",
    ]


def test_fts5_finds_what_it_is_asked() -> None:
    """The engine to compare with answers with the documents of the locale, best first."""
    with closing(Fts5([HARBOUR, TWIN, OTHER])) as baseline:
        assert baseline.find(Item(Kind.TITLE, "harbour", HARBOUR)) == ["1"]
        assert baseline.find(Item(Kind.START, "Kno", OTHER)) == ["3", "2"]
        assert baseline.find(Item(Kind.WORDS, "...", OTHER)) == []

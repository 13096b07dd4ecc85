"""A small site in seven languages, made by chance from a seed: the same one every time.

Every page of it is plain: what makes it hard are its fields (missing ones, lists,
several types under one name), its names, its drafts, and translations that lack things.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_SENTENCES: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "The harbour opens at dawn, and ships are loading grain.",
        "Loaded ships leave the harbours before the tide turns.",
        "A sailor's don't-list: no knots, no knives, no C++ before breakfast.",
        "Ask @harbour/master for a front-desk pass; it costs 100% of nothing.",
        "Café owners naïvely opened early, opening hours vary.",
        "See [[Tide tables]] or #tides, and write `a => b` if a_b fails.",
        "Over 1.5 million tons, 2017-05-09 to 2018, v2.0.1 and counting…",
    ),
    "de": (
        "Der Hafen öffnet früh, die Schiffe laden Getreide.",
        "Geladene Schiffe verlassen die Häfen vor der Flut.",
        "Straße und STRASSE, Größe und Grösse: Öffnungszeiten ändern sich.",
        "Die Segler:innen knüpfen Knoten, der Kapitän schläft.",
    ),
    "fr": (
        "Le port ouvre à l'aube, les navires chargent du blé.",
        "Les navires chargés quittent les ports avant la marée.",
        "L'été, le café du marin n'ouvre qu'après la pêche.",
    ),
    "ja": (
        "港は夜明けに開き、船は穀物を積みます。",
        "満潮の前に船は港を出ます。データセンターは三階です。",
        "潮見表を見て、OpenHarborで予約してください。",
        "東京タワーの時々刻々。",
    ),
    "zh": (
        "港口黎明开放、船只装载粮食。",
        "涨潮之前、装满的船离开港口。",
        "请看潮汐表、用OpenHarbor预订、费用100%。",
    ),
    "zh-tw": ("港口黎明開放、船隻裝載糧食。", "請看潮汐表。"),
    "ko": (
        "항구는 새벽에 열리고 배는 곡물을 싣습니다.",
        "만조 전에 배는 항구를 떠납니다. 데이터 센터는 삼층입니다.",
    ),
    "th": (
        "ท่าเรือเปิดตอนเช้ามืด เรือบรรทุกข้าว",
        "เรือออกจากท่าก่อนน้ำขึ้น ศูนย์ข้อมูลอยู่ชั้นสาม",
    ),
}
_TITLES: Final[Mapping[str, Sequence[str]]] = {
    "en": ("Harbour", "Loading ships", "Tide tables", "C++ for sailors", "Opening hours", "Knots"),
    "de": ("Häfen", "Schiffe laden", "Gezeiten", "Öffnungszeiten"),
    "fr": ("Le port", "Charger un navire", "Marées", "L'été au café"),
    "ja": ("港", "船の積み込み", "潮見表", "データセンター"),
    "zh": ("港口", "装载船只", "潮汐表"),
    "zh-tw": ("港口開放", "潮汐表"),
    "ko": ("항구", "배 싣기", "데이터 센터"),
    "th": ("ท่าเรือ", "เรือบรรทุก", "ศูนย์ข้อมูล"),
}

#: Where pages lie below their locale; some folders are called like a scope's own signs.
_FOLDERS: Final = ("", "guides", "guides/deep/er", "news/2017", "a,b", "-quiet", "100% [odd]")
_NAMES: Final = ("_index", "harbour", "Ships & sails", "c++ notes", "naïve", "a.b", "tide#3", "x?y")
_AUTHORS: Final = ("Ann Onymous", "ann onymous", "Žofie", "Bo", "李")
_TAGS: Final = ("sea", "Sea", "c++", "100", "true", "2017-05-09", "naïve")
_PAGES: Final = 130

#: Titles of records; no two of them begin alike.
_RECORDS: Final = (
    *("Amber lantern", "Brass compass", "Copper kettle", "Driftwood oar", "Ebony rudder"),
    *("Fir mast", "Granite anchor", "Hemp rope", "Iron cleat", "Jute sack", "Khaki canvas"),
    *("Linen flag", "Maple tiller", "Nickel whistle", "Oak barrel", "Pewter mug"),
    *("Quartz prism", "Rusty chain", "Silver bell", "Tarred plank", "Umber paint"),
    *("Velvet cushion", "Willow basket", "Yellow buoy", "Azure pennant", "Birch paddle"),
    *("Crimson lifebelt", "Dusty ledger", "Emerald lamp", "Foggy spyglass"),
)


def files(seed: int = 4) -> dict[str, str]:
    """The files by their paths.

    >>> files(4) == files(4), len(files()) > 140
    (True, True)
    """
    chance = random.Random(seed)
    found = dict(_pages(chance))
    for number, title in enumerate(_RECORDS):
        record = {"title": title, **_fields(chance), "size": number % 5}
        found[f"records/{number % 3}/record-{number:02}.json"] = json.dumps(record, default=str)
    return found


def _pages(chance: random.Random) -> Iterator[tuple[str, str]]:
    places = [f"{folder}/{name}".lstrip("/") for folder in _FOLDERS for name in _NAMES]
    locales = [*_SENTENCES]
    # Some pages have all their translations, most have a few.
    some = [(place, locale) for place in places[:6] for locale in locales]
    while len(some) < _PAGES:
        one = chance.choice(places), chance.choice(locales)
        if one not in some:
            some.append(one)
    for place, locale in some:
        yield f"pages/{locale}/{place}.md", _page(chance, locale)


def _page(chance: random.Random, locale: str) -> str:
    fields = _fields(chance)
    if chance.random() < 0.85:
        fields["title"] = chance.choice(_TITLES[locale])
    if chance.random() < 0.1:
        fields["draft"] = True
    head = "".join(f"{json.dumps(name)}: {_yaml(value)}\n" for name, value in fields.items())
    return f"---\n{head}---\n{_body(chance, locale)}" if head else _body(chance, locale)


def _body(chance: random.Random, locale: str) -> str:
    if chance.random() < 0.1:
        return ""
    count = chance.randint(1, 6)
    some = [chance.choice(_SENTENCES[locale]) for _ in range(count)]
    if locale != "en" and chance.random() < 0.3:
        some.append(chance.choice(_SENTENCES["en"]))
    parts = [f"## {chance.choice(_TITLES[locale])}", *some]
    if chance.random() < 0.3:
        parts.append("- **one** two\n- *three* `f(x)`\n\n| a | b |\n| - | - |\n| c | [d](e.md) |")
    return "\n\n".join(parts) + "\n"


def _fields(chance: random.Random) -> dict[str, Any]:
    """Fields of all types, any of which may be missing."""
    may_be = {
        "author": chance.choice(_AUTHORS),
        "tags": chance.sample(_TAGS, chance.randint(0, 3)),
        "size": chance.choice((1, 2, 2.5, -3, 100)),
        "open": chance.random() < 0.5,
        "date": _Date(f"20{chance.randint(15, 18)}-0{chance.randint(1, 3)}-09"),
        "seen": _Date(f"2017-05-09T1{chance.randint(0, 9)}:30:00+02:00"),
        "mixed": chance.choice((10, "10", True, "true", _Date("2017-05-09"), "ten", None, "")),
        "params": {"depth": chance.randint(1, 9), "note": chance.choice(_AUTHORS)},
        "crew": [{"name": one, "age": len(one)} for one in chance.sample(_AUTHORS, 2)],
        "a.b": chance.choice(("dot", 3)),
        "weight": chance.randint(1, 4),
    }
    return {name: value for name, value in may_be.items() if chance.random() < 0.6}


class _Date(str):
    """A date, which YAML has without quotes."""

    __slots__ = ()


def _yaml(value: Any) -> str:
    return str(value) if isinstance(value, _Date) else json.dumps(value, ensure_ascii=False)

"""Attacks: questions that are made to cost, and what others notice of them meanwhile.

Each is asked a few times, alone; then four attackers ask all of them without a
pause while one reader asks for documents, one after the other.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median, quantiles
from threading import Event
from typing import Final
from urllib.parse import quote

from tests.bench import corpus
from tests.bench.imports import Answered, lasting

BASE: Final = "/site/api/documents/"

#: How often each is asked alone, and for how many seconds all are by four at once.
TIMES: Final = 5
SECONDS: Final = 20
ATTACKERS: Final = 4
PAUSE: Final = 0.02

#: Words of the corpus, the most common ones among them.
_TITLES: Final = [one.title.lower() for one in corpus.documents(20)]
_WORDS: Final = list(dict.fromkeys(" ".join(_TITLES).split()))

#: Query strings by what they try.
ATTACKS: Final = {
    "everything": "_q=*",
    "one letter": "_q=w*",
    "two letters": "_q=wo*",
    "all beginnings of two letters": "_q=" + quote(" OR ".join(f"{c}a*" for c in "bcdfghjklmnp")),
    "words, many": "_q=" + quote(" OR ".join(_WORDS[:32])),
    "words, far too many": "_q=" + quote(" OR ".join("x" * 3 for _ in range(100))),
    "NOT, nested": "_q=" + quote("NOT " * 100 + _WORDS[0]),
    "parentheses, nested": "_q=" + quote("(" * 200 + _WORDS[0] + ")" * 200),
    "no word": "_q=" + quote("-nosuchword -other"),
    "a phrase of common words": "_q=" + quote(f'"{_WORDS[0]} {_WORDS[1]} {_WORDS[0]}"'),
    "quotes": "_q=" + quote('"' * 400),
    "signs": "_q=" + quote("+" * 500),
    "one long word": "_q=" + "a" * 512,
    "Chinese, long": "_q=" + quote("的" * 170),
    "misspelt words": "_q=" + quote(" ".join(word + "x" for word in _WORDS[:30])),
    "completion, long": "suggest?_q=" + quote("aa " * 30),
    "facets of everything": "_facets=title,date(day),type,count",
    "filters, many": "&".join(f"title[contains]=a{n}" for n in range(40)),
    "filters, one long": "title[in]=" + quote(",".join(f"a{n}" for n in range(60))),
    "sorts, many": "_sort=" + ",".join(["-date", "title", "count", "-title", "date"] * 8),
    "far behind": "_offset=2000000000&_limit=100",
}


def measure(port: int, paths: Sequence[str]) -> str:
    """The table; *paths* are those of documents, for the reader."""
    alone = {what: _slowest(port, _address(query)) for what, query in ATTACKS.items()}
    idle = _one_after_the_other(port, paths)
    stop = Event()
    with ThreadPoolExecutor(ATTACKERS) as attackers:
        for number in range(ATTACKERS):
            attackers.submit(_attack, port, number, stop)
        try:
            busy = _one_after_the_other(port, paths)
        finally:
            stop.set()
    return _table(alone, idle, busy)


def _one_after_the_other(port: int, paths: Sequence[str]) -> Answered:
    """How documents are answered to one reader, who waits a moment after each answer."""
    taken: list[float] = []
    is_on = lasting(SECONDS)
    while is_on():
        begun = time.monotonic()
        _ask(port, paths[len(taken) % len(paths)])
        taken.append((time.monotonic() - begun) * 1000)
        time.sleep(PAUSE)
    return Answered(median(taken), quantiles(taken, n=100)[98])


def _attack(port: int, number: int, stop: Event) -> None:
    queries = list(ATTACKS.values())
    while not stop.is_set():
        number += 1
        _ask(port, _address(queries[number % len(queries)]))


def _slowest(port: int, address: str) -> tuple[int, float]:
    """The status, and the milliseconds of the slowest of a few answers."""
    taken = []
    status = 0
    for _ in range(TIMES):
        begun = time.monotonic()
        status = _ask(port, address)
        taken.append((time.monotonic() - begun) * 1000)
    return status, max(taken)


def _ask(port: int, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        return answer.status


def _address(query: str) -> str:
    return f"/site/api/{query}" if query.startswith("suggest") else f"{BASE}?{query}"


def _table(alone: dict[str, tuple[int, float]], idle: Answered, busy: Answered) -> str:
    lines = ["| attack | status | slowest ms |", "| --- | --- | --- |"]
    lines += [f"| {what} | {status} | {ms:.0f} |" for what, (status, ms) in alone.items()]
    lines += [f"| median of all | | {median(ms for _, ms in alone.values()):.0f} |", ""]
    lines += [
        "| a document meanwhile | p50 ms | p99 ms |",
        "| --- | --- | --- |",
        f"| idle | {idle.p50:.1f} | {idle.p99:.1f} |",
        f"| {ATTACKERS} attackers | {busy.p50:.1f} | {busy.p99:.1f} |",
    ]
    return "\n".join(lines)

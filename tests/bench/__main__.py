"""Runs the benchmark and prints its tables.

``python -m tests.bench [--case reads|attacks|imports] [--size 10000] [--pages 40000] [--rounds 3]
[--seconds 4]``
"""

from __future__ import annotations

import os
import pickle
import random
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from content_repo import Side
from hal_delivery.bootstrap import build_services, prepare
from hal_delivery.settings import Settings
from tests.bench import attacks, corpus, imports, servers
from tests.bench.servers import Measured

BASE = "/site/api"

#: Headers that the server adds by itself.
BY_SERVER = ("Server", "Date", "Connection")


@dataclass(frozen=True, slots=True)
class Round:
    """One turn: the service, the floor, and the floor with the service's headers."""

    ours: Measured
    floor: Measured
    whole_floor: Measured


def cases(settings: Settings, size: int) -> dict[str, list[str]]:
    """What is asked, by the name of the work; several hundred addresses each."""
    chance = random.Random(7)
    services = build_services(settings, migrate=False)
    places = services.repository.reader(Side.PUBLISHED).below("content/documents")
    services.close()
    some = chance.sample([one for one in places if one.kind.value == "document"], 300)
    offsets = [chance.randrange(0, size - 10, 10) for _ in range(200)]
    return {
        "document by id": [f"{BASE}/documents/{one.id}" for one in some],
        "document by path": [
            f"{BASE}/documents/{one.path.removeprefix('content/documents/')}" for one in some
        ],
        "page of 10, first pages": [f"{BASE}/documents/?_offset={n}0" for n in range(20)],
        "page of 10, any offset": [f"{BASE}/documents/?_offset={at}" for at in offsets],
        "page of 10 by date": [f"{BASE}/documents/?_sort=-date&_offset={at}" for at in offsets],
    }


def prepared(
    port: int, paths: Mapping[str, Sequence[str]]
) -> dict[str, tuple[bytes, list[tuple[str, str]]]]:
    """What the service answers, for the floor to answer likewise."""
    found = {}
    for path in {path for some in paths.values() for path in some}:
        address, _, query = path.partition("?")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            headers = [pair for pair in answer.headers.items() if pair[0] not in BY_SERVER]
            found[f"{address}?{query}"] = answer.read(), headers
    found["/?"] = b"{}", []
    return found


@click.command()
@click.option(
    "--case",
    type=click.Choice(["reads", "attacks", "imports"]),
    help="Only this one.  [default: all]",
)
@click.option("--size", default=10_000, show_default=True, help="Documents that are read.")
@click.option("--pages", default=40_000, show_default=True, help="Pages that are imported.")
@click.option(
    "--rounds", default=3, show_default=True, help="How often each side is measured, in turn."
)
@click.option("--seconds", default=4, show_default=True, help="How long each reading takes.")
def main(case: str | None, size: int, pages: int, rounds: int, seconds: int) -> None:
    """Measure the service against a floor: reading from it, and importing into it."""
    wanted = (case,) if case else ("reads", "attacks", "imports")
    measured = {
        "reads": lambda: reads(size, rounds, seconds),
        "attacks": lambda: attacked(size),
        "imports": lambda: imports.measure(pages, rounds),
    }
    for one in wanted:
        click.echo(f"{measured[one]()}\n")


def reads(size: int, rounds: int, seconds: int) -> str:
    """The service against the floor, and against one that sends the same headers."""
    servers.require_load_generator()
    settings, environ = loaded(size)
    folder = settings.data_dir
    results, resident = _measured(folder, environ, cases(settings, size), rounds, seconds)
    return f"{_table(size, results)}\n\nlargest worker: {resident:.0f} MB"


def attacked(size: int) -> str:
    """What costly questions cost, and what a reader of documents notices of them."""
    settings, environ = loaded(size)
    with servers.serving("wsgi:app", environ) as port:
        return attacks.measure(port, cases(settings, size)["document by id"])


def loaded(size: int) -> tuple[Settings, dict[str, str]]:
    """A data folder with *size* documents in it, indexed, and the environment that names it."""
    folder = corpus.folder_of(size).absolute()
    environ = {"HAL_DELIVERY_DATA_DIR": str(folder), "HAL_DELIVERY_LOG_LEVEL": "info"}
    settings = Settings.from_env({**os.environ, **environ})
    prepare(settings, demo=False)
    services = build_services(settings)
    corpus.load(services.repository, size)
    for side, index in services.indexes.items():
        click.echo(f"indexing: {side.value}", err=True)
        while not index.catch_up():
            pass
    services.close()
    return settings, environ


def _measured(
    folder: Path,
    environ: dict[str, str],
    paths: Mapping[str, Sequence[str]],
    rounds: int,
    seconds: int,
) -> tuple[dict[str, list[Round]], float]:
    """The rounds of each case, and the largest worker in MB."""
    kept = folder / "floor.pickle"
    script = folder / "paths.lua"
    results: dict[str, list[Round]] = {name: [] for name in paths}
    bare = {"BENCH_FLOOR": str(kept)}
    same = {**bare, "BENCH_FLOOR_HEADERS": "1"}
    floor = "tests.bench.floor:create_app()"
    with servers.serving("wsgi:app", environ) as service:
        kept.write_bytes(pickle.dumps(prepared(service, paths)))
        with servers.serving(floor, bare) as body_only, servers.serving(floor, same) as whole:
            for turn in range(rounds):
                for name, some in paths.items():
                    click.echo(f"round {turn + 1} of {rounds}: {name}", err=True)
                    results[name].append(
                        Round(
                            *(
                                servers.load(port, some, script, seconds)
                                for port in (service, body_only, whole)
                            )
                        )
                    )
            return results, servers.memory(service)


def _table(size: int, results: Mapping[str, Sequence[Round]]) -> str:
    lines = [
        f"| {size} documents | service /s | floor /s | ratio "
        "| with our headers | p50 ms | p99/p50 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, turns in results.items():
        lines.append(
            f"| {name} | {median(one.ours.rate for one in turns):.0f} "
            f"| {median(one.floor.rate for one in turns):.0f} "
            f"| {median(one.ours.rate / one.floor.rate for one in turns):.2f} "
            f"| {median(one.ours.rate / one.whole_floor.rate for one in turns):.2f} "
            f"| {median(one.ours.p50 for one in turns):.1f} "
            f"| {median(one.ours.p99 / one.ours.p50 for one in turns):.1f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()

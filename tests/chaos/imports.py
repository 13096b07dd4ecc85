"""Imports that are killed at random moments, and run again."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from content_repo import Repository
from tests.exchange.sites import Shelf, write
from tests.operations.processes import environment

#: Where the service puts content without a folder being named.
INTO = "content/documents"

#: Imports that are started at most for each that is killed.
_PATIENCE = 5


def site(folder: Path, pages: int) -> Path:
    """A site of small pages in two locales, with links, images, drafts, bundles and records."""
    chance = random.Random(5)
    files: dict[str, str | bytes] = {}
    for number in range(pages):
        locale = ("en", "nl")[number % 2]
        section = f"content/{locale}/s{number // 2 % 10}"
        draft = "draft: true\n" if chance.random() < 0.05 else ""
        files[f"{section}/page-{number // 20}.md"] = (
            f"---\ntitle: Page {number}\nweight: {number}\n{draft}---\n"
            f"# Page {number}\n\n[next](page-{number // 20 + 1}.md) ![dot](dot.svg)\n"
        )
        files[f"{section}/_index.md"] = f"---\ntitle: Section {section}\n---\n"
        files[f"{section}/dot.svg"] = f'<svg width="{len(section)}" height="9"/>'
        if number % 10 == 0:
            files[f"data/record-{number}.yml"] = f"name: Record {number}\nsize: {number}\n"
    for locale in ("", "_nl", "_fr"):
        files[f"labels/Labels{locale}.properties"] = f"hello=Hello{locale}\n"
    return write(folder, files)


def command(source: Path) -> list[str]:
    """The import of *source*, as it is typed."""
    return [sys.executable, "-m", "hal_delivery.cli", "import", str(source)]


@contextlib.contextmanager
def importing(source: Path, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An import on its way; with all its processes, it ends with the block."""
    env = environment(HAL_DELIVERY_DATA_DIR=str(data), HAL_DELIVERY_LOG_LEVEL="error")
    with subprocess.Popen(
        command(source), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def whole(source: Path, data: Path) -> float:
    """Import *source* to its end; returns the seconds that it took."""
    started = time.monotonic()
    with importing(source, data) as process:
        if process.wait() != 0:
            raise AssertionError(f"the import of {source} ended with {process.returncode}")
    return time.monotonic() - started


def killed(source: Path, data: Path, after: float) -> bool:
    """Kill an import of *source* after so many seconds; whether it was still on its way."""
    with importing(source, data) as process, contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return False
    return True


def state(data: Path) -> dict[str, Any]:
    """All that lies in a data folder, but for times and positions."""
    repository = Repository.open(f"sqlite:///{data / 'content.sqlite3'}", data)
    try:
        root = repository.reader(Shelf(repository).side).at(INTO)
        assert root is not None
        return {
            "nodes": Shelf(repository, into=INTO).state(),
            "files": [
                (one.path, one.node, one.digest, one.locale, one.is_edited)
                for one in repository.sources(root.id)
            ],
            "bytes": sorted(
                file.name for file in (data / "media").rglob("*") if not file.name.startswith(".")
            ),
        }
    finally:
        repository.close()


def survives(
    folder: Path,
    *,
    pages: int,
    kills: int,
    seed: int,
    say: Callable[[str], None] = lambda line: None,
) -> int:
    """Kill so many imports, run each again, and compare; returns how often that was tried.

    Each is killed at another random moment of the time that an undisturbed one takes;
    one that had ended before does not count.
    """
    chance, hits, tries = random.Random(seed), 0, 0
    source = site(folder / "site", pages)
    seconds = whole(source, folder / "undisturbed")
    expected = state(folder / "undisturbed")
    say(f"undisturbed: {len(expected['nodes'])} nodes in {seconds:.1f} s")
    while hits < kills:
        tries += 1
        if tries > _PATIENCE * kills:
            raise AssertionError(f"only {hits} of {tries} imports were still on their way")
        data = folder / f"killed-{tries}"
        moment = chance.uniform(0.2, 1.0) * seconds
        hit = killed(source, data, moment)
        hits += hit
        whole(source, data)
        if (found := state(data)) != expected:
            differing = [name for name in expected if found[name] != expected[name]]
            raise AssertionError(f"killed after {moment:.2f} s (seed {seed}): {differing} differ")
        say(f"{hits} of {kills}: {'killed' if hit else 'ended before'} {moment:.2f} s: equal")
        shutil.rmtree(data)
    return tries

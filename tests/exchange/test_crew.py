"""Several processes that read: they keep the order and end with the one that writes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from content_repo.model import Kind
from hal_delivery.exchange import crew
from hal_delivery.exchange.plan import Entry, Role, Source
from hal_delivery.exchange.reading import Read
from tests.exchange.sites import write
from tests.operations.processes import environment

HERE = "tests.exchange.test_crew"

#: As many files as are read by several processes.
MANY = 400


def stalled(content: bytes) -> str:
    """A converter that says that it runs, and never ends."""
    os.write(1, b"reading\n")
    threading.Event().wait()
    return content.decode()


def test_processes_that_read_end_with_the_import(tmp_path: Path) -> None:
    """After kill -9 of the import alone, nobody holds its output, not even whoever was reading."""
    source = write(tmp_path / "site", {f"page-{number}.rst": "a" for number in range(MANY)})
    config = tmp_path / "hal-delivery.toml"
    config.write_text(f'[hooks.converters]\nrst = "{HERE}:stalled"\n', "utf-8")
    command = [sys.executable, "-m", "hal_delivery.cli", "import", str(source)]
    env = environment(HAL_DELIVERY_DATA_DIR=str(tmp_path / "data"), HAL_DELIVERY_CONFIG=str(config))
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"reading\n"
            os.kill(process.pid, signal.SIGKILL)
            # Ends when the last process that holds the pipe does.
            rest, _ = process.communicate(timeout=30)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    assert set(rest.splitlines()) <= {b"reading"}
    assert process.returncode == -signal.SIGKILL


def entries(sizes: list[int]) -> list[Entry]:
    return [
        Entry(
            kind=Kind.DOCUMENT,
            role=Role.PAGE,
            name=f"{number}",
            path=f"{number}",
            sources=(Source(f"{number}.md", "0" * 64, size),),
        )
        for number, size in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sizes", "most"),
    [([1000] * 3000, 800), ([2**20] * 40, 8), ([16 * 2**20] * 9, 2)],
    ids=["small", "large", "largest"],
)
def test_what_is_under_way_is_bounded(sizes: list[int], most: int) -> None:
    """All entries come in order; hundreds of small files are under way, but few large ones."""
    under_way: list[int] = []
    submitted = 0

    def submit(some: list[Entry]) -> Future[list[Read]]:
        nonlocal submitted
        submitted += len(some)
        found: Future[list[Read]] = Future()
        found.set_result([Read({}, one.sources) for one in some])
        return found

    given = entries(sizes)
    taken: list[Entry] = []
    for entry, read in crew._in_order(given, submit, lambda one: one.sources[0].size, 2):
        assert read.sources == entry.sources
        under_way.append(submitted - len(taken))
        taken.append(entry)

    assert taken == given
    assert max(under_way) == most


def marked(some: list[int]) -> list[tuple[int, bool]]:
    """Each of *some*, and whether another process than the first one came by it."""
    return [(one, multiprocessing.parent_process() is not None) for one in some]


@pytest.mark.parametrize(("count", "elsewhere"), [(299, False), (300, True), (2000, True)])
def test_only_many_files_are_worth_other_processes(count: int, elsewhere: bool) -> None:
    """Each one comes with what was made of it, in order; a few are read where they are needed."""
    given = list(range(count))

    assert list(crew.each(given, marked, lambda _: 1)) == [(one, (one, elsewhere)) for one in given]


@pytest.mark.parametrize(("count", "begun"), [(299, ""), (300, "begun")])
def test_what_reads_is_loaded_before_it_is_needed(tmp_path: Path, count: int, begun: str) -> None:
    """Another process begins to load if there are many files, in whatever folders they lie."""
    write(tmp_path / "site", {f"{number % 7}/{number}.md": "a" for number in range(count)})
    said = (
        "import sys; from pathlib import Path; from multiprocessing import forkserver as server;"
        "from hal_delivery.exchange import crew; crew.prepare(Path(sys.argv[1]));"
        "print('begun' if server._forkserver._forkserver_pid else '')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", said, str(tmp_path / "site")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ran.stdout.strip() == begun

"""One process keeps the indexes in step beside the workers, and nobody depends on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from email.message import Message
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from content_repo import Kind, Side
from hal_delivery import cli, indexing
from hal_delivery.app import create_app
from hal_delivery.bootstrap import MOST_CHANGES_AT_START, Services, build_services, prepare
from hal_delivery.settings import Settings
from tests.chaos import pairs, torn
from tests.chaos.serving import PLACE
from tests.operations.processes import ROOT, START_SECONDS, environment, running
from tests.search_index.content import TYPES, id_at, put, query

COMMAND: Final = str(Path(sys.executable).parent / "hal-delivery")


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what has to become so."""
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env(
        {"HAL_DELIVERY_DATA_DIR": str(tmp_path / "data"), "HAL_DELIVERY_LOG_LEVEL": "error"}
    )


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """A repository of types and nothing else, and its indexes, in step."""
    with closing(build_services(settings)) as found:
        with found.repository.write() as tx:
            tx.define(TYPES)
        for index in found.indexes.values():
            index.catch_up()
        yield found


@pytest.fixture
def client(settings: Settings, services: Services) -> FlaskClient:
    return create_app(settings, services).test_client()


def measured(text: str) -> dict[str, int]:
    """The values of all metrics; each line is a comment or one of them."""
    lines = [line for line in text.splitlines() if not line.startswith("# ")]
    found = [
        re.fullmatch(r'(hal_delivery_[a-z_]+(?:{side="[a-z]+"})?) (\d+)', one) for one in lines
    ]
    assert all(found), lines
    return {one[1]: int(one[2]) for one in found if one}


# -- the process ----------------------------------------------------------------


def pids(log: Path) -> list[int]:
    """The indexers that began, as the log tells."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line["pid"] for line in lines if line["event"] == "the indexer begins"]


def serve(data: Path, log: Path) -> Any:
    env = environment(HAL_DELIVERY_DATA_DIR=str(data))
    return running([COMMAND, "serve", "--port", "0", "--workers", "2"], log, env)


def test_it_is_there_as_long_as_the_server(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """Killed, it is started again, as on a reload; when the server is killed, it ends as well."""
    log = tmp_path / "log"
    index = services.indexes[Side.PUBLISHED]
    with serve(settings.data_dir, log) as server:
        wait_until(lambda: len(pids(log)) == 1 and index.status()["followed"])
        os.kill(pids(log)[0], signal.SIGKILL)
        wait_until(lambda: len(pids(log)) == 2 and index.status()["followed"])
        os.kill(server.process.pid, signal.SIGHUP)
        wait_until(lambda: len(pids(log)) == 3 and index.status()["followed"])
        server.process.kill()
        wait_until(lambda: not index.status()["followed"])


def test_it_takes_in_what_another_process_imports(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """Without a search, and while the workers go on answering."""
    site = tmp_path / "site"
    site.mkdir()
    for number in range(200):
        (site / f"page{number}.md").write_text(f"# Needle {number}\n")
    index = services.indexes[Side.PUBLISHED]
    with serve(settings.data_dir, tmp_path / "log"):
        env = environment(HAL_DELIVERY_DATA_DIR=str(settings.data_dir))
        subprocess.run(
            [COMMAND, "import", str(site)], cwd=ROOT, env=env, check=True, capture_output=True
        )
        wait_until(lambda: index.status()["lag"] == 0)
        found = index.status()

    assert found["entries"] >= 200
    assert found["reached"] == services.repository.committed_position()


def answered(url: str) -> tuple[int, Message, dict[str, Any]]:
    try:
        answer = urllib.request.urlopen(url, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, json.loads(answer.read())


def test_what_takes_long_is_made_beside_the_workers(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """Documents are answered from the first request on, and searches as soon as they can be."""
    with services.repository.write() as tx:
        folder = id_at(services.repository, PLACE)
        for number in range(MOST_CHANGES_AT_START):
            tx.publish(tx.create(Kind.DOCUMENT, folder, f"d{number}", type="site:article"))
    shutil.rmtree(settings.data_dir / "index")
    with serve(settings.data_dir, tmp_path / "log") as server:
        base = f"{server.url}/site/api/documents/"
        assert answered(f"{base}d0")[0] == 200

        def are_found() -> bool:
            status, headers, body = answered(f"{base}?_limit=1")
            if status == 200:
                return bool(body["_meta"]["totalSize"] == MOST_CHANGES_AT_START)
            assert (status, body["code"]) == (503, "index_unavailable")
            assert int(headers["Retry-After"]) > 0
            return False

        wait_until(are_found)
        wait_until(lambda: answered(f"{server.url}/readyz")[0] == 200)

    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()]
    listening = [number for number, one in enumerate(events) if one.startswith("Listening at")]
    building = [number for number, one in enumerate(events) if one.startswith("building the")]
    assert max(listening) < min(building)
    assert services.indexes[Side.PUBLISHED].status()["built"] == 1


def test_little_is_made_before_it_serves(
    settings: Settings, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer's first search is answered; while there is no index, it is not ready."""
    put(services.repository, f"{PLACE}/a", title="needle")
    shutil.rmtree(settings.data_dir / "index")
    with monkeypatch.context() as patched:
        patched.setattr("hal_delivery.bootstrap.MOST_CHANGES_AT_START", 0)
        prepare(settings, demo=False)
    with closing(build_services(settings, serving=True)) as found:
        state: Any = found.readiness()
        assert state["status"] == "unready"
        assert [one.split()[1] for one in state["problems"]] == ["published", "draft"]
    prepare(settings, demo=False)

    with closing(build_services(settings, serving=True)) as found:
        assert found.readiness()["status"] == "ready"
        assert found.indexes[Side.PUBLISHED].reached == found.repository.position


def test_a_server_starts_without_it(tmp_path: Path) -> None:
    """Where it fails at once, again and again, the workers answer all the same."""
    code = (
        "import click; from hal_delivery import logs, server; "
        "from tests.operations.tiny_service import tiny_service; "
        "logs.configure(); listener = server.reserve('127.0.0.1', 0); "
        "server.serve(lambda: tiny_service, listener, workers=2, beside=lambda: 1 / 0, "
        "when_ready=lambda: click.echo(listener.url))"
    )
    log = tmp_path / "log"
    with running([sys.executable, "-c", code], log) as server:
        wait_until(lambda: log.read_text().count("the process beside the workers failed") == 2)

        assert server.stop() == 0


def test_it_pauses_longer_and_longer_until_something_happens(services: Services) -> None:
    """While all is quiet it looks ten times a second, and after a change at once."""
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 10:
            put(services.repository, "content/documents/a", title="needle")

    indexing.follow(services.indexes.values(), is_over=lambda: len(pauses) == 20, pause=pause)

    growing = [min(indexing.SHORTEST * 2**n, indexing.LONGEST) for n in range(10)]
    assert pauses == [*growing, *growing]
    assert [index.status()["lag"] for index in services.indexes.values()] == [0, 0]


# -- what it is for ---------------------------------------------------------------


def test_every_search_sees_the_write_before_it(tmp_path: Path) -> None:
    """Whatever worker answers, and however busy it is with other things."""
    found = pairs.write_and_search(tmp_path, pairs=100)

    assert found.missed == ()
    assert len(found.late) < found.pairs // 10


def test_whatever_happens_to_its_files(tmp_path: Path) -> None:
    """No answer is the server's fault, look-ups go on, and the index is whole again."""
    torn.survives(tmp_path, torn.some(8, seed=5), seed=5)


# -- what it tells ------------------------------------------------------------------


def test_metrics_tell_how_far_each_index_is(client: FlaskClient, services: Services) -> None:
    """The lag is that of the index, and looking at it changes nothing."""
    put(services.repository, "content/documents/a", title="needle", published=False)
    committed = services.repository.committed_position()
    for _ in range(2):
        answer = client.get("/metrics", headers={"Host": "10.1.2.3:9999"})
        found = measured(answer.text)

        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert found["hal_delivery_committed_position"] == committed
        assert found['hal_delivery_index_lag{side="draft"}'] > 0
        assert found['hal_delivery_index_entries{side="draft"}'] == 5
        assert found['hal_delivery_index_builds_total{side="draft"}'] == 1
    services.indexes[Side.DRAFT].search(query(roots=("",)))

    found = measured(client.get("/metrics").text)
    assert found['hal_delivery_index_lag{side="draft"}'] == 0
    assert found['hal_delivery_index_entries{side="draft"}'] == 6


def test_drafts_are_no_lag_of_what_is_published(client: FlaskClient, services: Services) -> None:
    """What a side does not show, it is not behind of."""
    put(services.repository, "content/documents/a", published=False)

    lag = client.get("/readyz").get_json()["lag"]
    found = measured(client.get("/metrics").text)
    assert lag["published"] == found['hal_delivery_index_lag{side="published"}'] == 0
    assert lag["draft"] == found['hal_delivery_index_lag{side="draft"}'] > 0


def test_metrics_tell_of_damage(
    settings: Settings, client: FlaskClient, services: Services
) -> None:
    """An index that is not there has a lag, and is counted when it is mended."""
    index = services.indexes[Side.PUBLISHED]
    (settings.data_dir / "index" / "published" / "current").unlink()
    found = measured(client.get("/metrics").text)
    assert found['hal_delivery_index_available{side="published"}'] == 0
    assert found['hal_delivery_index_lag{side="published"}'] > 0
    assert 'hal_delivery_index_entries{side="published"}' not in found
    assert index.catch_up()

    found = measured(client.get("/metrics").text)
    assert found['hal_delivery_index_available{side="published"}'] == 1
    assert found['hal_delivery_index_builds_total{side="published"}'] == 2


# -- the commands ---------------------------------------------------------------------


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name in os.environ:
        if name.startswith("HAL_DELIVERY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HAL_DELIVERY_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("HAL_DELIVERY_LOG_LEVEL", "error")
    return lambda *arguments: CliRunner().invoke(cli.main, ["index", *arguments])


def test_status_tells_what_an_operator_asks(services: Services, run: Callable[..., Result]) -> None:
    """Side, state, positions, lag, size, the edition, and whether one was put aside."""
    put(services.repository, "content/documents/a", title="needle")
    found = json.loads(run("status", "--side", "published").stdout)["published"]

    assert (found["side"], found["state"]) == ("published", "behind")
    assert found["committed"] == services.repository.committed_position()
    assert found["lag"] == found["committed"] - found["reached"] > 0
    assert (found["entries"], found["segments"], found["quarantine"]) == (5, 1, False)
    assert found["edition"].startswith("edition-")
    assert found["bytes"] > 1000


def test_verify_ends_with_1_where_they_differ(
    services: Services, run: Callable[..., Result]
) -> None:
    """A difference is named, and the exit code says that there is one; a rebuild mends it."""
    id = put(services.repository, "content/documents/a", title="needle")
    index = services.indexes[Side.DRAFT]
    assert index.catch_up()
    edition = index._latest().edition
    edition.write([id], [], edition.bookmark, merge=0)

    found = run("verify")
    assert found.exit_code == 1
    assert json.loads(found.stdout) == {
        "published": [],
        "draft": [f"content/documents/a ({id}) is missing from the index"],
    }
    rebuilt = run("rebuild", "--side", "draft")
    assert (rebuilt.exit_code, rebuilt.stdout.startswith("draft: rebuilt up to")) == (0, True)
    assert run("verify").exit_code == 0
    assert index.search(query("needle", roots=("",))).total == 1

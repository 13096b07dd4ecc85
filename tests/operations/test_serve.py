"""``hal-delivery serve`` answers, with what it said it would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.operations.processes import ROOT, Running, environment, running

COMMAND = str(Path(sys.executable).parent / "hal-delivery")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "data"


@pytest.fixture(scope="module")
def service(data_dir: Path) -> Iterator[Running]:
    """The demo, served from a new data folder."""
    with serving(data_dir) as found:
        yield found


def serving(data_dir: Path) -> Any:
    env = environment(HAL_DELIVERY_DATA_DIR=str(data_dir))
    log = data_dir.parent / "log"
    return running([COMMAND, "serve", "--demo", "--port", "0"], log, env)


def run(data_dir: Path, *arguments: str) -> str:
    """What a command prints that is run beside the service."""
    env = environment(HAL_DELIVERY_DATA_DIR=str(data_dir))
    return subprocess.run(
        [COMMAND, *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout


def get(url: str, token: str | None = None) -> tuple[int, str, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers["Content-Type"], json.loads(answer.read() or b"{}")


def test_it_answers_at_the_address_it_printed(service: Running) -> None:
    """The entry point of the site is there as soon as the address is printed."""
    status, media_type, body = get(f"{service.url}/site/api")

    assert status == 200
    assert media_type.startswith("application/hal+json")
    assert body["_links"]["self"]["href"].startswith(f"{service.url}/site/api")


def test_it_is_ready(service: Running) -> None:
    """Health and readiness are told from the first request on."""
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(service.url + path, timeout=30) as answer:
            assert answer.status == 200


def test_drafts_need_the_token_that_the_command_makes(service: Running, data_dir: Path) -> None:
    """Without a token there are no drafts; with the one from the command line there are."""
    token = run(data_dir, "token", "--mount", "preview").strip()

    assert get(f"{service.url}/preview/api")[0] in (401, 403, 404)
    assert get(f"{service.url}/preview/api", token)[0] == 200


def test_what_it_says_to_try_next_works(service: Running) -> None:
    """Each printed command can be pasted into a shell, and answers."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    _, _, commands = service.printed.partition("Try next:\n")

    answers = [
        subprocess.run(
            ["sh", "-c", command],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        for command in commands.strip().splitlines()
    ]

    entry_point, token, preview, report = answers
    assert "_links" in json.loads(entry_point)
    assert token.count(".") == 2
    assert "_links" in json.loads(preview)
    assert report.startswith("Imported into ")


def test_it_says_where_its_data_are(service: Running, data_dir: Path) -> None:
    """The printed lines name the data folder."""
    assert str(data_dir) in service.printed.splitlines()[0]


def test_the_index_can_be_asked_while_it_serves(service: Running, data_dir: Path) -> None:
    """The state of the index is printed as JSON, one entry for each side."""
    assert set(json.loads(run(data_dir, "index", "status"))) == {"published", "draft"}
    assert set(json.loads(run(data_dir, "index", "verify", "--side", "draft"))) == {"draft"}


def test_no_secret_is_logged(service: Running, data_dir: Path) -> None:
    """A token that was sent is in no line of the log."""
    token = run(data_dir, "token", "--mount", "preview").strip()
    get(f"{service.url}/preview/api?token={token}", token)

    log = service.log.read_text()
    assert token not in log
    assert token.split(".")[2] not in log


def test_it_ends_and_starts_again_with_what_it_had(tmp_path: Path) -> None:
    """SIGTERM ends it with exit code 0; a second start finds the demo and adds nothing."""
    data_dir = tmp_path / "data"
    totals = []
    for _ in range(2):
        with serving(data_dir) as service:
            totals.append(get(f"{service.url}/site/api/documents/")[2]["_meta"]["totalSize"])
            assert service.stop() == 0

    assert totals[0] == totals[1] > 0

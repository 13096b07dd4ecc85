"""A log is lines on standard error, one per event, without secrets."""

from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from hal_delivery import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capfd: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    """The lines logged so far, as JSON; logging is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("info", "json")
    logs._request_id.set(None)
    yield lambda: [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def test_an_event_is_one_line_of_json(lines: Lines) -> None:
    """A line says what happened, when, how bad it is, and its facts as values."""
    structlog.get_logger().info("indexed", changes=3, path="blog/2017")

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "indexed", "level": "info", "changes": 3, "path": "blog/2017"}


def test_a_line_break_stays_inside_its_line(lines: Lines) -> None:
    """No text of a client's can forge a line of its own."""
    structlog.get_logger().info("request", path='/a\n{"event":"forged"}')

    assert len(lines()) == 1


def test_less_severe_lines_are_left_out(lines: Lines) -> None:
    """The level that is set is the least severe one that is written."""
    logs.configure("warning", "json")
    structlog.get_logger().info("request")
    logging.getLogger("library").info("detail")
    structlog.get_logger().warning("slow")

    assert [line["event"] for line in lines()] == ["slow"]


@pytest.mark.parametrize(
    "key",
    [
        *("authorization", "Authorization", "Proxy-Authorization", "cookie", "Set-Cookie"),
        *("x-api-key", "X_API_KEY", "api_key", "token", "access_token", "refresh-token"),
        *("password", "database_password", "secret", "client_secret"),
    ],
)
def test_a_secret_is_blanked_by_its_name(lines: Lines, key: str) -> None:
    """What is called a credential is never written, at whatever depth it stands."""
    structlog.get_logger().info("request", **{key: "s3cret"}, headers=[{key: ["s3cret"]}])

    (line,) = lines()
    assert "s3cret" not in json.dumps(line)
    assert line[key] == line["headers"][0][key] == logs.REDACTED


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/preview/api?token=s3cret&q=a", "&q=a"),
        ("Authorization: Bearer s3cret", "Authorization"),
        ("basic s3cret", "basic"),
        ("postgresql://site:s3cret@db.example/site", "db.example/site"),
        ("/a?access=1&PASSWORD=s3cret", "access=1"),
    ],
)
def test_a_secret_is_blanked_inside_a_text(lines: Lines, text: str, kept: str) -> None:
    """A credential inside an address or a header is blanked; the rest stays readable."""
    structlog.get_logger().info(text, at=text)

    (line,) = lines()
    assert "s3cret" not in json.dumps(line)
    assert kept in line["event"]
    assert kept in line["at"]


def test_plain_words_are_kept(lines: Lines) -> None:
    """Blanking takes no more than credentials."""
    facts = {"tokens": 3, "cookies": "none", "text": "the token: see http://example.org:80/a@b"}

    structlog.get_logger().info("counted", **facts)

    (line,) = lines()
    assert facts.items() <= line.items()


def test_a_failure_is_logged_with_its_cause(lines: Lines) -> None:
    """A traceback is part of its line, blanked like any text."""
    try:
        raise ValueError("postgresql://site:s3cret@db.example/site")
    except ValueError:
        structlog.get_logger().exception("failed")

    (line,) = lines()
    assert line["level"] == "error"
    assert "ValueError" in line["exception"]
    assert "s3cret" not in line["exception"]


def test_libraries_log_the_same_lines(lines: Lines) -> None:
    """What comes through the standard library is a line like ours, and says from where."""
    logging.getLogger("library").warning("token=%s", "s3cret")
    logging.getLogger("library").log(25, "in between")

    first, second = lines()
    assert (first["event"], first["level"], first["logger"]) == (
        f"token={logs.REDACTED}",
        "warning",
        "library",
    )
    assert second["level"] == "info"


def test_warnings_are_lines(lines: Lines) -> None:
    """A warning of Python's is logged, not printed in between."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("soon gone", UserWarning, stacklevel=1)

    (line,) = lines()
    assert "soon gone" in line["event"]


def test_lines_of_a_request_share_its_id(lines: Lines) -> None:
    """Every line of one request carries its id, and none of the next request does."""
    log = structlog.get_logger()
    first = logs.begin_request("abc")
    log.info("one")
    second = logs.begin_request()
    log.info("two")

    one, two = lines()
    assert first == one["request_id"] == "abc"
    assert two["request_id"] == second != first


def test_a_request_of_another_thread_keeps_its_own_id(lines: Lines) -> None:
    """Requests that are answered at the same time do not mix."""
    logs.begin_request("here")
    other = threading.Thread(target=logs.begin_request, args=("there",))
    other.start()
    other.join()
    structlog.get_logger().info("request")

    assert lines()[0]["request_id"] == "here"


@pytest.mark.parametrize(
    "fact", ["\ud800", 2**80, {1: "a"}, object(), {"a", "b"}, b"raw", [[[[[1]]]]]]
)
def test_any_fact_can_be_logged(lines: Lines, fact: Any) -> None:
    """No value makes logging fail, since logging must not fail a request."""
    structlog.get_logger().info("odd", fact=fact)

    assert lines()[0]["event"] == "odd"


def test_text_is_for_people(lines: Lines, capfd: pytest.CaptureFixture[str]) -> None:
    """On a terminal a line is words, with the same secrets blanked."""
    logs.configure("info", "text")
    logs.begin_request("abc")
    structlog.get_logger().info("indexed \ud800", changes=3, token="s3cret")

    (line,) = capfd.readouterr().err.splitlines()
    assert "indexed" in line
    assert "changes=3" in line
    assert "request_id=abc" in line
    assert "s3cret" not in line

"""Logs: one line per event on standard error, without secrets.

Lines are JSON objects, or text for a terminal.  Each is written by a single
system call, so that the lines of several workers do not mix, and nothing is held
back in a buffer that a killed worker would lose.  What libraries log through the
standard library comes out as the same lines.

A line of a request carries its ``request_id``: call :func:`begin_request` first.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED: Final = "[redacted]"

_SECRET_KEY = re.compile(
    r"(proxy[-_])?authorization|(set[-_])?cookie|x[-_]api[-_]key|api[-_]?key"
    r"|([a-z0-9]+[-_])*(token|password|secret)",
    re.IGNORECASE,
)
# The same, where they stand inside a text: a query string, a header, an address.
_SECRET_TEXT = re.compile(
    r"(?P<kept>\b(?:token|password|secret|api[-_]?key)=|\b(?:bearer|basic)\s+|://[^\s:/@]*:)"
    r"(?P<secret>(?<=:)[^\s/@]+(?=@)|(?<!:)[^\s&;,'\"]+)",
    re.IGNORECASE,
)
_MAX_DEPTH: Final = 4

_log = structlog.get_logger(__name__)

#: The request that this thread answers.
_request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)


@dataclass
class _Form:
    """How lines are written in this process."""

    is_text: bool = True
    level: int = logging.INFO


_form: Final = _Form()


def configure(level: str = "info", format: str = "json") -> None:
    """Log from *level* up, as ``json`` or ``text``.  Called once, before any fork."""
    number = logging.getLevelNamesMapping()[level.upper()]
    _form.is_text, _form.level = format == "text", number
    structlog.configure(
        processors=[
            _of_request,
            structlog.processors.format_exc_info,
            redact,
            # What comes after is ours and holds no secret.
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _renderer(format),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *names: StandardError(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Forward()]
    root.setLevel(number)
    logging.captureWarnings(True)
    # It tells at every start that there was nothing to do.
    logging.getLogger("alembic").setLevel(max(number, logging.WARNING))


def answered(method: str, path: str, status: int, seconds: float, request_id: str) -> None:
    """The line of an answer.

    The same as any other, but each request has one: it is put together here, which
    takes a fourth of the time.
    """
    ms = round(seconds * 1000, 1)
    if _form.is_text:
        _log.info("answered", method=method, path=path, status=status, ms=ms)
    elif _form.level <= logging.INFO:
        told = {
            "method": _redacted(None, method, depth=0), "path": _redacted(None, path, depth=0),
            "status": status, "ms": ms, "event": "answered", "request_id": request_id,
            "level": "info", "timestamp": _now(),
        }  # fmt: skip
        StandardError().msg(_json(None, "info", told))


def _now() -> str:
    # Where the microseconds are none, they would be left out.
    return f"{datetime.now(UTC).isoformat(timespec='microseconds')[:26]}Z"


def begin_request(request_id: str | None = None) -> str:
    """Start the lines of one request, forgetting the last one of this thread."""
    request_id = request_id or os.urandom(8).hex()
    _request_id.set(request_id)
    return request_id


def _of_request(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Say which request a line is of."""
    request_id = _request_id.get()
    if request_id is not None:
        event.setdefault("request_id", request_id)
    return event


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Blank out every credential, by the name of its key or by how it looks."""
    return {key: _redacted(key, value, depth=0) for key, value in event.items()}


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.fullmatch(key) is not None


def _redacted(key: object, value: Any, *, depth: int) -> Any:
    if isinstance(key, str) and _is_secret(key):
        return REDACTED
    if isinstance(value, str):
        # Every such text has one of these; most texts have none.
        if not ("=" in value or " " in value or ":" in value):
            return value
        return _SECRET_TEXT.sub(rf"\g<kept>{REDACTED}", value)
    if depth == _MAX_DEPTH:
        return _redacted(None, str(value), depth=0)
    if isinstance(value, Mapping):
        return {str(k): _redacted(k, v, depth=depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(None, item, depth=depth + 1) for item in value]
    return value


class StandardError:
    """Where lines go, in one write each."""

    def msg(self, line: str | bytes) -> None:
        """Write *line*; an unwritable log loses the line, never the answer."""
        if isinstance(line, str):
            line = line.encode(errors="backslashreplace")
        rest = memoryview(line + b"\n")
        with suppress(OSError):
            while rest:
                rest = rest[os.write(2, rest) :]

    log = debug = info = warning = error = critical = exception = fatal = msg


class _Forward(logging.Handler):
    """Takes what libraries log through the standard library to the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        # Levels in between, which some libraries have, count as the next lower one.
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        try:
            structlog.get_logger().log(
                level, record.getMessage(), logger=record.name, exc_info=record.exc_info or None
            )
        except Exception:
            self.handleError(record)


def _renderer(format: str) -> Processor:
    if format == "json":
        return _json
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _json(logger: WrappedLogger, method: str, event: MutableMapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(event, default=str)
    except TypeError:
        # A lone surrogate or an enormous integer: rare, and no reason to lose the line.
        return json.dumps(event, default=str).encode("ascii")

"""The server: gunicorn, run from our own command with our own limits.

Every limit of the outermost layer stands here, in one table.  gunicorn reads no
configuration of its own: not its file, not its environment variables, and no
forwarded header, since which proxies are believed is decided in
``hal_delivery.web``.

One process of another kind may run beside the workers; it is started again when it
ends, and ends with the server.

The port is reserved before anything slow begins, so that a taken port is
reported at once and a port that is still being prepared refuses connections
instead of letting them wait.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import json
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

import gunicorn.http.wsgi
import gunicorn.util
from gunicorn import sock
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from hal_delivery.settings import StartError
from hal_delivery.worker import Response, Worker

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

log = logging.getLogger(__name__)

_SHARED_MEMORY: Final = Path("/dev/shm")

#: Seconds between two starts of the process beside the workers: at first, and at most.
_RESPITE: Final = 1.0
_LONGEST_RESPITE: Final = 30.0

#: prctl(2): the signal that comes when the parent process has ended.
_PR_SET_PDEATHSIG: Final = 1

LIMITS: Final[dict[str, Any]] = {
    "limit_request_line": 8190,
    "limit_request_fields": 100,
    "limit_request_field_size": 16380,
    "max_requests": 0,
    "timeout": 30,
    "graceful_timeout": 10,
    # Longer than proxies keep an idle connection, so that it is they who close it.
    "keepalive": 65,
    # Workers open their own database connections; none may be shared by a fork.
    "preload_app": False,
    # An empty list trusts nobody. gunicorn always trusts a Unix socket, so that
    # what a trusted peer could set is emptied as well.
    "forwarded_allow_ips": "",
    "proxy_allow_ips": "",
    "secure_scheme_headers": {},
    "forwarder_headers": "",
    # Requests are logged by the application, which knows what is secret.
    "accesslog": None,
    "control_socket_disable": True,
}


#: What is said of requests that nobody reads to their end, by status.
_TOO_LARGE: Final = {
    414: (
        "query_too_long",
        f"The first line of a request, which its path and query are in, may have "
        f"{LIMITS['limit_request_line']} bytes at most; this one has more.",
    ),
    431: (
        "headers_too_large",
        f"A request may have {LIMITS['limit_request_fields']} header fields at most, each of "
        f"{LIMITS['limit_request_field_size']} bytes at most; this one has more, or longer ones.",
    ),
}


class AddressTaken(StartError):
    """Another process listens there, or nobody may."""

    exit_code: ClassVar[int] = 1


#: Bytes that the system keeps of an answer until the client has read them.
_SENT_AT_ONCE: Final = 2**18


@dataclass(frozen=True, slots=True)
class Listener:
    """An address that is reserved, and refuses connections until it is served."""

    socket: socket.socket
    host: str
    port: int

    @property
    def address(self) -> str:
        """The address as gunicorn writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Where a person on this machine finds it."""
        # "Everywhere" is where a server listens, not where a browser goes.
        address = self.address.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")
        return f"http://{address}"


def reserve(host: str, port: int) -> Listener:
    """Reserve *port* at *host*; 0 takes any free port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise _taken(host, port, error) from None
    reserved = socket.socket(family, kind)
    # A port of which old connections are still fading away is free for us.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # What connections inherit: a page is handed over at once, and nobody waits until it is read.
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AT_ONCE)
    try:
        reserved.bind(address)
    except OSError as error:
        reserved.close()
        raise _taken(host, port, error) from None
    return Listener(reserved, *reserved.getsockname()[:2])


def default_workers() -> int:
    """One worker per core that this process may use, and never a single one."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    return max(2, cores)


def serve(
    load: Callable[[], WSGIApplication],
    listener: Listener,
    *,
    workers: int,
    threads: int = 1,
    log_level: str = "info",
    when_ready: Callable[[], None] = lambda: None,
    beside: Callable[[], None] | None = None,
) -> None:
    """Serve what *load* makes in each worker, until told to stop; then exit.

    *when_ready* is called once, when connections are accepted from then on.  What
    *beside* does, a process beside the workers does, as long as there are any; it
    may be killed at any moment.
    """
    # The only way to say less about the software than "gunicorn".
    gunicorn.http.wsgi.SERVER = "hal-delivery"
    gunicorn.http.wsgi.Response = Response
    # Nor would it refuse, in any other way, what it cannot read in another form than ours.
    gunicorn.util.write_error = _refuse
    application = _Application(
        load,
        {
            **LIMITS,
            "bind": listener.address,
            "workers": workers,
            "threads": threads,
            "worker_class": Worker if threads == 1 else "gthread",
            # A heartbeat on a slow disk looks like a worker that hangs.
            "worker_tmp_dir": str(_SHARED_MEMORY) if os.access(_SHARED_MEMORY, os.W_OK) else None,
            "loglevel": log_level,
            "logger_class": _Log,
            "proc_name": "hal-delivery",
            "when_ready": lambda arbiter: when_ready(),
        },
    )
    arbiter = _Arbiter(application, beside)
    arbiter.LISTENERS = [_listening(listener, application.cfg, arbiter.log)]
    arbiter.run()


def _refuse(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Answer a request that the application never sees, as problem details (RFC 9457)."""
    otherwise = ("bad_request" if status < 500 else "internal_error", message)
    code, detail = _TOO_LARGE.get(status, otherwise)
    shape = {
        "type": "about:blank",
        "title": reason,
        "status": status,
        "detail": detail,
        "code": code,
    }
    body = json.dumps(shape).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nServer: hal-delivery\r\nConnection: close\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n"
    )
    gunicorn.util.write_nonblock(client, head.encode() + body)


def _listening(listener: Listener, config: Config, log: Logger) -> sock.TCPSocket:
    kind = sock.TCP6Socket if listener.socket.family is socket.AF_INET6 else sock.TCPSocket
    address = (listener.host, listener.port)
    try:
        return kind(address, config, log, fd=listener.socket.detach())
    except OSError as error:
        raise _taken(*address, error) from None


def _taken(host: str, port: int, error: OSError) -> AddressTaken:
    if error.errno == errno.EADDRINUSE:
        return AddressTaken(
            f"Port {port} at {host} is in use by another process. Stop it, or choose another "
            "port: --port."
        )
    return AddressTaken(f"Cannot listen at port {port} of {host}: {error.strerror}.")


class _Arbiter(Arbiter):
    """gunicorn's own, with one process beside its workers."""

    def __init__(self, application: BaseApplication, beside: Callable[[], None] | None) -> None:
        super().__init__(application)
        self._beside = None if beside is None else _Beside(beside)

    def manage_workers(self) -> None:
        """Called once a second, and whenever a process has ended."""
        if self._beside is not None:
            # First, so that what has to be made is not made by a worker.
            self._beside.keep(self.LISTENERS)
        super().manage_workers()

    def reload(self) -> None:
        """Start everything anew, the process beside the workers as well."""
        if self._beside is not None:
            self._beside.stop()
        super().reload()

    def stop(self, graceful: bool = True) -> None:
        """End everything."""
        if self._beside is not None:
            self._beside.stop()
        super().stop(graceful)


class _Beside:
    """A process that is there whenever it is looked after."""

    def __init__(self, run: Callable[[], None]) -> None:
        self._run = run
        self._pid: int | None = None
        self._respite = _RESPITE
        self._due = 0.0

    def keep(self, listeners: Iterable[Any]) -> None:
        """Start it, unless it is running or was started only just now."""
        now = time.monotonic()
        if now < self._due or self._is_running():
            return
        # One that ends as soon as it has begun is not tried ever faster.
        lasted = now - self._due > _LONGEST_RESPITE
        self._respite = _RESPITE if lasted else min(2 * self._respite, _LONGEST_RESPITE)
        self._due = now + self._respite
        parent = os.getpid()
        try:
            self._pid = os.fork()
        except OSError:
            log.exception("no process can be started beside the workers")
            return
        if self._pid == 0:
            self._live(parent, listeners)

    def stop(self) -> None:
        """End it; it is one that may be killed."""
        if self._is_running() and self._pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._due = 0.0

    def _is_running(self) -> bool:
        if self._pid is None:
            return False
        try:
            return os.waitpid(self._pid, os.WNOHANG)[0] == 0
        except ChildProcessError:
            # gunicorn takes note of every child that ended, and drops those it does not know.
            return False

    def _live(self, parent: int, listeners: Iterable[Any]) -> NoReturn:
        status = 1
        try:
            _end_with(parent)
            for listener in listeners:
                listener.sock.close()
            self._run()
            status = 0
        except Exception:
            log.exception("the process beside the workers failed")
        finally:
            # Nothing of what the server would do at its own end.
            os._exit(status)


def _end_with(parent: int) -> None:
    """End when *parent* does, however that ends, or when told by SIGTERM."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
        # A terminal sends those to all processes; the server decides what they mean.
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_DFL)
    with contextlib.suppress(AttributeError, OSError):  # not on every system
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def keep_what_is_loaded() -> None:
    """Look for garbage only among what comes later.

    Modules and entries of an index are so many that each look through all of them
    would hold up a request for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


class _Application(BaseApplication):
    """Our application as gunicorn asks for it."""

    def __init__(self, load: Callable[[], WSGIApplication], options: dict[str, Any]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        loaded = self._load()
        keep_what_is_loaded()
        return loaded


class _Log(Logger):
    """gunicorn's own lines, in the form of all others."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

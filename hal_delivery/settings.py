"""Settings: what the operator decides, read from the environment once.

One table, :data:`SETTINGS`, says what may be set.  Parsing, the errors and the
table in the README all follow from it, so that a new setting is a row there and
a field in :class:`Settings`.  Nothing else in the service reads the environment.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

PREFIX: Final = "HAL_DELIVERY_"

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
# A lone "_" is what some scripts append against caches; any other leading
# underscore marks a parameter of ours, which must never be ignored.
_IGNORED = re.compile(r"_|[^\s_*&=][^\s*&=]*\*?")
_DATABASE = re.compile(r"(sqlite|postgresql)(\+[a-z0-9_]+)?://.*")
_PASSWORD = re.compile(r"(?<=://)([^:/@]*):.*@|(?<=password=)[^&]*", re.IGNORECASE)


class StartError(Exception):
    """Why the service does not start, in one sentence for the operator."""

    exit_code: ClassVar[int] = 2


class SettingsError(StartError):
    """A setting that does not exist, or a value that it cannot have."""


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Every decision, read and checked.  Passed along, never imported as a global."""

    data_dir: Path
    database_url: str
    public_url: str | None
    config: Path
    hosts: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    ignored_parameters: tuple[str, ...]
    log_level: str
    log_format: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read *environ*; what is absent or empty has its default."""
        _refuse_unknown(environ)
        given = {setting.name: environ.get(PREFIX + setting.name, "") for setting in SETTINGS}
        # Other defaults lie in the data folder, so that one is read first.
        data_dir = SETTINGS[0].value(given["DATA_DIR"], data_dir=Path())
        return cls(**{s.attribute: s.value(given[s.name], data_dir=data_dir) for s in SETTINGS})

    def __repr__(self) -> str:
        """Everything but the password of the database: this may end up in a log."""
        shown = {s.attribute: getattr(self, s.attribute) for s in SETTINGS}
        shown["database_url"] = without_password(self.database_url)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: how a setting is read, and how it is explained."""

    name: str
    read: Callable[[str], Any]
    expected: str
    default: str
    help: str

    @property
    def attribute(self) -> str:
        """The field of :class:`Settings` that holds it."""
        return self.name.lower()

    def value(self, text: str, *, data_dir: Path) -> Any:
        """Read *text*, or the default when there is none."""
        text = text.strip() or self.default.format(data=data_dir)
        try:
            return self.read(text)
        except ValueError as error:
            raise SettingsError(
                f"{PREFIX}{self.name} is {without_password(text)!r}, "
                f"but must be {self.expected}{_because(error)}."
            ) from None


def without_password(url: str) -> str:
    """*url* as it may be shown.

    >>> without_password("postgresql://site:s3cret@db.example/site")
    'postgresql://site:***@db.example/site'
    """
    return _PASSWORD.sub(lambda found: f"{found[1]}:***@" if found[1] is not None else "***", url)


def settings_table() -> str:
    """All settings as the Markdown table of the README."""
    rows = [
        f"| `{PREFIX}{setting.name}` | {_shown_default(setting)} | {setting.help} |"
        for setting in SETTINGS
    ]
    return "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows]) + "\n"


def nearest(name: str, valid: Iterable[str], *, prefix: str = "") -> str:
    """A sentence that names the valid name closest to *name*, or else all of them.

    A *prefix* that every name has would make all of them look alike.
    """
    known = list(valid)
    close = difflib.get_close_matches(name.removeprefix(prefix), known, n=1)
    if close:
        return f"Did you mean {prefix}{close[0]}?"
    return f"Valid: {', '.join(prefix + name for name in known)}."


def _shown_default(setting: Setting) -> str:
    shown = setting.default.format(data="<data folder>")
    return f"`{shown}`" if shown else "none"


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    valid = [setting.name for setting in SETTINGS]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in valid:
            hint = nearest(name, valid, prefix=PREFIX)
            raise SettingsError(f"{name} is no setting of this service. {hint}")


def _because(error: ValueError) -> str:
    """The reason that a reader gave, if it gave one of its own."""
    return f" ({error})" if str(error) else ""


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError
        return text.lower()

    return read


def _list_of(read: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    def read_all(text: str) -> tuple[Any, ...]:
        return tuple(read(part.strip()) for part in text.split(",") if part.strip())

    return read_all


def _folder(text: str) -> Path:
    # The folder becomes part of a database address, where "?" ends the path.
    if "?" in text or "\0" in text:
        raise ValueError
    return Path(text).expanduser()


def _database_url(text: str) -> str:
    if not _DATABASE.fullmatch(text):
        raise ValueError
    return text


def _public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    extra = parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or not parts.hostname or extra:
        raise ValueError
    if parts.port == 0:
        raise ValueError("port 0")
    return text.rstrip("/")


def _host(text: str) -> str:
    if _HOST.fullmatch(text.lower()):
        return text.lower()
    try:
        return f"[{IPv6Address(text.removeprefix('[').removesuffix(']'))}]"
    except ValueError:
        raise ValueError(text) from None


def _ignored_parameter(text: str) -> str:
    if not _IGNORED.fullmatch(text):
        raise ValueError(text)
    return text


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        "DATA_DIR",
        _folder,
        "the path of a folder, without a question mark",
        "var",
        "The data folder: database, index, keys and media.",
    ),
    Setting(
        "DATABASE_URL",
        _database_url,
        "an address such as sqlite:///content.sqlite3 or postgresql://user@host/name",
        "sqlite:///{data}/content.sqlite3",
        "Where the content is kept: SQLite or PostgreSQL.",
    ),
    Setting(
        "PUBLIC_URL",
        _public_url,
        "an address such as https://content.example.org, without user, query or fragment",
        "",
        "The address that clients see; without it, links follow the Host header.",
    ),
    Setting(
        "CONFIG",
        _folder,
        "the path of a file",
        "{data}/hal-delivery.toml",
        "The file that lists the mounts; without it there are two, `/site/api` and `/preview/api`.",
    ),
    Setting(
        "HOSTS",
        _list_of(_host),
        "a comma-separated list of host names without ports",
        "localhost,127.0.0.1,[::1]",
        "Hosts that links may follow while there is no public URL; any port.",
    ),
    Setting(
        "TRUSTED_PROXIES",
        _list_of(ip_network),
        "a comma-separated list of IP addresses and networks such as 10.0.0.0/8",
        "",
        "Proxies whose forwarded headers are believed.",
    ),
    Setting(
        "IGNORED_PARAMETERS",
        _list_of(_ignored_parameter),
        "a comma-separated list of parameter names, each with at most one * at its end "
        "and none of ours",
        "utm_*,fbclid,gclid,msclkid,_",
        "Query parameters that are dropped, instead of refused, when a client sends them.",
    ),
    Setting(
        "LOG_LEVEL",
        _one_of("debug", "info", "warning", "error"),
        "one of debug, info, warning, error",
        "info",
        "The least severe line that is logged.",
    ),
    Setting(
        "LOG_FORMAT",
        _one_of("json", "text"),
        "json or text",
        "json",
        "One JSON object per line, or text for a terminal.",
    ),
)

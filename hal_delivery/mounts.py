"""Mounts: the API bases that this service answers at.

A mount shows one side of the repository, from one content root, under one base.
The operator lists mounts in a TOML file; one table here, :data:`_KEYS`, says what
may stand there.  Every complaint names the file, the mount and the key, because
the reader of it sits before that file.

What a mount's parameters mean is said by the vocabulary, not here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from content_repo.model import Side
from hal_delivery.settings import StartError, nearest

SHARED_ROOTS: Final = ("content/gallery", "content/taxonomies")
# Bundles lie where each site keeps them.
BUNDLE_ROOTS: Final = ("content",)
# What sites do; the first is what a mount takes the site to do unless it says otherwise.
_SITES: Final = (
    "/{locale}/{path}/",
    "/{path}/",
    "/{locale}/{path}",
    "/{path}",
    "/{locale}/{path}.html",
)
# What the file may hold; hooks are read by the module of that name.
_TABLES: Final = ("mounts", "hooks")
READERS: Final = ("public", "token")
MAX_LIMIT: Final = 1000
A_YEAR: Final = 365 * 24 * 3600

# Bases at which the service itself answers, on whatever host.
_TAKEN: Final = ("/healthz", "/readyz", "/metrics")
# Headers that follow from the answer; fixed ones would contradict it.
_OURS: Final = (
    *("connection", "date", "location", "set-cookie", "transfer-encoding", "vary"),
    *("content-encoding", "content-language", "content-length", "content-type"),
    *("cache-control", "etag", "last-modified"),
)
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_BASE = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.\[\]:-]+")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_SITE = re.compile(r"(https?://[A-Za-z0-9.\[\]:-]+)?(/[A-Za-z0-9._~!$&'()*+,;=:@{}-]+)+/?")
_PLACEHOLDER = re.compile(r"\{[^{}/]*\}|[{}]")
#: A locale is a name of its own, for it is left out where a document has none.
SITE_PLACEHOLDERS: Final = ("{locale}", "{path}")
_HOOK = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_LOCALE = re.compile(r"[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*")


class MountError(StartError):
    """The file of mounts says something that cannot be served."""


class _Unfit(ValueError):
    """A value that its key does not take; the text offers the nearest one that it does."""


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mount:
    """One API base, and how it differs from the others."""

    name: str
    base: str
    title: str
    content_root: str = "content/documents"
    side: Side = Side.PUBLISHED
    default_locale: str = "en"
    shared_roots: tuple[str, ...] = SHARED_ROOTS
    bundle_roots: tuple[str, ...] = BUNDLE_ROOTS
    readers: str = "public"
    default_parameters: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    parameter_aliases: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    default_limit: int = 10
    max_limit: int = 100
    max_age: int = 60
    cors_origins: tuple[str, ...] = ("*",)
    headers: Mapping[str, str] = field(default_factory=_nothing, hash=False)
    site_url: str = _SITES[0]
    processors: tuple[str, ...] = ()


DEFAULT_MOUNTS: Final = (
    Mount(name="site", base="/site/api", title="Site"),
    Mount(name="preview", base="/preview/api", title="Preview", side=Side.DRAFT, readers="token"),
)


def load_mounts(path: Path, *, required: bool = False) -> tuple[Mount, ...]:
    """Read the mounts listed in *path*; without that file, or a list in it, the defaults.

    A file that somebody named is *required*: the defaults would open to everyone
    what it was to close.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if required:
            raise MountError(f"{path} is not there; HAL_DELIVERY_CONFIG names it.") from None
        return DEFAULT_MOUNTS
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MountError(f"{path} cannot be read: {error}.") from None
    for key in document:
        if key not in _TABLES:
            raise MountError(f"{path}: {key} is no key of this file. {nearest(key, _TABLES)}")
    if "mounts" not in document:
        return DEFAULT_MOUNTS
    tables = document["mounts"]
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise MountError(f"{path}: mounts must be one or more tables, each headed [[mounts]].")
    mounts = tuple(_mount(path, number, table) for number, table in enumerate(tables, start=1))
    _refuse_overlaps(path, mounts)
    return mounts


def _mount(path: Path, number: int, table: Mapping[str, Any]) -> Mount:
    name = table.get("name")
    where = f"{path}, mount {name if isinstance(name, str) else f'number {number}'}"
    for key in table:
        if key not in _KEYS:
            raise MountError(f"{where}: {key} is no key of a mount. {nearest(key, _KEYS)}")
    for key in ("name", "base"):
        if key not in table:
            raise MountError(f"{where}: the key {key} is missing.")
    values = {key: _value(where, key, value) for key, value in table.items()}
    allow_public_drafts = values.pop("allow_public_drafts", False)
    values.setdefault("title", values["name"])
    # Drafts are closed unless someone opens them in so many words.
    if values.get("side") is Side.DRAFT:
        values.setdefault("readers", "token")
    mount = Mount(**values)
    _refuse_contradictions(where, mount, allow_public_drafts=allow_public_drafts)
    return mount


def _value(where: str, key: str, value: Any) -> Any:
    accept, expected = _KEYS[key]
    try:
        return accept(value)
    except _Unfit as refused:
        raise MountError(
            f"{where}: {key} is {value!r}, but must be {expected}. {refused}"
        ) from None
    except ValueError:
        raise MountError(f"{where}: {key} is {value!r}, but must be {expected}.") from None


def _refuse_contradictions(where: str, mount: Mount, *, allow_public_drafts: bool) -> None:
    if mount.side is Side.DRAFT and mount.readers == "public" and not allow_public_drafts:
        raise MountError(
            f'{where}: readers is "public", which shows every draft to everyone. '
            f'Set readers = "token", or add allow_public_drafts = true if that is meant.'
        )
    if mount.default_limit > mount.max_limit:
        raise MountError(
            f"{where}: default_limit is {mount.default_limit}, "
            f"more than max_limit, which is {mount.max_limit}."
        )


def _refuse_overlaps(path: Path, mounts: Iterable[Mount]) -> None:
    for one, other in permutations(mounts, 2):
        if one.name == other.name:
            raise MountError(f"{path}: two mounts have the name {one.name}.")
        if f"{other.base}/".startswith(f"{one.base}/"):
            raise MountError(
                f"{path}, mount {other.name}: base {other.base} lies at or below "
                f"{one.base}, the base of mount {one.name}."
            )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def accept(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError
        return value

    return accept


def _base(value: Any) -> str:
    base = _matching(_BASE)(value)
    dots = {".", ".."}.intersection(base.split("/"))
    if dots or any(f"{base}/".startswith(f"{taken}/") for taken in _TAKEN):
        raise ValueError
    return base


def _root(value: Any) -> str:
    """A folder below ``content``: what lies elsewhere is on no mount."""
    segments = _text(value).split("/")
    if segments[0] != "content" or {"", ".", ".."}.intersection(segments):
        raise ValueError
    return "/".join(segments)


def _site(value: Any) -> str:
    """A pattern of addresses, such as ``/{locale}/{path}/``."""
    text = _text(value)
    found = _PLACEHOLDER.findall(text)
    for one in found:
        if one not in SITE_PLACEHOLDERS:
            raise _Unfit(nearest(one, SITE_PLACEHOLDERS))
    is_alone = "/{locale}/" in text and found.count("{locale}") == 1
    if (
        not _SITE.fullmatch(text)
        or found.count("{path}") != 1
        or ("{locale}" in found and not is_alone)
    ):
        raise _Unfit(nearest(text, _SITES))
    return text


def _one_of(*choices: str) -> Callable[[Any], str]:
    def accept(value: Any) -> str:
        if value not in choices:
            raise ValueError
        return str(value)

    return accept


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _integer(low: int, high: int) -> Callable[[Any], int]:
    def accept(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise ValueError
        return value

    return accept


def _list_of(accept: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def accept_all(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise ValueError
        return tuple(accept(item) for item in value)

    return accept_all


def _map_of(accept: Callable[[str, Any], str]) -> Callable[[Any], Mapping[str, str]]:
    def accept_all(value: Any) -> Mapping[str, str]:
        if not isinstance(value, dict):
            raise ValueError
        return MappingProxyType({key: accept(key, item) for key, item in value.items()})

    return accept_all


def _parameter(key: str, value: Any) -> str:
    """A parameter as a client would send it, so that numbers may be written as numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else _text(value)


def _alias(key: str, value: Any) -> str:
    if key == value:
        raise ValueError
    return _text(value)


def _header(key: str, value: Any) -> str:
    plain = isinstance(value, str) and value.isprintable() and value.isascii()
    if not plain or not _TOKEN.fullmatch(key) or key.lower() in _OURS:
        raise ValueError
    return str(value)


_KEYS: Final[Mapping[str, tuple[Callable[[Any], Any], str]]] = {
    "name": (_matching(_NAME), "small letters, digits and hyphens, starting with a letter"),
    "base": (
        _base,
        'a path such as "/site/api": with a slash at its start and none at its end, '
        f"and not at or below {', '.join(_TAKEN)}",
    ),
    "title": (_text, "a text"),
    "content_root": (_root, 'a folder such as "content/documents"'),
    "side": (lambda value: Side(_text(value)), '"published" or "draft"'),
    "default_locale": (_matching(_LOCALE), 'a language tag such as "en" or "pt_BR"'),
    "shared_roots": (_list_of(_root), 'a list of folders such as ["content/gallery"]'),
    "bundle_roots": (_list_of(_root), 'a list of folders such as ["content"]'),
    "readers": (_one_of(*READERS), '"public" or "token"'),
    "default_parameters": (_map_of(_parameter), "a table of parameters and their values"),
    "parameter_aliases": (
        _map_of(_alias),
        "a table of other names, each with the parameter that it stands for",
    ),
    "default_limit": (_integer(1, MAX_LIMIT), f"a whole number from 1 to {MAX_LIMIT}"),
    "max_limit": (_integer(1, MAX_LIMIT), f"a whole number from 1 to {MAX_LIMIT}"),
    "max_age": (_integer(0, A_YEAR), f"a number of seconds from 0 to {A_YEAR}"),
    "cors_origins": (
        _list_of(_matching(_ORIGIN)),
        'a list of origins such as ["https://www.example.org"], or ["*"]',
    ),
    "headers": (
        _map_of(_header),
        "a table of header names and one-line ASCII values, none of them a header that "
        "follows from the answer, such as Content-Type",
    ),
    "site_url": (
        _site,
        'a pattern such as "/{locale}/{path}/" or "https://www.example.org/{path}": it holds '
        "{path} once, and {locale} between two slashes or not at all",
    ),
    "processors": (
        _list_of(_matching(_HOOK)),
        'a list of functions such as ["my_site.delivery:branded"]',
    ),
    "allow_public_drafts": (_boolean, "true or false"),
}

"""Hooks: functions of the operator's own that content goes through.

Named in the file of mounts, as ``module:function``, and looked up when the
service starts:

* *converters* make HTML of files, by suffix, when they are imported;
* *shortcodes* make HTML of shortcodes in pages, by name, when they are imported;
* *processors* of a mount change each document before it is sent.

An empty text in place of a converter switches a usual one off: files of that
suffix are then imported as assets.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from hal_delivery.settings import StartError, nearest

TABLE: Final = "hooks"
_KEYS: Final = ("converters", "shortcodes")

Hook = Callable[..., Any]


class HookError(StartError):
    """A hook that is not there, or cannot be called."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What imports go through; ``switched_off`` are suffixes that have no converter."""

    converters: Mapping[str, Hook] = field(default_factory=dict)
    shortcodes: Mapping[str, Hook] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()


def load_hooks(config: Path) -> Hooks:
    """The hooks that *config* names in its table ``[hooks]``; none without it."""
    try:
        given = tomllib.loads(config.read_text("utf-8")).get(TABLE, {})
    except FileNotFoundError:
        return Hooks()
    for key in given:
        if key not in _KEYS:
            raise HookError(f"{config}: {key} is no key of [{TABLE}]. {nearest(key, _KEYS)}")
    converters = {f".{name.lstrip('.').lower()}": at for name, at in _named(config, given, 0)}
    return Hooks(
        {suffix: hook(config, at) for suffix, at in converters.items() if at},
        {name: hook(config, at) for name, at in _named(config, given, 1)},
        frozenset(suffix for suffix, at in converters.items() if not at),
    )


def _named(config: Path, given: Mapping[str, Any], key: int) -> list[tuple[str, str]]:
    table = given.get(_KEYS[key], {})
    if not isinstance(table, dict) or not all(isinstance(at, str) for at in table.values()):
        raise HookError(f"{config}: {_KEYS[key]} must be a table of names, each a module:function.")
    return list(table.items())


def hook(config: Path, reference: str) -> Hook:
    """The function that *reference*, ``module:function``, names.

    *config* is where it is named, for the complaint.
    """
    module, colon, name = reference.partition(":")
    if not (module and colon and name):
        raise HookError(f"{config}: {reference!r} does not have the form module:function.")
    try:
        found = getattr(importlib.import_module(module), name)
    except ImportError as problem:
        raise HookError(f"{config}: {reference} cannot be imported: {problem}.") from None
    except AttributeError:
        known = [one for one in dir(importlib.import_module(module)) if not one.startswith("_")]
        raise HookError(f"{config}: {module} has no {name}. {nearest(name, known)}") from None
    if not callable(found):
        raise HookError(f"{config}: {reference} is not callable.")
    return found  # type: ignore[no-any-return]

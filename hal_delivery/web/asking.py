"""Asking: a request's query string, read by the vocabulary.

Nothing is ignored in silence: an unknown parameter, a bad value, a parameter
that is given twice or has no meaning at an address is a 400 that names it, the
nearest valid choice and an example.  All that the vocabulary can tell of is
told at once; names of fields are looked up after that.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import marshmallow as ma
from werkzeug.http import parse_list_header

from hal_delivery.mounts import Mount
from hal_delivery.web.failures import BadParameters, Mistake, QueryTooLong
from hal_delivery.web.vocabulary import (
    LIMIT,
    LONGEST_QUERY,
    OFFSET,
    VOCABULARY,
    Parameter,
)

#: How many parameters a request may have.
MOST_PARAMETERS: Final = 64

_SAFE: Final = "-._~!*'(),:@/"

_NAMES: Final = {one.attribute: one.name for one in VOCABULARY.values()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked for; ``None`` where it did not say.

    ``given`` holds the parameters as links repeat them: by wire name, in the
    vocabulary's order, without those that say nothing; ``unasked`` are the names
    of those among them that only the mount's defaults say.  ``capped`` says which
    number was more than the mount gives, and what it was; ``lenient`` whether
    mistakes are to be passed over.
    """

    text: str | None = None
    scope: str | None = None
    references: str | None = None
    sort: Sequence[str] = ()
    offset: int = 0
    limit: int = 0
    depth: int | None = None
    fields: Sequence[str] = ()
    html: str = "stored"
    dates: str = "millis"
    after: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    unasked: frozenset[str] = frozenset()
    capped: Mapping[str, int] = field(default_factory=dict)
    lenient: bool = False

    def without(self, *parameters: Parameter) -> Asked:
        """The same as if it had not said any of *parameters*."""
        names = {one.name for one in parameters}
        left = {name: value for name, value in self.given.items() if name not in names}
        capped = {name: most for name, most in self.capped.items() if name not in names}
        fresh: dict[str, Any] = {
            one.attribute: getattr(_NOTHING, one.attribute) for one in parameters
        }
        return replace(self, given=left, capped=capped, **fresh)

    def keeping(self, parameter: Parameter, names: Sequence[str]) -> Asked:
        """The same with only these *names* in one of its lists."""
        given = {**self.given, parameter.name: ",".join(names)}
        if not names:
            del given[parameter.name]
        changed: dict[str, Any] = {parameter.attribute: names, "given": given}
        return replace(self, **changed)

    def pages(self, address: str) -> Callable[[int], str]:
        """The links that ask *address* the same from other offsets."""
        # Put together once: only the number differs.
        before, after = self.query(offset=0).split(f"{OFFSET.name}=0", 1)
        return lambda offset: f"{address}{before}{OFFSET.name}={offset}{after}"

    def query(self, *only: Parameter, **changed: int | str) -> str:
        """The query string of a link that asks the same, but for *changed*.

        With *only*, nothing else is repeated.  Empty, or with its ``?``.
        """
        given = self.given
        if changed:
            named = {_NAMES[attribute]: str(value) for attribute, value in changed.items()}
            given = _in_order({**given, **named})
        if only:
            given = {one.name: given[one.name] for one in only if one.name in given}
        return query_string(given.items()) if given else ""


_NOTHING: Final = Asked()


def is_lenient(prefer: str) -> bool:
    """Whether the Prefer header (RFC 7240) has mistakes passed over.

    >>> is_lenient('return=minimal, handling="lenient"; x=1'), is_lenient("handling=strict")
    (True, False)
    """
    if not prefer:
        return False
    for preference in parse_list_header(prefer):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "handling":
            # Where it is said twice, the first one counts.
            return value.strip().strip('"').lower() == "lenient"
    return False


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """A query string with its ``?``, or nothing; the names are the vocabulary's."""
    text = "&".join([f"{name}={_quoted(value)}" for name, value in pairs])
    return f"?{text}" if text else ""


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote(value, safe=_SAFE)


def parse(
    raw: str,
    parameters: Sequence[Parameter],
    mount: Mount,
    *,
    ignored: Sequence[str] = (),
    lenient: bool = False,
) -> Asked:
    """Read the query string *raw* for a view that takes *parameters*.

    Lenient, mistakes are passed over instead of told.
    """
    if not raw and not mount.default_parameters:
        return Asked(limit=mount.default_limit, lenient=lenient)
    mistakes: list[Mistake] = []
    given = _gathered(raw, parameters, mount, ignored, mistakes)
    unasked = _unasked(mount.default_parameters, parameters, given)
    given |= unasked
    values: dict[str, Any] = {}
    for one in parameters:
        if one.name in given:
            try:
                values[one.attribute] = one.field.deserialize(given[one.name])
            except ma.ValidationError as problem:
                mistakes.append(_bad_value(one, given.pop(one.name), str(problem.messages[0])))
    if mistakes and not lenient:
        raise BadParameters(mistakes)
    limit = values.setdefault(LIMIT.attribute, mount.default_limit)
    capped = {}
    if limit > mount.max_limit:
        capped[LIMIT.name] = limit
        values[LIMIT.attribute] = mount.max_limit
    return Asked(
        **values,
        given=_in_order(given),
        unasked=frozenset(unasked),
        capped=capped,
        lenient=lenient,
    )


def _unasked(
    defaults: Mapping[str, str], parameters: Sequence[Parameter], given: Mapping[str, str]
) -> dict[str, str]:
    """What the mount says by default, and the request does not."""
    valid = {one.name for one in parameters} if defaults else set()
    return {name: text for name, text in defaults.items() if name in valid - given.keys()}


def _gathered(
    raw: str,
    parameters: Sequence[Parameter],
    mount: Mount,
    ignored: Sequence[str],
    mistakes: list[Mistake],
) -> dict[str, str]:
    """The values by wire name: aliases resolved, lists joined, empty ones left out."""
    valid = {one.name: one for one in parameters}
    given: dict[str, str] = {}
    for asked_name, asked_value in _pairs(raw):
        # Names of ours are never ignored.
        if asked_name not in VOCABULARY and any(
            fnmatchcase(asked_name, pattern) for pattern in ignored
        ):
            continue
        name = mount.parameter_aliases.get(asked_name, asked_name)
        # HTTPie's users write _q==medusa; the page that we implement does too.
        value = asked_value.removeprefix("=")
        if name not in valid:
            mistakes.append(_unknown(name, parameters))
        elif "\0" in value or "\ufffd" in value:
            mistakes.append(_bad_value(valid[name], value, "expected valid UTF-8 without NUL"))
        elif value:
            if name not in given:
                given[name] = value
            elif valid[name].is_list:
                given[name] += f",{value}"
            elif value != given[name]:
                mistakes.append(_bad_value(valid[name], value, "expected only one value"))
    return given


def _pairs(raw: str) -> list[tuple[str, str]]:
    if len(raw) > LONGEST_QUERY:
        raise _too_long(raw, most=LONGEST_QUERY, unit="characters", given=len(raw))
    if (given := raw.count("&") + 1) > MOST_PARAMETERS:
        raise _too_long(raw, most=MOST_PARAMETERS, unit="parameters", given=given)
    return parse_qsl(raw, keep_blank_values=True)


def _too_long(raw: str, *, most: int, unit: str, given: int) -> QueryTooLong:
    longest = max(raw.split("&"), key=len).partition("=")[0][:80]
    return QueryTooLong(most=most, unit=unit, given=given, parameter=longest)


def _unknown(name: str, parameters: Sequence[Parameter]) -> Mistake:
    names = [one.name for one in parameters]
    if name in VOCABULARY:
        return Mistake(name, "has no meaning at this address", nearest=names)
    close = difflib.get_close_matches(name if name[:1] == "_" else f"_{name}", names, n=2)
    example = VOCABULARY[close[0]] if close else None
    return Mistake(
        name,
        "is no parameter of this address",
        nearest=close or names,
        example=f"{example.name}={example.example}" if example else None,
    )


def _bad_value(one: Parameter, value: str, reason: str) -> Mistake:
    close = difflib.get_close_matches(value.lower(), one.choices, n=1)
    return Mistake(
        one.name,
        reason,
        value=value[:80],
        nearest=close or list(one.choices),
        example=f"{one.name}={one.example}",
    )


def _in_order(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in VOCABULARY if name in given}

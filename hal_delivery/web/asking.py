"""Asking: a request's query string, read by the vocabulary.

Nothing is ignored in silence: an unknown parameter, a bad value, a parameter
that is given twice or has no meaning at an address is a 400 that names it, the
nearest valid choice and an example.  All that the vocabulary can tell of is
told at once; names of fields are looked up after that.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import marshmallow as ma
from werkzeug.http import parse_list_header

from hal_delivery.mounts import Mount
from hal_delivery.web.failures import BadParameters, Mistake, QueryTooLong
from hal_delivery.web.vocabulary import (
    AFTER,
    FILTERS,
    LIMIT,
    LONGEST_QUERY,
    MOST_FILTERS,
    MOST_PARAMETERS,
    OFFSET,
    SCOPE,
    VOCABULARY,
    Parameter,
)
from search_index.query import Condition

#: With which name a filter on what lists show beside fields begins; ours do so otherwise.
_META: Final = "_meta."

_BROKEN: Final = "expected valid UTF-8 without NUL"

_SAFE: Final = "-._~!*'(),:@/"

#: Query strings that are known at once, and the longest of them.
_MOST_KNOWN: Final = 1024
_LONGEST_KNOWN: Final = 256

_DIGITS: Final = re.compile("-?[0-9]+")

#: A name and a value.
Pair = tuple[str, str]

_NAMES: Final = {one.attribute: one.name for one in VOCABULARY.values()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked for; ``None`` where it did not say.

    ``given`` holds the parameters as links repeat them: by wire name, in the
    vocabulary's order, without those that say nothing; ``unasked`` are the names
    of those among them that only the mount's defaults say.  ``filters`` are names
    and values of all others, by name, and ``conditions`` what each was found to
    mean.  ``capped`` says which number was more than the mount gives, and what it
    was; ``lenient`` whether unknown names are to be passed over, and ``ignored`` what
    was wrong with those that were.
    """

    text: str | None = None
    scopes: Sequence[str] = ()
    references: str | None = None
    sort: Sequence[str] = ()
    ids: Sequence[str] = ()
    locale: str | None = None
    fallback: str = "chain"
    offset: int = 0
    limit: int = 0
    total: str = "exact"
    facets: Sequence[str] = ()
    highlight: Sequence[str] = ()
    embed: Sequence[str] = ()
    depth: int | None = None
    fields: Sequence[str] = ()
    html: str = "stored"
    dates: str = "millis"
    after: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    filters: Sequence[Pair] = ()
    conditions: Sequence[Condition] = ()
    unasked: frozenset[str] = frozenset()
    capped: Mapping[str, int] = field(default_factory=dict)
    lenient: bool = False
    ignored: Sequence[Mistake] = ()
    #: What :meth:`query` said, by the names that it was asked for.
    _said: dict[tuple[Parameter, ...], str] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    #: What :meth:`around` said.
    _parted: dict[Parameter, tuple[str, str]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def ignoring(self, mistakes: Iterable[Mistake]) -> Asked:
        """The same where *mistakes* were passed over as well."""
        return replace(self, ignored=(*self.ignored, *mistakes))

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

    def filtered(self, filters: Iterable[Pair], conditions: Iterable[Condition] = ()) -> Asked:
        """The same with these *filters*, each of them once; *conditions* are what they mean."""
        by_name = tuple(sorted(dict.fromkeys(filters), key=itemgetter(0)))
        return replace(self, filters=by_name, conditions=tuple(conditions))

    def filtering(self) -> Callable[[Iterable[Pair]], str]:
        """The query strings that ask the same from its first item, with other filters."""
        # Put together once: only the filters differ.
        begins = {OFFSET.name, AFTER.name}
        kept = {name: value for name, value in self.given.items() if name not in begins}
        before = query_string(self._pairs(kept))

        def query(filters: Iterable[Pair]) -> str:
            text = query_string(sorted(dict.fromkeys(filters), key=itemgetter(0)))
            return f"{before}&{text[1:]}" if before and text else before or text

        return query

    def pages(self, address: str) -> Callable[[int], str]:
        """The links that ask *address* the same from other offsets."""
        before, behind = self.around(OFFSET)
        return lambda offset: f"{address}{before}{offset}{behind}"

    def around(self, one: Parameter) -> tuple[str, str]:
        """The query string of links that differ in the value of *one* only: what it has before
        that, and behind."""
        found = self._parted.get(one)
        if found is None:
            text = self._query((), _in_order({**self.given, one.name: "0"}))
            before, behind = text.split(f"{one.name}=0", 1)
            found = self._parted[one] = f"{before}{one.name}=", behind
        return found

    def query(self, *only: Parameter, **changed: int | str) -> str:
        """The query string of a link that asks the same, but for *changed*.

        With *only*, nothing else is repeated.  Empty, or with its ``?``.
        """
        if changed:
            named = {_NAMES[attribute]: str(value) for attribute, value in changed.items()}
            return self._query(only, _in_order({**self.given, **named}))
        found = self._said.get(only)
        if found is None:
            found = self._said[only] = self._query(only, self.given)
        return found

    def _query(self, only: Sequence[Parameter], given: Mapping[str, str]) -> str:
        filters = self.filters
        if only:
            given = {one.name: given[one.name] for one in only if one.name in given}
            filters = ()
        return query_string((*self._pairs(given), *filters)) if given or filters else ""

    def _pairs(self, given: Mapping[str, str]) -> Iterator[Pair]:
        for name, value in given.items():
            if name == SCOPE.name:
                # Put together they would be something else where a name holds a comma.
                yield from ((name, scope) for scope in self.scopes)
            else:
                yield name, value


_NOTHING: Final = Asked()


def is_lenient(prefer: str) -> bool:
    """Whether the Prefer header (RFC 7240) has unknown names passed over.

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
    """A query string with its ``?``, or nothing."""
    text = "&".join([f"{_quoted(name)}={_said(value)}" for name, value in pairs])
    return f"?{text}" if text else ""


@lru_cache(maxsize=4096)
def _said(value: str) -> str:
    # Whoever reads it takes one equals sign away from where a value begins.
    return f"={_quoted(value)}" if value.startswith("=") else _quoted(value)


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote(value, safe=_SAFE)


class Reading:
    """Reads the query strings that one mount is asked with.

    What such a string says follows from it alone, so that those which come again are
    not taken apart again.
    """

    def __init__(self, mount: Mount, *, ignored: Sequence[str] = ()) -> None:
        self._mount = mount
        self._ignored = ignored
        self._known = lru_cache(maxsize=_MOST_KNOWN)(self._parse)

    def parse(self, raw: str, parameters: tuple[Parameter, ...], *, lenient: bool) -> Asked:
        """The same as :func:`parse`."""
        read = self._parse if len(raw) > _LONGEST_KNOWN else self._known
        return read(raw, parameters, lenient)

    def _parse(self, raw: str, parameters: tuple[Parameter, ...], lenient: bool) -> Asked:
        return parse(raw, parameters, self._mount, ignored=self._ignored, lenient=lenient)


def parse(
    raw: str,
    parameters: Sequence[Parameter],
    mount: Mount,
    *,
    ignored: Sequence[str] = (),
    lenient: bool = False,
) -> Asked:
    """Read the query string *raw* for a view that takes *parameters*.

    Lenient, names that are unknown here are passed over instead of refused.
    """
    if not raw and not mount.default_parameters:
        return Asked(limit=mount.default_limit, lenient=lenient)
    said = _gathered(raw, parameters, mount, ignored)
    given = said.given
    unasked = _unasked(mount.default_parameters, parameters, given)
    given |= {name: [text] for name, text in unasked.items()}
    values: dict[str, Any] = {}
    for one in parameters:
        if one.name in given:
            try:
                values[one.attribute] = one.read(given[one.name])
            except ma.ValidationError as problem:
                text = ",".join(given.pop(one.name))
                said.mistakes.append(_unfit(one, text, str(problem.messages[0]), mount))
    if said.mistakes or (said.unknown and not lenient):
        raise BadParameters([*([] if lenient else said.unknown), *said.mistakes])
    limit = values.setdefault(LIMIT.attribute, mount.default_limit)
    capped = {}
    if limit > mount.max_limit:
        capped[LIMIT.name] = limit
        values[LIMIT.attribute] = mount.max_limit
    found = Asked(
        **values,
        given=_in_order({name: ",".join(texts) for name, texts in given.items()}),
        unasked=frozenset(unasked),
        capped=capped,
        lenient=lenient,
        ignored=tuple(said.unknown),
    )
    return found.filtered(said.filters) if said.filters else found


def _unasked(
    defaults: Mapping[str, str], parameters: Sequence[Parameter], given: Collection[str]
) -> dict[str, str]:
    """What the mount says by default, and the request does not."""
    valid = {one.name for one in parameters} if defaults else set()
    return {name: text for name, text in defaults.items() if name in valid.difference(given)}


@dataclass(frozen=True, slots=True)
class _Said:
    """What a query string says: values by wire name, filters, and what is wrong with it.

    ``unknown`` is what is wrong with names, ``mistakes`` what is with values.
    """

    given: dict[str, list[str]] = field(default_factory=dict)
    filters: list[Pair] = field(default_factory=list)
    unknown: list[Mistake] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, one: Parameter, value: str) -> None:
        """One value more of a parameter; of most there is only one."""
        before = self.given.setdefault(one.name, [])
        if not before or one.is_list or one.is_repeated:
            before.append(value)
        elif before != [value]:
            self.mistakes.append(_bad_value(one, value, "expected only one value"))

    def add_filter(self, name: str, value: str) -> None:
        """One filter more, unless there are enough."""
        if len(self.filters) < MOST_FILTERS:
            self.filters.append((name, value))
        else:
            told = f"is one filter more than the {MOST_FILTERS} that may be asked at once"
            self.mistakes.append(Mistake(name[:80], told, value=value[:80]))


def _gathered(
    raw: str, parameters: Sequence[Parameter], mount: Mount, ignored: Sequence[str]
) -> _Said:
    """What *raw* says: aliases resolved, parameters without a value left out."""
    valid = {one.name: one for one in parameters if one is not FILTERS}
    filtered = len(valid) < len(parameters)
    said = _Said()
    for asked_name, asked_value in _pairs(raw):
        # Names of ours are never ignored.
        if asked_name not in VOCABULARY and any(
            fnmatchcase(asked_name, pattern) for pattern in ignored
        ):
            continue
        name = mount.parameter_aliases.get(asked_name, asked_name)
        # HTTPie's users write _q==medusa; the page that we implement does too.
        value = asked_value.removeprefix("=")
        one = valid.get(name)
        if one is None and not (filtered and _is_filter(name)):
            said.unknown.append(_unknown(name, parameters))
        elif "\0" in value or "\ufffd" in value:
            told = Mistake(name[:80], _BROKEN, value=value[:80])
            said.mistakes.append(_bad_value(one, value, _BROKEN) if one else told)
        elif one is None:
            said.add_filter(name, value)
        elif value:
            said.add(one, value)
    return said


def _is_filter(name: str) -> bool:
    return name.startswith(_META) or name[:1] not in ("", "_")


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
    close = difflib.get_close_matches(name if name[:1] == "_" else f"_{name}", names, 2, 0.7)
    example = VOCABULARY[close[0]] if close else None
    return Mistake(
        name,
        "is no parameter of this address",
        nearest=close or names,
        example=f"{example.name}={example.example}" if example else None,
    )


def _unfit(one: Parameter, value: str, reason: str, mount: Mount) -> Mistake:
    """A value that *one* cannot have; a number is told between what others it would have to be."""
    if one.bounds is None:
        return _bad_value(one, value, reason)
    least, most = one.bounds
    meant = ""
    if one is LIMIT:
        most, meant = mount.max_limit, ", the most that a page has here"
    told = _bad_value(one, value, f"expected a whole number from {least} to {most}{meant}")
    if not _DIGITS.fullmatch(value):
        return told
    return replace(told, nearest=[str(min(max(int(value[:20]), least), most))])


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

"""What this surface's parameters mean: names of the wire into a query."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from content_repo.errors import NodeNotFound
from content_repo.model import Kind
from hal_delivery.services.delivery import Delivery
from hal_delivery.services.embedding import steps
from hal_delivery.services.localising import Locales
from hal_delivery.surfaces.content import scoping
from hal_delivery.surfaces.content.filtering import META, conditions
from hal_delivery.surfaces.content.relations import SOURCE
from hal_delivery.web.asking import Asked
from hal_delivery.web.failures import BadParameters, Mistake
from hal_delivery.web.vocabulary import DEPTH, FIELDS, IDS, REFERENCED, SCOPE, SORT, Parameter
from search_index import Query, SortKey, Window

Found = TypeVar("Found")

_SCORE: Final = "_score"

#: Of a question whose kinds and roots are not known yet.
_ANYTHING: Final[Mapping[str, Any]] = {"kinds": frozenset(), "roots": ()}

#: What is shown of nodes whose fields no document type declares.
_SHOWN: Final[Mapping[Kind, tuple[str, ...]]] = {
    # Only for who names it: it says the same again, in another form.
    Kind.DOCUMENT: (SOURCE,),
    Kind.BUNDLE: ("basename", "locales", "bundles"),
    Kind.TAXONOMY: ("name", "locales", "categories"),
    Kind.ASSET: ("title", "alt", "fileName", "mediaType", "size", "width", "height"),
}


def checked(
    asked: Asked,
    delivery: Delivery,
    kind: Kind = Kind.DOCUMENT,
    types: Collection[str] | None = None,
) -> Asked:
    """*asked* with its names of fields and sort keys known, by their short names, and its
    filters understood.

    Unknown ones are mistakes; passed over, they are gone from links as well.  A filter
    of a known name that asks what nobody can answer is never passed over.  The
    documents in question are only of *types*, and of what extends them.
    """
    if not asked.sort and not asked.fields and not asked.filters:
        return asked
    known: Mapping[str, str] = delivery.field_names()
    if kind in _SHOWN:
        known = {**{name: name for name in _SHOWN[kind]}, **known}
    mistakes: list[Mistake] = []
    fields = _known(FIELDS, asked.fields, known, (), mistakes, delivery)
    others = (*META, *([] if asked.text is None else [_SCORE]))
    sort = _known(SORT, asked.sort, known, others, mistakes, delivery)
    understand = partial(conditions, delivery=delivery, kind=kind, among=types)
    wrong: list[Mistake] = []
    found = understand(asked.filters, mistakes=wrong) if asked.filters else {}
    if asked.lenient:
        mistakes = [one for one in wrong if _is_known(one.parameter, understand)]
    else:
        mistakes += wrong
    if mistakes:
        raise BadParameters(mistakes)
    for parameter, names in ((FIELDS, fields), (SORT, sort)):
        if asked.given.get(parameter.name, "") != ",".join(names):
            asked = asked.keeping(parameter, names)
    return asked.filtered(found, found.values()) if asked.filters else asked


def _is_known(name: str, understand: Callable[..., Mapping[Any, Any]]) -> bool:
    """Whether a filter of that *name* means something, whatever it compares with."""
    field = name.rpartition("[")[0] or name
    return bool(understand([(f"{field}[exists]", "true")], mistakes=[]))


def query(asked: Asked, delivery: Delivery, narrow: Mapping[str, Any]) -> Query:
    """The question that a list answers; its kinds and roots are the service's.

    *narrow* are attributes of it that the list's address decides.
    """
    narrow = {**_ANYTHING, **narrow}
    scopes, outside = scoping.scopes(asked, delivery)
    reader = reader_locales(asked, delivery)
    listed = tuple(dict.fromkeys(asked.ids))
    if listed and reader is not None:
        listed = delivery.suited_ids(listed, reader)
    if (ids := _ids(asked, listed, delivery)) is not None:
        narrow = {**narrow, "ids": ids, "listed": listed}
    deepest = None
    # Beside an embedding, a depth is that of what is embedded.
    if asked.depth is not None and not asked.embed:
        deepest = _level(scopes or (delivery.mount.content_root,)) + asked.depth
    if reader is not None:
        narrow = {**narrow, "locales": reader.tags, "borrowing": reader.borrowing}
    return Query(
        window=Window(asked.offset, asked.limit),
        text=asked.text,
        scopes=scopes,
        outside=outside,
        conditions=tuple(asked.conditions),
        deepest=deepest,
        sort=sort_keys(asked.sort),
        **narrow,
    )


def _ids(asked: Asked, listed: Sequence[str], delivery: Delivery) -> frozenset[str] | None:
    """The only ids in question, those that are *listed* or others; ``None``: all."""
    only = frozenset(listed) if IDS.name in asked.given else None
    if asked.references is None:
        return only
    reader = reader_locales(asked, delivery)
    referring = _named(
        REFERENCED, asked.references, lambda address: delivery.referrers(address, reader)
    )
    return referring if only is None else only & referring


def _level(scopes: Sequence[str]) -> int:
    """How many names the paths of *scopes* have, from which a depth is counted."""
    levels = {path.count("/") + 1 for path in scopes}
    if len(levels) > 1:
        told = f"is counted from folders of one level; those of {SCOPE.name} are of several"
        raise BadParameters([Mistake(DEPTH.name, told)])
    return levels.pop()


def reader_locales(asked: Asked, delivery: Delivery) -> Locales | None:
    """What the reader understands; ``None``: every locale."""
    if asked.locale is None:
        return None
    return delivery.locales(asked.locale, borrowing=asked.fallback == "chain")


def _named(parameter: Parameter, address: str, find: Callable[[str], Found]) -> Found:
    """What *find* finds at *address*; what is not there is told by the parameter's name."""
    try:
        return find(address)
    except NodeNotFound:
        raise NodeNotFound(kind=f"node for {parameter.name}", address=address) from None


def sort_keys(names: Sequence[str]) -> tuple[SortKey, ...]:
    """Names as the wire has them, checked before, as sort keys."""
    return tuple(_sort_key(name.removeprefix("-"), name.startswith("-")) for name in names)


def _sort_key(name: str, descending: bool) -> SortKey:
    if name == _SCORE:
        return SortKey("score", descending, of="score")
    if name in META:
        return SortKey(META[name], descending, of="node")
    return SortKey(".".join(steps(name)), descending)


def depth(asked: Asked, default: int) -> int:
    """How many levels were asked for."""
    return default if asked.depth is None else asked.depth


def _known(
    parameter: Parameter,
    names: Sequence[str],
    known: Mapping[str, str],
    others: Collection[str],
    mistakes: list[Mistake],
    delivery: Delivery,
) -> list[str]:
    """The names that exist, as short as can be; the others become mistakes."""
    found = []
    for written in names:
        sign, name = ("-", written[1:]) if written.startswith("-") else ("", written)
        resolved = name if name in others else resolve(name, known, delivery)
        if resolved is None:
            mistakes.append(_unknown(parameter, name, [*known, *others]))
        else:
            found.append(sign + resolved)
    return found


def resolve(name: str, known: Mapping[str, str], delivery: Delivery) -> str | None:
    """The name a field is kept under, with what is named within it, or ``None``.

    A name that holds dots itself can be written as a JSON Pointer (RFC 6901).
    """
    if name in known:
        return known[name]
    if name.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in name[1:].split("/")]
    else:
        steps = name.split(".")
    if steps[0] not in known:
        return None
    steps[0] = known[steps[0]]
    below = delivery.names_within(steps[0]) if len(steps) > 1 else None
    if below is not None and steps[1] not in below and not steps[1].startswith("_"):
        return None
    return name if name.startswith("/") and "." in name else ".".join(steps)


def _unknown(parameter: Parameter, name: str, known: Sequence[str]) -> Mistake:
    plain = sorted(one for one in known if ":" not in one)
    close = difflib.get_close_matches(name, plain, n=3)
    return Mistake(
        parameter.name,
        "names nothing that is known here",
        value=name[:80],
        nearest=close or plain[:12],
        example=f"{parameter.name}={close[0]}" if close else None,
    )

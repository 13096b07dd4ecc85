"""Embeds: what to embed, as ``_embed`` and the Prefer header write it.

``authors(image),related`` names references; in parentheses stand those of what they lead to.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import marshmallow as ma
from werkzeug.http import parse_list_header

from hal_delivery.services.embedding import DEEPEST, Embeds
from hal_delivery.web.vocabulary import DEPTH, LONGEST_LIST

#: The semicolon is how the draft of the preference separates relations.
_SEPARATORS: Final = (",", ";")
_TOKEN: Final = re.compile(r"[(),;]|[^(),;]+")
_PREFERENCE: Final = "transclude"

#: How many levels, as a preference says it: within what it embeds, or behind that.
_LEVELS: Final = re.compile(r"(?:^|[;,])\s*depth\s*=([^;,]*)", re.IGNORECASE)


class BadEmbeds(ValueError):
    """What cannot be read, in words that say what was expected."""


def parse(text: str) -> Embeds:
    """The names in *text*, each with the names below it.

    >>> parse("authors(image, up), related")
    {'authors': {'image': {}, 'up': {}}, 'related': {}}
    """
    tokens = [found.strip() for found in _TOKEN.findall(text)]
    if sum(token not in (*_SEPARATORS, "(", ")", "") for token in tokens) > LONGEST_LIST:
        raise BadEmbeds(f"expected at most {LONGEST_LIST} names")
    within: list[Embeds] = [{}]
    before = ","
    for token in filter(None, tokens):
        _check(token, before, len(within))
        if token == "(":
            within.append(within[-1][before])
        elif token == ")":
            within.pop()
        elif token not in _SEPARATORS:
            within[-1].setdefault(token, {})
        before = token
    if len(within) > 1:
        raise BadEmbeds("expected a closing parenthesis for each opening one")
    return within[0]


def _check(token: str, before: str, depth: int) -> None:
    """Refuse *token* where it cannot stand, *depth* deep and behind the token *before*."""
    if token == "(" and before in (*_SEPARATORS, "(", ")"):
        raise BadEmbeds("expected a name before each opening parenthesis")
    if token == "(" and depth == DEEPEST:
        raise BadEmbeds(f"expected at most {DEEPEST} levels")
    if token == ")" and depth == 1:
        raise BadEmbeds("expected an opening parenthesis for each closing one")
    if before == ")" and token not in (*_SEPARATORS, ")"):
        raise BadEmbeds("expected a comma between names")


def written(embeds: Embeds) -> str:
    """The expression that says *embeds*, as links carry it.

    >>> written({"authors": {"image": {}}, "related": {}})
    'authors(image),related'
    """
    return ",".join(
        f"{name}({written(below)})" if below else name for name, below in embeds.items()
    )


class Wish(NamedTuple):
    """What somebody would like to have embedded, and how many levels deep."""

    embeds: str
    depth: int | None


def transcluded(prefer: str) -> Wish | None:
    """What the Prefer header (RFC 7240) would have embedded; ``None``: nothing that can be.

    >>> transcluded('handling=lenient, Transclude="authors(image),related"; x=1')
    Wish(embeds='authors(image),related', depth=None)
    >>> transcluded('transclude="authors;depth=2"') == transcluded("transclude=authors;depth=2")
    True
    """
    for preference in parse_list_header(prefer):
        name, _, value = preference.partition("=")
        if name.strip().lower() == _PREFERENCE:
            # Where it is said twice, the first one counts.
            value = value.strip()
            mark = '"' if value.startswith('"') else ";"
            text, end, rest = value.removeprefix('"').partition(mark)
            return _wish(text, end.strip('"') + rest)
    return None


def _wish(text: str, parameters: str) -> Wish | None:
    said = _LEVELS.search(text) or _LEVELS.search(parameters)
    embeds = _LEVELS.sub("", text).strip()
    if said is None:
        return Wish(embeds, None)
    try:
        return Wish(embeds, DEPTH.read([said[1].strip(' "')]))
    except ma.ValidationError:
        return None


def applied(embeds: str, depth: int | None) -> str:
    """How an answer says that it has embedded what the header wished for.

    >>> applied("authors", 2)
    'transclude="authors;depth=2"'
    """
    levels = "" if depth is None else f";depth={depth}"
    return f'{_PREFERENCE}="{embeds}{levels}"'

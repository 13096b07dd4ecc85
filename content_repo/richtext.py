"""Links and images inside rich text: which there are, and others in their place.

A text is cut into tags as HTML parsers do it, with what they do about missing
quotes, comments, scripts and a tag that never ends; no tree is built, and
nothing is changed but the attributes that are to be.  The time taken grows
with the length of the text, whatever it holds.

Where a link leads is read in :mod:`content_repo.linking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from html.entities import html5
from typing import Final, Literal
from urllib.parse import quote

#: How much of a link's text is told, in characters.
LONGEST_TEXT: Final = 200

Sort = Literal["link", "image", "media"]

#: Of the elements that count, the attributes which say where they lead.
_LEADING: Final[Mapping[str, Mapping[str, Sort]]] = {
    "a": {"href": "link"},
    "img": {"src": "image", "srcset": "media"},
    "source": {"src": "media", "srcset": "media"},
    "video": {"src": "media", "poster": "media"},
    "audio": {"src": "media"},
    "track": {"src": "media"},
}

#: The attribute that holds several addresses, each with what it is good for.
_SEVERAL: Final = "srcset"

#: Elements whose edges do not part words.
# fmt: off
_WITHIN_WORDS: Final = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var", "wbr",
}
# fmt: on

_BLANK: Final = r"[\t\n\f\r ]"
_NAME: Final = r"[^\t\n\f\r />][^\t\n\f\r />=]*+"
_VALUE: Final = r"""(?:"[^"]*+"|'[^']*+'|(?!["'])[^\t\n\f\r >]*+)"""

# An attribute may lack a value, but where there is a "=" one has to follow.
_ATTRIBUTES: Final = (
    rf"(?:[\t\n\f\r /]*+{_NAME}(?:{_BLANK}*+={_BLANK}*+{_VALUE}|(?!{_BLANK}*+=)))*+"
)
_ATTRIBUTE: Final = re.compile(
    rf"([\t\n\f\r /]*+)({_NAME})(?:{_BLANK}*+={_BLANK}*+({_VALUE}))?+", re.DOTALL
)

# Every alternative is possessive or runs to the end of what it found, so that no
# character is looked at from more than a few places.  The last one is a tag that
# never ends: it swallows the rest of the text, as it does in a browser.
_TOKEN: Final = re.compile(
    rf"""<(?:!--(?:-?>|.*?(?:--!?>|\Z))"""
    rf"""|((?i:script|style|textarea|title|xmp|iframe|noembed|noframes))(?=[\t\n\f\r />])"""
    rf"""{_ATTRIBUTES}[\t\n\f\r /]*+>.*?(?:(?i:</\1)(?=[\t\n\f\r />])|\Z)"""
    rf"""|(/?[a-zA-Z][^\t\n\f\r />]*+)({_ATTRIBUTES})[\t\n\f\r /]*+>"""
    rf"""|(?:[!?]|/(?![a-zA-Z]))[^>]*+>"""
    rf"""|[a-zA-Z!?/].*+)""",
    re.DOTALL,
)

#: Without any of these there is nothing to look for.
_ANY: Final = re.compile(rf"<(?:{'|'.join(_LEADING)})[\t\n\f\r /]", re.IGNORECASE)

# One address of several: a comma within it is its own, one behind it parts it from the next.
_CANDIDATE: Final = re.compile(
    r"([^\t\n\f\r ,](?:[^\t\n\f\r ]*[^\t\n\f\r ,])?)(?:,++|(?:\([^)]*+\)?|[^,(])*+)"
)
_UNFIT_CANDIDATE: Final = re.compile(r"[\t\n\f\r ]|\A,+|,+\Z")

#: A character reference, as an attribute may hold it: ``&copy=`` is none there.
_REFERENCE: Final = re.compile(
    r"&(#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]*+(?:;|(?!=)))"
)

#: In characters; what is longer is far beyond Unicode, and beyond what ``int`` reads.
_LONGEST_REFERENCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Written:
    """A link or an image as its author wrote it; other media and sizes of an image are *media*.

    ``href`` has its character references decoded, nothing else, and stands in
    ``attribute``; ``text`` is the link's text or what an image shows in its stead
    (``alt``).
    """

    kind: Sort
    href: str
    text: str
    attribute: str = "href"


class Default(str):
    """The value of an attribute that the author may have left out; else theirs stays."""

    def __new__(cls, value: object) -> Default:
        return super().__new__(cls, value)


#: What becomes of the n-th link or image: new attributes by name, ``None`` to remove one.
#: Of several addresses in one attribute, only the one that is asked about is replaced.
Replace = Callable[[int, Written], Mapping[str, str | None] | None]


def written(html: str) -> tuple[Written, ...]:
    """Every link and image in *html*, in the order of their tags.

    >>> for one in written('<p><a href="a?x&amp;y">one <b>two</b></a> <IMG src=b.png alt=b></p>'):
    ...     print(one)
    Written(kind='link', href='a?x&y', text='one two', attribute='href')
    Written(kind='image', href='b.png', text='b', attribute='src')
    """
    return tuple(address for one in _elements(html) for address in one.written())


def rewritten(html: str, replace: Replace) -> str:
    """*html* with other attributes in its links and images.

    Whatever *replace* says nothing of, or leaves as it is, keeps every byte.

    >>> rewritten("<a href='a.md'>A</a>", lambda index, one: {"href": "/a?x&y", "rel": "next"})
    '<a href="/a?x&amp;y" rel="next">A</a>'
    """
    parts, reached, index = [], 0, 0
    for one in _elements(html):
        changes: dict[str, str | None] = {}
        several: list[str | None] = []
        for address in one.written():
            attributes = dict(replace(index, address) or {})
            index += 1
            if address.attribute == _SEVERAL:
                several.append(attributes.pop(_SEVERAL, None))
            changes |= attributes
        if any(several):
            changes[_SEVERAL] = _candidates_replaced(one.leading[_SEVERAL], several)
        if changes:
            parts.append(html[reached : one.start])
            parts.append(_replaced(html[one.start : one.end], changes))
            reached = one.end
    parts.append(html[reached:])
    return "".join(parts)


@dataclass(slots=True)
class _Element:
    """What leads somewhere: from where to where its attributes stand, and what it says.

    ``leading`` are the attributes that say where, as they are decoded.
    """

    name: str
    leading: Mapping[str, str]
    start: int
    end: int
    texts: list[str] = field(default_factory=list)

    def written(self) -> Iterator[Written]:
        text = " ".join(_decoded("".join(self.texts)).split())[:LONGEST_TEXT].rstrip()
        for attribute, value in self.leading.items():
            kind = _LEADING[self.name][attribute]
            hrefs = [one[1] for one in _CANDIDATE.finditer(value)]
            for href in hrefs if attribute == _SEVERAL else [value]:
                yield Written(kind, href, text, attribute)


def _elements(html: str) -> list[_Element]:
    found: list[_Element] = []
    if not _ANY.search(html):
        return found
    link: _Element | None = None
    reached = 0
    for token in _TOKEN.finditer(html):
        name = (token[2] or "").lower()
        if link is not None:
            link.texts.append(html[reached : token.start()])
            reached = token.end()
            if name in ("a", "/a"):
                link = None
            elif name and name.removeprefix("/") not in _WITHIN_WORDS:
                link.texts.append(" ")
        if name in _LEADING:
            reached = token.end()
            one = _element(html, name, *token.span(3))
            if one is not None:
                found.append(one)
                link = one if name == "a" else link
    if link is not None:
        link.texts.append(html[reached:])
    return found


def _element(html: str, name: str, start: int, end: int) -> _Element | None:
    """The element of that *name* with the attributes between *start* and *end*."""
    given: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(html, start, end):
        # Of two attributes of one name the first counts.
        given.setdefault(attribute[2].lower(), attribute[3] or "")
    leading = {one: _value(given[one]) for one in _LEADING[name] if one in given}
    if not leading:
        return None
    return _Element(
        name, leading, start, end, [_bare(given.get("alt", ""))] if name == "img" else []
    )


def _bare(value: str) -> str:
    return value[1:-1] if value[:1] in ("'", '"') else value


def _value(value: str) -> str:
    return _decoded(_bare(value))


def _decoded(text: str) -> str:
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    if reference[1][0] != "#":
        return html5.get(reference[1], reference[0])
    return unescape(reference[0]) if len(reference[0]) < _LONGEST_REFERENCE else "\ufffd"


def _candidates_replaced(srcset: str, fresh: Iterable[str | None]) -> str:
    """*srcset* with *fresh* addresses, in its order; where there is none, the old one stays."""
    left = iter(fresh)

    def put(candidate: re.Match[str]) -> str:
        address = _UNFIT_CANDIDATE.sub(lambda unfit: quote(unfit[0]), next(left) or candidate[1])
        return address + candidate[0][len(candidate[1]) :]

    return _CANDIDATE.sub(put, srcset)


def _replaced(attributes: str, changes: Mapping[str, str | None]) -> str:
    """The *attributes* of a tag after *changes*."""
    missing = {name.lower(): value for name, value in changes.items()}
    removed = {name for name, value in missing.items() if value is None}

    def put(attribute: re.Match[str]) -> str:
        name = attribute[2].lower()
        if name in removed:
            return attribute[1]
        value = missing.pop(name, None)
        if value is None or isinstance(value, Default) or value == _value(attribute[3] or ""):
            return attribute[0]
        return f'{attribute[1]}{attribute[2]}="{escape(value)}"'

    kept = _ATTRIBUTE.sub(put, attributes)
    return kept + "".join(_added(missing))


def _added(attributes: Mapping[str, str | None]) -> Iterator[str]:
    for name, value in attributes.items():
        if value is not None:
            yield f' {name}="{escape(value)}"'

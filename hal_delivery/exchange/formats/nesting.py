"""How deep tags lie in one another, kept within bounds before HTML is parsed.

A parser of HTML repairs what is written: it opens again, in each block that
follows, whatever emphasis was never closed, and its work grows with the square
of the depth.  So tags deeper than :data:`DEEPEST_TAGS` are left out (their text
stays), and emphasis ends with the block that it began in.

What is counted errs on the deep side.  Whatever is in doubt, such as an end tag
that closes nothing the parser would close, leaves the count as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

#: Elements within one another; what people write has some twenty.
DEEPEST_TAGS: Final = 100

# Without quotes, a tag is whole at once (group 3).
_TAG: Final = re.compile(r"<(?:(/?)([a-zA-Z][^\s/>]*)([^>=]*>)?|(!--|[!?/]))")
_TAG_END: Final = re.compile(r"""(?:[^>=]|=\s*(?:"[^"]*"|'[^']*')|=)*+>""")


def names(written: str) -> frozenset[str]:
    """The names that are written with blanks between them."""
    return frozenset(written.split())


_VOID: Final = names("area base br col embed hr img input link meta param source track wbr")
# Nothing in these is a tag, up to their own end tag.
_RAW: Final = names("iframe noembed noframes script style textarea title xmp")
# Left out whatever the depth: none of them may stay, and each changes how the rest is parsed.
_OUT: Final = names("body head html math noscript svg")
_EMPHASIS: Final = names("a b big code em font i nobr s small strike strong tt u")
_CELLS: Final = names("td th")
_ROWS: Final = _CELLS | {"tr"}
_GROUPS: Final = names("tbody thead tfoot")
_TABLE_PARTS: Final = _ROWS | _GROUPS | names("caption colgroup table")

# Elements whose end tag ends all that is open within, formatted or not.
_BLOCKS: Final = _TABLE_PARTS | names(
    "address applet article aside blockquote button center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee "
    "menu nav object ol p pre search section summary template ul"
)

# An end tag reaches no further up than to one of these.
_FENCES: Final = _CELLS | names("applet button caption marquee object table template")
_LIST_FENCES: Final = _FENCES | {"ol", "ul"}
_TABLE_FENCES: Final = names("table template")

# Which elements a start tag closes, if one of them was left open just before it.
_CLOSES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_BLOCKS, names("p")),
    "li": names("li p"),
    **dict.fromkeys(("dt", "dd"), names("dt dd p")),
    **dict.fromkeys(_CELLS, _CELLS | {"p"}),
    "tr": _ROWS | {"p"},
    **dict.fromkeys(_GROUPS, _ROWS | _GROUPS | {"p"}),
    "option": names("option"),
}


def bounded(html: str) -> tuple[str, int]:
    """*html* without the tags that lie too deep, and how many of them there were.

    >>> bounded("<p><b>all</b></p>")
    ('<p><b>all</b></p>', 0)
    >>> bounded("<div><b>one</div><div>two</div>")
    ('<div><b>one</b></div><div>two</div>', 0)
    """
    kept: list[str] = []
    open_tags = _OpenTags()
    position = copied = 0
    while (tag := _TAG.search(html, position)) and (end := _end(html, tag)):
        written = html[tag.start() : end]
        answer = open_tags.answer((tag[2] or "").lower(), written, ends=bool(tag[1]))
        if answer != written:
            kept += (html[copied : tag.start()], answer)
            copied = end
        position = end
    kept.append(html[copied:])
    return "".join(kept), open_tags.left_out


def _fences(name: str) -> frozenset[str]:
    if name in _TABLE_PARTS:
        return _TABLE_FENCES
    if name in _BLOCKS:
        return _LIST_FENCES if name == "li" else _FENCES
    return _FENCES if name in _EMPHASIS else _BLOCKS


def _end(html: str, tag: re.Match[str]) -> int | None:
    """Where the tag or comment ends, ``None`` if all that follows belongs to it."""
    if tag[4] == "!--":
        # "<!-->" is a comment, too.
        found = html.find("-->", tag.end() - 2)
        return None if found < 0 else found + 3
    if tag[4]:
        found = html.find(">", tag.end())
        return None if found < 0 else found + 1
    ended = tag if tag[3] else _TAG_END.match(html, tag.end())
    if ended is None:
        return None
    if not tag[1] and (name := tag[2].lower()) in _RAW:
        closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, ended.end())
        return closing.start() if closing else None
    return ended.end()


class _OpenTags:
    """The elements that are open, outermost first."""

    def __init__(self) -> None:
        self.left_out = 0
        self._names: list[str] = []
        self._left_out_names: Counter[str] = Counter()

    def answer(self, name: str, written: str, *, ends: bool) -> str:
        """What a tag comes to, given all tags before it."""
        if not name or name in _VOID or name in _RAW:
            return written
        if name in _OUT:
            return ""
        return self._ended(name, written) if ends else self._started(name, written)

    def _started(self, name: str, written: str) -> str:
        ends = self._closed_by(name)
        if len(self._names) >= DEEPEST_TAGS:
            self.left_out += 1
            self._left_out_names[name] += 1
            return ends
        self._names.append(name)
        return f"{ends}{written}"

    def _ended(self, name: str, written: str) -> str:
        if self._left_out_names[name]:
            self._left_out_names[name] -= 1
            return ""
        at = self._reached(name)
        if at is None:
            return written
        if name in _EMPHASIS:
            # The parser ends emphasis alone, and not what was opened within.
            del self._names[at]
            return written
        return f"{self._cut(at)}{written}"

    def _closed_by(self, name: str) -> str:
        closes = _CLOSES.get(name, frozenset())
        at = None
        for index in range(len(self._names) - 1, -1, -1):
            if self._names[index] in closes:
                at = index
            elif self._names[index] not in _EMPHASIS:
                break
        return "" if at is None else self._cut(at)

    def _reached(self, name: str) -> int | None:
        fences = _fences(name)
        for index in range(len(self._names) - 1, -1, -1):
            if self._names[index] == name:
                return index
            if self._names[index] in fences:
                return None
        return None

    def _cut(self, at: int) -> str:
        """Close all from *at* on; the end tags of the emphasis among it."""
        cut = self._names[at:]
        del self._names[at:]
        return "".join(f"</{name}>" for name in reversed(cut) if name in _EMPHASIS)

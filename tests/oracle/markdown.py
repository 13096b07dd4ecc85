"""The words that a page shows: Markdown or HTML as plain text, and its first heading.

Calls of a site's own templates (``{{< … >}}``) are not Markdown: they are shown as they
are written, and behind a tag where they stand in one.  Nothing is kept from the oracle's
requests for their sake, nor for raw HTML: of all pages of both sites, this reading has
the words that the service shows.  What it does not know, so that no site may have it, are
components (``<Tabs items={…}>``) and HTML nested deeper than anybody writes it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

#: What belongs to the line that it stands in; all other elements are set apart.
_INLINE: Final = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span"),
        *("strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_SILENT: Final = frozenset(
    ("iframe", "noembed", "noframes", "script", "style", "template", "title")
)
_HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))

_CALL: Final = re.compile(
    r"\{\{[<%](?:(?!\{\{|\n[ \t]*\n).)*?[>%]\}\}"
    r"|\{\{\{?(?:(?!\n[ \t]*\n|</?[a-zA-Z])[^{}`])*\}?\}\}"
    r"|\{%(?:(?!\{%|\n[ \t]*\n|</?[a-zA-Z])[^`])*?%\}",
    re.DOTALL,
)
_IDS: Final = re.compile(
    r"^( {0,3}#{1,6}[ \t].*?)[ \t]*\{(?:\s*[#.][^\s{}#]+|\s*[\w-]+=[^\s{}]+)+\s*\}[ \t]*$",
)
_FENCE: Final = re.compile(r"^\s*(?:>\s*)*(`{3,}|~{3,})")
_TAG: Final = re.compile(r"""<[a-zA-Z](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_QUOTED: Final = re.compile(r""""[^"]*"|'[^']*'""")
_WORD: Final = re.compile(r"9q(\d+)z")


@dataclass(slots=True)
class Shown:
    """A page as text, with its headings."""

    text: str
    headings: list[str] = field(default_factory=list)


class _Stripper(HTMLParser):
    """HTML as text: elements of a block set their text apart, others leave no gap."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.headings: list[list[str]] = []
        self._silent = 0
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag in _HEADINGS:
            self.headings.append([])
            self._in_heading = True
        if self._in_heading and tag == "img":
            self.headings[-1].append(dict(attrs).get("alt") or "")
        if tag not in _INLINE:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _HEADINGS:
            self._in_heading = False
        if tag not in _INLINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)
            if self._in_heading:
                self.headings[-1].append(data)


@functools.cache
def _parser() -> MarkdownIt:
    options = {"linkify": False, "tasklists": True, "alerts": True}
    return MarkdownIt("gfm-like", options).use(footnote_plugin, inline=False)


def of_markdown(body: str) -> Shown:
    """What Markdown shows; calls are shown as they are written, and behind a tag if in one.

    >>> of_markdown("# Hi *you* {#top}\\n\\na<b>b</b> {{< x y >}}").headings
    ['Hi you']
    """
    calls: list[str] = []

    def kept(call: re.Match[str]) -> str:
        calls.append(call[0])
        return f"9q{len(calls) - 1}z"

    def behind(tag: re.Match[str]) -> str:
        return tag[0] + "".join(word[0] for word in _WORD.finditer(_QUOTED.sub("", tag[0])))

    def restored(text: str) -> str:
        return _WORD.sub(lambda word: calls[int(word[1])], text)

    rendered = _parser().render(_without_ids(_CALL.sub(kept, body)))
    shown = of_html(_TAG.sub(behind, rendered))
    shown.text = restored(shown.text)
    shown.headings = [*map(restored, shown.headings)]
    return shown


def _without_ids(source: str) -> str:
    """Headings without the ids that are written behind them; what looks so in code stays.

    >>> _without_ids("# A {#a}\\n```\\n# B {#b}\\n```")
    '# A\\n```\\n# B {#b}\\n```'
    """
    lines, fence = [], ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        lines.append(line if fence else _IDS.sub(r"\1", line))
    return "\n".join(lines)


def of_html(text: str) -> Shown:
    """What HTML shows.

    >>> of_html("<p>a<b>b</b></p><script>c</script><p>&amp;").text.split()
    ['ab', '&']
    """
    stripper = _Stripper()
    stripper.feed(text)
    stripper.close()
    headings = (" ".join("".join(one).split()) for one in stripper.headings)
    return Shown("".join(stripper.pieces).strip(), [one for one in headings if one])

"""Markup: Markdown and HTML as HTML that anybody's browser may show.

Markdown is CommonMark with what GitHub adds to it (tables, strikethrough, bare
links, task lists, alerts, footnotes) and ids of headings (``## Title {#id}``).
HTML in it stays, and all of it is sanitised.  URLs stay as they are written.
"""

from __future__ import annotations

import functools
import html as entities
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from linkify_it import LinkifyIt  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from hal_delivery.exchange.formats.bounds import LARGEST
from hal_delivery.exchange.formats.sanitising import cleaned
from hal_delivery.exchange.formats.shortcodes import Protected, Renderer, protected
from hal_delivery.exchange.formats.unreadable import Unreadable

#: How deep quotes and lists may lie in one another; each list counts twice.
DEEPEST_BLOCKS: Final = 40

_FEW_BRACKETS: Final = 64
_DEEPEST_BRACKETS: Final = 16
_BRACKET: Final = re.compile(r"\\.|[\[\]]", re.DOTALL)

_HEADING: Final = re.compile(r"<(h[1-6])\b[^>]*>(.*?)</\1>", re.DOTALL)
_TOP_HEADING: Final = re.compile(r"<(h1)\b[^>]*>(.*?)</\1>", re.DOTALL)
_TITLE: Final = re.compile(r"<!--.*?(?:-->|\Z)|<(title)\b[^<>]*>([^<]*)</title", re.DOTALL | re.I)
_FOOTNOTE: Final = re.compile(r'<sup class="footnote-ref">.*?</sup>')
_PICTURE: Final = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')
_ANY_TAG: Final = re.compile(r'<[^>"]*(?:"[^"]*"[^>"]*)*>')

_HEADING_ATTRIBUTES: Final = re.compile(
    r'(?:\s*+(?:[#.][^\s{}"#]++|[\w-]++=(?:"[^"]*"|[^\s"]++)))++\s*'
)
_HEADING_ATTRIBUTE: Final = re.compile(r'([#.])([^\s{}"#]+)|[\w-]+=(?:"[^"]*"|[^\s"]+)')
_ALIGNMENT: Final = re.compile(r'(<t[hd]) style="text-align:(left|right|center)"')


@dataclass(frozen=True, slots=True)
class Markup:
    """HTML, the text of its heading, and what its author should know."""

    html: str
    heading: str | None
    notes: tuple[str, ...] = ()


def render(markdown: str, *, shortcodes: Mapping[str, Renderer] = {}) -> Markup:
    """Markdown as HTML; its heading is the first one of whatever level.

    Shortcodes without a renderer are shown as they are written.

    >>> render("# News *today*").heading
    'News today'
    """
    _bounded(markdown)
    source = protected(markdown, shortcodes)
    env: dict[str, Any] = {}
    rendered = _parser().render(source.text, env)
    if "text-align:" in rendered:
        rendered = _ALIGNMENT.sub(r'\1 align="\2"', rendered)
    html, notes = _shown(rendered, source, is_balanced=not (env.get(_RAW) or source.calls))
    if env.get(_FLATTENED):
        notes = (f"quotes and lists lie deeper than {DEEPEST_BLOCKS}: shown as text", *notes)
    return Markup(html, _first_text(_HEADING, html), notes)


def sanitise(html: str) -> Markup:
    """What a page of HTML shows; its heading is the first ``h1``, else its title.

    >>> sanitise("<title>News</title><body><script>go()</script><p>Today")
    Markup(html='<p>Today</p>', heading='News', notes=())
    """
    _bounded(html)
    source = protected(html, {}, components=False)
    shown, notes = _shown(source.text, source)
    places = ((_TOP_HEADING, shown), (_TITLE, html), (_HEADING, shown))
    heading = next(filter(None, (_first_text(*place) for place in places)), None)
    return Markup(shown, heading, notes)


def _bounded(text: str) -> None:
    size = len(text.encode(errors="replace"))
    if size > LARGEST:
        raise Unreadable(f"has {size} bytes; at most {LARGEST} can be read")


def _shown(
    html: str, source: Protected, *, is_balanced: bool = False
) -> tuple[str, tuple[str, ...]]:
    clean, notes = cleaned(source.surfaced(html), is_balanced=is_balanced)
    answered = source.answered(clean)
    if answered is not None:
        clean, more = cleaned(answered)
        notes = (*notes, *more)
    return source.restored(clean).strip(), notes


def _first_text(elements: re.Pattern[str], html: str) -> str | None:
    """The text of the first of *elements* that has any."""
    return next(filter(None, map(_text_of, elements.finditer(html))), None)


def _text_of(element: re.Match[str]) -> str:
    """The text of an element; none of what is no element but a comment."""
    text = _PICTURE.sub(r"\1", _FOOTNOTE.sub("", element[2] or ""))
    return " ".join(entities.unescape(_ANY_TAG.sub("", text)).split())


@functools.cache
def _parser() -> MarkdownIt:
    """The one parser of a process: making it takes as long as many pages."""
    options = {"maxNesting": DEEPEST_BLOCKS + 8, "linkify": True, "tasklists": True, "alerts": True}
    parser = MarkdownIt("gfm-like", options)
    parser.linkify = _BareLinks()
    parser.use(footnote_plugin, inline=False)
    parser.block.ruler.before("table", _FLATTENED, _flattened)
    parser.inline.ruler.before("backticks", "lone_bracket", _lone_bracket)
    parser.core.ruler.before("inline", "heading_attributes", _heading_attributes)
    parser.add_render_rule("html_block", _raw)
    parser.add_render_rule("html_inline", _raw)
    # A URL is a path to another file of the same source: it is looked up as written.
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign,assignment]
    _silence()
    return parser


def _as_written(url: str) -> str:
    return url


def _silence() -> None:
    """Let no rule of the parser log its steps: each is asked at every line, and nobody listens."""
    for name, logger in logging.Logger.manager.loggerDict.items():
        if name.startswith("markdown_it.") and isinstance(logger, logging.Logger):
            logger.debug = _unsaid  # type: ignore[method-assign]


def _unsaid(*_: object, **__: object) -> None:
    pass


class _BareLinks(LinkifyIt):  # type: ignore[misc]
    """Bare URLs and addresses: with a scheme, ``www.`` or an ``@``, never ``readme.md``."""

    def __init__(self) -> None:
        super().__init__(options={"fuzzy_link": False})
        self.add("www.", {"validate": _www, "normalize": _with_scheme})

    def pretest(self, text: str) -> bool:
        return "://" in text or "@" in text or "www." in text

    def test(self, text: str) -> bool:
        # Hardly any text beside a link that is written as one holds a bare one, too.
        may_hold = "//" in text or "@" in text or "www." in text.lower()
        return may_hold and bool(super().test(text))


_WWW: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::[0-9]+)?(?:[/?#][^\s<>\"]*)?")


def _www(linkify: LinkifyIt, text: str, position: int) -> int:
    found = _WWW.match(text, position)
    return len(found[0].rstrip("?!.,:;*_~'\"")) if found else 0


def _with_scheme(linkify: LinkifyIt, match: Any) -> None:
    match.url = f"http://{match.url}"


_RAW: Final = "raw"


def _raw(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: EnvType,
) -> str:
    """HTML as its author wrote it: nobody knows whether its tags are ended."""
    env[_RAW] = True
    return tokens[index].content


_FLATTENED: Final = "flattened"


def _flattened(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Beyond the deepest level all is one paragraph; the parser would drop it."""
    if state.level < DEEPEST_BLOCKS:
        return False
    if not silent:
        state.env[_FLATTENED] = True
        state.push("paragraph_open", "p", 1)
        text = state.push("inline", "", 0)
        text.content = state.getLines(start, end, state.blkIndent, False).strip()
        text.map = [start, end]
        text.children = []
        state.push("paragraph_close", "p", -1)
        state.line = end
    return True


def _lone_bracket(state: StateInline, silent: bool) -> bool:
    """A bracket that nothing closes is text: else all that follows is searched for its end."""
    start = state.pos + (state.src[state.pos] == "!")
    if state.src[start : start + 1] != "[" or start not in _lone_brackets(state.src):
        return False
    if not silent:
        state.append_pending(state.src[state.pos : start + 1])
    state.pos = start + 1
    return True


@functools.lru_cache(maxsize=4)
def _lone_brackets(text: str) -> frozenset[int]:
    """Where brackets open that are never closed, or too deep; none where there are few of them."""
    if text.count("[") < _FEW_BRACKETS:
        return frozenset()
    found: list[int] = []
    waiting: list[int] = []
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "[":
            waiting.append(bracket.start())
        elif bracket[0] == "]" and waiting:
            opened = waiting.pop()
            if len(waiting) >= _DEEPEST_BRACKETS:
                found.append(opened)
    return frozenset((*found, *waiting))


def _heading_attributes(state: StateCore) -> None:
    for index, token in enumerate(state.tokens):
        if token.type != "heading_open":
            continue
        text = state.tokens[index + 1]
        at = text.content.rfind("{")
        written = text.content[at + 1 : -1]
        if at < 0 or text.content[-1] != "}" or text.content[at - 1 : at] == "\\":
            continue
        if _HEADING_ATTRIBUTES.fullmatch(written):
            text.content = text.content[:at].rstrip()
            for found in _HEADING_ATTRIBUTE.finditer(written):
                if found[1] == "#":
                    token.attrSet("id", found[2])
                elif found[1]:
                    token.attrJoin("class", found[2])

"""Shortcodes: calls within a text that its own site would have answered.

Hugo's ``{{< … >}}`` and ``{{% … %}}``, templates' ``{{ … }}``, Liquid's
``{% … %}`` and components (``<Tabs items={…}>``) mean nothing to Markdown or
HTML, which would tear them apart.  So each is replaced by one word before it is
read, and put back as it was written afterwards, or as what a renderer makes of
it.  None goes on past a blank line; what is never closed is kept piece by piece.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hal_delivery.exchange.formats.sanitising import GONE, TAGS

#: Makes HTML of a shortcode, from its name, its arguments and what stands between
#: it and the one that closes it, as written (``None``: it is not closed).
Renderer = Callable[[str, Sequence[str] | Mapping[str, str], str | None], str]

_HTML_NAMES: Final = "|".join(sorted({*TAGS, *GONE, "body", "form", "head", "html"}))

# "<code>{{</code>" is a tag after two braces, and no beginning of a call.
_NO_TAG: Final = rf"(?!/?(?:{_HTML_NAMES})(?:\s[^<>]*+)?>(?!\}}\}}))"

# No call holds another's beginning: so no text can be walked through over and over.
_REST: Final = r"""(?:"(?:(?!\{{\{{|\n)(?:\\["\\]|[^"]))*+"|`(?:(?!\{{\{{|\n)[^`])*+`
    |(?!\{{\{{|{0}\}}\}}|\n[ \t]*\n)[\s\S])*+{0}\}}\}}"""
_HUGO: Final = rf"""\{{\{{(?:<{_NO_TAG}(?=[-\s]*[\w/]){_REST.format(">")}
    |%(?=[-\s]*[\w/]){_REST.format("%")})"""
_TEMPLATE: Final = r"\{\{\{?(?:(?!\n[ \t]*\n|</?[a-zA-Z])[^{}`])*+\}?\}\}"
_LIQUID: Final = r"\{%(?:(?!%\}|\{%|\n[ \t]*\n|</?[a-zA-Z])[^`])*+%\}"
_REMARK: Final = r"\{/\*(?:(?!\*/|\{/\*)[\s\S])*+\*/\}"
# What could be taken for a tag, or a quote, where a call is not whole.
_PIECES: Final = rf"\{{\{{<{_NO_TAG}|(?<!\S)>\}}\}}"

# Names in capitals may well be HTML (<BR>), those with one capital are not (<Tabs>).
_BRACED: Final = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*+\})*+\})*+\}"
_COMPONENT: Final = rf"""</?(?=[A-Z])(?!(?:{_HTML_NAMES.upper()})[\s/>])\w++(?![+-]*[:@])(?:\.\w+)*+
    (?:(?:\s++(?:[\w:.-]++(?:\s*+=\s*+(?:"[^"]*"|'[^']*'|{_BRACED}))?|{_BRACED}))*+\s*+/?>)?+"""

_CALLS: Final = "|".join((_HUGO, _PIECES, _TEMPLATE, _LIQUID))
_IN_HTML: Final = re.compile(_CALLS, re.VERBOSE)
_IN_MARKDOWN: Final = re.compile("|".join((_CALLS, _REMARK, _COMPONENT)), re.VERBOSE)

_CAPITAL: Final = re.compile(r"</?[A-Z]")

_PARTS: Final = re.compile(r"\{\{[<%]-?\s*(/?)\s*([\w./-]*[\w.-])([\s\S]*?)(/?)\s*-?[>%]\}\}")
_ARGUMENT: Final = re.compile(r'(?:([\w.-]+)=)?("(?:\\.|[^"\\])*"|`[^`]*`|[^\s"`]+)')

#: Start tags as people write them, and the values of their attributes.
_RAW_TAG: Final = re.compile(r"""<[a-zA-Z](?:[^<>=]|=\s*+(?:"[^"]*"|'[^']*'|))*+>""")
_VALUE: Final = re.compile(r"""=\s*+(?:"[^"]*"|'[^']*'|[^\s>]+)""")

#: Tags as the sanitiser writes them: its output has no other ``<``.
_CLEAN_TAG: Final = re.compile(r'(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
_HREF: Final = re.compile(r'\bhref="([^"]*)"')
_REFERENCES: Final = frozenset({"ref", "relref"})


@dataclass(frozen=True, slots=True)
class _Call:
    written: str
    output: str | None = None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Protected:
    """A text with a word in place of each call, and what the words stand for."""

    text: str
    mark: str = ""
    calls: tuple[_Call, ...] = ()

    def surfaced(self, html: str) -> str:
        """HTML in which calls among a tag's attributes stand after the tag, to be seen."""
        if not self.calls:
            return html
        words = self._word

        def with_words(tag: re.Match[str]) -> str:
            return "".join((tag[0], *words.findall(_VALUE.sub("", tag[0]))))

        return _RAW_TAG.sub(with_words, html)

    def answered(self, clean: str) -> str | None:
        """Sanitised HTML with what renderers made; ``None`` if they made nothing of it.

        The answer has to be sanitised again.
        """
        if not any(call.output is not None or call.target for call in self.calls):
            return None
        alone = re.compile(f"<p>({self._word.pattern})</p>")
        clean = alone.sub(lambda found: self._output(found[1], found[0]), clean)
        return "".join(
            self._answered_tag(piece)
            if index % 2
            else self._word.sub(lambda found: self._output(found[0], found[0]), piece)
            for index, piece in enumerate(_CLEAN_TAG.split(clean))
        )

    def restored(self, clean: str) -> str:
        """Sanitised HTML with all calls as they were written."""
        if not self.calls:
            return clean
        pieces = _CLEAN_TAG.split(clean)
        word = self._word
        for index, piece in enumerate(pieces):
            if self.mark in piece:
                pieces[index] = word.sub(self._in_tag if index % 2 else self._in_text, piece)
        return "".join(pieces)

    def _in_text(self, word: re.Match[str]) -> str:
        return html.escape(self._call(word[0]).written, quote=False)

    def _in_tag(self, word: re.Match[str]) -> str:
        return html.escape(self._call(word[0]).written)

    @property
    def _word(self) -> re.Pattern[str]:
        return re.compile(f"{self.mark}[0-9]+z")

    def _call(self, word: str) -> _Call:
        number = int(word[len(self.mark) : -1])
        return self.calls[number] if number < len(self.calls) else _Call(word)

    def _output(self, word: str, otherwise: str) -> str:
        output = self._call(word).output
        return otherwise if output is None else output

    def _answered_tag(self, tag: str) -> str:
        def target(found: re.Match[str]) -> str:
            return html.escape(self._call(found[0]).target or found[0])

        def quoted(found: re.Match[str]) -> str:
            return self._output(found[0], found[0]).replace('"', "&quot;")

        if self.mark not in tag:
            return tag
        tag = self._word.sub(quoted, tag)
        return _HREF.sub(lambda href: self._word.sub(target, href[0]), tag)


def protected(
    text: str, renderers: Mapping[str, Renderer], *, components: bool = True
) -> Protected:
    """*text* with each call replaced by one word that Markdown and HTML leave alone."""
    if not ("{" in text or "}" in text or (components and _CAPITAL.search(text))):
        # Most texts hold no call, which takes far less time to see than to look for one.
        return Protected(text)
    pattern = _IN_MARKDOWN if components else _IN_HTML
    found = [match.span() for match in pattern.finditer(text)]
    if not found:
        return Protected(text)
    mark = next(mark for number in itertools.count() if (mark := f"9{number}q") not in text)
    pieces: list[str] = []
    calls: list[_Call] = []
    position = 0
    for start, end, call in _calls(text, found, renderers):
        pieces += [text[position:start], f"{mark}{len(calls)}z"]
        calls.append(call)
        position = end
    return Protected("".join((*pieces, text[position:])), mark, tuple(calls))


def _calls(
    text: str, found: Sequence[tuple[int, int]], renderers: Mapping[str, Renderer]
) -> Iterator[tuple[int, int, _Call]]:
    """Where each call is, together with what it encloses if somebody renders it."""
    parts = [_PARTS.fullmatch(text, start, end) for start, end in found]
    closing = _closing(parts, renderers)
    done = 0
    for index, ((start, end), part) in enumerate(zip(found, parts, strict=True)):
        if start < done:
            continue
        inner = None
        if index in closing:
            after, done = found[closing[index]]
            inner, end = text[end:after], done
        yield start, end, _call(text[start:end], part, inner, renderers)


def _closing(
    parts: Sequence[re.Match[str] | None], renderers: Mapping[str, Renderer]
) -> dict[int, int]:
    """Which call closes which, of those that are rendered."""
    pairs: dict[int, int] = {}
    waiting: dict[str, list[int]] = {}
    for index, part in enumerate(parts):
        if part is None or part[2] not in renderers or part[4]:
            continue
        opened = waiting.setdefault(part[2], [])
        if not part[1]:
            opened.append(index)
        elif opened:
            pairs[opened.pop()] = index
    return pairs


def _call(
    written: str, part: re.Match[str] | None, inner: str | None, renderers: Mapping[str, Renderer]
) -> _Call:
    if part is None or part[1]:
        return _Call(written)
    name, arguments = part[2], _arguments(part[3])
    if name in renderers:
        return _Call(written, output=renderers[name](name, arguments, inner))
    if name in _REFERENCES and arguments:
        target = arguments.get("path") if isinstance(arguments, Mapping) else arguments[0]
        return _Call(written, target=target)
    return _Call(written)


def _arguments(written: str) -> Sequence[str] | Mapping[str, str]:
    """The arguments of a call: by name if any has one, those without by their number.

    >>> _arguments('"a b" 7'), _arguments('src="a.png" wide')
    (['a b', '7'], {'src': 'a.png', '1': 'wide'})
    """
    found = [(match[1], _unquoted(match[2])) for match in _ARGUMENT.finditer(written)]
    if not any(name for name, _ in found):
        return [value for _, value in found]
    return {name or str(index): value for index, (name, value) in enumerate(found)}


def _unquoted(value: str) -> str:
    if value[0] == '"' and len(value) > 1:
        return re.sub(r'\\(["\\])', r"\1", value[1:-1])
    return value[1:-1] if value[0] == "`" and len(value) > 1 else value

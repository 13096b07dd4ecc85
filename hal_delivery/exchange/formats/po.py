"""Gettext's ``.po``: translations by the text that they translate.

A key is the ``msgid``; with a context, ``context|msgid``; of a plural, each form
has its own, ``msgid[0]``, ``msgid[1]``.  What is not translated yet, and what is
obsolete, is left out; so is what somebody has still to look at (``fuzzy``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import polib  # type: ignore[import-untyped]

from hal_delivery.exchange.formats.bounds import storable
from hal_delivery.exchange.formats.texts import Messages, Note, line_of, small_enough
from hal_delivery.exchange.formats.unreadable import Unreadable

#: A line that says something: a keyword with a quoted text, or a text that goes on.
_LINE: Final = re.compile(
    r'(?:(?:msgctxt|msgid|msgid_plural|msgstr)\s+|msgstr\[[0-9]\]\s*)?"(?:[^"\\]|\\.)*"'
)

_CHARSET: Final = re.compile(rb'"Content-Type:[^"\n]*charset=([-\w.]+)', re.IGNORECASE)

#: The charsets that gettext knows; what else Python can decode is no text file's.
_KNOWN: Final = re.compile(
    r"utf-?8|(us-)?ascii|iso-8859-\d+|koi8-[rtu]|(windows-|cp)\d+|gb(k|2312|18030)"
    r"|euc-(jp|kr)|big5(-hkscs)?|shift_jis|johab|tis-620",
    re.IGNORECASE,
)

#: What stands in a template until somebody fills it in.
_PLACEHOLDER: Final = "CHARSET"

_WHERE: Final = re.compile(r" ?in po file .*?\(line (\d+)\)")

_BOM: Final = b"\xef\xbb\xbf"


class _Text(str):
    """The text of a file, which only ``\\n`` divides into lines.

    ``str`` divides at U+2028 and others too, which may stand within a message.
    """

    __slots__ = ()

    def splitlines(self, keepends: bool = False) -> list[str]:
        return self.split("\n")


def read(content: bytes) -> Messages:
    r"""The translations of a file.

    >>> dict(read(b'msgctxt "menu"\nmsgid "Open"\nmsgstr "Openen"\n').texts)
    {'menu|Open': 'Openen'}
    """
    small_enough(content)
    text = _decoded(content.removeprefix(_BOM))
    _check_lines(text)
    catalogue = _parsed(text)
    texts: dict[str, str] = {}
    notes: list[Note] = []
    for entry in catalogue:
        line = entry.linenum or None
        if entry.obsolete or not (entry.msgid or entry.msgctxt):
            continue
        if entry.fuzzy:
            notes.append((line, f"{entry.msgid!r} is left out: its translation is fuzzy"))
            continue
        for key, translation in _translations(entry):
            if key in texts:
                notes.append((line, f"the key {key!r} is there already; the last one counts"))
            texts[storable(key, line)] = storable(translation, line)
    language = catalogue.metadata.get("Language", "").strip() or None
    return Messages(texts, tuple(notes), language)


def _decoded(content: bytes) -> str:
    found = _CHARSET.search(content)
    charset = found[1].decode("ascii") if found else _PLACEHOLDER
    if charset == _PLACEHOLDER:
        charset = "utf-8"
    if not _KNOWN.fullmatch(charset):
        raise Unreadable(f"is in the unknown charset {charset!r}; UTF-8 is always known")
    try:
        text = content.decode(charset)
    except LookupError:
        raise Unreadable(f"is in the unknown charset {charset!r}; try UTF-8") from None
    except UnicodeDecodeError as failure:
        raise Unreadable(f"is not {charset}, as it says", line_of(content, failure.start)) from None
    if "\0" in text:
        raise Unreadable("holds NUL", text.count("\n", 0, text.index("\0")) + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_lines(text: str) -> None:
    """Refuse what polib would read as less than it says: texts that do not end, most of all."""
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.strip()
        if said.startswith("#~") and not said.startswith("#~|"):
            said = said[2:].strip()
        if said and not said.startswith("#") and not _LINE.fullmatch(said):
            raise Unreadable(f"is no valid PO: cannot read {said[:40]!r}", number)


def _parsed(text: str) -> Any:
    # A text without a line end might be taken for the name of a file; with NUL
    # in it, it cannot be.
    content = _Text(f"{text}\n# \0")
    try:
        return polib.pofile(content, encoding="utf-8")
    except OSError as failure:
        where = _WHERE.search(str(failure))
        reason = _WHERE.sub("", str(failure)).rstrip(":")
        line = int(where[1]) if where else None
        raise Unreadable(f"is no valid PO: {reason[:1].lower()}{reason[1:]}", line) from None


def _translations(entry: Any) -> Iterator[tuple[str, str]]:
    key = entry.msgid if entry.msgctxt is None else f"{entry.msgctxt}|{entry.msgid}"
    if not entry.msgstr_plural:
        forms = [(key, entry.msgstr)]
    else:
        forms = [(f"{key}[{form}]", text) for form, text in sorted(entry.msgstr_plural.items())]
    return ((key, text) for key, text in forms if text)

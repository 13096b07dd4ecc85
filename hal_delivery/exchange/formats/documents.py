"""Documents: pages and records as the fields of a node.

The values of front matter, or of a record, are fields under their own names.
Ours are ``title``, always text, and of a page ``content``, the HTML that it
renders to (whoever imports adds ``sourcePath``).  A value that would be lost or
changed by ours, or whose name no field may have, stays below ``frontMatter``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from content_repo.doctypes import INTEGERS, LONGEST_FIELD_NAME
from hal_delivery.exchange.formats import frontmatter, markup, records
from hal_delivery.exchange.formats.bounds import storable
from hal_delivery.exchange.formats.shortcodes import Renderer
from hal_delivery.exchange.formats.texts import Note, Notes
from hal_delivery.exchange.formats.unreadable import Unreadable

#: What the names of pages end in.
MARKDOWN: Final = frozenset({".md", ".mdx", ".markdown"})
HTML: Final = frozenset({".html", ".htm"})

#: The field that keeps what no field of its own can hold.
KEPT: Final = "frontMatter"

_OURS: Final = ("title", "content", "sourcePath")

#: What people write for true and false, in any case.
_YES: Final = frozenset({"true", "yes", "on", "1"})
_NO: Final = frozenset({"false", "no", "off", "0", ""})
_DOUBTFUL: Final = "'draft' is neither true nor false; to be safe, it is imported as a draft"


@dataclass(frozen=True, slots=True)
class Document:
    """What is in a file; ``notes`` are the lines, if known, and what to say of them."""

    fields: dict[str, Any]
    draft: bool
    rank: int
    aliases: tuple[str, ...]
    notes: Notes


@dataclass(frozen=True, slots=True)
class _Page:
    values: dict[str, Any]
    html: str | None = None
    heading: str | None = None
    notes: Notes = ()


def read(
    content: bytes,
    *,
    suffix: str,
    name: str,
    converters: Mapping[str, Callable[[bytes], str]] = {},
    shortcodes: Mapping[str, Renderer] = {},
) -> Document:
    """The document in a file whose name is *name* and ends in *suffix*.

    *converters* make Markdown, front matter included, of files of other
    suffixes, and go before our own.

    >>> read(b"---\\ntags: [a]\\n---\\n# News\\n", suffix=".md", name="news").fields
    {'tags': ['a'], 'title': 'News', 'content': '<h1>News</h1>'}
    """
    suffix = suffix.lower()
    if suffix in converters:
        page = _markdown(storable(converters[suffix](content)).encode(), shortcodes)
    elif suffix in MARKDOWN:
        page = _markdown(content, shortcodes)
    elif suffix in HTML:
        page = _html(content)
    elif suffix in records.SUFFIXES:
        page = _record(content, suffix)
    else:
        known = sorted({*MARKDOWN, *HTML, *records.SUFFIXES, *converters})
        raise Unreadable(f"{suffix!r} is no document; documents are {', '.join(known)}")
    return _document(page, name)


def _markdown(content: bytes, shortcodes: Mapping[str, Renderer]) -> _Page:
    matter = frontmatter.split(content)
    shown = markup.render(matter.body, shortcodes=shortcodes)
    return _page(matter.values, shown, matter.notes)


def _html(content: bytes) -> _Page:
    matter = frontmatter.split(content)
    return _page(matter.values, markup.sanitise(matter.body), matter.notes)


def _record(content: bytes, suffix: str) -> _Page:
    notes: list[Note] = []
    return _Page(records.read(content, suffix, notes), notes=tuple(notes))


def _page(values: dict[str, Any], shown: markup.Markup, notes: Notes) -> _Page:
    shown_notes = ((None, text) for text in shown.notes)
    return _Page(values, shown.html, shown.heading, (*notes, *shown_notes))


def _document(page: _Page, name: str) -> Document:
    values = page.values
    ours = {"title": _text(values.get("title")) or page.heading or name}
    if page.html is not None:
        ours["content"] = page.html
    kept = {key: value for key, value in values.items() if not _is_field(key, value, ours)}
    fields = {key: value for key, value in values.items() if key not in kept} | ours
    if kept:
        fields[KEPT] = kept
    draft = _truth(values.get("draft"))
    notes = page.notes if draft is not None else (*page.notes, (None, _DOUBTFUL))
    return Document(
        fields=fields,
        # What nobody can say must not be seen by everybody.
        draft=draft is not False,
        rank=_rank(values.get("weight")),
        aliases=_aliases(values.get("aliases")),
        notes=notes,
    )


def _is_field(key: str, value: Any, ours: Mapping[str, str]) -> bool:
    """Whether a value can be a field under its own name, or is what our field holds."""
    if key in _OURS:
        return isinstance(value, str) and value == ours.get(key)
    return (
        bool(key)
        and key != KEPT
        and not key.startswith("_")
        and len(key.encode()) <= LONGEST_FIELD_NAME
    )


def _truth(value: Any) -> bool | None:
    """Whether *value* means true or false; ``None`` where it may mean either.

    >>> [_truth(value) for value in (True, "Yes", 1, "off", None, "maybe")]
    [True, True, True, False, False, None]
    """
    if value is None or value == [] or value == {}:
        return False
    word = _text(value).lower()
    if word in _YES:
        return True
    # A list and a map have no text, which is not to say that they mean no.
    return False if isinstance(value, str | int) and word in _NO else None


def _text(value: Any) -> str:
    """A title as text; none where it is missing, a list or a map.

    >>> _text(" News "), _text(2019), _text(True), _text(["News"])
    ('News', '2019', 'true', '')
    """
    match value:
        case str():
            return value.strip()
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case datetime():
            text = value.isoformat().replace("+00:00", "Z")
            return text.removesuffix("T00:00:00Z")
        case _:
            return ""


def _rank(weight: Any) -> int:
    whole = isinstance(weight, int) and not isinstance(weight, bool)
    return weight if whole and weight in INTEGERS else 0


def _aliases(value: Any) -> tuple[str, ...]:
    given = value if isinstance(value, list) else [value]
    return tuple(alias for alias in given if isinstance(alias, str) and alias)

"""How a file is read: by its name, and only where that leaves a choice by its bytes.

The first match decides: vocabularies and categories, then messages, then pages
and records, and an asset is whatever else there is.  A file that cannot be read
while this is decided stays what its suffix says: its reader will report it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

from content_repo import locales
from hal_delivery.exchange.formats import categories, frontmatter, messages, records, skos
from hal_delivery.exchange.formats.unreadable import OtherFormat, Unreadable
from hal_delivery.exchange.layouts import is_messages_locale
from hal_delivery.exchange.naming import suffixed
from hal_delivery.exchange.plan import Role

PAGES: Final = frozenset({".md", ".mdx", ".markdown", ".html", ".htm"})
BUNDLES: Final[Mapping[str, Role]] = {".properties": Role.PROPERTIES, ".po": Role.PO}
TERRITORIES: Final = "territoryContainment"

#: What people may call a file with ``--as``.
KINDS: Final = ("page", "record", "asset", "bundle", "taxonomy", "ignore")

#: In bytes: no larger file is looked into as a whole.
LARGEST_SHOWN: Final = 64 * 1024 * 1024

#: In bytes: what an asset has at most, if nobody says otherwise.
LARGEST_ASSET: Final = 512 * 1024 * 1024

#: In bytes, by role; no larger file is read as that.  Assets are not among them.
LARGEST: Final[Mapping[Role, int]] = {
    **dict.fromkeys((Role.SKOS, Role.CATEGORIES, Role.TERRITORIES), LARGEST_SHOWN),
    **dict.fromkeys((Role.PAGE, Role.RECORD), 16 * 1024 * 1024),
    **dict.fromkeys((Role.PROPERTIES, Role.PO, Role.MESSAGES), 16 * 1024 * 1024),
}

_TABLE: Final = ".csv"

#: What messages are read as if their suffix says nothing: lines of key and text.
_PLAIN: Final = Role.PROPERTIES

# What a file of categories cannot do without; most files are never parsed for lack of it.
_TREE_WORD: Final = re.compile(rb"""\b(?:categories|children|parent\w*)["']?[ \t]*:""")
_TREE_COLUMN: Final = re.compile(rb"""\bparent\w*\b""")

_BLANKS: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:(?:[ \t]*(?:#[^\n]*)?|%[^\n]*|---[ \t]*)\r?\n)*")
_KEY: Final = re.compile(rb"""(?:\w[\w ./$-]*|"[^"\\\n]*"|'[^'\n]*')[ \t]*:(?=[ \t\r\n]|\Z)""")

# What may be several documents, values of some program, or more than JSON: parsed to know.
_MARK: Final = re.compile(rb"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_TAGGED: Final = re.compile(rb"[ \t]![^ \t\r\n]*+[ \t]*+[\[{#&\r\n]")
_COMMENTED: Final = re.compile(rb"(?<!:)//|/\*|,[ \t\r\n]*+[\]}]")

#: Keys of front matter that generators take addresses from, where these begin at the site's root.
_ADDRESSES: Final = ("redirect_from", "permalink", "slug", "url")

# Most pages are never taken apart for lack of these; what stands further down is no front matter.
_HEAD: Final = 2048
_ADDRESSED: Final = re.compile(
    rb"""^[ \t]*["']?(?:redirect_from\b|(?:permalink|slug|url)["']?[ \t]*[:=][ \t]*["']?/)""",
    re.MULTILINE,
)

# Neither a host nor a pattern.
_FROM_ROOT: Final = re.compile(r"/(?!/)[^:{}]*+")

_LIST: Final = re.compile(rb"-[ \t\r\n]|\[")


class Shape(StrEnum):
    """What a look into a file has shown."""

    SKOS = "skos"
    TERRITORIES = "territories"
    CATEGORIES = "categories"
    MESSAGES = "messages"
    MAP = "map"
    OTHER = "other"
    BROKEN = "broken"


def is_message_file(stem: str, suffix: str) -> bool:
    """Whether a file may hold one locale's messages, by its name.

    Three letters are enough beside others of two: ``fil``, but not ``images``.

    >>> is_message_file("pt-br", ".yaml"), is_message_file("app", ".md")
    (True, False)
    """
    if suffix not in messages.SUFFIXES:
        return False
    return is_messages_locale(stem) or (len(stem) == 3 and stem.islower() and locales.is_tag(stem))


def is_looked_into(suffix: str, *, may_be_messages: bool) -> bool:
    """Whether the bytes of a file have a say in what it becomes."""
    return may_be_messages or suffix in records.SUFFIXES | skos.SUFFIXES | {_TABLE}


def shape(content: bytes, name: str, *, may_be_messages: bool) -> Shape:
    """What the file *name* holds; it is parsed only if its first bytes leave a choice."""
    stem, suffix = suffixed(name)
    if suffix in skos.SUFFIXES:
        return Shape.SKOS if skos.looks_like_skos(content) else Shape.OTHER
    if stem == TERRITORIES and suffix == ".json" and f'"{TERRITORIES}"'.encode() in content:
        return Shape.TERRITORIES
    if suffix == _TABLE:
        header = content.partition(b"\n")[0]
        return _parsed(content, suffix) if _TREE_COLUMN.search(header) else Shape.OTHER
    if may_be_messages or _TREE_WORD.search(content):
        return _parsed(content, suffix)
    seen = _json_shape(content) if suffix == ".json" else _yaml_shape(content)
    return seen or _parsed(content, suffix)


def role(suffix: str, shape: Shape, *, converters: Collection[str]) -> Role:
    """What a file of that *suffix* and *shape* is read as, on its own.

    >>> role(".json", Shape.MAP, converters=()), role(".json", Shape.OTHER, converters=())
    (<Role.RECORD: 'record'>, <Role.ASSET: 'asset'>)
    """
    if shape in (Shape.SKOS, Shape.TERRITORIES, Shape.CATEGORIES):
        return Role(shape.value)
    if suffix in BUNDLES:
        return BUNDLES[suffix]
    if suffix in PAGES or suffix in converters:
        return Role.PAGE
    is_map = shape in (Shape.MAP, Shape.MESSAGES, Shape.BROKEN)
    return Role.RECORD if is_map and suffix in records.SUFFIXES else Role.ASSET


def role_of_kind(kind: str, stem: str, suffix: str) -> Role:
    """How a file is read that somebody calls a *kind*, whatever it looks like."""
    match kind:
        case "bundle":
            return Role.MESSAGES if suffix in messages.SUFFIXES else BUNDLES.get(suffix, _PLAIN)
        case "taxonomy":
            if suffix in skos.SUFFIXES:
                return Role.SKOS
            return Role.TERRITORIES if stem == TERRITORIES else Role.CATEGORIES
    return Role(kind)


def aliases(content: bytes) -> tuple[str, ...]:
    """The other addresses that a page's front matter gives it, as they are written."""
    if b"aliases" not in content and not _ADDRESSED.search(content, 0, _HEAD):
        return ()
    try:
        values = frontmatter.split(content).values
    except Unreadable:
        return ()
    found = _texts(values.get("aliases"))
    for key in _ADDRESSES:
        found += [one for one in _texts(values.get(key)) if _FROM_ROOT.fullmatch(one)]
    return tuple(dict.fromkeys(found))


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one.strip() for one in listed if isinstance(one, str)]


def _json_shape(content: bytes) -> Shape | None:
    first = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first == b"{":
        return None if _COMMENTED.search(content) else Shape.MAP
    return Shape.OTHER if first in b'["-0123456789tfn' else None


def _yaml_shape(content: bytes) -> Shape | None:
    blanks = _BLANKS.match(content)
    start = blanks.end() if blanks else 0
    if _MARK.search(content, start) or _TAGGED.search(content, start):
        return None
    if _KEY.match(content, start):
        return Shape.MAP
    return Shape.OTHER if start == len(content) or _LIST.match(content, start) else None


def _parsed(content: bytes, suffix: str) -> Shape:
    # Categories as YAML are read with their ids as written, which takes longer.
    load = categories.load if suffix == _TABLE else messages.load
    try:
        value = load(content, suffix)
    except OtherFormat:
        return Shape.OTHER
    except Unreadable:
        return Shape.OTHER if suffix == _TABLE else Shape.BROKEN
    if suffix in categories.SUFFIXES and categories.is_categories(value):
        return Shape.CATEGORIES
    if messages.is_messages(value):
        return Shape.MESSAGES
    return Shape.MAP if isinstance(value, Mapping) else Shape.OTHER

"""Where a path says the locale, and which paths are translations of one another.

A layout is a pattern such as ``site/content/{locale}/{path}``: ``{path}`` is
what translations have in common, ``{ext}`` a file's last suffix, and what
stands in square brackets may be missing (``pages[.{locale}]/{path}``).  A
locale that is only a part of a file's name may always be missing: beside
``about.fr.md``, ``about.md`` is in the default locale.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from content_repo import locales, names

_CODES: Final = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""

#: ISO 639-1, all of it.
LANGUAGES: Final = frozenset(_CODES.split())

#: What Java calls Hebrew, Indonesian and Yiddish, and languages that have three letters only.
_OF_MESSAGES: Final = LANGUAGES | {"iw", "in", "ji"} | {"ast", "fil", "haw", "kok"}

_SCRIPT: Final = "(?:[-_][A-Za-z]{4})?"
_REGION: Final = "[-_](?:[A-Za-z]{2}|[0-9]{3})"
_FORM: Final = f"(?:{'|'.join(sorted(LANGUAGES))}){_SCRIPT}(?:{_REGION})?"
_LOCALE: Final = re.compile(_FORM)
_MESSAGES_LOCALE: Final = re.compile(
    f"(?:{'|'.join(sorted(_OF_MESSAGES))}){_SCRIPT}"
    f"(?:{_REGION}(?:[-_](?P<variant>[A-Za-z0-9]{{2,8}}))?)?"
)

_NAMED: Final = re.compile(r"(?P<stem>.*[^./])\.(?P<locale>[^./]+)(?P<ext>\.[^./]+)", re.DOTALL)

_TOKEN: Final = re.compile(r"\{([a-z]*)\}|[\[\]]|[^{}\[\]]+|(.)")
_SLOTS: Final = {
    "locale": f"(?P<locale>{_FORM})",
    "path": "(?P<path>.+?)",
    "ext": r"[^./]+",
}

#: ``{locale}`` after a mark within the last name of a pattern, outside brackets.
_PART_OF_A_NAME: Final = re.compile(r"([-._])\{locale\}(?=[^/{}\[\]]*(?:\{ext\})?$)")


class InvalidLayout(ValueError):
    """A pattern that cannot be read, or does not say where locale and path are."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What a layout says of one path: its locale, if it has one, and what translations share."""

    pattern: str
    locale: str | None
    rest: str

    def group(self, rest: str) -> str:
        """What all translations of *rest* have in common.

        >>> Spot("site/{locale}/{path}", "nl", "a/b.md").group("a/b")
        'site/{locale}/a/b'
        """
        return self.pattern.replace("{path}", rest)


class Layout(Protocol):
    """Something that says the locale of files and folders, by their paths."""

    def file(self, path: str) -> Spot | None:
        """What is said of the file at *path*, or ``None``."""

    def folder(self, path: str) -> Spot | None:
        """What is said of the folder at *path*; a locale's own folder has no rest."""


@dataclass(frozen=True, slots=True)
class Written:
    """A layout that somebody wrote; ``folders`` is there if folders have a locale by it.

    >>> layout = parsed("site[.{locale}]/{path}")
    >>> layout.file("site.pt-br/a/b.md")
    Spot(pattern='site[.{locale}]/{path}', locale='pt-br', rest='a/b.md')
    >>> layout.folder("site")
    Spot(pattern='site[.{locale}]/{path}', locale=None, rest='')
    """

    pattern: str
    files: re.Pattern[str]
    folders: re.Pattern[str] | None

    def file(self, path: str) -> Spot | None:
        return self._spot(self.files.fullmatch(names.normalise(path)))

    def folder(self, path: str) -> Spot | None:
        if self.folders is None:
            return None
        return self._spot(self.folders.fullmatch(f"{names.normalise(path)}/"))

    def _spot(self, match: re.Match[str] | None) -> Spot | None:
        return match and Spot(self.pattern, match["locale"], match["path"])


@dataclass(frozen=True, slots=True)
class Guessed:
    """Folders named by locales, known by the folders that hold them.

    >>> layout = guess(["docs/en", "docs/nl", "lib/go", "lib/js", "docs/en/is", "docs/en/it"])
    >>> layout.file("docs/nl/is/b.md")
    Spot(pattern='docs/{locale}/{path}', locale='nl', rest='is/b.md')
    >>> layout.file("lib/go/b.md")
    """

    parents: frozenset[str]

    def file(self, path: str) -> Spot | None:
        above, _, name = path.rpartition("/")
        spot = self.folder(above)
        rest = names.normalise(name)
        return spot and Spot(
            spot.pattern, spot.locale, f"{spot.rest}/{rest}" if spot.rest else rest
        )

    def folder(self, path: str) -> Spot | None:
        return _guessed(self.parents, path)


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Several layouts, of which the first that says anything decides."""

    layouts: Sequence[Layout]

    def file(self, path: str) -> Spot | None:
        return next((spot for one in self.layouts if (spot := one.file(path))), None)

    def folder(self, path: str) -> Spot | None:
        return next((spot for one in self.layouts if (spot := one.folder(path))), None)


def is_locale(text: str) -> bool:
    """Whether *text* is a language of two letters, with script or region or without.

    >>> [is_locale(text) for text in ("nl", "pt_BR", "zh-Hant-TW", "es-419", "go", "nav", "EN")]
    [True, True, True, True, False, False, False]
    """
    return _LOCALE.fullmatch(text) is not None


def is_messages_locale(text: str) -> bool:
    """Whether *text* is a locale as files of messages have it, such as Java's.

    A variant comes after the region: a registered one, or any in capitals.

    >>> texts = ("nl", "iw_IL", "fil", "en_US_POSIX", "ca_ES_valencia", "en_US_backup", "nav")
    >>> [is_messages_locale(text) for text in texts]
    [True, True, True, True, True, False, False]
    """
    match = _MESSAGES_LOCALE.fullmatch(text)
    if match is None:
        return False
    variant = match["variant"]
    return variant is None or variant.isupper() or locales.is_tag(text)


def parsed(pattern: str) -> Written:
    """The layout that *pattern* writes."""
    text = names.normalise(pattern)
    _check(text)
    if "[" not in text:
        text = _PART_OF_A_NAME.sub(r"[\1{locale}]", text)
    head, _, tail = text.partition("{path}")
    files = re.compile(_regex(text))
    # What follows the path is no folder's name, unless it is nothing or a suffix.
    says_folders = "{locale}" in head and tail in ("", ".{ext}")
    folders = re.compile(rf"{_regex(head)}(?P<path>.*?)/?") if says_folders else None
    return Written(names.normalise(pattern), files, folders)


def guess(folders: Iterable[str]) -> Guessed:
    """Where *folders* are named by locales: wherever two of them, side by side, are."""
    seen: dict[str, set[str]] = {}
    for folder in folders:
        parent = ""
        for name, _ in _steps(folder):
            if is_locale(name):
                seen.setdefault(parent, set()).add(name)
            parent = f"{parent}/{name}" if parent else name
    parents = {parent for parent, found in seen.items() if len(found) > 1}
    sayable = {parent for parent in parents if not set(parent) & set("{}[]")}
    return Guessed(frozenset(sayable))


@lru_cache(maxsize=256)
def _guessed(parents: frozenset[str], path: str) -> Spot | None:
    """The spot of the folder at *path*; files come folder by folder."""
    parent = ""
    for name, below in _steps(path):
        if parent in parents and is_locale(name):
            return Spot(_pattern(parent), sys.intern(name), names.normalise(below))
        parent = f"{parent}/{name}" if parent else name
    return None


def translations(paths: Collection[str]) -> list[str]:
    """Those of *paths* whose name has a locale before its suffix, beside one that has none.

    >>> translations({"a.md", "a.nl.md", "b.nl.md", "c.js.md", "c.md"})
    ['a.nl.md']
    """
    found = []
    for path in sorted(paths):
        match = _NAMED.fullmatch(path)
        if match and is_locale(match["locale"]) and f"{match['stem']}{match['ext']}" in paths:
            found.append(path)
    return found


def _steps(path: str) -> Iterator[tuple[str, str]]:
    """Each name on *path*, with the path below it."""
    while path:
        name, _, path = path.partition("/")
        yield name, path


def _pattern(parent: str) -> str:
    pattern = "{locale}/{path}"
    return f"{names.normalise(parent)}/{pattern}" if parent else pattern


def _check(pattern: str) -> None:
    """Refuse a pattern in which a slot or a bracket is not as it has to be."""
    slots = [match[1] for match in _TOKEN.finditer(pattern) if match[1] is not None]
    if unknown := [slot for slot in slots if slot not in _SLOTS]:
        known = " ".join(f"{{{slot}}}" for slot in _SLOTS)
        raise InvalidLayout(f"layout {pattern!r}: {{{unknown[0]}}} is none of {known}")
    if any(match[2] for match in _TOKEN.finditer(pattern)):
        raise InvalidLayout(f"layout {pattern!r}: a brace stands alone")
    for slot in ("locale", "path"):
        if slots.count(slot) != 1:
            example = "'content/{locale}/{path}'"
            raise InvalidLayout(f"layout {pattern!r} needs {{{slot}}} once, as in {example}")
    if not re.fullmatch(r"[^\[\]]*(?:\[[^\[\]]+\][^\[\]]*)*", pattern):
        raise InvalidLayout(f"layout {pattern!r}: a bracket stands alone, or in others")
    if re.search(r"\[[^\]]*\{path\}", pattern):
        raise InvalidLayout(f"layout {pattern!r}: {{path}} in brackets might be missing")


def _regex(pattern: str) -> str:
    brackets = {"[": "(?:", "]": ")?"}
    return "".join(
        _SLOTS[match[1]] if match[1] else brackets.get(match[0]) or re.escape(match[0])
        for match in _TOKEN.finditer(pattern)
    )

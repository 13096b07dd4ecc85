"""What nodes are called after files, and which files are one bundle by their names.

Nothing here depends on the order in which files are found.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from content_repo import locales, names
from content_repo.errors import InvalidName
from hal_delivery.exchange.layouts import is_locale, is_messages_locale

#: The marks that may stand before a locale: in Java's files only one, and no folder says it.
_JAVA: Final = ".properties"
_JAVA_MARK: Final = "_"
_ANY_MARK: Final = "_-."

_GETTEXT: Final = "LC_MESSAGES"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a node would be called: *short* if nothing else in its folder is, else *whole*.

    ``path`` is that of its file or folder: it decides between twins.
    """

    path: str
    whole: str
    short: str


@dataclass(frozen=True, slots=True)
class Given:
    """The name that a wish led to; ``reason`` says why it is none, or not the one wished for."""

    name: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file's share in a bundle: the bundle lies in *folder* and is called *name*.

    Without a name, it is called after the folder.
    """

    folder: str
    name: str
    locale: str | None


def given(wishes: Sequence[Wish]) -> list[Given]:
    """The names of all that lies in one folder, in the order of *wishes*.

    Where several wish for one name, all of them take their whole names.  Only
    two spellings of one name in Unicode are then left: the later one is numbered.
    So is whatever has the form of a UUID, which names have not.

    >>> wishes = [Wish("a.md", "a.md", "a"), Wish("a.yml", "a.yml", "a"), Wish("b.md", "b.md", "b")]
    >>> [one.name for one in given(wishes)]
    ['a.md', 'a.yml', 'b']
    """
    wholes = [names.normalise(wish.whole) for wish in wishes]
    chosen = [
        short if _objection(short := names.normalise(wish.short)) is None else whole
        for wish, whole in zip(wishes, wholes, strict=True)
    ]
    while shared := _shared(chosen, wholes):
        chosen = [
            whole if name in shared else name for name, whole in zip(chosen, wholes, strict=True)
        ]
    return _numbered(wishes, chosen)


def bundle_parts(paths: Iterable[str]) -> dict[str, Part]:
    """The bundle that each file of messages belongs to, by their names alone.

    ``Name_nl.properties`` is in ``nl`` if there is another file of that Name
    beside it; ``log4j_is.properties`` alone is a bundle of its own.  Of gettext,
    ``locale/nl/LC_MESSAGES/site.po`` and ``locale/nl/site.po`` are ``locale/site``,
    and so is ``locale/site.nl.po`` beside ``locale/site.de.po``; ``po/nl.po`` is
    ``po``.
    """
    parts: dict[str, Part] = {}
    beside: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        _, suffix = suffixed(name)
        if suffix != _JAVA and (part := _part_by_folders(path)):
            parts[path] = part
        else:
            beside[folder, suffix].append(path)
    for (folder, suffix), group in beside.items():
        stems = {path: suffixed(posixpath.basename(path))[0] for path in group}
        marks = _JAVA_MARK if suffix == _JAVA else _ANY_MARK
        found = _with_locales({names.normalise(stem) for stem in stems.values()}, marks)
        for path, stem in stems.items():
            name, locale = found[names.normalise(stem)]
            parts[path] = Part(folder, name or suffix, locale)
    return parts


def suffixed(name: str) -> tuple[str, str]:
    """A file's stem, and its last suffix in lower case with the dot.

    >>> suffixed("a.b.MD"), suffixed(".gitignore"), suffixed("LICENSE")
    (('a.b', '.md'), ('', '.gitignore'), ('LICENSE', ''))
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix.lower()}") if dot else (name, "")


def dotted(folder: str, name: str) -> str:
    """The basename of the bundle *name* in *folder*; without a name, of the one named after it.

    >>> dotted("src/app", "messages"), dotted("", "messages"), dotted("src/i18n", "")
    ('src.app.messages', 'messages', 'src.i18n')
    """
    return names.normalise("/".join(filter(None, (folder, name)))).replace("/", ".")


def _objection(name: str) -> str | None:
    try:
        names.checked_name(name)
    except InvalidName as refused:
        return str(refused.facts["reason"])
    return None


def _shared(chosen: Sequence[str], wholes: Sequence[str]) -> set[str]:
    """The names that files of different whole names have, and could still give up."""
    by_name: dict[str, set[str]] = defaultdict(set)
    for name, whole in zip(chosen, wholes, strict=True):
        by_name[name].add(whole)
    return {name for name, found in by_name.items() if len(found) > 1}


def _numbered(wishes: Sequence[Wish], chosen: Sequence[str]) -> list[Given]:
    taken = set(chosen)
    count = Counter(chosen)
    answers: list[Given] = [Given(name) for name in chosen]
    seen: set[str] = set()
    order = sorted(range(len(wishes)), key=lambda at: (_is_decomposed(wishes[at]), wishes[at].path))
    for at in order:
        name = chosen[at]
        if reason := _objection(name):
            free = _free(name, taken) if names.is_id(name) else None
            answers[at] = Given(free, f"{reason}; this one is {free!r}" if free else reason)
        elif count[name] > 1 and name in seen:
            free = _free(name, taken)
            answers[at] = Given(free, f"another file here is called {name!r}; this one is {free!r}")
        seen.add(name)
    return answers


def _is_decomposed(wish: Wish) -> bool:
    return names.normalise(wish.whole) != wish.whole


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (found := names.numbered(name, number)) in taken:
        number += 1
    taken.add(found)
    return found


def _part_by_folders(path: str) -> Part | None:
    """What the folders on *path*, or its stem, say; ``None`` where they name no locale."""
    *folders, name = path.split("/")
    stem, _ = suffixed(name)
    if _GETTEXT in folders and (at := folders.index(_GETTEXT)) and _is_posix(folders[at - 1]):
        rest = [*folders[at + 1 :], stem]
        return Part("/".join(folders[: at - 1]), ".".join(rest), folders[at - 1])
    if _is_posix(stem):
        return Part("/".join(folders), "", stem)
    if folders and is_messages_locale(folders[-1]):
        return Part("/".join(folders[:-1]), stem, folders[-1])
    return None


def _is_posix(text: str) -> bool:
    """Whether *text* is a locale as gettext writes it, perhaps with a variant: ``sr@latin``."""
    plain = text.partition("@")[0]
    return is_messages_locale(plain) or (
        plain.islower() and len(plain) == 3 and locales.is_tag(plain)
    )


def _with_locales(stems: Collection[str], marks: str) -> dict[str, tuple[str, str | None]]:
    """Each of *stems* as a Name and a locale, if another one has that Name.

    Such as ``in`` and ``en_US_POSIX`` count as locales only where others show that there is
    a bundle of the Name: most files that end in one of them are no messages.
    """
    split = {stem: _split(stem, marks, is_locale) for stem in stems}
    count = Counter(name for name, locale in split.values() if locale)
    found: dict[str, tuple[str, str | None]] = {}
    for stem in sorted(stems, key=lambda one: (len(one), one)):
        choices = (split[stem], _split(stem, marks, is_messages_locale))
        found[stem] = next(
            (one for one in choices if count[one[0]] > 1 or found.get(one[0]) == (one[0], None)),
            (stem, None),
        )
    return found


def _split(stem: str, marks: str, is_one: Callable[[str], bool]) -> tuple[str, str | None]:
    """A Name and the longest locale that *stem* ends in, if it does.

    >>> _split("messages_zh_Hant_TW", "_", is_locale), _split("log4j_config", "_", is_locale)
    (('messages', 'zh_Hant_TW'), ('log4j_config', None))
    """
    for at in range(1, len(stem)):
        if stem[at] in marks and is_one(stem[at + 1 :]):
            return stem[:at], stem[at + 1 :]
    return stem, None

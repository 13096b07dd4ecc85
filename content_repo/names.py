"""Names and paths: how people say where a node is.

A path lists the names that lead to a node, joined by slashes and without one
at either end: ``content/documents/blog/first post``.  The root's path is the
empty string.  Names are kept in Unicode's composed form (NFC), so that two
spellings of one name can never stand for two nodes.

This module only knows strings; finding the node is the repository's work.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from content_repo.errors import InvalidName, InvalidPath

#: In bytes of UTF-8.
LONGEST_NAME: Final = 255

#: In bytes of UTF-8.  PostgreSQL refuses index entries above some 2,700 bytes.
LONGEST_PATH: Final = 2048

#: What a document is called that is its folder's own page, in any case and before a dot;
#: of several the first counts.
FOLDER_PAGES: Final = ("_index", "index", "readme")

# Only the hyphenated form counts: a folder may well be called "deadbeef".
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


def is_id(text: str) -> bool:
    """Whether *text* has the form of a UUID (8-4-4-4-12, any case)."""
    return _ID.fullmatch(text) is not None


def normalise(text: str) -> str:
    """*text* in the one spelling that names and paths are stored in."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def checked_name(text: str) -> str:
    """Return *text* as a node's name, or raise :class:`InvalidName`."""
    name = normalise(text)
    if reason := _objection(name):
        raise InvalidName(name=name, reason=reason)
    return name


def _objection(name: str) -> str | None:
    if not name or name in (".", ".."):
        return "a name is neither empty nor '.' nor '..'"
    if "/" in name or "\0" in name:
        return "a name holds neither '/' nor NUL"
    if is_id(name):
        return "a name does not have the form of a UUID"
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return "a name is valid Unicode"
    return f"a name has at most {LONGEST_NAME} bytes" if size > LONGEST_NAME else None


def is_storable(text: str) -> bool:
    """Whether any database could hold *text*: it has no NUL and no lone surrogate.

    >>> is_storable("blog"), is_storable("bl\\0g")
    (True, False)
    """
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        # Only a lone surrogate has no encoding.
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def join(parent: str, name: str) -> str:
    """The path of *name* within *parent*.

    >>> join("", "content"), join("content", "blog")
    ('content', 'content/blog')
    """
    path = f"{parent}/{name}" if parent else name
    if len(path.encode()) > LONGEST_PATH:
        raise InvalidPath(path=f"{path[:60]}…", reason=f"longer than {LONGEST_PATH} bytes")
    return path


def is_folder_page(name: str) -> bool:
    """Whether a document of that name is its folder's own page.

    >>> is_folder_page("_index"), is_folder_page("README.md"), is_folder_page("indexes")
    (True, True, False)
    """
    return name.partition(".")[0].lower() in FOLDER_PAGES


def numbered(name: str, number: int) -> str:
    """*name* with a number before its suffix, cut to what a name may be long.

    >>> numbered("photo.jpg", 2), numbered("news", 3)
    ('photo-2.jpg', 'news-3')
    """
    stem, dot, suffix = name.partition(".")
    mark = f"-{number}{dot}{suffix}".encode()
    if len(mark) > LONGEST_NAME // 2:
        stem, mark = name, f"-{number}".encode()
    return (stem.encode()[: LONGEST_NAME - len(mark)] + mark).decode(errors="ignore")


def is_within(path: str, root: str) -> bool:
    """Whether *path* is *root* or lies below it.

    >>> is_within("content/a", "content"), is_within("contents", "content")
    (True, False)
    """
    return not root or path == root or path.startswith(f"{root}/")


def relative(path: str, root: str) -> str:
    """*path* as seen from *root*, below which it lies.

    >>> relative("content/documents/blog", "content/documents")
    'blog'
    """
    return path[len(root) + 1 :] if root else path


def ancestors(path: str) -> list[str]:
    """The paths of all folders above *path*, outermost first, without the root.

    >>> ancestors("a/b/c")
    ['a', 'a/b']
    """
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names))]

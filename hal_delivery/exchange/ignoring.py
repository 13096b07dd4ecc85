"""Which files a folder's ``.gitignore``, or whoever imports, wants left out.

Patterns mean what they mean to git: the last one that matches decides, ``!``
takes back, a slash within ties a pattern to its folder, and what lies in a
folder that is left out cannot be taken back.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pathspec import GitIgnoreSpec

#: The file whose patterns hold for its folder and all below.
FILE: Final = ".gitignore"

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Rules:
    """The patterns that hold in *folder*: its own, then those of the folders above.

    The folder's path is empty, or ends in a slash.
    """

    folder: str
    spec: GitIgnoreSpec
    above: Rules | None = None

    def leave_out(self, path: str) -> bool:
        """Whether *path*, which ends in a slash if it is a folder's, is to be left out."""
        rules: Rules | None = self
        while rules is not None:
            decision = rules.spec.check_file(path[len(rules.folder) :]).include
            if decision is not None:
                return decision
            rules = rules.above
        return False


def compiled(patterns: Iterable[str]) -> GitIgnoreSpec:
    """*patterns*, each of which is one, as one."""
    with warnings.catch_warnings():
        # "[[" may become a set of its own in some later Python; git means what it does now.
        warnings.simplefilter("ignore", FutureWarning)
        return GitIgnoreSpec.from_lines(patterns)


def is_pattern(text: str) -> bool:
    """Whether *text* can stand in a ``.gitignore``; comments and empty lines can.

    >>> is_pattern("*.log"), is_pattern("[z-a]"), is_pattern("!")
    (True, False, False)
    """
    try:
        compiled([text])
    except (ValueError, re.error):
        return False
    return True


def lines(content: bytes) -> list[str]:
    """The lines of a ``.gitignore``, with names in the form that the disk gives them.

    >>> lines(b"*.log\\r\\ncaf\\xe9\\n")
    ['*.log', 'caf\\udce9', '']
    """
    text = content.removeprefix(_BOM).decode("utf-8", "surrogateescape")
    return [line.removesuffix("\r") for line in text.split("\n")]

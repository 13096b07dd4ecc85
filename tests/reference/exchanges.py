"""Requests with their answers, as recorded beside this file and as the public page shows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .elisions import Shown, parse_shown

HOST = "localhost:8080"

_BLOCK = re.compile(
    r"^\$ http (?P<url>\S+)\n"
    r"HTTP/1\.1 (?P<status>\d{3}) .*\n"
    r"(?P<headers>(?:[\w-]+: .*\n)+)"
    r"(?P<body>^\{\n(?:.*\n)*?^\}$)",
    re.MULTILINE,
)
_ADDRESS = re.compile(rf"http://{re.escape(HOST)}(?P<target>/[^\s)]*)")


@dataclass(frozen=True)
class Exchange:
    """One request and what is shown of its answer."""

    name: str
    target: str
    status: int
    content_type: str
    shown: Shown


@dataclass(frozen=True)
class ReferencePage:
    """What the public page holds: its exchanges, and the prose between them."""

    exchanges: list[Exchange]
    prose: str

    @property
    def addresses(self) -> list[str]:
        """Every address of ours that the prose writes out, host left off."""
        return [address["target"] for address in _ADDRESS.finditer(self.prose)]


def recorded_exchanges(folder: Path) -> list[Exchange]:
    """Read the recorded exchanges in the order of the page."""
    return [_recorded(path) for path in sorted(folder.glob("*.http"))]


def parse_page(text: str) -> ReferencePage:
    """Take the text of the public page apart."""
    # Some lines of the page are indented with no-break spaces, which JSON does not know.
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    return ReferencePage(exchanges=list(_shown_in(text)), prose=_BLOCK.sub("", text))


def _recorded(path: Path) -> Exchange:
    request, head, body = path.read_text(encoding="utf-8").split("\n\n", 2)
    status_line, headers = head.split("\n", 1)
    return Exchange(
        name=path.stem,
        target=request.split()[1],
        status=int(status_line.split()[1]),
        content_type=_headers(headers)["content-type"],
        shown=parse_shown(body),
    )


def _shown_in(text: str) -> Iterator[Exchange]:
    for block in _BLOCK.finditer(text):
        target = urlsplit(block["url"]).path
        yield Exchange(
            name=target,
            target=target,
            status=int(block["status"]),
            content_type=_headers(block["headers"])["content-type"],
            shown=parse_shown(block["body"]),
        )


def _headers(lines: str) -> dict[str, str]:
    pairs = (line.split(": ", 1) for line in lines.splitlines())
    return {name.lower(): value for name, value in pairs}

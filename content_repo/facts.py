"""What is known of a file by looking at it: its media type, and an image's size."""

from __future__ import annotations

import contextlib
import mimetypes
import re
from typing import Any, BinaryIO, Final

import PIL.Image

from content_repo import names

#: What no table of the system has to know.
_TYPES: Final = {
    ".avif": "image/avif", ".webp": "image/webp", ".svg": "image/svg+xml", ".md": "text/markdown",
    ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}  # fmt: skip

#: Of what is compressed: bytes are delivered as they are, so they are not of the type within.
_COMPRESSED: Final = {
    "gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz",
    "br": "application/x-brotli", "compress": "application/x-compress",
}  # fmt: skip
_UNKNOWN: Final = "application/octet-stream"

#: An SVG says its size in its first tag.
_SVG_HEAD: Final = 4096
_SVG_TAG: Final = re.compile(rb"<svg\b[^>]*>")
_SVG_LENGTH: Final = re.compile(rb"""\b(width|height)\s*=\s*["'](\d{1,6})(?:\.\d+)?(?:px)?["']""")
_SVG_BOX: Final = re.compile(
    rb"""\bviewBox\s*=\s*["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+(\d{1,6})[\d.]*[\s,]+(\d{1,6})"""
)


def facts(name: str, stream: BinaryIO) -> dict[str, Any]:
    """``mediaType`` and ``fileName`` of a file and, where it is an image, ``width``, ``height``.

    Only as much of *stream* is read as tells them, and no image is decoded.
    """
    suffix = f".{name.rpartition('.')[2].lower()}"
    found: dict[str, Any] = {
        "mediaType": _TYPES.get(suffix) or _guessed(name),
        "fileName": names.normalise(name),
    }
    if suffix == ".svg":
        found.update(_svg_size(stream.read(_SVG_HEAD)))
        return found
    # What is no image, or a broken one, or none of a known format, has no size.
    with contextlib.suppress(Exception), PIL.Image.open(stream) as image:
        found["mediaType"] = image.get_format_mimetype() or found["mediaType"]
        found["width"], found["height"] = image.size
    return found


def _guessed(name: str) -> str:
    """What the system's table says of *name*.

    >>> _guessed("a.csv"), _guessed("a.csv.gz")
    ('text/csv', 'application/gzip')
    """
    # Only the suffix of compress has a case of its own.
    spelt = name if name.endswith(".Z") else name.lower()
    guessed, compression = mimetypes.guess_type(spelt, strict=False)
    if compression:
        return _COMPRESSED.get(compression, _UNKNOWN)
    return guessed or _UNKNOWN


def _svg_size(head: bytes) -> dict[str, int]:
    tag = _SVG_TAG.search(head)
    if tag is None:
        return {}
    lengths = {name.decode(): int(value) for name, value in _SVG_LENGTH.findall(tag[0])}
    if lengths.keys() == {"width", "height"}:
        return lengths
    box = _SVG_BOX.search(tag[0])
    return {"width": int(box[1]), "height": int(box[2])} if box else {}

"""What is known of a file by its name and its first bytes."""

from __future__ import annotations

import io
import struct
import unicodedata
import zlib

import PIL.Image
import pytest

from content_repo.facts import facts


def of(name: str, content: bytes = b"") -> dict[str, object]:
    """The facts of a file, but for its name."""
    found = facts(name, io.BytesIO(content))
    assert found.pop("fileName") == name
    return found


def image(kind: str) -> bytes:
    stream = io.BytesIO()
    PIL.Image.new("RGB", (3, 2)).save(stream, kind)
    return stream.getvalue()


def png(width: int, height: int) -> bytes:
    """A PNG that says its size, and has no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + check + b"\0\0\0\0IDAT"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a.PDF", "application/pdf"),
        ("a.md", "text/markdown"),
        ("a.woff2", "font/woff2"),
        ("a.tar", "application/x-tar"),
        ("LICENSE", "application/octet-stream"),
        (".png", "application/octet-stream"),
        ("a.no-such-suffix", "application/octet-stream"),
    ],
)
def test_a_name_says_the_media_type(name: str, media_type: str) -> None:
    """By the suffix, in any case; what says nothing is bytes."""
    assert of(name) == {"mediaType": media_type}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.gz", "application/gzip"),
        ("a.csv.gz", "application/gzip"),
        ("a.tar.gz", "application/gzip"),
        ("a.TGZ", "application/gzip"),
        ("a.svgz", "application/gzip"),
        ("a.SVG.GZ", "application/gzip"),
        ("a.html.bz2", "application/x-bzip2"),
        ("a.tar.xz", "application/x-xz"),
        ("a.js.br", "application/x-brotli"),
        ("a.JS.BR", "application/x-brotli"),
        ("a.tar.Z", "application/x-compress"),
    ],
)
def test_what_is_compressed_has_the_type_of_its_outside(name: str, media_type: str) -> None:
    """The bytes are delivered as they are, and are not what they hold."""
    assert of(name, b"\x1f\x8b") == {"mediaType": media_type}


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp", "bmp"])
def test_an_image_says_its_size(kind: str) -> None:
    """Its bytes also say its type, whatever it is called."""
    expected = {"mediaType": f"image/{kind}", "width": 3, "height": 2}

    assert of(f"a.{kind}", image(kind)) == expected
    assert of("a.txt", image(kind)) == expected


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        ('<svg width="30" height="20">', (30, 20)),
        ("<svg height='20.5px' width='30px'>", (30, 20)),
        ('<?xml version="1.0"?><!-- <a> -->\n<svg\n viewBox="0 0 30 20"/>', (30, 20)),
        ('<svg width="100%" height="100%" viewBox="-1 -1,30.5 20">', (30, 20)),
        ('<svg width="30" viewBox="0 0 60 40">', (60, 40)),
        ("<svg>", None),
        ('<svg width="3em" height="2em">', None),
        ("<html>", None),
        ("", None),
    ],
)
def test_an_svg_says_its_size_in_its_tag(tag: str, size: tuple[int, int] | None) -> None:
    """In pixels, else by its box; without either it has none."""
    found = {"width": size[0], "height": size[1]} if size else {}

    assert of("a.svg", tag.encode()) == {"mediaType": "image/svg+xml", **found}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"])
def test_a_broken_image_has_no_size(content: bytes) -> None:
    """It keeps the type that its name says."""
    assert of("a.png", content) == {"mediaType": "image/png"}


def test_a_cut_image_has_the_size_that_its_header_says() -> None:
    """No pixel is asked for."""
    assert of("a.png", png(30, 20)) == {"mediaType": "image/png", "width": 30, "height": 20}


def test_an_image_of_too_many_pixels_has_no_size() -> None:
    """Who says that it would fill the memory is not believed, and is no error either."""
    assert of("a.png", png(2**31 - 1, 2**31 - 1)) == {"mediaType": "image/png"}


def test_names_are_kept_in_one_spelling() -> None:
    """The file's name is composed Unicode."""
    name = "é.txt"
    found = facts(unicodedata.normalize("NFD", name), io.BytesIO())

    assert found["fileName"] == unicodedata.normalize("NFC", name)

"""A site on disk as the pages that it ought to become: paths, locales, fields, texts.

Only what the oracle's sites need is read: pages of Markdown and HTML, and records of
YAML or JSON.  Message files, vocabularies and everything else are no documents.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

import langcodes
import yaml

from tests.oracle import markdown
from tests.oracle.text import Units, units

_MARKDOWN: Final = (".md", ".mdx", ".markdown")
_HTML: Final = (".html", ".htm")
_RECORDS: Final = (".yml", ".yaml", ".json")
_LOCALE: Final = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|[0-9]{3}))?")
_BLOCK: Final = re.compile(r"\n*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_OURS: Final = ("title", "content", "sourcePath")


@dataclass(frozen=True, slots=True)
class Page:
    """One document: ``fields`` as its file has them, ``title`` and ``body`` as search reads them.

    ``group`` is what it has in common with its translations.
    """

    path: str
    type: str
    locale: str | None
    group: str
    is_draft: bool
    fields: Mapping[str, Any]
    title: Units
    body: Units
    text: str = field(repr=False)


def pages(folder: Path) -> list[Page]:
    """All documents of the site in *folder*, by path."""
    files = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
    documents = {path: raw for path in files if (raw := _read(folder / path)) is not None}
    for path in _message_files(documents):
        del documents[path]
    names = _names(files, documents)
    locales = _locale_folders(files)
    made = [_page(path, names[path], locales, raw) for path, raw in documents.items()]
    return sorted(made, key=lambda one: one.path)


# -- files ---------------------------------------------------------------------


@dataclass(slots=True)
class _Raw:
    """A file taken apart, before anything is known of its place."""

    values: dict[str, Any]
    shown: markdown.Shown | None


def _read(file: Path) -> _Raw | None:
    suffix = file.suffix.lower()
    if suffix in _RECORDS:
        text = _text(file)
        value = json.loads(text) if suffix == ".json" else yaml.load(text, _Loader)
        is_map = isinstance(value, dict) and not any(isinstance(one, list) and one and isinstance(
            one[0], dict) and "parent_id" in one[0] for one in value.values())  # fmt: skip
        is_tree = "supplemental" in (value or ()) or "main" in (value or ())
        return _Raw(value, None) if is_map and not is_tree else None
    if suffix not in (*_MARKDOWN, *_HTML):
        return None
    text = _text(file)
    block = _BLOCK.match(text)
    values = yaml.load(block[1], _Loader) if block else None
    body = text[block.end() :] if block else text
    shown = markdown.of_html(body) if suffix in _HTML else markdown.of_markdown(body)
    return _Raw(values or {}, shown)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which only what looks like a number, a date or a truth is one."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}


def _plain(tag: str, pattern: str, first: Iterable[str] | None) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), first)


_DIGITS: Final = list("-+0123456789.")
_plain("null", "~|null|Null|NULL|", ["~", "n", "N", ""])
_plain("bool", "true|True|TRUE|false|False|FALSE", list("tTfF"))
_plain("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+", _DIGITS)
_plain("float", r"[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?", _DIGITS)
_plain(
    "timestamp",
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:[ \t]*(?:Z|z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?",
    _DIGITS,
)
_plain("merge", "<<", ["<"])


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    loader.flatten_mapping(node)
    return {key.value: loader.construct_object(item, deep=True) for key, item in node.value}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


# -- places --------------------------------------------------------------------


def _message_files(documents: Mapping[str, _Raw]) -> list[str]:
    """Files named by locales, two or more in a folder, that hold nothing but texts."""
    beside: dict[PurePosixPath, list[str]] = defaultdict(list)
    for path, raw in documents.items():
        pure = PurePosixPath(path)
        if raw.shown is None and is_locale(pure.stem) and _holds_texts(raw.values):
            beside[pure.parent].append(path)
    return [path for paths in beside.values() if len(paths) > 1 for path in paths]


def _holds_texts(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_holds_texts(one) for one in value.values())
    return isinstance(value, str)


def _names(files: Iterable[str], documents: Mapping[str, Any]) -> dict[str, str]:
    """The path that each document has: without suffix, unless that is somebody else's as well."""
    wished: Counter[tuple[str, str]] = Counter()
    folders = {str(one) for path in files for one in PurePosixPath(path).parents}
    for folder in folders - {"."}:
        wished[str(PurePosixPath(folder).parent), PurePosixPath(folder).name] += 1
    for path in files:
        pure = PurePosixPath(path)
        name = _stem(pure.name) if path in documents else pure.name
        wished[str(pure.parent), name] += 1
    found = {}
    for path in documents:
        pure = PurePosixPath(path)
        stem = _stem(pure.name)
        is_free = wished[str(pure.parent), stem] == 1 and stem not in ("", ".", "..")
        name = stem if is_free else pure.name
        found[path] = unicodedata.normalize("NFC", str(pure.parent / name))
    return found


def _stem(name: str) -> str:
    return name.rpartition(".")[0]


def is_locale(name: str) -> bool:
    """Whether a folder may be named by a locale.

    >>> is_locale("pt-br"), is_locale("go"), is_locale("js")
    (True, False, False)
    """
    return _LOCALE.fullmatch(name) is not None and _is_language(name[:2])


@functools.cache
def _is_language(code: str) -> bool:
    return langcodes.Language.get(code).is_valid()


def _locale_folders(files: Iterable[str]) -> set[str]:
    """The folders below which two or more folders are named by locales."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in files:
        for one in PurePosixPath(path).parents:
            if is_locale(one.name):
                found[str(one.parent)].add(one.name)
    return {parent for parent, names in found.items() if len(names) > 1}


def _page(source: str, path: str, locale_folders: set[str], raw: _Raw) -> Page:
    locale, group = _translation(source, locale_folders)
    is_record = raw.shown is None
    shown = raw.shown or markdown.Shown("")
    written = raw.values.get("title")
    title = _title(written) or next(iter(shown.headings), "") or PurePosixPath(path).name
    ours: dict[str, Any] = (
        {"title": title} if is_record else {"title": title, "content": shown.text}
    )
    fields, kept = dict(ours), {}
    for name, value in raw.values.items():
        if name in _OURS or name.startswith("_") or name == "frontMatter":
            if value != ours.get(name):
                kept[name] = value
        else:
            fields[name] = value
    if kept:
        fields["frontMatter"] = kept
    return Page(
        path=path,
        type="record" if is_record else "page",
        locale=locale,
        group=group,
        is_draft=raw.values.get("draft") is True,
        fields={**fields, "sourcePath": source},
        title=units(title),
        body=units(shown.text),
        text=shown.text,
    )


def _translation(source: str, locale_folders: set[str]) -> tuple[str | None, str]:
    parents = [*reversed(PurePosixPath(source).parents)]
    for one in parents:
        if str(one.parent) in locale_folders and is_locale(one.name) and str(one) != ".":
            rest = PurePosixPath(source).relative_to(one)
            return one.name, f"{one.parent}/{{}}/{rest.with_suffix('')}"
    return None, source


def _title(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float | date):
        return str(value)
    return ""

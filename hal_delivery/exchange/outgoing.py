"""Files made from what nodes hold now: for those that were edited, or made, here.

Imported again, each gives the fields that it was made from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any, Final

import javaproperties
import polib  # type: ignore[import-untyped]
import yaml

from content_repo.bundles import DEFAULT
from content_repo.doctypes import FieldKind, Types, dated
from content_repo.model import Node
from hal_delivery.exchange.formats import documents, records, yaml_values

#: Fields that are no front matter: the body, and what follows from the file.
_BODY: Final = "content"
_NO_MATTER: Final = frozenset({"title", _BODY, "sourcePath", documents.KEPT})

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

#: What TOML forbids in a text and JSON does not.
_DELETE: Final = {0x7F: "\\u007f"}


class _Dumper(yaml.SafeDumper):
    """Writes what our reader reads: a word in quotes wherever it would be no word."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    is_word = text != "" and yaml_values.resolved(text) == text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_word else "'")


def _represent_moment(dumper: _Dumper, moment: datetime) -> yaml.ScalarNode:
    moment = moment.astimezone(UTC)
    text = moment.isoformat().replace("+00:00", "Z")
    if moment.time() == time():
        text = text.partition("T")[0]
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(datetime, _represent_moment)


def document(types: Types, node: Node, suffix: str) -> bytes:
    """A document as a file whose name ends in *suffix*."""
    values = _values(types, node)
    body = node.fields.get(_BODY)
    if suffix not in records.SUFFIXES:
        return f"---\n{_yaml(values)}---\n\n{body or ''}\n".encode()
    if isinstance(body, str):
        values.setdefault(_BODY, body)
    return _json(values) if suffix == ".json" else _yaml(values).encode()


def _values(types: Types, node: Node) -> dict[str, Any]:
    """All of a document but its body, under the names that its author gave."""
    fields = dated(node.fields)
    for name, one in types.fields(node.type).items():
        if one.kind is FieldKind.DATE and name in fields:
            value = fields[name]
            fields[name] = [_moment(v) for v in value] if one.is_list else _moment(value)
    kept = fields.get(documents.KEPT)
    values = {"title": fields["title"]} if "title" in fields else {}
    values |= {name: value for name, value in fields.items() if name not in _NO_MATTER}
    if isinstance(kept, Mapping):
        values |= {name: value for name, value in kept.items() if name not in values}
    return values


def _moment(millis: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=millis)


def messages(texts: Mapping[str, str], suffix: str, locale: str, former: bytes = b"") -> bytes:
    """The messages of one locale as a file; *former* is what it was."""
    if suffix == ".po":
        return _po(texts, locale, former)
    if suffix == ".json":
        return _json(texts)
    if suffix == ".toml":
        lines = (f"{_quoted(key)} = {_quoted(text)}\n" for key, text in texts.items())
        return "".join(lines).encode()
    if suffix in (".yaml", ".yml"):
        return _yaml(texts).encode()
    return javaproperties.dumps(texts, timestamp=False).encode("latin-1")


def _po(texts: Mapping[str, str], locale: str, former: bytes) -> bytes:
    """The translations in *former*'s entries, and the new ones behind them."""
    try:
        catalogue = polib.pofile(former.decode()) if former else polib.POFile()
    except UnicodeDecodeError:
        catalogue = polib.POFile()
    catalogue.metadata["Content-Type"] = "text/plain; charset=UTF-8"
    if locale != DEFAULT:
        catalogue.metadata.setdefault("Language", locale)
    left = dict(texts)
    for entry in catalogue:
        key = entry.msgid if entry.msgctxt is None else f"{entry.msgctxt}|{entry.msgid}"
        forms = [f"{key}[{number}]" for number in entry.msgstr_plural] or [key]
        if entry.obsolete or (entry.fuzzy and not left.keys() & set(forms)):
            continue
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        if entry.msgid_plural:
            entry.msgstr_plural = {
                number: left.pop(f"{key}[{number}]", "") for number in entry.msgstr_plural
            }
        else:
            entry.msgstr = left.pop(key, "")
    catalogue.extend(polib.POEntry(msgid=key, msgstr=text) for key, text in left.items())
    return f"{catalogue}\n".encode()


def taxonomy(fields: Mapping[str, Any]) -> bytes:
    """A taxonomy as JSON, its categories nested."""
    return _json({"categories": [_category(one) for one in fields.get("categories", ())]})


def _category(stored: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"key": stored["key"]}
    infos = stored.get("infos", {})
    for name in ("name", "description", "synonyms"):
        found = {locale: one[name] for locale, one in infos.items() if one.get(name)}
        if found:
            said[name] = found
    if "name" not in said and stored.get("name") not in (None, stored["key"]):
        said["name"] = stored["name"]
    for one in infos.values():
        for name, value in one.get("properties", {}).items():
            said.setdefault(name, value)
    if below := stored.get("categories"):
        said["categories"] = [_category(one) for one in below]
    return said


def locale_file(known: Iterable[tuple[str, str | None]], name: str, locale: str) -> str:
    """The path of a bundle's file for a further *locale*, beside those that are *known*.

    >>> locale_file([("x/Labels_nl.properties", "nl")], "Labels", "de")
    'x/Labels_de.properties'
    >>> locale_file([("i18n/nl.yaml", "nl")], "i18n", "de")
    'i18n/de.yaml'
    >>> locale_file([("nl/LC_MESSAGES/site.po", "nl")], "site", "de")
    'de/LC_MESSAGES/site.po'
    """
    for path, other in known:
        at = PurePosixPath(path)
        if other is None or other == DEFAULT:
            return str(at.with_name(_named(at.stem, locale, at.suffix)))
        within = re.compile(rf"(?<![A-Za-z0-9]){re.escape(other)}(?![A-Za-z0-9])")
        if locale == DEFAULT and at.stem.endswith(f"_{other}"):
            return str(at.with_name(at.stem.removesuffix(f"_{other}") + at.suffix))
        if within.search(path):
            return within.sub(lambda _: locale, path)
    return _named(name, locale, ".properties")


def _named(stem: str, locale: str, suffix: str) -> str:
    return f"{stem}{suffix}" if locale == DEFAULT else f"{stem}_{locale}{suffix}"


def _yaml(values: Mapping[str, Any]) -> str:
    if not values:
        return ""
    return yaml.dump(dict(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _json(values: Mapping[str, Any]) -> bytes:
    text = json.dumps(values, ensure_ascii=False, indent=2, default=_json_moment)
    return f"{text}\n".encode()


def _json_moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).translate(_DELETE)

"""Write ``reference.md`` from the tables that the service itself reads.

Run it as ``python -m docs.generate``; a test fails while the page is out of date.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from docs import commands
from hal_delivery.app import create_app
from hal_delivery.bootstrap import build_services
from hal_delivery.cli import main as command_line
from hal_delivery.mounts import Mount
from hal_delivery.settings import Settings, settings_table
from hal_delivery.surfaces.content.relations import CURIE, RELATIONS
from hal_delivery.web.failures import rows
from hal_delivery.web.service import METRICS
from hal_delivery.web.vocabulary import LARGEST_NUMBER, VOCABULARY

REFERENCE: Final = Path(__file__).with_name("reference.md")

#: What each key of a mount decides; the defaults are the mount's own.
MOUNT_KEYS: Final = {
    "name": "How commands and tokens name it: small letters, digits and hyphens.",
    "base": "The path that it answers at, such as `/site/api`.",
    "title": "What people read; without it, the name.",
    "content_root": "The folder that its documents and folders come from; paths start there.",
    "side": '`"published"`, or `"draft"` for a preview.',
    "default_locale": "The locale of what has none of its own.",
    "shared_roots": "Further folders that it shows: images and taxonomies.",
    "bundle_roots": "The folders whose resource bundles it shows.",
    "readers": '`"public"`, or `"token"`; a draft mount has `"token"` unless it says otherwise.',
    "default_parameters": "Parameters for requests that do not send them.",
    "parameter_aliases": "Other names of parameters, each with the parameter it stands for.",
    "default_limit": "Items in a page when the request says nothing.",
    "max_limit": "The most items in a page; a larger `_limit` is lowered to it.",
    "max_age": "How many seconds caches may keep an answer.",
    "processors": "Functions that each document goes through before it is sent, as "
    "`module:function`.",
    "cors_origins": "Origins whose pages may read it from a browser.",
    "headers": "Further headers of every answer.",
    "site_url": "The addresses of the site's pages, for its sitemap and for links in texts: a "
    "path, or an address with a host. `{path}` is the document's path below the folder that its "
    "locale begins at, `{locale}` that folder's name; without a locale, `{locale}/` is left out.",
    "allow_public_drafts": 'Has to be `true` before a draft mount may have `readers = "public"`.',
}

#: What each table of hooks names.
HOOK_KEYS: Final = {
    "converters": "By suffix, functions that take the bytes of a file and give Markdown or HTML, "
    "front matter included. An empty text switches a usual one off: such files are assets then.",
    "shortcodes": "By name, functions that take a shortcode's name, its arguments (a list, or a "
    "table if they are named) and the text up to its end (none if it has no end), and give HTML.",
}


def reference() -> str:
    """The whole page."""
    description = _description()
    sections = {
        "Addresses": [
            "Below a mount's base, such as `/site/api`. Each takes GET, HEAD and OPTIONS, with "
            "and without a slash at its end.",
            _addresses(description),
        ],
        "Parameters": [
            "Lists and blanks: names in a list are joined by commas. An empty value counts as "
            "none. What is no parameter of an address is answered with 400.",
            _parameters(description),
        ],
        "Link relations": [
            f"Ours are written with the prefix `{CURIE}:`; a link of the name `curies` leads "
            "from it to the page of each. Besides, answers have relations that are registered: "
            "`self`, `canonical`, `collection`, `item`, `up`, `alternate`, `profile`, "
            "`enclosure`, `search`, `first`, `prev`, `next`, `last`, `service-desc`, "
            "`service-doc`.",
            _table(("relation", "what it leads to"), _relations()),
        ],
        "Problems": [
            "Failures are `application/problem+json` (RFC 9457). `code` is one of these and does "
            "not change; `detail` says what happened, `errors` which parameter is meant. Some "
            "can only come from writing, which the service does not offer yet.",
            _table(("code", "status", "title", "what to do"), _problems()),
        ],
        "Settings": [
            "Environment variables, read once at the start. One that does not exist stops the "
            "start.",
            settings_table(),
        ],
        "Mounts": [
            "Keys of a `[[mounts]]` table in the file that `HAL_DELIVERY_CONFIG` names.",
            _table(("key", "default", "meaning"), _mount_keys()),
        ],
        "Hooks": [
            "Tables below `[hooks]` in the same file: functions of the operator's own, written as "
            "`module:function`, that imports go through.",
            _table(("table", "meaning"), ((f"`{key}`", said) for key, said in HOOK_KEYS.items())),
        ],
        "Metrics": [
            "Lines of `/metrics`, in the text format of Prometheus. Those that begin with "
            "`hal_delivery_index` are there once for each `side`, and are the same in whatever "
            "process answers.",
            _table(("name", "type", "meaning"), _metrics()),
        ],
        "Command line": [
            "Each command takes `--help`, which shows an example.",
            _table(("command", "what it does"), commands.summaries(command_line)),
            *_options(),
        ],
        "Imports": [
            "What `hal-delivery import` makes of each file. The first row that fits decides, "
            "unless `--as` says otherwise.",
            _table(("file", "becomes"), commands.import_rules()),
            commands.sizes(),
        ],
    }
    head = (
        "# Reference\n\n"
        "<!-- Generated by `python -m docs.generate`; change the tables in the code instead. -->\n"
    )
    parts = (f"\n## {title}\n\n{_spaced(texts)}" for title, texts in sections.items())
    return head + "".join(parts)


def _spaced(texts: Iterable[str]) -> str:
    """*texts* with an empty line between two of them; tables end their last line themselves."""
    return "\n".join(text if text.endswith("\n") else f"{text}\n" for text in texts)


def _metrics() -> Iterable[tuple[str, str, str]]:
    for name, (kind, meaning, _) in METRICS.items():
        yield f"`hal_delivery_{name}`", kind, meaning


def _description() -> Mapping[str, Any]:
    """The OpenAPI description of the first default mount."""
    with TemporaryDirectory() as folder:
        environ = {"HAL_DELIVERY_DATA_DIR": folder, "HAL_DELIVERY_LOG_LEVEL": "error"}
        settings = Settings.from_env(environ)
        with closing(build_services(settings)) as services:
            client = create_app(settings, services).test_client()
            found: Mapping[str, Any] = client.get("/site/api/openapi.json").get_json()
    return found


def _addresses(description: Mapping[str, Any]) -> str:
    return _table(
        ("address", "what for", "parameters"),
        (
            (
                f"`{path.removeprefix('/site/api')}`",
                f"{operation['summary']}.",
                " ".join(f"`{one['name']}`" for one in _queries(description, operation)),
            )
            for path, item in description["paths"].items()
            for operation in [item["get"]]
        ),
    )


def _parameters(description: Mapping[str, Any]) -> str:
    described = {
        one["name"]: one["schema"]
        for item in description["paths"].values()
        for one in _queries(description, item["get"])
    }
    return _table(
        ("parameter", "value", "meaning", "example"),
        (
            (
                f"`{one.name}`",
                _value(described[one.name]),
                one.description,
                f"`{one.name}={one.example}`",
            )
            for one in VOCABULARY.values()
        ),
    )


def _queries(
    description: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """The query parameters of an operation; those that several share are referred to."""
    shared = description.get("components", {}).get("parameters", {})
    given = (
        shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation.get("parameters", [])
    )
    return [one for one in given if one["in"] == "query"]


def _value(schema: Mapping[str, Any]) -> str:
    """A schema in words."""
    if "enum" in schema:
        return " or ".join(f"`{choice}`" for choice in schema["enum"])
    match schema["type"]:
        case "array":
            return "names"
        case "integer":
            least, most = schema["minimum"], schema["maximum"]
            return f"number from {least}" + (f" to {most}" if most < LARGEST_NUMBER else "")
        case _:
            return f"text, at most {schema['maxLength']} characters"


def _relations() -> Iterable[tuple[str, ...]]:
    return ((f"`{CURIE}:{name}`", RELATIONS[name]) for name in sorted(RELATIONS))


def _problems() -> Iterable[tuple[str, ...]]:
    return (
        (f"`{row.code}`", f"{row.status:d}", row.title, row.advice)
        for _, row in sorted(rows().items())
    )


def _mount_keys() -> Iterable[tuple[str, ...]]:
    defaults = {field.name: _written(field.default) for field in fields(Mount)}
    return ((f"`{key}`", defaults.get(key, "`false`"), help) for key, help in MOUNT_KEYS.items())


def _written(value: Any) -> str:
    """A default as TOML writes it."""
    if value is MISSING:
        return "none"
    if isinstance(value, tuple):
        return f"`[{', '.join(_quoted(one) for one in value)}]`"
    return f"`{_quoted(value)}`"


def _quoted(value: Any) -> str:
    plain = value.value if isinstance(value, Enum) else value
    return f'"{plain}"' if isinstance(plain, str) else str(plain)


def _options() -> Iterable[str]:
    """What each command takes, a table for each."""
    for name, command in commands.commands(command_line):
        if command.params:
            yield f"### `{name}`"
            yield _table(("option", "value", "meaning"), commands.options(command))


def _table(head: tuple[str, ...], body: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *body]
    cells = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def main() -> None:
    """Write the page."""
    logging.disable(logging.WARNING)
    REFERENCE.write_text(reference(), "utf-8")


if __name__ == "__main__":
    main()

"""Pages for people: what a relation or a problem means, and the manual.

Plain HTML without scripts.  Every text is escaped; the style sheet is the
service's own, so that nothing is fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from hal_delivery.mounts import Mount
from hal_delivery.web.failures import Row, rows
from hal_delivery.web.vocabulary import VOCABULARY, Parameter

STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c2430;background:#fff}"
    "code,pre{font-family:ui-monospace,monospace;background:#f1f4f8;border-radius:4px}"
    "code{padding:.1em .3em}pre{padding:.8rem;overflow:auto}"
    "h1,h2{line-height:1.2}dt{font-weight:600;margin-top:1rem}dd{margin-left:1.2rem}"
    "a{color:#0b5bd3}nav{margin-bottom:2rem}"
    "@media(prefers-color-scheme:dark){body{color:#dde4ee;background:#12161c}"
    "code,pre{background:#1e252f}a{color:#7fb2ff}}"
)


def relation(name: str, meaning: str, base: str) -> str:
    """The page of a link relation."""
    return _page(f"Link relation {name}", base, f"<p>{escape(meaning)}</p>")


def problem(row: Row, base: str) -> str:
    """The page of a problem."""
    return _page(
        row.title,
        base,
        f"<p>Status {row.status:d}, code <code>{escape(row.code)}</code>.</p>"
        f"<p>{escape(row.advice)}</p>",
    )


def manual(mount: Mount, base: str, relations: Mapping[str, str]) -> str:
    """All parameters, relations and problems of a mount."""
    return _page(
        f"{mount.title}: manual",
        base,
        f"<p>Start at <a href='{escape(base)}/'>{escape(base)}/</a> and follow links, or try"
        f"</p><pre>http '{escape(base)}/documents/' _q==word _fields==title</pre>"
        "<h2>Parameters</h2>",
        _definitions(
            (one.name, f"{escape(one.description)} Example: {_example(one)}")
            for one in VOCABULARY.values()
        ),
        "<h2>Link relations</h2>",
        _definitions(
            (f"c:{name}", f"{escape(meaning)} <a href='{escape(base)}/rels/{name}'>Page</a>")
            for name, meaning in relations.items()
        ),
        "<h2>Problems</h2>",
        _definitions(
            (f"{code} ({row.status:d})", f"{escape(row.title)}. {escape(row.advice)}")
            for code, row in sorted(rows().items())
        ),
    )


def _example(one: Parameter) -> str:
    return f"<code>{escape(one.name)}={escape(one.example)}</code>"


def _definitions(pairs: Iterable[tuple[str, str]]) -> str:
    rows = (f"<dt><code>{escape(term)}</code></dt><dd>{text}</dd>" for term, text in pairs)
    return f"<dl>{''.join(rows)}</dl>"


def _page(title: str, base: str, *parts: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{escape(title)}</title><link rel='stylesheet' href='/style.css'></head><body>"
        f"<nav><a href='{escape(base)}/'>Entry point</a> · "
        f"<a href='{escape(base)}/docs/'>Manual</a></nav>"
        f"<h1>{escape(title)}</h1>{''.join(parts)}</body></html>"
    )

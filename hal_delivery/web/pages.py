"""Pages for people: what a relation or a problem means, and the manual.

Plain HTML without scripts.  Every text is escaped; the style sheet is the
service's own, so that nothing is fetched from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from html import escape
from typing import Final

from hal_delivery.mounts import Mount
from hal_delivery.web.failures import Row, rows
from hal_delivery.web.here import Here
from hal_delivery.web.vocabulary import TEXT, VOCABULARY, Parameter

STYLE: Final = """\
:root { color-scheme: light dark; --text: #1b2530; --quiet: #55606d; --page: #fdfdfc;
  --panel: #f1f3f5; --line: #d9dee4; --link: #0a56b8; }
@media (prefers-color-scheme: dark) { :root { --text: #dce3ea; --quiet: #9aa7b4;
  --page: #14181d; --panel: #1f262e; --line: #333d48; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 48rem; padding: 0 1.25rem 4rem; color: var(--text);
  background: var(--page); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
header { padding: 1.25rem 0; border-bottom: 1px solid var(--line); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0;
  list-style: none; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 2rem 0 1rem; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.75rem 0 .5rem; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code, pre { font: .92em/1.5 ui-monospace, monospace; background: var(--panel);
  border-radius: 4px; }
code { padding: .1em .35em; }
pre { padding: .9rem 1rem; white-space: pre-wrap; }
pre code { padding: 0; font-size: 1em; }
dt { padding-top: 1rem; border-top: 1px solid var(--line); font-weight: 600; }
dd { margin: .3rem 0 1rem; }
.quiet { color: var(--quiet); font-weight: 400; }
:target { background: var(--panel); }
"""

# Named by its content: a newer page never meets an older sheet in a cache.
_SHEET: Final = f"/style.css?{blake2b(STYLE.encode(), digest_size=4).hexdigest()}"


def relation(name: str, meaning: str, place: Here) -> str:
    """The page of a link relation."""
    return _page(
        f"Link relation {name}",
        place,
        f"<p class='quiet'>Written <code>c:{escape(name)}</code> in answers.</p>"
        f"<p>{escape(meaning)}</p>",
    )


def problem(row: Row, place: Here) -> str:
    """The page of a problem."""
    return _page(
        row.title,
        place,
        f"<p class='quiet'>Problem <code>{escape(row.code)}</code>, status {row.status:d} "
        f"({escape(row.status.phrase)})</p>"
        f"<h2>What to do</h2><p>{escape(row.advice)}</p>",
    )


def manual(place: Here, relations: Mapping[str, str]) -> str:
    """All parameters, relations and problems of a mount."""
    mount, base = place.mount, place.base
    sections = {
        "parameters": (
            "Parameters",
            "Names with a leading underscore are the service's own. What a list or an item takes "
            "is said by the templates of the links to it.",
            [(name, _code(name), _parameter(one)) for name, one in VOCABULARY.items()],
        ),
        "relations": (
            "Link relations",
            "Relations that are registered (RFC 8288) have their usual names; these are ours.",
            [
                (name, _linked(f"{base}/rels/{name}", f"c:{name}"), escape(meaning))
                for name, meaning in sorted(relations.items())
            ],
        ),
        "problems": (
            "Problems",
            "Whatever goes wrong is answered as application/problem+json with one of these codes.",
            [
                (
                    code,
                    f"{_linked(f'{base}/problems/{code}', code)} "
                    f"<span class='quiet'>{row.status:d}</span>",
                    f"{escape(row.title)}. {escape(row.advice)}",
                )
                for code, row in sorted(rows().items())
            ],
        ),
    }
    contents = "".join(
        f"<li><a href='#{id}'>{title}</a></li>" for id, (title, _, _) in sections.items()
    )
    return _page(
        f"{mount.title}: manual",
        place,
        f"<nav aria-label='On this page'><ul>{contents}</ul></nav>",
        f"<p>Start at <a href='{escape(base)}/'>{escape(base)}/</a> and follow links. "
        f"{_credentials(mount)}With HTTPie, for example:</p>",
        f"<pre><code>{escape(_first_steps(mount, base))}</code></pre>",
        *(
            f"<section aria-labelledby='{id}'><h2 id='{id}'>{title}</h2>"
            f"<p>{escape(introduction)}</p>{_definitions(id, entries)}</section>"
            for id, (title, introduction, entries) in sections.items()
        ),
    )


def _credentials(mount: Mount) -> str:
    if mount.readers == "public":
        return ""
    command = f"hal-delivery token --mount {mount.name}"
    return f"Each request needs a token, which <code>{escape(command)}</code> prints. "


def _first_steps(mount: Mount, base: str) -> str:
    token = "" if mount.readers == "public" else " -A bearer -a TOKEN"
    searched = f"{TEXT.name}=={TEXT.example}"
    return f"http{token} {base}/\nhttp{token} {base}/documents/ {searched}"


def _parameter(one: Parameter) -> str:
    example = _code(f"{one.name}={one.example}")
    return f"{escape(one.description)} <span class='quiet'>Example:</span> {example}"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _linked(address: str, term: str) -> str:
    return f"<a href='{escape(address)}'>{_code(term)}</a>"


def _definitions(section: str, entries: Iterable[tuple[str, str, str]]) -> str:
    """A list of terms, each with an address of its own, and what they mean."""
    parts = (
        f"<dt id='{section}-{escape(key)}'>{term}</dt><dd>{meaning}</dd>"
        for key, term, meaning in entries
    )
    return f"<dl>{''.join(parts)}</dl>"


def _page(title: str, place: Here, *parts: str) -> str:
    base, sheet = place.base, f"{place.outside}{_SHEET}"
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title><link rel='stylesheet' href='{escape(sheet)}'></head><body>"
        "<header><nav aria-label='Service'><ul>"
        f"<li><a href='{escape(base)}/'>Entry point</a></li>"
        f"<li><a href='{escape(base)}/docs/'>Manual</a></li>"
        f"<li><a href='{escape(base)}/openapi.json'>OpenAPI</a></li></ul></nav></header>"
        f"<main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )

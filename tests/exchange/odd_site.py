"""A site of a few files, each odd in a way that sites in use are odd, and what is known of it.

What the real one has in thousands of files, this one has once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is known of a site before it is imported.

    ``locales`` has the documents and folders below ``site/content`` for each;
    ``messages`` the number of keys by locale, of the bundles whose basenames
    begin alike; ``taxonomies`` the categories by depth, and the languages that
    each of them has a name in; ``fields`` those of a node, by its path;
    ``tallies`` in how many documents something odd is.
    """

    files: int
    kinds: Mapping[str, int]
    records: int
    locales: Mapping[str, tuple[int, int]]
    bundles: Mapping[str, tuple[int, Mapping[str, int]]]
    taxonomies: Mapping[str, tuple[tuple[int, ...], int]]
    drafts: frozenset[str]
    links: Mapping[str, int]
    tallies: Mapping[str, int]
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


_TERRITORIES: Final = {
    "001": {"_contains": ["019", "150"]},
    "001-status-grouping": {"_contains": ["EU"]},
    "EU": {"_contains": ["DE"], "_grouping": "true"},
    "150": {"_contains": ["DE"]},
}
_CATEGORIES: Final = [
    {"id": 1, "type": "weiß_schwarz", "label": "Weiß Schwarz", "parent_id": 2},
    {"id": 2, "type": "cards", "label": "Cards", "parent_id": None},
]


def _names(language: str, **names: str) -> str:
    territories = {code.removeprefix("t"): name for code, name in names.items()}
    return json.dumps({"main": {language: {"localeDisplayNames": {"territories": territories}}}})


FILES: Final[Mapping[str, str | bytes]] = {
    "README.md": "# About\n\nNo locale.\n",
    "site/content/en/_index.md": "---\ntitle: Home\nlinkTitle: Start\n---\n",
    "site/content/en/docs/_index.md": "---\ntitle: Docs\nweight: 5\ncascade: { type: docs }\n---\n",
    "site/content/en/docs/guide.md": (
        "---\ntitle: Guide\naliases: [/old/guide]\n---\n[Home](/), [trip](trip/),"
        " [old](/old/guide), [out](https://www.example.org/), [gone](/gone/),"
        " ![chart](trip/Chart.PNG)\n"
    ),
    "site/content/en/docs/trip/index.md": "---\ntitle: Trip\nexpiryDate: 2001-02-03\n---\nText.\n",
    "site/content/en/docs/trip/Chart.PNG": b"\x89PNG\r\n\x1a\n",
    "site/content/en/docs/_includes/intro.md": "Without front matter: [gone](gone.md).\n",
    "site/content/en/docs/comment.md": "---\n# nothing but this\n---\nText.\n",
    "site/content/en/docs/null.md": (
        "---\ntitle:\nissue: 7\ndrifted_from_default: true\n---\nText.\n"
    ),
    "site/content/en/docs/anchors.md": (
        "---\ntitle: Anchors\nparams:\n  at: &at https://www.example.org/\n  to: *at\n"
        "cSpell:ignore: Foo\nwhat-next: later\n_issues: [1]\ndate: 2024-01-05\nsaid: '2024-01-05'\n"
        "issue: https://www.example.org/7\ndrifted_from_default: file not found\n"
        "cascade:\n  - type: docs\n---\n"
        "One 𝄞.\n\n---\n\nTwo.\n"
    ),
    "site/content/en/docs/codes.md": (
        "# Codes\n\n{{< tabs >}}\n{{% tab One %}}\n\n\tindented\n\n```go\nfunc {{ .Name }}\n```\n"
        "{{% /tab %}}\n<b>raw</b>\n"
    ),
    "site/content/en/docs/windows.md": b"\xef\xbb\xbf---\r\ntitle: Windows\r\n---\r\nText.\r\n",
    "site/content/en/docs/..md": "---\ntitle: Dots\n---\n",
    "site/content/en/docs/secret.md": "---\ntitle: Secret\ndraft: true\n---\n[Gone](gone/)\n",
    "site/content/en/blog/2019/_index.md": "---\ntitle: 2019\nweight: -2019\n---\n",
    "site/content/es/docs/guide.md": "---\nTitle: Guía\n---\n# Guía de uso\n\n[Inicio](/)\n",
    "site/content/ko/.gitkeep": "",
    "site/registry/cpp-mysql enterprise server.yml": "title: MySQL\ntags: [c++]\nisNative: true\n",
    "site/registry/100% + [a]#b?.yml": "title: Reserved\n",
    "site/registry/naïve.yaml": "title: Naïve\n",
    "site/i18n/en.yaml": "hello: Hello\nbye: Bye\n",
    "site/i18n/pt-br.yaml": "hello: Olá\n",
    "bundles/app/Labels.properties": "a.displayName=It''s {0}\nb=é <b>&</b>\\n\nc=\n",
    "bundles/app/Labels_pt_BR.properties": "a.displayName=É {0}\n",
    "bundles/app/Labels_zh_TW.properties": "b=是\n",
    "taxonomies/territories/territoryContainment.json": json.dumps(
        {"supplemental": {"territoryContainment": _TERRITORIES}}
    ),
    "taxonomies/territories/names/en.json": _names(
        "en", t001="World", t019="Americas", t150="Europe", DE="Germany"
    ),
    "taxonomies/territories/names/de.json": _names(
        "de", t001="Welt", t019="Amerika", t150="Europa", DE="Deutschland"
    ),
    "taxonomies/marketplace/taxonomy.json": json.dumps({"categories": _CATEGORIES}),
    "images/icons/barchart.png-grey.png": b"\x89PNG\r\n\x1a\n",
    "LICENSE": b"\xff\xfe raw",
}

FIGURES: Final = Figures(
    files=len(FILES),
    kinds={"document": 18, "folder": 19, "resourcebundle": 2, "taxonomy": 2, "asset": 4},
    records=3,
    locales={"en": (13, 6), "es": (1, 2), "ko": (0, 1)},
    bundles={
        "bundles.": (1, {"default": 3, "pt_BR": 1, "zh_TW": 1}),
        "site.": (1, {"en": 2, "pt-br": 1}),
    },
    taxonomies={"territories": ((1, 2, 1), 2), "marketplace": ((1, 1), 1)},
    drafts=frozenset({"site/content/en/docs/secret"}),
    links={"internal": 4, "external": 1, "binary": 1, "broken": 3},
    tallies={
        "empty": 4,
        "beyond the basic plane": 1,
        "cSpell:ignore": 1,
        "drifted_from_default bool": 1,
        "drifted_from_default str": 1,
        "issue int": 1,
        "issue str": 1,
        "cascade dict": 1,
        "cascade list": 1,
        "expiryDate int": 1,
        "aliases list": 1,
    },
    fields={
        "README": {"title": "About"},
        "site/content/en/docs/_includes/intro": {"title": "intro"},
        "site/content/en/docs/comment": {"title": "comment", "content": "<p>Text.</p>"},
        "site/content/en/docs/null": {"title": "null"},
        "site/content/en/docs/..md": {"title": "Dots"},
        "site/content/en/docs/windows": {"title": "Windows", "content": "<p>Text.</p>"},
        "site/content/en/docs/anchors": {
            "params": {"at": "https://www.example.org/", "to": "https://www.example.org/"},
            "what-next": "later",
            "frontMatter": {"_issues": [1]},
            "date": 1_704_412_800_000,
            "said": "2024-01-05",
            "content": "<p>One 𝄞.</p>\n<hr>\n<p>Two.</p>",
        },
        "site/content/en/blog/2019/_index": {"title": "2019"},
        "site/content/en/blog/2019": {"title": "2019"},
        "site/content/es/docs/guide": {"title": "Guía de uso", "Title": "Guía"},
        "site/content/ko/.gitkeep": {"size": 0},
        "site/registry/cpp-mysql enterprise server": {"title": "MySQL", "isNative": True},
        "site/registry/100% + [a]#b?": {"title": "Reserved"},
        "images/icons/barchart.png-grey.png": {"mediaType": "image/png"},
    },
)

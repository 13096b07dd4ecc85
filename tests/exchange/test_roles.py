"""What a file is, by its suffix and what its bytes show."""

from __future__ import annotations

import pytest

from hal_delivery.exchange import roles
from hal_delivery.exchange.naming import suffixed
from hal_delivery.exchange.plan import Role
from hal_delivery.exchange.roles import Shape

SKOS = b"@prefix skos: <http://www.w3.org/2004/02/skos/core#> . <a> a skos:Concept ."
TERRITORIES = b'{"supplemental": {"territoryContainment": {"001": {"_contains": ["NL"]}}}}'


def role(name: str, content: bytes = b"", *, among_locales: bool = False) -> Role:
    stem, suffix = suffixed(name)
    may_be = among_locales and roles.is_message_file(stem, suffix)
    shape = Shape.OTHER
    if roles.is_looked_into(suffix, may_be_messages=may_be):
        shape = roles.shape(content, name, may_be_messages=may_be)
    return roles.role(suffix, shape, converters={".rst"})


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.ttl", SKOS, Role.SKOS),
        ("a.ttl", b"<a> <b> <c> .", Role.ASSET),
        ("territoryContainment.json", TERRITORIES, Role.TERRITORIES),
        ("territoryContainment.json", b"{}", Role.RECORD),
        ("a.json", b'[{"id": 1, "name": "Sea", "parent_id": null}]', Role.CATEGORIES),
        (
            "a.json",
            b'{"v": 1, "categories": [{"id": 1, "name": "Sea", "parent_id": 2}]}',
            Role.CATEGORIES,
        ),
        ("a.yml", b"- id: a\n  name: A\n  children:\n  - id: b\n    name: B\n", Role.CATEGORIES),
        ("a.csv", b"id,name,parent\n1,Sea,\n2,Bay,1\n", Role.CATEGORIES),
        ("a.csv", b"id,name\n1,Sea\n", Role.ASSET),
        ("a.yml", b"title: News\ncategories: [sea, bay]\n", Role.RECORD),
        ("a.properties", b"", Role.PROPERTIES),
        ("a.po", b"", Role.PO),
        ("a.pot", b"", Role.ASSET),
        ("a.md", b"", Role.PAGE),
        ("A.MARKDOWN", b"", Role.PAGE),
        ("a.rst", b"", Role.PAGE),
        ("a.htm", b"", Role.PAGE),
        ("a.yaml", b"title: News", Role.RECORD),
        ("a.json", b' {"a": 1}', Role.RECORD),
        ("a.json", b"[1, 2]", Role.ASSET),
        ("a.json", b'"text"', Role.ASSET),
        ("a.json", b"", Role.ASSET),
        ("a.yml", b"", Role.ASSET),
        ("a.yml", b"# nothing\n---\n", Role.ASSET),
        ("a.yml", b"- a\n- b\n", Role.ASSET),
        ("a.yml", b"just a text\n", Role.ASSET),
        ("a.yml", b"{a: 1}", Role.RECORD),
        ("a.yml", b"&all\na: 1", Role.RECORD),
        ("a.yml", b"a: 1\n---\nb: 2\n", Role.ASSET),
        ("a.yml", b"---\na: 1\n...\n---\nb: 2\n", Role.ASSET),
        ("a.yml", b"a: 1\n---\nb: [2\n", Role.ASSET),
        ("a.yml", b"---\na: |\n  ---\n  x\n", Role.RECORD),
        ("a.yml", b"---\r\na: 1\r\n...\r\n", Role.RECORD),
        ("mkdocs.yml", b'v: !ENV [A, "1.0"]\n', Role.ASSET),
        ("a.yml", b"v: !Sub\n  - a\n", Role.ASSET),
        ("a.yml", b"v: !Sub # x\n  a: b\n", Role.ASSET),
        ("a.yml", b"v: !ENV HOME\nw: go on !\n", Role.RECORD),
        ("tsconfig.json", b'{\n  // strict\n  "a": "http://x/*", /* b */\n}', Role.ASSET),
        ("a.json", b"// a comment\n{}", Role.ASSET),
        ("a.json", b'{"a": [1, 2,], "b": "//",\n}', Role.ASSET),
        ("a.json", b'{"a": "x //, ]"}', Role.RECORD),
        ("a.toml", b"a = 1", Role.ASSET),
        ("LICENSE", b"", Role.ASSET),
        (".gitkeep", b"", Role.ASSET),
    ],
)
def test_the_first_match_decides(name: str, content: bytes, expected: Role) -> None:
    """Taxonomies come before bundles, bundles before documents, and all else is an asset."""
    assert role(name, content) is expected


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b'{"a": '),
        ("a.json", b'{"a": 1 // never closed'),
        ("a.json", b'{"a": /* never closed }'),
        ("a.json", b'{"a": "never closed // }'),
        ("a.yml", b"a: [1\n"),
        ("a.yml", b"categories: [1\n"),
        ("a.yml", b"@: 1"),
    ],
)
def test_what_cannot_be_read_stays_what_its_suffix_says(name: str, content: bytes) -> None:
    """A broken record is a record: whoever reads it will say what is wrong."""
    assert role(name, content) is Role.RECORD


@pytest.mark.parametrize(
    "content",
    [
        b"a: 1",
        b"\xef\xbb\xbfa: 1",
        b"# all\r\n\r\n---\r\na: 1",
        b"%YAML 1.2\n---\na: 1",
        b"'a b': 1",
        b'"a:b": 1',
        b"a:\n  - 1",
        b"a b-c.d/e: 1",
    ],
)
def test_a_map_in_yaml_is_seen_without_parsing(content: bytes) -> None:
    """Comments, directives and a mark may come before a map's first key."""
    assert roles.shape(content, "a.yml", may_be_messages=False) is Shape.MAP


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("nl.json", b'{"home": {"title": "Start"}}', Shape.MESSAGES),
        ("nl.toml", b'title = "Start"', Shape.MESSAGES),
        ("nl.yaml", b"title: Start\nweight: 1", Shape.MAP),
        ("nl.yaml", b"- a", Shape.OTHER),
        ("nl.yaml", b"a: [", Shape.BROKEN),
    ],
)
def test_messages_are_maps_that_end_in_texts(name: str, content: bytes, expected: Shape) -> None:
    """Among files named by locales, only maps of texts are messages."""
    assert roles.shape(content, name, may_be_messages=True) is expected


def test_a_file_of_messages_is_named_by_a_locale() -> None:
    """Messages are in JSON, YAML or TOML, in a file named by a language of two letters or three."""
    assert roles.is_message_file("pt_BR", ".toml")
    assert roles.is_message_file("fil", ".json")
    assert roles.is_message_file("iw_IL", ".json")
    assert roles.is_message_file("ca-ES-valencia", ".yml")
    assert not roles.is_message_file("nl", ".md")
    assert not roles.is_message_file("messages", ".json")
    assert not roles.is_message_file("xqz", ".json")


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("page", "a.txt", Role.PAGE),
        ("record", "a.json", Role.RECORD),
        ("asset", "a.md", Role.ASSET),
        ("bundle", "a.yml", Role.MESSAGES),
        ("bundle", "a.po", Role.PO),
        ("bundle", "a.txt", Role.PROPERTIES),
        ("taxonomy", "a.rdf", Role.SKOS),
        ("taxonomy", "a.yml", Role.CATEGORIES),
        ("taxonomy", "territoryContainment.json", Role.TERRITORIES),
    ],
)
def test_what_somebody_says_a_file_is_it_is(kind: str, name: str, expected: Role) -> None:
    """A kind that is said leaves only the format to the suffix."""
    assert roles.role_of_kind(kind, *suffixed(name)) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"---\naliases: [/a/, b]\n---\n", ("/a/", "b")),
        (b"---\naliases: /a\n---\n", ("/a",)),
        (b"---\naliases: [/a, /a, 1, null]\n---\n", ("/a",)),
        (b"---\ntitle: A\n---\naliases: [/a]\n", ()),
        (b"---\naliases: [\n---\n", ()),
        (b"aliases", ()),
        (b"---\npermalink: /a/\n---\n", ("/a/",)),
        (b"---\nredirect_from:\n  - /a\n  - /b/\n---\n", ("/a", "/b/")),
        (b"---\nurl: /a/\nslug: '/b'\naliases: c\n---\n", ("c", "/b", "/a/")),
        (b'+++\nurl = "/a/"\n+++\n', ("/a/",)),
        (b'{\n  "slug": "/a"\n}\n', ("/a",)),
        (b"---\nslug: a\nurl: https://a.b/c\n---\n", ()),
        (b"---\npermalink: /:year/:title/\nurl: /{slug}/\nslug: //a.b\n---\n", ()),
        (b"# A\n\npermalink: /a/\n", ()),
    ],
)
def test_aliases_are_in_the_front_matter(content: bytes, expected: tuple[str, ...]) -> None:
    """Other addresses are texts in the front matter, each of them once."""
    assert roles.aliases(content) == expected

"""SKOS vocabularies as taxonomies."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from content_repo import taxonomy
from content_repo.doctypes import json_problems
from hal_delivery.exchange.formats import skos
from hal_delivery.exchange.formats.trees import Tree
from hal_delivery.exchange.formats.unreadable import Unreadable

PREFIXES = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dc: <http://purl.org/dc/elements/1.1/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/sea#> .
"""

RDF_XML = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:skos="http://www.w3.org/2004/02/skos/core#">
  <skos:Concept rdf:about="http://example.org/sea#ice">
    <skos:prefLabel xml:lang="en">Ice</skos:prefLabel>
    <skos:narrower>
      <skos:Concept rdf:about="http://example.org/sea#floe"/>
    </skos:narrower>
  </skos:Concept>
</rdf:RDF>
"""

TRIPLES = """\
<http://example.org/sea#ice> <http://www.w3.org/2004/02/skos/core#prefLabel> "Ice"@en .
<http://example.org/sea#floe> <http://www.w3.org/2004/02/skos/core#broader> \
<http://example.org/sea#ice> .
"""


def read(turtle: str) -> Tree:
    tree = skos.read((PREFIXES + turtle).encode(), ".ttl")
    assert list(taxonomy.problems(tree.fields)) == []
    assert list(json_problems(tree.fields, "")) == []
    return tree


def keys(tree: Tree) -> list[Any]:
    """Keys as they lie in one another: a leaf is its key, others a pair."""

    def within(categories: list[dict[str, Any]]) -> list[Any]:
        return [
            (one["key"], within(one["categories"])) if one["categories"] else one["key"]
            for one in categories
        ]

    return within(tree.fields["categories"])


def reasons(tree: Tree) -> str:
    return "\n".join(reason for _, reason in tree.notes)


def test_a_concept_becomes_a_category() -> None:
    """Labels, definitions and notes are kept by language; a name is the English label."""
    tree = read("""
        :ice a skos:Concept ; skos:prefLabel " Zee-ijs "@nl, "Sea ice"@en ;
            skos:altLabel "Pack ice"@en, "Floes"@en ; skos:hiddenLabel "seaice"@en ;
            skos:definition "Frozen water."@en ; skos:scopeNote "At sea only."@en, "Op zee."@nl ;
            skos:editorialNote "Ask Ann" ; dc:creator "Ann", "Bob" .
    """)

    assert tree.notes == ()
    assert tree.fields == {
        "locales": ["en", "nl"],
        "categories": [
            {
                "key": "ice",
                "name": "Sea ice",
                "infos": {
                    "en": {
                        "name": "Sea ice",
                        "description": "Frozen water.",
                        "synonyms": ["Floes", "Pack ice"],
                        "properties": {
                            "dc:creator": ["Ann", "Bob"],
                            "skos:editorialNote": "Ask Ann",
                            "skos:hiddenLabel": "seaice",
                            "skos:scopeNote": "At sea only.",
                        },
                    },
                    "nl": {
                        "name": "Zee-ijs",
                        "description": "Op zee.",
                        "synonyms": [],
                        "properties": {},
                    },
                },
                "categories": [],
            }
        ],
    }


def test_concepts_lie_in_one_another_however_it_is_said() -> None:
    """Broader and narrower say the same; what is described is a concept without a type."""
    tree = read("""
        :all a skos:ConceptScheme ; skos:prefLabel "All"@en ; skos:hasTopConcept :sea .
        :few a skos:Collection ; skos:prefLabel "Few"@en ; skos:member :ice .
        :sea skos:topConceptOf :all ; skos:narrower :ice .
        :ice skos:prefLabel "Ice"@en .
        :floe skos:broader :ice .
    """)

    assert keys(tree) == [("sea", [("ice", ["floe"])])]
    assert tree.notes == ()


@pytest.mark.parametrize(("content", "suffix"), [(RDF_XML, ".rdf"), (TRIPLES, ".NT")])
def test_each_syntax_says_the_same(content: str, suffix: str) -> None:
    """RDF/XML and N-Triples give the tree that Turtle gives."""
    found = skos.read(content.encode(), suffix)
    turtle = read(':floe skos:broader :ice . :ice skos:prefLabel "Ice"@en .')

    assert found == turtle
    assert keys(found) == [("ice", ["floe"])]


def test_siblings_stand_by_notation_then_by_label() -> None:
    """Notations are keys as written, numbers in them count as such; labels come after."""
    tree = read("""
        :a skos:notation "10" . :b skos:notation "9" . :c skos:notation "09.1"^^xsd:decimal .
        :d skos:notation "007"^^xsd:integer .
        :z skos:prefLabel "Apple"@en . :y skos:prefLabel "apple"@en . :x skos:prefLabel "Pear"@en .
    """)

    assert keys(tree) == ["007", "9", "09.1", "10", "z", "x", "y"]


def test_the_last_part_of_an_address_is_a_key() -> None:
    """It is decoded; two that are the same are told apart by the whole address, and noted."""
    tree = read("""
        <http://example.org/a#sea%20ice> a skos:Concept . <http://example.org/b/caf%C3%A9/> a
        skos:Concept . <http://example.org/c/sea%20ice> a skos:Concept . <> a skos:Concept .
    """)

    assert set(keys(tree)) == {
        "sea ice", "café", "http://example.org/c/sea%20ice", "relative.invalid"
    }  # fmt: skip
    assert "'sea ice'" in reasons(tree)


def test_a_name_is_part_of_a_path() -> None:
    """The key stands in for a label with a slash, or one that a sibling has."""
    tree = read("""
        :a skos:prefLabel "Sea"@en . :b skos:prefLabel "Sea"@en .
        :c skos:prefLabel "Ice/Snow"@en . :d skos:prefLabel "Ijs"@nl, "Eis"@de . :e a skos:Concept .
        :f skos:prefLabel "Gelo"@pt, "Floe"@en, "Scholle"@de .
    """)

    names = {one["key"]: one["name"] for one in tree.fields["categories"]}
    assert names == {"a": "Sea", "b": "b", "c": "c", "d": "Eis", "e": "e", "f": "Floe"}


def test_labels_without_a_language_are_english() -> None:
    """Where there is an English one already they are synonyms; that there are any is noted."""
    tree = read(':a skos:prefLabel "Ice", "Sea ice"@en . :b skos:prefLabel "Floe" .')

    floe, ice = tree.fields["categories"]
    assert floe["infos"]["en"]["name"] == "Floe"
    assert ice["infos"]["en"]["name"] == "Sea ice"
    assert ice["infos"]["en"]["synonyms"] == ["Ice"]
    assert "'en': 2" in reasons(tree)


def test_one_language_has_one_spelling() -> None:
    """Locales are as written, but two spellings of one are the same."""
    tree = read(':a skos:prefLabel "Mar"@pt-BR . :b skos:prefLabel "Gelo"@pt-br, "Ijs"@nl-be .')

    assert tree.fields["locales"] == ["nl-be", "pt-BR"]
    assert "'pt-br'" in reasons(tree)


def test_a_second_parent_is_noted() -> None:
    """Of several parents the first in order of addresses counts."""
    tree = read(":a a skos:Concept . :b a skos:Concept . :c skos:broader :b ; skos:broader :a .")

    assert keys(tree) == [("a", ["c"]), "b"]
    assert "'c' has a second parent, 'b'" in reasons(tree)


def test_a_cycle_is_cut() -> None:
    """What lies below itself stands at the top, the first of a cycle with the rest below it."""
    tree = read("""
        :b skos:broader :d . :c skos:broader :b . :d skos:broader :c .
        :a skos:broader :a . :e skos:broader :c .
    """)

    assert keys(tree) == ["a", ("b", [("c", ["d", "e"])])]
    assert reasons(tree).count("lies below itself") == 2


def test_what_is_not_described_is_noted() -> None:
    """Concepts elsewhere are no parents and no children; one without any name is left out."""
    tree = read("""
        :a skos:broader <http://example.org/far> ; skos:narrower :gone . [] a skos:Concept .
        [] a skos:Concept ; skos:notation "n" .
    """)

    assert sorted(keys(tree)) == ["a", "n"]
    assert "http://example.org/far" in reasons(tree)
    assert "<http://example.org/sea#gone>" in reasons(tree)
    assert "left out: 1" in reasons(tree)


def test_several_schemes_are_one_tree() -> None:
    """That a file has several is noted."""
    tree = read(":x a skos:ConceptScheme . :y a skos:ConceptScheme . :a skos:inScheme :x, :y .")

    assert keys(tree) == ["a"]
    assert "2" in reasons(tree)


def test_the_deepest_levels_are_put_together() -> None:
    """What lies deeper than can be stored stands beside its parent at the last level; noted."""
    chain = " ".join(f":n{n:02} skos:broader :n{n - 1:02} ." for n in range(1, 16))
    tree = read(f":n00 a skos:Concept . {chain}")

    at, level = tree.fields["categories"], 1
    while at[0]["categories"]:
        at, level = at[0]["categories"], level + 1
    assert level == 13
    assert [one["key"] for one in at] == ["n12", "n13", "n14", "n15"]
    assert "13 levels" in reasons(tree)
    assert ": 3" in reasons(tree)


@pytest.mark.parametrize(
    ("content", "suffix", "line"),
    [
        (PREFIXES + ":a a skos:Concept\n:b", ".ttl", 6),
        ('<a> <b> """c', ".ttl", None),
        ("<http://a> <http://b>\n <http://c> <http://d> .", ".nt", 2),
        ("<http://a> <http://b>\n <http://c>", ".nt", None),
        (RDF_XML.replace("prefLabel xml:lang", "prefLabel xml:bad='' rdf:li"), ".rdf", 4),
        ("<a>\n<b></a>", ".rdf", 2),
        ('<?xml version="1.0" encoding="shift_jis"?><a/>', ".rdf", 1),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', ".rdf", 1),
        ("<a> <b> " + "(" * 20000, ".ttl", None),
        ("", ".ttl", None),
        (PREFIXES + r':a skos:prefLabel "\uD800"@en .', ".ttl", None),
        (PREFIXES + ":a a skos:Concept .", ".json", None),
    ],
)
def test_a_broken_file_is_refused(content: str, suffix: str, line: int | None) -> None:
    """What no parser can read, or no database store, is refused; with a line if there is one."""
    with pytest.raises(Unreadable) as refused:
        skos.read(content.encode(), suffix)

    assert refused.value.line == line


def test_bytes_that_are_no_utf8_are_refused() -> None:
    """Turtle is UTF-8; the line is that of the first byte that is not."""
    with pytest.raises(Unreadable) as refused:
        skos.read(PREFIXES.encode() + b':a skos:prefLabel "caf\xe9" .', ".ttl")

    assert refused.value.line == 5


#: As editors of ontologies write them: addresses begin with entities.
WITH_ENTITIES = """\
<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [
  <!ENTITY skos "http://www.w3.org/2004/02/skos/core#">
  <!ENTITY sea "http://example.org/sea#">
]>
<rdf:RDF xmlns="&sea;" xml:base="http://example.org/sea" xmlns:skos="&skos;"
         xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="&sea;ice">
    <rdf:type rdf:resource="&skos;Concept"/>
    <skos:prefLabel xml:lang="en">Ice</skos:prefLabel>
  </rdf:Description>
  <skos:Concept rdf:about="&sea;floe"><skos:broader rdf:resource="&sea;ice"/></skos:Concept>
</rdf:RDF>
"""


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entities_of_the_file_itself_are_resolved(codec: str) -> None:
    """Texts that a file names within itself stand for what they say, in attributes too."""
    found = skos.read(WITH_ENTITIES.encode(codec), ".rdf")

    assert found == skos.read(RDF_XML.encode(), ".rdf")


def declared(type_: str) -> str:
    return f"<!-- -->\n<!DOCTYPE rdf:RDF {type_}>\n{RDF_XML}"


@pytest.mark.parametrize(
    "type_",
    [
        "",
        "[]",
        "[<!ELEMENT a EMPTY>]",
        f'[<!ENTITY a "{"x" * 1024}">]',
        "[" + "".join(f'<!ENTITY e{number} "x">' for number in range(100)) + "]",
    ],
)
def test_a_harmless_document_type_is_read(type_: str) -> None:
    """A declaration that names nothing outside, and no long texts, is none of our business."""
    assert keys(skos.read(declared(type_).encode(), ".rdf")) == [("ice", ["floe"])]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "type_",
    [
        "SYSTEM 'elsewhere.dtd'",
        "PUBLIC '-//A//B' 'elsewhere.dtd' []",
        "[<!ENTITY b SYSTEM 'elsewhere.xml'>]",
        "[<!ENTITY b PUBLIC '-//A//B' 'elsewhere.xml'>]",
        "[<!ENTITY % b 'text'>]",
        "[<!ENTITY % b SYSTEM 'elsewhere.dtd'>]",
        "[<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]",
        "[<!ENTITY a '&#38;b;'>]",
        "[<!ENTITY a '&#37;b;'>]",
        f"[<!ENTITY a '{'x' * 1025}'>]",
        f"[<!ENTITY a '{'é' * 513}'>]",
        f"[<!ATTLIST a b CDATA '{'x' * 1025}'>]",
        "[" + "".join(f"<!ENTITY e{number} 'x'>" for number in range(101)) + "]",
    ],
)
def test_a_document_type_that_leads_elsewhere_or_grows_is_refused(type_: str, codec: str) -> None:
    """No other file is asked for, and no text is made of others."""
    with pytest.raises(Unreadable) as refused:
        skos.read(declared(type_).encode(codec), ".rdf")

    assert refused.value.line == 2
    assert "DOCTYPE" in refused.value.reason


@pytest.mark.parametrize(
    ("type_", "element"),
    [
        (f'<!ENTITY a "{"x" * 1024}">', "<a>" + "&a;" * 80 + "</a>"),
        (f'<!ENTITY a "{"x" * 1024}">', f'<a b="{"&a;" * 80}"/>'),
        (f'<!ATTLIST a b CDATA "{"x" * 1024}">', "<a/>" * 80),
    ],
)
def test_what_grows_when_it_is_read_is_refused(
    type_: str, element: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Short texts may be named often: what they make together is bounded like a file."""
    monkeypatch.setattr(skos, "LARGEST", 80 * 1024)
    content = f"<!DOCTYPE c [{type_}]>\n<c>\n{element}</c>".encode()
    with pytest.raises(Unreadable, match="at most 81920") as refused:
        skos.read(content, ".rdf")

    assert refused.value.line == 3


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "iso-8859-1"])
def test_xml_is_in_the_charset_that_it_names(codec: str) -> None:
    """A declaration names it; a comment that reads like a document type is none."""
    content = f'<?xml version="1.0" encoding="{codec}"?><!-- <!DOCTYPE a> -->\n{RDF_XML}'
    tree = skos.read(content.replace(">Ice<", ">Névé<").encode(codec), ".rdf")

    assert tree.fields["categories"][0]["name"] == "Névé"


def test_nothing_is_said_elsewhere(caplog: pytest.LogCaptureFixture) -> None:
    """What the parser would log is no reader's business, and its settings stay as they were."""
    log = logging.getLogger("rdflib")
    before = (log.level, rdflib.NORMALIZE_LITERALS)
    read(':a a skos:Concept ; dc:date "soon"^^xsd:date . <http://a b> a skos:Concept .')

    assert caplog.records == []
    assert (log.level, rdflib.NORMALIZE_LITERALS) == before


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PREFIXES + ":a a skos:Concept .", True),
        (TRIPLES, True),
        (RDF_XML, True),
        (PREFIXES + ':a skos:definition "of a class in some ontology" .', False),
        ("@prefix s: <http://schema.org/> . <a> a s:Concept .", False),
    ],
)
def test_skos_is_told_from_other_rdf(content: str, expected: bool) -> None:
    """RDF that only borrows a word of SKOS is no taxonomy."""
    assert skos.looks_like_skos(content.encode()) is expected


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"))))
def test_any_graph_becomes_a_tree(broader: list[tuple[str, str]]) -> None:
    """Whatever is said to be broader than what, each concept has one place."""
    described = [f":{letter} a skos:Concept ." for letter in "abcde"]
    statements = [f":{child} skos:broader :{parent} ." for child, parent in broader]
    trees = [read(" ".join([*described, *said])) for said in (statements, statements[::-1])]

    assert trees[0] == trees[1]
    assert sorted(str(keys(trees[0])).translate(dict.fromkeys(map(ord, "()[]', ")))) == [*"abcde"]

"""Hostile parameters: too many, too long, too deep, of the wrong kind."""

from __future__ import annotations

from typing import Final

import pytest

from tests.hostile.work import Measured
from tests.surfaces.content.place import Place
from tests.surfaces.problems import mistake, problem

#: Every route that reads parameters, with those that it reads.
READING: Final = {
    "/documents/": ("_q", "_scope", "_sort", "_offset", "_limit", "_depth", "_fields", "_dates"),
    "/newsdocument/": ("_q", "_scope", "_sort", "_offset", "_limit", "_fields", "_dates"),
    "/folders/": ("_q", "_scope", "_sort", "_offset", "_limit", "_depth"),
    "/folders/blog": ("_sort", "_offset", "_limit", "_depth", "_fields", "_dates"),
    "/tree": ("_depth", "_fields", "_dates"),
    "/documents/pages/visiting-us": ("_fields", "_dates"),
    "/resourcebundles/": ("_q", "_sort", "_offset", "_limit"),
    "/assets/": ("_q", "_sort", "_offset", "_limit", "_fields"),
    "/taxonomies/": ("_q", "_sort", "_offset", "_limit"),
    "/taxonomies/seashore": ("_depth",),
    "/taxonomies/seashore/categories/animals": ("_depth",),
    "/taxonomies/seashore/categories/animals/documents": ("_q", "_sort", "_offset", "_limit"),
}
PAIRS: Final = [(address, name) for address, names in READING.items() for name in names]
INTEGERS: Final = [(at, name) for at, name in PAIRS if name in ("_offset", "_limit", "_depth")]
SILENT: Final = ("/", "/openapi.json", "/docs/", "/rels/documents", "/types/x", "/assets/x",
                 "/resourcebundles/essentials.global", "/resourcebundles/essentials.global/default",
                 "/problems/not_found", "/types/")  # fmt: skip


@pytest.mark.parametrize(("address", "name"), PAIRS)
@pytest.mark.parametrize("value", ["a" * 100_000, "%00" * 33_000, "a," * 50_000, "(" * 100_000])
def test_a_value_of_100_000_characters_is_refused_by_name(
    measured: Measured, address: str, name: str, value: str
) -> None:
    """A value beyond all bounds is refused before it is looked at, and its name is told."""
    told = measured.refused(f"{address}?{name}={value}", 414)

    assert name in told["detail"]
    assert "8192" in told["detail"]
    assert len(told["detail"]) < 500


@pytest.mark.parametrize("address", [*READING, *SILENT])
def test_ten_thousand_parameters_are_too_many(measured: Measured, address: str) -> None:
    """However short they are, or of however few characters all of them."""
    measured.refused(f"{address}?" + "&".join(f"a{n}=1" for n in range(10_000)), 414)
    told = measured.refused(f"{address}?" + "&".join(["a=1"] * 1000), 414)
    assert "64 parameters" in told["detail"]
    measured.refused(f"{address}?" + "&" * 8000, 414)


@pytest.mark.parametrize(("address", "name"), INTEGERS)
@pytest.mark.parametrize(
    "value",
    [
        "9" * 5000,
        "-" + "9" * 5000,
        str(2**63),
        str(2**64),
        str(-(2**63)),
        "1" + "0" * 400,
        "0x7fffffff",
        "1e400",
        "NaN",
        "Infinity",
        "-0x1",
        "1_0",
        "%D9%A3",
        "1%00",
        "--1",
        "1.0",
        "true",
    ],
)
def test_every_number_has_bounds(measured: Measured, address: str, name: str, value: str) -> None:
    """What is no whole number within bounds is a mistake that names the parameter."""
    told = mistake(measured.get(f"{address}?{name}={value}"), name)

    assert told["example"].startswith(f"{name}=")
    assert len(told["value"]) <= 80
    if value.removeprefix("-").isdigit():
        assert "from" in told["reason"]
        assert "to" in told["reason"]


@pytest.mark.parametrize("address", ["/documents/", "/folders/", "/folders/blog", "/assets/"])
def test_the_largest_numbers_are_answered(measured: Measured, address: str) -> None:
    """The largest offset and limit within bounds are an empty page and a capped one."""
    page = measured.get(f"{address}?_offset=2147483647&_limit=2147483647").get_json()

    assert page["_meta"]["size"] == 0
    assert page["_meta"]["capped"] == {"_limit": 2147483647}


BROKEN: Final = (
    "%00", "a%00b", "%ED%A0%80", "%ED%B0%80", "%ED%A0%BD%ED%B8%80", "%FF", "%C3", "%C0%AF",
    "%E0%80%AF", "%F8%88%80%80%80", "%F4%90%80%80", "%80", "a%FEb",
)  # fmt: skip


@pytest.mark.parametrize(("address", "name"), PAIRS)
@pytest.mark.parametrize("value", BROKEN)
def test_what_is_no_utf_8_is_refused_by_name(
    measured: Measured, address: str, name: str, value: str
) -> None:
    """NUL, lone surrogates, overlong forms and stray bytes are mistakes, wherever they stand."""
    assert "UTF-8" in mistake(measured.get(f"{address}?{name}={value}"), name)["reason"]


@pytest.mark.parametrize("name", [*BROKEN, "%F0%9F%92%A9", "__class__", "a[b]", "%7B0%7D", "%25s"])
@pytest.mark.parametrize("address", ["/documents/", "/tree", "/"])
def test_a_strange_name_is_unknown(measured: Measured, address: str, name: str) -> None:
    """A name that cannot be one of ours is refused like any unknown one."""
    (told,) = measured.refused(f"{address}?{name}=1", 400)["errors"]

    assert "no parameter" in told["reason"]


@pytest.mark.parametrize("address", SILENT)
def test_what_reads_no_parameter_ignores_none(measured: Measured, address: str) -> None:
    """Where nothing is read, everything is refused, apart from what others append."""
    for query in ("_limit=1", "x=1", "=", "x", "_q=%00", ";"):
        measured.refused(f"{address}?{query}", 400)
    assert measured.get(f"{address}?utm_source=x").status_code in (200, 404)


TEXTS: Final = (
    "(" * 400,
    ")" * 400,
    "(" * 200 + "a" + ")" * 200,
    "NOT%20" * 100 + "a",
    "*",
    "w*",
    "*w",
    "?" * 500,
    "%22" * 499,
    "a%22b%22c",
    "%5B" * 500,
    "a~99999999",
    "a%5E1e400",
    "[a%20TO%20z]",
    "%7Ba%20TO%7D",
    "field:*",
    "title:(a",
    "%5C" * 500,
    "AND%20OR%20NOT",
    "-" * 500,
    "+%2B" * 100,
    "%F0%9F%92%A9" * 40,
    "%CC%81" * 250,
    "%EF%B7%BA" * 100,
    "%E2%80%8B" * 100,
    "a%E2%80%AEb",
    "%0D%0AX-Evil:%201",
    "%25s%25n",
    "%7B0.__class__%7D",
    "$%7B7*7%7D",
    "%7B%7B7*7%7D%7D",
    "'%20OR%201=1%20--",
    "%3Cscript%3E",
    "..%2F..",
    "a" * 512,
    "%C4%B0" * 200,
    "%EF%AC%83" * 150,
    "1e999",
    "a%09b%0Ac%0Bd",
)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_a_search(measured: Measured, text: str) -> None:
    """Nested, repeated, wild or foreign: a text within its bounds finds something or nothing."""
    for address in ("/documents/", "/folders/", "/resourcebundles/"):
        answer = measured.get(f"{address}?_q={text}")
        if answer.status_code == 200:
            assert answer.get_json()["_meta"]["totalSize"] <= 13
        else:
            assert mistake(answer, "_q")["reason"]


def test_twenty_thousand_words_are_refused(measured: Measured) -> None:
    """A search of thousands of words is no search."""
    measured.refused("/documents/?_q=" + "%20OR%20".join(f"w{n}" for n in range(20_000)), 414)
    mistake(measured.get("/documents/?_q=" + "+".join(f"w{n}" for n in range(1500))), "_q")
    mistake(measured.get("/documents/?_q=" + "+".join("ab" for n in range(33))), "_q")


@pytest.mark.parametrize("name", ["_sort", "_fields"])
@pytest.mark.parametrize(
    "names",
    [",".join(f"n{n}" for n in range(1000)), ",".join(["title"] * 1000), ",".join(["-a"] * 65)],
)
def test_thousands_of_names_are_refused(measured: Measured, name: str, names: str) -> None:
    """A list of names has an end, whether they exist or not."""
    assert "64" in mistake(measured.get(f"/documents/?{name}={names}"), name)["reason"]
    split = "&".join(f"{name}={part}" for part in names.split(",")[:63])
    assert measured.get(f"/documents/?{split}").status_code in (200, 400)


@pytest.mark.parametrize("name", ["_sort", "_fields"])
def test_many_slips_are_answered_in_bounds(measured: Measured, name: str) -> None:
    """The nearest names are looked for as often as a list may be long, in bounded work."""
    slips = ",".join(f"introductio{n}" for n in range(64))
    told = problem(measured.get(f"/documents/?{name}={slips}"), 400)

    assert len(told["errors"]) == 64
    long = ",".join(f"{'introduction' * 10}{n}" for n in range(60))
    problem(measured.get(f"/documents/?{name}={long}"), 400)
    problem(measured.get(f"/documents/?{name}={'a' * 8000}"), 400)


NAMES: Final = (
    "/", "//", "/x", "/title/0/1/2", "~", "/~", "/~2", "/title~", ".", "..", "title.", ".title",
    "a.b.c", "-", "--title", "---", "-.", "-/", "title:", ":title", "a:b:c", "/" * 2000, "." * 2000,
    "title" + ".x" * 1000, "/title" + "/x" * 1000, "_links", "_meta", "_embedded", "_meta.name",
    "_links.self.href", "__class__", "title.__class__", "%7B0%7D", "%25s", "*", "title*", "TITLE",
)  # fmt: skip


@pytest.mark.parametrize("given", NAMES)
@pytest.mark.parametrize("name", ["_sort", "_fields"])
def test_a_strange_field_is_known_or_a_mistake(measured: Measured, name: str, given: str) -> None:
    """Any name is shown, sorted by, or refused with the nearest; none is passed over."""
    for address in ("/documents/", "/folders/blog"):
        answer = measured.get(f"{address}?{name}={given}")
        if answer.status_code == 400:
            assert mistake(answer, name)["nearest"]
        else:
            assert answer.status_code == 200


SCOPES: Final = (
    "..", "../..", "/..", "/../..", "blog/../../administration", "blog/..", ".", "./blog", "//",
    "//content", "/content//documents", "blog//2017", "%5C", "blog%5C2017", "a/" * 1000, "/" * 2000,
    "/etc/passwd", "file:///etc", "http://evil.example/", "%25%32%65", "%252e%252e", "*", "blog*",
    "%F0%9F%92%A9", "' OR 1=1", "cafebabe-cafe-babe-cafe-babecafebabe", "%C3%A9" * 300, "0" * 32,
)  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
def test_a_strange_scope_is_not_found(measured: Measured, scope: str) -> None:
    """A scope is a folder of the mount by its one address; nothing else comes near one."""
    assert "_scope" in measured.refused(f"/documents/?_scope={scope}", 404)["detail"]


def test_a_repeated_value_is_a_mistake(site: Place) -> None:
    """What has one value has one; the second, if another, is refused and not passed over."""
    for name, one, other in (
        ("_q", "a", "b"), ("_limit", "1", "2"), ("_offset", "1", "2"), ("_depth", "1", "2"),
        ("_dates", "iso", "millis"), ("_total", "none", "exact"),
    ):  # fmt: skip
        assert mistake(site.get(f"/documents/?{name}={one}&{name}={other}"), name)["value"] == other
        assert site.get(f"/documents/?{name}={one}&{name}={one}").status_code == 200


def test_memory_stays_bounded(measured: Measured) -> None:
    """The largest requests leave no large trace."""
    for address in (
        "/documents/?_q=" + "a" * 1_000_000,
        "/documents/?" + "&".join(f"a{n}=1" for n in range(100_000)),
        "/documents/" + "a/" * 4000,
        "/documents/?_sort=" + ",".join(f"n{n}" for n in range(64)),
        "/resourcebundles/essentials.homepage/" + "x-" * 4000,
        "/tree?_depth=32",
    ):
        measured.remembered(address)

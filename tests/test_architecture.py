"""The arrows of the design, kept by a test.

Each rule is a function from a module's source to the breaches in it.  Every rule
is tried twice: on a planted breach, which it must catch, and on all our modules.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("content_repo", "search_index", "hal_delivery")

MAY_IMPORT: Final = {
    "content_repo": {"content_repo"},
    "search_index": {"search_index", "content_repo"},
    "hal_delivery": {"hal_delivery", "search_index", "content_repo"},
    "wsgi": {"hal_delivery"},
}
# A module may import those of its own layer and of the layers before it.
LAYERS: Final = (
    {"settings", "mounts", "hooks", "logs"},
    {"services", "auth", "exchange"},
    {"web", "hal"},
    {"surfaces"},
    {"app", "bootstrap"},
    {"commands"},
    {"cli", "indexing", "server", "worker"},
)
FLASK: Final = {"flask", "flask_smorest", "werkzeug"}
WITHOUT_FLASK: Final = (
    "content_repo",
    "search_index",
    "hal_delivery.services",
    "hal_delivery.auth",
    "hal_delivery.exchange",
    "hal_delivery.hal",
)
BACKENDS: Final = {"sqlalchemy", "whoosh"}
QUERY: Final = {"args", "values", "query_string"}

Rule = Callable[[str, str], list[str]]


def imported_by(source: str, module: str) -> Iterator[str]:
    """Absolute names of all that *module* imports, at whatever depth in its code.

    From ``from a import b`` come ``a`` and ``a.b``, since either may be a module.
    A package's own module is called ``package.__init__`` here.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield origin
            yield from (f"{origin}.{name.name}" for name in node.names)


def within(module: str, packages: Collection[str]) -> bool:
    """Whether *module* is one of *packages*, or lies in one."""
    return any(f"{module}.".startswith(f"{package}.") for package in packages)


def outward_imports(source: str, module: str) -> list[str]:
    """hal_delivery -> search_index -> content_repo, and never back."""
    allowed = MAY_IMPORT[module.split(".")[0]]
    ours = {*MAY_IMPORT, "tests"}
    return [
        name
        for name in imported_by(source, module)
        if name.split(".")[0] in ours and name.split(".")[0] not in allowed
    ]


def upward_imports(source: str, module: str) -> list[str]:
    """services, auth, exchange < web, hal < surfaces < app, bootstrap < cli."""
    layer = layer_of(module)
    if layer is None:
        return []
    return [
        name
        for name in imported_by(source, module)
        if (other := layer_of(name)) is not None and other > layer
    ]


def layer_of(module: str) -> int | None:
    """The number of a module's layer; None for what is not in hal_delivery."""
    package, _, rest = module.partition(".")
    part = rest.split(".")[0]
    if package != "hal_delivery" or not part:
        return None
    return next((number for number, names in enumerate(LAYERS) if part in names), 0)


def neighbours(source: str, module: str) -> list[str]:
    """A surface knows no other surface."""
    prefix = "hal_delivery.surfaces."
    if not module.startswith(prefix):
        return []
    own = prefix + module.removeprefix(prefix).split(".")[0]
    return [
        name
        for name in imported_by(source, module)
        if name.startswith(prefix) and not within(name, [own])
    ]


def flask_below_web(source: str, module: str) -> list[str]:
    """No Flask in what has no business with HTTP; shapes are pure besides."""
    if not within(module, WITHOUT_FLASK):
        return []
    banned = {*FLASK, *(["hal_delivery.web"] if within(module, ["hal_delivery.hal"]) else [])}
    return [name for name in imported_by(source, module) if within(name, banned)]


def backends_in_surfaces(source: str, module: str) -> list[str]:
    """A surface speaks to services, never to a database or an index."""
    if not within(module, ["hal_delivery.surfaces"]):
        return []
    return [name for name in imported_by(source, module) if within(name, BACKENDS)]


def queries_read_outside_web(source: str, module: str) -> list[str]:
    """The query of a request is read in one place, hal_delivery.web."""
    if not within(module, ["hal_delivery"]) or within(module, ["hal_delivery.web"]):
        return []
    tree = ast.parse(source)
    called_request = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for name in node.names
        if name.name == "request"
    }
    return [
        f"line {node.lineno}: request.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in QUERY
        and (
            (isinstance(node.value, ast.Name) and node.value.id in {*called_request, "request"})
            or (isinstance(node.value, ast.Attribute) and node.value.attr == "request")
        )
    ]


def parameters_spelt_out(source: str, module: str, names: Collection[str]) -> list[str]:
    """A parameter's name stands in the vocabulary, and is derived from it elsewhere.

    Prose may mention a parameter; a docstring, or a text that holds more than the
    name, is no use of it, unless it builds a query (``"?_limit=10"``).
    """
    if not within(module, ["hal_delivery"]) or module == "hal_delivery.web.vocabulary":
        return []
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    spelt = re.compile(rf"(.*[?&])?({'|'.join(map(re.escape, names))})(=.*)?", re.DOTALL)
    return [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in bare
        and spelt.fullmatch(node.value)
    ]


def modules() -> dict[str, str]:
    """The source of every module of ours, by its name."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text("utf-8")
        for file in [*files, ROOT / "wsgi.py"]
    }


RULES: Final[tuple[Rule, ...]] = (
    outward_imports,
    upward_imports,
    neighbours,
    flask_below_web,
    backends_in_surfaces,
    queries_read_outside_web,
)


@pytest.mark.parametrize("rule", RULES)
def test_our_modules_keep_the_rule(rule: Rule) -> None:
    """Imports point inward, surfaces are strangers, and a query is read in one place."""
    breaches = {name: found for name, source in modules().items() if (found := rule(source, name))}

    assert breaches == {}


def test_every_module_has_a_layer() -> None:
    """A new part of the service says where it stands before anything may import it."""
    placed = {name for layer in LAYERS for name in layer}
    parts = {name.split(".")[1] for name in modules() if name.startswith("hal_delivery.")}

    assert parts - {"__init__"} <= placed


def test_parameters_are_named_in_the_vocabulary_only() -> None:
    """A parameter's name is a literal in the vocabulary and nowhere else."""
    names = importlib.import_module("hal_delivery.web.vocabulary").VOCABULARY
    breaches = {
        name: found
        for name, source in modules().items()
        if (found := parameters_spelt_out(source, name, names))
    }

    assert breaches == {}


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (outward_imports, "content_repo.model", "import search_index"),
        (outward_imports, "content_repo.model", "from hal_delivery import web"),
        (outward_imports, "content_repo.sql.store", "from ...search_index import query"),
        (outward_imports, "search_index.query", "def later():\n    import hal_delivery.app"),
        (outward_imports, "hal_delivery.app", "from tests.conftest import client"),
        (upward_imports, "hal_delivery.settings", "from hal_delivery.auth import tokens"),
        (upward_imports, "hal_delivery.auth.tokens", "from hal_delivery.web import identity"),
        (upward_imports, "hal_delivery.auth.tokens", "from ..web import identity"),
        (upward_imports, "hal_delivery.services.delivery", "from .. import hal"),
        (upward_imports, "hal_delivery.web.surface", "import hal_delivery.surfaces.content"),
        (upward_imports, "hal_delivery.surfaces.content.views", "from hal_delivery import app"),
        (upward_imports, "hal_delivery.bootstrap", "from .cli import main"),
        (neighbours, "hal_delivery.surfaces.posts.views", "from ..content import serializers"),
        (neighbours, "hal_delivery.surfaces.posts.views", "from hal_delivery.surfaces import a"),
        (neighbours, "hal_delivery.surfaces.posts.__init__", "from ..content import views"),
        (flask_below_web, "content_repo.model", "import flask"),
        (flask_below_web, "search_index.query", "from flask import abort"),
        (flask_below_web, "hal_delivery.services.delivery", "from flask.json import dumps"),
        (flask_below_web, "hal_delivery.auth.tokens", "if True:\n    import flask_smorest"),
        (flask_below_web, "hal_delivery.hal.links", "from werkzeug.urls import iri_to_uri"),
        (flask_below_web, "hal_delivery.hal.links", "from ..web import responses"),
        (backends_in_surfaces, "hal_delivery.surfaces.content.views", "import whoosh.query"),
        (backends_in_surfaces, "hal_delivery.surfaces.content.views", "from sqlalchemy import a"),
        (queries_read_outside_web, "hal_delivery.app", "request.args"),
        (queries_read_outside_web, "hal_delivery.app", "flask.request.values"),
        (
            queries_read_outside_web,
            "hal_delivery.surfaces.content.views",
            "from flask import request as asked\nasked.args.get('a')",
        ),
    ],
)
def test_a_planted_breach_is_caught(rule: Rule, module: str, source: str) -> None:
    """A rule that could not fail would keep nothing."""
    assert rule(source, module) != []


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (outward_imports, "search_index.query", "from content_repo.model import Side"),
        (outward_imports, "content_repo.sql.store", "from . import tables\nfrom ..model import a"),
        (upward_imports, "hal_delivery.cli", "from hal_delivery import app, logs"),
        (upward_imports, "hal_delivery.web.identity", "from ..auth import tokens"),
        (neighbours, "hal_delivery.surfaces.posts.views", "from . import serializers"),
        (neighbours, "hal_delivery.bootstrap", "from hal_delivery.surfaces import posts"),
        (flask_below_web, "hal_delivery.web.identity", "import flask"),
        (backends_in_surfaces, "search_index.whoosh_index", "import whoosh"),
        (queries_read_outside_web, "hal_delivery.web.parsing", "request.args"),
        (queries_read_outside_web, "hal_delivery.app", "arguments.args"),
    ],
)
def test_what_is_allowed_passes(rule: Rule, module: str, source: str) -> None:
    """A rule forbids no more than it says."""
    assert rule(source, module) == []


@pytest.mark.parametrize(
    ("source", "caught"),
    [
        ('limit = given["_limit"]', True),
        ('url = f"{base}?_limit={limit}"', True),
        ('url = base + "?_q=a&_limit=1"', True),
        ('"""Reads _limit."""', False),
        ('def page():\n    "_limit"', False),
        ('raise Refused("_limit is too large")', False),
        ('name = "_limits"', False),
    ],
)
def test_a_parameter_spelt_out_is_caught(source: str, caught: bool) -> None:
    """A name in code is a breach; a name in a docstring or in prose is none."""
    found = parameters_spelt_out(source, "hal_delivery.web.parsing", ["_limit", "_q"])

    assert bool(found) is caught

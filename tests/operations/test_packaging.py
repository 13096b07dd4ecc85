"""What is installed is what is declared, and what people type is what is documented."""

from __future__ import annotations

import ast
import configparser
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.operations.processes import ROOT

PACKAGES = ("content_repo", "search_index", "hal_delivery")


@pytest.fixture(scope="module")
def declared() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    return parser


def requirements(text: str) -> set[str]:
    """The names of distributions in *text*, one requirement a line."""
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in text.split())
    return {normalised(name[0]) for name in names if name}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(package: str) -> set[str]:
    """Top-level modules that *package* imports from elsewhere."""
    found = set()
    for file in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(str(node.module).split(".")[0])
    return found - {*sys.stdlib_module_names, *PACKAGES, "_typeshed"}


def test_nothing_is_declared_twice(declared: configparser.ConfigParser) -> None:
    """The distribution is declared in setup.cfg; pyproject.toml holds build and tools."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    assert set(project) == {"build-system", "tool"}
    assert "setuptools" not in project["tool"]
    assert all(re.match(r"metadata$|options(\.|$)", section) for section in declared.sections())


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_imported_is_declared(package: str, declared: configparser.ConfigParser) -> None:
    """An installation has all that the code imports; PostgreSQL's driver is an extra."""
    known = requirements(declared["options"]["install_requires"])
    known |= requirements(declared["options.extras_require"]["postgres"])
    owners = packages_distributions()
    missing = {
        module
        for module in imported(package)
        if not known & {normalised(name) for name in owners.get(module, [module])}
    }
    # Werkzeug and friends are Flask's and flask-smorest's own parts.
    assert missing <= {"werkzeug", "webargs"}


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_published(package: str) -> None:
    """Whoever uses a package of ours gets its types."""
    assert (ROOT / package / "py.typed").is_file()


def test_tests_bring_the_database_driver(declared: configparser.ConfigParser) -> None:
    """Tests run on PostgreSQL, so that its driver comes with them."""
    extras = declared["options.extras_require"]

    assert requirements(extras["postgres"]) <= requirements(extras["test"])


def test_make_alone_lists_every_target() -> None:
    """Whoever types make sees all there is to type."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()

    listed = subprocess.run(
        ["make"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert re.findall(r"^  make (\w+) +\w", listed.stdout, re.MULTILINE) == targets


def test_integration_runs_what_people_run() -> None:
    """Tests and checks are the same commands for everyone."""
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text("utf-8").splitlines() if line.startswith("make ")]

    assert os.access(script, os.X_OK)
    assert [line.split()[1] for line in commands] == ["test", "check"]


def test_the_entry_point_for_other_servers_is_three_lines() -> None:
    """wsgi.py says what it is, imports the factory and calls it; all else is elsewhere."""
    statements = ast.parse((ROOT / "wsgi.py").read_text("utf-8")).body

    assert len(statements) == 3


def test_the_command_is_installed() -> None:
    """Installing the distribution makes the command hal-delivery."""
    assert (Path(sys.executable).parent / "hal-delivery").is_file()

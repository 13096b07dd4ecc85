"""The command line says what it did, or in one sentence why it did not."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from hal_delivery import cli
from hal_delivery.auth.principal import Principal
from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.settings import Settings


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own, and no setting but that."""
    for name in os.environ:
        if name.startswith("HAL_DELIVERY_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HAL_DELIVERY_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="hal-delivery")


def commands(group: click.Group = cli.main, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command there is, as it is typed."""
    found = [path]
    for name, command in group.commands.items():
        here = (*path, name)
        found += commands(command, here) if isinstance(command, click.Group) else [here]
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_shows_an_example(command: tuple[str, ...]) -> None:
    """Help is a sentence and an example that can be typed."""
    result = run(*command, "--help")

    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert "hal-delivery" in result.stdout.split("Example:")[1].split("Options:")[0]


def test_the_version_is_that_of_the_distribution() -> None:
    """The version stands in one place."""
    result = run("--version")

    assert result.stdout.strip().endswith("0.1.0")


def test_a_token_is_all_that_is_printed(data_dir: Path) -> None:
    """A token can be used as it is printed, by a reader, for eight hours."""
    result = run("token", "--mount", "preview")

    assert (result.exit_code, result.stderr) == (0, "")
    (token,) = result.stdout.splitlines()
    signer = TokenSigner.load_or_create(data_dir)
    assert signer.read(token, "preview") == Principal("operator", "reader", frozenset({"preview"}))


def test_a_token_says_what_was_asked_for(data_dir: Path) -> None:
    """Role and name are those of the command."""
    result = run("token", "--mount", "preview", "--role", "editor", "--name", "ada")

    found = TokenSigner.load_or_create(data_dir).read(result.stdout.strip(), "preview")
    assert (found.name, found.role) == ("ada", "editor")


@pytest.mark.parametrize(
    ("written", "lifetime"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("7d", timedelta(days=7)),
    ],
)
def test_a_lifetime_is_a_number_and_a_unit(written: str, lifetime: timedelta) -> None:
    """Lifetimes are written as people say them."""
    assert cli.Lifetime().convert(written, None, None) == lifetime


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--mount", "previw"], "Did you mean preview?"),
        (["--mount", "preview", "--lifetime", "8"], "write 30m, 8h or 7d"),
        (["--mount", "preview", "--lifetime", "0h"], "write 30m, 8h or 7d"),
        (["--mount", "preview", "--lifetime", "367d"], "366 days"),
        (["--mount", "preview", "--role", "admin"], "admin"),
        ([], "--mount"),
    ],
)
def test_a_wrong_token_is_refused(arguments: list[str], part: str) -> None:
    """What no token can be made of is refused, and nothing is printed in its place."""
    result = run("token", *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert part in result.stderr


@pytest.mark.parametrize("command", [["token", "--mount", "preview"], ["serve", "--port", "0"]])
def test_a_wrong_setting_ends_in_one_line(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A misspelt setting stops any command with exit code 2 and the right name."""
    monkeypatch.setenv("HAL_DELIVERY_DATADIR", "var")

    result = run(*command)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: HAL_DELIVERY_DATADIR is no setting")
    assert result.stderr.count("\n") == 1


def test_a_wrong_mount_ends_in_one_line(data_dir: Path) -> None:
    """A mistake in the file of mounts stops a command with exit code 2 and the place."""
    (data_dir / "hal-delivery.toml").write_text("[[mounts]]\nname = 'site'\n")

    result = run("token", "--mount", "preview")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{data_dir / 'hal-delivery.toml'}, mount site: the key base is missing" in result.stderr
    assert result.stderr.count("\n") == 1


def test_an_open_key_ends_in_one_line(data_dir: Path) -> None:
    """A key that others may read stops the making of tokens."""
    TokenSigner.load_or_create(data_dir)
    (data_dir / "keys" / "token.key").chmod(0o644)

    result = run("token", "--mount", "preview")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "chmod 600" in result.stderr


@pytest.mark.parametrize(
    ("argv", "given", "typed"),
    [
        (".venv/bin/hal-delivery", {}, "HAL_DELIVERY_DATA_DIR=var/demo .venv/bin/hal-delivery"),
        ("{cwd}/bin/hal-delivery", {}, "HAL_DELIVERY_DATA_DIR=var/demo bin/hal-delivery"),
        ("/opt/a b/hal-delivery", {}, "HAL_DELIVERY_DATA_DIR=var/demo '/opt/a b/hal-delivery'"),
        (
            "hal-delivery",
            {"HAL_DELIVERY_CONFIG": "etc/mounts.toml"},
            "HAL_DELIVERY_DATA_DIR=var/demo HAL_DELIVERY_CONFIG=etc/mounts.toml hal-delivery",
        ),
    ],
)
def test_what_is_printed_can_be_typed(
    argv: str, given: dict[str, str], typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A printed command names the program, the data folder and the mounts in use."""
    monkeypatch.setattr("sys.argv", [argv.format(cwd=Path.cwd())])
    settings = Settings.from_env({"HAL_DELIVERY_DATA_DIR": "var/demo", **given})

    welcome = cli._welcome(settings, "http://127.0.0.1:8080")

    assert f"  {typed} token --mount preview\n" in welcome
    assert f'"Authorization: Bearer $({typed} token --mount preview)"' in welcome
    assert "  curl -s http://127.0.0.1:8080/site/api\n" in welcome

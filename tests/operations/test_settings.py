"""Settings are read once, from the environment, and every mistake is named."""

from __future__ import annotations

import dataclasses
from ipaddress import ip_network
from pathlib import Path

import pytest

from hal_delivery.settings import (
    PREFIX,
    SETTINGS,
    Settings,
    SettingsError,
    settings_table,
    without_password,
)


def settings(**given: str) -> Settings:
    return Settings.from_env({PREFIX + name: value for name, value in given.items()})


def test_everything_has_a_default() -> None:
    """The service starts without any setting."""
    found = settings()

    assert found.data_dir == Path("var")
    assert found.database_url == "sqlite:///var/content.sqlite3"
    assert found.config == Path("var/hal-delivery.toml")
    assert found.public_url is None
    assert found.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert found.trusted_proxies == ()
    assert found.ignored_parameters == ("utm_*", "fbclid", "gclid", "msclkid", "_")
    assert (found.log_level, found.log_format) == ("info", "json")


def test_other_defaults_lie_in_the_data_folder() -> None:
    """Whoever names the data folder has moved the database and the mounts with it."""
    found = settings(DATA_DIR="/srv/site")

    assert found.database_url == "sqlite:////srv/site/content.sqlite3"
    assert found.config == Path("/srv/site/hal-delivery.toml")


def test_a_brace_in_the_data_folder_is_just_a_character() -> None:
    """The name of the data folder is never read as a template."""
    assert settings(DATA_DIR="/srv/{a}").config == Path("/srv/{a}/hal-delivery.toml")


def test_an_empty_value_is_no_value() -> None:
    """A variable that is set to nothing has its default."""
    assert settings(HOSTS="", PUBLIC_URL=" ") == settings()


def test_other_variables_are_not_ours() -> None:
    """Only variables with our prefix are looked at."""
    assert Settings.from_env({"PATH": "/bin", "HAL": "9000"}) == settings()


@pytest.mark.parametrize(
    ("name", "value", "attribute", "expected"),
    [
        ("DATA_DIR", "~/site", "data_dir", Path.home() / "site"),
        ("DATABASE_URL", "postgresql+psycopg://u:p@h/d", "database_url", None),
        ("PUBLIC_URL", "https://example.org/", "public_url", "https://example.org"),
        ("PUBLIC_URL", "http://[::1]:8080/cms", "public_url", None),
        ("HOSTS", "Example.org, 10.0.0.1", "hosts", ("example.org", "10.0.0.1")),
        ("HOSTS", "::1", "hosts", ("[::1]",)),
        ("TRUSTED_PROXIES", "10.0.0.1", "trusted_proxies", (ip_network("10.0.0.1/32"),)),
        ("TRUSTED_PROXIES", "fd00::/8,", "trusted_proxies", (ip_network("fd00::/8"),)),
        ("IGNORED_PARAMETERS", "pk_*,_", "ignored_parameters", ("pk_*", "_")),
        ("LOG_LEVEL", "WARNING", "log_level", "warning"),
        ("LOG_FORMAT", "text", "log_format", "text"),
    ],
)
def test_a_good_value_is_kept(name: str, value: str, attribute: str, expected: object) -> None:
    """Each setting takes what its row in the table says."""
    wanted = value if expected is None else expected

    assert getattr(settings(**{name: value}), attribute) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATA_DIR", "/srv/what?"),
        ("DATABASE_URL", "mysql://h/d"),
        ("DATABASE_URL", "content.sqlite3"),
        ("PUBLIC_URL", "example.org"),
        ("PUBLIC_URL", "ftp://example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://example.org?a=b"),
        ("PUBLIC_URL", "https://example.org:99999"),
        ("PUBLIC_URL", "https://example.org:0"),
        ("PUBLIC_URL", "https://someone@example.org"),
        ("HOSTS", "example.org:80"),
        ("HOSTS", "https://example.org"),
        ("HOSTS", "*"),
        ("TRUSTED_PROXIES", "proxy.example.org"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "*"),
        ("IGNORED_PARAMETERS", "_limit"),
        ("IGNORED_PARAMETERS", "*"),
        ("IGNORED_PARAMETERS", "a*b"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    """A complaint says which setting, what it is, and what it should be."""
    expected = next(setting.expected for setting in SETTINGS if setting.name == name)

    with pytest.raises(SettingsError) as refused:
        settings(**{name: value})

    assert PREFIX + name in str(refused.value)
    assert repr(value) in str(refused.value)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("DATADIR", "HAL_DELIVERY_DATA_DIR"),
        ("LOGLEVEL", "HAL_DELIVERY_LOG_LEVEL"),
        ("", "HAL_DELIVERY_TRUSTED_PROXIES"),
        ("XYZZY", "HAL_DELIVERY_TRUSTED_PROXIES"),
    ],
)
def test_an_unknown_setting_stops_the_start(name: str, hint: str) -> None:
    """A misspelt setting is refused and the nearest valid one named, else all of them."""
    with pytest.raises(SettingsError, match=hint):
        settings(**{name: "1"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://site:s3cret@db.example/site",
        "postgresql://site:s3@cret@db.example/site",
        "postgresql://db.example/site?user=site&password=s3cret",
        "postgresql://db.example/site?sslpassword=s3cret&user=site",
    ],
)
def test_the_password_of_the_database_is_never_shown(url: str) -> None:
    """Neither a log of the settings nor a complaint gives the password away."""
    assert "cret" not in repr(settings(DATABASE_URL=url))
    assert "db.example" in repr(settings(DATABASE_URL=url))
    with pytest.raises(SettingsError) as refused:
        settings(DATABASE_URL=f"x{url}")
    assert "cret" not in str(refused.value)


def test_an_address_without_a_password_is_shown_as_it_is() -> None:
    """Nothing is blanked out where nothing is secret."""
    url = "sqlite:////srv/user@host/content.sqlite3"

    assert without_password(url) == url


def test_table_and_fields_agree() -> None:
    """Every setting has one row in the table and one field, in the same order."""
    fields = [field.name for field in dataclasses.fields(Settings)]

    assert [setting.attribute for setting in SETTINGS] == fields


def test_the_manual_lists_every_setting() -> None:
    """The table of the README is made from the table of settings."""
    rows = settings_table().splitlines()[2:]

    assert len(rows) == len(SETTINGS)
    for row, setting in zip(rows, SETTINGS, strict=True):
        assert row.startswith(f"| `{PREFIX}{setting.name}` | ")
        assert setting.help in row

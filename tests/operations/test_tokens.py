"""A token names one principal at one mount for a limited time, or nobody."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal_delivery.auth.principal import ANONYMOUS, ROLES, Principal
from hal_delivery.auth.tokens import LEEWAY, InvalidToken, KeyFileError, TokenSigner

KEY = bytes(range(32))
NOW = 1_800_000_000
HOUR = timedelta(hours=1)


def signer(at: float = NOW, key: bytes = KEY) -> TokenSigner:
    return TokenSigner(key, lambda: at)


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a good token; None leaves one out."""
    good = {
        "iss": "hal-delivery",
        "aud": "mount:preview",
        "sub": "ada",
        "role": "editor",
        "iat": NOW,
        "exp": NOW + 60,
        "jti": "1",
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(header: dict[str, Any] | None = None, key: Any = KEY, **changed: Any) -> str:
    return jwt.encode(claims(**changed), key, algorithm="HS256", headers=header)


def reason(token: str, at: float = NOW) -> str:
    with pytest.raises(InvalidToken) as refused:
        signer(at).read(token, "preview")
    return refused.value.reason


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


@pytest.mark.parametrize("role", ROLES)
def test_a_token_is_read_back(role: str) -> None:
    """Whoever is named when a token is issued is named when it is read."""
    token = signer().issue("preview", role, HOUR, "ada")

    assert signer().read(token, "preview") == Principal("ada", role, frozenset({"preview"}))


def test_two_tokens_differ() -> None:
    """Each token has an id of its own, even when issued in the same second."""
    assert signer().issue("preview", "reader", HOUR, "ada") != signer().issue(
        "preview", "reader", HOUR, "ada"
    )


def test_anonymous_has_no_mount() -> None:
    """Whoever brings no token has a name, but no mount and no role that is issued."""
    assert ANONYMOUS.mounts == frozenset()
    assert ANONYMOUS.role not in ROLES


@pytest.mark.parametrize(("role", "lifetime"), [("admin", HOUR), ("reader", timedelta(0))])
def test_only_what_can_be_read_is_issued(role: str, lifetime: timedelta) -> None:
    """No token is issued for a role that does not exist, or for no time at all."""
    with pytest.raises(ValueError, match=r"role|lifetime"):
        signer().issue("preview", role, lifetime, "ada")


def test_a_token_ends_some_day() -> None:
    """No token is issued for more than a year and a day."""
    with pytest.raises(ValueError, match="lifetime"):
        signer().issue("preview", "reader", timedelta(days=367), "ada")


def test_a_token_holds_at_its_mount_only() -> None:
    """A token for one mount is nothing at another."""
    token = signer().issue("other", "reader", HOUR, "ada")

    assert reason(token) == "wrong_mount"


@pytest.mark.parametrize(
    ("late", "verdict"), [(0, None), (LEEWAY - 1, None), (LEEWAY, "expired"), (3600, "expired")]
)
def test_a_token_expires(late: int, verdict: str | None) -> None:
    """After its time, and half a minute for clocks that differ, a token is nothing."""
    token = signer().issue("preview", "reader", HOUR, "ada")
    at = NOW + 3600 + late

    if verdict:
        assert reason(token, at) == verdict
    else:
        assert signer(at).read(token, "preview").name == "ada"


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"iat": NOW + LEEWAY}, None),
        ({"iat": NOW + LEEWAY + 1}, "not_yet_valid"),
        ({"nbf": NOW + LEEWAY}, None),
        ({"nbf": NOW + LEEWAY + 1}, "not_yet_valid"),
    ],
)
def test_a_token_from_the_future_is_refused(changed: dict[str, Any], verdict: str | None) -> None:
    """A token does not hold before it was issued, or before it says."""
    token = signed(**changed)

    if verdict:
        assert reason(token) == verdict
    else:
        assert signer().read(token, "preview").role == "editor"


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "role", "iat", "exp"])
def test_nothing_may_be_left_out(name: str) -> None:
    """A token that does not say who, what, where or how long is refused."""
    assert reason(signed(**{name: None})) == "missing_claim"


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"iss": "someone-else"}, "malformed"),
        ({"aud": ["mount:preview", "mount:site"]}, "wrong_mount"),
        ({"aud": "preview"}, "wrong_mount"),
        ({"sub": 1}, "malformed"),
        ({"role": "admin"}, "unknown_role"),
        ({"role": ["editor"]}, "unknown_role"),
        ({"role": {"editor": 1}}, "unknown_role"),
        ({"exp": str(NOW + 60)}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"iat": "now"}, "malformed"),
        ({"nbf": 1.5}, "malformed"),
    ],
)
def test_claims_of_another_kind_are_refused(changed: dict[str, Any], verdict: str) -> None:
    """Even a token that is signed rightly says exactly what ours say."""
    assert reason(signed(**changed)) == verdict


def test_another_key_is_refused() -> None:
    """A token that this service did not sign is nothing."""
    assert reason(signed(key=b"x" * 32)) == "bad_signature"


def test_a_changed_token_is_refused() -> None:
    """Whoever changes the role in a token has broken it."""
    header, body, signature = signed(role="reader").split(".")
    forged = encoded(json.dumps(claims(role="editor")).encode())

    assert reason(f"{header}.{forged}.{signature}") == "bad_signature"
    assert reason(f"{header}.{body}.") == "bad_signature"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS384", "HS512", "RS256", "ES256", ""])
def test_the_algorithm_is_ours_to_choose(algorithm: str) -> None:
    """Whatever algorithm a token claims, only HS256 is ever used."""
    header = encoded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    _, body, signature = signed().split(".")

    assert reason(f"{header}.{body}.{signature}") in ("bad_signature", "malformed")
    assert reason(f"{header}.{body}.") in ("bad_signature", "malformed")


def test_a_longer_hash_with_the_right_key_is_refused() -> None:
    """Not even the right key makes another algorithm good."""
    assert reason(jwt.encode(claims(), KEY * 2, algorithm="HS512")) == "bad_signature"


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../../../dev/null"},
        {"jku": "http://127.0.0.1:9/keys"},
        {"x5u": "http://127.0.0.1:9/keys"},
        {"jwk": {"kty": "oct", "k": encoded(b"x" * 32)}},
    ],
)
def test_headers_never_choose_the_key(header: dict[str, Any]) -> None:
    """A header that points at a key changes nothing: ours is the only one."""
    assert signer().read(signed(header), "preview").name == "ada"
    assert reason(signed(header, key=b"x" * 32)) == "bad_signature"


def test_an_unknown_critical_header_is_refused() -> None:
    """A token that must be understood in a way we do not know is refused."""
    assert reason(signed({"crit": ["b64"], "b64": False})) == "malformed"


def test_a_long_token_is_not_even_decoded() -> None:
    """More than 8192 characters are refused before any work is done on them."""
    assert reason(signed(sub="a" * 8192)) == "too_long"
    assert reason("." * 8193) == "too_long"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "\x00",
        "\ud800",
        "ключ.ключ.ключ",
        f"{encoded(b'[' * 5000)}.e30.e30",
        f"{encoded(b'9' * 5000)}.e30.e30",
        f"{encoded(b'null')}.e30.e30",
        f"{encoded(b'{}')}.e30.e30",
        f"{encoded(bytes([255]))}.e30.e30",
    ],
)
def test_nonsense_is_refused_politely(token: str) -> None:
    """Whatever a client sends as a token, the answer is that it is none."""
    assert reason(token) in ("malformed", "bad_signature")


@given(st.text(max_size=200) | st.binary(max_size=100).map(lambda raw: f"{encoded(raw)}.e30.e30"))
def test_any_text_is_refused(token: str) -> None:
    """No text at all breaks the reader of tokens."""
    assert reason(token)


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """The first start makes a key, later ones use it."""
    first = TokenSigner.load_or_create(tmp_path)
    again = TokenSigner.load_or_create(tmp_path)

    assert first.key == again.key
    assert len(first.key) >= 32
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["token.key"]


def test_a_key_is_secret(tmp_path: Path) -> None:
    """Nobody but the service's user may look into the key's folder or file."""
    data_dir = tmp_path / "data"
    TokenSigner.load_or_create(data_dir)

    assert (data_dir / "keys").stat().st_mode & 0o777 == 0o700
    assert (data_dir / "keys" / "token.key").stat().st_mode & 0o777 == 0o600


def test_a_key_is_not_shown(tmp_path: Path) -> None:
    """A signer that ends up in a log says nothing of its key."""
    found = TokenSigner.load_or_create(tmp_path)

    assert repr(found.key) not in repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_an_open_key_is_refused(tmp_path: Path, mode: int) -> None:
    """A key that others may read is no longer one, and the message says what to do."""
    TokenSigner.load_or_create(tmp_path)
    path = tmp_path / "keys" / "token.key"
    path.chmod(mode)

    with pytest.raises(KeyFileError, match=f"chmod 600 {path}"):
        TokenSigner.load_or_create(tmp_path)


def test_an_open_folder_is_refused(tmp_path: Path) -> None:
    """A key that others may replace is no longer one either."""
    TokenSigner.load_or_create(tmp_path)
    (tmp_path / "keys").chmod(0o770)

    with pytest.raises(KeyFileError, match=f"chmod 700 {tmp_path / 'keys'}"):
        TokenSigner.load_or_create(tmp_path)


@pytest.mark.parametrize("size", [0, 31])
def test_a_short_key_is_refused(tmp_path: Path, size: int) -> None:
    """A key that could be guessed is refused, whoever put it there."""
    TokenSigner.load_or_create(tmp_path)
    (tmp_path / "keys" / "token.key").write_bytes(b"x" * size)

    with pytest.raises(KeyFileError, match=f"holds {size} bytes"):
        TokenSigner.load_or_create(tmp_path)


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    """Where no key can be made, the message names the place."""
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(KeyFileError, match=r"token\.key cannot be made or read"):
        TokenSigner.load_or_create(tmp_path)


def test_processes_that_start_together_share_a_key(tmp_path: Path) -> None:
    """However many start at once in a new data folder, they end with one key."""
    context = multiprocessing.get_context("spawn")
    starters = 6
    together = context.Barrier(starters)
    keys = context.SimpleQueue()
    processes = [
        context.Process(target=_load, args=(tmp_path, together, keys.put)) for _ in range(starters)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)

    assert [process.exitcode for process in processes] == [0] * starters
    assert len({keys.get() for _ in processes}) == 1
    assert os.listdir(tmp_path / "keys") == ["token.key"]


def _load(folder: Path, together: Barrier, tell: Callable[[bytes], None]) -> None:
    together.wait(60)
    tell(TokenSigner.load_or_create(folder).key)

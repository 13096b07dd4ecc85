"""Hostile tokens: none but a token of this service, for this mount, of today, opens anything."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import jwt
import pytest

from hal_delivery.auth.tokens import TokenSigner
from hal_delivery.bootstrap import Services
from tests.hostile.work import Measured
from tests.surfaces.content.place import Place
from tests.surfaces.problems import problem

CLAIMS: Final = ("exp", "iat", "aud", "iss", "sub", "role")


def good() -> dict[str, Any]:
    """What a token states."""
    now = int(time.time())
    return {
        "iss": "hal-delivery",
        "aud": "mount:preview",
        "sub": "test",
        "role": "reader",
        "iat": now,
        "exp": now + 600,
    }


def part(value: object) -> str:
    """One part of a token, written by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forged(key: bytes) -> Iterator[str]:
    """Tokens that are wrong in one way each."""
    now = int(time.time())
    right = jwt.encode(good(), key, algorithm="HS256")
    head, claims, signature = right.split(".")
    for name in ("none", "None", "NONE", "HS256", "RS256", "", None, 1, "HS512", ["none"]):
        yield f"{part({'alg': name, 'typ': 'JWT'})}.{claims}."
        yield f"{part({'alg': name, 'typ': 'JWT'})}.{claims}.{signature}x"
    yield jwt.encode(good(), "", algorithm="none")
    for secret in (b"\0" * 32, key[:-1] + b"\0", key + b"x", key[::-1], key.hex().encode()):
        yield jwt.encode(good(), secret, algorithm="HS256")
    for algorithm in ("HS384", "HS512"):
        yield jwt.encode(good(), key + b"\0" * 32, algorithm=algorithm)
    for claim in CLAIMS:
        yield jwt.encode({k: v for k, v in good().items() if k != claim}, key, algorithm="HS256")
    for changed in (
        {"exp": now - 60},
        {"exp": 0},
        {"exp": -1},
        {"exp": "tomorrow"},
        {"exp": 1e400},
        {"exp": None},
        {"exp": [1]},
        {"iat": now + 600},
        {"iat": "x"},
        {"nbf": now + 600},
        {"nbf": "x"},
        {"aud": "mount:site"},
        {"aud": "preview"},
        {"aud": ["mount:preview"]},
        {"aud": "*"},
        {"aud": ""},
        {"aud": ["mount:site", "mount:preview"]},
        {"iss": "other"},
        {"iss": ""},
        {"iss": ["hal-delivery"]},
        {"role": "admin"},
        {"role": ""},
        {"role": None},
        {"role": ["reader"]},
        {"role": {"a": 1}},
    ):
        try:
            yield jwt.encode({**good(), **changed}, key, algorithm="HS256")
        except (TypeError, ValueError):
            body = part({**good(), **changed})
            yield f"{head}.{body}.{signature}"
    yield f"{head}.{part({**good(), 'role': 'editor'})}.{signature}"
    yield from ("", ".", "..", "...", "a.b.c", head, f"{head}.{claims}", f"{right}.x", right[:-2])
    yield from ("é.é.é", "%00", "null", "{}", "=" * 100, f".{claims}.{signature}", f"{right} x")
    yield f"{part({'alg': 'HS256'}) + 'A' * 7000}.{claims}.{signature}"
    yield base64.urlsafe_b64encode(b"[" * 5000).decode() + f".{claims}.{signature}"
    yield f"{head}.{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{signature}"
    for header in (
        {"kid": "../../dev/null"},
        {"jku": "http://127.0.0.1/k"},
        {"x5u": "file:///etc/passwd"},
        {"jwk": {"kty": "oct", "k": ""}},
        {"crit": ["x"]},
        {"b64": False},
        {"zip": "DEF"},
    ):
        yield jwt.encode(good(), b"x" * 32, algorithm="HS256", headers=header)


def test_only_a_right_token_opens_the_preview(preview: Place, services: Services) -> None:
    """Unsigned, of another key, for another mount, out of date, malformed: all are a 401."""
    tried = 0
    for token in forged(services.signer.key):
        answer = preview.get(
            "/documents/", Authorization=f"Bearer {token}".encode().decode("latin-1")
        )
        told = problem(answer, 401)
        assert told["code"] in ("invalid_token", "token_required"), token[:80]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert token not in answer.text or len(token) < 8
        tried += 1
    assert tried > 80
    right = jwt.encode(good(), services.signer.key, algorithm="HS256")
    assert preview.get("/documents/", Authorization=f"Bearer {right}").status_code == 200


def test_the_token_of_another_mount_is_refused(preview: Place, services: Services) -> None:
    """A token names its mount, and opens no other."""
    token = services.signer.issue("site", "reader", timedelta(hours=1), "test")

    problem(preview.get("/documents/", Authorization=f"Bearer {token}"), 401)


def test_an_expired_token_is_refused(preview: Place, services: Services) -> None:
    """A token ends when it says so."""
    past = TokenSigner(services.signer.key, clock=lambda: time.time() - 7200)
    token = past.issue("preview", "reader", timedelta(hours=1), "test")

    told = problem(preview.get("/documents/", Authorization=f"Bearer {token}"), 401)
    assert "expired" in told["detail"]


@pytest.mark.parametrize("piece", ["a", "a.", "é", "\\", "eyJ", " "])
def test_a_token_of_a_megabyte_is_refused_in_bounds(preview: Place, piece: str) -> None:
    """However long it is, a token costs little to refuse."""
    value = "Bearer " + piece * (1_000_000 // len(piece))

    answer = Measured(preview).ask("GET", "/documents/", Authorization=value)
    assert problem(answer, 401)


def test_a_token_elsewhere_than_in_its_header_counts_for_nothing(
    preview: Place, token: str
) -> None:
    """Not in the query, not in a cookie, not as a password: tokens would end up in logs."""
    for address in (f"/documents/?token={token}", f"/documents/?access_token={token}"):
        problem(preview.get(address), 401)
    for headers in (
        {"Cookie": f"token={token}; Authorization=Bearer {token}"},
        {"X_Api_Key": token},
        {"X_Authorization": f"Bearer {token}"},
        {"Proxy_Authorization": f"Bearer {token}"},
        {"Authorization": "Basic " + base64.b64encode(f"{token}:".encode()).decode()},
    ):
        problem(preview.get("/documents/", **headers), 401)

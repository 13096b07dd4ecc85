"""Tokens: signed statements of who may read or write at one mount.

A token is a JWT signed with one secret key of this service.  It holds for a
single mount and a limited time, and nothing is stored about it: whoever replaces
the key file ends all tokens at once.

The algorithm is ours to choose, never the token's; headers that point at other
keys (``jku``, ``x5u``, ``jwk``, ``kid``) are not even looked at.
"""

from __future__ import annotations

import os
import secrets
import stat
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import jwt

from hal_delivery.auth.principal import ROLES, Principal
from hal_delivery.settings import StartError

ISSUER: Final = "hal-delivery"
ALGORITHMS: Final = ["HS256"]
KEY_BYTES: Final = 32
MAX_TOKEN_LENGTH: Final = 8192
MAX_LIFETIME: Final = timedelta(days=366)
# How far the clocks of two machines may differ.
LEEWAY: Final = 30

_REQUIRED: Final = ["exp", "iat", "aud", "iss", "sub", "role"]
_REASONS: Final[Mapping[str, str]] = {
    "malformed": "it is not a token of this service",
    "too_long": f"it is longer than {MAX_TOKEN_LENGTH} characters",
    "bad_signature": "its signature is not of this service's key",
    "missing_claim": "it leaves out what every token states",
    "wrong_mount": "it is for another mount",
    "not_yet_valid": "it is dated in the future",
    "expired": "it has expired",
    "unknown_role": "its role does not exist",
}
_CAUSES: Final[tuple[tuple[type[jwt.PyJWTError], str], ...]] = (
    (jwt.InvalidSignatureError, "bad_signature"),
    (jwt.InvalidAlgorithmError, "bad_signature"),
    (jwt.MissingRequiredClaimError, "missing_claim"),
    (jwt.InvalidAudienceError, "wrong_mount"),
)


class KeyFileError(StartError):
    """The key file cannot be trusted to be secret."""


class InvalidToken(Exception):
    """A token that names nobody.  ``reason`` is stable, the message is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The token is not accepted: {_REASONS[reason]}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Issues tokens and reads them back, with one key."""

    key: bytes = field(repr=False)
    clock: Callable[[], float] = time.time

    @classmethod
    def load_or_create(
        cls, data_dir: Path, *, clock: Callable[[], float] = time.time
    ) -> TokenSigner:
        """Use the key in ``keys/token.key`` below *data_dir*, making it the first time."""
        path = data_dir / "keys" / "token.key"
        try:
            if not path.exists():
                _create_key(path)
            return cls(_read_key(path), clock)
        except OSError as error:
            raise KeyFileError(f"{path} cannot be made or read: {error.strerror}.") from None

    def issue(self, mount: str, role: str, lifetime: timedelta, name: str) -> str:
        """A token by which *name* is *role* at *mount* for *lifetime* from now."""
        if role not in ROLES:
            raise ValueError(f"{role!r} is no role; valid: {', '.join(ROLES)}")
        if not timedelta(seconds=1) <= lifetime <= MAX_LIFETIME:
            raise ValueError(f"a lifetime is from one second to {MAX_LIFETIME.days} days")
        now = int(self.clock())
        claims = {
            "iss": ISSUER,
            "aud": f"mount:{mount}",
            "sub": name,
            "role": role,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self.key, algorithm=ALGORITHMS[0])

    def read(self, token: str, mount: str) -> Principal:
        """The principal that *token* names at *mount*."""
        claims = self._claims(token, mount)
        self._check_times(claims)
        if claims["role"] not in ROLES:
            raise InvalidToken("unknown_role")
        return Principal(name=claims["sub"], role=claims["role"], mounts=frozenset((mount,)))

    def _claims(self, token: str, mount: str) -> Mapping[str, Any]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise InvalidToken("too_long")
        if not token.isascii():
            raise InvalidToken("malformed")
        try:
            return jwt.decode(
                token,
                self.key,
                algorithms=ALGORITHMS,
                audience=f"mount:{mount}",
                issuer=ISSUER,
                options={
                    "require": _REQUIRED,
                    "strict_aud": True,
                    # These would ask the machine's clock; ours is checked below.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.PyJWTError as error:
            reasons = (reason for kind, reason in _CAUSES if isinstance(error, kind))
            raise InvalidToken(next(reasons, "malformed")) from None
        except RecursionError:
            # The header is JSON that is parsed before any signature can be checked.
            raise InvalidToken("malformed") from None

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now = self.clock()
        times = {name: claims[name] for name in ("iat", "exp", "nbf") if name in claims}
        if any(type(value) is not int for value in times.values()):
            raise InvalidToken("malformed")
        if times["exp"] + LEEWAY <= now:
            raise InvalidToken("expired")
        if max(times["iat"], times.get("nbf", 0)) - LEEWAY > now:
            raise InvalidToken("not_yet_valid")


def _read_key(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        key = file.read()
    if mode & 0o077:
        raise KeyFileError(
            f"{path} may be read or changed by other users (mode {mode:04o}), so tokens could "
            f"be forged. Delete it to start with a new key, or: chmod 600 {path}"
        )
    # Whoever may write in the folder may replace the key.
    if (folder_mode := stat.S_IMODE(path.parent.stat().st_mode)) & 0o022:
        raise KeyFileError(
            f"{path.parent} may be changed by other users (mode {folder_mode:04o}), so tokens "
            f"could be forged. Delete it to start with a new key, or: chmod 700 {path.parent}"
        )
    if len(key) < KEY_BYTES:
        raise KeyFileError(
            f"{path} holds {len(key)} bytes, but a key has at least {KEY_BYTES}. "
            "Delete it to start with a new key; tokens issued so far will end."
        )
    return key


def _create_key(path: Path) -> None:
    """Write a new key, unless another process does so first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, fails when the name is taken: the first key stays.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()

"""What the tests of this folder ask for."""

from tests.http.fixtures import keep, send, tokens

__all__ = ["keep", "send", "tokens"]

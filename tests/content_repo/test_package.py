"""The package gives its names when they are asked for."""

from __future__ import annotations

import pytest

import content_repo


@pytest.mark.parametrize("name", content_repo.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """What the package names can be taken from it, and is the same each time."""
    assert getattr(content_repo, name) is getattr(content_repo, name)


def test_an_unknown_name_is_refused_by_name() -> None:
    """Asking for what is not there says what was asked for."""
    with pytest.raises(AttributeError, match="'Repositorium'"):
        content_repo.Repositorium  # noqa: B018

"""Trees of files to import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def planted(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """*files* by their paths below *root*, which is returned."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root

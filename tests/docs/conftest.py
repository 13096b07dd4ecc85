"""A folder like that of a reader who typed ``make serve``, with the demo served."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs import console
from tests.operations.processes import ROOT, environment, running

#: HTTPie as on a terminal, except for colours; it asks nobody whether it is out of date.
HTTPIE = {
    "default_options": ["--ignore-stdin", "--pretty=format", "--print=hb"],
    "disable_update_warnings": True,
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone in a folder of their own, with a service that listens at *port*."""

    folder: Path
    port: int

    def follow(self, page: Path) -> list[str]:
        """What is not as *page* shows it when its commands are typed; empty if all is."""
        typed = console.commands(self._of_this_service(page.read_text("utf-8")))
        outputs = console.run(typed, self.folder, self._environment())
        return [
            f"$ {command.typed}\n{difference}"
            for command, output in zip(typed, outputs, strict=True)
            if (difference := console.first_difference(command.shown, output))
        ]

    def _of_this_service(self, page: str) -> str:
        # Readers use the usual port; tests take a free one.
        return page.replace(":8080", f":{self.port}")

    def _environment(self) -> dict[str, str]:
        found = environment(
            HTTPIE_CONFIG_DIR=str(self.folder), PYTHONIOENCODING="utf-8", NO_PROXY="*", no_proxy="*"
        )
        return {**found, "PATH": f"{Path(sys.executable).parent}:{found['PATH']}"}


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of the manual, who has ``make serve`` running."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "config.json").write_text(json.dumps(HTTPIE), "utf-8")
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    data_dir = folder / "var" / "demo"
    command = [str(Path(sys.executable).parent / "hal-delivery"), "serve", "--demo", "--port", "0"]
    env = environment(HAL_DELIVERY_DATA_DIR=str(data_dir))
    with running(command, folder / "log", env) as service:
        yield Reader(folder, service.port)


@pytest.fixture(scope="session")
def page() -> Callable[[str], str]:
    """The text of a page, by its path in the source tree."""
    return lambda name: (ROOT / name).read_text("utf-8")

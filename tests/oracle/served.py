"""A site imported by the command line, and asked at several mounts of the real application."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from flask.testing import FlaskClient

from content_repo.model import Kind, Side
from hal_delivery.app import create_app
from hal_delivery.bootstrap import Services, build_services
from hal_delivery.settings import Settings
from tests.operations.processes import environment
from tests.oracle.naive import Answer, Mount, Request, as_text
from tests.oracle.sites import SAMPLES

_PROGRAM: Final = str(Path(sys.executable).with_name("hal-delivery"))
_ROOT: Final = "content/documents"


@dataclass(slots=True)
class Served:
    """The application over one imported site."""

    folder: Path
    services: Services
    client: FlaskClient
    _ids: dict[str, str] = field(default_factory=dict)

    def ids(self) -> dict[str, str]:
        """The id of every document, by its path in the site."""
        if not self._ids:
            reader = self.services.repository.reader(Side.DRAFT)
            self._ids = {
                place.path.removeprefix(f"{_ROOT}/"): place.id
                for place in reader.below(_ROOT)
                if place.kind is Kind.DOCUMENT
            }
        return self._ids

    def read(self, mount: Mount, path: str, parameters: Sequence[tuple[str, str]]) -> Any:
        """The resource at *path* of *mount*, which has to be there."""
        found = self.client.get(
            f"{mount.base}{path}", query_string=list(parameters), headers=self._headers(mount)
        )
        assert found.status_code == 200, (path, parameters, found.get_data(as_text=True)[:500])
        return found.get_json(force=True)

    def answer(self, request: Request) -> Answer:
        """What the service answers, so that it can be compared."""
        collection = f"/{request.type or 'documents'}/"
        shape = self.read(request.mount, collection, request.parameters(self.ids()))
        embedded = shape["_embedded"]
        facets = {one["name"]: one for one in embedded.get("c:facets", ())}
        return Answer(
            tuple(one["_meta"]["path"] for one in embedded["documents"]),
            shape["_meta"]["totalSize"],
            {name: _facet(name, facets[name]) for name in request.facets if name in facets},
        )

    def refined(self, request: Request) -> Iterator[tuple[str, str, int, int]]:
        """Of each value of a facet that can be chosen: the facet, the value's link, what was
        counted, and how many the link finds."""
        collection = f"/{request.type or 'documents'}/"
        shape = self.read(request.mount, collection, request.parameters(self.ids()))
        for facet in shape["_embedded"].get("c:facets", ()):
            for one in facet["_embedded"]["c:values"]:
                if "c:refine" in one["_links"]:
                    href = one["_links"]["c:refine"]["href"]
                    yield facet["name"], href, one["count"], self._total(request.mount, href)

    def _total(self, mount: Mount, href: str) -> int:
        address = urlsplit(href)
        path = address.path.removeprefix(mount.base)
        given = parse_qsl(address.query, keep_blank_values=True)
        return int(self.read(mount, path, given)["_meta"]["totalSize"])

    def _headers(self, mount: Mount) -> dict[str, str]:
        if not mount.shows_drafts:
            return {}
        name = mount.base.split("/")[1]
        token = self.services.signer.issue(name, "reader", timedelta(hours=1), "test")
        return {"Authorization": f"Bearer {token}"}


def _facet(name: str, shape: Any) -> tuple[tuple[tuple[str, int], ...], int]:
    rows = [(as_text(one["value"]), one["count"]) for one in shape["_embedded"]["c:values"]]
    return tuple(rows), shape["omitted"]


@contextmanager
def served(name: str, folder: Path, *, columns: bool = True) -> Iterator[Served]:
    """The site of that *name*, imported below *folder* unless it was before, and served.

    Without *columns*, the index looks at its entries one by one.
    """
    sample, place = SAMPLES[name], folder / f"served-{name}"
    source, data_dir, whole = place / "source", place / "data", place / "whole"
    environ = {"HAL_DELIVERY_DATA_DIR": str(data_dir), "HAL_DELIVERY_LOG_LEVEL": "error"}
    if not whole.exists():
        data_dir.mkdir(parents=True)
        mounts = "\n".join(map(_table, sample.mounts))
        (data_dir / "hal-delivery.toml").write_text(mounts, "utf-8")
        whole.write_text(str(_imported(sample.write(source), environ)), "utf-8")
    settings = Settings.from_env(environ)
    with closing(build_services(settings, columns=columns)) as services:
        for index in services.indexes.values():
            while not index.catch_up():
                pass
        client = create_app(settings, services).test_client(use_cookies=False)
        yield Served(Path(whole.read_text("utf-8")), services, client)


def _imported(source: Path, environ: Mapping[str, str]) -> Path:
    done = subprocess.run(
        [_PROGRAM, "import", str(source)],
        env=environment(**environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return source


def _table(mount: Mount) -> str:
    name = mount.base.split("/")[1]
    return "\n".join(
        (
            "[[mounts]]",
            f'name = "{name}"',
            f'base = "{mount.base}"',
            f'content_root = "{_ROOT}{mount.root and "/"}{mount.root}"',
            f'side = "{"draft" if mount.shows_drafts else "published"}"',
            f'default_locale = "{mount.default_locale}"',
        )
    )

"""A small service of a test's own, for tests that write."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask

from content_repo import DocumentType, Field, FieldKind, Kind, Side, Transaction
from hal_delivery.app import create_app
from hal_delivery.bootstrap import Services, build_services
from hal_delivery.settings import Settings
from tests.surfaces.content.place import Place

ROOT: Final = "content/documents/site"

MOUNTS: Final = f"""
[[mounts]]
name = "site"
base = "/site/api"
content_root = "{ROOT}"

[[mounts]]
name = "preview"
base = "/preview/api"
content_root = "{ROOT}"
side = "draft"
"""

TYPES: Final = (
    DocumentType(
        name="play:base",
        abstract=True,
        fields=(Field(name="title", kind=FieldKind.STRING),),
    ),
    DocumentType(
        name="play:note",
        base="play:base",
        fields=(
            Field(name="content", kind=FieldKind.RICH_TEXT),
            Field(name="friend", kind=FieldKind.MIRROR),
            Field(name="others", kind=FieldKind.MIRROR, multiple=True),
            Field(name="image", kind=FieldKind.IMAGE_LINK),
            Field(name="date", kind=FieldKind.DATE),
            Field(name="size", kind=FieldKind.INTEGER),
            Field(name="kinds", kind=FieldKind.TAXONOMY_KEYS, taxonomy="shells"),
        ),
    ),
    DocumentType(
        name="play:letter",
        base="play:note",
        fields=(Field(name="sender", kind=FieldKind.STRING),),
    ),
    DocumentType(name="play:card", base="play:base"),
    DocumentType(name="play:loose", base="play:base", open=True),
)

SHELLS: Final = {
    "locales": ["en"],
    "categories": [
        {
            "key": "snails",
            "name": "snails",
            "categories": [
                {"key": "whelks", "name": "whelks", "categories": [
                    {"key": "red-whelks", "name": "red"},
                ]},
            ],
        },
        {"key": "clams", "name": "clams"},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Studio:
    """A service whose content a test writes."""

    services: Services
    app: Flask

    def place(self, base: str = "/site/api", **headers: str) -> Place:
        """One of its mounts."""
        return Place(self.app.test_client(use_cookies=False), base, headers)

    @property
    def site(self) -> Place:
        """The published side."""
        return self.place()

    @property
    def preview(self) -> Place:
        """The draft side, as a reader with a token sees it."""
        token = self.services.signer.issue("preview", "reader", timedelta(hours=1), "test")
        return self.place("/preview/api", Authorization=f"Bearer {token}")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self.services.repository.write() as tx:
            yield tx

    def folder(self, path: str, *, published: bool = True) -> str:
        """The id of the folder at *path*, made with all above it if need be."""
        found = self.services.repository.reader(Side.DRAFT).at(path)
        if found is not None:
            return found.id
        above, _, name = path.rpartition("/")
        parent = self.folder(above, published=published)
        with self.writing() as tx:
            id = tx.create(Kind.FOLDER, parent, name)
            if published:
                tx.publish(id)
        return id

    def document(
        self,
        path: str,
        *,
        type: str = "play:note",
        published: bool = True,
        fields: Mapping[str, Any] | None = None,
        **said: Any,
    ) -> str:
        """A new document's id; *path* is from the mount's root, or absolute with a slash."""
        return self._put(
            Kind.DOCUMENT,
            path,
            published,
            type=type,
            fields={"title": path.rpartition("/")[2], **(fields or {})},
            **said,
        )

    def taxonomy(self, name: str = "shells") -> str:
        """A new taxonomy's id."""
        return self._put(Kind.TAXONOMY, f"/content/taxonomies/{name}", True, fields=SHELLS)

    def bundle(self, path: str, messages: Mapping[str, Any], *, published: bool = True) -> str:
        """A new bundle's id."""
        fields = {"basename": path.rpartition("/")[2], "messages": messages}
        return self._put(Kind.BUNDLE, path, published, fields=fields)

    def asset(self, name: str, content: bytes, media_type: str, *, published: bool = True) -> str:
        """A new asset's id."""
        digest = self.services.repository.media.put(content)
        fields = {
            "digest": digest,
            "mediaType": media_type,
            "fileName": name,
            "size": io.BytesIO(content).getbuffer().nbytes,
        }
        return self._put(Kind.ASSET, f"/content/gallery/{name}", published, fields=fields)

    def _put(self, kind: Kind, path: str, published: bool, **said: Any) -> str:
        absolute = path[1:] if path.startswith("/") else f"{ROOT}/{path}"
        above, _, name = absolute.rpartition("/")
        parent = self.folder(above, published=published)
        with self.writing() as tx:
            id = tx.create(kind, parent, name, **said)
            if published:
                tx.publish(id)
        return id


@contextmanager
def opened(folder: Path, mounts: str = MOUNTS, **settings: str) -> Iterator[Studio]:
    """A service without content but the root of its mounts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hal-delivery.toml").write_text(mounts, "utf-8")
    given = {f"HAL_DELIVERY_{name}": value for name, value in settings.items()}
    found = Settings.from_env(
        {"HAL_DELIVERY_DATA_DIR": str(folder), "HAL_DELIVERY_LOG_LEVEL": "error", **given}
    )
    services = build_services(found)
    try:
        with services.repository.write() as tx:
            tx.define(TYPES)
        studio = Studio(services, create_app(found, services))
        studio.folder(ROOT)
        yield studio
    finally:
        services.close()

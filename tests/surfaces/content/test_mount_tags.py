"""A list's tag says how its mount is set up, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_repo import Kind, Side
from hal_delivery.app import create_app
from hal_delivery.bootstrap import build_services
from hal_delivery.settings import Settings

MOUNT = """
[[mounts]]
name = "site"
base = "/site/api"
bundle_roots = ["content/documents"]
default_limit = {limit}
"""


def tag(folder: Path, limit: int) -> str:
    (folder / "hal-delivery.toml").write_text(MOUNT.format(limit=limit))
    settings = Settings.from_env({"HAL_DELIVERY_DATA_DIR": str(folder)})
    services = build_services(settings)
    client = create_app(settings, services).test_client()
    answer = client.get("/site/api/documents/")
    services.close()
    return answer.headers["ETag"]


def test_another_setting_is_another_tag(tmp_path: Path) -> None:
    """Who was given ten items is not told that nothing changed when there are five."""
    assert tag(tmp_path, 10) == tag(tmp_path, 10) != tag(tmp_path, 5)


@pytest.mark.parametrize("shown", [True, False])
def test_a_mount_shows_the_bundles_of_its_roots(tmp_path: Path, shown: bool) -> None:
    """Bundles that lie elsewhere are another site's."""
    tag(tmp_path, 10)
    settings = Settings.from_env({"HAL_DELIVERY_DATA_DIR": str(tmp_path)})
    services = build_services(settings)
    with services.repository.write() as tx:
        path = "content/documents" if shown else "content"
        above = services.repository.reader(Side.DRAFT).at(path)
        assert above is not None
        folder = tx.create(Kind.FOLDER, above.id, "labels")
        tx.publish(tx.create(Kind.BUNDLE, folder, "some", fields={"basename": "some.labels"}))
    client = create_app(settings, services).test_client()
    listed = client.get("/site/api/resourcebundles/").json
    services.close()
    assert listed is not None
    assert listed["_meta"]["totalSize"] == int(shown)

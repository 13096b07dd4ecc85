"""What is searched: the demo, a site in use where one lies beside the project, else a small one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from hal_delivery.app import create_app
from hal_delivery.bootstrap import build_services, prepare
from hal_delivery.settings import Settings
from tests.oracle.served import served
from tests.oracle.sites import SAMPLES
from tests.quality.engines import Service

_BASE: Final = "/site/api"
_DEMO: Final = "demo"

#: By name.
MATERIAL: Final = (_DEMO, "devsite" if "devsite" in SAMPLES else "small")


@contextmanager
def searched(name: str, folder: Path) -> Iterator[Service]:
    """The published side of that material, kept below *folder*."""
    if name != _DEMO:
        with served(name, folder) as site:
            yield Service(site.client, _BASE)
        return
    data_dir = folder / "quality-demo"
    environ = {"HAL_DELIVERY_DATA_DIR": str(data_dir), "HAL_DELIVERY_LOG_LEVEL": "error"}
    settings = Settings.from_env(environ)
    prepare(settings, demo=True)
    with closing(build_services(settings)) as services:
        yield Service(create_app(settings, services).test_client(use_cookies=False), _BASE)

"""The OpenAPI description of each mount, made from its routes by flask-smorest."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask_smorest import Api

import hal_delivery
from hal_delivery.mounts import Mount
from hal_delivery.web.here import Here

VERSION: Final = "3.1.0"


def api(app: Flask, mount: Mount) -> Api:
    """What blueprints of *mount* are registered with."""
    prefix = mount.name.upper().replace("-", "_")
    app.config.update(
        {
            f"{prefix}_API_TITLE": mount.title,
            f"{prefix}_API_VERSION": hal_delivery.__version__,
            f"{prefix}_OPENAPI_VERSION": VERSION,
        }
    )
    return Api(app, config_prefix=prefix)


def describe(app: Flask, here: Here) -> dict[str, Any]:
    """The description of the mount that was asked, with its address."""
    prefix = here.mount.name.upper().replace("-", "_") + "_"
    spec: dict[str, Any] = app.extensions["flask-smorest"]["apis"][prefix]["ext_obj"].spec.to_dict()
    spec["servers"] = [{"url": here.base.removesuffix(here.mount.base) or "/"}]
    if here.mount.readers == "token":
        schemes = spec.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["token"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        spec["security"] = [{"token": []}]
    return spec

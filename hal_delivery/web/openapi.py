"""The OpenAPI description of each mount, made from its routes by flask-smorest."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from flask import Flask
from flask_smorest import Api

import hal_delivery
from hal_delivery.mounts import Mount
from hal_delivery.web.here import Here

VERSION: Final = "3.1.0"

#: Shapes that flask-smorest describes and that are never sent here.
_NEVER_SENT: Final = ("Error", "PaginationMetadata")


class _Api(Api):
    # Each operation names its own failures; there are no others.
    DEFAULT_ERROR_RESPONSE_NAME = None


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
    return _Api(app, config_prefix=prefix)


def describe(app: Flask, here: Here) -> dict[str, Any]:
    """The description of the mount that was asked, with its address."""
    prefix = here.mount.name.upper().replace("-", "_") + "_"
    made = app.extensions["flask-smorest"]["apis"][prefix]["ext_obj"].spec.to_dict()
    spec: dict[str, Any] = deepcopy(made)
    spec["servers"] = [{"url": here.outside or "/"}]
    components = spec["components"]
    for name in _NEVER_SENT:
        del components["schemas"][name]
    needs_token = here.mount.readers == "token"
    if needs_token:
        components["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
        spec["security"] = [{"token": []}]
    for item in spec["paths"].values():
        operation = item["get"]
        if not needs_token or "security" in operation:
            del operation["responses"]["401"]
    return spec

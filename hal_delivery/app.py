"""The WSGI application: services and surfaces put together."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask

from hal_delivery import logs
from hal_delivery.bootstrap import Services, build_services
from hal_delivery.settings import Settings
from hal_delivery.surfaces.content import views as content
from hal_delivery.web import openapi, service
from hal_delivery.web.outside import Outside
from hal_delivery.web.requests import Requests


class Service(Flask):
    """Flask, without its question at each of six calls a request whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """*func* itself: none of ours is one."""
        return func


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The application; by default of the settings in the environment.

    With *services*, of those; they stay the caller's to close.
    """
    settings = settings or Settings.from_env(os.environ)
    logs.configure(settings.log_level, settings.log_format)
    services = services or build_services(settings, serving=True)
    app = Service(__name__, static_folder=None)
    # A path says exactly which names it lists.
    app.url_map.merge_slashes = False
    content.register_converters(app)
    for mount in services.deliveries:
        openapi.api(app, mount).register_blueprint(content.blueprint(mount), url_prefix=mount.base)
    service.install(app, list(services.deliveries), services.readiness, services.statuses)
    # Last: what the parts above registered for errors of their own gives way.
    Requests(Outside(settings), services.deliveries, services.signer).install(app)
    return app

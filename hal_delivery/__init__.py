"""The voice: the repository, spoken as HAL+JSON over HTTP.

Imports point down this picture, and ``tests/test_architecture.py`` keeps it so::

    cli, server                 starting the service
    app, bootstrap              composition: the only place that knows everything
    surfaces                    dialects of HTTP, unaware of one another
    web, hal                    shared HTTP plumbing; pure HAL shapes
    services, auth              use cases, and who may; no Flask from here down
    settings, mounts, logs      what the operator decided; known to all, knowing none
"""

from importlib.metadata import version

__version__ = version("hal-delivery")

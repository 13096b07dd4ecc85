"""The service for any WSGI server, as in ``gunicorn wsgi:app``."""

from hal_delivery.app import create_app

app = create_app()

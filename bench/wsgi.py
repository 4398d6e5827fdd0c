"""The WSGI application under the benchmark's settings."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

from fintech_app.wsgi import application

__all__ = ["application"]

"""The product's settings, with the yardsticks' routes beside its own.

`BENCH_FLOOR=1` takes every middleware out: what is left is the server, DRF and the JWT authentication.
"""

import os

from fintech_app.settings import *  # noqa: F403
from fintech_app.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.naive"]
ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"

if os.environ.get("BENCH_FLOOR") == "1":
    MIDDLEWARE: list[str] = []

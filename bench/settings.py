"""The product's settings, with the routes of the yardsticks beside its own. `BENCH_STACK` chooses the middleware.

`product`: the product's own. `floor`: no middleware; what is left is the server, DRF and `bench.authentication`, on
connections that are kept and not checked before use. `stock`: what `startproject` and the manuals of the two libraries
give, for the naive design as its write-up would have been served: Django's middleware, simplejwt's own authentication,
one connection a request.
"""

import os

from fintech_app.settings import *  # noqa: F403
from fintech_app.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.naive"]
ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"

STACK = os.environ.get("BENCH_STACK", "product")

if STACK == "floor":
    MIDDLEWARE: list[str] = []
    DATABASES["default"] |= {"CONN_HEALTH_CHECKS": False}

if STACK == "stock":
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    }
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}

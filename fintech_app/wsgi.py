"""The WSGI application that gunicorn serves, ready to be forked: see `preload_app` in gunicorn.conf.py."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

application = get_wsgi_application()

# Reads the routes, and with them every view: else each worker does so by itself, and the first who calls waits for it.
reverse("landing")

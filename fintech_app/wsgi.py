"""The WSGI application that gunicorn serves, ready to be forked: see `preload_app` in gunicorn.conf.py."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

application = get_wsgi_application()

# Load the routes, and with them every view, before the workers are forked: else the first request in each waits for it.
reverse("app-home")

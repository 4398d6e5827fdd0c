"""The WSGI application that gunicorn serves, ready to be forked: see `preload_app` in gunicorn.conf.py."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from core.web.chunked_body import ChunkedBodyMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

application = ChunkedBodyMiddleware(get_wsgi_application(), limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

# Reads the routes, and with them every view: else each worker does so by itself, and the first who calls waits for it.
reverse("landing")

"""The server. Settings are read here, before anything is forked: a bad value ends the start, with one line."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

from fintech_app import settings  # noqa: E402, F401

wsgi_app = "fintech_app.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 30
graceful_timeout = 20
keepalive = 5
# The server is steered by signals; a control socket in the home folder is one more door.
control_socket_disable = True

"""The product's own server, with two workers of four threads whatever the environment says, so that runs compare."""

import os
import runpy

os.environ.update({"WEB_WORKERS": "2", "WEB_THREADS": "4", "HOST": "127.0.0.1"})
globals().update(runpy.run_path("gunicorn.conf.py"))

wsgi_app = "bench.wsgi:application"
loglevel = "error"
